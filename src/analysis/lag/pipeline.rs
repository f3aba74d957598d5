//! The way of an event: recorded, put into the outbox, published by the relay, delivered by the broker
//! and processed by a consumer. How long each part took, and how many wait in it.

use hashbrown::HashMap;
use serde::Serialize;

use super::clocks::Clocks;
use super::course::Course;
use super::delays::{Percentiles, processed};
use super::progress::{ConsumerId, Progress, Way};
use crate::analysis::streams::natural_order;
use crate::log::{Bound, Cut};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// A part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// From the recording of the event to its message in the outbox.
    Outbox,
    /// From the outbox to the publication.
    Relay,
    /// From the publication to the delivery; what a broker does stands in no store.
    Broker,
    /// From the publication, or from the recording for who does not go by it, to a consumer being done.
    Consumer,
}

/// From when on the time of a part is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The recording of the event.
    Recording,
    /// Its message being put into the outbox.
    Message,
    /// Its publication.
    Publication,
}

/// A part of the way as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Which part.
    pub kind: StageKind,
    /// The consumer, where it is the last part.
    pub consumer: Option<String>,
    /// From when on its time is measured.
    pub since: Since,
    /// How long it took those that have it behind them; null where none has, or where clocks are apart.
    pub took: Option<Percentiles>,
    /// By what clocks that was measured.
    pub clocks: Clocks,
    /// How many are in it.
    pub waiting: Option<u64>,
    /// Since when the first of them is.
    pub oldest: Option<Timestamp>,
    /// Which consumer that is.
    #[serde(skip)]
    pub id: Option<ConsumerId>,
}

impl Course {
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
        let published = self.publications(cut);
        for message in self.known_messages(cut) {
            let event = message.event.filter(|event| cut.holds(log, *event));
            let recorded = event.and_then(|event| log.time(event, self.clock));
            put.extend(recorded.zip(message.created_at).map(span));
            let done = message.published_at.filter(|at| by(*at));
            relayed.extend(message.created_at.zip(done).map(span));
        }
        let mut stages = Vec::new();
        if let Some(outbox) = self.outbox(cut, now) {
            let part = |kind, since, took: Vec<i64>, waiting| {
                let (took, clocks) = self.figures(cut, took);
                Stage {
                    kind,
                    consumer: None,
                    since,
                    took,
                    clocks,
                    waiting,
                    oldest: None,
                    id: None,
                }
            };
            stages.push(part(
                StageKind::Outbox,
                Since::Recording,
                put,
                outbox.missing,
            ));
            stages.push(Stage {
                oldest: outbox.oldest,
                ..part(
                    StageKind::Relay,
                    Since::Message,
                    relayed,
                    Some(outbox.pending),
                )
            });
            stages.push(part(
                StageKind::Broker,
                Since::Publication,
                Vec::new(),
                None,
            ));
        }
        for (_, own, way) in self.known(cut) {
            task.check()?;
            let Some((since, took)) = self.took(own, cut, &published, task)? else {
                continue;
            };
            let scene = (&way, cut);
            let (waiting, oldest) = self.in_it(own, since, scene, &published, task)?;
            let (took, clocks) = self.figures(cut, took);
            stages.push(Stage {
                kind: StageKind::Consumer,
                consumer: Some(own.id.name.clone()),
                since,
                took,
                clocks,
                waiting: waiting.map(|waiting| waiting as u64),
                oldest,
                id: Some(own.id.clone()),
            });
        }
        // By name: in which order they were met first is not known before all are.
        let name = |stage: &Stage| stage.consumer.clone().unwrap_or_default();
        stages.sort_by(|a, b| natural_order(&name(a), &name(b)));
        Ok(stages)
    }

    /// How many events wait for a consumer, and since when the first does. What is not published yet is in the
    /// hands of the relay, and of nobody else.
    fn in_it(
        &self,
        own: &Progress,
        since: Since,
        (way, cut): (&Way<'_>, &Cut),
        published: &HashMap<EventIx, Timestamp>,
        task: &Task,
    ) -> Result<(Option<usize>, Option<Timestamp>), Cancelled> {
        let log = &self.log;
        if since == Since::Publication {
            let handed = self.handed(own, (way, cut), published, task)?;
            let waits = || handed.iter().filter(|handed| handed.done.is_none());
            return Ok((Some(waits().count()), waits().map(|own| own.at).min()));
        }
        let standing = self.standing(own, way, cut, cut.time(log));
        let tail = own.tail.map(|at| &self.tails[at]);
        let first = tail.zip(standing.first);
        let oldest = first.and_then(|(tail, first)| tail.time(log, first));
        Ok((standing.waiting, oldest))
    }

    /// The events that came to a consumer by their publication, in the order of its tail.
    fn handed(
        &self,
        own: &Progress,
        (way, cut): (&Way<'_>, &Cut),
        published: &HashMap<EventIx, Timestamp>,
        task: &Task,
    ) -> Result<Vec<Handed>, Cancelled> {
        let Some(tail) = own.tail.map(|at| &self.tails[at]) else {
            return Ok(Vec::new());
        };
        // The steps by which it came further than ever, in order.
        let mut steps: Vec<(usize, Timestamp)> = Vec::new();
        for step in way.steps() {
            if let Some((covers, at)) = step.covers.zip(step.at)
                && steps.last().is_none_or(|(most, _)| covers > *most)
            {
                steps.push((covers, at));
            }
        }
        let mut handed = Vec::new();
        for place in 0..tail.len() {
            if place % 4096 == 0 {
                task.check()?;
            }
            let event = tail
                .event(place)
                .filter(|event| cut.holds(&self.log, *event));
            if let Some(at) = event.and_then(|event| published.get(&event)) {
                let step = steps.partition_point(|(covers, _)| *covers <= place);
                handed.push(Handed {
                    at: *at,
                    done: steps.get(step).map(|(_, done)| *done),
                });
            }
        }
        Ok(handed)
    }

    /// By how many the events in the hands of consumers became more and fewer, and when; of those that go by
    /// publications.
    pub(super) fn in_hand(
        &self,
        cut: &Cut,
        task: &Task,
    ) -> Result<Vec<(ConsumerId, Changes)>, Cancelled> {
        let published = self.publications(cut);
        let mut all = Vec::new();
        if published.is_empty() {
            return Ok(all);
        }
        for (_, own, way) in self.known(cut) {
            let Some((Since::Publication, _)) = self.took(own, cut, &published, task)? else {
                continue;
            };
            let handed = self.handed(own, (&way, cut), &published, task)?;
            let changes = handed.iter().flat_map(|Handed { at, done }| {
                let done = done.map(|done| (done.max(*at), -1));
                [(*at, 1)].into_iter().chain(done)
            });
            all.push((own.id.clone(), changes.collect()));
        }
        Ok(all)
    }

    /// How long events took a consumer, and since when that is measured; none where nothing tells of them
    /// one by one.
    fn took(
        &self,
        own: &Progress,
        cut: &Cut,
        published: &HashMap<EventIx, Timestamp>,
        task: &Task,
    ) -> Result<Option<(Since, Vec<i64>)>, Cancelled> {
        let log = &self.log;
        let Some((trace, tail)) = own.by_event().zip(own.tail.map(|at| &self.tails[at])) else {
            return Ok(None);
        };
        let mut done: Vec<(EventIx, Timestamp)> = Vec::new();
        processed(&trace.way(log, cut), task, &mut |at, when| {
            done.extend(tail.event(at).map(|event| (event, when)));
        })?;
        let since = match self.goes_by_publications(own, cut) {
            true => Since::Publication,
            false => Since::Recording,
        };
        let took = done.iter().filter_map(|(event, at)| {
            let from = match since {
                Since::Publication => published.get(event).copied(),
                _ => log.time(*event, self.clock),
            };
            Some(span((from?, *at)))
        });
        let took = took.collect();
        Ok((!done.is_empty()).then_some((since, took)))
    }

    /// In figures, where that is a time at all.
    fn figures(&self, cut: &Cut, mut took: Vec<i64>) -> (Option<Percentiles>, Clocks) {
        let clocks = self.clocks(cut, took.iter().copied());
        if clocks == Clocks::Apart {
            return (None, clocks);
        }
        took.iter_mut().for_each(|took| *took = (*took).max(0));
        took.sort_unstable();
        (Percentiles::of(&took), clocks)
    }
}

/// By how many something became more or fewer, and when.
type Changes = Vec<(Timestamp, i64)>;

/// An event that was published for a consumer.
#[derive(Clone, Copy, Debug)]
struct Handed {
    at: Timestamp,
    /// When it had come past it.
    done: Option<Timestamp>,
}

fn span((from, to): (Timestamp, Timestamp)) -> i64 {
    (to - from).micros()
}
