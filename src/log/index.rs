//! What finds events by stream, id, correlation and cause: segments over runs of the log, merged as
//! they grow, so that a log that is still being written costs little to keep findable.

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashSet;

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
    by_id: ById,
    by_correlation: Postings,
    /// Per event: the event that caused it, a foreign name, or neither.
    cause: Vec<u32>,
    effects: Postings,
    /// Events whose id an earlier event has already.
    pub repeated: Vec<u32>,
}

/// Events by their ids: sorted by hash, which takes less time to make than a table does, and for
/// the causes of all events at once less time to search. In the high half of an entry stands the
/// hash, in the low half the event.
#[derive(Clone, Debug)]
struct ById(Vec<u64>);

fn hash(id: IdRef<'_>) -> u32 {
    FixedState::default().hash_one(id) as u32
}

fn key(hash: u32, event: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(event)
}

/// Sorts entries whose events ascend already, by their hashes: eleven bits at a time, which for
/// millions of them takes a third of the time of comparing.
fn sort(keys: &mut Vec<u64>) {
    const BITS: u32 = 11;
    const FEW: usize = 1 << 14;
    if keys.len() < FEW {
        keys.sort_unstable();
        return;
    }
    let mut other = vec![0; keys.len()];
    for shift in [32, 32 + BITS, 32 + 2 * BITS] {
        let digit = |key: u64| (key >> shift) as usize & ((1 << BITS) - 1);
        let mut starts = [0_usize; 1 << BITS];
        for &key in &*keys {
            starts[digit(key)] += 1;
        }
        let mut next = 0;
        for start in &mut starts {
            next += std::mem::replace(start, next);
        }
        for &key in &*keys {
            let at = &mut starts[digit(key)];
            other[*at] = key;
            *at += 1;
        }
        std::mem::swap(keys, &mut other);
    }
}

impl ById {
    fn find(&self, id: IdRef<'_>, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = hash(id);
        let from = self.0.partition_point(|known| *known < key(hash, 0));
        let equal = self.0[from..].iter();
        let equal = equal.take_while(|known| (**known >> 32) as u32 == hash);
        equal.map(|known| *known as u32).find(|event| is_it(*event))
    }

    /// Takes out, in log order, the events whose id stands before them in this segment or in one
    /// of `earlier`.
    fn take_repeated(&mut self, chunks: Chunks<'_>, earlier: &[Arc<Segment>]) -> Vec<u32> {
        let known = |id| {
            let mut earlier = earlier.iter();
            earlier.any(|segment| segment.find(chunks, id).is_some())
        };
        let mut repeated = Vec::new();
        let mut firsts = Vec::new();
        for equal in self.0.chunk_by(|a, b| a >> 32 == b >> 32) {
            if equal.len() == 1 && earlier.is_empty() {
                continue;
            }
            // Equal hashes are nearly always equal ids, of which the first is told by its place.
            firsts.clear();
            for event in equal.iter().map(|entry| *entry as u32) {
                let Some(id) = chunks.id(event) else { continue };
                if firsts.contains(&id) || known(id) {
                    repeated.push(event);
                } else {
                    firsts.push(id);
                }
            }
        }
        if !repeated.is_empty() {
            let gone: HashSet<u32> = repeated.iter().copied().collect();
            self.0.retain(|entry| !gone.contains(&(*entry as u32)));
        }
        repeated.sort_unstable();
        repeated
    }
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

    fn cause(self, event: u32) -> Option<IdRef<'a>> {
        let (chunk, row) = self.row(event)?;
        chunk.causation.as_ref()?.get(row)
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
        let mut by_id = ById(self.events(chunks, |chunk, row| chunk.event_id.get(row)));
        let repeated = by_id.take_repeated(chunks, earlier);
        self.ids = Some(Ids {
            by_id,
            by_correlation: Postings::build(correlations, || chunks.correlations(&self.events)),
            cause: Vec::new(),
            effects: Postings::default(),
            repeated,
        });
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
        let first = self.events.start;
        let mut causes = vec![NO_CAUSE; self.events.len()];
        let wanted = self.events(chunks, |chunk, row| chunk.causation.as_ref()?.get(row));
        let mut elsewhere = Vec::new();
        let mut by_id = self
            .ids
            .iter()
            .flat_map(|ids| ids.by_id.0.iter())
            .peekable();
        let mut equal: Vec<u32> = Vec::new();
        let mut last = None;
        for wanted in wanted {
            let (hash, event) = ((wanted >> 32) as u32, wanted as u32);
            if last != Some(hash) {
                last = Some(hash);
                equal.clear();
                while by_id
                    .next_if(|known| (**known >> 32) < u64::from(hash))
                    .is_some()
                {}
                while let Some(known) = by_id.next_if(|known| **known >> 32 == u64::from(hash)) {
                    equal.push(*known as u32);
                }
            }
            let Some(id) = chunks.cause(event) else {
                continue;
            };
            let found = equal.iter().find(|known| chunks.id(**known) == Some(id));
            let found = found.copied().or_else(|| {
                let mut earlier = earlier.iter();
                earlier.find_map(|segment| segment.find(chunks, id))
            });
            match found {
                Some(cause) => causes[(event - first) as usize] = cause,
                None => elsewhere.push(event),
            }
        }
        elsewhere.sort_unstable();
        for event in elsewhere {
            if let Some(id) = chunks.cause(event) {
                causes[(event - first) as usize] = FOREIGN | foreign.intern(&id.to_string());
            }
        }
        causes
    }

    /// The first event of this segment that has `id`.
    pub fn find(&self, chunks: Chunks<'_>, id: IdRef<'_>) -> Option<u32> {
        let ids = self.ids.as_ref()?;
        ids.by_id.find(id, |event| chunks.id(event) == Some(id))
    }

    /// Hash and event of all ids that `get` finds.
    fn events<'a>(
        &self,
        chunks: Chunks<'a>,
        get: impl Fn(&'a Chunk, usize) -> Option<IdRef<'a>>,
    ) -> Vec<u64> {
        let mut keys = Vec::with_capacity(self.events.len());
        for chunk in chunks.within(&self.events) {
            let rows = chunk.events.clone().enumerate();
            keys.extend(rows.filter_map(|(row, event)| Some(key(hash(get(chunk, row)?), event))));
        }
        sort(&mut keys);
        keys
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
            let table = ids.by_id.0.capacity() * 8 + ids.cause.capacity() * 4;
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

#[cfg(test)]
mod tests {
    use super::{key, sort};

    #[test]
    fn entries_are_sorted_as_by_comparing() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as u32
        };
        let mut keys: Vec<u64> = (0..40_000).map(|event| key(next() << 1, event)).collect();
        let mut expected = keys.clone();
        expected.sort_unstable();
        sort(&mut keys);
        assert_eq!(keys, expected);
    }
}
