//! The card of one event.

use crate::gui::command::Outbox;
use crate::gui::model::Model;

/// The card of one event.
#[derive(Default)]
pub(in crate::gui) struct EventCard {}

impl EventCard {
    /// Draws the inspected event into `ui`.
    pub fn show(&mut self, ui: &mut egui::Ui, model: &Model, outbox: &mut Outbox) {
        let _ = (ui, model, outbox);
    }
}
