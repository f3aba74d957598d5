//! The menu: every listed command under its heading.

use egui::{Popup, Ui};

use crate::gui::command::{Command, Group, Needs, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let response = ui.add(super::top_bar::menu_button());
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(300.0);
        for group in [Group::Store, Group::Time, Group::Answer, Group::Window] {
            let colour = ui.tokens().text3;
            ui.add_space(4.0);
            ui.label(Face::Secondary.text(group.name(), colour));
            for listed in Command::LISTED
                .iter()
                .filter(|listed| listed.group == group)
            {
                let possible = match listed.needs {
                    Needs::Nothing => true,
                    Needs::Store => model.session.is_some(),
                    Needs::Stream => model.session.is_some() && model.selection.stream.is_some(),
                };
                let mut button = egui::Button::new(listed.title).frame(false);
                if let Some(keys) = listed.keys_text(ui.ctx()) {
                    button = button.shortcut_text(keys);
                }
                if ui.add_enabled(possible, button).clicked() {
                    outbox.send((listed.command)());
                    ui.close();
                }
            }
        }
    });
}
