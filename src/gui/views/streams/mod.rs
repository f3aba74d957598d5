//! The streams view.

use crate::gui::command::Outbox;
use crate::gui::model::Model;

/// The streams view.
#[derive(Default)]
pub(in crate::gui) struct Streams {}

impl Streams {
    /// Draws it.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}
