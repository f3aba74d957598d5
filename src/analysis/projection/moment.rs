//! What a run is at a moment, and why it may have stopped before one.

use std::sync::Arc;

use super::script::{DeadLetter, Odd, ScriptError, odd};
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
    /// Why it stopped before the moment, if it did.
    pub stopped: Option<Stopped>,
}

impl Moment {
    /// What a partition is.
    #[must_use]
    pub fn get(&self, partition: &str) -> Option<Held> {
        self.states.get(self.partitions.find(partition)?)
    }

    /// What JSON has no words for in the states: the first thousand, with their partitions and the last
    /// event of each.
    #[must_use]
    pub fn odd(&self) -> Vec<OddPlace> {
        let own = |(name, held): (&str, Held)| {
            let (partition, last): (Arc<str>, _) = (name.into(), held.last);
            odd(&held.state).into_iter().map(move |odd| OddPlace {
                partition: Arc::clone(&partition),
                last,
                odd,
            })
        };
        let named = self.iter().filter(|(name, _)| !name.starts_with('\0'));
        named.flat_map(own).take(KEPT).collect()
    }

    /// Partitions with what they are, in the order of their first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Held)> {
        let all = self.states.iter();
        all.map(|(partition, held)| (self.partitions.get(partition), held))
    }
}

/// Where a state holds what JSON has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddPlace {
    /// The partition.
    pub partition: Arc<str>,
    /// The last event folded into it.
    pub last: EventIx,
    /// What it is.
    pub odd: Odd,
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
