//! The in-memory index of a store: event columns, dictionaries, postings, and the traits by which
//! analyses read payloads and side tables. Knows no file format and no thread.
//!
//! [`LogBuilder`] takes [`RawChunk`]s from a reader and hands out [`Log`]s: immutable snapshots that
//! share all they can. A [`Cut`] is a log as of a moment.

mod builder;
mod chunk;
mod cut;
mod ids;
mod index;
mod ints;
mod names;
mod payload;
mod postings;
mod raw;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chunk::Chunk;
use index::{Chunks, Segment};

pub use builder::{Arrangement, LogBuilder, Order};
pub use cut::{AsOf, Bound, Clock, Cut};
pub use ids::{IdColumn, IdRef};
pub use ints::Ints;
pub use names::{Interner, Names};
pub use payload::{Body, Payload, PayloadReader, Unreadable};
pub use raw::{Place, Problem, RawChunk, Row, StreamEnd};

use crate::model::{CategoryIx, EventIx, Position, StreamIx, Timestamp, TypeIx, Version};

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

    #[inline]
    fn row(&self, event: EventIx) -> (&Chunk, usize) {
        match Chunks(&self.chunks).row(event.0) {
            Some(found) => found,
            None => panic!("event {} is not one of this log's {}", event.0, self.len),
        }
    }

    /// The event's global position.
    ///
    /// # Panics
    /// Here and below: where the event is not one of this log (of this generation).
    #[must_use]
    pub fn position(&self, event: EventIx) -> Position {
        let (chunk, row) = self.row(event);
        Position(
            chunk
                .position
                .as_ref()
                .map_or(i64::from(event.0) + 1, |column| column.get(row)),
        )
    }

    /// The last event at or before `position` in log order.
    #[must_use]
    pub fn at_position(&self, position: Position) -> Option<EventIx> {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.position(EventIx(middle)) <= position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).map(EventIx)
    }

    /// Whether positions are the store's own rather than ranks.
    #[must_use]
    pub fn has_own_positions(&self) -> bool {
        self.chunks
            .first()
            .is_some_and(|chunk| chunk.position.is_some())
    }

    /// The event's own stream.
    #[must_use]
    pub fn stream(&self, event: EventIx) -> StreamIx {
        let (chunk, row) = self.row(event);
        StreamIx(chunk.stream[row])
    }

    /// The event's version in its own stream.
    #[must_use]
    pub fn version(&self, event: EventIx) -> Version {
        let (chunk, row) = self.row(event);
        Version(chunk.version.get(row))
    }

    /// The event's version in `stream`, which may be one it is linked into.
    #[must_use]
    pub fn version_in(&self, event: EventIx, stream: StreamIx) -> Option<Version> {
        if self.stream(event) == stream {
            return Some(self.version(event));
        }
        let segment = self
            .segments
            .iter()
            .find(|segment| segment.events.contains(&event.0))?;
        let from = segment.links.partition_point(|link| link.event < event.0);
        let own = segment.links[from..]
            .iter()
            .take_while(|link| link.event == event.0);
        let mut own = own.filter(|link| link.stream == stream.0 && link.version != raw::NONE);
        own.next().map(|link| Version(link.version))
    }

    /// The event's type.
    #[must_use]
    pub fn event_type(&self, event: EventIx) -> TypeIx {
        let (chunk, row) = self.row(event);
        TypeIx(chunk.kind[row])
    }

    /// The event's time by `clock`; that of the event before it where it has none of its own.
    /// `None` in a store without such times, and for what has always been there.
    #[must_use]
    pub fn time(&self, event: EventIx, clock: Clock) -> Option<Timestamp> {
        let (chunk, row) = self.row(event);
        Some(chunk.times(clock)?.get(row)).filter(|&time| time != chunk::ALWAYS)
    }

    /// The event's time by `clock` if it has one of its own.
    #[must_use]
    pub fn own_time(&self, event: EventIx, clock: Clock) -> Option<Timestamp> {
        let (chunk, row) = self.row(event);
        let column = chunk.times(clock)?;
        (!column.is_untimed(row)).then(|| column.get(row))
    }

    /// Whether events have times by `clock`.
    #[must_use]
    pub fn has_clock(&self, clock: Clock) -> bool {
        self.chunks
            .last()
            .is_some_and(|chunk| chunk.times(clock).is_some())
    }

    /// The clock to go by where nobody chose one: the layout's, else recorded time if the store has it.
    #[must_use]
    pub fn default_clock(&self) -> Clock {
        if let Some(clock) = self.preferred_clock.filter(|&clock| self.has_clock(clock)) {
            return clock;
        }
        if !self.has_clock(Clock::Recorded) && self.has_clock(Clock::Occurred) {
            Clock::Occurred
        } else {
            Clock::Recorded
        }
    }

    /// How many events have no time of their own in a store with times.
    #[must_use]
    pub fn untimed(&self, clock: Clock) -> usize {
        self.chunks
            .iter()
            .filter_map(|chunk| chunk.times(clock))
            .map(chunk::TimeColumn::untimed)
            .sum()
    }

    /// Whether some times go finer than microseconds.
    #[must_use]
    pub fn has_nanos(&self, clock: Clock) -> bool {
        self.chunks
            .iter()
            .filter_map(|chunk| chunk.times(clock))
            .any(chunk::TimeColumn::has_nanos)
    }

    /// The earliest and the latest time by `clock`.
    #[must_use]
    pub fn time_span(&self, clock: Clock) -> Option<(Timestamp, Timestamp)> {
        let columns = || {
            self.chunks
                .iter()
                .filter_map(move |chunk| chunk.times(clock))
        };
        let most = columns()
            .map(|column| column.most)
            .max()
            .filter(|&time| time != chunk::ALWAYS)?;
        let mut least = columns().map(|column| column.least).min()?;
        if least == chunk::ALWAYS {
            least = self
                .events()
                .find_map(|event| self.own_time(event, clock))?
                .min(most);
        }
        Some((least, most))
    }

    /// The latest time by `clock`: the head's.
    #[must_use]
    pub fn head_time(&self, clock: Clock) -> Option<Timestamp> {
        self.bounds[clock as usize]
            .last()
            .map(|bound| bound.0)
            .filter(|&time| time != chunk::ALWAYS)
    }

    /// The schema version as the store writes it.
    #[must_use]
    pub fn schema_version(&self, event: EventIx) -> Option<&str> {
        let (chunk, row) = self.row(event);
        let name = u32::try_from(chunk.schema_version.get(row)).ok()?;
        Some(self.schema_versions.get(name))
    }

    /// The event's id.
    #[must_use]
    pub fn event_id(&self, event: EventIx) -> Option<IdRef<'_>> {
        let (chunk, row) = self.row(event);
        chunk.event_id.get(row)
    }

    /// The first event that has `id`; looks in vain until the log is complete.
    #[must_use]
    pub fn find_event(&self, id: IdRef<'_>) -> Option<EventIx> {
        let chunks = Chunks(&self.chunks);
        self.segments
            .iter()
            .find_map(|segment| segment.find(chunks, id))
            .map(EventIx)
    }

    /// Events whose id an earlier event has already.
    pub fn repeated_ids(&self) -> impl Iterator<Item = EventIx> + '_ {
        let ids = self
            .segments
            .iter()
            .filter_map(|segment| segment.ids.as_ref());
        ids.flat_map(|ids| ids.repeated.iter().copied().map(EventIx))
    }

    /// The event's correlation id.
    #[must_use]
    pub fn correlation(&self, event: EventIx) -> Option<&str> {
        let (chunk, row) = self.row(event);
        chunk
            .correlation(row)
            .map(|name| self.correlations.get(name))
    }

    /// The events that share the correlation id of `event`, itself among them, in log order.
    #[must_use]
    pub fn correlated(&self, event: EventIx) -> Vec<EventIx> {
        let (chunk, row) = self.row(event);
        let Some(name) = chunk.correlation(row) else {
            return Vec::new();
        };
        self.segments
            .iter()
            .flat_map(|segment| segment.correlated(name))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// The events with the correlation id `id`. Looks through all ids: not for the window's thread.
    #[must_use]
    pub fn correlated_by(&self, id: &str) -> Vec<EventIx> {
        let Some(name) = self.correlations.find(id) else {
            return Vec::new();
        };
        self.segments
            .iter()
            .flat_map(|segment| segment.correlated(name))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// What caused the event. `None` until the log is complete, and where nothing is said.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'_>> {
        let segment = self
            .segments
            .iter()
            .find(|segment| segment.events.contains(&event.0))?;
        match segment.cause(event.0) {
            index::Cause::None => None,
            index::Cause::Event(cause) => Some(CauseRef::Event(EventIx(cause))),
            index::Cause::Foreign(name) => {
                let id = self.foreign.get(name);
                // What was unknown when it was indexed may have come since.
                Some(
                    self.find_event(IdRef::new(id))
                        .map_or(CauseRef::Elsewhere(id), CauseRef::Event),
                )
            }
        }
    }

    /// The events that `event` caused, in log order.
    #[must_use]
    pub fn effects(&self, event: EventIx) -> Vec<EventIx> {
        self.segments
            .iter()
            .flat_map(|segment| segment.effects(event.0))
            .copied()
            .map(EventIx)
            .collect()
    }

    /// Where the event stands in its store; for the store's reader only.
    #[must_use]
    pub fn place(&self, event: EventIx) -> Place {
        let (chunk, row) = self.row(event);
        chunk.place(row)
    }

    /// How the event ends its stream, if it does.
    #[must_use]
    pub fn stream_end(&self, event: EventIx) -> Option<StreamEnd> {
        let (chunk, row) = self.row(event);
        chunk
            .ends
            .iter()
            .find(|(at, _)| *at as usize == row)
            .map(|&(_, end)| end)
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
        let inside = self.chunks.get(first).map_or(self.len, |chunk| {
            chunk
                .events
                .clone()
                .find(|&event| later(event))
                .unwrap_or(chunk.events.end)
        });
        let last = bounds.partition_point(|bound| bound.1 <= time);
        let outside = last.checked_sub(1).map_or(0, |last| {
            let rows = self.chunks[last].events.clone();
            rows.rev()
                .find(|&event| !later(event))
                .map_or(self.chunks[last].events.start, |event| event + 1)
        });
        (inside, outside.max(inside))
    }
}

/// What caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseRef<'a> {
    /// An event of this log.
    Event(EventIx),
    /// Something that is no event of this log (a command, another store), by its id.
    Elsewhere(&'a str),
}
