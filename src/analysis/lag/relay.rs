//! The relay as the cause: consumers that go by publications stand still while it publishes nothing. From how
//! they run nobody can tell that from a consumer that is switched off; the outbox can, since it says what was
//! published when.

use serde::Serialize;

use super::course::Course;
use super::outbox::OutboxReport;
use super::progress::Progress;
use super::status::Status;
use super::tail::{Known, Tail};
use crate::log::Cut;
use crate::model::Timestamp;

/// Who holds a consumer up, where that is somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// All that waits for it is a message that the relay has not published.
    Relay,
}

/// What a relay does that holds consumers up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Publishes {
    /// It publishes nothing.
    Nothing,
    /// It publishes others, and not what these consumers wait for.
    Others,
}

/// That consumers wait for the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelayHold {
    /// What it publishes meanwhile.
    pub publishes: Publishes,
    /// Since when it has published nothing; else since when the oldest message waits.
    pub since: Timestamp,
    /// How many messages wait.
    pub pending: u64,
    /// The consumers for which nothing but these waits, the worst first.
    pub consumers: Vec<String>,
}

impl RelayHold {
    /// The hold without a consumer yet, as an outbox tells it; none where nothing waits in it.
    pub(super) fn of(outbox: &OutboxReport) -> Option<Self> {
        let open = (outbox.outages.last()).filter(|outage| outage.to.is_none());
        let (publishes, since) = match open {
            Some(outage) => (Publishes::Nothing, outage.from),
            None => (Publishes::Others, outbox.oldest?),
        };
        Some(Self {
            publishes,
            since,
            pending: outbox.pending,
            consumers: Vec::new(),
        })
    }

    /// Whether it is the reason that one for which nothing else waits stands as it stands: who is in order
    /// waits for the next publication as always.
    pub(super) fn tells(&self, status: Option<Status>) -> bool {
        self.publishes == Publishes::Nothing || status.is_some_and(|status| status != Status::Ok)
    }
}

impl Course {
    /// Whether an event waits for a consumer that goes by publications, and none of those that wait was
    /// published by a cut.
    pub(super) fn waits_for_relay(
        &self,
        own: &Progress,
        (tail, covers): (&Tail, usize),
        cut: &Cut,
    ) -> bool {
        let known = Known::at(cut);
        self.goes_by_publications(own, cut)
            && (self.first_that_comes(own, (tail, covers), (cut, known))).is_some()
            && self.published_first((tail, covers), known, cut).is_none()
    }

    /// When the first of the events from a place of a tail on was published, as known at a cut.
    pub(super) fn published_first(
        &self,
        (tail, covers): (&Tail, usize),
        known: Known,
        cut: &Cut,
    ) -> Option<Timestamp> {
        let log = &self.log;
        let published = &self.outbox.as_ref()?.published;
        let next = |from: usize| tail.first(log, from, known);
        let mut earliest: Option<Timestamp> = None;
        for at in std::iter::successors(next(covers), |at| next(at + 1)) {
            // None is published before it is recorded.
            if earliest.is_some() && tail.time(log, at) > earliest {
                break;
            }
            let own = tail.event(at).and_then(|event| published.get(&event));
            let own = own.copied().filter(|at| self.is_by(cut, *at));
            earliest = earliest.into_iter().chain(own).min();
        }
        earliest
    }
}
