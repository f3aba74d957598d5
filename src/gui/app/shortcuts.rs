//! Keys to commands.

use egui::Key;

use crate::gui::command::{Command, Listed, Outbox};
use crate::gui::model::Model;

/// Takes the keys of listed commands before the widgets see them.
pub(super) fn consume(ctx: &egui::Context, model: &Model, outbox: &mut Outbox) {
    let typing = ctx.text_edit_focused();
    let mut listed: Vec<&Listed> = Command::LISTED
        .iter()
        .filter(|listed| listed.keys.is_some())
        .collect();
    // egui ignores extra Shift and Alt, so the most specific goes first.
    listed.sort_by_key(|listed| {
        let modifiers = listed
            .keys
            .map(|(modifiers, _)| modifiers)
            .unwrap_or_default();
        std::cmp::Reverse(u8::from(modifiers.shift) + u8::from(modifiers.alt))
    });
    for listed in listed {
        let Some(shortcut) = listed.shortcut() else {
            continue;
        };
        let with_control = shortcut.modifiers.command || shortcut.modifiers.ctrl;
        let function = matches!(shortcut.logical_key, Key::F1 | Key::F12);
        if typing && !with_control && !function {
            continue;
        }
        let possible = listed.needs.are_met(model);
        if possible && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
            outbox.send((listed.command)());
        }
    }
}
