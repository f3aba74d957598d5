//! A run of consecutive events as columns, with the names renumbered for the whole log.

use std::ops::Range;

use super::cut::Clock;
use super::ids::RowIds;
use super::ints::Ints;
use super::raw::{Ended, NONE, Place, StreamEnd, Times};
use crate::model::Timestamp;

/// Times of one clock, without gaps: an event without one has that of the event before it.
#[derive(Clone, Debug)]
pub(super) struct TimeColumn {
    micros: Ints,
    nanos: Vec<u16>,
    /// Rows that had no time of their own, ascending.
    untimed: Vec<u32>,
    pub least: Timestamp,
    pub most: Timestamp,
    /// Rows with a time earlier than that of the row before, ascending: between them times only go
    /// up.
    breaks: Vec<u32>,
}

impl TimeColumn {
    /// Fills gaps with the time before them, `before` for the first; leading gaps without a
    /// `before` count as "always there".
    pub fn new(times: &Times, before: Option<Timestamp>) -> Option<Self> {
        if before.is_none() && times.micros.iter().all(|&micros| micros == NONE) {
            return None;
        }
        let mut last = before.unwrap_or(ALWAYS);
        let mut column = Self {
            micros: Ints::default(),
            nanos: Vec::new(),
            untimed: Vec::new(),
            least: Timestamp::from_micros(i64::MAX),
            most: ALWAYS,
            breaks: Vec::new(),
        };
        let mut filled = Times::default();
        for (row, &micros) in times.micros.iter().enumerate() {
            let previous = last;
            if micros == NONE {
                column.untimed.push(row as u32);
            } else {
                last = Timestamp::with_nanos(micros, times.nanos.get(row).copied().unwrap_or(0));
            }
            if row > 0 && last < previous {
                column.breaks.push(row as u32);
            }
            filled.push(Some(last));
            column.least = column.least.min(last);
            column.most = column.most.max(last);
        }
        column.micros = Ints::pack(&filled.micros);
        column.nanos = filled.nanos;
        Some(column)
    }

    #[inline]
    pub fn get(&self, row: usize) -> Timestamp {
        #[cfg(test)]
        LOOKS.set(LOOKS.get() + 1);
        let nanos = self.nanos.get(row).copied().unwrap_or(0);
        Timestamp::with_nanos(self.micros.get(row), nanos)
    }

    pub fn is_untimed(&self, row: usize) -> bool {
        self.untimed.binary_search(&(row as u32)).is_ok()
    }

    pub fn untimed(&self) -> usize {
        self.untimed.len()
    }

    pub fn untimed_within(&self, rows: &Range<usize>) -> usize {
        let below = |end: usize| self.untimed.partition_point(|&row| (row as usize) < end);
        below(rows.end) - below(rows.start)
    }

    /// Whether no time is earlier than the one before it.
    pub fn ascending(&self) -> bool {
        self.breaks.is_empty()
    }

    /// The stretches of rows in which times only go up.
    fn stretches(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let breaks = || self.breaks.iter().map(|&row| row as usize);
        let starts = std::iter::once(0).chain(breaks());
        let ends = breaks().chain(std::iter::once(self.micros.len()));
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// Calls `each` with the rows that are not later than `time`, stretch by stretch. Where clocks
    /// never run backwards there is one.
    pub fn known(&self, time: Timestamp, mut each: impl FnMut(Range<usize>)) {
        let time = time.max(ALWAYS);
        if self.most <= time {
            return each(0..self.micros.len());
        }
        if time < self.least {
            return;
        }
        for rows in self.stretches() {
            let known = rows.start..self.first_after(rows, time);
            if !known.is_empty() {
                each(known);
            }
        }
    }

    /// The earliest time of any but what has always been there.
    pub fn earliest(&self) -> Option<Timestamp> {
        if self.least != ALWAYS {
            return Some(self.least);
        }
        let first = |rows: Range<usize>| {
            let row = self.first_after(rows.clone(), ALWAYS);
            (row < rows.end).then(|| self.get(row))
        };
        self.stretches().filter_map(first).min()
    }

    /// The first of `rows`, in which times only go up, that is later than `time`; their end where
    /// none is.
    fn first_after(&self, rows: Range<usize>, time: Timestamp) -> usize {
        let (mut low, mut high) = (rows.start, rows.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) <= time {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Whether some of `rows` have a time that goes finer than microseconds.
    pub fn has_nanos(&self, rows: &Range<usize>) -> bool {
        let nanos = self.nanos.get(rows.clone()).unwrap_or_default();
        // Of all rows some have, or none would be kept.
        nanos.len() == self.micros.len() || nanos.iter().any(|nanos| *nanos != 0)
    }

    pub fn last(&self) -> Option<Timestamp> {
        self.micros.len().checked_sub(1).map(|row| self.get(row))
    }

    fn memory(&self) -> usize {
        let rows = self.untimed.capacity() + self.breaks.capacity();
        self.micros.memory() + self.nanos.capacity() * 2 + rows * 4
    }
}

#[cfg(test)]
thread_local! {
    /// How often a time was looked at, for tests of what a question costs.
    pub(super) static LOOKS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// The time of what has always been there: before every cut.
pub(super) const ALWAYS: Timestamp = Timestamp::from_micros(i64::MIN + 1);

#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// The log's events that these rows are.
    pub events: Range<u32>,
    pub stream: Vec<u32>,
    pub event_type: Vec<u32>,
    pub version: Ints,
    /// The rows whose version the store does not have, so that it is counted in log order.
    pub counted: Marks,
    /// The store's own positions; absent where the log counts ranks.
    pub position: Option<Ints>,
    pub recorded: Option<TimeColumn>,
    pub occurred: Option<TimeColumn>,
    pub at: Ints,
    pub extent: Ints,
    /// Schema version names; −1 for none.
    pub schema_version: Ints,
    pub ids: RowIds,
    /// Streams that end at an event, by row.
    pub ends: Vec<(u32, StreamEnd)>,
    /// Streams of which the store says beside an event that they have ended, by row.
    pub ended: Vec<(u32, StreamEnd)>,
    /// Since when, where it tells.
    pub ended_since: Vec<(u32, Timestamp)>,
}

impl Chunk {
    pub fn times(&self, clock: Clock) -> Option<&TimeColumn> {
        match clock {
            Clock::Recorded => self.recorded.as_ref(),
            Clock::Occurred => self.occurred.as_ref(),
        }
    }

    pub fn times_mut(&mut self, clock: Clock) -> &mut Option<TimeColumn> {
        match clock {
            Clock::Recorded => &mut self.recorded,
            Clock::Occurred => &mut self.occurred,
        }
    }

    pub fn place(&self, row: usize) -> Place {
        Place {
            at: self.at.get(row),
            extent: self.extent.get(row) as u32,
        }
    }

    /// The store's own position of a row; [`NONE`] where the log counts ranks.
    pub fn own_position(&self, row: usize) -> i64 {
        let positions = self.position.as_ref();
        positions.map_or(NONE, |positions| positions.get(row))
    }

    /// The store's own version of a row; [`NONE`] where it was counted.
    pub fn own_version(&self, row: usize) -> i64 {
        if self.counted.get(row) {
            NONE
        } else {
            self.version.get(row)
        }
    }

    /// Counts the versions that the store does not have: `next` gives that of a stream's next event,
    /// of which the store's own is given, or [`NONE`].
    pub fn count_versions(&mut self, mut next: impl FnMut(u32, i64) -> i64) {
        let streams = self.stream.iter().enumerate();
        let versions: Vec<i64> = streams
            .map(|(row, &stream)| next(stream, self.own_version(row)))
            .collect();
        if !self.counted.is_empty() {
            self.version = Ints::pack(&versions);
        }
    }

    /// How the event of a row ends its stream, if it does.
    pub fn end(&self, row: usize) -> Option<StreamEnd> {
        of_row(&self.ends, row)
    }

    /// What the store says, beside the event of a row, of its stream.
    pub fn ended(&self, row: usize) -> Option<Ended> {
        Some(Ended {
            how: of_row(&self.ended, row)?,
            since: of_row(&self.ended_since, row),
        })
    }

    /// Bytes for place, ids and schema versions; and for everything else.
    pub fn memory(&self) -> (usize, usize) {
        let optional = |column: &Option<TimeColumn>| column.as_ref().map_or(0, TimeColumn::memory);
        let core = (self.stream.capacity() + self.event_type.capacity()) * 4
            + self.version.memory()
            + self.counted.memory()
            + self.position.as_ref().map_or(0, Ints::memory)
            + optional(&self.recorded)
            + optional(&self.occurred);
        let ids = self.at.memory()
            + self.extent.memory()
            + self.schema_version.memory()
            + self.ids.memory();
        (ids, core)
    }
}

fn of_row<T: Copy>(by_row: &[(u32, T)], row: usize) -> Option<T> {
    let found = by_row.binary_search_by_key(&(row as u32), |&(own, _)| own);
    found.ok().map(|at| by_row[at].1)
}

/// Some rows of a chunk: a bit each, none where no row is marked.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// Marks the rows of which the iterator says yes.
    pub fn new(rows: impl ExactSizeIterator<Item = bool>) -> Self {
        let mut words = vec![0_u64; rows.len().div_ceil(64)];
        for (row, marked) in rows.enumerate() {
            words[row / 64] |= u64::from(marked) << (row % 64);
        }
        if words.iter().all(|word| *word == 0) {
            return Self::default();
        }
        Self(words)
    }

    pub fn get(&self, row: usize) -> bool {
        let word = self.0.get(row / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn memory(&self) -> usize {
        self.0.capacity() * 8
    }
}
