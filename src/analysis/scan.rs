//! Going through a log's columns: with a look at the task now and then, as of a cut. What several
//! analyses need to see of all events, and nothing that any of them concludes.

use std::ops::Range;

use crate::log::{Cut, Log, Run, Times};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Rows between two looks at the task: well below a millisecond.
const STRIDE: usize = 1 << 14;

/// Calls `each` for runs of all of `events`, in log order.
pub(super) fn runs<'a>(
    log: &'a Log,
    events: Range<u32>,
    task: &Task,
    mut each: impl FnMut(Run<'a>),
) -> Result<(), Cancelled> {
    for run in log.runs(EventIx(events.start)..EventIx(events.end)) {
        let mut start = 0;
        while start < run.len() {
            task.check()?;
            let end = (start + STRIDE).min(run.len());
            each(run.part(start..end));
            task.advance((end - start) as u64);
            start = end;
        }
    }
    task.check()
}

/// Calls `each` for runs of those of `events` that are known at `cut`, in log order.
pub(super) fn known<'a>(
    log: &'a Log,
    cut: &Cut,
    events: Range<u32>,
    task: &Task,
    mut each: impl FnMut(Run<'a>),
) -> Result<(), Cancelled> {
    for known in cut.known(log) {
        let start = known.start.max(events.start);
        let end = known.end.min(events.end);
        if start < end {
            runs(log, start..end, task, &mut each)?;
        }
    }
    task.check()
}

/// Where events stand in streams beside their own, in log order.
pub(super) fn links(log: &Log) -> impl Iterator<Item = (EventIx, StreamIx)> + '_ {
    log.links()
        .map(|(event, stream, _)| (event, stream))
        .filter(|&(event, stream)| log.stream(event) != stream)
}

/// Values of the rows of a run along an axis.
pub(super) enum Values<'a> {
    /// By a clock, in microseconds.
    Times(Times<'a>),
    /// The places of the events themselves, from this one on.
    Order(i64),
}

impl Values<'_> {
    /// The value of a row; `None` for what has always been there.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Times(times) => times.get(row).map(crate::model::Timestamp::micros),
            Self::Order(first) => Some(first + row as i64),
        }
    }

    fn ascending(&self) -> bool {
        match self {
            Self::Times(times) => times.ascending(),
            Self::Order(_) => true,
        }
    }

    /// The least and the greatest value of some rows that all have one; `rows` is not empty.
    pub(super) fn ends(&self, rows: Range<usize>) -> (i64, i64) {
        let value = |row: usize| self.get(row).unwrap_or(i64::MIN);
        if self.ascending() {
            return (value(rows.start), value(rows.end - 1));
        }
        rows.map(value)
            .fold((i64::MAX, i64::MIN), |(least, most), value| {
                (least.min(value), most.max(value))
            })
    }

    /// Cuts the first `rows` rows into stretches that lie in one cell each, and calls `each` with
    /// the cell and the rows. `cell` gives the cell of a value with its least and its greatest
    /// value, or nothing for a value that lies in none. Where values ascend, only a few rows of
    /// every cell are looked at.
    pub(super) fn cells(
        &self,
        rows: usize,
        cell: impl Fn(i64) -> Option<(usize, i64, i64)>,
        mut each: impl FnMut(usize, Range<usize>),
    ) {
        let ascending = self.ascending();
        let mut start = 0;
        while start < rows {
            let found = self.get(start).and_then(&cell);
            let Some((at, least, most)) = found else {
                start += 1;
                continue;
            };
            let in_cell = |row: usize| {
                self.get(row)
                    .is_some_and(|value| (least..=most).contains(&value))
            };
            let end = if ascending {
                first_not(start + 1..rows, in_cell)
            } else {
                (start + 1..rows).find(|&row| !in_cell(row)).unwrap_or(rows)
            };
            each(at, start..end);
            start = end;
        }
    }
}

/// The first of `rows` for which `holds` says no, if it says yes up to some row and no from there on.
/// Looks in strides that double, since the row is mostly near.
fn first_not(rows: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut stride) = (rows.start, 1);
    while low + stride <= rows.end && holds(low + stride - 1) {
        low += stride;
        stride *= 2;
    }
    let mut high = (low + stride - 1).min(rows.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::testing::{log_of, moments, samples};
    use crate::log::Clock;

    proptest! {
        #[test]
        fn known_runs_are_the_known_events(samples in samples(60), at in moments(), chunk in 1..20_usize, from in 0..60_u32, to in 0..70_u32) {
            let log = log_of(&samples, chunk);
            let cut = at.cut(&log, Clock::Recorded);
            let mut found = Vec::new();
            known(&log, &cut, from..to, &Task::new(), |run| found.extend(run.events())).unwrap();
            let expected = (from..to.min(log.len() as u32)).filter(|&event| cut.holds(&log, EventIx(event)));
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
        }

        #[test]
        fn stretches_are_the_rows_of_cells(samples in samples(60), chunk in 1..30_usize, width in 1..90_i64, low in -9..9_i64) {
            let log = log_of(&samples, chunk);
            let width = width * 1_000_000;
            let cell = |value: i64| {
                let at = usize::try_from(value.div_euclid(width) - low).ok()?;
                let least = value.div_euclid(width) * width;
                Some((at, least, least + width - 1))
            };
            for run in log.runs(EventIx(0)..EventIx(log.len() as u32)) {
                let Some(times) = run.times(Clock::Recorded) else { continue };
                let values = Values::Times(times);
                let mut found = Vec::new();
                values.cells(run.len(), cell, |at, rows| {
                    let (least, most) = values.ends(rows.clone());
                    assert!(rows.clone().all(|row| (least..=most).contains(&values.get(row).unwrap())));
                    found.extend(rows.map(|row| (row, at)));
                });
                let expected = (0..run.len()).filter_map(|row| Some((row, cell(values.get(row)?)?.0)));
                prop_assert_eq!(found, expected.collect::<Vec<_>>());
            }
        }

        #[test]
        fn the_first_that_does_not_hold(len in 0..99_usize, end in 0..120_usize) {
            prop_assert_eq!(first_not(0..len, |row| row < end), end.min(len));
        }
    }
}
