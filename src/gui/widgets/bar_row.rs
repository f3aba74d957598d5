//! A count as a bar: category dot and name, the bar with its part after the cursor faded, number and
//! percent in columns.

use egui::{Align2, Color32, Rect, Response, Role, Sense, Ui, Widget, WidgetInfo, pos2, vec2};

use super::control;
use super::line::paint_line;
use crate::gui::theme::{Face, TokensExt, faded, sizes};
use crate::render::grouped;

/// Where the columns of a list of bar rows stand; the same for each row of a list.
#[derive(Clone, Copy, Debug)]
pub struct BarColumns {
    /// Width of dot and name.
    pub name: f32,
    /// Width of the number at the right.
    pub number: f32,
    /// Width of the note right of the number; 0 for none.
    pub note: f32,
}

impl BarColumns {
    /// As wide as these names need, within reason: half of the room at most.
    #[must_use]
    pub fn fitting<'a>(ui: &Ui, names: impl Iterator<Item = &'a str>) -> Self {
        // Letters of names are about 6.8 wide; measuring each would cost more than it is worth.
        let letters = |name: &str| name.chars().take(100).count() as f32 * 6.8;
        let longest = names.map(letters).fold(0.0, f32::max);
        let most = (ui.available_width() * 0.5).max(88.0);
        Self {
            name: (longest + 16.0 + 12.0).clamp(88.0, most).ceil(),
            ..Self::default()
        }
    }

    /// With room for numbers as great as this.
    #[must_use]
    pub fn numbered(self, most: u64) -> Self {
        let letters = grouped(most).chars().count();
        Self {
            number: (letters as f32 * 7.2 + 6.0).max(56.0).ceil(),
            ..self
        }
    }

    /// With notes as wide as these: a number that is cut says another number.
    #[must_use]
    pub fn noted(self, notes: impl Iterator<Item = String>) -> Self {
        let letters = notes.map(|note| note.chars().count()).max().unwrap_or(0);
        Self {
            note: (letters as f32 * 6.8 + 12.0).max(56.0).ceil(),
            ..self
        }
    }
}

impl Default for BarColumns {
    fn default() -> Self {
        Self {
            name: 172.0,
            number: 64.0,
            note: 56.0,
        }
    }
}

/// A row, 22 high over the available width.
#[derive(Clone, Copy, Debug)]
#[must_use = "add it with ui.add"]
pub struct BarRow<'a> {
    name: &'a str,
    colour: Color32,
    past: f32,
    whole: f32,
    number: &'a str,
    note: &'a str,
    columns: BarColumns,
}

impl<'a> BarRow<'a> {
    /// A row for `name` in its category's colour.
    pub fn new(name: &'a str, colour: Color32) -> Self {
        Self {
            name,
            colour,
            past: 0.0,
            whole: 0.0,
            number: "",
            note: "",
            columns: BarColumns::default(),
        }
    }

    /// Length of the bar as of the cursor and in the whole store, 0 to 1 of the longest of the list.
    pub fn lengths(mut self, past: f32, whole: f32) -> Self {
        self.past = past.clamp(0.0, 1.0);
        self.whole = whole.clamp(self.past, 1.0);
        self
    }

    /// The count as of the cursor, already written ("34,010").
    pub fn number(mut self, number: &'a str) -> Self {
        self.number = number;
        self
    }

    /// What stands right of the count ("18.5 %", "3,990 streams").
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Other columns than the usual ones.
    pub fn columns(mut self, columns: BarColumns) -> Self {
        self.columns = columns;
        self
    }

    fn paint(&self, ui: &Ui, rect: Rect) {
        let t = ui.tokens();
        let painter = ui.painter();
        let c = &self.columns;
        let dot = pos2(rect.min.x + sizes::DOT / 2.0, rect.center().y);
        painter.circle_filled(dot, sizes::DOT / 2.0, self.colour);
        let name = rect
            .with_min_x(rect.min.x + 16.0)
            .with_max_x(rect.min.x + c.name - 8.0);
        paint_line(
            painter,
            name,
            Align2::LEFT_CENTER,
            self.name,
            Face::Dense,
            t.text,
        );
        let number = Rect::from_min_max(
            pos2(rect.max.x - c.note - c.number, rect.min.y),
            pos2(rect.max.x - c.note, rect.max.y),
        );
        paint_line(
            painter,
            number,
            Align2::RIGHT_CENTER,
            self.number,
            Face::Cell,
            t.text,
        );
        if c.note > 0.0 {
            let note = rect.with_min_x(number.max.x + 8.0);
            paint_line(
                painter,
                note,
                Align2::RIGHT_CENTER,
                self.note,
                Face::Cell,
                t.text3,
            );
        }
        let track = Rect::from_min_max(
            pos2(rect.min.x + c.name, rect.center().y - 5.0),
            pos2(number.min.x - 8.0, rect.center().y + 5.0),
        );
        if track.width() <= 0.0 {
            return;
        }
        let upto = |part: f32| track.with_max_x(track.min.x + (track.width() * part).max(2.0));
        if self.whole > self.past {
            painter.rect_filled(upto(self.whole), sizes::RADIUS_BAR, faded(self.colour));
        }
        if self.past > 0.0 {
            painter.rect_filled(upto(self.past), sizes::RADIUS_BAR, self.colour);
        }
    }
}

impl Widget for BarRow<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let size = vec2(ui.available_width(), sizes::ROW_TREE);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let words = format!("{} {} {}", self.name, self.number, self.note);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), words.trim()));
        if ui.is_rect_visible(rect) {
            if response.hovered() {
                let ground = rect.expand2(vec2(8.0, 0.0));
                ui.painter()
                    .rect_filled(ground, sizes::RADIUS, ui.tokens().hover);
            }
            self.paint(ui, rect);
            control::focus_ring(ui, &response);
        }
        response
    }
}
