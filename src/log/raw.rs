//! What a store's reader delivers: rows in reading order, with names numbered within the chunk, so
//! that several readers can work at once and the log renumbers a name only once a chunk.

use super::ids::IdColumn;
use super::names::Interner;
use crate::model::Timestamp;

/// Where a record stands in its store, in the store's own terms (a rowid; a byte and a length).
/// The log keeps it and never looks inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The record.
    pub at: i64,
    /// Its length, or which part of the record.
    pub extent: u32,
}

/// A record that could not be read, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Where: "row 88412", "line 101", "#41882".
    pub place: String,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// One event as a reader found it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// The stream's name.
    pub stream: &'a str,
    /// The event type.
    pub event_type: &'a str,
    /// The store's own position, if it is an integer.
    pub position: Option<i64>,
    /// The stream version, if the store has one.
    pub version: Option<i64>,
    /// When the store recorded it.
    pub recorded: Option<Timestamp>,
    /// When it happened, where the store tells the two apart.
    pub occurred: Option<Timestamp>,
    /// The schema version as written.
    pub schema_version: Option<&'a str>,
    /// The event's id.
    pub event_id: Option<&'a str>,
    /// The correlation id.
    pub correlation: Option<&'a str>,
    /// The id of the event or message that caused it.
    pub causation: Option<&'a str>,
    /// Where to find it again.
    pub place: Place,
    /// Whether it ends its stream (tombstone, deletion, archiving).
    pub ends: Option<StreamEnd>,
    /// What the store says now, beside this event, of its stream.
    pub ended: Option<Ended>,
}

/// That a stream has ended, as the store says it now rather than by an event: a fact of the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// In which way.
    pub how: StreamEnd,
    /// Since when, where the store tells; else nothing is known of any moment before now.
    pub since: Option<Timestamp>,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// A tombstone.
    Tombstoned,
    /// Deleted; could be begun again.
    Deleted,
    /// Moved out of the way.
    Archived,
}

impl StreamEnd {
    /// Its name within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tombstoned => "tombstoned",
            Self::Deleted => "deleted",
            Self::Archived => "archived",
        }
    }
}

pub(super) const NONE: i64 = i64::MIN;

/// Rows as columns. See [`RawChunk::push`].
#[derive(Debug, Default)]
pub struct RawChunk {
    pub(super) streams: Interner,
    pub(super) categories: Interner,
    pub(super) types: Interner,
    pub(super) schema_versions: Interner,
    pub(super) stream: Vec<u32>,
    pub(super) event_type: Vec<u32>,
    pub(super) position: Vec<i64>,
    pub(super) version: Vec<i64>,
    pub(super) recorded: Times,
    pub(super) occurred: Times,
    pub(super) at: Vec<i64>,
    pub(super) extent: Vec<i64>,
    pub(super) schema_version: Vec<i64>,
    pub(super) event_id: IdColumn,
    pub(super) causation: IdColumn,
    pub(super) correlation: IdColumn,
    pub(super) links: Vec<Link>,
    pub(super) ends: Vec<(u32, StreamEnd)>,
    /// What the store says beside events, and since when where it tells: two columns, since most
    /// stores that say it do not tell.
    pub(super) ended: Vec<(u32, StreamEnd)>,
    pub(super) ended_since: Vec<(u32, Timestamp)>,
    /// What could not be read on the way; see [`RawChunk::next_record`].
    pub problems: Vec<Problem>,
    /// By problem, as far as it is known by now: how many rows stand before it or are what it is of.
    pub(super) problem_rows: Vec<u32>,
    /// Which of the problems stand for records that are no event here, ascending.
    pub(super) lost: Vec<u32>,
    /// Which of the problems are said of records that were read whole, ascending.
    pub(super) noted: Vec<u32>,
}

/// An event's standing in a stream beside its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub row: u32,
    pub stream: u32,
    pub version: i64,
}

/// A link to an event that was read before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherLink {
    /// The [`Place::at`] of the event's record; of several events in one record the first is meant.
    pub at: i64,
    /// The further stream.
    pub stream: String,
    /// The version that the event has in it, if it has one.
    pub version: Option<i64>,
    /// The stream's category.
    pub category: String,
}

/// Times of one clock; [`NONE`] where missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    pub micros: Vec<i64>,
    /// Nanoseconds beyond the microsecond; empty while all are 0.
    pub nanos: Vec<u16>,
}

impl Times {
    pub fn push(&mut self, time: Option<Timestamp>) {
        let nanos = time.map_or(0, Timestamp::sub_micro_nanos);
        if nanos != 0 && self.nanos.is_empty() {
            self.nanos.resize(self.micros.len(), 0);
        }
        self.micros.push(time.map_or(NONE, Timestamp::micros));
        if nanos != 0 || !self.nanos.is_empty() {
            self.nanos.push(nanos);
        }
    }
}

impl RawChunk {
    /// An empty chunk with room for so many events in so many streams.
    #[must_use]
    pub fn with_room(events: usize, streams: usize) -> Self {
        let mut chunk = Self::default();
        chunk.streams.reserve(streams);
        for ids in [
            &mut chunk.event_id,
            &mut chunk.causation,
            &mut chunk.correlation,
        ] {
            *ids = IdColumn::with_room(events);
        }
        for column in [&mut chunk.stream, &mut chunk.event_type] {
            column.reserve(events);
        }
        let columns = [
            &mut chunk.position,
            &mut chunk.version,
            &mut chunk.recorded.micros,
            &mut chunk.occurred.micros,
            &mut chunk.at,
            &mut chunk.extent,
            &mut chunk.schema_version,
        ];
        for column in columns {
            column.reserve(events);
        }
        chunk
    }

    /// How many streams its events are in.
    #[must_use]
    pub fn stream_count(&self) -> usize {
        self.streams.names().len()
    }

    /// Adds an event. `category` is asked once for each new stream of the chunk.
    pub fn push(&mut self, row: &Row<'_>, category: impl FnOnce() -> String) {
        let Self {
            streams,
            categories,
            ..
        } = self;
        self.stream
            .push(streams.intern_with(row.stream, || categories.intern(&category())));
        self.event_type.push(self.types.intern(row.event_type));
        self.position.push(row.position.unwrap_or(NONE));
        self.version.push(row.version.unwrap_or(NONE));
        self.recorded.push(row.recorded);
        self.occurred.push(row.occurred);
        self.at.push(row.place.at);
        self.extent.push(i64::from(row.place.extent));
        let schema = row
            .schema_version
            .map_or(-1, |name| i64::from(self.schema_versions.intern(name)));
        self.schema_version.push(schema);
        self.event_id.push_text(row.event_id);
        self.causation.push_text(row.causation);
        self.correlation.push_text(row.correlation);
        if let Some(end) = row.ends {
            self.ends.push((self.stream.len() as u32 - 1, end));
        }
        if let Some(ended) = row.ended {
            let at = self.stream.len() as u32 - 1;
            self.ended.push((at, ended.how));
            self.ended_since
                .extend(ended.since.map(|since| (at, since)));
        }
        self.place_problems();
    }

    /// Says that problems from here on are of the record that is read next, and those before it of
    /// earlier ones. Of which events they are told then: an event's own is not known before the event,
    /// that of a record which is lost counts at the event before it.
    pub fn next_record(&mut self) {
        self.place_problems();
    }

    /// Reports a record that is lost: it may well have been an event.
    pub fn lose(&mut self, problem: Problem) {
        self.lost.push(self.problems.len() as u32);
        self.problems.push(problem);
    }

    /// Says something of a record that is read whole all the same.
    pub fn note(&mut self, problem: Problem) {
        self.noted.push(self.problems.len() as u32);
        self.problems.push(problem);
    }

    /// Puts the problems that have no place yet at the last row.
    pub(super) fn place_problems(&mut self) {
        let rows = self.stream.len() as u32;
        self.problem_rows.resize(self.problems.len(), rows);
    }

    /// Puts the event last added into a further stream, where it has a version of its own or none; its
    /// own stream is none.
    pub fn link(&mut self, stream: &str, version: Option<i64>, category: impl FnOnce() -> String) {
        let Self {
            streams,
            categories,
            ..
        } = self;
        let stream = streams.intern_with(stream, || categories.intern(&category()));
        let Some(row) = (self.stream.len() as u32).checked_sub(1) else {
            return;
        };
        if self.stream[row as usize] == stream {
            return;
        }
        self.links.push(Link {
            row,
            stream,
            version: version.unwrap_or(NONE),
        });
    }

    /// How many events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stream.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stream.is_empty()
    }
}
