//! The report: every consumer as of a moment, the outbox and the dead letters.

use serde::Serialize;

use super::course::Course;
use super::letters::{self, DeadLetterReport, LetterGroup};
use super::measure::Standing;
use super::outbox::OutboxReport;
use super::progress::{ConsumerId, Evidence, Progress};
use super::relay::{Cause, RelayHold};
use super::series::Chart;
use super::spells::Spell;
use super::status::Status;
use crate::analysis::events::Content;
use crate::analysis::streams::natural_order;
use crate::log::{AsOf, Bound, Cut, PayloadReader};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp, Version};

/// Points of a series where nobody says how many.
const POINTS: usize = 200;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct LagOptions {
    /// These consumers only: all whose name is this.
    pub consumer: Option<String>,
    /// The series, too.
    pub over: Option<usize>,
    /// The clock, while a store is followed: what its head is measured by.
    pub now: Option<Timestamp>,
}

impl LagOptions {
    /// With the series of each consumer.
    #[must_use]
    pub fn with_series(self) -> Self {
        Self {
            over: Some(POINTS),
            ..self
        }
    }
}

/// The consumers of a store as of a moment.
#[derive(Clone, Debug, Serialize)]
pub struct LagReport {
    /// The moment.
    pub as_of: AsOf,
    /// At the head, until when what stands beside the events is dated, where that is after the moment: it
    /// is told as it is now, and not as of that moment.
    pub tables_until: Option<Timestamp>,
    /// The worst first.
    pub consumers: Vec<ConsumerLag>,
    /// That consumers wait for the relay, where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay: Option<RelayHold>,
    /// Null in a store without one.
    pub outbox: Option<OutboxReport>,
    /// Oldest first.
    pub dead_letters: Vec<DeadLetterReport>,
    /// The same by consumer and error, the most first.
    pub dead_letters_by_error: Vec<LetterGroup>,
}

/// How far a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// From a history of checkpoints, or from processed messages.
    Exact,
    /// From samples taken while the store was followed.
    Sampled,
    /// From a table that holds the present only.
    CurrentOnly,
    /// The store does not tell.
    Unknown,
}

impl Certainty {
    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
            Self::CurrentOnly => "current only",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a lag goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It falls behind.
    Growing,
    /// As it was.
    Steady,
    /// It catches up.
    Shrinking,
}

/// A consumer, or a partition of it, as of a moment. What is not known is null.
#[derive(Clone, Debug, Serialize)]
pub struct ConsumerLag {
    /// Its name; of one that reads another file `A follows B`.
    pub name: String,
    /// Which part of its work.
    pub partition: Option<String>,
    /// What tells of it.
    pub source: Evidence,
    /// How far that can be trusted.
    pub certainty: Certainty,
    /// Its checkpoint.
    pub position: Option<PositionName>,
    /// The last event of what it reads.
    pub head: Option<PositionName>,
    /// How many events wait.
    pub lag_events: Option<u64>,
    /// For how long the first of them has.
    pub lag_ms: Option<i64>,
    /// How it runs.
    pub status: Option<Status>,
    /// Where it is stalled, since when it stands while an event waits; where it is stopped, when it was
    /// last seen.
    pub since: Option<Timestamp>,
    /// Who holds it up, where that is not itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Events a second, over its last ten steps, or those of the last minute where these are more.
    pub throughput: Option<f64>,
    /// Where its lag goes.
    pub trend: Option<Trend>,
    /// Seconds until it has caught up at the rate at which its lag shrinks now.
    pub eta_s: Option<f64>,
    /// Where it is stalled, the event that it stands before: the one that it cannot handle, or the next
    /// one after a pause, which no store tells apart.
    pub blocking_event: Option<Blocking>,
    /// The categories that it reads; null where the store names none: then it is all.
    pub reads: Option<Vec<String>>,
    /// Why its lag is not known, where the file that it reads is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its lag over time, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Chart>,
    /// What befell it, where its lag over time was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spells: Option<Vec<Spell>>,
    /// The first event that waits for it.
    #[serde(skip)]
    pub first: Option<EventIx>,
    /// Which it is.
    #[serde(skip)]
    pub id: ConsumerId,
    /// By how many events a second its lag grows.
    #[serde(skip)]
    pub growth: Option<f64>,
    /// For how long it has stood while an event waits, where events are not used to wait for half as long.
    #[serde(skip)]
    pub late: Option<Span>,
    /// Since when its throughput and its growth are measured.
    #[serde(skip)]
    pub rates_since: Option<Timestamp>,
}

impl ConsumerLag {
    /// Whether what it reads is in a file that is not open: where it stands is known, and not of what.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.certainty == Certainty::Unknown && self.position.is_some() && self.head.is_none()
    }
}

/// The event that a stalled consumer stands before.
#[derive(Clone, Debug, Serialize)]
pub struct Blocking {
    /// Its position.
    pub position: PositionName,
    /// Its stream.
    pub stream: String,
    /// Its version there.
    pub version: Version,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its time.
    pub time: Option<Timestamp>,
    /// What went wrong, where a dead letter tells.
    pub error: Option<String>,
    /// How often it was tried, where a dead letter tells.
    pub attempts: Option<i64>,
    /// The payload.
    pub data: Content,
    /// The event itself.
    #[serde(skip)]
    pub event: EventIx,
}

/// The consumers of a course as of a cut.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn report(
    course: &Course,
    payloads: &dyn PayloadReader,
    cut: &Cut,
    options: &LagOptions,
    task: &Task,
) -> Result<LagReport, Cancelled> {
    let log = &course.log;
    let at_head = cut.bound() == Bound::Head;
    let now = options.now.filter(|_| at_head).or(cut.time(log));
    let outbox = course.outbox(cut, now);
    let mut relay = outbox.as_ref().and_then(RelayHold::of);
    let mut consumers = Vec::with_capacity(course.consumers.len());
    let begin = match options.over {
        Some(_) => course.earliest_known(cut, task)?,
        None => None,
    };
    for (number, own, way) in course.known(cut) {
        task.check()?;
        if options
            .consumer
            .as_ref()
            .is_some_and(|name| *name != own.id.name)
        {
            continue;
        }
        let standing = course.standing(own, &way, cut, now);
        let tail = own.tail.map(|at| &course.tails[at]);
        let waits = standing.first;
        let first = waits.and_then(|first| tail?.event(first));
        let mut told = told(course, own, way.evidence, standing);
        told.first = first;
        let tells = (relay.as_ref()).is_some_and(|relay| relay.tells(told.status));
        let place = tail.zip(waits).filter(|_| tells);
        let held = place.is_some_and(|place| course.waits_for_relay(own, place, cut));
        told.cause = held.then_some(Cause::Relay);
        if let Some(event) = first.filter(|_| told.status == Some(Status::Stalled)) {
            told.blocking_event = Some(course.blocking(own, event, cut, payloads, task)?);
        }
        if let Some(points) = options.over {
            told.over = Some(match begin.zip(now) {
                Some(stretch) => course.chart(number, cut, stretch, points, task)?,
                None => Chart::default(),
            });
            told.spells = Some(course.spells(number, cut, now, task)?);
        }
        consumers.push(told);
    }
    consumers.sort_by(by_trouble);
    if let Some(relay) = &mut relay {
        let held = consumers
            .iter()
            .filter(|own| own.cause == Some(Cause::Relay));
        relay.consumers = held.map(|own| own.name.clone()).collect();
    }
    let mut dead_letters = course.dead_letters(cut);
    if let Some(name) = &options.consumer {
        dead_letters.retain(|letter| letter.may_be_of(name));
    }
    Ok(LagReport {
        as_of: cut.as_of(log),
        tables_until: course.tables_until(cut, now),
        consumers,
        relay: relay.filter(|relay| !relay.consumers.is_empty()),
        outbox,
        dead_letters_by_error: letters::groups(&dead_letters),
        dead_letters,
    })
}

/// The worst first: by status, then by how long events wait. Who is late comes with those who are
/// warned of, before a rule tells it. Of whom nothing is known comes last.
fn by_trouble(one: &ConsumerLag, other: &ConsumerLag) -> std::cmp::Ordering {
    let rank = |own: &ConsumerLag| match own.status {
        Some(Status::Ok) if own.late.is_some() => Status::Warning as u8,
        status => status.map_or(u8::MAX, |status| status as u8),
    };
    let waits = |own: &ConsumerLag| std::cmp::Reverse((own.lag_ms, own.lag_events));
    let trouble = (rank(one), waits(one)).cmp(&(rank(other), waits(other)));
    let name = || natural_order(&one.name, &other.name);
    let part = |own: &ConsumerLag| own.partition.clone().unwrap_or_default();
    let part = || natural_order(&part(one), &part(other));
    trouble.then_with(name).then_with(part)
}

fn told(course: &Course, own: &Progress, source: Evidence, standing: Standing) -> ConsumerLag {
    let log = &course.log;
    let tail = own.tail.map(|at| &course.tails[at]);
    let waiting = standing.waiting;
    let growth = standing.growth;
    let eta = match (waiting, growth) {
        (Some(0), _) => Some(0.0),
        (Some(waiting), Some(growth)) if growth < 0.0 => Some(waiting as f64 / -growth),
        _ => None,
    };
    let head = standing.head.and_then(|head| tail?.event(head));
    let reads = tail.map(|tail| &tail.scope.categories);
    let since = match standing.status {
        Some(Status::Stalled) => standing.stands_since,
        Some(Status::Stopped) => standing.last_seen,
        _ => None,
    };
    ConsumerLag {
        name: own.id.name.clone(),
        partition: own.id.partition.clone(),
        source,
        certainty: certainty(source, &standing),
        position: standing.position,
        head: head.map(|head| log.position_name(head)),
        lag_events: waiting.map(|waiting| waiting as u64),
        lag_ms: standing.lag_ms,
        status: standing.status,
        since,
        cause: None,
        throughput: standing.throughput.map(rounded),
        trend: growth.map(|growth| match growth {
            growth if growth > 0.0 => Trend::Growing,
            growth if growth < 0.0 => Trend::Shrinking,
            _ => Trend::Steady,
        }),
        eta_s: eta.map(rounded),
        blocking_event: None,
        reads: reads.filter(|reads| !reads.is_empty()).cloned(),
        note: missing(own),
        over: None,
        spells: None,
        first: None,
        id: own.id.clone(),
        growth,
        late: standing.late,
        rates_since: standing.rates_since,
    }
}

/// That what it reads is not open.
fn missing(own: &Progress) -> Option<String> {
    let application = own.file.as_ref().filter(|_| own.tail.is_none())?;
    Some(format!(
        "{} reads the events of the application {application}, which are in no open file: open the one that has \
         them too, called {application} or with that word in its name",
        own.id.name
    ))
}

fn certainty(source: Evidence, standing: &Standing) -> Certainty {
    if standing.waiting.is_none() {
        return Certainty::Unknown;
    }
    match source {
        // Who has nothing to read is not behind, wherever it stands.
        _ if standing.head.is_none() => Certainty::Exact,
        Evidence::CheckpointHistory | Evidence::Processed => Certainty::Exact,
        Evidence::Sampled => Certainty::Sampled,
        Evidence::Checkpoint => Certainty::CurrentOnly,
        Evidence::DeadLetters | Evidence::Effects => Certainty::Unknown,
    }
}

/// To six digits after the point: what a rate is worth.
fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

impl Course {
    /// The earliest time of any event known at a cut, which need not be that of the first.
    fn earliest_known(&self, cut: &Cut, task: &Task) -> Result<Option<Timestamp>, Cancelled> {
        let mut earliest: Option<Timestamp> = None;
        for known in cut.known(&self.log) {
            for event in known.map(EventIx) {
                if event.0 % 4096 == 0 {
                    task.check()?;
                }
                let time = self.log.time(event, cut.clock());
                earliest = earliest.into_iter().chain(time).min();
            }
        }
        Ok(earliest)
    }

    /// The first event that a consumer has not covered, with why.
    fn blocking(
        &self,
        own: &Progress,
        event: EventIx,
        cut: &Cut,
        payloads: &dyn PayloadReader,
        task: &Task,
    ) -> Result<Blocking, Cancelled> {
        let log = &self.log;
        let mut data = Content::Absent;
        payloads.read(log, &[event], task, &mut |_, body| {
            data = match body {
                Ok(body) => body.data.into(),
                Err(why) => Content::Unreadable(why),
            };
        })?;
        let letter = self.known_letters(cut).find(|letter| {
            letter.event == Some(event)
                && letter
                    .consumer
                    .as_ref()
                    .is_none_or(|name| *name == own.id.name)
        });
        let stream = log.stream(event);
        Ok(Blocking {
            position: log.position_name(event),
            stream: log.stream_name(stream).to_owned(),
            version: log.version(event),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            time: log.time(event, cut.clock()),
            error: letter.and_then(|letter| letter.error.clone()),
            attempts: letter.and_then(|letter| letter.attempts),
            data,
            event,
        })
    }
}
