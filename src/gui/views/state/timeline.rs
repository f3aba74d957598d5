//! The values of one field as seen from the cursor: how many were known, which one it had, and where
//! they stand in a small plot. A few look-ups a frame, however many values there are.

use crate::gui::model::Known;
use crate::log::{Cut, Log};
use crate::model::EventIx;
use crate::worker::Values;

/// The values of one field as seen from the cursor.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The points of the plot in 0 to 1; none where the values are no numbers.
    pub points: Vec<[f32; 2]>,
    /// Where the cursor stands in it, 0 to 1.
    pub cursor: f32,
    /// The place of the value that the field had at the cursor.
    pub current: Option<usize>,
    /// Values known at the cursor.
    pub known: usize,
}

impl Timeline {
    /// Of values that `log` has the events of.
    pub fn of(values: &Values, log: &Log, cut: &Cut) -> Self {
        let changes = &values.changes;
        let below = |event: EventIx| changes.partition_point(|change| change.event < event);
        let known = Known::of(log, cut, below);
        let place = |event: EventIx| match log.time(event, cut.clock()) {
            Some(time) => time.micros() as f64,
            None => f64::from(event.0),
        };
        let now = cut
            .time(log)
            .map(|time| time.micros() as f64)
            .or_else(|| cut.last().map(|event| f64::from(event.0)));
        let first = changes.first().map_or(0.0, |change| place(change.event));
        let last = changes.last().map_or(first, |change| place(change.event));
        let end = last.max(now.unwrap_or(first)).max(first + 1.0);
        let along = |x: f64| ((x - first) / (end - first)).clamp(0.0, 1.0) as f32;
        let point = |(event, level): &(EventIx, f32)| [along(place(*event)), *level];
        Self {
            points: values.plot.iter().map(point).collect(),
            cursor: now.map_or(0.0, along),
            current: known.end.checked_sub(1),
            known: known.count,
        }
    }
}
