//! The middle column: the figures, events over time, and the event types, all as of the cursor.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::{Overview, Shown, histogram, padded, rule, section};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{BarColumns, BarRow, Link, paint_line};
use crate::model::time::Style;
use crate::render::grouped;
use crate::worker::StoreOverview;

/// Event types listed at first, at least; as many as there is room for in a tall window.
const TYPES: usize = 14;

/// What stands above and below the event types, in points.
const AROUND: f32 = 350.0;

impl Overview {
    pub(super) fn figures(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let found = model.answers.overview.get();
        padded(ui, |ui| figures(ui, model, found));
        rule(ui);
        let Some(found) = found else {
            let text = if session.log.is_complete() && session.log.is_empty() {
                "This store holds no event yet; it is followed as it grows"
            } else {
                "Counting…"
            };
            padded(ui, |ui| {
                ui.label(Face::Dense.text(text, ui.tokens().text2));
            });
            return;
        };
        histogram::show(ui, model, found, outbox);
        self.types(ui, model, found, outbox);
    }

    fn types(&mut self, ui: &mut Ui, model: &Model, found: &StoreOverview, outbox: &mut Outbox) {
        let count = found.whole.overview.event_types.len();
        let room = (ui.clip_rect().height() - AROUND) / crate::gui::theme::sizes::ROW_TREE;
        let few = (room.max(0.0) as usize).clamp(TYPES, 48);
        let now = self.types;
        let mut shown = now;
        section(
            ui,
            "Top event types as of cursor",
            |ui| {
                if count > few {
                    let word = match now {
                        Shown::Top => format!("All {}", grouped(count as u64)),
                        Shown::All => format!("Top {few}"),
                    };
                    if ui.add(Link::new(&word).face(Face::Secondary)).clicked() {
                        shown = now.toggled();
                    }
                }
            },
            |ui| type_rows(ui, model, found, now.rows(few), outbox),
        );
        self.types = shown;
    }
}

/// A figure: what, how much as of the cursor, and of what.
struct Figure {
    name: &'static str,
    value: String,
    note: String,
}

fn figures(ui: &mut Ui, model: &Model, found: Option<&StoreOverview>) {
    let Some(session) = &model.session else {
        return;
    };
    let log = &session.log;
    let (events, known) = (log.len() as u64, u64::from(model.cursor.cut().count()));
    let of = |whole: usize| format!("of {}", grouped(whole as u64));
    let at = found.map(|found| &found.report.overview);
    let figure = |name, value: Option<u64>, note| Figure {
        name,
        value: value.map_or("…".to_owned(), grouped),
        note,
    };
    let types = at.map(|at| at.event_types.len() as u64);
    let unseen = types.map(|types| (log.types().len() as u64).saturating_sub(types));
    let unseen = match unseen {
        Some(0) => "all seen".to_owned(),
        Some(unseen) => format!("{} not yet seen", grouped(unseen)),
        None => String::new(),
    };
    let span = at.and_then(|at| Some((at.first_time?, at.last_time?)));
    let size = session.opened.size;
    let figures = [
        figure("Events at cursor", Some(known), of(log.len())),
        figure("Streams", at.map(|at| at.streams), of(log.streams().len())),
        figure("Event types", types, unseen),
        Figure {
            name: "Time span",
            value: span.map_or("none".to_owned(), |(first, last)| {
                (last - first).to_string()
            }),
            note: span.map_or(String::new(), |(first, _)| {
                format!("from {}", model.zone().format_bare(first, Style::Date))
            }),
        },
        Figure {
            name: "File",
            value: bytes(size),
            note: match size.checked_div(events) {
                Some(each) => format!("{} each", bytes(each)),
                None => String::new(),
            },
        },
    ];
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 58.0));
    let parts = [0.0, 0.235, 0.42, 0.59, 0.82];
    for (at, figure) in figures.iter().enumerate() {
        let end = parts.get(at + 1).copied().unwrap_or(1.0);
        let cell = Rect::from_min_max(
            pos2(rect.left() + rect.width() * parts[at], rect.top()),
            pos2(rect.left() + rect.width() * end - 6.0, rect.bottom()),
        );
        paint(ui, cell, figure);
    }
}

fn paint(ui: &mut Ui, cell: Rect, figure: &Figure) {
    let t = ui.tokens();
    let painter = ui.painter();
    let left = Align2::LEFT_CENTER;
    let line = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(cell.left(), cell.top() + from),
            pos2(cell.right(), cell.top() + to),
        )
    };
    let face = Face::Secondary;
    paint_line(painter, line(0.0, 16.0), left, figure.name, face, t.text2);
    let strong = Face::AnswerStrong;
    paint_line(
        painter,
        line(16.0, 40.0),
        left,
        &figure.value,
        strong,
        t.text,
    );
    paint_line(painter, line(41.0, 57.0), left, &figure.note, face, t.text2);
    let response = ui.interact(cell, ui.scope_id().with(figure.name), egui::Sense::click());
    let words = format!("{} {} {}", figure.name, figure.value, figure.note);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words.trim()));
}

fn type_rows(ui: &mut Ui, model: &Model, found: &StoreOverview, most: usize, outbox: &mut Outbox) {
    let t = ui.tokens();
    let (at, whole) = (&found.report.overview, &found.whole.overview);
    let longest = whole
        .event_types
        .first()
        .map_or(1, |first| first.count)
        .max(1);
    let part = |count: u64| count as f32 / longest as f32;
    let known = at.event_types.iter().take(most);
    let known = known.map(|figures| (figures.name.as_str(), figures.count));
    // Those that came later stand below, with nothing as of the cursor. Few types are known then.
    let missing = most.saturating_sub(at.event_types.len());
    let is_new = |name: &str| at.event_types.iter().all(|known| known.name != name);
    let later = whole.event_types.iter().filter(|_| missing > 0);
    let later = later.filter(|figures| is_new(&figures.name)).take(missing);
    let later = later.map(|figures| (figures.name.as_str(), 0));
    let columns = BarColumns::default();
    for (name, count) in known.chain(later) {
        let facts = found.whole.types.get(name);
        let colour = facts.map_or(t.text3, |facts| t.category(facts.category.at()));
        let number = grouped(count);
        let percent = match at.events {
            0 => String::new(),
            events => format!("{:.1} %", count as f64 * 100.0 / events as f64),
        };
        let all = facts.map_or(count, |facts| facts.count);
        let row = BarRow::new(name, colour)
            .lengths(part(count), part(all))
            .number(&number)
            .note(&percent)
            .columns(columns);
        let response = ui.add(row);
        let later = all.saturating_sub(count);
        let more = match later {
            0 => String::new(),
            later => format!(", {} after the cursor", grouped(later)),
        };
        let response = response.on_hover_text(format!("{name}: {number}{more}. Show its events"));
        if let (true, Some(facts)) = (response.clicked(), facts) {
            outbox.send(Command::FilterType(facts.event_type));
        }
    }
    if !model.cursor.is_at_head() && at.events < whole.events {
        ui.add_space(6.0);
        let text = "Faded part of a bar: after the cursor";
        ui.label(Face::Secondary.text(text, t.text2));
    }
}

/// `148 MB`, `214 B`.
fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (count as f64, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    match value {
        value if unit > 0 && value < 9.95 => format!("{value:.1} {}", UNITS[unit]),
        value => format!("{value:.0} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_have_two_or_three_digits() {
        let texts = [0, 214, 999, 1_000, 1_049, 9_960, 148_200_000, 999_700_000].map(bytes);
        assert_eq!(
            texts,
            [
                "0 B", "214 B", "999 B", "1.0 kB", "1.0 kB", "10 kB", "148 MB", "1.0 GB"
            ]
        );
    }
}
