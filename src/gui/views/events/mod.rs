//! The events view.

use crate::gui::command::Outbox;
use crate::gui::model::Model;

/// The events view.
#[derive(Default)]
pub(in crate::gui) struct Events {}

impl Events {
    /// Draws it.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}

