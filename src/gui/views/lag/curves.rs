//! Lines over time, painted by hand: what lies after the cursor is faded, and the cursor comes last.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

use crate::gui::theme::{Tokens, faded, sizes};
use crate::model::Timestamp;

/// Where moments stand in a plot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub rect: Rect,
    from: Timestamp,
    length: f64,
}

impl Axis {
    pub fn new(rect: Rect, (from, to): (Timestamp, Timestamp)) -> Self {
        let length = (to - from).micros().max(1) as f64;
        Self { rect, from, length }
    }

    /// Where a moment stands, also outside of the plot.
    pub fn x(&self, at: Timestamp) -> f32 {
        let part = (at - self.from).micros() as f64 / self.length;
        (f64::from(self.rect.min.x) + part * f64::from(self.rect.width())) as f32
    }

    /// The cursor, where it stands in the plot.
    pub fn cursor(&self, now: Option<Timestamp>) -> Option<f32> {
        let x = self.x(now?);
        self.rect.x_range().contains(x).then_some(x)
    }

    /// The height of a value from 0 to 1.
    pub fn y(&self, value: f32) -> f32 {
        self.rect.max.y - 1.0 - value.clamp(0.0, 1.0) * (self.rect.height() - 3.0)
    }
}

/// A line through points in the order of time; a hole where one is not known. Behind `now` it is faded.
pub(super) fn line(
    painter: &Painter,
    points: impl Iterator<Item = Option<Pos2>>,
    colour: Color32,
    now: Option<f32>,
) {
    let (mut past, mut future): (Vec<Pos2>, Vec<Pos2>) = (Vec::new(), Vec::new());
    let paint = |points: &mut Vec<Pos2>, colour: Color32| {
        let points = std::mem::take(points);
        if points.len() > 1 {
            painter.add(Shape::line(points, Stroke::new(1.5, colour)));
        }
    };
    for point in points {
        let Some(point) = point else {
            paint(&mut past, colour);
            paint(&mut future, faded(colour));
            continue;
        };
        let is_future = now.is_some_and(|now| point.x > now);
        if is_future {
            if let (Some(last), true, Some(now)) = (past.last().copied(), future.is_empty(), now) {
                // Both meet at the cursor.
                let part = (now - last.x) / (point.x - last.x).max(f32::EPSILON);
                let meet = pos2(now, last.y + part * (point.y - last.y));
                past.push(meet);
                future.push(meet);
            }
            future.push(point);
        } else {
            past.push(point);
        }
    }
    paint(&mut past, colour);
    paint(&mut future, faded(colour));
}

/// The cursor through a plot, and a veil over what comes after it.
pub(super) fn cursor(painter: &Painter, rect: Rect, x: f32, t: &Tokens) {
    painter.rect_filled(rect.with_min_x(x), 0.0, t.future_veil());
    painter.vline(x, rect.y_range(), (sizes::CURSOR_LINE, t.cursor));
}
