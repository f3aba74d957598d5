//! The welcome view.

use crate::gui::command::Outbox;
use crate::gui::model::Model;

/// The welcome view.
#[derive(Default)]
pub(in crate::gui) struct Welcome {}

impl Welcome {
    /// Draws it.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}
