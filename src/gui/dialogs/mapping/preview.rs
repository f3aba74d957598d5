//! The first events as the mapping being written reads them.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::draft::Draft;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, Notice, Severity, paint_line};
use crate::model::time::Style;
use crate::worker::{Preview, PreviewRow};

pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    shown: &mut Option<String>,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let now = draft.fingerprint();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = sizes::GAP;
        ui.label(Face::Title.text("First events", t.text));
        let is_current = shown.as_ref() == Some(&now);
        let note = match (shown.is_some(), is_current) {
            (false, _) => "",
            (true, true) => "as read by these lines",
            (true, false) => "the lines have changed since",
        };
        ui.label(Face::Secondary.text(note, t.text2));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui
                .add(Button::secondary("Try these lines").small())
                .clicked()
                && let Some(layout) = draft.layout()
            {
                *shown = Some(now);
                outbox.send(Command::PreviewMapping(Box::new(layout)));
            }
        });
    });
    ui.add_space(4.0);
    if shown.is_none() {
        return;
    }
    let answer = &model.answers.preview;
    match answer.get() {
        _ if answer.is_pending() => {
            ui.label(Face::Dense.text("Reading…", t.text2));
        }
        Some(Ok(preview)) => rows(ui, model, preview),
        Some(Err(sentence)) => {
            Notice::new(Severity::Error, sentence).show(ui);
        }
        None => {}
    }
}

fn rows(ui: &mut Ui, model: &Model, preview: &Preview) {
    let t = ui.tokens();
    if preview.rows.is_empty() {
        let text = "No record could be read as an event by these lines";
        ui.label(Face::Dense.text(text, t.warning));
    }
    for row in &preview.rows {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), sizes::ROW_TABLE));
        paint(ui, model, rect, row);
    }
    if let Some(problem) = &preview.problem {
        let text = match preview.problems {
            1 => problem.clone(),
            count => format!("{problem}, and {} more such", count - 1),
        };
        Notice::new(Severity::Warning, &text).show(ui);
    }
}

fn paint(ui: &mut Ui, model: &Model, rect: Rect, row: &PreviewRow) {
    let t = ui.tokens();
    let time = row.time.map_or_else(
        || "no time".to_owned(),
        |time| model.zone().format(time, Style::Seconds),
    );
    let cells = [
        (56.0, row.position.to_string(), Face::Cell, t.text2),
        (136.0, row.stream.clone(), Face::Dense, t.text),
        (44.0, row.version.to_string(), Face::Cell, t.text2),
        (136.0, row.event_type.clone(), Face::Dense, t.text),
        (164.0, time, Face::Cell, t.text2),
        (f32::INFINITY, row.payload.clone(), Face::Cell, t.text3),
    ];
    let mut left = rect.left();
    for (width, text, face, colour) in cells {
        let right = (left + width).min(rect.right());
        let cell = Rect::from_min_max(pos2(left, rect.top()), pos2(right - 8.0, rect.bottom()));
        paint_line(ui.painter(), cell, Align2::LEFT_CENTER, &text, face, colour);
        left = right;
    }
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, (1.0, t.border));
    let response = ui.interact(rect, ui.scope_id().with(row.position), egui::Sense::hover());
    response.widget_info(|| {
        let words = format!("{} {} {}", row.position, row.event_type, row.stream);
        egui::WidgetInfo::labeled(egui::Role::Row, true, words)
    });
}
