//! Grows a log chunk by chunk and hands out snapshots of it.

use std::ops::Range;
use std::sync::Arc;

use super::chunk::{ALWAYS, Chunk, TimeColumn};
use super::gather::gather;
use super::index::{Chunks, LinkedVersion, Segment};
use super::ints::Ints;
use super::names::Interner;
use super::raw::{NO_NAME, NONE, Problem, RawChunk, Times};
use super::{Clock, Log, Source};
use crate::model::{EventIx, Timestamp};

/// What decides the order of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The reader delivers the events in the store's own order.
    #[default]
    Given,
    /// The reader delivers them as the file has them; see `docs/semantics.md`, "Order and positions".
    Found,
    /// By time, then version, then place (a store that says nothing else).
    Time,
}

/// Whether the events are in their final order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// As they were read.
    AsRead,
    /// They were put in order after reading.
    Sorted,
}

/// Problems kept with their places; beyond these they are counted only.
const PROBLEMS_KEPT: usize = 1_000;

/// Collects chunks into a log. One builder belongs to one open store for as long as it is followed.
#[derive(Debug, Default)]
pub struct LogBuilder {
    log: Log,
    streams: Interner,
    types: Interner,
    categories: Interner,
    schema_versions: Interner,
    correlations: Interner,
    foreign: Interner,
    /// Per stream: the version of the event last read.
    last_version: Vec<i64>,
    order: Order,
    links: Vec<LinkedVersion>,
    versions_backwards: bool,
    last_position: Option<i64>,
    positions_ascend: bool,
    all_have_positions: bool,
    finished: bool,
    /// Events got new places since the last [`LogBuilder::finish`] because all were added again.
    again: bool,
}

impl LogBuilder {
    /// An empty log that will be ordered by `order`.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self {
            order,
            positions_ascend: true,
            all_have_positions: true,
            ..Self::default()
        }
    }

    /// Sets the clock to go by where nobody chose one.
    #[must_use]
    pub fn with_clock(mut self, clock: Option<Clock>) -> Self {
        self.log.preferred_clock = clock;
        self
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// Says of which files' logs this one is made, with the clock to go by where nobody chose one.
    /// What could not be read of them could not be read here.
    pub fn made_of(&mut self, sources: Arc<[Source]>, clock: Option<Clock>) {
        let problems = sources.iter().flat_map(|source| {
            let named = |problem: &Problem| Problem {
                place: format!("{}: {}", source.name, problem.place),
                message: problem.message.clone(),
            };
            source.log.problems().iter().map(named)
        });
        self.log.problems = Arc::new(problems.take(PROBLEMS_KEPT).collect());
        let counts = sources.iter().map(|source| source.log.problem_count());
        self.log.problem_count = counts.sum();
        self.log.preferred_clock = clock;
        self.log.sources = sources;
    }

    /// Forgets all events, which are about to be added again in another order. Names keep their
    /// numbers.
    pub fn begin_again(&mut self) {
        self.log.chunks.clear();
        self.log.segments.clear();
        self.log.len = 0;
        self.log.generation += 1;
        self.last_version.clear();
        self.links.clear();
        self.versions_backwards = false;
        self.last_position = None;
        self.positions_ascend = true;
        self.all_have_positions = true;
        self.finished = false;
        self.again = true;
    }

    /// Reports what could not be read.
    pub fn report(&mut self, problems: impl IntoIterator<Item = Problem>) {
        let all = Arc::make_mut(&mut self.log.problems);
        for problem in problems {
            self.log.problem_count += 1;
            if all.len() < PROBLEMS_KEPT {
                all.push(problem);
            }
        }
    }

    /// Adds events at the end.
    pub fn append(&mut self, mut raw: RawChunk) {
        self.report(std::mem::take(&mut raw.problems));
        if raw.is_empty() {
            return;
        }
        let first = self.log.len() as u32;
        let stream = self.renumber_streams(&raw);
        let kind = renumber(&raw.types, &mut self.types, &raw.kind);
        let versions = self.versions(&raw.version, &stream);
        self.note_positions(&raw.position);
        for link in &raw.links {
            let stream = stream.names[link.stream as usize];
            self.links.push(LinkedVersion {
                event: first + link.row,
                stream,
                version: link.version,
            });
        }
        let last = self.log.chunks.last();
        let recorded = TimeColumn::new(
            &raw.recorded,
            last.and_then(|chunk| chunk.recorded.as_ref()?.last()),
        );
        let occurred = TimeColumn::new(
            &raw.occurred,
            last.and_then(|chunk| chunk.occurred.as_ref()?.last()),
        );
        let named: Vec<u32> = raw
            .schema_versions
            .names()
            .iter()
            .map(|name| self.schema_versions.intern(name))
            .collect();
        let schema: Vec<i64> = raw
            .schema_version
            .iter()
            .map(|&ix| usize::try_from(ix).map_or(-1, |ix| i64::from(named[ix])))
            .collect();
        let correlated = raw.correlation.iter().any(|&name| name != NO_NAME);
        let chunk = Chunk {
            events: first..first + raw.len() as u32,
            stream: stream.rows,
            kind,
            version: Ints::pack(&versions),
            position: self.all_have_positions.then(|| Ints::pack(&raw.position)),
            recorded,
            occurred,
            at: Ints::pack(&raw.at),
            extent: Ints::pack(&raw.extent),
            schema_version: Ints::pack(&schema),
            correlation: correlated
                .then(|| renumber(&raw.correlations, &mut self.correlations, &raw.correlation)),
            event_id: raw.event_id,
            causation: Some(raw.causation),
            ends: raw.ends,
        };
        self.push_chunk(chunk);
    }

    fn push_chunk(&mut self, mut chunk: Chunk) {
        // A column that begins late has always-there times before it, so that "as of" stays defined.
        for clock in [Clock::Recorded, Clock::Occurred] {
            let (own, earlier) = (chunk.times(clock).is_some(), self.log.has_clock(clock));
            if own && !earlier {
                for before in &mut self.log.chunks {
                    let before = Arc::make_mut(before);
                    *before.times_mut(clock) = untimed(before.events.len(), ALWAYS);
                }
            } else if earlier && !own {
                let last = self
                    .log
                    .chunks
                    .last()
                    .and_then(|chunk| chunk.times(clock)?.last());
                *chunk.times_mut(clock) = untimed(chunk.events.len(), last.unwrap_or(ALWAYS));
            }
        }
        self.log.len = chunk.events.end;
        self.log.chunks.push(Arc::new(chunk));
    }

    fn renumber_streams(&mut self, raw: &RawChunk) -> Renumbered {
        let Self {
            streams,
            categories,
            ..
        } = self;
        let local = raw.streams.names();
        let names = streams.intern_all(local, |ix| {
            categories.intern(raw.categories.names().get(local.tag(ix)))
        });
        let rows = raw.stream.iter().map(|&ix| names[ix as usize]).collect();
        Renumbered { names, rows }
    }

    /// Missing versions count on from the last one of their stream.
    fn versions(&mut self, raw: &[i64], streams: &Renumbered) -> Vec<i64> {
        self.last_version.resize(self.streams.names().len(), NONE);
        let next = raw.iter().zip(&streams.rows).map(|(&version, &stream)| {
            let last = &mut self.last_version[stream as usize];
            let version = match version {
                NONE if *last == NONE => 1,
                NONE => last.saturating_add(1),
                version => version,
            };
            self.versions_backwards |= version < *last;
            *last = version;
            version
        });
        next.collect()
    }

    fn note_positions(&mut self, positions: &[i64]) {
        for &position in positions {
            if position == NONE {
                self.all_have_positions = false;
            } else if self.last_position.is_some_and(|last| position <= last) {
                self.positions_ascend = false;
            }
            self.last_position = Some(position);
        }
        if !self.all_have_positions {
            self.forget_positions();
        }
    }

    fn forget_positions(&mut self) {
        self.all_have_positions = false;
        for chunk in &mut self.log.chunks {
            if chunk.position.is_some() {
                Arc::make_mut(chunk).position = None;
            }
        }
    }

    /// The log so far. Its order is provisional until [`LogBuilder::finish`].
    pub fn snapshot(&mut self) -> Log {
        let done = self
            .log
            .segments
            .last()
            .map_or(0, |segment| segment.events.end);
        if done < self.log.len {
            self.add_segment(done..self.log.len);
            self.merge_segments();
        }
        self.log.streams = self.streams.names().clone();
        self.log.types = self.types.names().clone();
        self.log.categories = self.categories.names().clone();
        self.log.schema_versions = self.schema_versions.names().clone();
        self.log.correlations = self.correlations.names().clone();
        self.log.foreign = self.foreign.names().clone();
        self.log.note_bounds();
        self.log.clone()
    }

    fn add_segment(&mut self, events: Range<u32>) {
        let chunks = Chunks(&self.log.chunks);
        let links = &self.links;
        let from = links.partition_point(|link| link.event < events.start);
        let to = links.partition_point(|link| link.event < events.end);
        let mut segment = Segment::build(
            chunks,
            events,
            links[from..to].to_vec(),
            self.streams.names(),
        );
        if self.finished {
            let correlations = self.correlations.names().len();
            segment.index_ids(chunks, &self.log.segments, correlations, &mut self.foreign);
        }
        self.log.segments.push(Arc::new(segment));
    }

    /// Keeps the segments few: a pair of like sizes becomes one, as in a log-structured merge tree.
    fn merge_segments(&mut self) {
        while let [.., before, last] = &self.log.segments[..]
            && last.events.len() * 2 >= before.events.len()
        {
            let events = before.events.start..last.events.end;
            self.log.segments.truncate(self.log.segments.len() - 2);
            self.add_segment(events);
        }
    }

    /// Puts the events in their final order and indexes their ids. Later appends are indexed as
    /// they come; call it again when they have come out of order.
    pub fn finish(&mut self) -> (Log, Arrangement) {
        let order = self.needed_order();
        let again = std::mem::take(&mut self.again);
        let arrangement = if order.is_some() || again {
            Arrangement::Sorted
        } else {
            Arrangement::AsRead
        };
        if let Some(order) = order {
            self.rearrange(&order);
            self.log.generation += 1;
        }
        if !self.finished || arrangement == Arrangement::Sorted {
            self.finished = true;
            self.log.segments.clear();
        }
        self.log.complete = true;
        (self.snapshot(), arrangement)
    }

    /// The order to bring the events into, `None` where they have it.
    fn needed_order(&mut self) -> Option<Vec<u32>> {
        let log = &self.log;
        let all = 0..log.len;
        if self.all_have_positions && self.order != Order::Time {
            if self.positions_ascend {
                return None;
            }
            let mut order: Vec<u32> = all.clone().collect();
            order.sort_by_key(|&event| log.position(EventIx(event)));
            let unique = order
                .windows(2)
                .all(|pair| log.position(EventIx(pair[0])) != log.position(EventIx(pair[1])));
            if unique {
                self.positions_ascend = true;
                return Some(order);
            }
        }
        if self.all_have_positions && !self.positions_ascend {
            self.forget_positions();
        }
        let log = &self.log;
        let sort = match self.order {
            Order::Given => false,
            Order::Found => self.versions_backwards,
            Order::Time => true,
        };
        if !sort {
            return None;
        }
        self.versions_backwards = false;
        let clock = log.default_clock();
        let mut order: Vec<u32> = all.collect();
        let key = |event: u32| (log.time(EventIx(event), clock), log.version(EventIx(event)));
        if order.is_sorted_by_key(|&event| key(event)) {
            return None;
        }
        order.sort_by_key(|&event| key(event));
        Some(order)
    }

    fn rearrange(&mut self, order: &[u32]) {
        const ROWS: usize = 1 << 16;
        let old = std::mem::take(&mut self.log.chunks);
        let old = Chunks(&old);
        let mut new_place = vec![0_u32; order.len()];
        for (to, &from) in order.iter().enumerate() {
            new_place[from as usize] = to as u32;
        }
        self.log.len = 0;
        let mut last = [None; 2];
        for rows in order.chunks(ROWS) {
            let chunk = gather(old, rows, self.log.len, &mut last);
            self.push_chunk(chunk);
        }
        for link in &mut self.links {
            link.event = new_place[link.event as usize];
        }
        self.links.sort_unstable_by_key(|link| link.event);
    }
}

struct Renumbered {
    names: Vec<u32>,
    rows: Vec<u32>,
}

fn renumber(local: &Interner, global: &mut Interner, rows: &[u32]) -> Vec<u32> {
    let names = global.intern_all(local.names(), |_| 0);
    rows.iter()
        .map(|&ix| names.get(ix as usize).copied().unwrap_or(NO_NAME))
        .collect()
}

fn untimed(rows: usize, time: Timestamp) -> Option<TimeColumn> {
    let times = Times {
        micros: vec![NONE; rows],
        nanos: Vec::new(),
    };
    TimeColumn::new(&times, Some(time))
}
