//! The cards of the welcome page: a head, rows with lines between them, round corners.

use egui::{Align, Frame, Layout, Rect, Response, Sense, Ui, UiBuilder, vec2};

use crate::gui::theme::{Face, TokensExt, sizes};

/// The height of its head.
pub(super) const HEAD: f32 = 40.0;

/// A card with a title, something right of it, and rows.
pub(super) fn card(
    ui: &mut Ui,
    title: &str,
    right: impl FnOnce(&mut Ui),
    rows: impl FnOnce(&mut Ui),
) {
    let t = ui.tokens();
    Frame::new()
        .fill(t.panel)
        .stroke((1.0, t.border))
        .corner_radius(sizes::RADIUS_PALETTE)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEAD));
            let inner = rect.shrink2(vec2(sizes::PAD_TEXT, 0.0));
            let builder = UiBuilder::new()
                .id_salt(title)
                .max_rect(inner)
                .layout(Layout::left_to_right(Align::Center));
            let mut head = ui.new_child(builder);
            head.spacing_mut().item_spacing.x = sizes::GAP;
            head.label(Face::Title.text(title, t.text));
            right(&mut head);
            rows(ui);
        });
}

/// A row's room under the line that parts it from what is above.
pub(super) fn row(ui: &mut Ui, height: f32) -> Rect {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    line(ui, rect);
    rect
}

/// A row that can be clicked.
pub(super) fn clickable(ui: &mut Ui, height: f32, name: &str) -> (Rect, Response) {
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    if response.hovered() {
        // Inside the frame, clear of its round corners.
        let ground = rect.shrink2(vec2(1.0, 1.0));
        ui.painter()
            .rect_filled(ground, sizes::RADIUS, ui.tokens().hover);
    }
    if response.has_focus() {
        let stroke = (sizes::FOCUS_RING, ui.tokens().accent);
        ui.painter()
            .rect_stroke(rect, sizes::RADIUS, stroke, egui::StrokeKind::Inside);
    }
    line(ui, rect);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    (rect, response)
}

fn line(ui: &Ui, rect: Rect) {
    ui.painter()
        .hline(rect.x_range(), rect.top(), (1.0, ui.tokens().border));
}
