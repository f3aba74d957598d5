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
        if words == self.before || !self.has_room(own) {
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

    /// Whether nothing else stands there.
    fn has_room(&self, own: Rangef) -> bool {
        let covered = self.taken.is_some_and(|taken| taken.intersects(own));
        own.min >= self.free && !covered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_stands_under_the_flag_or_on_the_one_before() {
        let labels = Labels::new(0.0..=14.0, Face::Cell);
        let mut labels = labels.beside(Some(Rangef::new(100.0, 160.0)));
        assert!(labels.has_room(Rangef::new(20.0, 60.0)));
        labels.free = 70.0;
        assert!(!labels.has_room(Rangef::new(60.0, 90.0)));
        assert!(!labels.has_room(Rangef::new(72.0, 100.0)));
        assert!(!labels.has_room(Rangef::new(110.0, 150.0)));
        assert!(!labels.has_room(Rangef::new(160.0, 200.0)));
        assert!(labels.has_room(Rangef::new(180.0, 220.0)));
    }
}
