//! The pane about one consumer: its figures, head and checkpoint as two lines, what tells of it, and the
//! event that it does not get past.

use egui::{Align2, Frame, Margin, Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};

use super::{marks, near, standing};
use crate::analysis::lag::{Blocking, Certainty, ConsumerLag, Spell};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::widgets::{
    Button, IconButton, JsonView, KeyValue, Link, PaneHead, Pill, paint_line, paint_status,
};
use crate::gui::words;
use crate::log::Bound;
use crate::model::json::JsonText;
use crate::model::time::Style;
use crate::render::{self, grouped};
use crate::worker::LagCharts;

/// Of what befell it, how much is listed.
const LISTED: usize = 8;

/// What came of the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Close,
}

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    own: &ConsumerLag,
    charts: Option<&LagCharts>,
    outbox: &mut Outbox,
) -> Said {
    let mut said = Said::Nothing;
    let (tone, shape, word) = standing::status(own);
    PaneHead::new(&standing::name(own)).show_with(
        ui,
        |ui| {
            ui.add(Pill::new(tone, shape, word));
        },
        |ui| {
            let close = IconButton::new(Icon::Close, "Close the pane of the consumer").small();
            if ui.add(close).clicked() {
                said = Said::Close;
            }
            let copy = IconButton::new(Icon::Copy, "Copy the figures as JSON").small();
            if ui.add(copy).clicked()
                && let Ok(text) = serde_json::to_string_pretty(own)
            {
                outbox.send(Command::Copy(text));
            }
        },
    );
    let area = ScrollArea::vertical()
        .id_salt("consumer")
        .auto_shrink(false);
    area.show(ui, |ui| {
        let margin = Margin::same(sizes::PAD_TEXT as i8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            figures(ui, model, own);
            if let Some(why) = render::held_up(own, model.zone()) {
                let why = Face::Body.text(render::harmless(&why), ui.tokens().text);
                ui.label(why);
            }
            near::plot(ui, model, own);
            evidence(ui, own);
            facts(ui, model, own);
            befell(
                ui,
                model,
                charts.map_or(&[], |charts| charts.spells(&own.id)),
                outbox,
            );
            if let Some(event) = &own.blocking_event {
                ui.add_space(sizes::GAP);
                blocked(ui, model, event, outbox);
            }
        });
    });
    said
}

/// Four figures side by side.
fn figures(ui: &mut Ui, model: &Model, own: &ConsumerLag) {
    let t = ui.tokens();
    let events = own
        .lag_events
        .map_or_else(|| "not known".to_owned(), grouped);
    let throughput = own.throughput;
    let throughput = throughput.map_or_else(|| "not known".to_owned(), render::rate);
    let told = [
        ("Lag", standing::lag_time(own)),
        ("Lag, events", events),
        ("Throughput", throughput),
        ("To catch up", standing::to_catch_up(own)),
    ];
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let width = rect.width() / told.len() as f32;
    for (at, (name, value)) in told.iter().enumerate() {
        let left = rect.min.x + at as f32 * width;
        let cell = Rect::from_min_size(pos2(left, rect.min.y), vec2(width - 6.0, 18.0));
        let painter = ui.painter();
        paint_line(
            painter,
            cell,
            Align2::LEFT_CENTER,
            name,
            Face::Secondary,
            t.text3,
        );
        let below = cell.translate(vec2(0.0, 19.0));
        paint_line(
            painter,
            below,
            Align2::LEFT_CENTER,
            value,
            Face::BodyStrong,
            t.text,
        );
    }
    if let Some(since) = own.rates_since {
        let since = model.zone().format_bare(since, Style::Short);
        let words = format!("Throughput and catching up by its last steps, since {since}");
        ui.label(Face::Secondary.text(words, t.text3));
    }
}

fn evidence(ui: &mut Ui, own: &ConsumerLag) {
    ui.add_space(sizes::GAP);
    ui.horizontal(|ui| {
        let tone = match own.certainty {
            Certainty::Exact => Tone::Ok,
            Certainty::Sampled => Tone::Info,
            Certainty::CurrentOnly => Tone::Warning,
            Certainty::Unknown => Tone::Neutral,
        };
        ui.add(Pill::word(tone, own.certainty.name()));
        let t = ui.tokens();
        let words = match own.certainty {
            Certainty::Unknown if own.is_elsewhere() => {
                "its events are in another file: open both".to_owned()
            }
            Certainty::Unknown if own.position.is_some() => {
                format!(
                    "from {}, which do not tell how far it has read",
                    own.source.name()
                )
            }
            Certainty::Unknown => "this store does not tell of the cursor's moment".to_owned(),
            _ => format!("from {}", own.source.name()),
        };
        ui.label(Face::Secondary.text(words, t.text2));
    });
    ui.add_space(sizes::GAP / 2.0);
}

fn facts(ui: &mut Ui, model: &Model, own: &ConsumerLag) {
    let held = "not held by this store";
    match &own.position {
        Some(position) => KeyValue::new("Checkpoint").mono(ui, &words::position_named(position)),
        None => KeyValue::new("Checkpoint").absent(ui, held),
    }
    match &own.head {
        Some(head) => KeyValue::new("Head").mono(ui, &words::position_named(head)),
        None => KeyValue::new("Head").absent(ui, "nothing to read yet"),
    }
    match &own.reads {
        Some(reads) => KeyValue::new("Reads").words(ui, &reads.join(", ")),
        None => KeyValue::new("Reads").absent(ui, "all events; no categories are held"),
    }
    if let Some(since) = own.since {
        let word = match own.status {
            Some(crate::analysis::lag::Status::Stopped) => "Last seen",
            _ => "Stands since",
        };
        let zone = model.zone();
        let since = zone.format(since, Style::Seconds);
        KeyValue::new(word).mono(ui, &since);
    }
}

/// What befell it, the last first.
fn befell(ui: &mut Ui, model: &Model, spells: &[Spell], outbox: &mut Outbox) {
    let now = model.cursor.time();
    let known = spells.iter().filter(|spell| marks::is_known(spell, now));
    let known: Vec<Spell> = known
        .rev()
        .take(LISTED)
        .map(|spell| spell.at(now))
        .collect();
    if known.is_empty() {
        return;
    }
    let t = ui.tokens();
    ui.add_space(sizes::GAP);
    ui.label(Face::Title.text("What befell it", t.text));
    for spell in &known {
        ui.horizontal(|ui| {
            let (tone, shape) = marks::look(spell);
            let (rect, _) = ui.allocate_exact_size(vec2(sizes::DOT, 18.0), Sense::hover());
            paint_status(ui.painter(), rect, shape, t.tone(tone));
            let from = model.zone().format_bare(spell.from, Style::Seconds);
            if ui.add(Link::new(&from)).clicked() {
                outbox.send(Command::MoveTo(Bound::Time(spell.known)));
            }
            let until = spell.to.filter(|to| now.is_none_or(|now| *to <= now));
            let words = match (until, now) {
                (Some(to), _) => format!("{} for {}", spell.name(), to - spell.from),
                (None, Some(now)) => format!("{} since, {}", spell.name(), now - spell.from),
                (None, None) => spell.name().to_owned(),
            };
            ui.label(Face::Body.text(words, t.text2));
        });
    }
}

/// The event that it does not get past.
fn blocked(ui: &mut Ui, model: &Model, event: &Blocking, outbox: &mut Outbox) {
    let t = ui.tokens();
    let frame = Frame::NONE
        .inner_margin(Margin::same(sizes::PAD as i8))
        .stroke(Stroke::new(1.0, t.error))
        .corner_radius(sizes::RADIUS);
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            // A pause looks the same to the store as an event that cannot be handled.
            let title = match event.error {
                Some(_) => "It does not get past one event",
                None => "It stands before this event",
            };
            ui.label(Face::Title.text(title, t.error));
            if let Some(attempts) = event.attempts {
                let words = format!("{attempts} attempts");
                ui.label(Face::Secondary.text(words, t.text2));
            }
        });
        KeyValue::new("Event").show(ui, |ui| {
            if ui.add(Link::new(&event.event_type)).clicked() {
                outbox.send(Command::GoToEvent(event.event));
            }
            let position = words::position_named(&event.position);
            ui.label(Face::Cell.text(position, t.text2));
        });
        KeyValue::new("Stream").mono(ui, &format!("{} {}", event.stream, event.version));
        if let Some(time) = event.time {
            KeyValue::new("Recorded").mono(ui, &model.zone().format(time, Style::Micros));
        }
        match &event.error {
            Some(error) => {
                ui.label(Face::Code.text(render::harmless(error), t.error));
            }
            None => KeyValue::new("Error").absent(ui, "no dead letter: perhaps paused"),
        }
        let payload = JsonText::new(&event.data.text());
        JsonView::new("Payload of the event", &payload)
            .max_height(200.0)
            .show(ui);
        if ui.add(Button::secondary("Go to event").small()).clicked() {
            outbox.send(Command::GoToEvent(event.event));
        }
    });
}
