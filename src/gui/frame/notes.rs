//! Notes to the user, under the top bar until they are put away.

use egui::Ui;

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Level, Model};
use crate::gui::theme::{TokensExt, sizes};
use crate::gui::widgets::{Notice, Severity};

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    for (at, note) in model.notes.iter().enumerate() {
        let severity = match note.level {
            Level::Info => Severity::Info,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        };
        let ground = ui.tokens().panel;
        let margin = egui::Margin::symmetric(sizes::PAD as i8, 6);
        egui::Frame::new()
            .fill(ground)
            .inner_margin(margin)
            .show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                let mut notice = Notice::new(severity, &note.sentence).action("Dismiss");
                if let Some(detail) = &note.detail {
                    notice = notice.detail(detail);
                }
                if notice.show(ui).action.is_some() {
                    outbox.send(Command::DismissNote(at));
                }
            });
    }
}
