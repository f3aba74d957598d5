//! A word with a check before it: something that is on or off.

use egui::{
    Align2, Color32, Rect, Response, Role, Sense, StrokeKind, Ui, Vec2, Widget, WidgetInfo,
};
use egui::{pos2, vec2};

use super::control::{Toggle, focus_ring};
use super::line::paint_line;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};

/// A switch that says by its mark whether it is on: its word stays the same.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Check<'a> {
    text: &'a str,
    toggle: Toggle,
}

impl<'a> Check<'a> {
    /// `text` is what is so while it is on.
    pub fn new(text: &'a str, toggle: impl Into<Toggle>) -> Self {
        Self {
            text,
            toggle: toggle.into(),
        }
    }
}

impl Widget for Check<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let Self { text, toggle } = self;
        let on = toggle == Toggle::On;
        let font = Face::Secondary.font();
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font, t.text2);
        let size = vec2(galley.size().x + 28.0, sizes::BUTTON_SMALL);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), on, text));
        let ground = match response.hovered() {
            true => t.hover,
            false => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, sizes::RADIUS, ground);
        let centre = pos2(rect.left() + 12.0, rect.center().y);
        let square = Rect::from_center_size(centre, Vec2::splat(12.0));
        match on {
            true => icons::paint(ui.painter(), square, Icon::Check, t.accent),
            false => {
                let (frame, inside) = ((1.0, t.text3), StrokeKind::Inside);
                ui.painter()
                    .rect_stroke(square, sizes::RADIUS_BAR, frame, inside);
            }
        }
        let words = rect.with_min_x(rect.left() + 22.0);
        let (left, face) = (Align2::LEFT_CENTER, Face::Secondary);
        paint_line(ui.painter(), words, left, text, face, t.text2);
        focus_ring(ui, &response);
        response
    }
}
