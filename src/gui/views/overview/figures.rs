//! The middle column: the figures, events over time, and the event types, all as of the cursor.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::{Overview, Shown, histogram, padded, rule, section};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::views::Standing;
use crate::gui::widgets::{BarColumns, BarRow, Link, focus_ring, paint_line};
use crate::model::time::Style;
use crate::render::{bytes, grouped};
use crate::worker::StoreOverview;

/// Event types listed at first, at least; as many as there is room for in a tall window.
const TYPES: usize = 14;

/// What stands above and below the event types beside the plot, in points.
const AROUND: f32 = 282.0;

impl Overview {
    pub(super) fn figures(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let found = model.answers.overview.get();
        padded(ui, |ui| figures(ui, model, outbox));
        rule(ui);
        let Some(found) = found else {
            if model.answers.overview.unanswered().is_some() {
                return;
            }
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
        let count = found.types.len();
        let room = (ui.clip_rect().height() - AROUND - histogram::height(ui))
            / crate::gui::theme::sizes::ROW_TREE;
        let few = (room.max(0.0) as usize).clamp(TYPES, 48);
        let now = self.types;
        let mut shown = now;
        let title = match Standing::of(ui, &model.answers.overview) {
            Standing::Late => "Top event types, not yet as of the cursor…",
            _ => "Top event types as of cursor",
        };
        section(
            ui,
            title,
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
    /// The view that has what it counts.
    view: Option<View>,
}

fn figures(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let Some(session) = &model.session else {
        return;
    };
    // All of one moment and of as much of the store as was read by then, so that they fit together.
    let answer = model.answers.overview.known();
    let (log, cut) = match answer {
        Some((question, _)) => (&question.subject.log, &question.cut),
        None => (&session.log, model.cursor.cut()),
    };
    let found = answer.map(|(_, found)| found);
    let (events, known) = (log.len() as u64, u64::from(cut.count()));
    let reach = model.reach_of(log);
    let of = |whole: usize| format!("of {}{}", grouped(whole as u64), reach.so_far());
    let at = found.map(|found| &found.report.overview);
    // Of nothing there is nothing to be counted.
    let none = (events == 0 && log.is_complete()).then_some(0);
    let figure = |name, value: Option<u64>, note, view| Figure {
        name,
        value: value.or(none).map_or("…".to_owned(), grouped),
        note,
        view,
    };
    let types = at.map(|at| at.event_types.len() as u64);
    let unseen = types.map(|types| (log.types().len() as u64).saturating_sub(types));
    let unseen = match unseen {
        Some(0) if !reach.is_whole() => "so far".to_owned(),
        Some(0) => "all seen".to_owned(),
        Some(unseen) => format!("{} not yet seen", grouped(unseen)),
        None => String::new(),
    };
    let span = at.and_then(|at| Some((at.first_time?, at.last_time?)));
    let size = session.opened.size;
    let figures = [
        figure(
            "Events at cursor",
            Some(known),
            reach.of_events(log.len()),
            Some(View::Events),
        ),
        figure(
            "Streams",
            at.map(|at| at.streams),
            of(log.streams().len()),
            Some(View::Streams),
        ),
        figure("Event types", types, unseen, None),
        Figure {
            name: "Time span",
            value: match (at, span) {
                (None, _) => "…".to_owned(),
                (Some(_), None) => "none".to_owned(),
                (Some(_), Some((first, last))) => model.zone().apart(first, last),
            },
            note: span.map_or(String::new(), |(first, _)| {
                format!("from {}", model.zone().format_bare(first, Style::Date))
            }),
            view: None,
        },
        Figure {
            name: match session.opened.parts.len() {
                0 | 1 => "File",
                _ => "Files",
            },
            value: bytes(size),
            note: match size.checked_div(events).filter(|_| reach.is_whole()) {
                Some(each) => format!("{} each", bytes(each)),
                None => String::new(),
            },
            view: None,
        },
    ];
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 58.0));
    let parts = [0.0, 0.225, 0.4, 0.6, 0.83];
    for (at, figure) in figures.iter().enumerate() {
        let end = parts.get(at + 1).copied().unwrap_or(1.0);
        let cell = Rect::from_min_max(
            pos2(rect.left() + rect.width() * parts[at], rect.top()),
            pos2(rect.left() + rect.width() * end - 6.0, rect.bottom()),
        );
        paint(ui, cell, figure, outbox);
    }
}

fn paint(ui: &mut Ui, cell: Rect, figure: &Figure, outbox: &mut Outbox) {
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
    let value = paint_line(
        painter,
        line(16.0, 40.0),
        left,
        &figure.value,
        strong,
        t.text,
    );
    paint_line(painter, line(41.0, 57.0), left, &figure.note, face, t.text2);
    let words = format!("{} {} {}", figure.name, figure.value, figure.note);
    let (sense, role) = match figure.view {
        Some(_) => (egui::Sense::click(), egui::Role::Link),
        None => (egui::Sense::hover(), egui::Role::Label),
    };
    let response = ui.interact(cell, ui.scope_id().with(figure.name), sense);
    response.widget_info(|| egui::WidgetInfo::labeled(role, true, words.trim()));
    focus_ring(ui, &response);
    if let Some(view) = figure.view {
        if response.hovered() {
            let y = cell.top() + 38.5;
            let line = cell.with_max_x(value.right()).x_range();
            ui.painter().hline(line, y, (1.0, t.accent));
        }
        let hover = format!("Go to {}", view.name());
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_text(hover).clicked() {
            outbox.send(Command::Show(view));
        }
    }
}

fn type_rows(ui: &mut Ui, model: &Model, found: &StoreOverview, most: usize, outbox: &mut Outbox) {
    let t = ui.tokens();
    let (at, whole) = (&found.report.overview, &found.whole.overview);
    let longest = whole.event_types.first();
    let longest = longest.map_or(1, |first| first.count).max(1);
    let part = |count: u64| count as f32 / longest as f32;
    let shown = found.types.get(..most).unwrap_or(&found.types);
    let columns = BarColumns::fitting(ui, shown.iter().map(|row| row.name.as_str()));
    let columns = columns.numbered(longest);
    for row in shown {
        let name = &row.name;
        let number = grouped(row.known);
        let percent = match at.events {
            0 => String::new(),
            events => format!("{:.1} %", row.known as f64 * 100.0 / events as f64),
        };
        let bar = BarRow::new(name, t.category(model.colour(row.category)))
            .lengths(part(row.known), part(row.all))
            .number(&number)
            .note(&percent)
            .columns(columns);
        let more = match row.all.saturating_sub(row.known) {
            0 => String::new(),
            later => format!(", {} after the cursor", grouped(later)),
        };
        let hover = format!("{name}: {number}{more}. Show its events");
        if ui.add(bar).on_hover_text(hover).clicked() {
            outbox.send(Command::FilterType(row.event_type));
        }
    }
    if !model.cursor.is_at_head() && at.events < whole.events {
        ui.add_space(6.0);
        let text = "Faded part of a bar: after the cursor";
        ui.label(Face::Secondary.text(text, t.text2));
    }
}
