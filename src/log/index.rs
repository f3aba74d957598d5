//! What finds events by stream, id, correlation and cause: segments over runs of the log, merged as
//! they grow, so that a log that is still being written costs little to keep findable.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashSet;

use super::chunk::Chunk;
use super::hashed::{Hashed, Sorted, hash, parts};
use super::ids::{IdRef, Named};
use super::names::Names;
use super::postings::Postings;
use super::raw::NONE;

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
    /// The first event with each id.
    by_id: Hashed,
    /// The first event of each chunk with each correlation id; the others are known to the chunk.
    by_correlation: Hashed,
    /// Likewise by the id of what caused them, where that is not the first event with that id and in
    /// the same chunk: it may be no event at all, or come later.
    by_cause: Hashed,
    /// Events whose id an earlier event has already, ascending.
    pub repeated: Vec<u32>,
}

/// Takes out, in log order, the events whose id stands before them in this segment or in one of
/// `earlier`.
fn take_repeated(by_id: &mut Sorted, chunks: Chunks<'_>, earlier: &[Arc<Segment>]) -> Vec<u32> {
    let known = |id| {
        let mut earlier = earlier.iter();
        earlier.any(|segment| segment.find(chunks, id).is_some())
    };
    let mut repeated = Vec::new();
    let mut firsts = Vec::new();
    for (_, equal) in by_id.runs() {
        if equal.len() == 1 && earlier.is_empty() {
            continue;
        }
        // Equal hashes are nearly always equal ids, of which the first is told by its place.
        firsts.clear();
        for (_, event) in equal.iter().map(|entry| parts(*entry)) {
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
        by_id.retain(|event| !gone.contains(&event));
    }
    repeated.sort_unstable();
    repeated
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
        chunk.ids.own(row)
    }

    /// Those of `firsts` that name `id`, and the events of their chunks that are known to do.
    fn like(
        self,
        firsts: impl Iterator<Item = u32>,
        id: IdRef<'_>,
        named: impl Fn(&'a Chunk) -> Named<'a>,
    ) -> impl Iterator<Item = u32> {
        let found = firsts.filter_map(move |first| {
            let (chunk, row) = self.row(first)?;
            let named = named(chunk);
            let rows = (named.get(row) == Some(id)).then(|| named.like(row))?;
            Some(rows.map(|row| chunk.events.start + row as u32))
        });
        found.flatten()
    }

    /// The chunks that `events` are in, with the rows that they are.
    pub fn within(
        self,
        events: &Range<u32>,
    ) -> impl Iterator<Item = (&'a Chunk, Range<usize>)> + use<'a> {
        let Range { start, end } = *events;
        let first = self.0.partition_point(|chunk| chunk.events.end <= start);
        let last = self.0.partition_point(|chunk| chunk.events.start < end);
        self.0[first..last].iter().map(move |chunk| {
            let from = start.max(chunk.events.start) - chunk.events.start;
            let to = end.min(chunk.events.end) - chunk.events.start;
            (&**chunk, from as usize..to as usize)
        })
    }

    /// As [`Chunks::within`], row by row, with the event that each is.
    fn rows(self, events: &Range<u32>) -> impl Iterator<Item = (&'a Chunk, usize, u32)> + use<'a> {
        self.within(events).flat_map(|(chunk, rows)| {
            rows.map(move |row| (chunk, row, chunk.events.start + row as u32))
        })
    }

    fn streams(self, events: &Range<u32>) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        self.rows(events)
            .map(|(chunk, row, event)| (chunk.stream[row], event))
    }
}

impl Segment {
    /// Postings of `events`, with `links` among them in the order of their events.
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
    pub fn index_ids(&mut self, chunks: Chunks<'_>, earlier: &[Arc<Self>]) {
        let own =
            |(chunk, row, event): (&Chunk, usize, u32)| Some((hash(chunk.ids.own(row)?), event));
        let mut by_id = Sorted::new(chunks.rows(&self.events).filter_map(own));
        let repeated = take_repeated(&mut by_id, chunks, earlier);
        let repeats = |event| {
            let mut earlier = earlier.iter();
            repeated.binary_search(&event).is_ok() || earlier.any(|segment| segment.repeats(event))
        };
        let by_cause = self.firsts(
            chunks,
            |chunk| chunk.ids.causes(),
            |chunk, row| {
                let cause = chunk.ids.causes().own_row(row);
                cause.is_none_or(|row| repeats(chunk.events.start + row as u32))
            },
        );
        self.ids = Some(Ids {
            by_id: Hashed::new(&by_id, &self.events),
            by_correlation: self.firsts(chunks, |chunk| chunk.ids.correlations(), |_, _| true),
            by_cause,
            repeated,
        });
    }

    /// By the hashes of the ids that they name, the first events of each chunk that name one, as far as
    /// they are `wanted`.
    fn firsts<'a>(
        &self,
        chunks: Chunks<'a>,
        named: impl Fn(&'a Chunk) -> Named<'a>,
        wanted: impl Fn(&'a Chunk, usize) -> bool,
    ) -> Hashed {
        let mut all = Vec::new();
        for (chunk, rows) in chunks.within(&self.events) {
            let named = named(chunk);
            for row in named
                .firsts(rows)
                .into_iter()
                .filter(|row| wanted(chunk, *row))
            {
                let event = chunk.events.start + row as u32;
                all.extend(named.get(row).map(|id| (hash(id), event)));
            }
        }
        Hashed::new(&Sorted::new(all.into_iter()), &self.events)
    }

    /// The first event of this segment that has `id`.
    pub fn find(&self, chunks: Chunks<'_>, id: IdRef<'_>) -> Option<u32> {
        let mut same = self.ids.as_ref()?.by_id.with(hash(id));
        same.find(|event| chunks.id(*event) == Some(id))
    }

    /// Events that have the correlation id `id`: all of this segment, and perhaps others.
    pub fn correlated(&self, chunks: Chunks<'_>, id: IdRef<'_>) -> impl Iterator<Item = u32> {
        let firsts = self
            .ids
            .iter()
            .flat_map(move |ids| ids.by_correlation.with(hash(id)));
        chunks.like(firsts, id, |chunk| chunk.ids.correlations())
    }

    /// Events that name `id` as their cause: of this segment all but those of which the chunk of the
    /// first event that has it knows, and perhaps others.
    pub fn effects(&self, chunks: Chunks<'_>, id: IdRef<'_>) -> impl Iterator<Item = u32> {
        let firsts = self
            .ids
            .iter()
            .flat_map(move |ids| ids.by_cause.with(hash(id)));
        chunks.like(firsts, id, |chunk| chunk.ids.causes())
    }

    /// Whether an earlier event has the id of this one already.
    pub fn repeats(&self, event: u32) -> bool {
        let ids = self.ids.as_ref();
        ids.is_some_and(|ids| ids.repeated.binary_search(&event).is_ok())
    }

    /// Bytes for streams, and for ids.
    pub fn memory(&self) -> (usize, usize) {
        let ids = self.ids.as_ref().map_or(0, |ids| {
            let tables = [&ids.by_id, &ids.by_correlation, &ids.by_cause];
            let tables: usize = tables.into_iter().map(Hashed::memory).sum();
            tables + ids.repeated.capacity() * 4
        });
        (self.streams.memory(), ids)
    }
}
