//! Which lane an event is drawn in, and how many events each lane has as of a cursor that is being
//! dragged.

use crate::analysis::scan;
use crate::log::{Cut, Log};
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
        let kind = Kinds::new(log, by);
        let mut counts = vec![0_u32; names.len()];
        scan::known(log, cut, 0..cut.outside().0, task, |event| {
            counts[kind.of(log, event)] += 1;
        })?;
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
            LaneBy::Nothing => Sorter::One,
            LaneBy::Type => Sorter::Type((0..log.types().len()).map(lane).collect()),
            LaneBy::Category => {
                let streams = (0..log.streams().len()).map(StreamIx::from_usize);
                Sorter::Stream(streams.map(|s| lane(log.category(s).at())).collect())
            }
        }
    }
}

/// A category's or type's number by event.
enum Kinds {
    Category(Vec<u32>),
    Type,
}

impl Kinds {
    fn new(log: &Log, by: LaneBy) -> Self {
        if by == LaneBy::Type {
            return Self::Type;
        }
        let streams = (0..log.streams().len()).map(StreamIx::from_usize);
        Self::Category(streams.map(|stream| log.category(stream).0).collect())
    }

    #[inline]
    fn of(&self, log: &Log, event: EventIx) -> usize {
        match self {
            Self::Category(of_stream) => of_stream[log.stream(event).at()] as usize,
            Self::Type => log.event_type(event).at(),
        }
    }
}

/// A lane by stream or by type.
pub(super) enum Sorter {
    One,
    Stream(Vec<u8>),
    Type(Vec<u8>),
}

impl Sorter {
    #[inline]
    pub(super) fn lane(&self, log: &Log, event: EventIx) -> usize {
        match self {
            Self::One => 0,
            Self::Stream(lanes) => usize::from(lanes[log.stream(event).at()]),
            Self::Type(lanes) => usize::from(lanes[log.event_type(event).at()]),
        }
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
        let mut sum = self.sum(done).to_vec();
        for block in done..log.len() as u32 / BLOCK {
            scan::rows(block * BLOCK..(block + 1) * BLOCK, task, |event| {
                sum[sorter.lane(log, event)] += 1;
            })?;
            self.sums.extend_from_slice(&sum);
        }
        Ok(())
    }

    /// The sums of the first `blocks` blocks.
    fn sum(&self, blocks: u32) -> Vec<u32> {
        match blocks.checked_sub(1) {
            None => vec![0; self.lanes],
            Some(last) => self.sums[last as usize * self.lanes..][..self.lanes].to_vec(),
        }
    }

    /// How many events each lane has at `cut`. Looks at single events in the last block and where
    /// the cut is no prefix of the log.
    #[must_use]
    pub fn at(&self, log: &Log, lanes: &Lanes, cut: &Cut) -> Vec<u32> {
        let whole = (scan::surely_known(cut) / BLOCK).min((self.sums.len() / self.lanes) as u32);
        let mut counts = self.sum(whole);
        let single = (whole * BLOCK..cut.outside().0).map(EventIx);
        let of_lane = |event: EventIx| match lanes.by {
            LaneBy::Nothing => None,
            LaneBy::Type => lanes.lane.get(log.event_type(event).at()),
            LaneBy::Category => lanes.lane.get(log.category(log.stream(event)).at()),
        };
        for event in single.filter(|&event| cut.holds(log, event)) {
            let lane = of_lane(event).map_or(self.lanes - 1, |&lane| usize::from(lane));
            counts[lane] += 1;
        }
        counts
    }
}
