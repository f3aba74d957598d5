//! A log as runs of columns, for passes over all of it: an accessor a row costs more than the work
//! that most passes do with it.

use std::ops::Range;

use super::chunk::{Chunk, TimeColumn};
use super::index::{Chunks, LinkedVersion};
use super::raw::NONE;
use super::{Clock, IdRef, Ints, Log, chunk};
use crate::model::{EventIx, StreamIx, Timestamp, Version};

/// Consecutive events as columns; row 0 is the first of [`Run::events`].
#[derive(Clone, Debug)]
pub struct Run<'a> {
    chunk: &'a Chunk,
    rows: Range<usize>,
}

impl<'a> Run<'a> {
    /// Which events.
    #[must_use]
    pub fn events(&self) -> Range<u32> {
        let first = self.chunk.events.start;
        first + self.rows.start as u32..first + self.rows.end as u32
    }

    /// How many: never none.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a run is never empty")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Some of its rows.
    ///
    /// # Panics
    /// Where they are not all rows of the run.
    #[must_use]
    pub fn part(&self, rows: Range<usize>) -> Self {
        assert!(rows.start <= rows.end && rows.end <= self.rows.len());
        let start = self.rows.start;
        Self {
            chunk: self.chunk,
            rows: start + rows.start..start + rows.end,
        }
    }

    /// The stream of each, by `StreamIx`.
    #[must_use]
    pub fn streams(&self) -> &'a [u32] {
        &self.chunk.stream[self.rows.clone()]
    }

    /// The type of each, by `TypeIx`.
    #[must_use]
    pub fn types(&self) -> &'a [u32] {
        &self.chunk.event_type[self.rows.clone()]
    }

    /// The version of each in its stream.
    pub fn versions(&self) -> impl Iterator<Item = Version> + use<'a> {
        let versions: &'a Ints = &self.chunk.version;
        self.rows.clone().map(|row| Version(versions.get(row)))
    }

    /// The correlation id of the row.
    ///
    /// # Panics
    /// Here and below: where the row is not one of the run.
    #[must_use]
    #[inline]
    pub fn correlation(&self, row: usize) -> Option<IdRef<'a>> {
        self.chunk.ids.correlations().get(self.rows.start + row)
    }

    /// The id of what caused the row, as written.
    #[must_use]
    #[inline]
    pub fn causation(&self, row: usize) -> Option<IdRef<'a>> {
        self.chunk.ids.causes().get(self.rows.start + row)
    }

    /// The times of each, as [`Log::time`] has them.
    #[must_use]
    pub fn times(&self, clock: Clock) -> Option<Times<'a>> {
        self.chunk.times(clock).map(|column| Times {
            column,
            rows: self.rows.clone(),
        })
    }
}

/// Times of a run.
#[derive(Clone, Debug)]
pub struct Times<'a> {
    column: &'a TimeColumn,
    rows: Range<usize>,
}

impl Times<'_> {
    /// The time of the row; `None` for what has always been there.
    ///
    /// # Panics
    /// Where the row is not one of the run.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<Timestamp> {
        Some(self.column.get(self.rows.start + row)).filter(|&time| time != chunk::ALWAYS)
    }

    /// The time of the row if it has one of its own, as [`Log::own_time`] has it.
    ///
    /// # Panics
    /// Where the row is not one of the run.
    #[must_use]
    #[inline]
    pub fn own(&self, row: usize) -> Option<Timestamp> {
        let row = self.rows.start + row;
        (!self.column.is_untimed(row)).then(|| self.column.get(row))
    }

    /// Whether some are events' own.
    #[must_use]
    pub fn any_own(&self) -> bool {
        self.untimed() < self.rows.len()
    }

    /// How many have no time of their own.
    #[must_use]
    pub fn untimed(&self) -> usize {
        self.column.untimed_within(&self.rows)
    }

    /// Whether some go finer than microseconds.
    #[must_use]
    pub fn has_nanos(&self) -> bool {
        self.column.has_nanos(&self.rows)
    }

    /// Whether none is earlier than the one before it. A few runs may say no though theirs are not,
    /// where others of their chunk are.
    #[must_use]
    pub fn ascending(&self) -> bool {
        self.column.ascending()
    }

    /// All of them in order; what has always been there has the earliest time there is.
    pub fn iter(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.rows.clone().map(|row| self.column.get(row))
    }

    /// The earliest and the latest of the whole chunk that the run is part of.
    #[must_use]
    pub const fn around(&self) -> (Timestamp, Timestamp) {
        (self.column.least, self.column.most)
    }
}

impl Log {
    /// The events of a range as runs of columns, in log order.
    pub fn runs(&self, events: Range<EventIx>) -> impl Iterator<Item = Run<'_>> {
        let from = events.start.0.min(self.len);
        let to = events.end.0.clamp(from, self.len);
        let chunks = Chunks(&self.chunks).within(&(from..to));
        chunks.map(|(chunk, rows)| Run { chunk, rows })
    }

    /// A stream's events as ascending runs, linked ones among them, without copying.
    pub fn stream_runs(&self, stream: StreamIx) -> impl Iterator<Item = &[u32]> {
        self.segments
            .iter()
            .map(move |segment| segment.streams.get(stream.0))
    }

    /// The standings of events in streams other than their own, in log order.
    pub fn links(&self) -> impl Iterator<Item = (EventIx, StreamIx, Option<Version>)> + '_ {
        self.segments
            .iter()
            .flat_map(|segment| &segment.links)
            .map(|link: &LinkedVersion| {
                let version = (link.version != NONE).then_some(Version(link.version));
                (EventIx(link.event), StreamIx(link.stream), version)
            })
    }
}
