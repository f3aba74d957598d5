//! Rows of words at fixed places, as the pages of the audit have them: painted, with a name for assistive
//! technology, and with links where a cell is an event.

use egui::{Align, Align2, Color32, Layout, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::analysis::deeper::Place;
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, TokensExt, Tone, sizes};
use crate::gui::widgets::{Link, Pill, paint_line};
use crate::gui::words;

/// A row with cells that begin at these distances from its left edge; the last one takes the rest.
pub(super) struct Cells<'a> {
    pub rect: Rect,
    edges: &'a [f32],
}

impl<'a> Cells<'a> {
    /// A row over the room there is, called `name`.
    pub fn row(ui: &mut Ui, edges: &'a [f32], name: &str) -> Self {
        Self::tall(ui, edges, sizes::ROW_TABLE, name)
    }

    /// The same of another height.
    pub fn tall(ui: &mut Ui, edges: &'a [f32], height: f32, name: &str) -> Self {
        let size = vec2(ui.available_width(), height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Row, true, name));
        Self { rect, edges }
    }

    /// The same cells in a part of the row.
    pub fn within(&self, rect: Rect) -> Self {
        Self {
            rect,
            edges: self.edges,
        }
    }

    /// The heads of such rows, with a line under them.
    pub fn heads(ui: &mut Ui, edges: &'a [f32], names: &[&str]) {
        let t = ui.tokens();
        let size = vec2(ui.available_width(), sizes::TABLE_HEAD);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let head = Self { rect, edges };
        for (at, name) in names.iter().enumerate() {
            head.text(ui, at, name, (Face::Secondary, t.text3));
        }
        ui.painter()
            .hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    }

    /// Where a cell stands.
    pub fn place(&self, at: usize) -> Rect {
        let edge = |at: usize| self.edges.get(at).map(|edge| self.rect.min.x + edge);
        let left = edge(at).unwrap_or(self.rect.max.x).min(self.rect.max.x);
        let right = edge(at + 1).map_or(self.rect.max.x, |next| next - 8.0);
        let right = right.min(self.rect.max.x).max(left);
        Rect::from_min_max(pos2(left, self.rect.min.y), pos2(right, self.rect.max.y))
    }

    /// Words in a cell.
    pub fn text(&self, ui: &Ui, at: usize, text: &str, (face, colour): (Face, Color32)) -> Rect {
        let place = self.place(at);
        paint_line(ui.painter(), place, Align2::LEFT_CENTER, text, face, colour)
    }

    fn child(&self, ui: &mut Ui, at: usize) -> Ui {
        let builder = UiBuilder::new()
            .id_salt(("cell", at))
            .max_rect(self.place(at))
            .layout(Layout::left_to_right(Align::Center));
        ui.new_child(builder)
    }

    /// A verdict in a cell.
    pub fn pill(&self, ui: &mut Ui, at: usize, tone: Tone, word: &str) {
        self.child(ui, at).add(Pill::word(tone, word));
    }

    /// Events in a cell, each a link that goes there.
    pub fn events(&self, ui: &mut Ui, at: usize, places: &[&Place], outbox: &mut Outbox) {
        let mut ui = self.child(ui, at);
        for place in places {
            event(&mut ui, place, outbox);
        }
    }
}

/// An event as a link that goes there.
pub(super) fn event(ui: &mut Ui, place: &Place, outbox: &mut Outbox) {
    let words = words::position_named(&place.position);
    let link = ui.add(Link::mono(&words).face(Face::Cell));
    let about = format!("{} of {} {}", place.event_type, place.stream, place.version);
    if link.on_hover_text(about).clicked() {
        outbox.send(Command::GoToEvent(place.event));
    }
}

/// The head of a part of a page, with what is to be said of it.
pub(super) fn part(ui: &mut Ui, title: &str, sentence: &str) {
    let t = ui.tokens();
    ui.add_space(sizes::GAP_GROUP);
    ui.label(Face::Title.text(title, t.text));
    if !sentence.is_empty() {
        ui.add(egui::Label::new(Face::Secondary.text(sentence, t.text2)).wrap());
    }
    ui.add_space(4.0);
}
