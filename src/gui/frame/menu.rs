//! The menu: every listed command under its heading, with recent stores, samples, theme and zone.

use egui::{Popup, Ui};

use crate::gui::command::{Command, Group, Listed, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{menu_content, note_item};
use crate::model::time::Zone;
use crate::worker::SAMPLES;
use crate::workspace::Theme;

const WIDTH: f32 = 320.0;

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let response = ui.add(super::top_bar::menu_button());
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(WIDTH);
        // In a low window the menu scrolls, under its button and above the edge.
        let room = ui.content_rect().bottom() - response.rect.bottom() - 24.0;
        let room = room.max(120.0);
        // That there is more is to be seen, and the bar is not to lie over the keys.
        ui.spacing_mut().scroll = egui::style::ScrollStyle::solid();
        let area = egui::ScrollArea::vertical().max_height(room);
        let area = area.min_scrolled_height(room);
        area.show(ui, |ui| menu_content(ui, |ui| items(ui, model, outbox)));
    });
}

fn items(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    for group in [Group::Store, Group::Time, Group::Answer, Group::Window] {
        if group != Group::Store {
            ui.separator();
        }
        let listed = Command::listed().iter();
        // Themes have a submenu, and this button is the menu's own.
        let listed = listed.filter(|listed| {
            listed.group == group && !matches!(listed.command.clone(), Command::SetTheme(_))
        });
        for listed in listed {
            item(ui, model, listed, outbox);
            if matches!(listed.command.clone(), Command::OpenFolderDialog) {
                stores(ui, model, outbox);
            }
        }
        if group == Group::Window {
            theme(ui, model, outbox);
            zone(ui, model, outbox);
        }
    }
}

fn item(ui: &mut Ui, model: &Model, listed: &Listed, outbox: &mut Outbox) {
    let mut button = egui::Button::new(words(ui, &listed.title));
    if let Some(keys) = listed.keys_text(ui.ctx()) {
        button = button.shortcut_text(Face::Cell.text(keys, ui.tokens().text3));
    }
    let response = ui.add_enabled(listed.needs.are_met(model), button);
    note_item(ui, &response);
    if response.clicked() {
        outbox.send(listed.command.clone());
        ui.close();
    }
}

fn words(ui: &Ui, text: &str) -> egui::RichText {
    Face::Dense.text(text, ui.tokens().text)
}

fn stores(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let files = model.settings.recent.files();
    ui.add_enabled_ui(!files.is_empty(), |ui| {
        let title = words(ui, "Recent files");
        ui.menu_button(title, |ui| {
            for file in files {
                let path = file.path.path();
                let name = path.file_name().unwrap_or(path.as_os_str());
                let button = egui::Button::new(words(ui, &name.to_string_lossy()));
                let response = ui.add(button);
                if response.clicked() {
                    outbox.send(Command::Open(path.to_owned()));
                }
                response.on_hover_text(path.display().to_string());
            }
            ui.separator();
            if ui.button(words(ui, "Clear recent files")).clicked() {
                outbox.send(Command::ClearRecent);
            }
        });
    });
    let title = words(ui, "Samples");
    ui.menu_button(title, |ui| {
        for (at, sample) in SAMPLES.iter().enumerate() {
            let file = Face::Cell.text(sample.file, ui.tokens().text3);
            let button = egui::Button::new(words(ui, sample.title)).shortcut_text(file);
            if ui.add(button).clicked() {
                outbox.send(Command::OpenSample(at));
            }
        }
    });
}

fn theme(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let title = words(ui, "Theme");
    ui.menu_button(title, |ui| {
        for (theme, name) in [
            (Theme::System, "As the system"),
            (Theme::Dark, "Dark"),
            (Theme::Light, "Light"),
        ] {
            let on = model.settings.theme == theme;
            if ui.radio(on, words(ui, name)).clicked() {
                outbox.send(Command::SetTheme(theme));
                ui.close();
            }
        }
    });
}

fn zone(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let title = words(ui, "Zone of times");
    ui.menu_button(title, |ui| {
        let chosen = model.zone();
        let mut zones = vec![Zone::Utc, Zone::Local];
        zones.extend(Some(chosen).filter(|zone| matches!(zone, Zone::Named(_))));
        for zone in zones {
            let name = match zone {
                Zone::Local => "Local".to_owned(),
                zone => zone.to_string(),
            };
            if ui.radio(zone == chosen, words(ui, &name)).clicked() {
                outbox.send(Command::SetZone(zone));
                ui.close();
            }
        }
        ui.separator();
        if ui.button(words(ui, "Another zone…")).clicked() {
            outbox.send(Command::Settings);
        }
    });
}
