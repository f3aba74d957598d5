//! A place one can go to: accent text, the whole on hover when it was shortened.

use egui::{Align2, Color32, CursorIcon, Response, Role, Sense, Ui, Widget, WidgetInfo, vec2};

use super::control;
use super::ellipsis::middle_ellipsis;
use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, TokensExt};

/// A link in `accent`; a click is the caller's to follow.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Link<'a> {
    text: &'a str,
    face: Face,
    most: Option<usize>,
    colour: Option<Color32>,
}

impl<'a> Link<'a> {
    /// A name: event type, view.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            face: Face::Body,
            most: None,
            colour: None,
        }
    }

    /// An id, a position, a version.
    pub fn mono(text: &'a str) -> Self {
        Self {
            face: Face::Code,
            ..Self::new(text)
        }
    }

    /// Another face than the usual one.
    pub fn face(mut self, face: Face) -> Self {
        self.face = face;
        self
    }

    /// Another colour than `accent`: `future` right of the cursor.
    pub fn colour(mut self, colour: Color32) -> Self {
        self.colour = Some(colour);
        self
    }

    /// At most this many characters, the middle left out.
    pub fn middle(mut self, most: usize) -> Self {
        self.most = Some(most);
        self
    }
}

impl Widget for Link<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let shown = match self.most {
            Some(most) => middle_ellipsis(self.text, most),
            None => self.text.to_owned(),
        };
        let colour = self.colour.unwrap_or(ui.tokens().accent);
        let room = ui.available_width().max(24.0);
        let galley = one_line(ui.painter(), &shown, self.face, colour, room);
        let cut = galley.elided || shown != self.text;
        let size = vec2(galley.size().x, galley.size().y.max(self.face.line()));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Link, ui.is_enabled(), self.text));
        let ink = paint_galley(ui.painter(), rect, Align2::LEFT_CENTER, galley, colour);
        if response.hovered() {
            ui.painter()
                .hline(ink.x_range(), ink.max.y - 1.5, (1.0, colour));
        }
        control::focus_ring(ui, &response);
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if cut {
            response.on_hover_text(self.text)
        } else {
            response
        }
    }
}
