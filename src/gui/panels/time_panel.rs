//! The time panel.

use crate::gui::command::Outbox;
use crate::gui::model::Model;

/// The time panel.
#[derive(Default)]
pub(in crate::gui) struct TimePanel {}

impl TimePanel {
    /// Draws it at the bottom of `ui`.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}
