//! What finds events by stream, id, correlation and cause: segments over runs of the log, merged as
//! they grow, so that a log that is still being written costs little to keep findable.

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::chunk::Chunk;
use super::ids::IdRef;
use super::names::{Interner, Names};
use super::postings::Postings;
use super::raw::NONE;

/// An event caused by nothing we know of.
const NO_CAUSE: u32 = u32::MAX;
/// Set in a cause that is not an event of the log but a name among the foreign ones.
const FOREIGN: u32 = 1 << 31;

/// The index over one run of events.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub events: Range<u32>,
    pub streams: Postings,
    pub links: Vec<LinkedVersion>,
    pub ids: Option<Ids>,
}

/// The version that an event has in a stream other than its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkedVersion {
    pub event: u32,
    pub stream: u32,
    pub version: i64,
}

impl LinkedVersion {
    pub fn known_version(&self) -> Option<i64> {
        (self.version != NONE).then_some(self.version)
    }
}

/// Lookups by id.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    by_id: HashTable<u32>,
    hasher: FixedState,
    by_correlation: Postings,
    /// Per event: the event that caused it, a foreign name, or neither.
    cause: Vec<u32>,
    effects: Postings,
    /// Events whose id an earlier event has already.
    pub repeated: Vec<u32>,
}

/// The chunks as the index sees them.
#[derive(Clone, Copy)]
pub(super) struct Chunks<'a>(pub &'a [Arc<Chunk>]);

impl<'a> Chunks<'a> {
    pub fn row(self, event: u32) -> Option<(&'a Chunk, usize)> {
        let at = self.0.partition_point(|chunk| chunk.events.end <= event);
        let chunk = self.0.get(at)?;
        Some((chunk, (event - chunk.events.start) as usize))
    }

    fn id(self, event: u32) -> Option<IdRef<'a>> {
        let (chunk, row) = self.row(event)?;
        chunk.event_id.get(row)
    }

    pub fn within(self, events: &Range<u32>) -> impl Iterator<Item = &'a Chunk> + use<'a> {
        let first = self
            .0
            .partition_point(|chunk| chunk.events.end <= events.start);
        let last = self
            .0
            .partition_point(|chunk| chunk.events.start < events.end);
        self.0[first..last].iter().map(|chunk| &**chunk)
    }

    fn streams(self, events: &Range<u32>) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        self.within(events)
            .flat_map(|chunk| chunk.stream.iter().copied().zip(chunk.events.clone()))
    }

    fn correlations(self, events: &Range<u32>) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        self.within(events).flat_map(|chunk| {
            let named =
                (0..chunk.stream.len()).filter_map(move |row| Some((chunk.correlation(row)?, row)));
            named.map(move |(name, row)| (name, chunk.events.start + row as u32))
        })
    }
}

impl Segment {
    /// Postings of `events` (whole chunks), with `links` among them in the order of their events.
    pub fn build(
        chunks: Chunks<'_>,
        events: Range<u32>,
        links: Vec<LinkedVersion>,
        streams: &Names,
    ) -> Self {
        let postings = if links.is_empty() {
            Postings::build(streams.len(), || chunks.streams(&events))
        } else {
            let mut pairs: Vec<(u32, u32)> = chunks.streams(&events).collect();
            pairs.extend(links.iter().map(|link| (link.stream, link.event)));
            // An event that is linked into its own stream stands there once.
            pairs.sort_unstable_by_key(|&(stream, event)| (event, stream));
            pairs.dedup();
            Postings::build(streams.len(), || pairs.iter().copied())
        };
        Self {
            events,
            streams: postings,
            links,
            ids: None,
        }
    }

    /// Adds the lookups by id. `earlier` are the segments before this one.
    pub fn index_ids(
        &mut self,
        chunks: Chunks<'_>,
        earlier: &[Arc<Self>],
        correlations: usize,
        foreign: &mut Interner,
    ) {
        let hasher = FixedState::default();
        let mut ids = Ids {
            by_id: HashTable::with_capacity(self.events.len()),
            hasher: hasher.clone(),
            by_correlation: Postings::build(correlations, || chunks.correlations(&self.events)),
            cause: Vec::new(),
            effects: Postings::default(),
            repeated: Vec::new(),
        };
        for chunk in chunks.within(&self.events) {
            for (row, event) in chunk.events.clone().enumerate() {
                let Some(id) = chunk.event_id.get(row) else {
                    continue;
                };
                let known = earlier
                    .iter()
                    .any(|segment| segment.find(chunks, id).is_some());
                let hash = hasher.hash_one(id);
                if known
                    || ids
                        .by_id
                        .find(hash, |&other| chunks.id(other) == Some(id))
                        .is_some()
                {
                    ids.repeated.push(event);
                    continue;
                }
                let rehash = |&other: &u32| chunks.id(other).map_or(0, |id| hasher.hash_one(id));
                ids.by_id.insert_unique(hash, event, rehash);
            }
        }
        self.ids = Some(ids);
        let cause = self.causes(chunks, earlier, foreign);
        if let Some(ids) = &mut self.ids {
            let first = self.events.start;
            let known = || {
                let effects = cause
                    .iter()
                    .zip(first..)
                    .filter(|(cause, _)| **cause < FOREIGN);
                effects.map(|(cause, effect)| (*cause, effect))
            };
            ids.effects = Postings::build(self.events.end as usize, known);
            ids.cause = cause;
        }
    }

    fn causes(
        &self,
        chunks: Chunks<'_>,
        earlier: &[Arc<Self>],
        foreign: &mut Interner,
    ) -> Vec<u32> {
        let mut causes = Vec::with_capacity(self.events.len());
        for chunk in chunks.within(&self.events) {
            for row in 0..chunk.events.len() {
                let id = chunk.causation.as_ref().and_then(|column| column.get(row));
                causes.push(match id {
                    None => NO_CAUSE,
                    Some(id) => self
                        .find(chunks, id)
                        .or_else(|| earlier.iter().find_map(|segment| segment.find(chunks, id)))
                        .unwrap_or_else(|| FOREIGN | foreign.intern(&id.to_string())),
                });
            }
        }
        causes
    }

    /// The first event of this segment that has `id`.
    pub fn find(&self, chunks: Chunks<'_>, id: IdRef<'_>) -> Option<u32> {
        let ids = self.ids.as_ref()?;
        ids.by_id
            .find(ids.hasher.hash_one(id), |&event| {
                chunks.id(event) == Some(id)
            })
            .copied()
    }

    pub fn correlated(&self, correlation: u32) -> &[u32] {
        self.ids
            .as_ref()
            .map_or(&[], |ids| ids.by_correlation.get(correlation))
    }

    pub fn effects(&self, event: u32) -> &[u32] {
        self.ids.as_ref().map_or(&[], |ids| ids.effects.get(event))
    }

    pub fn cause(&self, event: u32) -> Cause {
        let Some(ids) = &self.ids else {
            return Cause::None;
        };
        match ids.cause[(event - self.events.start) as usize] {
            NO_CAUSE => Cause::None,
            cause if cause & FOREIGN != 0 => Cause::Foreign(cause & !FOREIGN),
            cause => Cause::Event(cause),
        }
    }

    /// Bytes for streams, and for ids.
    pub fn memory(&self) -> (usize, usize) {
        let ids = self.ids.as_ref().map_or(0, |ids| {
            let table = ids.by_id.allocation_size() + ids.cause.capacity() * 4;
            table + ids.by_correlation.memory() + ids.effects.memory()
        });
        (self.streams.memory(), ids)
    }
}

/// What is known of an event's cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    None,
    Event(u32),
    /// Not an event of this log (a command, another store): a name among the foreign ones.
    Foreign(u32),
}
