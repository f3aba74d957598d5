//! Columns of equal width beside each other.

use egui::{Align, Layout, Rect, Sense, Ui, UiBuilder, pos2};

/// Draws `count` columns over the available width, `gap` apart. Their texts are ragged: the columns of egui
/// itself stretch every line over the whole width, letter by letter.
pub fn columns(ui: &mut Ui, count: usize, gap: f32, mut draw: impl FnMut(&mut Ui, usize)) {
    let room = ui.available_rect_before_wrap();
    let gaps = gap * count.saturating_sub(1) as f32;
    let width = ((room.width() - gaps) / count.max(1) as f32).max(0.0);
    let mut bottom = room.top();
    for at in 0..count {
        let left = room.left() + at as f32 * (width + gap);
        let rect = Rect::from_min_max(room.min, pos2(room.left() + width, room.bottom()));
        let builder = UiBuilder::new()
            .id_salt(("column", at))
            .max_rect(rect.translate(egui::vec2(left - room.left(), 0.0)))
            .layout(Layout::top_down(Align::LEFT));
        let mut column = ui.new_child(builder);
        draw(&mut column, at);
        bottom = bottom.max(column.min_rect().bottom());
    }
    ui.allocate_rect(
        Rect::from_min_max(room.min, pos2(room.right(), bottom)),
        Sense::hover(),
    );
}
