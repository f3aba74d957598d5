//! The outbox: what waits to be published, what was published twice, and events that nobody published.

use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use super::course::Course;
use super::status::LENGTH;
use crate::log::{
    Bound, Clock, Cut, IdRef, Log, Marked, OutboxMessage, Published, RowSource, RowsError, Says,
    SideKind, SideRow,
};
use crate::model::{EventIx, Task, Timestamp, TypeIx};

/// A message as it is read.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub event: Option<EventIx>,
    /// What it publishes, where that is no event of this log.
    key: String,
    /// Whether it names its event by id.
    by_id: bool,
    pub created_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub published: Option<Published>,
    pub attempts: Option<i64>,
}

/// The messages of a store, and the events that should have one.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    /// By when they were put there, the undated last.
    pub messages: Vec<Message>,
    /// Events that may have had no message when they were recorded, each with the first that has its
    /// id.
    late: Vec<(EventIx, EventIx)>,
    /// When messages were put there, by the first event with the id; and for which event, where they do
    /// not name all that share it.
    put: HashMap<EventIx, Vec<(Timestamp, Option<EventIx>)>>,
    /// When events were published, for the first time; of messages that are dated.
    pub published: HashMap<EventIx, Timestamp>,
}

/// The outbox as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutboxReport {
    /// Messages that wait.
    pub pending: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// Messages that were published.
    pub published: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
    /// Messages for an event that has an earlier one.
    pub duplicates: u64,
    /// Events without a message of kinds that are published; null where the outbox does not keep what it
    /// has published, and where of no kind nearly all have one.
    pub missing: Option<u64>,
    /// The most attempts that any took until it was published; how often one that waits was tried by a
    /// moment no store dates.
    pub most_attempts: Option<i64>,
    /// How often one that waits or was given up has been tried at most; known at the head only, since no
    /// store dates it.
    pub most_attempts_waiting: Option<i64>,
    /// Messages whose event is not in this store.
    pub without_event: u64,
    /// When nothing was published although something waited, in the order of time.
    pub outages: Vec<Outage>,
}

/// A stretch of time in which the relay published nothing, for ten minutes and more, although a message
/// waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outage {
    /// Since when: the last publication, or when the first message came after that.
    pub from: Timestamp,
    /// The next publication; null while it lasts.
    pub to: Option<Timestamp>,
}

const UNDATED: Timestamp = Timestamp::MAX;

impl Outbox {
    /// Reads it; `None` where the store has none.
    pub fn read(
        log: &Log,
        rows: &dyn RowSource,
        clock: Clock,
        task: &Task,
    ) -> Result<Option<Self>, RowsError> {
        if !rows.kinds().contains(&SideKind::Outbox) {
            return Ok(None);
        }
        let mut messages = Vec::new();
        rows.rows(SideKind::Outbox, task, &mut |row| {
            if let Ok(SideRow {
                file,
                says: Says::Outbox(row),
                ..
            }) = row
            {
                messages.push(message(log, file, row));
            }
        })?;
        messages.sort_by_key(|message| message.created_at.unwrap_or(UNDATED));
        let mut outbox = Self {
            messages,
            late: Vec::new(),
            put: HashMap::new(),
            published: HashMap::new(),
        };
        outbox.look_for_events(log, clock, task)?;
        Ok(Some(outbox))
    }

    fn look_for_events(
        &mut self,
        log: &Log,
        clock: Clock,
        task: &Task,
    ) -> Result<(), crate::model::Cancelled> {
        let mut published = HashSet::new();
        for message in &self.messages {
            let Some(event) = message.event else { continue };
            let created = message.created_at.unwrap_or(UNDATED);
            let of = Some(event).filter(|_| !message.by_id);
            let put = self.put.entry(first(log, event)).or_default();
            put.push((created, of));
            published.insert(category(log, event));
            // Of one that is not dated no moment before the head knows; of another none before it was there,
            // whatever its date of publication.
            if let Some((created, at)) = message.created_at.zip(message.published_at) {
                let at = at.max(created);
                let first = self.published.entry(event).or_insert(at);
                *first = at.min(*first);
            }
        }
        // No cut that holds an event is of a moment before this.
        let mut earliest = UNDATED;
        for event in log.events().rev() {
            if event.0 % 4096 == 0 {
                task.check()?;
            }
            earliest = earliest.min(log.time(event, clock).unwrap_or(Timestamp::MIN));
            if !published.contains(&category(log, event)) {
                continue;
            }
            let first = first(log, event);
            let put = self.put.get(&first).map_or(&[][..], Vec::as_slice);
            let at_once = put
                .iter()
                .any(|(created, of)| *created <= earliest && of.is_none_or(|of| of == event));
            if !at_once {
                self.late.push((event, first));
            }
        }
        Ok(())
    }

    /// Whether an event had a message at a cut.
    pub fn has_message(&self, log: &Log, cut: &Cut, event: EventIx) -> bool {
        self.had_message(log, cut, first(log, event), time_of(cut, log))
    }

    /// The same of the first event that has its id.
    fn had_message(&self, log: &Log, cut: &Cut, first: EventIx, time: Option<Timestamp>) -> bool {
        let put = self.put.get(&first).map_or(&[][..], Vec::as_slice);
        put.iter().any(|(created, of)| {
            time.is_none_or(|now| *created <= now) && of.is_none_or(|of| cut.holds(log, of))
        })
    }
}

/// The first event that has the id of this one.
fn first(log: &Log, event: EventIx) -> EventIx {
    let id = log.event_id(event).filter(|_| log.repeats_id(event));
    id.and_then(|id: IdRef<'_>| log.find_event(id))
        .unwrap_or(event)
}

fn message(log: &Log, file: u32, row: OutboxMessage) -> Message {
    let key = match row.of.as_ref().map(|mark| &mark.event) {
        Some(Marked::Id(id)) => id.clone(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    };
    Message {
        event: row.of.as_ref().and_then(|mark| log.marked(file, mark)),
        key,
        by_id: matches!(row.of.as_ref().map(|mark| &mark.event), Some(Marked::Id(_))),
        created_at: row.created_at,
        published_at: row.published_at,
        published: row.published,
        attempts: row.attempts,
    }
}

/// A category of a file.
fn category(log: &Log, event: EventIx) -> (u32, u32) {
    let file = match log.sources() {
        [] => 0,
        _ => log.place(event).extent,
    };
    (file, log.category(log.stream(event)).0)
}

/// A category of a file, or a type within it.
type Kind = ((u32, u32), Option<TypeIx>);

fn kinds(log: &Log, event: EventIx) -> [Kind; 2] {
    let category = category(log, event);
    [(category, None), (category, Some(log.event_type(event)))]
}

/// Of so many of a hundred events of a kind there has to be a message for all to be published.
const NEARLY_ALL: u64 = 80;

/// The categories, and the types within them, of which nearly all events have a message in the outbox: who
/// writes some of a kind there and not others does so on purpose.
#[derive(Clone, Debug, Default)]
pub struct PublishedKinds(HashSet<Kind>);

impl PublishedKinds {
    /// Whether an event is of one of them.
    #[must_use]
    pub fn holds(&self, log: &Log, event: EventIx) -> bool {
        kinds(log, event).iter().any(|kind| self.0.contains(kind))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Message {
    /// Since when it waited, and until when that is known; none of one that the store does not date: one
    /// that was given up, or published without a date, did not wait for ever.
    pub fn waited(&self) -> Option<(Timestamp, Option<Timestamp>)> {
        let is_told = self.published_at.is_some() || self.published.is_none_or(Published::waits);
        let created = self.created_at.filter(|_| is_told)?;
        Some((created, self.published_at))
    }

    /// Whether it was published at a moment, where the store tells.
    pub fn is_published(&self, time: Option<Timestamp>) -> Option<bool> {
        match (self.published_at, time) {
            (Some(at), Some(time)) => Some(at <= time),
            (Some(_), None) => Some(true),
            (None, Some(_)) if self.published == Some(Published::Yes) => None,
            (None, _) => Some(self.published == Some(Published::Yes)),
        }
    }
}

impl Course {
    /// The messages known at a cut.
    pub(super) fn known_messages(&self, cut: &Cut) -> &[Message] {
        let Some(outbox) = &self.outbox else {
            return &[];
        };
        let known = match (cut.bound(), cut.time(&self.log)) {
            (Bound::Head, _) => outbox.messages.len(),
            (_, None) => 0,
            (_, Some(now)) => (outbox.messages)
                .partition_point(|message| message.created_at.is_some_and(|at| at <= now)),
        };
        &outbox.messages[..known]
    }

    /// The outbox as of a cut; `None` in a store without one.
    pub(super) fn outbox(&self, cut: &Cut, now: Option<Timestamp>) -> Option<OutboxReport> {
        self.outbox.as_ref()?;
        let time = time_of(cut, &self.log);
        let mut report = OutboxReport {
            pending: 0,
            failed: 0,
            published: 0,
            oldest: None,
            duplicates: 0,
            missing: None,
            most_attempts: None,
            most_attempts_waiting: None,
            without_event: 0,
            outages: self.outages(cut, now),
        };
        let mut seen = HashSet::new();
        for message in self.known_messages(cut) {
            let event = message.event.filter(|event| cut.holds(&self.log, *event));
            let given_up = time.is_none() && message.published == Some(Published::Failed);
            match message.is_published(time) {
                Some(true) => report.published += 1,
                Some(false) if given_up => report.failed += 1,
                Some(false) => {
                    report.pending += 1;
                    let oldest = report.oldest.into_iter().chain(message.created_at).min();
                    report.oldest = oldest;
                }
                None => {}
            }
            let tried = match message.is_published(time) {
                Some(true) => Some(&mut report.most_attempts),
                Some(false) if time.is_none() => Some(&mut report.most_attempts_waiting),
                _ => None,
            };
            if let Some(most) = tried {
                *most = (*most).max(message.attempts);
            }
            report.without_event += u64::from(!message.key.is_empty() && event.is_none());
            if !message.key.is_empty() && !seen.insert(IdRef::new(&message.key)) {
                report.duplicates += 1;
            }
        }
        let missing = self.without_message(cut);
        report.missing = missing.map(|events| events.len() as u64);
        Some(report)
    }

    pub(super) fn outages(&self, cut: &Cut, now: Option<Timestamp>) -> Vec<Outage> {
        let mut waiting: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        for message in self.known_messages(cut) {
            let by = |at: &Timestamp| cut.bound() == Bound::Head || Some(*at) <= now;
            let waited = message.waited();
            waiting.extend(waited.map(|(created, published)| (created, published.filter(by))));
        }
        // By when they were gone; what waits still comes last.
        waiting.sort_by_key(|(created, published)| (published.unwrap_or(UNDATED), *created));
        let (mut outages, mut last) = (Vec::new(), None);
        for (created, published) in waiting {
            let from = last.map_or(created, |last| created.max(last));
            let end = published.or(now);
            if end.is_some_and(|end| end - from >= LENGTH) {
                outages.push(Outage {
                    from,
                    to: published,
                });
            }
            if published.is_none() {
                // The first that waits tells of all.
                break;
            }
            last = published;
        }
        outages
    }

    /// Events without a message that should have one; none where nobody can tell: where the outbox does
    /// not keep what it has published, or where of no kind of events nearly all have one.
    #[must_use]
    pub fn without_message(&self, cut: &Cut) -> Option<Vec<EventIx>> {
        let log = &self.log;
        let published = self.published(cut)?;
        let time = time_of(cut, log);
        let keeps = self.known_messages(cut).iter();
        let mut keeps = keeps.map(|message| message.is_published(time));
        if published.is_empty() || !keeps.any(|is_published| is_published == Some(true)) {
            return None;
        }
        let late = self.late(cut, time);
        Some(late.filter(|event| published.holds(log, *event)).collect())
    }

    /// Which kinds of events are published; none in a store without an outbox.
    #[must_use]
    pub fn published(&self, cut: &Cut) -> Option<PublishedKinds> {
        self.outbox.as_ref()?;
        let log = &self.log;
        let mut counts: HashMap<Kind, (u64, u64)> = HashMap::new();
        let known = self.known_messages(cut).iter();
        let events = known.filter_map(|message| message.event);
        let events: HashSet<EventIx> = events.filter(|event| cut.holds(log, *event)).collect();
        for event in events {
            for kind in kinds(log, event) {
                counts.entry(kind).or_default().0 += 1;
            }
        }
        for event in self.late(cut, time_of(cut, log)) {
            for kind in kinds(log, event) {
                counts.entry(kind).or_default().1 += 1;
            }
        }
        let nearly_all = |(with, without): (u64, u64)| with * 100 >= (with + without) * NEARLY_ALL;
        let kinds = counts.into_iter().filter(|(_, counts)| nearly_all(*counts));
        Some(PublishedKinds(kinds.map(|(kind, _)| kind).collect()))
    }

    /// Known events of categories of which others have messages, without one.
    fn late<'a>(
        &'a self,
        cut: &'a Cut,
        time: Option<Timestamp>,
    ) -> impl Iterator<Item = EventIx> + 'a {
        let log = &self.log;
        self.outbox.iter().flat_map(move |outbox| {
            let late = outbox.late.iter();
            let late = late.filter(move |(event, first)| {
                cut.holds(log, *event) && !outbox.had_message(log, cut, *first, time)
            });
            late.map(|(event, _)| *event)
        })
    }
}

/// The moment up to which messages count; none at the head, where all do.
fn time_of(cut: &Cut, log: &Log) -> Option<Timestamp> {
    match cut.bound() {
        Bound::Head => None,
        _ => Some(cut.time(log).unwrap_or(Timestamp::MIN)),
    }
}
