//! A line of text to type into.

use egui::{
    Align, Align2, Frame, Layout, Response, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, Widget,
    pos2, vec2,
};

use super::control::ControlSize;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};

/// A text field with a frame: icon, hint, and an error it shows by its frame and on hover.
#[must_use = "add it with ui.add"]
pub struct TextField<'a> {
    name: &'a str,
    text: &'a mut String,
    icon: Option<Icon>,
    hint: &'a str,
    error: Option<&'a str>,
    width: Option<f32>,
    size: ControlSize,
    face: Face,
    id: Option<egui::Id>,
    clear: Option<()>,
    bare: Option<()>,
}

impl<'a> TextField<'a> {
    /// `name` says what to type, for assistive technology.
    pub fn new(name: &'a str, text: &'a mut String) -> Self {
        Self {
            name,
            text,
            icon: None,
            hint: "",
            error: None,
            width: None,
            size: ControlSize::Normal,
            face: Face::Dense,
            id: None,
            clear: None,
            bare: None,
        }
    }

    /// An icon before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// What to type, shown while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// What is wrong with the text; `None` when nothing is.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Width in points; the room there is without it.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// 24 instead of 28 points.
    pub fn small(mut self) -> Self {
        self.size = ControlSize::Small;
        self
    }

    /// For ids, times and code.
    pub fn mono(mut self) -> Self {
        self.face = Face::Code;
        self
    }

    /// A cross that empties it, while there is anything in it.
    pub fn clearable(mut self) -> Self {
        self.clear = Some(());
        self
    }

    /// Without a frame of its own, inside something that has one.
    pub fn bare(mut self) -> Self {
        self.bare = Some(());
        self
    }

    /// A fixed id, so that a command can give the field the keyboard.
    pub fn id(mut self, id: egui::Id) -> Self {
        self.id = Some(id);
        self
    }
}

impl Widget for TextField<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let (_, rect) = ui.allocate_space(vec2(width, self.size.height()));
        let ground = ui.painter().add(egui::Shape::Noop);
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        if let Some(icon) = self.icon {
            let square = inner.with_max_x(inner.min.x + sizes::ICON);
            icons::paint(ui.painter(), icons::centred(square, 14.0), icon, t.text3);
            inner.min = pos2(square.max.x + 6.0, inner.min.y);
        }
        let cross = (self.clear.is_some() && !self.text.is_empty()).then(|| {
            let cross = inner.with_min_x(inner.max.x - sizes::ICON);
            inner.max.x -= sizes::ICON + 4.0;
            cross
        });
        let builder = UiBuilder::new()
            .id_salt(self.name)
            .max_rect(inner)
            .layout(Layout::left_to_right(Align::Center));
        let mut edit = TextEdit::singleline(self.text)
            .frame(Frame::NONE)
            .font(self.face.font())
            .text_color(t.text)
            .hint_text(self.face.text(self.hint, t.text3))
            .align(Align2::LEFT_CENTER)
            .desired_width(inner.width());
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        let response = ui.new_child(builder).add(edit);
        let mut response = response.accessible_name(self.name);
        if let Some(cross) = cross
            && cleared(ui, cross, &response, self.name)
        {
            self.text.clear();
            response.mark_changed();
            response.request_focus();
        }
        // The icon and the margin belong to the field.
        if ui.rect_contains_pointer(rect) && ui.input(|input| input.pointer.primary_clicked()) {
            response.request_focus();
        }
        let line = if self.error.is_some() {
            t.error
        } else if response.has_focus() {
            t.accent
        } else {
            t.border2
        };
        let thickness = if response.has_focus() {
            sizes::FOCUS_RING
        } else {
            1.0
        };
        let frame = egui::epaint::RectShape::new(
            rect,
            sizes::RADIUS,
            t.field,
            Stroke::new(thickness, line),
            StrokeKind::Inside,
        );
        // Inside another frame only what has to be seen: the keyboard, an error.
        if self.bare.is_none() || self.error.is_some() || response.has_focus() {
            ui.painter().set(ground, frame);
        }
        match self.error {
            Some(error) => response.on_hover_text(error),
            None => response,
        }
    }
}

fn cleared(ui: &Ui, cross: egui::Rect, field: &Response, name: &str) -> bool {
    let response = ui.interact(cross, field.id.with("clear"), egui::Sense::click());
    let words = format!("Clear {name}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
    let t = ui.tokens();
    let colour = if response.hovered() { t.text } else { t.text3 };
    icons::paint(
        ui.painter(),
        icons::centred(cross, 12.0),
        Icon::Close,
        colour,
    );
    super::control::focus_ring(ui, &response);
    response.clicked()
}
