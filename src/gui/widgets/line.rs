//! One line of text laid out and painted by hand, for widgets and table cells that must stand still:
//! cut at the end, aligned, centred on a row.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Rect, Shape, pos2, vec2};

use crate::gui::theme::{Face, sizes};

/// Lays text out on one line of at most `width` points, cut at the end with "…".
#[must_use]
pub fn one_line(
    painter: &Painter,
    text: &str,
    face: Face,
    colour: Color32,
    width: f32,
) -> Arc<Galley> {
    one_line_of(painter, text, face.font(), colour, width)
}

/// The same in a face of another size, for what can be looked at from near and far.
#[must_use]
pub fn one_line_of(
    painter: &Painter,
    text: &str,
    font: FontId,
    colour: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job =
        LayoutJob::single_section(first_line(text, width), TextFormat::simple(font, colour));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// As much of the text as could fit: a payload of megabytes must not be shaped for one cell.
fn first_line(text: &str, width: f32) -> String {
    // The narrowest letters are about 2 points wide, and about 1 where they are small.
    let most = if width.is_finite() {
        width.max(0.0) as usize + 8
    } else {
        4096
    };
    let mut line: String = text.chars().take(most).collect();
    if let Some(end) = line.find('\n') {
        line.replace_range(end.., "…");
    }
    line
}

/// Paints one line inside a rectangle, cut to its width, and returns where the ink is.
pub fn paint_line(
    painter: &Painter,
    rect: Rect,
    align: Align2,
    text: &str,
    face: Face,
    colour: Color32,
) -> Rect {
    let galley = one_line(painter, text, face, colour, rect.width());
    paint_galley(painter, rect, align, galley, colour)
}

/// The same on a ground of its own, where lines go through.
pub fn paint_grounded(
    painter: &Painter,
    rect: Rect,
    align: Align2,
    text: &str,
    face: Face,
    (colour, ground): (Color32, Color32),
) -> Rect {
    let behind = painter.add(Shape::Noop);
    let ink = paint_line(painter, rect, align, text, face, colour);
    let room = ink.expand2(vec2(3.0, 0.0));
    painter.set(behind, Shape::rect_filled(room, 0.0, ground));
    ink
}

/// Names of places along a plot, in their order, in the row above it: each ends at its place, or before the
/// next where that is too near; the last begins at its own.
pub fn paint_marks(painter: &Painter, row: Rect, marks: &[(f32, String)], colour: Color32) {
    let mut free = row.max.x;
    for (number, (x, words)) in marks.iter().enumerate().rev() {
        let galley = one_line(painter, words, Face::Secondary, colour, row.width());
        let width = galley.size().x;
        let is_last = number + 1 == marks.len();
        let end = if is_last { x - 2.0 + width } else { x + 2.0 };
        let end = end.min(free);
        let room = Rect::from_x_y_ranges(end - width..=end, row.y_range());
        paint_galley(painter, room, Align2::RIGHT_CENTER, galley, colour);
        free = room.min.x - sizes::GAP;
    }
}

/// Paints a galley inside a rectangle; it falls on whole points so that rows look alike. `colour` is
/// for text laid out without one ([`Color32::PLACEHOLDER`]).
pub(super) fn paint_galley(
    painter: &Painter,
    rect: Rect,
    align: Align2,
    galley: Arc<Galley>,
    colour: Color32,
) -> Rect {
    let place = align.align_size_within_rect(galley.size(), rect);
    let min = pos2(place.min.x.round(), place.min.y.round());
    painter.galley(min, galley, colour);
    Rect::from_min_size(min, place.size())
}
