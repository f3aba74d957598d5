//! How far a consumer had come, over time: one shape for all that a store may tell of it.

use serde::Serialize;

use super::tail::{Known, Tail};
use crate::log::{Bound, Cut, Log};
use crate::model::{EventIx, Position, Timestamp, Version};

/// What tells of a consumer, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A history of its checkpoints.
    CheckpointHistory,
    /// The messages that it has processed.
    Processed,
    /// Its checkpoints as they were seen while the store was followed.
    Sampled,
    /// Its checkpoint as it is now.
    Checkpoint,
    /// What it gave up on, and nothing else.
    DeadLetters,
    /// Events that it recorded because of others, and nothing else.
    Effects,
}

impl Evidence {
    /// As people read it, after "from".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CheckpointHistory => "checkpoint history",
            Self::Sampled => "samples taken while following",
            Self::Processed => "processed messages",
            Self::Checkpoint => "its current checkpoint",
            Self::DeadLetters => "dead letters",
            Self::Effects => "effects by causation",
        }
    }

    /// Whether it tells exactly when each event was processed.
    pub const fn is_exact_by_event(self) -> bool {
        matches!(self, Self::Processed | Self::Effects)
    }

    /// Whether it is written event by event, so that the furthest of them counts.
    pub const fn is_by_event(self) -> bool {
        matches!(self, Self::Processed | Self::DeadLetters | Self::Effects)
    }
}

/// That a consumer was somewhere at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// None of a checkpoint without a date: a fact of the head only.
    pub at: Option<Timestamp>,
    /// How many of its tail it had covered; none where the tail is not in this log.
    pub covers: Option<usize>,
    /// The position as the store has it; none where it names the version of a stream.
    pub position: Option<Position>,
    /// That version. Two versions are two steps also while neither of their events is there yet.
    pub version: Option<Version>,
    /// The event that it names by id: before that is known, the step says nothing.
    pub event: Option<EventIx>,
    /// The event that tells of it.
    pub told_by: Option<EventIx>,
}

impl Step {
    /// Whether it was known at a moment.
    pub fn is_known(&self, log: &Log, cut: &Cut) -> bool {
        let dated = cut.bound() == Bound::Head
            || self
                .at
                .zip(cut.time(log))
                .is_some_and(|(at, now)| at <= now);
        let events = [self.event, self.told_by];
        dated && events.iter().flatten().all(|event| cut.holds(log, *event))
    }
}

/// What one kind of evidence tells of a consumer.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    pub evidence: Evidence,
    /// By their time; all are dated.
    pub steps: Vec<Step>,
}

/// Which consumer, or which partition of it: the same also when the store is read again and tells of more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsumerId {
    /// The file that tells of it, by number.
    pub file: u32,
    /// Its name; of one that reads another file `A follows B`.
    pub name: String,
    /// Which part of its work.
    pub partition: Option<String>,
}

/// A consumer, or a partition of it, over time.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    pub id: ConsumerId,
    /// Whether the store keeps a checkpoint of it, so that there is one also before it was written.
    pub is_registered: bool,
    /// Which of the course's tails it works off; none where its events are in a file that is not open.
    pub tail: Option<usize>,
    /// The file whose events it reads, where several are open.
    pub file: Option<std::sync::Arc<str>>,
    /// The best first.
    pub traces: Vec<Trace>,
    /// What the store says now.
    pub current: Option<Step>,
    /// The steps by which it was done with an event that nobody had published by then, in a store with an
    /// outbox; by their numbers in what tells of it event by event.
    pub reads_log: Vec<u32>,
}

/// Where a consumer was at a moment, and how it came there.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    pub evidence: Evidence,
    /// The steps that were known, in order.
    steps: Vec<&'a Step>,
    /// The furthest that it had been after each.
    furthest: Vec<usize>,
}

impl Trace {
    /// The steps that were known at a cut.
    fn known(&self, log: &Log, cut: &Cut) -> impl Iterator<Item = &Step> {
        let until = match (cut.bound(), cut.time(log)) {
            (Bound::Head, _) => self.steps.len(),
            (_, None) => 0,
            (_, Some(now)) => {
                (self.steps).partition_point(|step| step.at.is_some_and(|at| at <= now))
            }
        };
        let dated = self.steps[..until].iter();
        dated.filter(|step| step.is_known(log, cut))
    }

    /// Whether it tells anything by a cut.
    pub fn tells(&self, log: &Log, cut: &Cut) -> bool {
        self.known(log, cut).next().is_some()
    }

    /// The way up to a cut.
    pub fn way(&self, log: &Log, cut: &Cut) -> Way<'_> {
        Way::new(self.evidence, self.known(log, cut).collect())
    }
}

impl Progress {
    /// Its way up to a cut, by the best that was known then. `None` where nothing tells that there was
    /// such a consumer.
    pub fn way(&self, log: &Log, cut: &Cut) -> Option<Way<'_>> {
        let mut traces = self.traces.iter();
        let best = traces.find(|trace| trace.known(log, cut).next().is_some());
        let current = self.current.as_ref();
        let current = current.filter(|current| current.is_known(log, cut));
        match (best, current) {
            (Some(best), _) if best.evidence.is_exact_by_event() => Some(best.way(log, cut)),
            (Some(best), Some(current)) if best.evidence != Evidence::DeadLetters => {
                let mut steps: Vec<&Step> = best.known(log, cut).collect();
                add(&mut steps, current);
                Some(Way::new(best.evidence, steps))
            }
            // Dead letters tell less than a checkpoint.
            (_, Some(current)) => Some(Way::new(Evidence::Checkpoint, vec![current])),
            (Some(best), None) => Some(best.way(log, cut)),
            (None, None) => {
                let nothing = || Way::new(Evidence::Checkpoint, Vec::new());
                self.is_registered.then(nothing)
            }
        }
    }

    /// What tells of it event by event.
    pub fn by_event(&self) -> Option<&Trace> {
        let mut traces = self.traces.iter();
        traces.find(|trace| trace.evidence.is_exact_by_event())
    }
}

/// Adds what a table says now. One that is written with each step says the last one again.
fn add<'a>(steps: &mut Vec<&'a Step>, current: &'a Step) {
    let later = |step: &&Step| current.at.is_none_or(|at| step.at <= Some(at));
    let place = steps.partition_point(later);
    let again = place.checked_sub(1).is_some_and(|last| {
        let last = steps[last];
        let same = (last.covers, last.position) == (current.covers, current.position);
        same && (current.at.is_none() || last == current)
    });
    if !again {
        steps.insert(place, current);
    }
}

impl<'a> Way<'a> {
    fn new(evidence: Evidence, steps: Vec<&'a Step>) -> Self {
        let mut most = 0;
        let furthest = steps.iter().map(|step| {
            most = most.max(step.covers.unwrap_or(0));
            most
        });
        Self {
            evidence,
            furthest: furthest.collect(),
            steps,
        }
    }

    /// Whether it tells how many events wait.
    pub const fn tells_lag(&self) -> bool {
        !matches!(self.evidence, Evidence::DeadLetters | Evidence::Effects)
    }

    pub fn steps(&self) -> &[&'a Step] {
        &self.steps
    }

    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// How much it had covered after its `at`-th step.
    pub fn covers(&self, at: usize) -> Option<usize> {
        match self.evidence.is_by_event() {
            true => self.furthest.get(at).copied(),
            false => self.steps.get(at)?.covers,
        }
    }

    pub fn at(&self, at: usize) -> Option<Timestamp> {
        self.steps.get(at)?.at
    }

    /// The step by which it stands where it stands.
    pub fn last(&self) -> Option<&'a Step> {
        self.after(self.steps.len().checked_sub(1)?)
    }

    /// The step by which it stood where it stood after its `at`-th.
    pub fn after(&self, at: usize) -> Option<&'a Step> {
        if !self.evidence.is_by_event() {
            return self.steps.get(at).copied();
        }
        let most = *self.furthest.get(at)?;
        let at = self.furthest.partition_point(|covers| *covers < most);
        self.steps.get(at).copied()
    }

    /// The furthest that it had ever been.
    pub fn furthest(&self) -> usize {
        self.furthest.last().copied().unwrap_or(0)
    }

    /// The last step known at a time, by its number.
    pub fn until(&self, time: Timestamp) -> Option<usize> {
        let until = |step: &&Step| step.at.is_some_and(|at| at <= time);
        self.steps.partition_point(until).checked_sub(1)
    }
}

/// The position to tell of a step: as the store has it, else that of the last event that it covers.
pub(super) fn position(step: &Step, tail: Option<&Tail>, log: &Log, known: Known) -> Option<Place> {
    if let Some(position) = step.position {
        return Some(Place::Position(position));
    }
    let tail = tail?;
    let last = tail.last(log, step.covers?, known)?;
    tail.event(last).map(Place::Event)
}

/// A position as it is found.
pub(super) enum Place {
    Position(Position),
    Event(EventIx),
}
