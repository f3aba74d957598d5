//! The views, one below the other.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{IconButton, context_menu, focus_ring, menu_item};

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, tokens.panel);
    ui.painter()
        .vline(all.right() - 0.5, all.y_range(), (1.0, tokens.border));
    let side = sizes::BUTTON;
    let foot = side + 16.0;
    // All of them and what stands below have to be seen, also in a low window.
    let height = ((all.height() - foot) / View::ALL.len() as f32).floor();
    let height = height.clamp(sizes::RAIL_ITEM_LEAST, sizes::RAIL_ITEM);
    for (n, view) in View::ALL.into_iter().enumerate() {
        let top = all.top() + n as f32 * height;
        let rect = Rect::from_min_size(pos2(all.left(), top), vec2(sizes::RAIL, height));
        if let Some(command) = item(ui, rect, view, model.view) {
            outbox.send(command);
        }
    }
    let bottom = Rect::from_min_size(
        pos2(all.left() + 6.0, all.bottom() - side - 8.0),
        vec2(sizes::RAIL - 12.0, side),
    );
    ui.scope_builder(egui::UiBuilder::new().max_rect(bottom), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if ui
                .add(IconButton::new(Icon::Help, "Keyboard shortcuts").shortcut("F1"))
                .clicked()
            {
                outbox.send(Command::Help);
            }
            if ui
                .add(IconButton::new(Icon::Settings, "Settings").shortcut("Ctrl+,"))
                .clicked()
            {
                outbox.send(Command::Settings);
            }
        });
    });
}

fn item(ui: &mut Ui, rect: Rect, view: View, current: View) -> Option<Command> {
    let on = view == current;
    let tokens = ui.tokens();
    let response = ui.interact(
        rect,
        ui.scope_id().with(("rail", view.name())),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, view.name()));
    let inner = rect.with_max_x(rect.right() - 1.0);
    if on {
        ui.painter().rect_filled(inner, 0.0, tokens.selection);
        ui.painter()
            .rect_filled(inner.with_max_x(inner.left() + 2.0), 0.0, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(inner, 0.0, tokens.hover);
    }
    let colour = if on { tokens.text } else { tokens.text2 };
    let above = Rect::from_center_size(rect.center() - vec2(0.0, 9.0), vec2(18.0, 18.0));
    icons::paint(ui.painter(), above, view.icon(), colour);
    let below = rect.center() + vec2(0.0, 13.0);
    ui.painter().text(
        below,
        Align2::CENTER_CENTER,
        view.name(),
        Face::Secondary.font(),
        colour,
    );
    focus_ring(ui, &response);
    let mut asked = None;
    context_menu(&response, |ui| {
        if menu_item(ui, "Open beside").clicked() {
            asked = Some(Command::ShowBeside(view));
        }
    });
    let control = ui.input(|input| input.modifiers.command);
    if response.middle_clicked() || response.clicked() && control {
        asked = Some(Command::ShowBeside(view));
    } else if response.clicked() {
        asked = Some(Command::Show(view));
    }
    asked
}
