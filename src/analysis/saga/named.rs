//! Which event types a definition names, and whether it is one for a store: one that was written for another
//! store would judge what it never heard of.

use std::collections::BTreeSet;

use super::definition::Definition;
use crate::log::Log;

/// Of the types that a definition names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// So many the store does not have.
    pub types: usize,
    /// So many they are.
    pub of: usize,
}

impl Missing {
    /// Whether the store has most of them.
    #[must_use]
    pub const fn is_few(&self) -> bool {
        self.types * 2 <= self.of
    }
}

impl Definition {
    /// The types that it names and `log` does not have.
    #[must_use]
    pub fn missing(&self, log: &Log) -> Missing {
        let types = self.names();
        let missing = types.iter().filter(|name| log.types().find(name).is_none());
        Missing {
            types: missing.count(),
            of: types.len(),
        }
    }

    /// Whether anything in `log` begins as it says, and most of what it names is there.
    #[must_use]
    pub fn suits(&self, log: &Log) -> bool {
        self.begins_in(log) && self.missing(log).is_few()
    }

    /// Whether anything in `log` begins as it says.
    #[must_use]
    pub fn begins_in(&self, log: &Log) -> bool {
        let mut starts = self.start.iter();
        starts.any(|name| log.types().find(name).is_some())
    }

    fn names(&self) -> BTreeSet<&String> {
        let steps = self.steps.iter().flat_map(|step| {
            let types = [&step.begins, &step.success, &step.retry, &step.failure];
            types.into_iter().chain([&step.compensation])
        });
        let (end, parking) = (&self.end, &self.parking);
        let ends = [&end.completed, &end.cancelled, &end.together];
        let others = [
            &self.start,
            &self.turned_back,
            &parking.parked,
            &parking.resumed,
        ];
        steps.chain(ends).chain(others).flatten().collect()
    }
}
