//! The way of an event: recorded, put into the outbox, published by the relay, delivered by the broker
//! and processed by a consumer. How long each part took, and how many wait in it.

use hashbrown::HashMap;
use serde::Serialize;

use super::course::Course;
use super::delays::Percentiles;
use crate::log::{Bound, Cut};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// A part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// From the recording of the event to its message in the outbox.
    Outbox,
    /// From the outbox to the publication.
    Relay,
    /// From the publication, or from the recording where there is no outbox, to a consumer being done.
    Consumer,
}

/// A part of the way as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Which part.
    pub kind: StageKind,
    /// The consumer, where it is the last part.
    pub consumer: Option<String>,
    /// How long it took those that have it behind them; null where none has.
    pub took: Option<Percentiles>,
    /// How many are in it.
    pub waiting: Option<u64>,
}

/// How many messages waited in the outbox at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The moment.
    pub at: Timestamp,
    /// How many waited.
    pub messages: u64,
    /// The most that waited since the moment before.
    pub most: u64,
}

impl Course {
    /// How many messages waited in the outbox over a stretch of time, as known at a cut; messages of
    /// which the store does not tell when they came and went are left out.
    #[must_use]
    pub fn pending(
        &self,
        cut: &Cut,
        (from, to): (Timestamp, Timestamp),
        points: usize,
    ) -> Vec<Pending> {
        let mut changes: Vec<(Timestamp, i64)> = Vec::new();
        for message in self.known_messages(cut) {
            if let Some(created) = message.created_at.filter(|created| *created <= to) {
                changes.push((created, 1));
                changes.extend(message.published_at.map(|at| (at.max(created), -1)));
            }
        }
        changes.sort_unstable();
        let mut changes = changes.into_iter().peekable();
        let length = i128::from((to - from).micros().max(0));
        let (mut waiting, mut all) = (0_i64, Vec::with_capacity(points));
        for n in 0..=points {
            let part = length * n as i128 / points.max(1) as i128;
            let at = from.saturating_add(Span::from_micros(part as i64));
            let mut most = waiting;
            while let Some((_, change)) = changes.next_if(|(when, _)| *when <= at) {
                waiting += change;
                most = most.max(waiting);
            }
            let count = |messages: i64| u64::try_from(messages).unwrap_or(0);
            all.push(Pending {
                at,
                messages: count(waiting),
                most: count(most),
            });
        }
        all
    }

    /// The parts of the way as of a cut: the outbox, the relay, and each consumer.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn stages(&self, cut: &Cut, task: &Task) -> Result<Vec<Stage>, Cancelled> {
        let log = &self.log;
        let now = cut.time(log);
        let head = cut.bound() == Bound::Head;
        let by = |at: Timestamp| head || now.is_some_and(|now| at <= now);
        let (mut put, mut relayed) = (Vec::new(), Vec::new());
        let mut published: HashMap<EventIx, Timestamp> = HashMap::new();
        let mut pending = 0;
        for message in self.known_messages(cut) {
            let event = message.event.filter(|event| cut.holds(log, *event));
            let recorded = event.and_then(|event| log.time(event, self.clock));
            put.extend(recorded.zip(message.created_at).map(span));
            let done = message.published_at.filter(|at| by(*at));
            relayed.extend(message.created_at.zip(done).map(span));
            if let Some((event, done)) = event.zip(done) {
                published.entry(event).or_insert(done);
            }
            let published_by = now.filter(|_| !head);
            pending += u64::from(message.is_published(published_by) == Some(false));
        }
        let mut stages = Vec::new();
        if self.outbox.is_some() {
            let missing = self.outbox(cut).and_then(|outbox| outbox.missing);
            stages.push(stage(StageKind::Outbox, None, put, missing));
            stages.push(stage(StageKind::Relay, None, relayed, Some(pending)));
        }
        for (_, own, way) in self.known(cut) {
            task.check()?;
            let tail = own.tail.map(|at| &self.tails[at]);
            let exact = own.by_event().map(|trace| trace.way(log, cut));
            let Some((tail, exact)) = tail.zip(exact.filter(|exact| exact.len() > 0)) else {
                continue;
            };
            let took = exact.steps().iter().filter_map(|step| {
                let event = tail.event(step.covers?.checked_sub(1)?)?;
                let from = published.get(&event).copied();
                let from = from.filter(|from| Some(*from) <= step.at);
                Some(span((
                    from.or_else(|| log.time(event, self.clock))?,
                    step.at?,
                )))
            });
            let waiting = self.standing(own, &way, cut, now).waiting;
            let (name, waiting) = (own.name.clone(), waiting.map(|waiting| waiting as u64));
            stages.push(stage(
                StageKind::Consumer,
                Some(name),
                took.collect(),
                waiting,
            ));
        }
        // By name: in which order they were met first is not known before all are.
        stages.sort_by(|a, b| a.consumer.cmp(&b.consumer));
        Ok(stages)
    }
}

fn span((from, to): (Timestamp, Timestamp)) -> i64 {
    (to - from).micros().max(0)
}

fn stage(
    kind: StageKind,
    consumer: Option<String>,
    mut took: Vec<i64>,
    waiting: Option<u64>,
) -> Stage {
    took.sort_unstable();
    Stage {
        kind,
        consumer,
        took: Percentiles::of(&took),
        waiting,
    }
}
