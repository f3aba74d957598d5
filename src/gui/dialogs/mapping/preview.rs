//! The first events as the mapping being written reads them, beside its lines and as they change.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::draft::Draft;
use crate::analysis::words::many;
use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Notice, Severity, paint_line};
use crate::model::time::Style;
use crate::worker::{AskPreview, Preview, PreviewRow};

/// An event stands on two lines: what is known of it, and its payload.
const ROW: f32 = 2.0 * sizes::ROW_TREE;
const POSITION: f32 = 52.0;
const VERSION: f32 = 40.0;
const TIME: f32 = 176.0;

pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    draft: &Draft,
    shown: &mut Option<AskPreview>,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let reading = draft.reading();
    let note = match &reading {
        Some(_) => "as these lines read them",
        None => "as the lines read them before; one cannot be read now",
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = sizes::GAP;
        ui.label(Face::Title.text("First events", t.text));
        ui.label(Face::Secondary.text(note, t.text2));
    });
    ui.add_space(4.0);
    if let Some(layout) = reading {
        let path = draft.path.clone();
        *shown = Some(AskPreview { path, layout });
    }
    let Some(question) = shown else { return };
    outbox.ask(|answers| &mut answers.preview, question.clone());
    // What was read before stays until the new lines are, so that nothing flickers while somebody types.
    match model.answers.preview.get() {
        Some(Ok(preview)) => rows(ui, model, preview),
        Some(Err(sentence)) => {
            Notice::new(Severity::Error, sentence).show(ui);
        }
        None => {
            ui.label(Face::Dense.text("Reading…", t.text2));
        }
    }
}

/// Why there is nothing to be kept yet: what the lines make of the file is not known, or is no events.
pub(super) fn useless(model: &Model, draft: &Draft) -> Option<&'static str> {
    let known = model.answers.preview.known();
    let own = known.filter(|(question, _)| question.path == draft.path);
    match own.map(|(_, answer)| answer) {
        None => Some("The file is still being read by these lines"),
        Some(Err(_)) => Some("The file cannot be read by these lines"),
        Some(Ok(preview)) if preview.rows.is_empty() && preview.problems > 0 => {
            Some("No record could be read as an event by these lines")
        }
        Some(Ok(preview)) if !preview.rows.is_empty() && !preview.is_typed => {
            Some("No event has a type by these lines")
        }
        Some(Ok(_)) => None,
    }
}

fn rows(ui: &mut Ui, model: &Model, preview: &Preview) {
    let t = ui.tokens();
    if let Some(problem) = &preview.problem {
        let text = match preview.problems {
            1 => problem.clone(),
            count => {
                let more = many(count - 1, "more problem", "more problems");
                format!("{problem}; {}", more.unwrap_or_default())
            }
        };
        Notice::new(Severity::Warning, &text).show(ui);
        ui.add_space(sizes::GAP);
    }
    if preview.rows.is_empty() {
        let text = "No record could be read as an event by these lines";
        ui.label(Face::Dense.text(text, t.warning));
    }
    for row in &preview.rows {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
        paint(ui, model, rect, row);
    }
}

fn paint(ui: &mut Ui, model: &Model, rect: Rect, row: &PreviewRow) {
    let t = ui.tokens();
    let (mut above, mut below) = rect.split_top_bottom_at_fraction(0.5);
    // The two lines of an event stand closer than two events.
    above = above.translate(vec2(0.0, 2.0));
    below = below.translate(vec2(0.0, -2.0));
    let time = row.time.map_or_else(
        || "no time".to_owned(),
        |time| model.zone().format(time, Style::Seconds),
    );
    let name = ((rect.width() - POSITION - VERSION - TIME) / 2.0).max(60.0);
    let cells = [
        (POSITION, row.position.to_string(), Face::Cell, t.text2),
        (name, row.event_type.clone(), Face::Dense, t.text),
        (name, row.stream.clone(), Face::Dense, t.text),
        (VERSION, row.version.to_string(), Face::Cell, t.text2),
        (f32::INFINITY, time, Face::Cell, t.text2),
    ];
    let mut left = rect.left();
    for (width, text, face, colour) in cells {
        let right = (left + width).min(rect.right());
        let cell = Rect::from_min_max(pos2(left, above.top()), pos2(right - 8.0, above.bottom()));
        paint_line(ui.painter(), cell, Align2::LEFT_CENTER, &text, face, colour);
        left = right;
    }
    let cell = below.with_min_x(rect.left() + POSITION);
    let (face, colour) = (Face::Code, t.text3);
    paint_line(
        ui.painter(),
        cell,
        Align2::LEFT_CENTER,
        &row.payload,
        face,
        colour,
    );
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, (1.0, t.border));
    let response = ui.interact(rect, ui.scope_id().with(row.position), egui::Sense::hover());
    response.widget_info(|| {
        let words = format!("{} {} {}", row.position, row.event_type, row.stream);
        egui::WidgetInfo::labeled(egui::Role::Row, true, words)
    });
}
