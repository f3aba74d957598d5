//! Frame times and the memory of the index, for whoever works on the program: in the middle of the status
//! bar, where they cover nothing.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo};

use super::times::FrameTimes;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::paint_line;

/// Draws them in the room that is left.
pub(super) fn show(ui: &Ui, room: Rect, model: &Model, times: FrameTimes) {
    let tokens = ui.tokens();
    let memory = model.log().map(|log| log.memory()).unwrap_or_default();
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let text = format!(
        "frame {:.2} ms, worst {:.2} ms · index {} KB, ids {} KB, names {} KB",
        millis(times.last),
        millis(times.worst),
        memory.core >> 10,
        memory.ids >> 10,
        memory.names >> 10
    );
    let room = room.shrink2(egui::vec2(sizes::GAP_GROUP, 0.0));
    let (align, face) = (Align2::RIGHT_CENTER, Face::Cell);
    paint_line(ui.painter(), room, align, &text, face, tokens.text2);
    let response = ui.interact(room, egui::Id::unique("debug"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(text);
}
