//! What the clickable widgets share: sizes, the on/off word, and the look of a control in each state.
//! No widget of its own.

use egui::{Color32, Context, Id, Response, Stroke, StrokeKind, Ui};

use crate::gui::theme::{TokensExt, sizes};

/// How tall a control is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControlSize {
    /// 28 points, where there is room.
    #[default]
    Normal,
    /// 24 points, inside bars, heads and dense rows.
    Small,
}

impl ControlSize {
    /// Height in points.
    #[must_use]
    pub const fn height(self) -> f32 {
        match self {
            Self::Normal => sizes::BUTTON,
            Self::Small => sizes::BUTTON_SMALL,
        }
    }
}

/// Whether something stays on after it was clicked; `true.into()` is [`Toggle::On`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toggle {
    /// Off.
    #[default]
    Off,
    /// On.
    On,
}

impl From<bool> for Toggle {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// Fill and frame of a control.
pub(super) struct Look {
    pub(super) fill: Color32,
    pub(super) stroke: Stroke,
}

/// A control with a frame: button, chip.
pub(super) fn framed(ui: &Ui, response: &Response) -> Look {
    let t = ui.tokens();
    let (fill, line) = if response.is_pointer_button_down_on() {
        (t.overlay, t.border2)
    } else if response.hovered() {
        (t.hover, t.border2)
    } else {
        (t.raised, t.border)
    };
    Look {
        fill,
        stroke: Stroke::new(1.0, line),
    }
}

/// A control that is only ground while the pointer is on it: icon button, ghost button.
pub(super) fn bare(ui: &Ui, response: &Response, toggle: Toggle) -> Look {
    let t = ui.tokens();
    let fill = if toggle == Toggle::On {
        t.selection
    } else if response.is_pointer_button_down_on() {
        t.overlay
    } else if response.hovered() {
        t.hover
    } else {
        Color32::TRANSPARENT
    };
    Look {
        fill,
        stroke: Stroke::NONE,
    }
}

/// Paints ground, frame and focus ring.
pub(super) fn paint(ui: &Ui, response: &Response, look: &Look) {
    ui.painter().rect(
        response.rect,
        sizes::RADIUS,
        look.fill,
        look.stroke,
        StrokeKind::Inside,
    );
    focus_ring(ui, response);
}

/// What moved the focus last: only the keyboard makes it worth a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MovedBy {
    Pointer,
    Keys,
}

fn moved_by() -> Id {
    Id::unique("what moved the focus")
}

/// Notes whether pointer or keys are used; to be called at the beginning of a frame. Where it never is,
/// rings are always shown.
pub(in crate::gui) fn note_input(ctx: &Context) {
    let by = ctx.input(|input| {
        let key = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
        if input.pointer.any_pressed() {
            Some(MovedBy::Pointer)
        } else if input.events.iter().any(key) {
            Some(MovedBy::Keys)
        } else {
            None
        }
    });
    if let Some(by) = by {
        ctx.data_mut(|data| data.insert_temp(moved_by(), by));
    }
}

fn leaver() -> Id {
    Id::unique("who leaves keys")
}

/// Says that a widget with the keyboard has no use for Space, Left and Right: they are the window's.
pub(in crate::gui) fn leave_keys(ctx: &Context, id: Id) {
    ctx.data_mut(|data| data.insert_temp(leaver(), id));
}

/// Whether Space and arrows belong to no widget.
pub(in crate::gui) fn plain_keys_are_free(ctx: &Context) -> bool {
    let focused = ctx.memory(egui::Memory::focused);
    focused.is_none() || focused == ctx.data(|data| data.get_temp::<Id>(leaver()))
}

/// The keyboard for a field of a dialog that opens: given again until the field has kept it from one
/// picture to the next, for what is being measured cannot hold it, nor can what a dialog has just left.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::gui) struct FirstFocus(Option<()>);

impl FirstFocus {
    /// To be called before the field is drawn. Whether the field is still to be given the keyboard.
    pub fn give(&mut self, ui: &Ui, id: Id) -> bool {
        let wanted = self.0.is_none();
        if wanted && ui.memory(|memory| memory.has_focus(id)) {
            self.0 = Some(());
        } else if wanted {
            ui.memory_mut(|memory| memory.request_focus(id));
            ui.request_repaint();
        }
        wanted
    }
}

/// The 2-point ring around whatever has the keyboard, unless the pointer gave it.
pub(in crate::gui) fn focus_ring(ui: &Ui, response: &Response) {
    let pointed = ui.data(|data| data.get_temp(moved_by())) == Some(MovedBy::Pointer);
    if response.has_focus() && !pointed {
        let stroke = Stroke::new(sizes::FOCUS_RING, ui.tokens().accent);
        ui.painter()
            .rect_stroke(response.rect, sizes::RADIUS, stroke, StrokeKind::Inside);
    }
}

/// The colour, or its greyed form while the ui is disabled.
pub(super) fn enabled(ui: &Ui, colour: Color32) -> Color32 {
    if ui.is_enabled() {
        colour
    } else {
        ui.tokens().text3
    }
}
