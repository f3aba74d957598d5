//! Events counted into equal bins of an axis, lane by lane.

use super::axis::{Axis, Scale};
use super::lanes::Lanes;
use crate::analysis::scan;
use crate::log::{Bound, Cut, Log};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// Counts of events in a window.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Density {
    /// By lane, that of the others last.
    pub lanes: Vec<LaneDensity>,
    /// Events of the cut that are not in the window, or have no place on the axis.
    pub elsewhere: u32,
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LaneDensity {
    /// Events by bin, from the left.
    pub counts: Vec<u32>,
    /// All of them.
    pub events: u32,
    /// The highest of the counts.
    pub peak: u32,
}

/// Counts the events known at `cut` into `bins` bins of equal width (at least one). A bin begins with
/// its left end; the last one has the right end of the window too.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn density(
    log: &Log,
    cut: &Cut,
    axis: &Axis,
    lanes: &Lanes,
    bins: usize,
    task: &Task,
) -> Result<Density, Cancelled> {
    let bins = bins.max(1);
    let end = |bin: usize| {
        // The first value that lies in the bin or right of it.
        let left = bin as f64 / bins as f64;
        let value = axis.value(left);
        value + i64::from(axis.place(value) < left)
    };
    let last = axis.to().saturating_add(1);
    let ends: Vec<i64> = (0..bins).map(end).chain([last]).collect();
    let sorter = lanes.sorter(log);
    let mut counts = vec![0_u32; bins * lanes.len()];
    // Neighbours in the log mostly lie in one bin.
    let (mut bin, mut left, mut right) = (0, i64::MAX, i64::MIN);
    each_within(log, cut, axis, task, |event, value| {
        if value < left || value >= right {
            bin = ends[..bins].partition_point(|end| *end <= value).max(1) - 1;
            (left, right) = (ends[bin], ends[bin + 1]);
        }
        counts[sorter.lane(log, event) * bins + bin] += 1;
    })?;
    let lanes = counts.chunks(bins).map(|counts| LaneDensity {
        events: counts.iter().sum(),
        peak: counts.iter().copied().max().unwrap_or(0),
        counts: counts.to_vec(),
    });
    let lanes: Vec<LaneDensity> = lanes.collect();
    let here: u32 = lanes.iter().map(|lane| lane.events).sum();
    Ok(Density {
        lanes,
        elsewhere: cut.count() - here,
    })
}

/// The values of the known events in the window, in log order.
pub(super) fn within(
    log: &Log,
    cut: &Cut,
    axis: &Axis,
    task: &Task,
    mut each: impl FnMut(i64),
) -> Result<(), Cancelled> {
    each_within(log, cut, axis, task, |_, value| each(value))
}

fn each_within(
    log: &Log,
    cut: &Cut,
    axis: &Axis,
    task: &Task,
    mut each: impl FnMut(EventIx, i64),
) -> Result<(), Cancelled> {
    let (from, to) = (axis.from(), axis.to());
    let clock = match axis.scale() {
        Scale::Time(clock) => clock,
        Scale::Order => {
            let end =
                u32::try_from(to.saturating_add(1)).unwrap_or(if to < 0 { 0 } else { u32::MAX });
            let start = u32::try_from(from.max(0)).unwrap_or(u32::MAX).min(end);
            return scan::known(log, cut, start..end, task, |event| {
                each(event, i64::from(event.0));
            });
        }
    };
    // Where clocks run forward, a window is a range of the log.
    let step = Span::from_micros(1);
    let before = Timestamp::from_micros(from).saturating_sub(step);
    let after = Timestamp::from_micros(to).saturating_add(step);
    let start = scan::surely_known(&log.cut(clock, Bound::Time(before)));
    let end = log.cut(clock, Bound::Time(after)).outside().0;
    let rows = start..end.min(cut.outside().0).max(start);
    task.set_total(rows.len() as u64);
    scan::known(log, cut, rows, task, |event| {
        let value = log.time(event, clock).map(Timestamp::micros);
        if let Some(value) = value.filter(|value| (from..=to).contains(value)) {
            each(event, value);
        }
    })
}
