//! What a run is at a moment, and why it may have stopped before one.

use std::sync::Arc;

use super::script::{DeadLetter, Odd, ScriptError};
use super::told::KEPT;
use super::{Counts, Held, States, Told};
use crate::log::Names;
use crate::model::EventIx;

/// A projection as of a moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The state of each partition.
    pub states: States,
    /// The partitions' names.
    pub partitions: Names,
    /// What was done.
    pub counts: Counts,
    /// The dead letters, oldest first.
    pub dead: Arc<[DeadLetter]>,
    /// What handlers said.
    pub told: Told,
    /// What they have changed outside their states, by its names.
    pub outside: Arc<[String]>,
    /// Why it stopped before the moment, if it did.
    pub stopped: Option<Stopped>,
}

impl Moment {
    /// What a partition is.
    #[must_use]
    pub fn get(&self, partition: &str) -> Option<Held> {
        self.states.get(self.partitions.find(partition)?)
    }

    /// The dead letters of a partition, oldest first.
    pub(super) fn dead_of(&self, partition: &str) -> impl DoubleEndedIterator<Item = &DeadLetter> {
        let own = move |letter: &&DeadLetter| letter.partition.as_deref() == Some(partition);
        self.dead.iter().filter(own)
    }

    /// Partitions with what they are, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Held)> {
        let all = self.states.iter();
        all.map(|(partition, held)| (self.partitions.get(partition), held))
    }
}

/// Where a result holds what JSON has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddPlace {
    /// The partition.
    pub partition: Arc<str>,
    /// The last event folded into it.
    pub last: EventIx,
    /// What it is.
    pub odd: Odd,
}

impl OddPlace {
    /// Those in the result of a partition, added to others as far as there is room.
    pub fn add(all: &mut Vec<Self>, (partition, last): (&Arc<str>, EventIx), found: &[Odd]) {
        let room = KEPT.saturating_sub(all.len());
        all.extend(found.iter().take(room).map(|odd| Self {
            partition: Arc::clone(partition),
            last,
            odd: odd.clone(),
        }));
    }
}

/// Why a run has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// A handler failed, and the run was to stop there.
    Failed(Box<DeadLetter>),
    /// The script took too much; the event it was at.
    Fatal(EventIx, ScriptError),
}

impl Stopped {
    /// The event it has stopped at.
    #[must_use]
    pub const fn event(&self) -> EventIx {
        match self {
            Self::Failed(dead) => dead.event,
            Self::Fatal(event, _) => *event,
        }
    }
}
