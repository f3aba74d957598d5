//! The left column: what the store was taken for and why, and how its columns are read.

use egui::text::{LayoutJob, TextFormat};
use egui::{Label, Rect, Ui, pos2, vec2};

use super::{padded, rule, section};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{Button, KeyValue, paint_line};
use crate::render::grouped;
use crate::store::SideRows;

const NAMES: f32 = 124.0;
const REASON: f32 = 24.0;

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let Some(session) = &model.session else {
        return;
    };
    padded(ui, |ui| identity(ui, session));
    rule(ui);
    section(
        ui,
        "Why we think so",
        |ui| {
            ui.label(Face::Secondary.text("points", ui.tokens().text3));
        },
        |ui| reasons(ui, session),
    );
    section(
        ui,
        "How its columns are read",
        |ui| {
            if ui.add(Button::secondary("Correct…").small()).clicked() {
                outbox.send(Command::CorrectMapping);
            }
        },
        |ui| readings(ui, session),
    );
}

fn identity(ui: &mut Ui, session: &Session) {
    let t = ui.tokens();
    let opened = &session.opened;
    let recognition = &opened.recognition;
    ui.label(Face::Secondary.text("This store is", t.text2));
    ui.add(Label::new(Face::AnswerStrong.text(&recognition.name, t.text)).wrap());
    ui.add_space(6.0);
    let next = recognition.runner_up.as_ref();
    let next = next.map_or(String::new(), |(name, confidence)| {
        format!("; next best: {name}, {confidence} %")
    });
    let words = format!("{} % sure{next}", recognition.confidence);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 20.0));
    let track = Rect::from_min_size(pos2(rect.left(), rect.center().y - 3.0), vec2(96.0, 6.0));
    let part = f32::from(recognition.confidence) / 100.0;
    let colour = match recognition.confidence {
        75.. => t.ok,
        45.. => t.warning,
        _ => t.error,
    };
    ui.painter().rect_filled(track, sizes::RADIUS_BAR, t.border);
    let sure = track.with_max_x(track.left() + track.width() * part);
    ui.painter().rect_filled(sure, sizes::RADIUS_BAR, colour);
    let text = rect.with_min_x(track.right() + 10.0);
    said(ui, text, &words, Face::Secondary);
    ui.add_space(2.0);
    let file = format!("{}. {}", opened.format, opened.access);
    ui.add(Label::new(Face::Secondary.text(file, t.text2)).wrap());
    if !recognition.notes.is_empty() {
        ui.add_space(4.0);
        ui.add(Label::new(Face::Dense.text(&recognition.notes, t.text2)).wrap());
    }
}

/// Text painted on one line, that can be read aloud and in whole on hover.
pub(super) fn said(ui: &mut Ui, rect: Rect, words: &str, face: Face) {
    let colour = ui.tokens().text2;
    let builder = egui::UiBuilder::new()
        .id_salt(words)
        .max_rect(rect)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    ui.new_child(builder)
        .add(Label::new(face.text(words, colour)).truncate());
}

fn reasons(ui: &mut Ui, session: &Session) {
    let t = ui.tokens();
    for (sentence, points) in &session.opened.recognition.reasons {
        let text = with_names(sentence, t.text);
        let room = (ui.available_width() - 22.0 - 40.0).max(40.0);
        let galley = ui.fonts_mut(|fonts| {
            let mut job = text.clone();
            job.wrap.max_width = room;
            fonts.layout_job(job)
        });
        // As high as its lines, the mark and the points beside the first.
        let height = (galley.size().y + 8.0).max(REASON);
        let (_, whole) = ui.allocate_space(vec2(ui.available_width(), height));
        let rect = whole.with_max_y(whole.top() + REASON);
        let icon = Rect::from_min_size(pos2(rect.left(), rect.center().y - 6.0), vec2(12.0, 12.0));
        let (mark, colour) = match points {
            0 => (Icon::Minus, t.text3),
            _ => (Icon::Check, t.ok),
        };
        icons::paint(ui.painter(), icon, mark, colour);
        let number = match points {
            0 => "0".to_owned(),
            points => format!("+{points}"),
        };
        let right = rect.with_min_x(rect.right() - 32.0);
        let align = egui::Align2::RIGHT_CENTER;
        paint_line(ui.painter(), right, align, &number, Face::Cell, t.text2);
        let builder = egui::UiBuilder::new()
            .id_salt(sentence)
            .max_rect(Rect::from_min_max(
                pos2(rect.left() + 22.0, whole.top()),
                pos2(right.left() - 8.0, whole.bottom()),
            ))
            .layout(egui::Layout::left_to_right(egui::Align::Center));
        ui.new_child(builder).add(Label::new(text).wrap());
    }
}

/// A sentence with the names between backticks in mono.
fn with_names(sentence: &str, colour: egui::Color32) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (at, part) in sentence.split('`').enumerate() {
        let face = if at % 2 == 1 { Face::Code } else { Face::Dense };
        job.append(part, 0.0, TextFormat::simple(face.font(), colour));
    }
    job
}

/// What is done about a column that the store does not have.
fn instead_of(role: &str, session: &Session) -> &'static str {
    match role {
        "category" if !session.log.categories().is_empty() => "taken from the names of streams",
        _ => "absent",
    }
}

fn readings(ui: &mut Ui, session: &Session) {
    let row = |name| KeyValue::new(name).name_width(NAMES).height(22.0);
    for (role, reading) in &session.opened.readings {
        match reading {
            Some(reading) => row(role.name()).mono(ui, reading),
            None => row(role.name()).absent(ui, instead_of(role.name(), session)),
        }
    }
    for (kind, rows) in &session.opened.sides {
        if let Some(rows) = rows {
            let words = match *rows {
                SideRows::Exactly(1) => "1 row".to_owned(),
                SideRows::Exactly(rows) => format!("{} rows", grouped(rows)),
                SideRows::AtLeast(0) => "not counted".to_owned(),
                SideRows::AtLeast(rows) => format!("at least {} rows", grouped(rows)),
            };
            row(kind.name()).words(ui, &words);
        }
    }
}
