//! What opens over the views and takes the keyboard: palette, help, settings, mapping, export.

use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;

/// The dialogs; at most one is open.
#[derive(Default)]
pub(in crate::gui) struct Dialogs {}

impl Dialogs {
    /// Whether one is open.
    pub fn is_open(&self) -> bool {
        false
    }

    /// Opens or closes one.
    pub fn command(&mut self, command: &Command) {
        let _ = command;
    }

    /// Draws the open one.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}
