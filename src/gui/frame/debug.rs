//! Frame times, for whoever works on the program.

use crate::gui::app::FrameTimes;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};

pub(super) fn show(ui: &egui::Ui, model: &Model, times: FrameTimes) {
    let tokens = ui.tokens();
    let memory = model.log().map(|log| log.memory()).unwrap_or_default();
    let frame = egui::Frame::new()
        .fill(tokens.overlay)
        .stroke((1.0, tokens.border2))
        .inner_margin(8);
    egui::Area::new(egui::Id::unique("debug"))
        .anchor(egui::Align2::RIGHT_TOP, [-24.0, 132.0])
        .show(ui.ctx(), |ui| {
            frame.show(ui, |ui| {
                let line =
                    |ui: &mut egui::Ui, text: String| ui.label(Face::Cell.text(text, tokens.text2));
                let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
                line(
                    ui,
                    format!(
                        "frame {:5.2} ms, worst {:5.2} ms",
                        millis(times.last),
                        millis(times.worst)
                    ),
                );
                line(
                    ui,
                    format!(
                        "index {} KB, ids {} KB, names {} KB",
                        memory.core >> 10,
                        memory.ids >> 10,
                        memory.names >> 10
                    ),
                );
            });
        });
}
