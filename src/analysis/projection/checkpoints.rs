//! States kept along a run, so that any moment is the nearest of them plus a short replay. When to keep
//! one is a strategy of the literature; how many can be kept is a matter of memory.

use serde::{Deserialize, Serialize};

use super::script::Fed;
use super::states::States;
use crate::model::EventIx;

/// When a run keeps its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "strategy", rename_all = "snake_case")]
pub enum SnapshotStrategy {
    /// Every so many events.
    Periodic {
        /// Events between two checkpoints.
        every: u32,
    },
    /// As soon as so many states have changed since the last.
    Threshold {
        /// Changed states.
        changes: u32,
    },
    /// After each event.
    Eager,
    /// Where somebody has asked for a moment, and nowhere else.
    Lazy,
}

/// What a run had done up to an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Events that a handler took.
    pub processed: u64,
    /// Events that are read but are in no partition.
    pub skipped: u64,
    /// Events that a handler failed on.
    pub failed: u64,
}

impl Counts {
    pub(super) fn add(&mut self, fed: Fed) {
        match fed {
            Fed::Processed => self.processed += 1,
            Fed::Skipped => self.skipped += 1,
            Fed::Failed => self.failed += 1,
        }
    }

    /// Those of other events, too.
    pub(super) const fn and(self, further: Self) -> Self {
        Self {
            processed: self.processed + further.processed,
            skipped: self.skipped + further.skipped,
            failed: self.failed + further.failed,
        }
    }
}

/// The states after some events.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    /// All events of the log below it are folded.
    pub next: EventIx,
    pub states: States,
    pub counts: Counts,
    bytes: usize,
}

/// The checkpoints of a run, by the events they hold.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    kept: Vec<Checkpoint>,
    bytes: usize,
    budget: usize,
    /// By how much wider they stand than the strategy says, since memory is used up.
    stride: u32,
    strategy: SnapshotStrategy,
}

impl Checkpoints {
    pub fn new(strategy: SnapshotStrategy, budget: usize) -> Self {
        Self {
            kept: vec![Checkpoint {
                next: EventIx(0),
                states: States::default(),
                counts: Counts::default(),
                bytes: 0,
            }],
            bytes: 0,
            budget,
            stride: 1,
            strategy,
        }
    }

    pub const fn strategy(&self) -> SnapshotStrategy {
        self.strategy
    }

    /// Bytes held, roughly.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are beside the beginning.
    pub fn len(&self) -> usize {
        self.kept.len() - 1
    }

    /// Whether one should be kept so many events after the last, with at most so many changed states.
    pub fn is_due(&self, events: u32, changes: impl FnOnce() -> usize) -> bool {
        let wide = |count: u32| count.saturating_mul(self.stride);
        match self.strategy {
            SnapshotStrategy::Periodic { every } => events >= wide(every.max(1)),
            SnapshotStrategy::Threshold { changes: most } => {
                // So many changes take as many events.
                events >= wide(most) && changes() >= wide(most) as usize
            }
            SnapshotStrategy::Eager => events >= self.stride,
            SnapshotStrategy::Lazy => false,
        }
    }

    /// How many events may come after so many, of which at most so many have changed a state, before
    /// one could be due.
    pub fn room(&self, events: u32, changes: impl FnOnce() -> usize) -> u32 {
        let left =
            |count: u32, of: u32| of.saturating_mul(self.stride).saturating_sub(count).max(1);
        match self.strategy {
            SnapshotStrategy::Periodic { every } => left(events, every.max(1)),
            SnapshotStrategy::Threshold { changes: most } => {
                let changes = u32::try_from(changes()).unwrap_or(u32::MAX);
                left(events, most).max(left(changes, most))
            }
            SnapshotStrategy::Eager => left(events, 1),
            SnapshotStrategy::Lazy => u32::MAX,
        }
    }

    /// The last one at or before `next`; there is always the beginning.
    pub fn nearest(&self, next: EventIx) -> &Checkpoint {
        let after = self.kept.partition_point(|kept| kept.next <= next);
        &self.kept[after.saturating_sub(1)]
    }

    pub fn keep(&mut self, next: EventIx, states: States, counts: Counts) {
        let at = self.kept.partition_point(|kept| kept.next < next);
        if self.kept.get(at).is_some_and(|kept| kept.next == next) {
            return;
        }
        let before = &self.kept[at.saturating_sub(1)].states;
        let checkpoint = Checkpoint {
            next,
            bytes: states.grown(before),
            states,
            counts,
        };
        self.bytes += checkpoint.bytes;
        self.kept.insert(at, checkpoint);
        while self.bytes > self.budget && self.kept.len() > 2 {
            self.thin();
        }
    }

    /// Lets go of every other one, but for the beginning and the last.
    fn thin(&mut self) {
        let last = self.kept.len() - 1;
        let mut at = 0;
        self.kept.retain(|_| {
            let keep = at == last || at % 2 == 0;
            at += 1;
            keep
        });
        self.stride = self.stride.saturating_mul(2);
        self.bytes = 0;
        for at in 1..self.kept.len() {
            let (before, after) = self.kept.split_at_mut(at);
            if let (Some(before), Some(own)) = (before.last(), after.first_mut()) {
                own.bytes = own.states.grown(&before.states);
                self.bytes += own.bytes;
            }
        }
    }
}
