//! What the clickable widgets share: sizes, the on/off word, and the look of a control in each state.
//! No widget of its own.

use egui::{Color32, Response, Stroke, StrokeKind, Ui};

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

/// The 2-point ring around whatever has the keyboard.
pub(super) fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
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
