//! How near the map is looked at: it is laid out as if it were seen as large as it is, and painted through
//! this.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Vec2, pos2};

use crate::gui::theme::Face;
use crate::gui::widgets::one_line_of;

/// How large a map is drawn, by what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Zoom {
    /// So that all of it is in sight, where it is not very long.
    Fit,
    /// So large; 1 is its own size.
    Of(f32),
}

impl Default for Zoom {
    fn default() -> Self {
        Self::Of(1.0)
    }
}

/// Nearer, or farther off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// The sizes that it can have, the largest first.
const STEPS: [f32; 12] = [
    1.6, 1.25, 1.0, 0.85, 0.7, 0.6, 0.5, 0.42, 0.35, 0.3, 0.25, 0.2,
];

impl Zoom {
    /// The next size on a way from what it has now.
    pub fn stepped(now: f32, way: Way) -> Self {
        let next = match way {
            Way::In => STEPS.iter().rev().find(|step| **step > now + 0.01),
            Way::Out => STEPS.iter().find(|step| **step < now - 0.01),
        };
        Self::Of(next.copied().unwrap_or(now))
    }

    /// So many times as large as now: a wheel turns smoothly, over several frames.
    pub fn by(now: f32, times: f32) -> Self {
        let [most, .., least] = STEPS;
        Self::Of((now * times).clamp(least, most))
    }

    /// The size, where `extent` is what a map takes, unscaled, if it has so much room.
    pub fn size(self, room: Vec2, extent: impl Fn(Vec2) -> Vec2) -> f32 {
        let fits = |size: f32| {
            let takes = extent(room / size) * size;
            takes.x <= room.x && takes.y <= room.y
        };
        match self {
            Self::Of(size) => size,
            Self::Fit => {
                let mut sizes = STEPS.iter().copied().filter(|size| *size <= 1.0);
                let least = STEPS[STEPS.len() - 1];
                sizes.find(|size| fits(*size)).unwrap_or(least)
            }
        }
    }
}

/// Where what is laid out at a corner at zero is drawn, and how large.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lens {
    pub corner: Pos2,
    pub size: f32,
}

impl Lens {
    pub fn pos(&self, at: Pos2) -> Pos2 {
        self.corner + at.to_vec2() * self.size
    }

    pub fn rect(&self, rect: Rect) -> Rect {
        Rect::from_min_max(self.pos(rect.min), self.pos(rect.max))
    }

    /// What is laid out where something is drawn.
    pub fn back(&self, at: Pos2) -> Pos2 {
        ((at - self.corner) / self.size).to_pos2()
    }

    pub fn font(&self, face: Face) -> FontId {
        let font = face.font();
        FontId::new(font.size * self.size, font.family)
    }

    /// Words at the left of a laid out rectangle, cut to its width.
    pub fn words(&self, painter: &Painter, room: Rect, text: &str, (face, ink): (Face, Color32)) {
        let room = self.rect(room);
        let galley = one_line_of(painter, text, self.font(face), ink, room.width());
        let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), room);
        painter.galley(pos2(place.min.x.round(), place.min.y.round()), galley, ink);
    }
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;

    #[test]
    fn a_map_fits_its_room() {
        // Rows have a least height, whatever room there is.
        let of = |height: f32| move |room: Vec2| vec2(room.x.min(600.0), height);
        let room = vec2(700.0, 300.0);
        assert_eq!(Zoom::Fit.size(room, of(290.0)), 1.0);
        let size = Zoom::Fit.size(room, of(500.0));
        assert!((0.5..=0.6).contains(&size), "{size}");
        assert_eq!(Zoom::Fit.size(room, of(9000.0)), 0.2);
        assert_eq!(Zoom::Of(1.25).size(room, of(9000.0)), 1.25);
    }

    #[test]
    fn steps_lead_in_and_out_and_end() {
        let of = |zoom: Zoom| zoom.size(Vec2::ZERO, |room| room);
        let out = of(Zoom::stepped(1.0, Way::Out));
        assert_eq!(out, 0.85);
        assert_eq!(of(Zoom::stepped(out, Way::In)), 1.0);
        assert_eq!(of(Zoom::stepped(0.2, Way::Out)), 0.2);
        assert_eq!(of(Zoom::stepped(1.6, Way::In)), 1.6);
    }

    #[test]
    fn what_is_drawn_somewhere_is_laid_out_there() {
        let lens = Lens {
            corner: pos2(30.0, 40.0),
            size: 0.5,
        };
        let at = pos2(12.0, 80.0);
        assert_eq!(lens.back(lens.pos(at)), at);
        assert_eq!(lens.pos(pos2(0.0, 0.0)), lens.corner);
    }
}
