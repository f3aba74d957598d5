//! Asks before a file that is there already is written over.

use std::path::PathBuf;

use egui::{Align, Layout, Margin, Ui, vec2};

use super::{Stays, head, modal};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, FirstFocus};

/// The question, with what is done if the answer is yes.
pub(super) struct Replace {
    path: PathBuf,
    command: Command,
    focus: FirstFocus,
}

impl Replace {
    /// Of this file.
    pub fn new(path: PathBuf, command: Command) -> Self {
        Self {
            path,
            command,
            focus: FirstFocus::default(),
        }
    }

    pub fn show(&mut self, ui: &Ui, outbox: &mut Outbox) -> Stays {
        modal(ui, "Write over a file", 560.0, |ui| {
            let mut stays = head(ui, "Write over a file", "");
            let margin = Margin::symmetric(16, 12);
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                let words = "A file of this name is there already. What it holds would be lost.";
                ui.label(Face::Dense.text(words, ui.tokens().text2));
                let path = self.path.display().to_string();
                ui.add(egui::Label::new(Face::Code.text(path, ui.tokens().text)).wrap());
                let size = vec2(ui.available_width(), sizes::BUTTON);
                let layout = Layout::right_to_left(Align::Center);
                ui.allocate_ui_with_layout(size, layout, |ui| {
                    let keep = ui.add(Button::primary("Keep the file"));
                    self.focus.give(ui, keep.id);
                    if keep.clicked() {
                        stays = Stays::Closes;
                    }
                    if ui.add(Button::secondary("Write over it")).clicked() {
                        outbox.send(self.command.clone());
                        stays = Stays::ClosesWithPath;
                    }
                });
            });
            stays
        })
    }
}
