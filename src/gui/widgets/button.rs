//! A button with a word. At most one primary button per view.

use egui::{
    Align2, Color32, Rect, Response, Role, Sense, Stroke, Ui, Widget, WidgetInfo, pos2, vec2,
};

use super::control::{self, ControlSize, Look};
use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Primary,
    Secondary,
    Ghost,
}

/// A button: primary, secondary or ghost, with an icon before and a mark for "opens a menu" after.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct Button<'a> {
    kind: Kind,
    text: &'a str,
    icon: Option<Icon>,
    keys: Option<&'a str>,
    size: ControlSize,
    menu: Option<Icon>,
    name: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// The one thing this view is for.
    pub fn primary(text: &'a str) -> Self {
        Self::new(Kind::Primary, text)
    }

    /// Any other action.
    pub fn secondary(text: &'a str) -> Self {
        Self::new(Kind::Secondary, text)
    }

    /// An action that must not catch the eye.
    pub fn ghost(text: &'a str) -> Self {
        Self::new(Kind::Ghost, text)
    }

    fn new(kind: Kind, text: &'a str) -> Self {
        Self {
            kind,
            text,
            icon: None,
            keys: None,
            size: ControlSize::Normal,
            menu: None,
            name: None,
        }
    }

    /// An icon before the word.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The keys that do the same, as text after the word ("B").
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.keys = Some(keys);
        self
    }

    /// 24 instead of 28 points.
    pub fn small(mut self) -> Self {
        self.size = ControlSize::Small;
        self
    }

    /// A small arrow after the word: a click opens a menu.
    pub fn menu(mut self) -> Self {
        self.menu = Some(Icon::Down);
        self
    }

    /// The accessible name where the word alone does not say it (a value in a "Lanes" choice).
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    fn look(&self, ui: &Ui, response: &Response) -> Look {
        match self.kind {
            Kind::Primary => {
                let t = ui.tokens();
                let fill = if !ui.is_enabled() {
                    t.border2
                } else if response.is_pointer_button_down_on() {
                    t.accent.gamma_multiply(0.8)
                } else if response.hovered() {
                    t.accent.gamma_multiply(0.9)
                } else {
                    t.accent
                };
                Look {
                    fill,
                    stroke: Stroke::NONE,
                }
            }
            Kind::Secondary => control::framed(ui, response),
            Kind::Ghost => control::bare(ui, response, control::Toggle::Off),
        }
    }

    fn ink(&self, ui: &Ui, response: &Response) -> Color32 {
        let t = ui.tokens();
        let colour = match self.kind {
            Kind::Primary => t.on_accent,
            Kind::Secondary => t.text,
            Kind::Ghost if response.hovered() => t.text,
            Kind::Ghost => t.text2,
        };
        control::enabled(ui, colour)
    }
}

const ICON_GAP: f32 = 8.0;

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let painter = ui.painter().clone();
        let lay =
            |text: &str, face| one_line(&painter, text, face, Color32::PLACEHOLDER, f32::INFINITY);
        let word = lay(self.text, Face::DenseStrong);
        let keys = self.keys.map(|keys| lay(keys, Face::Cell));
        let padding = ui.spacing().button_padding.x;
        let side = |on: bool, width: f32| if on { width + ICON_GAP } else { 0.0 };
        let width = word.size().x
            + side(self.icon.is_some(), sizes::ICON)
            + keys.as_ref().map_or(0.0, |keys| keys.size().x + ICON_GAP)
            + side(self.menu.is_some(), 12.0)
            + 2.0 * padding;
        let size = vec2(width.ceil(), self.size.height());
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let name = self.name.unwrap_or(self.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let look = self.look(ui, &response);
        control::paint(ui, &response, &look);
        let ink = self.ink(ui, &response);
        let mut inner = rect.shrink2(vec2(padding, 0.0));
        if let Some(icon) = self.icon {
            let square = icons::centred(inner.with_max_x(inner.min.x + sizes::ICON), sizes::ICON);
            icons::paint(ui.painter(), square, icon, ink);
            inner.min.x += sizes::ICON + ICON_GAP;
        }
        let word_width = word.size().x;
        paint_galley(ui.painter(), inner, Align2::LEFT_CENTER, word, ink);
        inner.min.x += word_width + ICON_GAP;
        if let Some(keys) = keys {
            paint_galley(
                ui.painter(),
                inner,
                Align2::LEFT_CENTER,
                keys,
                ui.tokens().text3,
            );
        }
        if let Some(mark) = self.menu {
            let square =
                Rect::from_center_size(pos2(inner.max.x - 6.0, rect.center().y), vec2(12.0, 12.0));
            icons::paint(ui.painter(), square, mark, ui.tokens().text3);
        }
        response
    }
}
