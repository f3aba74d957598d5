//! Where everything in the panel stands: rows from top to bottom, and values from left to right.

use egui::{Pos2, Rect, pos2};

use super::window::TimeWindow;
use crate::analysis::density::Axis;
use crate::gui::theme::sizes;

/// Height of the row of buttons.
const TRANSPORT: f32 = 34.0;
/// Over the strip.
const ABOVE_STRIP: f32 = 6.0;
/// The row of the bookmarks' flags, with a little air around it.
const FLAGS: f32 = 20.0;
/// The axis with the cursor's flag.
const AXIS: f32 = 32.0;
/// All but the lanes.
const OTHERS: f32 = TRANSPORT + ABOVE_STRIP + sizes::LANE_TIME + FLAGS + AXIS;

/// The height with room for so many lanes.
pub(super) const fn height_for(lanes: u16) -> f32 {
    OTHERS + lanes as f32 * sizes::LANE_TIME
}

/// From one bar to the next.
const BAR_STEP: f32 = 3.0;

/// The rows, each over the full width or over the plot's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometry {
    /// Everything.
    pub all: Rect,
    /// The buttons.
    pub transport: Rect,
    /// The whole store, over the plot's width.
    pub strip: Rect,
    /// The bookmarks' flags, over the plot's width.
    pub flags: Rect,
    /// All lanes, over the plot's width.
    pub lanes: Rect,
    /// The axis, over the plot's width.
    pub axis: Rect,
}

impl Geometry {
    pub fn new(all: Rect) -> Self {
        let left = all.left() + sizes::PLOT_LEFT;
        let right = (all.right() - sizes::PLOT_RIGHT).max(left + BAR_STEP);
        let mut top = all.top();
        let mut row = |height: f32| {
            let rect = Rect::from_min_max(pos2(left, top), pos2(right, top + height));
            top += height;
            rect
        };
        let transport = row(TRANSPORT);
        row(ABOVE_STRIP);
        let strip = row(sizes::LANE_TIME);
        let flags = row(FLAGS);
        let lanes = row((all.height() - OTHERS).max(sizes::LANE_TIME));
        let axis = row(AXIS);
        Self {
            all,
            transport: transport.with_min_x(all.left()).with_max_x(all.right()),
            strip,
            flags,
            lanes,
            axis,
        }
    }

    /// Bars that stand beside each other.
    pub fn bins(&self) -> usize {
        (self.lanes.width() / BAR_STEP) as usize
    }

    /// How many lanes there is room for, at least one.
    pub fn room(&self) -> usize {
        ((self.lanes.height() / sizes::LANE_TIME + 0.01) as usize).max(1)
    }

    /// The plot of one lane.
    pub fn lane(&self, at: usize) -> Rect {
        let top = self.lanes.top() + at as f32 * sizes::LANE_TIME;
        Rect::from_min_max(
            pos2(self.lanes.left(), top),
            pos2(self.lanes.right(), top + sizes::LANE_TIME),
        )
    }

    /// What belongs to a lane left of its plot.
    pub fn gutter(&self, lane: Rect) -> Rect {
        let right = self.lanes.left() - sizes::PAD;
        lane.with_min_x(self.all.left() + sizes::PAD)
            .with_max_x(right)
    }

    /// From the flags down to the axis: where a click moves the cursor.
    pub fn plot(&self) -> Rect {
        self.flags.union(self.axis)
    }

    /// Where a place of the axis (0 to 1) is.
    pub fn x(&self, place: f64) -> f32 {
        self.lanes.left() + (place * f64::from(self.lanes.width())) as f32
    }

    /// The place of the axis (0 to 1) at a point.
    pub fn place(&self, point: Pos2) -> f64 {
        (f64::from(point.x - self.lanes.left()) / f64::from(self.lanes.width())).clamp(0.0, 1.0)
    }
}

/// How the strip maps the whole store to its width: linear, with what is not read yet at its end.
#[derive(Clone, Debug)]
pub(super) struct StripScale {
    /// The part of the strip that what is read takes.
    pub rect: Rect,
    /// What is read.
    pub axis: Axis,
}

impl StripScale {
    pub fn x(&self, value: i64) -> f32 {
        self.rect.left() + (self.axis.place(value) * f64::from(self.rect.width())) as f32
    }

    pub fn value(&self, x: f32) -> i64 {
        let place = f64::from(x - self.rect.left()) / f64::from(self.rect.width().max(1.0));
        self.axis.value(place.clamp(0.0, 1.0))
    }

    /// The frame around what the window shows, never too narrow to be grabbed.
    pub fn frame(&self, window: TimeWindow) -> Rect {
        let (left, right) = (self.x(window.from()), self.x(window.to()));
        let spare = (8.0 - (right - left)).max(0.0) / 2.0;
        self.rect
            .expand2(egui::vec2(0.0, 1.0))
            .with_min_x(left - spare)
            .with_max_x(right + spare)
    }
}
