//! Keys to commands.

use egui::{Key, KeyboardShortcut, Modifiers, PointerButton};

use crate::gui::command::{Command, Listed, Outbox};
use crate::gui::model::{Direction, Model};
use crate::gui::widgets::plain_keys_are_free;

/// Who else may want the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Only the view.
    Nothing,
    /// A dialog lies over it: what acts on the view would act unseen.
    Dialog,
}

/// Takes the keys of listed commands before the widgets see them.
pub(super) fn consume(ctx: &egui::Context, model: &Model, over: Over, outbox: &mut Outbox) {
    let free = Free::now(ctx);
    let mut listed: Vec<&Listed> = Command::listed()
        .iter()
        .filter(|listed| listed.keys.is_some())
        .filter(|listed| over == Over::Nothing || listed.command.works_over_dialogs())
        .collect();
    // egui ignores extra Shift and Alt, so the most specific goes first.
    listed.sort_by_key(|listed| {
        let modifiers = listed
            .keys
            .map_or(Modifiers::NONE, |(modifiers, _)| modifiers);
        std::cmp::Reverse(u8::from(modifiers.shift) + u8::from(modifiers.alt))
    });
    for listed in listed {
        let Some(shortcut) = listed.shortcut() else {
            continue;
        };
        let possible = free.allows(&shortcut) && listed.needs.are_met(model);
        if possible && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
            outbox.send(listed.command.clone());
        }
    }
    if over == Over::Nothing {
        thumb_buttons(ctx, outbox);
    }
}

/// The buttons at the side of a mouse go back and forward, as everywhere.
fn thumb_buttons(ctx: &egui::Context, outbox: &mut Outbox) {
    let pressed = |button| ctx.input(|input| input.pointer.button_pressed(button));
    if pressed(PointerButton::Extra1) {
        outbox.send(Command::Retrace(Direction::Back));
    }
    if pressed(PointerButton::Extra2) {
        outbox.send(Command::Retrace(Direction::Forward));
    }
}

/// Which keys no widget wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Free {
    /// All of them.
    All,
    /// A button, a tab, a menu has Space and the arrows.
    NotPlain,
    /// A text field has all but those with Ctrl, and of these what moves within the text.
    NotText,
}

impl Free {
    fn now(ctx: &egui::Context) -> Self {
        if ctx.text_edit_focused() {
            Self::NotText
        } else if plain_keys_are_free(ctx) && !egui::Popup::is_any_open(ctx) {
            Self::All
        } else {
            Self::NotPlain
        }
    }

    fn allows(self, shortcut: &KeyboardShortcut) -> bool {
        let key = shortcut.logical_key;
        let function = matches!(key, Key::F1 | Key::F12);
        let control = shortcut.modifiers.command || shortcut.modifiers.ctrl;
        match self {
            Self::All => true,
            Self::NotPlain => control || shortcut.modifiers.alt || function,
            Self::NotText => function || control && !matches!(key, Key::Home | Key::End),
        }
    }
}
