//! The outbox as of the cursor, and how many messages waited in it over time.

use egui::{Align2, Frame, Margin, ScrollArea, Sense, Ui, pos2, vec2};

use super::curves::{self, Axis};
use crate::analysis::lag::{LagReport, OutboxReport};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{EmptyState, KeyValue, paint_line};
use crate::model::time::Style;
use crate::render::grouped;
use crate::worker::LagCharts;

/// Height of the plot.
const PLOT: f32 = 180.0;
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
                plot(ui, model, charts);
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
        None => row("Events without a message")
            .absent(ui, "what was published is not held by this store"),
    }
    match outbox.most_attempts {
        Some(attempts) => row("Most attempts").mono(ui, &attempts.to_string()),
        None => row("Most attempts").absent(ui, "not held by this store"),
    }
}

fn plot(ui: &mut Ui, model: &Model, charts: &LagCharts) {
    let Some(stretch) = charts.stretch else {
        return;
    };
    let t = ui.tokens();
    ui.label(Face::Title.text("Messages that waited", t.text));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PLOT), Sense::hover());
    let name = "Messages that waited in the outbox over time";
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, t.field);
    let axis = Axis::new(rect.with_max_y(rect.max.y - 18.0), stretch);
    let most = charts.pending.iter().map(|point| point.most).max();
    let most = most.unwrap_or(0).max(1);
    let now = model.cursor.time().map(|now| axis.x(now));
    let points = charts.pending.iter().map(|point| {
        let y = axis.y(point.most as f32 / most as f32 * 0.9);
        Some(pos2(axis.x(point.at), y))
    });
    curves::line(&painter, points, t.text, now);
    if let Some(x) = axis.cursor(model.cursor.time()) {
        curves::cursor(&painter, axis.rect, x, t);
    }
    let inner = rect.shrink2(vec2(6.0, 3.0));
    let words = format!("at most {}", grouped(most));
    paint_line(
        &painter,
        inner,
        Align2::LEFT_TOP,
        &words,
        Face::Cell,
        t.text3,
    );
    let zone = model.zone();
    for (align, at) in [
        (Align2::LEFT_BOTTOM, stretch.0),
        (Align2::RIGHT_BOTTOM, stretch.1),
    ] {
        let words = zone.format_bare(at, Style::Short);
        paint_line(&painter, inner, align, &words, Face::Cell, t.text3);
    }
}
