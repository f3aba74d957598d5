//! A row of name and value, 20 high, all values of a list on the same left edge.

use egui::{Align, Align2, InnerResponse, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use super::line::paint_line;
use crate::gui::theme::{Face, TokensExt, sizes};

/// Name left in `text3`, anything right of it.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct KeyValue<'a> {
    name: &'a str,
    name_width: f32,
    height: f32,
}

impl<'a> KeyValue<'a> {
    /// A row with this name; values stand 88 points from its left edge.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            name_width: 88.0,
            height: sizes::ROW_KEY_VALUE,
        }
    }

    /// Another distance of the value from the left edge, the same for every row of a list.
    pub fn name_width(mut self, width: f32) -> Self {
        self.name_width = width;
        self
    }

    /// Another row height, the same for every row of a list.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Shows the row with what the closure adds as its value, left to right.
    pub fn show<R>(self, ui: &mut Ui, value: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let t = ui.tokens();
        let size = vec2(ui.available_width(), self.height);
        let (_, rect) = ui.allocate_space(size);
        let split = (rect.min.x + self.name_width).min(rect.max.x);
        let label = Rect::from_min_max(rect.min, pos2(split - 8.0, rect.max.y));
        paint_line(
            ui.painter(),
            label,
            Align2::LEFT_CENTER,
            self.name,
            Face::Secondary,
            t.text3,
        );
        let builder = UiBuilder::new()
            .id_salt(self.name)
            .max_rect(rect.with_min_x(split))
            .layout(Layout::left_to_right(Align::Center));
        let mut child = ui.new_child(builder);
        let inner = value(&mut child);
        InnerResponse::new(inner, child.response())
    }

    /// A row whose value is text in mono: an id, a time, a position.
    pub fn mono(self, ui: &mut Ui, value: &str) {
        self.plain(ui, value, Face::Code);
    }

    /// A row whose value is words.
    pub fn words(self, ui: &mut Ui, value: &str) {
        self.plain(ui, value, Face::Dense);
    }

    /// A row that says in place what the store cannot tell ("not held by this store").
    pub fn absent(self, ui: &mut Ui, why: &str) {
        self.show(ui, |ui| {
            let text = Face::Secondary.text(why, ui.tokens().text3);
            ui.add(egui::Label::new(text).truncate());
        });
    }

    fn plain(self, ui: &mut Ui, value: &str, face: Face) {
        self.show(ui, |ui| {
            let text = face.text(value, ui.tokens().text);
            ui.add(egui::Label::new(text).truncate());
        });
    }
}
