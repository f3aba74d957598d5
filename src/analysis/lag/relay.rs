//! The relay as the cause: consumers that go by publications stand still while it publishes nothing. From how
//! they run nobody can tell that from a consumer that is switched off; the outbox can, since it says what was
//! published when.

use serde::Serialize;

use super::course::Course;
use super::outbox::{Outage, OutboxReport};
use super::progress::{Progress, Way};
use super::status::Status;
use super::tail::{Known, Tail};
use crate::analysis::streams::natural_order;
use crate::log::Cut;
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

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

/// A time in which the relay published nothing, with what waited for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayOutage {
    /// From when to when.
    pub outage: Outage,
    /// How many messages waited at its end.
    pub messages: u64,
    /// The events of these messages.
    pub events: Vec<EventIx>,
}

impl Course {
    /// The times up to a cut in which the relay published nothing although a message waited, in order.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn relay_outages(&self, cut: &Cut, task: &Task) -> Result<Vec<RelayOutage>, Cancelled> {
        let all = self.outages(cut, cut.time(&self.log)).into_iter();
        let mut all: Vec<RelayOutage> = all
            .map(|outage| RelayOutage {
                outage,
                messages: 0,
                events: Vec::new(),
            })
            .collect();
        for (number, message) in self.known_messages(cut).iter().enumerate() {
            if number % 4096 == 0 {
                task.check()?;
            }
            let Some((created, published)) = message.waited() else {
                continue;
            };
            let published = published.filter(|at| self.is_by(cut, *at));
            let is_over = |own: &RelayOutage| own.outage.to.is_some_and(|to| to <= created);
            let first = all.partition_point(is_over);
            let waited = all[first..]
                .iter_mut()
                .take_while(|own| match own.outage.to {
                    Some(to) => published.is_none_or(|at| at >= to),
                    None => published.is_none(),
                });
            for own in waited {
                own.messages += 1;
                let event = message.event.filter(|event| cut.holds(&self.log, *event));
                own.events.extend(event);
            }
        }
        Ok(all)
    }

    /// The consumers for which at the end of such a time, or by the cut while it lasts, nothing waited but
    /// messages that were not published; by name.
    #[must_use]
    pub fn held_by(&self, outage: &Outage, cut: &Cut) -> Vec<String> {
        // What was published at its end was not before.
        let end = outage.to.map(|to| to.saturating_sub(Span::from_micros(1)));
        let Some(end) = end.or(cut.time(&self.log)) else {
            return Vec::new();
        };
        let known = Known::at(cut).by(end);
        let waited = |own: &Progress, way: &Way<'_>| {
            let tail = &self.tails[own.tail?];
            let place = (tail, way.covers(way.until(end)?)?);
            let comes = self.goes_by_publications(own, cut)
                && self.first_that_comes(own, place, (cut, known)).is_some();
            let published = || self.published_first(place, known, cut);
            (comes && published().is_none_or(|at| at > end)).then(|| own.id.name.clone())
        };
        let all = self.known(cut).into_iter();
        let mut names: Vec<String> = all.filter_map(|(_, own, way)| waited(own, &way)).collect();
        names.sort_by(|a, b| natural_order(a, b));
        names.dedup();
        names
    }

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
