//! Bytes that are no text: up to sixteen a row, where they stand, their hex, and what of them is ASCII.

use std::fmt::Write as _;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Response, Ui};

use super::line::paint_galley;
use super::virtual_rows::VirtualRows;
use crate::gui::theme::{Face, TokensExt, sizes};

/// Points between the three columns.
const GAP: f32 = 12.0;

/// Shows bytes as hex. It is as high as its rows, or scrolls by itself from `max_height` on.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct HexView<'a> {
    name: &'a str,
    bytes: &'a [u8],
    max_height: Option<f32>,
}

impl<'a> HexView<'a> {
    /// `name` says what bytes they are ("Payload"), for assistive technology.
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes,
            max_height: None,
        }
    }

    /// The height from which on it scrolls by itself.
    pub fn max_height(mut self, height: f32) -> Self {
        self.max_height = Some(height);
        self
    }

    /// Shows the rows over the available width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let per_row = fitting(ui, ui.available_width() - sizes::GUTTER);
        let count = self.bytes.len().div_ceil(per_row) as u64;
        let mut rows = VirtualRows::new(self.name, count, sizes::ROW_CODE);
        if let Some(height) = self.max_height {
            rows = rows.max_height(height);
        }
        rows.show(ui, |painter, row, rect| {
            let start = row as usize * per_row;
            let end = (start + per_row).min(self.bytes.len());
            let bytes = self.bytes.get(start..end).unwrap_or_default();
            let format = |colour| TextFormat::simple(Face::Code.font(), colour);
            let mut job = LayoutJob::default();
            job.append(&format!("{start:08x}"), 0.0, format(t.text3));
            job.append(&hex(bytes, per_row), GAP, format(t.key));
            job.append(&ascii(bytes), GAP, format(t.text2));
            job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width().max(0.0));
            let galley = painter.layout_job(job);
            paint_galley(painter, rect, Align2::LEFT_CENTER, galley, t.key);
        })
    }
}

/// Bytes a row has room for: sixteen, or eight or four in a narrow pane.
fn fitting(ui: &Ui, width: f32) -> usize {
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&Face::Code.font(), '0'));
    let needed = |bytes: usize| (8 + bytes * 4 + bytes / 8) as f32 * digit + 2.0 * GAP;
    [16, 8]
        .into_iter()
        .find(|bytes| needed(*bytes) <= width)
        .unwrap_or(4)
}

/// Always as wide as a full row, so that the text beside it stays in its column.
fn hex(bytes: &[u8], per_row: usize) -> String {
    let mut out = String::with_capacity(per_row * 3 + 1);
    for i in 0..per_row {
        if i > 0 && i % 8 == 0 {
            out.push(' ');
        }
        match bytes.get(i) {
            // Writing into a String cannot fail.
            Some(byte) => drop(write!(out, "{byte:02x} ")),
            None => out.push_str("   "),
        }
    }
    out
}

fn ascii(bytes: &[u8]) -> String {
    let shown = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '·',
    };
    bytes.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_equally_wide() {
        assert_eq!(hex(b"\x00\xff", 16).len(), hex(&[7; 16], 16).len());
        assert!(hex(b"\x00\xff", 8).starts_with("00 ff "));
        assert_eq!(ascii(b"a\x00 ~\xff"), "a· ~·");
    }
}
