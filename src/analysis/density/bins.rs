//! Events counted into equal bins of an axis, lane by lane.

use std::ops::Range;

use super::axis::{Axis, Scale};
use super::lanes::{Lanes, Tally};
use crate::analysis::scan::{self, Values};
use crate::log::{Bound, Cut, Log, Run};
use crate::model::time::Span;
use crate::model::{Cancelled, Task, Timestamp};

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
    let starts: Vec<i64> = (0..bins).map(end).collect();
    let (from, to) = (axis.from(), axis.to());
    let bin = |value: i64| {
        (from..=to).contains(&value).then(|| {
            let bin = starts.partition_point(|start| *start <= value).max(1) - 1;
            let next = starts.get(bin + 1).map_or(to, |next| next - 1);
            (bin, starts[bin].max(from), next.min(to))
        })
    };
    let sorter = lanes.sorter(log);
    let mut counts = vec![Tally::default(); bins];
    each_within(log, cut, axis, task, |run, values| {
        values.cells(run.len(), bin, |bin, rows| {
            sorter.count(&run, rows, &mut counts[bin]);
        });
    })?;
    let lanes = (0..lanes.len()).map(|lane| {
        let counts: Vec<u32> = counts.iter().map(|tally| tally[lane]).collect();
        LaneDensity {
            events: counts.iter().sum(),
            peak: counts.iter().copied().max().unwrap_or(0),
            counts,
        }
    });
    let lanes: Vec<LaneDensity> = lanes.collect();
    let here: u32 = lanes.iter().map(|lane| lane.events).sum();
    Ok(Density {
        lanes,
        elsewhere: cut.count() - here,
    })
}

/// Calls `each` for runs of the known events among which those in the window are, with their values
/// on the axis. Some may lie outside the window.
pub(super) fn each_within(
    log: &Log,
    cut: &Cut,
    axis: &Axis,
    task: &Task,
    mut each: impl FnMut(Run<'_>, Values<'_>),
) -> Result<(), Cancelled> {
    let rows = rows_within(log, axis);
    let rows = rows.start..rows.end.min(cut.outside().0).max(rows.start);
    task.set_total(rows.len() as u64);
    scan::known(log, cut, rows, task, |run| {
        let values = match axis.scale() {
            Scale::Order => Some(Values::Order(i64::from(run.events().start))),
            Scale::Time(clock) => run.times(clock).map(Values::Times),
        };
        if let Some(values) = values {
            each(run, values);
        }
    })
}

/// The part of the log in which all events of the window are. Where clocks run forward it has no
/// others.
fn rows_within(log: &Log, axis: &Axis) -> Range<u32> {
    let (from, to) = (axis.from(), axis.to());
    match axis.scale() {
        Scale::Order => {
            let most = i64::from(u32::MAX);
            let start = from.clamp(0, most);
            let end = to.saturating_add(1).clamp(start, most);
            start as u32..end as u32
        }
        Scale::Time(clock) => {
            let step = Span::from_micros(1);
            let before = Timestamp::from_micros(from).saturating_sub(step);
            let after = Timestamp::from_micros(to).saturating_add(step);
            let start = log.cut(clock, Bound::Time(before)).inside().0;
            let end = log.cut(clock, Bound::Time(after)).outside().0;
            start..end.max(start)
        }
    }
}
