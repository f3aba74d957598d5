//! A run of consecutive events as columns, with the names renumbered for the whole log.

use std::ops::Range;

use super::cut::Clock;
use super::ids::IdColumn;
use super::ints::Ints;
use super::raw::{NO_NAME, NONE, Place, StreamEnd, Times};
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
    /// Whether no time is earlier than the one before it.
    pub ascending: bool,
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
            ascending: true,
        };
        let mut filled = Vec::with_capacity(times.micros.len());
        for (row, &micros) in times.micros.iter().enumerate() {
            let previous = last;
            if micros == NONE {
                column.untimed.push(row as u32);
            } else {
                last = Timestamp::with_nanos(micros, times.nanos.get(row).copied().unwrap_or(0));
            }
            column.ascending &= row == 0 || previous <= last;
            filled.push(last.micros());
            if !times.nanos.is_empty() {
                column.nanos.push(last.sub_micro_nanos());
            }
            column.least = column.least.min(last);
            column.most = column.most.max(last);
        }
        column.micros = Ints::pack(&filled);
        Some(column)
    }

    #[inline]
    pub fn get(&self, row: usize) -> Timestamp {
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

    /// The first of `rows` from which on all are later than `time`, in an ascending column.
    pub fn first_after(&self, rows: Range<usize>, time: Timestamp) -> usize {
        let (mut low, mut high) = (rows.start, rows.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) <= time.max(ALWAYS) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub fn has_nanos(&self) -> bool {
        !self.nanos.is_empty()
    }

    pub fn last(&self) -> Option<Timestamp> {
        self.micros.len().checked_sub(1).map(|row| self.get(row))
    }

    fn memory(&self) -> usize {
        self.micros.memory() + self.nanos.capacity() * 2 + self.untimed.capacity() * 4
    }
}

/// The time of what has always been there: before every cut.
pub(super) const ALWAYS: Timestamp = Timestamp::from_micros(i64::MIN + 1);

#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// The log's events that these rows are.
    pub events: Range<u32>,
    pub stream: Vec<u32>,
    pub kind: Vec<u32>,
    pub version: Ints,
    /// The store's own positions; absent where the log counts ranks.
    pub position: Option<Ints>,
    pub recorded: Option<TimeColumn>,
    pub occurred: Option<TimeColumn>,
    pub at: Ints,
    pub extent: Ints,
    /// Schema version names; −1 for none.
    pub schema_version: Ints,
    pub correlation: Option<Vec<u32>>,
    pub event_id: IdColumn,
    /// As written; emptied once the index has resolved them.
    pub causation: Option<IdColumn>,
    /// Streams that end at an event.
    pub ends: Vec<(u32, StreamEnd)>,
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

    pub fn correlation(&self, row: usize) -> Option<u32> {
        let name = *self.correlation.as_ref()?.get(row)?;
        (name != NO_NAME).then_some(name)
    }

    /// Bytes for place, ids and schema versions; and for everything else.
    pub fn memory(&self) -> (usize, usize) {
        let optional = |column: &Option<TimeColumn>| column.as_ref().map_or(0, TimeColumn::memory);
        let core = (self.stream.capacity() + self.kind.capacity()) * 4
            + self.version.memory()
            + self.position.as_ref().map_or(0, Ints::memory)
            + optional(&self.recorded)
            + optional(&self.occurred);
        let ids = self.at.memory()
            + self.extent.memory()
            + self.schema_version.memory()
            + self
                .correlation
                .as_ref()
                .map_or(0, |column| column.capacity() * 4)
            + self.event_id.memory()
            + self.causation.as_ref().map_or(0, IdColumn::memory);
        (ids, core)
    }
}
