//! What the outbox says of events, read once for all rules.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::log::{Bound, Cut, Log, OutboxMessage, Published};
use crate::model::{EventIx, Timestamp};

/// The outbox of a store as of a cut.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// The events that have a row, with when they were first published, if they were.
    pub rows: HashMap<EventIx, Option<Timestamp>, FixedState>,
    /// Events that have another row.
    pub again: Vec<EventIx>,
    /// Events of rows that could not be published at once.
    pub troubled: Vec<Troubled>,
}

/// A row that could not be published at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Troubled {
    pub event: EventIx,
    /// How often it was tried, where that is told and more than once.
    pub attempts: Option<i64>,
    pub fate: Fate,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Published,
    Waits,
    GivenUp,
}

impl Outbox {
    /// Looks at a row that was known at the cut.
    pub fn see(&mut self, log: &Log, cut: &Cut, file: u32, row: &OutboxMessage) {
        let event = row.of.as_ref().and_then(|mark| log.marked(file, mark));
        let Some(event) = event.filter(|event| cut.holds(log, *event)) else {
            return;
        };
        let is_head = cut.bound() == Bound::Head;
        let published = row.published_at.filter(|at| cut.knows(log, Some(*at)));
        self.take(event, published);
        // How often it was tried is known once it was published, or at the head.
        let attempts = row.attempts.filter(|_| published.is_some() || is_head);
        let attempts = attempts.filter(|attempts| *attempts > 1);
        let error = row
            .error
            .as_ref()
            .filter(|error| is_head && !error.is_empty());
        let fate = match row.published {
            _ if published.is_some() => Fate::Published,
            Some(Published::Yes) => Fate::Published,
            Some(Published::Failed) if is_head => Fate::GivenUp,
            _ => Fate::Waits,
        };
        // Of one that was published in the end, what went wrong before is told by its attempts.
        let failed = fate == Fate::GivenUp || fate == Fate::Waits && error.is_some();
        if attempts.is_some() || failed {
            self.troubled.push(Troubled {
                event,
                attempts,
                fate,
                error: error.filter(|_| fate != Fate::Published).cloned(),
            });
        }
    }

    /// What was seen of all rows.
    pub fn seen(mut self) -> Self {
        self.again.sort_unstable();
        self.troubled.sort_unstable();
        self
    }

    fn take(&mut self, event: EventIx, published: Option<Timestamp>) {
        match self.rows.get_mut(&event) {
            Some(first) => {
                *first = first.iter().chain(&published).min().copied();
                self.again.push(event);
            }
            None => {
                self.rows.insert(event, published);
            }
        }
    }
}
