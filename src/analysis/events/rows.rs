//! Events in full, as `asof events` writes them: one JSON object each, with the payload's own digits.

use std::borrow::Cow;

use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::matches::{Matches, Search};
use crate::log::{AsOf, Body, Clock, Cut, Log, Payload, PayloadReader, Unreadable, text_of};
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp, Version};

/// Bodies read in one go.
const BATCH: usize = 1 << 10;

/// One event in full.
#[derive(Clone, Debug, Serialize)]
pub struct EventRow {
    /// The global position.
    pub position: PositionName,
    /// The store's own position where that is no unique integer.
    pub native_position: Option<String>,
    /// The file, where several are open.
    pub source: Option<String>,
    /// The file within that one, where it is a folder itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its own stream.
    pub stream: String,
    /// The category of that stream, if the store tells one.
    pub category: Option<String>,
    /// The version in that stream.
    pub version: Version,
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The schema version as written.
    pub schema_version: Option<String>,
    /// The event's id.
    pub id: Option<String>,
    /// When it was recorded; null if it has no such time of its own.
    pub recorded_at: Option<Timestamp>,
    /// When it happened; null if it has no such time of its own.
    pub occurred_at: Option<Timestamp>,
    /// The correlation id.
    pub correlation_id: Option<String>,
    /// The id of what caused it, as the event itself has it.
    pub causation_id: Option<String>,
    /// The payload.
    pub data: Content,
    /// The metadata.
    pub metadata: Content,
}

/// A payload or metadata as it is written out. In JSON:
/// - absent: `null`;
/// - JSON: itself, with the digits and the order of keys that the store has;
/// - text that is no JSON: a JSON string;
/// - bytes of no known encoding: `{"$bytes": "<two lower-case hexadecimal digits a byte>"}`;
/// - unreadable: `{"$unreadable": "<why, in a sentence>"}`.
#[derive(Clone, Debug)]
pub enum Content {
    /// There is none.
    Absent,
    /// As written.
    Json(Box<RawValue>),
    /// Text that is no JSON.
    Text(String),
    /// Of no known encoding.
    Opaque(Vec<u8>),
    /// Not to be read, and why.
    Unreadable(Unreadable),
}

impl From<Payload> for Content {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Absent => Self::Absent,
            Payload::Json(raw) => Self::Json(raw),
            Payload::Viewed(viewed) => Self::Json(viewed.json),
            Payload::Opaque(bytes) => match text_of(&bytes) {
                Some(text) => Self::Text(text.to_owned()),
                None => Self::Opaque(bytes),
            },
        }
    }
}

impl Content {
    /// As text for a cell of a table: nothing, the JSON or text as written, `0x…`, or why it is unreadable.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Json(raw) => Cow::Borrowed(raw.get()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Opaque(bytes) => Cow::Owned(format!("0x{}", hex(bytes))),
            Self::Unreadable(why) => Cow::Owned(format!("(unreadable: {why})")),
        }
    }
}

/// Two lower-case hexadecimal digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    let pairs = bytes
        .iter()
        .flat_map(|&byte| [digit(byte >> 4), digit(byte)]);
    pairs.collect()
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, text) = match self {
            Self::Absent => return serializer.serialize_none(),
            Self::Json(raw) => return raw.serialize(serializer),
            Self::Text(text) => return text.serialize(serializer),
            Self::Opaque(bytes) => ("$bytes", hex(bytes)),
            Self::Unreadable(why) => ("$unreadable", why.to_string()),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, &text)?;
        map.end()
    }
}

/// Calls `each` with every one of `events` in full, in their order, keeping only some of them in
/// memory at a time.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn each_row(
    log: &Log,
    payloads: &dyn PayloadReader,
    events: &[EventIx],
    task: &Task,
    each: &mut dyn FnMut(EventRow),
) -> Result<(), Cancelled> {
    for batch in events.chunks(BATCH) {
        task.check()?;
        payloads.read(log, batch, task, &mut |event, body| {
            let file = payloads.file(log, event);
            each(row(log, event, body, file));
        })?;
        task.advance(batch.len() as u64);
    }
    Ok(())
}

/// All of `events` in full, in their order. For as many as fit into memory: [`each_row`] streams.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn rows(
    log: &Log,
    payloads: &dyn PayloadReader,
    events: &[EventIx],
    task: &Task,
) -> Result<Vec<EventRow>, Cancelled> {
    let mut rows = Vec::with_capacity(events.len());
    each_row(log, payloads, events, task, &mut |row| rows.push(row))?;
    Ok(rows)
}

fn row(
    log: &Log,
    event: EventIx,
    body: Result<Body, Unreadable>,
    file: Option<String>,
) -> EventRow {
    let stream = log.stream(event);
    let (data, metadata, native_position) = match body {
        Ok(body) => (body.data.into(), body.metadata.into(), body.native_position),
        Err(why) => {
            let metadata = Content::Unreadable(why.clone());
            (Content::Unreadable(why), metadata, None)
        }
    };
    let (source, file) = match log.source(event) {
        Some((source, _)) => (Some(source.name.to_string()), file),
        None => (file, None),
    };
    EventRow {
        position: log.position_name(event),
        native_position,
        source,
        file,
        stream: log.stream_name(stream).to_owned(),
        category: log.told_category(stream).map(str::to_owned),
        version: log.version(event),
        event_type: log.type_name(log.event_type(event)).to_owned(),
        schema_version: log.schema_version(event).map(str::to_owned),
        id: log.event_id(event).map(|id| id.to_string()),
        recorded_at: log.own_time(event, Clock::Recorded),
        occurred_at: log.own_time(event, Clock::Occurred),
        correlation_id: log.correlation(event).map(|id| id.to_string()),
        causation_id: log.causation(event).map(|id| id.to_string()),
        data,
        metadata,
    }
}

/// The answer of `asof events`. Its events are there, or read when they are written out.
#[derive(Clone, Debug, Serialize)]
pub struct EventsReport<E = Vec<EventRow>> {
    /// The moment.
    pub as_of: AsOf,
    /// The first of the matching events, in log order.
    pub events: E,
    /// How many match.
    pub total: u64,
    /// Whether there are more than these.
    pub truncated: bool,
    /// Events whose text could not be searched, since they cannot be read.
    pub unread: u64,
    /// What of the store is missing, by which events may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// Searches, and reads the first `limit` matches in full (all without a limit).
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn report(
    search: Search<'_>,
    limit: Option<usize>,
    task: &Task,
) -> Result<EventsReport, Cancelled> {
    let found = streamed(search, limit, task)?;
    Ok(EventsReport {
        events: rows(search.log, search.payloads, &found.events.events, task)?,
        as_of: found.as_of,
        total: found.total,
        truncated: found.truncated,
        unread: found.unread,
        notices: found.notices,
    })
}

/// As [`report`], but the events are read one after the other when the report is written out, so that
/// there may be more than fit into memory.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn streamed<'a>(
    search: Search<'a>,
    limit: Option<usize>,
    task: &'a Task,
) -> Result<EventsReport<EachRow<'a>>, Cancelled> {
    let Matches {
        mut events, unread, ..
    } = search.run(task, &mut |_| {})?;
    let total = events.len();
    events.truncate(limit.unwrap_or(total));
    Ok(EventsReport {
        as_of: search.cut.as_of(search.log),
        total: total as u64,
        truncated: events.len() < total,
        events: EachRow {
            search,
            events,
            task,
        },
        unread,
        notices: missing(search.log, search.cut),
    })
}

fn missing(log: &Log, cut: &Cut) -> Vec<String> {
    let losses = crate::analysis::replay::losses(log, cut);
    let sentence = |losses| format!("{losses}; events may be missing");
    losses.map(sentence).into_iter().collect()
}

/// Events that are read when they are written out.
pub struct EachRow<'a> {
    search: Search<'a>,
    events: Vec<EventIx>,
    task: &'a Task,
}

impl Serialize for EachRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            search,
            events,
            task,
        } = self;
        let mut list = serializer.serialize_seq(Some(events.len()))?;
        let mut written = Ok(());
        let read = each_row(search.log, search.payloads, events, task, &mut |row| {
            if written.is_ok() {
                written = list.serialize_element(&row);
                if written.is_err() {
                    // Nobody reads on.
                    task.cancel();
                }
            }
        });
        written?;
        read.map_err(S::Error::custom)?;
        list.end()
    }
}
