//! Labels along an axis, from the left, of which none runs into the one before it or says the same.

use std::ops::RangeInclusive;

use egui::{Align2, Color32, Painter, Rangef, Rect};

use crate::gui::theme::{Face, sizes};
use crate::gui::widgets::{one_line, paint_line};

/// A row of them.
pub(in crate::gui::views::sagas) struct Labels {
    rows: RangeInclusive<f32>,
    face: Face,
    free: f32,
    /// Where something else stands.
    taken: Option<Rangef>,
    before: String,
}

impl Labels {
    /// None yet.
    pub fn new(rows: RangeInclusive<f32>, face: Face) -> Self {
        Self {
            rows,
            face,
            free: f32::NEG_INFINITY,
            taken: None,
            before: String::new(),
        }
    }

    /// None where something else stands.
    pub fn beside(mut self, taken: Option<Rangef>) -> Self {
        self.taken = taken.map(|taken| taken.expand(sizes::GAP / 2.0));
        self
    }

    /// Paints one around a place, unless there is no room, or it says no more than the one before: two
    /// units do not tell apart what is close together late.
    pub fn paint(&mut self, painter: &Painter, x: f32, words: &str, colour: Color32) {
        let half = one_line(painter, words, self.face, colour, f32::INFINITY)
            .size()
            .x
            / 2.0
            + 1.0;
        let own = Rangef::new(x - half, x + half);
        let covered = self.taken.is_some_and(|taken| taken.intersects(own));
        if x - half < self.free || covered || words == self.before {
            return;
        }
        let room = Rect::from_x_y_ranges(x - half..=x + half, self.rows.clone());
        paint_line(
            painter,
            room,
            Align2::CENTER_CENTER,
            words,
            self.face,
            colour,
        );
        self.free = x + half + sizes::GAP;
        words.clone_into(&mut self.before);
    }
}
