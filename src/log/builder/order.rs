//! In which order events stand: as they were read, by their positions, or by time. Whatever a store
//! is read in, at once or as it grows, its events come to stand in the same order, since the order
//! in which they were read is remembered.

use std::sync::Arc;

use hashbrown::HashSet;

use super::{LogBuilder, ROWS, gather::gather};
use crate::log::index::Chunks;
use crate::log::raw::{NONE, RawChunk};
use crate::log::{Arranged, Clock, Log};
use crate::model::{EventIx, Timestamp};

/// What decides the order of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The reader delivers the events in the store's own order.
    #[default]
    Given,
    /// The reader delivers them as the file has them; see `docs/semantics.md`, "Order and positions".
    Found,
    /// By their positions, where each has one of its own; else by time as far as there are times. What
    /// comes from several places in one file.
    Mingled,
    /// By time, then version, then place (a store that says nothing else). Positions are ranks.
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

/// Counts on the versions of streams.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Per stream: the version of its last event.
    last: Vec<i64>,
    /// Streams of which a version was not greater than the one before, or into which events of
    /// others are linked.
    pub uneven: Arc<HashSet<u32>>,
}

impl Versions {
    /// Makes room for so many streams.
    pub fn make_room(&mut self, streams: usize) {
        self.last.resize(streams.max(self.last.len()), NONE);
    }

    /// The version of a stream's next event: its own, else the one after that of the event before.
    pub fn next(&mut self, stream: u32, own: i64) -> i64 {
        let last = self.last[stream as usize];
        let next = match own {
            NONE if last == NONE => 1,
            NONE => last.saturating_add(1),
            own => own,
        };
        if next <= last {
            self.note_uneven(stream);
        }
        self.last[stream as usize] = next;
        next
    }

    /// Says that the versions of a stream may not ascend.
    pub fn note_uneven(&mut self, stream: u32) {
        if !self.uneven.contains(&stream) {
            Arc::make_mut(&mut self.uneven).insert(stream);
        }
    }
}

/// The store's own positions in the order of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Positions {
    /// There are none, or they are no positions: not every event has one, or two have the same.
    #[default]
    Gone,
    /// Each is greater than the one before; the last one.
    Ascending(Option<i64>),
    /// They are to be sorted.
    Mixed,
}

/// What decides the place of an event in a log that is ordered by time: its time and its version.
/// An event without a time stands behind the one that was read before it.
type Key = (Option<Timestamp>, i64);

/// That a log is in its order by time, as far as it goes.
#[derive(Clone, Copy, Debug)]
struct Sorted {
    /// By which clock; none where there are no times.
    clock: Option<Clock>,
    /// How many events.
    events: u32,
    /// The key of the last one.
    last: Key,
    ties: Ties,
}

/// In which order events of one time and version stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ties {
    /// As they were read.
    #[default]
    AsRead,
    /// The other way round, in a file that has the newest event first.
    NewestFirst,
}

/// The order in which events were read, and what that asks of the order of the log.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub order: Order,
    positions: Positions,
    /// Per stream: the last of its own versions.
    last_version: Vec<i64>,
    /// Within a stream, a version came after a greater one.
    backwards: bool,
    /// Some event has a version of its own.
    versioned: bool,
    /// How the file has its events, as far as it was read.
    ties: Ties,
    /// Of each event in the order of the log, as which it was read; empty where that is the same.
    read_as: Vec<u32>,
    sorted: Option<Sorted>,
}

impl Reading {
    pub fn new(order: Order) -> Self {
        Self {
            order,
            positions: match order {
                Order::Given | Order::Found | Order::Mingled => Positions::Ascending(None),
                Order::Time => Positions::Gone,
            },
            ..Self::default()
        }
    }

    pub fn has_positions(&self) -> bool {
        self.positions != Positions::Gone
    }

    /// Where in the log of so many events that stands which was read last.
    pub fn last(&self, events: u32) -> Option<EventIx> {
        let last = events.checked_sub(1)?;
        let at = self.read_as.iter().rposition(|read| *read == last);
        Some(at.map_or(EventIx(last), EventIx::from_usize))
    }

    /// Takes note of rows that are added to the log; how it stands with positions then.
    pub fn note(&mut self, raw: &RawChunk, streams: &[u32]) -> Positions {
        for &position in &raw.position {
            self.positions = match self.positions {
                _ if position == NONE => Positions::Gone,
                Positions::Ascending(last) if last.is_none_or(|last| last < position) => {
                    Positions::Ascending(Some(position))
                }
                Positions::Ascending(_) | Positions::Mixed => Positions::Mixed,
                Positions::Gone => Positions::Gone,
            };
        }
        for (&own, &stream) in raw.version.iter().zip(streams) {
            let stream = stream as usize;
            if self.last_version.len() <= stream {
                self.last_version.resize(stream + 1, NONE);
            }
            if own != NONE {
                self.versioned = true;
                self.backwards |= own < self.last_version[stream];
                self.last_version[stream] = own;
            }
        }
        if !self.read_as.is_empty() {
            let read = self.read_as.len() as u32;
            self.read_as.extend(read..read + raw.len() as u32);
        }
        self.positions
    }

    /// Begins after events that were read before, of which the last has this position; none where
    /// they have none.
    pub fn go_on_after(&mut self, last: Option<i64>) {
        self.positions = match last {
            Some(last) => Positions::Ascending(Some(last)),
            None => Positions::Gone,
        };
    }

    /// The events of the log in the order in which they were read.
    fn as_read(&self, log: &Log) -> Vec<u32> {
        let mut order: Vec<u32> = (0..log.len).collect();
        if !self.read_as.is_empty() {
            for (event, read) in (0..).zip(&self.read_as) {
                order[*read as usize] = event;
            }
        }
        order
    }

    /// Notes what came since the log was last sorted by `clock`; whether it stands where it belongs.
    fn stays_sorted(&mut self, log: &Log, clock: Option<Clock>) -> bool {
        let same = |sorted: &Sorted| sorted.clock == clock && sorted.ties == self.ties;
        let Some(mut sorted) = self.sorted.filter(same) else {
            return false;
        };
        let ends_as_read = match sorted.events.checked_sub(1) {
            Some(last) if !self.read_as.is_empty() => self.read_as[last as usize] == last,
            _ => true,
        };
        for event in sorted.events..log.len {
            match key(log, clock, event) {
                Some(key) if key < sorted.last => return false,
                Some(key) if key == sorted.last && self.ties == Ties::NewestFirst => return false,
                Some(key) => sorted.last = key,
                None if event == sorted.events && !ends_as_read => return false,
                None => {}
            }
        }
        sorted.events = log.len;
        self.sorted = Some(sorted);
        true
    }
}

/// How many events have to be older than the one before them in a file that has the newest first: a clock
/// that was set back once says nothing.
const FALLS: usize = 2;

/// Whether times fall through the file and never rise, so that the newest event stands first: as lists of
/// events come from most HTTP APIs.
fn falls(reading: &Reading, log: &Log) -> bool {
    let clock = log.default_clock();
    if reading.versioned || !log.has_clock(clock) {
        return false;
    }
    let time = |event: u32| key(log, Some(clock), event).and_then(|(time, _)| time);
    let mut last: Option<Timestamp> = None;
    let mut falls = 0;
    let mut never_rises = |event: u32| match (last, time(event)) {
        (_, None) => false,
        (Some(before), Some(own)) if own > before => false,
        (before, own) => {
            falls += usize::from(before.is_some() && own < before);
            last = own;
            true
        }
    };
    // Most files are through with the second event.
    let fall = match reading.read_as.is_empty() {
        true => (0..log.len).all(&mut never_rises),
        false => reading.as_read(log).into_iter().all(&mut never_rises),
    };
    fall && falls >= FALLS
}

/// By what an event is ordered by time; none for one that has no time in a log that has.
fn key(log: &Log, clock: Option<Clock>, event: u32) -> Option<Key> {
    let (chunk, row) = Chunks(&log.chunks).row(event)?;
    let time = match clock {
        None => None,
        Some(clock) => {
            let column = chunk.times(clock).filter(|column| !column.is_untimed(row));
            Some(column?.get(row))
        }
    };
    Some((time, chunk.own_version(row)))
}

impl LogBuilder {
    /// The order to bring the events into, `None` where they have it.
    pub(super) fn needed_order(&mut self) -> Option<Vec<u32>> {
        match self.reading.positions {
            Positions::Gone => {}
            Positions::Ascending(_) => return None,
            Positions::Mixed => match self.by_position() {
                Some(order) => return Some(order),
                None => {
                    self.reading.positions = Positions::Gone;
                    self.forget_positions();
                }
            },
        }
        self.reading.ties = match self.reading.order {
            Order::Found if falls(&self.reading, &self.log) => Ties::NewestFirst,
            _ => Ties::AsRead,
        };
        let out_of_order = self.reading.is_out_of_order() || self.reading.ties == Ties::NewestFirst;
        let by_time = match self.reading.order {
            Order::Given | Order::Found => out_of_order,
            Order::Mingled => self.log.has_clock(self.log.default_clock()),
            Order::Time => true,
        };
        if by_time {
            self.by_time()
        } else if self.reading.read_as.is_empty() {
            None
        } else {
            Some(self.reading.as_read(&self.log))
        }
    }

    /// The events by their positions; none where two have the same.
    fn by_position(&mut self) -> Option<Vec<u32>> {
        let log = &self.log;
        let position = |event: &u32| log.position(EventIx(*event));
        let mut order: Vec<u32> = (0..log.len).collect();
        order.sort_by_cached_key(position);
        let unique = order
            .windows(2)
            .all(|pair| position(&pair[0]) != position(&pair[1]));
        let last = order.last().map(|last| position(last).0);
        unique.then(|| {
            self.reading.positions = Positions::Ascending(last);
            order
        })
    }

    /// The events by time, then by version, then as they were read (the last one first, where the file
    /// has the newest first), each without a time behind the
    /// one read before it; `None` where they stand so.
    fn by_time(&mut self) -> Option<Vec<u32>> {
        let log = &self.log;
        let clock = Some(log.default_clock()).filter(|&clock| log.has_clock(clock));
        if self.reading.stays_sorted(log, clock) {
            return None;
        }
        // What was read before the first event with a time has always been there.
        let mut last = (None, NONE);
        let mut begun = 0;
        let mut as_read = self.reading.as_read(log);
        if self.reading.ties == Ties::NewestFirst {
            as_read.reverse();
        }
        let as_read = as_read.into_iter().zip(0_u32..);
        let mut keyed: Vec<(Key, u32, u32)> = as_read
            .map(|(event, read)| {
                if let Some(own) = key(log, clock, event) {
                    (last, begun) = (own, read);
                }
                (last, begun, event)
            })
            .collect();
        // Stable, so that events without a time stay behind the one that they follow.
        keyed.sort_by_key(|&(key, begun, _)| (key, begun));
        self.reading.sorted = Some(Sorted {
            clock,
            events: log.len,
            last: keyed.last().map_or((None, NONE), |last| last.0),
            ties: self.reading.ties,
        });
        let order: Vec<u32> = keyed.into_iter().map(|(_, _, event)| event).collect();
        (!order.is_sorted()).then_some(order)
    }

    /// Brings the events into `order` and counts their versions anew.
    pub(super) fn rearrange(&mut self, order: &[u32]) {
        let old = std::mem::take(&mut self.log.chunks);
        let old = Chunks(&old);
        let mut new_place = vec![0_u32; order.len()];
        for (&from, to) in order.iter().zip(0..) {
            new_place[from as usize] = to;
        }
        self.log.len = 0;
        self.versions = Versions::default();
        self.versions.make_room(self.streams.names().len());
        for events in order.chunks(ROWS) {
            let before = Clock::ALL.map(|clock| self.last_time(clock));
            let mut chunk = gather(old, events.iter().copied(), self.log.len, before);
            chunk.count_versions(|stream, own| self.versions.next(stream, own));
            self.push_chunk(chunk);
        }
        for link in &mut self.links {
            link.event = new_place[link.event as usize];
            self.versions.note_uneven(link.stream);
        }
        self.links.sort_by_key(|link| link.event);
        Arc::make_mut(&mut self.log.problems).move_to(&new_place);
        self.reading.move_to(order);
    }
}

impl Reading {
    /// Whether versions run backwards in a file that says nothing of an order.
    fn is_out_of_order(&self) -> bool {
        self.order == Order::Found && self.backwards
    }

    /// How the events stand, once they are in their order.
    pub(super) fn arranged(&self) -> Arranged {
        let positions = !matches!(self.positions, Positions::Gone);
        match (positions, self.read_as.is_empty()) {
            (false, _) if self.is_out_of_order() => Arranged::ByTimeForVersions,
            (false, _) if self.ties == Ties::NewestFirst => Arranged::ByTimeNewestFirst,
            (_, true) => Arranged::AsRead,
            (true, false) => Arranged::ByPosition,
            (false, false) => Arranged::ByTime,
        }
    }

    /// Follows the events into `order`.
    fn move_to(&mut self, order: &[u32]) {
        let before = std::mem::take(&mut self.read_as);
        let read_as = |event: &u32| before.get(*event as usize).copied().unwrap_or(*event);
        if !order.iter().map(read_as).eq(0..order.len() as u32) {
            self.read_as = order.iter().map(read_as).collect();
        }
    }
}
