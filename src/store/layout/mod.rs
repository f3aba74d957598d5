//! The vocabulary in which layouts are written. The layouts themselves are data:
//! `assets/layouts/*.toml`, one file each; `docs/layouts.md` explains every key. Here is how such a
//! file is read, how a store is matched against all of them, and how an unknown store's columns are
//! guessed by role. Nothing here reads events.

mod column;
mod evidence;
mod guess;
mod library;
mod mapping;
mod side;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use column::{Capture, Column, Source, Spot, Within};
pub use evidence::{
    Candidate, Evidence, JsonFacts, Recognised, SqliteFacts, TableFacts, recognise_json,
    recognise_sqlite,
};
pub use library::{LayoutError, built_in, from_toml};
pub use side::{SideKind, SideTable};

pub use mapping::{Contents, Part};

use crate::log::{Clock, StreamEnd};

/// What a column of the canonical event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The store's own global position.
    Position,
    /// The stream's name.
    Stream,
    /// The kind of stream.
    Category,
    /// The stream version.
    Version,
    /// The event type.
    Type,
    /// The payload's schema version.
    SchemaVersion,
    /// The event's id.
    EventId,
    /// When the store recorded it.
    RecordedAt,
    /// When it happened.
    OccurredAt,
    /// The correlation id.
    CorrelationId,
    /// The causation id.
    CausationId,
    /// The payload.
    Payload,
    /// The metadata.
    Metadata,
    /// Set (not null, not 0, not false) on events of a stream that was deleted or archived.
    Ended,
}

impl Role {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::Position,
        Self::Stream,
        Self::Category,
        Self::Version,
        Self::Type,
        Self::SchemaVersion,
        Self::EventId,
        Self::RecordedAt,
        Self::OccurredAt,
        Self::CorrelationId,
        Self::CausationId,
        Self::Payload,
        Self::Metadata,
        Self::Ended,
    ];

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Stream => "stream",
            Self::Category => "category",
            Self::Version => "version",
            Self::Type => "event type",
            Self::SchemaVersion => "schema version",
            Self::EventId => "event id",
            Self::RecordedAt => "recorded time",
            Self::OccurredAt => "occurred time",
            Self::CorrelationId => "correlation id",
            Self::CausationId => "causation id",
            Self::Payload => "payload",
            Self::Metadata => "metadata",
            Self::Ended => "end of stream",
        }
    }
}

/// What kind of file a layout is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Tables of a SQLite file.
    Sqlite,
    /// JSON objects, in whatever shape they stand in the file.
    Json,
}

/// What decides the order of events (see `docs/semantics.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderBy {
    /// The position, where it is a unique integer; else as found in the file.
    #[default]
    Position,
    /// The key by which rows are read (SQLite).
    Key,
    /// The time, then the version.
    Time,
}

/// How a kind of event store is laid out on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// A short name for programs: lower case, dashes.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// The kind of file.
    pub medium: Medium,
    /// What to know about it, shown beside the store's name.
    #[serde(default)]
    pub notes: String,
    /// What speaks for it. Empty in a mapping that somebody chose.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Where the events are.
    pub events: Events,
    /// Tables beside the events.
    #[serde(default)]
    pub side: BTreeMap<SideKind, SideTable>,
}

/// Where the events of a layout are and what their columns mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// SQLite: what follows FROM; joins and `json_each` may stand here.
    #[serde(default)]
    pub from: String,
    /// SQLite: what follows WHERE.
    #[serde(default)]
    pub filter: Option<String>,
    /// SQLite: an integer expression that names a row, by which rows are read and found again.
    #[serde(default)]
    pub key: Option<String>,
    /// SQLite: which of a row's events, where one row is a commit of many.
    #[serde(default)]
    pub part: Option<String>,
    /// What decides the order.
    #[serde(default)]
    pub order: OrderBy,
    /// The columns.
    pub columns: BTreeMap<Role, Column>,
    /// The clock to go by where nobody chose one; recorded time where absent.
    #[serde(default)]
    pub clock: Option<Clock>,
    /// Payload keys that only copy the envelope; left out of every fold.
    #[serde(default)]
    pub envelope_copies: Vec<String>,
    /// Event types that end their stream.
    #[serde(default)]
    pub ends: BTreeMap<String, StreamEnd>,
    /// How a stream ended whose events have [`Role::Ended`] set.
    #[serde(default)]
    pub ended_means: Option<StreamEnd>,
    /// SQLite: further streams of an event.
    #[serde(default)]
    pub links: Option<Links>,
}

/// SQLite: a table that puts events into further streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// What follows FROM.
    pub from: String,
    /// The key of the event, as [`Events::key`] has it.
    pub key: String,
    /// The further stream.
    pub stream: String,
    /// The version in it.
    #[serde(default)]
    pub version: Option<String>,
}

impl Layout {
    /// The column for `role`.
    #[must_use]
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.events.columns.get(&role)
    }

    /// How each column is read, in words; `None` for what the layout does not have.
    #[must_use]
    pub fn readings(&self) -> Vec<(Role, Option<String>)> {
        let shown = Role::ALL.into_iter().filter(|role| *role != Role::Ended);
        shown
            .map(|role| (role, self.column(role).map(ToString::to_string)))
            .collect()
    }

    /// Replaces `{*}` in all SQL by what a table pattern's `*` stood for.
    fn bind(&mut self, star: &str) {
        let bind = |text: &mut String| *text = text.replace("{*}", star);
        let events = &mut self.events;
        bind(&mut events.from);
        let optional = [&mut events.filter, &mut events.key, &mut events.part];
        optional.into_iter().flatten().for_each(bind);
        if let Some(links) = &mut events.links {
            bind(&mut links.from);
            bind(&mut links.key);
            bind(&mut links.stream);
            links.version.iter_mut().for_each(bind);
        }
        for column in events.columns.values_mut() {
            if let Source::Sql(sql) = &mut column.source {
                bind(sql);
            }
        }
        for side in self.side.values_mut() {
            bind(&mut side.from);
            side.filter.iter_mut().for_each(bind);
            side.columns.values_mut().for_each(bind);
        }
    }
}
