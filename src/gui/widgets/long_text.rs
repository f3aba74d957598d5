//! A text in whole, however long: wrapped at the width there is, in a list that scrolls.

use egui::{Align2, Label, Response, ScrollArea, Ui};

use super::line::paint_line;
use super::virtual_rows::VirtualRows;
use crate::gui::theme::{Face, TokensExt, sizes};

/// Longer texts are cut into rows of equal length instead of being laid out as a paragraph.
const PARAGRAPH: usize = 16 << 10;

/// A text in whole. Short ones can be selected; of long ones only the rows in sight cost anything.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct LongText<'a> {
    name: &'a str,
    text: &'a str,
    max_height: f32,
}

impl<'a> LongText<'a> {
    /// `name` says what it is, for assistive technology.
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            max_height: 240.0,
        }
    }

    /// The height from which on it scrolls.
    pub fn max_height(mut self, height: f32) -> Self {
        self.max_height = height;
        self
    }

    /// Shows it over the available width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        if self.text.len() <= PARAGRAPH {
            let area = ScrollArea::vertical()
                .id_salt(self.name)
                .max_height(self.max_height)
                .auto_shrink([false, true]);
            let text = Label::new(Face::Code.text(self.text, t.key)).wrap();
            return area.show(ui, |ui| ui.add(text.selectable(true))).inner;
        }
        let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&Face::Code.font(), '0'));
        let room = (ui.available_width() - sizes::GUTTER).max(letter);
        let rows = Rows::new(self.text, (room / letter) as usize);
        VirtualRows::new(self.name, rows.count() as u64, sizes::ROW_CODE)
            .max_height(self.max_height)
            .show(ui, |painter, row, rect| {
                let left = Align2::LEFT_CENTER;
                paint_line(
                    painter,
                    rect,
                    left,
                    rows.get(row as usize),
                    Face::Code,
                    t.key,
                );
            })
    }
}

/// Rows of so many bytes, each ending where a letter does.
#[derive(Clone, Copy, Debug)]
struct Rows<'a> {
    text: &'a str,
    bytes: usize,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, bytes: usize) -> Self {
        // No letter is longer than four bytes.
        let bytes = bytes.max(4);
        Self { text, bytes }
    }

    fn count(&self) -> usize {
        self.text.len().div_ceil(self.bytes)
    }

    fn get(&self, row: usize) -> &'a str {
        let place = |row: usize| {
            let at = (row * self.bytes).min(self.text.len());
            self.text.floor_char_boundary(at)
        };
        &self.text[place(row)..place(row + 1)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_rows_are_the_text(text in "\\PC{0,200}", bytes in 0usize..40) {
            let rows = Rows::new(&text, bytes);
            let all: String = (0..rows.count()).map(|row| rows.get(row)).collect();
            prop_assert_eq!(all, text);
        }
    }
}
