//! A button that shows only an icon. The one way to make one, so that each has a name and a tooltip.

use egui::{Response, Role, Sense, Ui, Vec2, Widget, WidgetInfo};

use super::control::{self, ControlSize, Toggle};
use crate::gui::theme::{Icon, TokensExt, icons, sizes};

/// A square button with an icon, named for assistive technology, the name and shortcut on hover.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    shortcut: Option<&'a str>,
    size: ControlSize,
    icon_side: f32,
    toggle: Option<Toggle>,
}

impl<'a> IconButton<'a> {
    /// `name` says what a click does ("Copy payload").
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self {
            icon,
            name,
            shortcut: None,
            size: ControlSize::Normal,
            icon_side: sizes::ICON,
            toggle: None,
        }
    }

    /// The keys that do the same, as text ("Ctrl+K"); shown in the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }

    /// 24 instead of 28 points.
    pub fn small(mut self) -> Self {
        self.size = ControlSize::Small;
        self
    }

    /// A 12-point icon, for crosses inside chips and rows.
    pub fn tiny_icon(mut self) -> Self {
        self.icon_side = 12.0;
        self
    }

    /// Makes it a switch that shows whether it is on.
    pub fn toggled(mut self, toggle: impl Into<Toggle>) -> Self {
        self.toggle = Some(toggle.into());
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let side = Vec2::splat(self.size.height());
        let (rect, response) = ui.allocate_exact_size(side, Sense::click());
        response.widget_info(|| match self.toggle {
            Some(toggle) => WidgetInfo::selected(
                Role::Button,
                ui.is_enabled(),
                toggle == Toggle::On,
                self.name,
            ),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name),
        });
        if ui.is_rect_visible(rect) {
            let toggle = self.toggle.unwrap_or_default();
            control::paint(ui, &response, &control::bare(ui, &response, toggle));
            let t = ui.tokens();
            let bright = response.hovered() || toggle == Toggle::On;
            let colour = control::enabled(ui, if bright { t.text } else { t.text2 });
            icons::paint(
                ui.painter(),
                icons::centred(rect, self.icon_side),
                self.icon,
                colour,
            );
        }
        match self.shortcut {
            Some(keys) => response.on_hover_text(format!("{}  {keys}", self.name)),
            None => response.on_hover_text(self.name),
        }
    }
}
