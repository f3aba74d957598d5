//! The in-memory index of a store: event columns, dictionaries, postings, and the traits by which
//! analyses read payloads and side tables. Knows no file format and no thread.
//!
//! [`LogBuilder`] takes [`RawChunk`]s from a reader and hands out [`Log`]s: immutable snapshots that
//! share all they can. A [`Cut`] is a log as of a moment.

mod builder;
mod chunk;
mod copy;
mod cut;
mod event;
mod gather;
mod ids;
mod index;
mod ints;
mod names;
mod payload;
mod postings;
mod raw;
mod runs;
mod sources;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chunk::Chunk;
use index::Segment;

pub use builder::{Arrangement, LogBuilder, Order};
pub use cut::{AsOf, Bound, Clock, Cut};
pub use event::CauseRef;
pub use ids::{IdColumn, IdRef};
pub use ints::Ints;
pub use names::{Interner, Names};
pub use payload::{Body, Payload, PayloadReader, Unreadable};
pub use raw::{Place, Problem, RawChunk, Row, StreamEnd};
pub use runs::{Run, Times};
pub use sources::{PositionName, Source, Standing};

use crate::model::{CategoryIx, EventIx, StreamIx, Timestamp, TypeIx};

/// A snapshot of the index of a store. Cloning is cheap, and a clone never changes.
#[derive(Clone, Debug, Default)]
pub struct Log {
    chunks: Vec<Arc<Chunk>>,
    len: u32,
    streams: Names,
    types: Names,
    categories: Names,
    schema_versions: Names,
    correlations: Names,
    /// Causes that are no events of this log.
    foreign: Names,
    segments: Vec<Arc<Segment>>,
    problems: Arc<Vec<Problem>>,
    problem_count: u64,
    sources: Arc<[Source]>,
    generation: u64,
    complete: bool,
    preferred_clock: Option<Clock>,
    /// Per clock and chunk: the latest time up to its end, and the earliest from its start on.
    bounds: [Arc<Vec<(Timestamp, Timestamp)>>; 2],
}

/// Bytes an index takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Positions, streams, versions, types, times and postings.
    pub core: usize,
    /// Ids, correlations, causes and places.
    pub ids: usize,
    /// The dictionaries.
    pub names: usize,
}

impl Log {
    /// How many events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All events in log order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = EventIx> + ExactSizeIterator + use<> {
        (0..self.len).map(EventIx)
    }

    /// Changes whenever events got new places; an [`EventIx`] of another generation means nothing.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether the whole store was indexed, in its final order, ids included.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What could not be read: the first thousand, with their places.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many records could not be read, or not wholly.
    #[must_use]
    pub fn problem_count(&self) -> u64 {
        self.problem_count
    }

    /// Stream names by [`StreamIx`].
    #[must_use]
    pub fn streams(&self) -> &Names {
        &self.streams
    }

    /// Event type names by [`TypeIx`].
    #[must_use]
    pub fn types(&self) -> &Names {
        &self.types
    }

    /// Category names by [`CategoryIx`].
    #[must_use]
    pub fn categories(&self) -> &Names {
        &self.categories
    }

    /// A stream's name.
    #[must_use]
    pub fn stream_name(&self, stream: StreamIx) -> &str {
        self.streams.get(stream.0)
    }

    /// An event type's name.
    #[must_use]
    pub fn type_name(&self, event_type: TypeIx) -> &str {
        self.types.get(event_type.0)
    }

    /// A stream's category.
    #[must_use]
    pub fn category(&self, stream: StreamIx) -> CategoryIx {
        CategoryIx(self.streams.tag(stream.0))
    }

    /// A category's name.
    #[must_use]
    pub fn category_name(&self, category: CategoryIx) -> &str {
        self.categories.get(category.0)
    }

    /// A stream's events in log order, linked ones among them.
    #[must_use]
    pub fn stream_events(&self, stream: StreamIx) -> Vec<EventIx> {
        let mut events = Vec::new();
        for segment in &self.segments {
            events.extend(segment.streams.get(stream.0).iter().copied().map(EventIx));
        }
        events
    }

    /// A stream's first event, its last, and how many it has.
    #[must_use]
    pub fn stream_extent(&self, stream: StreamIx) -> Option<(EventIx, EventIx, usize)> {
        let mut runs = self
            .segments
            .iter()
            .map(|segment| segment.streams.get(stream.0));
        let first = runs.clone().find_map(|run| run.first())?;
        let last = runs.clone().rev().find_map(|run| run.last())?;
        Some((
            EventIx(*first),
            EventIx(*last),
            runs.by_ref().map(<[u32]>::len).sum(),
        ))
    }

    /// The log as of `bound` by `clock`.
    #[must_use]
    pub fn cut(&self, clock: Clock, bound: Bound) -> Cut {
        Cut::new(self, clock, bound)
    }

    /// Everything: the log as of its head.
    #[must_use]
    pub fn at_head(&self) -> Cut {
        self.cut(self.default_clock(), Bound::Head)
    }

    /// Bytes held.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (ids, core) in self.chunks.iter().map(|chunk| chunk.memory()) {
            memory.ids += ids;
            memory.core += core;
        }
        for (streams, ids) in self.segments.iter().map(|segment| segment.memory()) {
            memory.core += streams;
            memory.ids += ids;
        }
        let names = [
            &self.streams,
            &self.types,
            &self.categories,
            &self.correlations,
            &self.foreign,
        ];
        memory.names = names.into_iter().map(Names::memory).sum();
        for own in self.sources.iter().map(|source| source.log.memory()) {
            memory.core += own.core;
            memory.ids += own.ids;
            memory.names += own.names;
        }
        memory
    }

    fn note_bounds(&mut self) {
        for clock in [Clock::Recorded, Clock::Occurred] {
            let mut bounds: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(self.chunks.len());
            for column in self.chunks.iter().filter_map(|chunk| chunk.times(clock)) {
                let before = bounds.last().map_or(column.most, |bound| bound.0);
                bounds.push((before.max(column.most), column.least));
            }
            for i in (1..bounds.len()).rev() {
                bounds[i - 1].1 = bounds[i - 1].1.min(bounds[i].1);
            }
            self.bounds[clock as usize] = Arc::new(bounds);
        }
    }

    /// `(inside, outside)`: all events below the first are at or before `time`, none from the
    /// second on is. Looks at the rows of two chunks at most.
    fn around(&self, clock: Clock, time: Timestamp) -> (u32, u32) {
        let bounds = &self.bounds[clock as usize];
        if bounds.len() != self.chunks.len() {
            return (self.len, self.len);
        }
        let later = |event: u32| {
            self.time(EventIx(event), clock)
                .is_some_and(|own| own > time)
        };
        let first = bounds.partition_point(|bound| bound.0 <= time);
        let sorted = |chunk: &Chunk| {
            let column = chunk.times(clock).filter(|column| column.ascending)?;
            let rows = 0..(chunk.events.end - chunk.events.start) as usize;
            Some(chunk.events.start + column.first_after(rows, time) as u32)
        };
        let inside = self.chunks.get(first).map_or(self.len, |chunk| {
            if let Some(end) = sorted(chunk) {
                return end;
            }
            chunk
                .events
                .clone()
                .find(|&event| later(event))
                .unwrap_or(chunk.events.end)
        });
        let last = bounds.partition_point(|bound| bound.1 <= time);
        let outside = last.checked_sub(1).map_or(0, |last| {
            if let Some(end) = sorted(&self.chunks[last]) {
                return end;
            }
            let rows = self.chunks[last].events.clone();
            rows.rev()
                .find(|&event| !later(event))
                .map_or(self.chunks[last].events.start, |event| event + 1)
        });
        (inside, outside.max(inside))
    }
}
