//! What a run is at a moment, and why it may have stopped before one.

use std::sync::Arc;

use super::script::{DeadLetter, ScriptError};
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
    /// Why it stopped before the moment, if it did.
    pub stopped: Option<Stopped>,
}

impl Moment {
    /// What a partition is.
    #[must_use]
    pub fn get(&self, partition: &str) -> Option<Held> {
        self.states.get(self.partitions.find(partition)?)
    }

    /// Partitions with what they are, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Held)> {
        let all = self.states.iter();
        all.map(|(partition, held)| (self.partitions.get(partition), held))
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
