//! Grows a log chunk by chunk and hands out snapshots of it.

mod again;
mod gather;
mod links;
mod order;

use std::ops::Range;
use std::sync::Arc;

use super::chunk::{ALWAYS, Chunk, Marks, TimeColumn};
use super::ids::{Form, RowIds};
use super::index::{Chunks, LinkedVersion, Segment};
use super::ints::Ints;
use super::names::Interner;
use super::problems::{After, Problems};
use super::raw::{NONE, Problem, RawChunk, Times};
use super::{Clock, Log, Source};
use crate::model::{EventIx, Timestamp};
use order::{Positions, Reading, Versions};

pub use order::{Arrangement, Order};

/// Rows that a chunk made of others has at most. Its rows, and as many ids of others that they name,
/// can be told apart in two bytes.
const ROWS: usize = 1 << 15;

/// Events that a log can number.
const MOST: usize = u32::MAX as usize - 1;

/// Collects chunks into a log. One builder belongs to one open store for as long as it is followed.
#[derive(Debug, Default)]
pub struct LogBuilder {
    log: Log,
    streams: Interner,
    types: Interner,
    categories: Interner,
    schema_versions: Interner,
    links: Vec<LinkedVersion>,
    /// In which order the events were read, and what that asks of the order of the log.
    reading: Reading,
    /// The last version of each stream in the order of the log.
    versions: Versions,
    finished: bool,
    /// Events got new places since the last [`LogBuilder::finish`] because all were added again.
    again: bool,
}

impl LogBuilder {
    /// An empty log that will be ordered by `order`.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self {
            reading: Reading::new(order),
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
        self.log.problems = Arc::new(Problems::of_files(&sources));
        self.log.preferred_clock = clock;
        self.log.sources = sources;
    }

    /// Forgets all events and problems, which are about to be added again. Names keep their numbers.
    pub fn begin_again(&mut self) {
        self.log.chunks.clear();
        self.log.segments.clear();
        self.log.len = 0;
        self.log.generation += 1;
        self.log.complete = false;
        self.log.problems = Arc::default();
        self.links.clear();
        self.reading = Reading::new(self.reading.order);
        self.versions = Versions::default();
        self.finished = false;
        self.again = true;
    }

    /// Reports what is wrong with the file itself.
    pub fn report(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            Arc::make_mut(&mut self.log.problems).push(problem, After::File);
        }
    }

    /// Reports damage of the file itself by which records may be missing.
    pub fn report_loss(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            Arc::make_mut(&mut self.log.problems).lose(problem, After::File);
        }
    }

    /// Reports what could not be read on the way to the rows of a chunk that begins at `first`.
    fn report_of(&mut self, raw: &mut RawChunk, first: u32) {
        raw.place_problems();
        let problems = std::mem::take(&mut raw.problems);
        let lost = std::mem::take(&mut raw.lost);
        let noted = std::mem::take(&mut raw.noted);
        // Found once for all of them: it may be anywhere in a log that was sorted.
        let mut before = None;
        for ((problem, rows), at) in problems.into_iter().zip(&raw.problem_rows).zip(0..) {
            let event = match rows.checked_sub(1) {
                Some(row) => Some(EventIx(first + row)),
                None => *before.get_or_insert_with(|| self.reading.last(first)),
            };
            let after = event.map_or(After::Nothing, |event| After::Event { file: 0, event });
            let problems = Arc::make_mut(&mut self.log.problems);
            let among = |own: &[u32]| own.binary_search(&at).is_ok();
            match (among(&lost), among(&noted)) {
                (true, _) => problems.lose(problem, after),
                (false, true) => problems.note(problem, after),
                (false, false) => problems.push(problem, after),
            }
        }
    }

    /// Adds events at the end. More than a log can number are reported instead.
    pub fn append(&mut self, mut raw: RawChunk) {
        if let Some(problem) = too_many(self.log.len(), raw.len()) {
            return self.report_loss(raw.problems.into_iter().chain([problem]));
        }
        let first = self.log.len() as u32;
        self.report_of(&mut raw, first);
        if raw.is_empty() {
            return;
        }
        let stream = self.renumber_streams(&raw);
        self.versions.make_room(self.streams.names().len());
        let versions = raw.version.iter().zip(&stream.rows);
        let versions: Vec<i64> = versions
            .map(|(&own, &stream)| self.versions.next(stream, own))
            .collect();
        if self.reading.note(&raw, &stream.rows) == Positions::Gone {
            self.forget_positions();
        }
        for link in &raw.links {
            let stream = stream.names[link.stream as usize];
            self.versions.note_uneven(stream);
            self.links.push(LinkedVersion {
                event: first + link.row,
                stream,
                version: link.version,
            });
        }
        let event_type = renumber(&raw.types, &mut self.types, &raw.event_type);
        let chunk = Chunk {
            events: first..first + raw.len() as u32,
            stream: stream.rows,
            event_type,
            version: Ints::pack(&versions),
            counted: Marks::new(raw.version.iter().map(|&version| version == NONE)),
            position: self
                .reading
                .has_positions()
                .then(|| Ints::pack(&raw.position)),
            recorded: TimeColumn::new(&raw.recorded, self.last_time(Clock::Recorded)),
            occurred: TimeColumn::new(&raw.occurred, self.last_time(Clock::Occurred)),
            at: Ints::pack(&raw.at),
            extent: Ints::pack(&raw.extent),
            schema_version: self.schema_versions(&raw),
            ids: RowIds::pack(
                raw.event_id,
                (raw.correlation, Form::Either),
                (raw.causation, Form::Either),
            ),
            ends: raw.ends,
            ended: raw.ended,
            ended_since: raw.ended_since,
        };
        self.push_chunk(chunk);
    }

    /// The time of the last event, be it its own or not.
    fn last_time(&self, clock: Clock) -> Option<Timestamp> {
        self.log.chunks.last()?.times(clock)?.last()
    }

    fn push_chunk(&mut self, mut chunk: Chunk) {
        // A column that begins late has always-there times before it, so that "as of" stays defined.
        for clock in Clock::ALL {
            let (own, earlier) = (chunk.times(clock).is_some(), self.log.has_clock(clock));
            if own && !earlier {
                for before in &mut self.log.chunks {
                    let before = Arc::make_mut(before);
                    *before.times_mut(clock) = untimed(before.events.len(), ALWAYS);
                }
            } else if earlier && !own {
                let last = self.last_time(clock).unwrap_or(ALWAYS);
                *chunk.times_mut(clock) = untimed(chunk.events.len(), last);
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

    fn schema_versions(&mut self, raw: &RawChunk) -> Ints {
        let names = self
            .schema_versions
            .intern_all(raw.schema_versions.names(), |_| 0);
        let name = |&ix: &i64| usize::try_from(ix).map_or(-1, |ix| i64::from(names[ix]));
        let rows: Vec<i64> = raw.schema_version.iter().map(name).collect();
        Ints::pack(&rows)
    }

    /// From now on positions are ranks.
    fn forget_positions(&mut self) {
        let mut had_some = false;
        for chunk in &mut self.log.chunks {
            if chunk.position.is_some() {
                had_some = true;
                Arc::make_mut(chunk).position = None;
            }
        }
        if had_some {
            self.log.generation += 1;
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
        self.log.streams = self.streams.snapshot();
        self.log.types = self.types.snapshot();
        self.log.categories = self.categories.snapshot();
        self.log.schema_versions = self.schema_versions.snapshot();
        self.log.uneven = Arc::clone(&self.versions.uneven);
        self.log.note_bounds();
        self.log.clone()
    }

    fn add_segment(&mut self, events: Range<u32>) {
        let chunks = Chunks(&self.log.chunks);
        let links = links::within(&self.links, &events).to_vec();
        let mut segment = Segment::build(chunks, events, links, self.streams.names());
        if self.finished {
            segment.index_ids(chunks, &self.log.segments);
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

    /// Keeps the chunks few in the same way, as far as a chunk goes: while a store is followed, each
    /// look may bring a chunk of a row or two.
    fn merge_chunks(&mut self) {
        while let [.., before, last] = &self.log.chunks[..]
            && last.events.len() * 2 >= before.events.len()
            && before.events.len() + last.events.len() <= ROWS
        {
            let (from, events) = (
                self.log.chunks.len() - 2,
                before.events.start..last.events.end,
            );
            let earlier = from.checked_sub(1).map(|at| &self.log.chunks[at]);
            let before = Clock::ALL.map(|clock| earlier?.times(clock)?.last());
            let chunk = gather::gather(
                Chunks(&self.log.chunks[from..]),
                events.clone(),
                events.start,
                before,
            );
            self.log.chunks.truncate(from);
            self.push_chunk(chunk);
        }
    }

    /// Puts the events in their final order and indexes their ids. Later appends are indexed as
    /// they come; call it again when they have come out of order.
    pub fn finish(&mut self) -> (Log, Arrangement) {
        let again = std::mem::take(&mut self.again);
        let order = self.needed_order();
        let sorted = order.is_some();
        let arrangement = if sorted || again {
            Arrangement::Sorted
        } else {
            Arrangement::AsRead
        };
        if let Some(order) = order {
            self.rearrange(&order);
            self.log.generation += 1;
        }
        if !self.finished || sorted {
            self.finished = true;
            self.log.segments.clear();
        }
        self.log.arranged = self.reading.arranged();
        self.merge_chunks();
        self.log.complete = true;
        (self.snapshot(), arrangement)
    }
}

/// What to tell where more events come than a log can number.
fn too_many(events: usize, more: usize) -> Option<Problem> {
    (more > MOST.saturating_sub(events)).then(|| Problem {
        place: format!("after {events} events"),
        message: format!("{more} events are left out, since no more than {MOST} can be shown"),
    })
}

struct Renumbered {
    names: Vec<u32>,
    rows: Vec<u32>,
}

fn renumber(local: &Interner, global: &mut Interner, rows: &[u32]) -> Vec<u32> {
    let names = global.intern_all(local.names(), |_| 0);
    rows.iter().map(|&ix| names[ix as usize]).collect()
}

fn untimed(rows: usize, time: Timestamp) -> Option<TimeColumn> {
    let times = Times {
        micros: vec![NONE; rows],
        nanos: Vec::new(),
    };
    TimeColumn::new(&times, Some(time))
}

#[cfg(test)]
mod tests {
    use super::{MOST, too_many};

    #[test]
    fn more_events_than_can_be_numbered_are_reported() {
        assert_eq!(too_many(MOST - 7, 7), None);
        let told = too_many(MOST - 7, 8).unwrap();
        assert_eq!(told.place, "after 4294967287 events");
        assert!(told.message.starts_with("8 events are left out"));
    }
}
