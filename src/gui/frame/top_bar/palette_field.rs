//! The field that opens the palette; a button where there is no room for a field.

use egui::{Align, Align2, Id, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::room::{BETWEEN, PALETTE};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{Keycap, focus_ring, one_line, paint_line};

/// The caps in it.
const KEYS: f32 = 70.0;

pub(super) fn show(ui: &mut Ui, rect: Rect, model: &Model, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let response = ui.interact(rect, Id::unique("palette-field"), Sense::click());
    if rect.width() < PALETTE[1] {
        return palette_button(ui, rect, &response, outbox);
    }
    let hint = if model.session.is_some() {
        "Go to stream, event, command…"
    } else {
        "Commands and help…"
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, hint));
    let ground = if response.hovered() {
        tokens.hover
    } else {
        tokens.field
    };
    ui.painter().rect(
        rect,
        sizes::RADIUS,
        ground,
        (1.0, tokens.border2),
        egui::StrokeKind::Inside,
    );
    icons::paint(
        ui.painter(),
        Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), vec2(14.0, 14.0)),
        Icon::Search,
        tokens.text2,
    );
    let from = rect.with_min_x(rect.left() + 30.0);
    let painter = ui.painter();
    let words = one_line(painter, hint, Face::Dense, tokens.text3, f32::INFINITY);
    // The keys stand beside it where both fit.
    let free = from.width() - words.size().x;
    let (room, keys) = match free >= KEYS + BETWEEN {
        true => (from.with_max_x(rect.right() - KEYS), Some("Ctrl+K")),
        false => (from.with_max_x(rect.right() - 6.0), None),
    };
    let centre = Align2::LEFT_CENTER;
    paint_line(painter, room, centre, hint, Face::Dense, tokens.text3);
    if let Some(keys) = keys {
        let mut caps = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.with_min_x(room.right()))
                .layout(Layout::right_to_left(Align::Center)),
        );
        caps.add_space(6.0);
        caps.add(Keycap::new(keys));
    }
    focus_ring(ui, &response);
    if response.clicked() {
        outbox.send(Command::Palette);
    }
}

/// The field where there is no room for it.
fn palette_button(ui: &Ui, rect: Rect, response: &egui::Response, outbox: &mut Outbox) {
    let name = "Go to stream, event, command…";
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let t = ui.tokens();
    if response.hovered() {
        ui.painter().rect_filled(rect, sizes::RADIUS, t.hover);
    }
    let square = Rect::from_center_size(rect.center(), vec2(16.0, 16.0));
    icons::paint(ui.painter(), square, Icon::Search, t.text2);
    focus_ring(ui, response);
    if response.clicked() {
        outbox.send(Command::Palette);
    }
    response.clone().on_hover_text(format!("{name}  Ctrl+K"));
}
