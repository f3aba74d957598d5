//! Dead letters: what consumers gave up on, with the event and where the consumer stood.

use indexmap::IndexMap;
use serde::Serialize;

use super::course::Course;
use crate::log::{Bound, Cut, Log, Mark, RowSource, RowsError, Says, SideKind, SideRow};
use crate::model::{EventIx, PositionName, Task, Timestamp};

/// A dead letter as it is read.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub file: u32,
    pub consumer: Option<String>,
    pub mark: Option<Mark>,
    pub event: Option<EventIx>,
    pub error: Option<String>,
    pub at: Option<Timestamp>,
    pub attempts: Option<i64>,
    pub message_type: Option<String>,
}

/// A dead letter as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadLetterReport {
    /// Who gave up on it; null where the store does not tell.
    pub consumer: Option<String>,
    /// The event's position; null where it is no event of this store.
    pub position: Option<PositionName>,
    /// Its stream.
    pub stream: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// How often it was tried before it was given up.
    pub attempts: Option<i64>,
    /// When it was given up.
    pub at: Option<Timestamp>,
    /// Where the consumer stood then, as far as the store tells.
    pub consumer_position: Option<PositionName>,
    /// The event itself.
    #[serde(skip)]
    pub event: Option<EventIx>,
}

/// Dead letters that a consumer wrote for the same reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LetterGroup {
    /// Who gave up; null where the store does not tell.
    pub consumer: Option<String>,
    /// The first line of what went wrong.
    pub error: Option<String>,
    /// How many there are.
    pub count: u64,
    /// When the first was written.
    pub first: Option<Timestamp>,
    /// When the last was.
    pub last: Option<Timestamp>,
    /// Which they are, by their places among all, the oldest first.
    #[serde(skip)]
    pub letters: Vec<usize>,
}

/// By consumer and error, the most first.
pub(super) fn groups(letters: &[DeadLetterReport]) -> Vec<LetterGroup> {
    let mut groups: IndexMap<(Option<&str>, Option<&str>), LetterGroup> = IndexMap::new();
    for (number, letter) in letters.iter().enumerate() {
        let consumer = letter.consumer.as_deref();
        let error = letter.error.as_deref();
        let error = error.map(|error| error.lines().next().unwrap_or_default());
        let group = groups.entry((consumer, error));
        let group = group.or_insert_with(|| LetterGroup {
            consumer: consumer.map(str::to_owned),
            error: error.map(str::to_owned),
            first: letter.at,
            ..LetterGroup::default()
        });
        group.count += 1;
        group.last = group.last.max(letter.at);
        group.letters.push(number);
    }
    let mut groups: Vec<LetterGroup> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        let most = b.count.cmp(&a.count);
        most.then_with(|| (&a.consumer, &a.error).cmp(&(&b.consumer, &b.error)))
    });
    groups
}

pub(super) fn read(log: &Log, rows: &dyn RowSource, task: &Task) -> Result<Vec<Letter>, RowsError> {
    let mut letters = Vec::new();
    rows.rows(SideKind::DeadLetters, task, &mut |row| {
        if let Ok(SideRow {
            file,
            says: Says::DeadLetter(row),
            ..
        }) = row
        {
            letters.push(Letter {
                file,
                event: row.of.as_ref().and_then(|mark| log.marked(file, mark)),
                consumer: row.consumer,
                mark: row.of,
                error: row.error,
                at: row.at,
                attempts: row.attempts,
                message_type: row.message_type,
            });
        }
    })?;
    letters.sort_by_key(|letter| letter.at);
    Ok(letters)
}

impl DeadLetterReport {
    /// Whether a consumer of that name gave up here, as far as the store tells.
    pub(super) fn may_be_of(&self, name: &str) -> bool {
        self.consumer.as_deref().is_none_or(|own| {
            let followed = name.strip_prefix(own);
            followed.is_some_and(|rest| rest.is_empty() || rest.starts_with(" follows "))
        })
    }
}

impl Course {
    /// The dead letters known at a cut.
    pub(super) fn known_letters(&self, cut: &Cut) -> impl Iterator<Item = &Letter> {
        let now = cut.time(&self.log);
        let head = cut.bound() == Bound::Head;
        let known =
            move |letter: &&Letter| head || letter.at.zip(now).is_some_and(|(at, now)| at <= now);
        self.letters.iter().filter(known)
    }

    /// The same, as they are told.
    pub(super) fn dead_letters(&self, cut: &Cut) -> Vec<DeadLetterReport> {
        let log = &self.log;
        let told = self.known_letters(cut).map(|letter| {
            let event = letter.event.filter(|event| cut.holds(log, *event));
            let kind = event.map(|event| log.type_name(log.event_type(event)).to_owned());
            DeadLetterReport {
                consumer: letter.consumer.clone(),
                position: event.map(|event| log.position_name(event)),
                stream: event.map(|event| log.stream_name(log.stream(event)).to_owned()),
                event_type: kind.or_else(|| letter.message_type.clone()),
                error: letter.error.clone(),
                attempts: letter.attempts,
                at: letter.at,
                consumer_position: self.stood(letter, cut),
                event,
            }
        });
        told.collect()
    }

    /// Where the consumer of a letter stood when it gave up.
    fn stood(&self, letter: &Letter, cut: &Cut) -> Option<PositionName> {
        let name = letter.consumer.as_deref()?;
        let own = self.consumers.iter().find(|own| own.id.name == name)?;
        let way = own.way(&self.log, cut)?;
        self.place_at(own, &way, way.until(letter.at?)?, cut)
    }
}
