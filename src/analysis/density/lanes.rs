//! Which lane an event is drawn in, and how many events each lane has as of a cursor that is being
//! dragged.

use std::ops::Range;

use crate::analysis::scan;
use crate::log::{Bound, Cut, Log, Run};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task, TypeIx};

/// Lanes of their own; what else there is shares one more.
const MOST: usize = 10;

/// By what events are told apart.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LaneBy {
    /// By the category of their own stream.
    #[default]
    Category,
    /// By their type.
    Type,
    /// Not at all: one lane, as in the strip of the whole store.
    Nothing,
}

/// A choice of lanes: the ten most frequent categories or types, and one for the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    by: LaneBy,
    /// By category or type: its lane. What came after the choice is among the others.
    lane: Vec<u8>,
    /// The lanes with names of their own, most events first.
    named: Vec<u32>,
    others: bool,
}

impl Lanes {
    /// One lane for all.
    #[must_use]
    pub fn one() -> Self {
        Self {
            by: LaneBy::Nothing,
            lane: Vec::new(),
            named: Vec::new(),
            others: true,
        }
    }

    /// The most frequent at `cut`; those that are equally frequent by name.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn choose(log: &Log, cut: &Cut, by: LaneBy, task: &Task) -> Result<Self, Cancelled> {
        let names = match by {
            LaneBy::Nothing => return Ok(Self::one()),
            LaneBy::Category => log.categories(),
            LaneBy::Type => log.types(),
        };
        let counts = frequencies(log, cut, by, names.len(), task)?;
        let occurring = (0..names.len() as u32).filter(|&ix| counts[ix as usize] > 0);
        let mut order: Vec<u32> = occurring.collect();
        order.sort_by(|&a, &b| {
            let count = |ix: u32| counts[ix as usize];
            (count(b).cmp(&count(a))).then_with(|| names.get(a).cmp(names.get(b)))
        });
        let others = order.len() > MOST;
        order.truncate(MOST);
        let mut lane = vec![order.len() as u8; names.len()];
        for (at, &ix) in order.iter().enumerate() {
            lane[ix as usize] = at as u8;
        }
        Ok(Self {
            by,
            lane,
            named: order,
            others,
        })
    }

    /// By what events are told apart.
    #[must_use]
    pub fn by(&self) -> LaneBy {
        self.by
    }

    /// How many lanes, that of the others among them whether or not there are any.
    #[must_use]
    pub fn len(&self) -> usize {
        self.named.len() + 1
    }

    /// Never: there is always a lane for the others.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Whether there were others than the named ones when the lanes were chosen. If not, the last
    /// lane is empty but for what came since.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.others
    }

    /// The name of a lane: a category's, a type's, `other`; for the only lane `events`.
    #[must_use]
    pub fn name<'a>(&self, log: &'a Log, lane: usize) -> &'a str {
        match (self.by, self.named.get(lane)) {
            (LaneBy::Category, Some(&ix)) => log.category_name(CategoryIx(ix)),
            (LaneBy::Type, Some(&ix)) => log.type_name(TypeIx(ix)),
            (LaneBy::Nothing, _) => "events",
            (_, None) => "other",
        }
    }

    /// The lane of an event, made ready for many of them.
    pub(super) fn sorter(&self, log: &Log) -> Sorter {
        let others = self.named.len() as u8;
        let lane = |ix: usize| self.lane.get(ix).copied().unwrap_or(others);
        match self.by {
            LaneBy::Nothing => Sorter::One(0),
            LaneBy::Type => {
                let lanes = (0..log.types().len()).map(lane).collect();
                Sorter::new(lanes, Sorter::Type)
            }
            LaneBy::Category => {
                let streams = (0..log.streams().len()).map(StreamIx::from_usize);
                let lanes = streams.map(|s| lane(log.category(s).at())).collect();
                Sorter::new(lanes, Sorter::Stream)
            }
        }
    }
}

/// How many known events each category or type has.
fn frequencies(
    log: &Log,
    cut: &Cut,
    by: LaneBy,
    names: usize,
    task: &Task,
) -> Result<Vec<u32>, Cancelled> {
    let mut counts = vec![0_u32; names];
    let streams = || (0..log.streams().len()).map(StreamIx::from_usize);
    if by == LaneBy::Category && cut.bound() == Bound::Head && log.links().next().is_none() {
        // The index knows how many events stand in each stream.
        for stream in streams() {
            let events: usize = log.stream_runs(stream).map(<[u32]>::len).sum();
            counts[log.category(stream).at()] += events as u32;
        }
        task.check()?;
        return Ok(counts);
    }
    let of_stream: Vec<u32> = match by {
        LaneBy::Category => streams().map(|stream| log.category(stream).0).collect(),
        LaneBy::Type | LaneBy::Nothing => Vec::new(),
    };
    scan::known(log, cut, 0..cut.outside().0, task, |run| match by {
        LaneBy::Category => {
            for &stream in run.streams() {
                counts[of_stream[stream as usize] as usize] += 1;
            }
        }
        LaneBy::Type | LaneBy::Nothing => {
            for &event_type in run.types() {
                counts[event_type as usize] += 1;
            }
        }
    })?;
    Ok(counts)
}

/// A lane by stream or by type.
pub(super) enum Sorter {
    /// All of one lane.
    One(u8),
    Stream(Vec<u8>),
    Type(Vec<u8>),
}

/// Places for the counts of all lanes, a power of two so that no place needs a check.
const PLACES: usize = 16;
const _: () = assert!(MOST < PLACES);

/// Events by lane.
pub(super) type Tally = [u32; PLACES];

/// Neighbours often are of one lane, and would wait for each other at one counter.
const WAYS: usize = 4;
/// Fewer rows are not worth several counters.
const MANY: usize = 64;

impl Sorter {
    fn new(lanes: Vec<u8>, by: fn(Vec<u8>) -> Self) -> Self {
        match lanes.split_first() {
            Some((&first, rest)) if rest.iter().all(|&lane| lane == first) => Self::One(first),
            _ => by(lanes),
        }
    }

    /// Adds some rows of a run.
    pub(super) fn count(&self, run: &Run<'_>, rows: Range<usize>, tally: &mut Tally) {
        match self {
            Self::One(lane) => tally[usize::from(*lane) % PLACES] += rows.len() as u32,
            Self::Stream(lanes) => count(&run.streams()[rows], lanes, tally),
            Self::Type(lanes) => count(&run.types()[rows], lanes, tally),
        }
    }
}

/// Adds up the lanes of `keys`, which are streams or types.
fn count(keys: &[u32], lanes: &[u8], tally: &mut Tally) {
    let place = |key: u32| usize::from(lanes[key as usize]) % PLACES;
    let (fours, rest) = match keys.len() {
        MANY.. => keys.as_chunks::<WAYS>(),
        _ => (&[][..], keys),
    };
    if !fours.is_empty() {
        let mut ways = [Tally::default(); WAYS];
        for four in fours {
            for (way, &key) in ways.iter_mut().zip(four) {
                way[place(key)] += 1;
            }
        }
        for way in ways {
            tally.iter_mut().zip(way).for_each(|(sum, own)| *sum += own);
        }
    }
    for &key in rest {
        tally[place(key)] += 1;
    }
}

/// Events between two sums.
const BLOCK: u32 = 4096;

/// Events of each lane as of any cut, at the price of a few thousand events a question: for a cursor
/// that moves with every frame. Takes about 4 bytes per lane and 4,096 events.
#[derive(Clone, Debug)]
pub struct LaneCounts {
    lanes: usize,
    /// After each block, how many events every lane has had.
    sums: Vec<u32>,
    generation: u64,
}

impl LaneCounts {
    /// Sums up the whole log.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn build(log: &Log, lanes: &Lanes, task: &Task) -> Result<Self, Cancelled> {
        let mut counts = Self {
            lanes: lanes.len(),
            sums: Vec::new(),
            generation: log.generation(),
        };
        counts.grow(log, lanes, task)?;
        Ok(counts)
    }

    /// Goes on where the log has grown (of the same generation, with the same lanes).
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off; what was summed up by then stays right.
    pub fn grow(&mut self, log: &Log, lanes: &Lanes, task: &Task) -> Result<(), Cancelled> {
        debug_assert_eq!(self.generation, log.generation());
        let sorter = lanes.sorter(log);
        let done = (self.sums.len() / self.lanes) as u32;
        let mut sum = self.sum(done);
        let blocks = done..log.len() as u32 / BLOCK;
        let rows = blocks.start * BLOCK..blocks.end * BLOCK;
        // The rows of a block may lie in two runs, and one run may hold many blocks.
        let (mut left, mut tally) = (BLOCK as usize, Tally::default());
        scan::runs(log, rows, task, |run| {
            let mut start = 0;
            while start < run.len() {
                let end = run.len().min(start + left);
                sorter.count(&run, start..end, &mut tally);
                left -= end - start;
                start = end;
                if left == 0 {
                    sum.iter_mut().zip(tally).for_each(|(sum, own)| *sum += own);
                    self.sums.extend_from_slice(&sum);
                    (left, tally) = (BLOCK as usize, Tally::default());
                }
            }
        })
    }

    /// The sums of the first `blocks` blocks.
    fn sum(&self, blocks: u32) -> Vec<u32> {
        match blocks.checked_sub(1) {
            None => vec![0; self.lanes],
            Some(last) => self.sums[last as usize * self.lanes..][..self.lanes].to_vec(),
        }
    }

    /// How many events each lane has at `cut`. Looks at single events only in the blocks in which the
    /// known ones begin and end.
    #[must_use]
    pub fn at(&self, log: &Log, lanes: &Lanes, cut: &Cut) -> Vec<u32> {
        let summed = (self.sums.len() / self.lanes) as u32;
        let mut counts = vec![0; self.lanes];
        for known in cut.known(log) {
            let first = known.start.div_ceil(BLOCK);
            let blocks = first..(known.end / BLOCK).min(summed);
            if blocks.is_empty() {
                self.count(log, lanes, known, &mut counts);
                continue;
            }
            let (before, after) = (self.sum(blocks.start), self.sum(blocks.end));
            for (count, (before, after)) in counts.iter_mut().zip(before.iter().zip(after)) {
                *count += after - before;
            }
            self.count(log, lanes, known.start..blocks.start * BLOCK, &mut counts);
            self.count(log, lanes, blocks.end * BLOCK..known.end, &mut counts);
        }
        counts
    }

    /// Adds events one by one.
    fn count(&self, log: &Log, lanes: &Lanes, events: Range<u32>, counts: &mut [u32]) {
        for run in log.runs(EventIx(events.start)..EventIx(events.end)) {
            for (&stream, &event_type) in run.streams().iter().zip(run.types()) {
                let lane = match lanes.by {
                    LaneBy::Nothing => None,
                    LaneBy::Type => lanes.lane.get(event_type as usize),
                    LaneBy::Category => lanes.lane.get(log.category(StreamIx(stream)).at()),
                };
                counts[lane.map_or(self.lanes - 1, |&lane| usize::from(lane))] += 1;
            }
        }
    }
}
