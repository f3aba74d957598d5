//! A text of code: lines with numbers, colours, and marks on lines.

use egui::{Align2, Color32, Frame, Rect, Response, ScrollArea, Shape, TextEdit, Ui, pos2, vec2};

use super::colour::{self, Language};
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::gui::widgets::{one_line, paint_line};

/// Room for the numbers of the lines.
const NUMBERS: f32 = 40.0;

/// What a mark means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gui::views) enum MarkTone {
    /// Something is wrong there.
    Error,
    /// What is looked at happens there.
    Here,
}

impl MarkTone {
    fn colours(self, t: &Tokens) -> (Color32, Color32) {
        match self {
            Self::Error => (t.error, t.error_bg),
            Self::Here => (t.accent, t.hover),
        }
    }
}

/// A mark on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gui::views) struct Mark {
    /// From 1.
    pub line: usize,
    /// What it means.
    pub tone: MarkTone,
    /// A few words at the end of the line.
    pub note: String,
}

/// An editor over the room there is.
#[must_use = "call show"]
pub(in crate::gui::views) struct CodeEditor<'a> {
    name: &'a str,
    of: &'a str,
    text: &'a mut String,
    language: Language,
    hint: &'a str,
    marks: &'a [Mark],
}

impl<'a> CodeEditor<'a> {
    /// An editor called `name`, for assistive technology.
    pub fn new(name: &'a str, text: &'a mut String, language: Language) -> Self {
        Self {
            name,
            of: "",
            text,
            language,
            hint: "",
            marks: &[],
        }
    }

    /// Which of several texts it is: each has its own way back.
    pub fn of(mut self, of: &'a str) -> Self {
        self.of = of;
        self
    }

    /// What to write, shown while there is nothing.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Marks on lines; of several on one line the first is shown.
    pub fn marks(mut self, marks: &'a [Mark]) -> Self {
        self.marks = marks;
        self
    }

    /// Draws it; the response is `changed` when somebody wrote.
    pub fn show(mut self, ui: &mut Ui) -> Response {
        let room = ui.available_rect_before_wrap();
        let area = ScrollArea::vertical().id_salt((self.name, self.of));
        area.auto_shrink(false)
            .show(ui, |ui| {
                let ground = ui.painter().add(Shape::Noop);
                ui.add_space(8.0);
                let top = ui.cursor().min.y;
                let edited = ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    ui.allocate_space(vec2(NUMBERS, sizes::ROW_CODE));
                    self.edit(ui, room)
                });
                let (response, begins) = edited.inner;
                let place = Lines { room, top, begins };
                self.numbers(ui, &place);
                let shapes = self.marked(ui, &place);
                ui.painter().set(ground, Shape::Vec(shapes));
                response
            })
            .inner
    }

    /// The text to write in, and the row in which each line begins, and one more.
    fn edit(&mut self, ui: &mut Ui, room: Rect) -> (Response, Vec<usize>) {
        let language = self.language;
        let wide = (room.width() - NUMBERS - sizes::PAD).max(40.0);
        // What is longer than the editor is wide goes on below, so that nothing is out of sight.
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _: f32| {
            let mut job = colour::job(ui, text.as_str(), language);
            job.wrap.max_width = wide;
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let rows = (room.height() / sizes::ROW_CODE).floor().max(2.0) as usize;
        let edit = TextEdit::multiline(self.text)
            .id_salt((self.name, self.of))
            .frame(Frame::NONE)
            .margin(egui::Margin::ZERO)
            .font(Face::Code.font())
            .desired_width(wide)
            .desired_rows(rows.saturating_sub(1))
            .hint_text(Face::Code.text(self.hint, ui.tokens().text3))
            .layouter(&mut layouter);
        let shown = edit.show(ui);
        let mut begins = vec![0];
        for (at, row) in shown.galley.rows.iter().enumerate() {
            if row.ends_with_newline {
                begins.push(at + 1);
            }
        }
        begins.push(shown.galley.rows.len().max(1));
        (shown.response.response.accessible_name(self.name), begins)
    }

    fn mark(&self, line: usize) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.line == line)
    }

    fn numbers(&self, ui: &Ui, place: &Lines) {
        let t = ui.tokens();
        let seen = ui.clip_rect();
        for line in 1..place.begins.len() {
            let row = place.row(line);
            if !seen.intersects(row) {
                continue;
            }
            let mark = self.mark(line);
            let ink = mark.map_or(t.text3, |mark| mark.tone.colours(t).0);
            let strip = row.with_max_x(row.min.x + NUMBERS - 6.0);
            let ground = mark.map_or(t.panel, |mark| mark.tone.colours(t).1);
            ui.painter().rect_filled(strip, 0.0, ground);
            if mark.is_some() {
                let edge = row.with_max_x(row.min.x + sizes::EDGE);
                ui.painter().rect_filled(edge, 0.0, ink);
            }
            let first = row.with_max_y(row.min.y + sizes::ROW_CODE);
            let number = first.with_max_x(row.min.x + NUMBERS - 12.0);
            let (face, align) = (Face::Cell, Align2::RIGHT_CENTER);
            paint_line(ui.painter(), number, align, &line.to_string(), face, ink);
        }
    }

    /// The grounds of marked lines; their words are painted at once.
    fn marked(&self, ui: &Ui, place: &Lines) -> Vec<Shape> {
        let t = ui.tokens();
        let mut shapes = Vec::new();
        for (at, mark) in self.marks.iter().enumerate() {
            let before = &self.marks[..at];
            if before.iter().any(|other| other.line == mark.line) {
                continue;
            }
            let row = place.row(mark.line);
            let (ink, ground) = mark.tone.colours(t);
            shapes.push(Shape::rect_filled(row, 0.0, ground));
            let edge = row.with_max_x(row.min.x + sizes::EDGE);
            shapes.push(Shape::rect_filled(edge, 0.0, ink));
            if !mark.note.is_empty() {
                let words = row.with_max_y(row.min.y + sizes::ROW_CODE);
                let words = words.with_max_x(row.max.x - sizes::PAD);
                let words = words.with_min_x(row.center().x);
                let ink = match mark.tone {
                    MarkTone::Error => ink,
                    MarkTone::Here => t.text2,
                };
                let (face, painter) = (Face::Secondary, ui.painter());
                let line = one_line(painter, &mark.note, face, ink, words.width());
                // Of its own ground, for the line of code may be as long as the editor is wide.
                let place = Align2::RIGHT_CENTER.align_size_within_rect(line.size(), words);
                let under = place.expand2(vec2(sizes::PAD, 2.0)).with_max_x(row.max.x);
                painter.rect_filled(under, 0.0, ground);
                painter.galley(place.min, line, ink);
            }
        }
        shapes
    }
}

/// Where lines stand.
struct Lines {
    room: Rect,
    top: f32,
    /// The row in which each begins, and one more.
    begins: Vec<usize>,
}

impl Lines {
    fn row(&self, line: usize) -> Rect {
        let last = self.begins.last().copied().unwrap_or(1);
        let begin = |line: usize| self.begins.get(line).copied().unwrap_or(last);
        let (first, end) = (begin(line.max(1) - 1), begin(line.max(1)));
        let y = self.top + first as f32 * sizes::ROW_CODE;
        let rows = end.saturating_sub(first).max(1);
        let size = vec2(self.room.width(), rows as f32 * sizes::ROW_CODE);
        Rect::from_min_size(pos2(self.room.min.x, y), size)
    }
}
