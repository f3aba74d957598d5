//! Which events of a log are folded: those known at a moment, or of these the ones that somebody had come
//! to.

use std::ops::Range;

use crate::log::{Cut, Log};
use crate::model::EventIx;

/// Events of a log as ranges in log order, none of them empty and none adjoining the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(Vec<Range<u32>>);

impl Known {
    /// All that were known at a cut.
    #[must_use]
    pub fn at(cut: &Cut, log: &Log) -> Self {
        Self(cut.known(log))
    }

    /// Of these the ones up to `last` in log order, and with it; none where there is no last.
    #[must_use]
    pub fn up_to(&self, last: Option<EventIx>) -> Self {
        let end = last.map_or(0, |last| last.0 + 1);
        let ranges = self.0.iter().map(|range| range.start..range.end.min(end));
        Self(ranges.filter(|range| !range.is_empty()).collect())
    }

    /// Whether an event is among them.
    #[must_use]
    pub fn holds(&self, event: EventIx) -> bool {
        let after = self.0.partition_point(|range| range.end <= event.0);
        (self.0.get(after)).is_some_and(|range| range.contains(&event.0))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// The last of them.
    #[must_use]
    pub fn last(&self) -> Option<EventIx> {
        self.0.last().map(|range| EventIx(range.end - 1))
    }

    /// Whether they are the first of the log.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.count() == self.whole().0
    }

    /// The ranges.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<u32>> {
        self.0.iter().cloned()
    }

    /// Up to where all events of the log are among them.
    #[must_use]
    pub fn whole(&self) -> EventIx {
        let first = self.0.first().filter(|first| first.start == 0);
        EventIx(first.map_or(0, |first| first.end))
    }

    /// Those behind the first that is not among them.
    pub(super) fn beyond(&self) -> impl Iterator<Item = Range<u32>> {
        self.ranges().filter(|range| range.start > 0)
    }

    /// All of them, at most so many at a time.
    pub(super) fn batches(&self, most: u32) -> impl Iterator<Item = Range<u32>> {
        self.ranges().flat_map(move |range| {
            let starts = range.clone().step_by(most as usize);
            starts.map(move |start| start..(start + most).min(range.end))
        })
    }
}
