//! The in-memory index of a store: event columns, dictionaries, postings, and the trait by which
//! analyses read payloads. Knows no file format and no thread.
//!
//! [`LogBuilder`] takes [`RawChunk`]s from a reader and hands out [`Log`]s: immutable snapshots that
//! share all they can. A [`Cut`] is a log as of a moment.

mod builder;
mod chunk;
mod copy;
mod cut;
mod event;
mod hashed;
mod ids;
mod index;
mod ints;
mod masked;
mod names;
mod payload;
mod postings;
mod problems;
mod raw;
mod rows;
mod runs;
mod sources;
mod tables;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use chunk::Chunk;
use hashbrown::HashSet;
use index::Segment;
use problems::Problems;

pub use builder::{Arrangement, LogBuilder, Order};
pub use cut::{AsOf, Bound, Clock, Cut};
pub use event::CauseRef;
pub use ids::{IdColumn, IdRef};
pub use ints::Ints;
pub use masked::{Mask, Masked, MaskedFields};
pub use names::{Interner, Names};
pub use payload::{Body, Payload, PayloadReader, Picked, Unreadable, Viewed, text_of};
pub use problems::KnownProblems;
pub use raw::{Ended, FurtherLink, Place, Problem, RawChunk, Row, StreamEnd};
pub use rows::{
    Checkpoint, CheckpointHistory, Command, DeadLetter, KnownCheckpoint, Mark, Marked, NoRows,
    OutboxMessage, Processed, Published, RowPlace, RowSource, RowsError, Saga, Says, Schema,
    SideKind, SideRow, Snapshot, checkpoints_at,
};
pub use runs::{Run, Times};
pub use sources::{EndsBefore, EndsBeforeTime, PositionError, Source, Standing};
pub use tables::{NoTables, Table, TableError, TableRow, TableSource};

use crate::model::{CategoryIx, EventIx, StreamIx, Timestamp, TypeIx};

/// The category of streams of which the store tells none.
pub const NO_CATEGORY: &str = "(none)";

/// A snapshot of the index of a store. Cloning is cheap, and a clone never changes.
#[derive(Clone, Debug, Default)]
pub struct Log {
    chunks: Vec<Arc<Chunk>>,
    len: u32,
    streams: Names,
    types: Names,
    categories: Names,
    schema_versions: Names,
    /// Streams whose versions may not ascend from event to event.
    uneven: Arc<HashSet<u32>>,
    segments: Vec<Arc<Segment>>,
    problems: Arc<Problems>,
    sources: Arc<[Source]>,
    generation: u64,
    complete: bool,
    preferred_clock: Option<Clock>,
    arranged: Arranged,
    /// Per clock and chunk: the latest time up to its end, and the earliest from its start on.
    bounds: [Arc<Vec<(Timestamp, Timestamp)>>; 2],
}

/// How events came into the order of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arranged {
    /// They stand as the file has them.
    #[default]
    AsRead,
    /// By their positions, which the file has in another order.
    ByPosition,
    /// By time, as stores of that kind are, and the file has another order.
    ByTime,
    /// By time, since versions run backwards in the file, which has no other order.
    ByTimeForVersions,
    /// By time, since the file, which has no other order, has the newest event first.
    ByTimeNewestFirst,
}

impl Arranged {
    /// What the order goes by, in words; none where nothing was moved.
    #[must_use]
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::AsRead => None,
            Self::ByPosition => Some("by their positions"),
            Self::ByTime => Some("by time"),
            Self::ByTimeForVersions => Some("by time, since versions run backwards in the file"),
            Self::ByTimeNewestFirst => Some("by time, since the file has the newest event first"),
        }
    }
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

    /// How the events came into their order; of several files what was done to any.
    #[must_use]
    pub fn arranged(&self) -> Arranged {
        let sources = self.sources.iter().map(|source| source.log.arranged());
        sources.fold(self.arranged, Arranged::max)
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

    /// A category's name; [`NO_CATEGORY`] for streams of which the store tells none.
    #[must_use]
    pub fn category_name(&self, category: CategoryIx) -> &str {
        self.categories.get(category.0)
    }

    /// The name of a stream's category, if the store tells one.
    #[must_use]
    pub fn told_category(&self, stream: StreamIx) -> Option<&str> {
        Some(self.category_name(self.category(stream))).filter(|name| *name != NO_CATEGORY)
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

    /// Whether each event of a stream has a greater version in it than the one before. May say no
    /// where events of other streams are linked into it.
    #[must_use]
    pub fn versions_ascend(&self, stream: StreamIx) -> bool {
        !self.uneven.contains(&stream.0)
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
            &self.schema_versions,
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
        for clock in Clock::ALL {
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

    /// Calls `each` with the events whose time is not later than `time`, range by range. Looks at
    /// the rows of those chunks only that have both earlier and later ones.
    fn not_later(&self, clock: Clock, time: Timestamp, each: &mut impl FnMut(Range<u32>)) {
        let bounds = &self.bounds[clock as usize];
        if bounds.len() != self.chunks.len() {
            return each(0..self.len);
        }
        let time = time.max(chunk::ALWAYS);
        let whole = bounds.partition_point(|bound| bound.0 <= time);
        let some = bounds.partition_point(|bound| bound.1 <= time);
        if let Some(last) = whole.checked_sub(1) {
            each(0..self.chunks[last].events.end);
        }
        for chunk in self.chunks.get(whole..some).unwrap_or_default() {
            let first = chunk.events.start;
            if let Some(column) = chunk.times(clock) {
                column.known(time, |rows| {
                    each(first + rows.start as u32..first + rows.end as u32);
                });
            }
        }
    }
}
