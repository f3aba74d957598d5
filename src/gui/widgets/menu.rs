//! Menus: what stands in them, and menus of the secondary button that the menu key opens too. Arrows
//! lead from item to item, Escape closes.

use egui::{
    Align, EventFilter, Id, Key, Label, Layout, Modifiers, Popup, Pos2, Response, SetOpenCommand,
    Ui, WidgetText, vec2,
};

use super::control::focus_ring;
use crate::gui::theme::{Face, TokensExt};

/// From a menu's frame to its words.
const PAD: egui::Vec2 = vec2(8.0, 4.0);

/// The items of the menu being drawn, in order.
#[derive(Clone, Debug, Default)]
struct Items(Vec<Id>);

fn items() -> Id {
    Id::unique("items of the menu")
}

/// Draws what stands in a menu, with the room and the keys that menus have.
pub fn menu_content(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.spacing_mut().button_padding = PAD;
    ui.data_mut(|data| data.insert_temp(items(), Items::default()));
    content(ui);
    let Items(ids) = ui
        .data_mut(|data| data.remove_temp(items()))
        .unwrap_or_default();
    let focused = ui.memory(egui::Memory::focused);
    let Some(at) = focused.and_then(|focused| ids.iter().position(|id| *id == focused)) else {
        return;
    };
    let filter = EventFilter {
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(ids[at], filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let next = if pressed(Key::ArrowDown) {
        (at + 1) % ids.len()
    } else if pressed(Key::ArrowUp) {
        (at + ids.len() - 1) % ids.len()
    } else {
        return;
    };
    ui.memory_mut(|memory| memory.request_focus(ids[next]));
}

/// An item of a menu; a click on it is the caller's to follow and closes the menu.
pub fn menu_item(ui: &mut Ui, words: impl Into<WidgetText>) -> Response {
    let response = ui.add(egui::Button::new(words.into()));
    note_item(ui, &response);
    if response.clicked() {
        ui.close();
    }
    response
}

/// What the items below it mean, over the words of these.
pub fn menu_about(ui: &mut Ui, sentence: &str) {
    let text = Face::Secondary.text(sentence, ui.tokens().text3);
    // Of its own layout: what stands in a menu is stretched over its width, letter by letter.
    ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(PAD.x);
            ui.add(Label::new(text).selectable(false));
            ui.add_space(PAD.x);
        });
    });
}

/// Lets the arrows lead to a widget in a menu that is no [`menu_item`].
pub fn note_item(ui: &Ui, item: &Response) {
    if !item.enabled() {
        return;
    }
    focus_ring(ui, item);
    ui.data_mut(|data| {
        if let Some(mut known) = data.get_temp::<Items>(items()) {
            known.0.push(item.id);
            data.insert_temp(items(), known);
        }
    });
}

/// The menu of a widget: of the secondary button, and of the menu key while the widget has the
/// keyboard.
pub fn context_menu(response: &Response, content: impl FnOnce(&mut Ui)) {
    let keys = if response.has_focus() && is_menu_key(&response.ctx) {
        MenuKey::Pressed
    } else {
        MenuKey::NotPressed
    };
    menu_of(
        response,
        response.id,
        keys,
        response.rect.left_bottom(),
        content,
    );
}

/// Whether the menu key asks for a menu now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MenuKey {
    Pressed,
    #[default]
    NotPressed,
}

/// Whether the menu key was pressed, or what stands for it. Takes it away from others.
pub(super) fn is_menu_key(ctx: &egui::Context) -> bool {
    ctx.input_mut(|input| {
        input.consume_key(Modifiers::SHIFT, Key::F10)
            || input.consume_key(Modifiers::NONE, Key::Menu)
    })
}

/// The menu of `response`, under `place` where the keys opened it; closed, it gives the keyboard back
/// to `owner`.
pub(super) fn menu_of(
    response: &Response,
    owner: Id,
    key: MenuKey,
    place: Pos2,
    content: impl FnOnce(&mut Ui),
) {
    let popup = Popup::context_menu(response);
    let ctx = response.ctx.clone();
    let id = popup.get_id();
    let by_keys = id.with("by keys");
    if key == MenuKey::Pressed {
        ctx.data_mut(|data| data.insert_temp(by_keys, ByKeys::Opening));
    } else if response.secondary_clicked() {
        ctx.data_mut(|data| data.remove_temp::<ByKeys>(by_keys));
    }
    let Some(state) = ctx.data(|data| data.get_temp::<ByKeys>(by_keys)) else {
        popup.show(|ui| menu_content(ui, content));
        return;
    };
    let mut popup = popup.at_position(place);
    if key == MenuKey::Pressed {
        popup = popup.open_memory(SetOpenCommand::Bool(true));
    }
    popup.show(|ui| {
        menu_content(ui, |ui| {
            content(ui);
            // What is being measured cannot hold the keyboard.
            if state == ByKeys::Opening && !ui.is_sizing_pass() {
                focus_first(ui);
                ui.data_mut(|data| data.insert_temp(by_keys, ByKeys::Open));
            }
        });
    });
    // At once: what was chosen may take the row away, and the menu with it.
    if !Popup::is_id_open(&ctx, id) {
        ctx.data_mut(|data| data.remove_temp::<ByKeys>(by_keys));
        ctx.memory_mut(|memory| memory.request_focus(owner));
        // The key that closed the menu is not for whom it gives the keyboard back to.
        for key in [Key::Enter, Key::Space, Key::Escape] {
            ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        }
    }
}

/// How far a menu is that keys opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ByKeys {
    /// No item has the keyboard yet.
    #[default]
    Opening,
    Open,
}

fn focus_first(ui: &Ui) {
    let known = ui.data(|data| data.get_temp::<Items>(items()));
    if let Some(first) = known.and_then(|items| items.0.first().copied()) {
        ui.memory_mut(|memory| memory.request_focus(first));
    }
}
