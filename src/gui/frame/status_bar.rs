//! One line at the bottom: what is being done, what there is, how it is read.

use egui::{Align, Layout, Ui};

use super::debug;
use super::times::FrameTimes;
use crate::analysis::words::many;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Reach};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{Link, ProgressLine};
use crate::gui::words;
use crate::log::MaskedFields;
use crate::render::{grouped, rate};

/// Between two words of the bar.
const GAP: f32 = 16.0;

pub(super) fn show(ui: &mut Ui, model: &Model, times: FrameTimes, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, tokens.panel);
    ui.painter()
        .hline(all.x_range(), all.top() + 0.5, (1.0, tokens.border));
    let inner = all.shrink2(egui::vec2(sizes::PAD, 0.0));
    let mut part = |name: &str, room, layout| {
        let builder = egui::UiBuilder::new().id_salt(name).max_rect(room);
        let mut ui = ui.new_child(builder.layout(layout));
        ui.spacing_mut().item_spacing.x = GAP;
        ui
    };
    // What is done takes what room it needs; what there is ends where the rest begins.
    let right = &mut part("standing", inner, Layout::right_to_left(Align::Center));
    standing(right, model, outbox);
    let used = right.min_rect().min.x.min(inner.max.x) - GAP;
    let room = inner.with_max_x(used.max(inner.min.x));
    let left = &mut part("done", room, Layout::left_to_right(Align::Center));
    busy(left, model, outbox);
    done(left, model);
    facts(left, model);
    if model.settings.debug_panel {
        let room = all.with_min_x(left.cursor().left()).with_max_x(used);
        debug::show(right, room, model, times);
    }
}

fn word(ui: &mut Ui, text: impl Into<String>) {
    let colour = ui.tokens().text2;
    ui.add(egui::Label::new(Face::Secondary.text(text, colour)).selectable(false));
}

fn busy(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    if let Some((_, path)) = &model.opening {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        word(ui, format!("Opening {name}…"));
    }
    for running in &model.running {
        let progress = running.progress;
        let mut line = ProgressLine::new(running.label).cancellable();
        let (done, total) = (grouped(progress.done), grouped(progress.total));
        if progress.done > progress.total {
            // More than was thought: how much there is in all nobody knows.
            line = line.done(&done);
        } else if progress.total > 0 {
            let part = progress.done as f32 / progress.total as f32;
            line = line.count(&done, &total, part);
        }
        if line.show(ui) {
            outbox.send(Command::Cancel(running.slot));
        }
    }
}

/// What was just done.
fn done(ui: &mut Ui, model: &Model) {
    let Some(done) = &model.done else { return };
    let tokens = ui.tokens();
    let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
    icons::paint(ui.painter(), rect, Icon::Check, tokens.ok);
    ui.add_space(-10.0);
    let text = Face::Secondary.text(&done.words, tokens.text);
    let said = ui.add(egui::Label::new(text).selectable(false).truncate());
    said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &done.words));
}

fn facts(ui: &mut Ui, model: &Model) {
    let Some(session) = &model.session else {
        if model.opening.is_none() {
            word(ui, format!("Asof {}", env!("CARGO_PKG_VERSION")));
        }
        return;
    };
    let log = &session.log;
    if log.is_complete() {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
        icons::paint(ui.painter(), rect, Icon::Check, ui.tokens().ok);
        ui.add_space(-10.0);
        word(ui, "Index complete");
    } else if session.cut_short.is_some() {
        word(ui, "Only a part is indexed");
    } else if !log.is_empty() {
        word(ui, "Order is provisional until all is read");
    }
    let reach = model.reach();
    let (what, about) = match reach {
        Reach::Whole => ("Whole store", String::new()),
        Reach::SoFar(None) | Reach::CutShort(None) => ("Indexed so far", String::new()),
        _ => ("Indexed so far", format!(" {}", reach.of_events(log.len()))),
    };
    let all = format!(
        "{what}: {}{about} · {} · {}",
        words::counted(log.len(), "event", "events"),
        words::counted(log.streams().len(), "stream", "streams"),
        words::counted(log.types().len(), "event type", "event types"),
    );
    let text = Face::Secondary.text(all, ui.tokens().text2);
    ui.add(egui::Label::new(text).selectable(false).truncate());
    if let Some(text) = many(log.problem_count(), "problem", "problems") {
        let colour = ui.tokens().warning;
        ui.add(egui::Label::new(Face::Secondary.text(text, colour)).selectable(false));
    }
}

/// From the right.
fn standing(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    match &model.session {
        None => {
            word(ui, format!("Zone {}", model.zone()));
            word(ui, "No store open");
        }
        Some(session) => {
            let colour = ui.tokens().text2;
            let label =
                egui::Label::new(Face::Secondary.text("Read-only", colour)).selectable(false);
            ui.add(label).on_hover_text(&session.opened.access);
            word(ui, format!("Zone {}", model.zone()));
            masked(ui, model, outbox);
            match &session.trouble {
                Some(trouble) => {
                    let colour = ui.tokens().warning;
                    ui.add(
                        egui::Label::new(Face::Secondary.text("Following has stopped", colour))
                            .selectable(false),
                    )
                    .on_hover_text(trouble);
                }
                None if session.log.is_complete() => match session.pace {
                    Some(pace) => {
                        let rate = rate(pace.a_second);
                        let (count, time) = rate.split_once('/').unwrap_or((&rate, "s"));
                        word(ui, format!("Following live: {count} events/{time}"));
                    }
                    None => word(ui, "Following the file"),
                },
                None => {}
            }
        }
    }
}

/// How many fields are masked, and a way to see them.
fn masked(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let count = model.store.masked.values().flatten().count() as u64;
    if let Some(words) = many(count, "field masked", "fields masked") {
        let link = ui.add(Link::new(&words).face(Face::Secondary));
        if link
            .on_hover_text("Show the fields that are masked")
            .clicked()
        {
            outbox.send(Command::Mask(MaskedFields::new()));
        }
    }
}
