//! Events in full, as `asof events` writes them: one JSON object each, with the payload's own digits.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::matches::{Matches, Search};
use crate::log::{
    AsOf, Body, CauseRef, Clock, Log, Payload, PayloadReader, PositionName, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp, Version};

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
    /// Its own stream.
    pub stream: String,
    /// The category of that stream.
    pub category: String,
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
    /// The id of what caused it.
    pub causation_id: Option<String>,
    /// The payload.
    pub data: Content,
    /// The metadata.
    pub metadata: Content,
}

/// A payload or metadata as it is written out. In JSON:
/// - absent: `null`;
/// - JSON: itself, with the digits and the order of keys that the store has;
/// - bytes of no known encoding: `{"$bytes": "<two lower-case hexadecimal digits a byte>"}`;
/// - unreadable: `{"$unreadable": "<why, in a sentence>"}`.
#[derive(Clone, Debug)]
pub enum Content {
    /// There is none.
    Absent,
    /// As written.
    Json(Box<RawValue>),
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
            Payload::Opaque(bytes) => Self::Opaque(bytes),
        }
    }
}

impl Content {
    /// As text for a cell of a table: nothing, the JSON as written, `0x…`, or why it is unreadable.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Json(raw) => Cow::Borrowed(raw.get()),
            Self::Opaque(bytes) => Cow::Owned(format!("0x{}", hex(bytes))),
            Self::Unreadable(why) => Cow::Owned(format!("(unreadable: {why})")),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
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
            Self::Opaque(bytes) => ("$bytes", hex(bytes)),
            Self::Unreadable(why) => ("$unreadable", why.to_string()),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, &text)?;
        map.end()
    }
}

/// Calls `each` with every one of `events` in full, in their order, keeping only some of them in
/// memory at a time. Causes are known once the log is complete.
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
            each(row(log, event, body));
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

fn row(log: &Log, event: EventIx, body: Result<Body, Unreadable>) -> EventRow {
    let stream = log.stream(event);
    let causation_id = log.cause(event).and_then(|cause| match cause {
        CauseRef::Event(cause) => log.event_id(cause).map(|id| id.to_string()),
        CauseRef::Elsewhere(id) => Some(id.to_owned()),
    });
    let (data, metadata, native_position) = match body {
        Ok(body) => (body.data.into(), body.metadata.into(), body.native_position),
        Err(why) => {
            let metadata = Content::Unreadable(why.clone());
            (Content::Unreadable(why), metadata, None)
        }
    };
    EventRow {
        position: log.position_name(event),
        native_position,
        source: log.source(event).map(|(source, _)| source.name.to_string()),
        stream: log.stream_name(stream).to_owned(),
        category: log.category_name(log.category(stream)).to_owned(),
        version: log.version(event),
        event_type: log.type_name(log.event_type(event)).to_owned(),
        schema_version: log.schema_version(event).map(str::to_owned),
        id: log.event_id(event).map(|id| id.to_string()),
        recorded_at: log.own_time(event, Clock::Recorded),
        occurred_at: log.own_time(event, Clock::Occurred),
        correlation_id: log.correlation(event).map(str::to_owned),
        causation_id,
        data,
        metadata,
    }
}

/// The answer of `asof events`.
#[derive(Clone, Debug, Serialize)]
pub struct EventsReport {
    /// The moment.
    pub as_of: AsOf,
    /// The first of the matching events, in log order.
    pub events: Vec<EventRow>,
    /// How many match.
    pub total: u64,
    /// Whether there are more than these.
    pub truncated: bool,
    /// Events whose text could not be searched, since they cannot be read.
    pub unread: u64,
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
    let Matches { events, unread, .. } = search.run(task, &mut |_| {})?;
    let shown = &events[..limit.map_or(events.len(), |limit| limit.min(events.len()))];
    Ok(EventsReport {
        as_of: search.cut.as_of(search.log),
        total: events.len() as u64,
        truncated: shown.len() < events.len(),
        events: rows(search.log, search.payloads, shown, task)?,
        unread,
    })
}
