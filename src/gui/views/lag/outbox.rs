//! The outbox as of the cursor, and how many messages waited in it over time.

use egui::{Frame, Margin, ScrollArea, Ui};

use super::levels::{self, Line, Shades};
use crate::analysis::lag::{LagReport, OutboxReport};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{EmptyState, KeyValue};
use crate::model::time::Style;
use crate::render::grouped;

/// Room for the names of the figures.
const NAMES: f32 = 200.0;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, model: &Model, report: &LagReport) {
    let Some(outbox) = &report.outbox else {
        EmptyState::new(Icon::Lag, "This store holds no outbox").show(ui);
        return;
    };
    let area = ScrollArea::vertical().auto_shrink(false);
    area.show(ui, |ui| {
        let margin = Margin::same(sizes::PAD_TEXT as i8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            figures(ui, model, outbox);
            ui.add_space(sizes::GAP_GROUP);
            if let Some(charts) = model.answers.lag_charts.get() {
                ui.label(Face::Title.text("Messages that waited", ui.tokens().text));
                let name = "Messages that waited in the outbox over time";
                let outages = outbox.outages.iter();
                let shades = Shades {
                    times: outages.map(|outage| (outage.from, outage.to)).collect(),
                    name: "the relay published nothing",
                };
                let line = Line {
                    levels: &charts.backlog.pending,
                    stretch: charts.stretch,
                    told: outbox.pending,
                };
                levels::plot(ui, model, name, (line, shades));
            } else if model.answers.lag_charts.is_pending() {
                levels::being_counted(ui);
            }
        });
    });
}

fn figures(ui: &mut Ui, model: &Model, outbox: &OutboxReport) {
    let row = |name| KeyValue::new(name).name_width(NAMES);
    row("Pending").mono(ui, &grouped(outbox.pending));
    match outbox.oldest {
        Some(oldest) => row("The oldest waits since").mono(ui, &model.zone().say(oldest)),
        None => row("The oldest waits since").absent(ui, "none waits"),
    }
    row("Published").mono(ui, &grouped(outbox.published));
    row("Given up").mono(ui, &grouped(outbox.failed));
    row("Published again").mono(ui, &grouped(outbox.duplicates));
    match outbox.missing {
        Some(missing) => row("Events without a message").mono(ui, &grouped(missing)),
        None if outbox.published == 0 => row("Events without a message")
            .absent(ui, "what was published is not held by this store"),
        // Which events it should hold, its messages do not show.
        None => row("Events without a message")
            .absent(ui, "of no type or category nearly all events are published"),
    }
    row("Messages without an event").mono(ui, &grouped(outbox.without_event));
    match &outbox.outages[..] {
        [] => row("Relay outages").absent(ui, "none"),
        [.., last] => {
            let zone = model.zone();
            let end = last.to.or(model.cursor.time());
            let lasted = end.map(|end| (end - last.from).to_string());
            let lasted = lasted.unwrap_or_default();
            let since = zone.format(last.from, Style::Seconds);
            let count = grouped(outbox.outages.len() as u64);
            let words = match last.to {
                Some(_) => format!("{count}, the last from {since} for {lasted}"),
                None => format!("{count}, the last since {since}, for {lasted} so far"),
            };
            row("Relay outages").words(ui, &words);
        }
    }
    match outbox.most_attempts {
        Some(attempts) => row("Most attempts until published").mono(ui, &attempts.to_string()),
        None => {
            row("Most attempts until published").absent(ui, "not known of any that is published");
        }
    }
    if let Some(attempts) = outbox.most_attempts_waiting {
        row("Most attempts, still waiting").mono(ui, &attempts.to_string());
    }
}
