//! The left column: what the store was taken for and why, and how its columns are read.

use egui::text::{LayoutJob, TextFormat};
use egui::{Label, Rect, Ui, pos2, vec2};

use super::{files, padded, rule, section};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, icons};
use crate::gui::widgets::{Button, KeyValue, paint_line};
use crate::render::grouped;
use crate::store::{Recognition, SideRows};
use crate::worker::StoreFile;

const NAMES: f32 = 124.0;
const REASON: f32 = 24.0;

pub(super) fn show(ui: &mut Ui, model: &Model, chosen: &mut usize, outbox: &mut Outbox) {
    let Some(session) = &model.session else {
        return;
    };
    let files = &session.opened.parts;
    *chosen = (*chosen).min(files.len().saturating_sub(1));
    if files.len() > 1 {
        several(ui, session, chosen);
    }
    let Some(file) = files.get(*chosen) else {
        return;
    };
    let (why, how) = if files.len() > 1 {
        let name = &file.name;
        padded(ui, |ui| nature(ui, file));
        let why = format!("Why we think so of {name}");
        (why, format!("How {name} is read"))
    } else {
        padded(ui, |ui| identity(ui, file));
        let how = "How its columns are read";
        ("Why we think so".to_owned(), how.to_owned())
    };
    rule(ui);
    section(
        ui,
        &why,
        |ui| {
            ui.label(Face::Secondary.text("points", ui.tokens().text3));
        },
        |ui| reasons(ui, &file.recognition),
    );
    section(
        ui,
        &how,
        |ui| {
            if ui.add(Button::secondary("Correct…").small()).clicked() {
                outbox.send(Command::CorrectMapping(*chosen));
            }
        },
        |ui| readings(ui, session, file),
    );
}

/// What each of several files was taken for, to choose one by.
fn several(ui: &mut Ui, session: &Session, chosen: &mut usize) {
    let t = ui.tokens();
    let opened = &session.opened;
    padded(ui, |ui| {
        ui.label(Face::Secondary.text("This store is", t.text2));
        let title = format!("{} files, read as one", opened.parts.len());
        ui.add(Label::new(Face::AnswerStrong.text(title, t.text)).wrap());
        for sentence in files::passed_over(opened) {
            ui.add_space(4.0);
            ui.add(Label::new(Face::Secondary.text(sentence, t.text2)).wrap());
        }
    });
    files::choice(ui, &opened.parts, chosen);
    rule(ui);
}

fn identity(ui: &mut Ui, file: &StoreFile) {
    let t = ui.tokens();
    let recognition = &file.recognition;
    ui.label(Face::Secondary.text("This store is", t.text2));
    ui.add(Label::new(Face::AnswerStrong.text(&recognition.name, t.text)).wrap());
    ui.add_space(6.0);
    let words = format!(
        "{} % sure{}",
        recognition.confidence,
        next_best(recognition)
    );
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 20.0));
    let track = Rect::from_min_size(pos2(rect.left(), rect.center().y - 3.0), vec2(96.0, 6.0));
    files::certainty(ui, track, recognition.confidence);
    let text = rect.with_min_x(track.right() + 10.0);
    said(ui, text, &words, Face::Secondary);
    ui.add_space(2.0);
    nature(ui, file);
}

fn next_best(recognition: &Recognition) -> String {
    let next = recognition.runner_up.as_ref();
    next.map_or(String::new(), |(name, confidence)| {
        format!("; next best: {name}, {confidence} %")
    })
}

/// What a file is, and what to know of such files.
fn nature(ui: &mut Ui, file: &StoreFile) {
    let t = ui.tokens();
    let words = format!("{}. {}", file.format, file.access);
    ui.add(Label::new(Face::Secondary.text(words, t.text2)).wrap());
    if !file.recognition.notes.is_empty() {
        ui.add_space(4.0);
        let notes = Face::Dense.text(&file.recognition.notes, t.text2);
        ui.add(Label::new(notes).wrap());
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

fn reasons(ui: &mut Ui, recognition: &Recognition) {
    let t = ui.tokens();
    for (sentence, points) in &recognition.reasons {
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

fn readings(ui: &mut Ui, session: &Session, file: &StoreFile) {
    let row = |name| KeyValue::new(name).name_width(NAMES).height(22.0);
    for (role, reading) in &file.readings {
        match reading {
            Some(reading) => row(role.name()).mono(ui, reading),
            None => row(role.name()).absent(ui, instead_of(role.name(), session)),
        }
    }
    for (kind, rows) in &file.sides {
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
