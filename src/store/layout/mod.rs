//! The vocabulary in which layouts are written. The layouts themselves are data:
//! `assets/layouts/*.toml`, one file each; `docs/layouts.md` explains every key. Here is how such a
//! file is read, how a store is matched against all of them, and how an unknown store's columns are
//! guessed by role. Nothing here reads events.

mod alike;
mod check;
mod column;
mod each;
mod encoding;
mod evidence;
mod fit;
mod guess;
mod key;
mod library;
mod lookup;
mod mapping;
mod oddity;
mod piece;
mod prefix;
mod rest;
mod several;
mod share;
mod side;
pub(in crate::store) mod sql;
mod tables;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use alike::Alike;
pub use column::{Capture, Column, Source, Spot, Within};
pub use each::Each;
pub use encoding::Encoding;
pub use evidence::{Candidate, Evidence, JsonFacts, Recognised, recognise_json, recognise_sqlite};
pub use key::Key;
pub use library::{LayoutError, built_in, from_toml};
pub use lookup::Lookup;
pub use oddity::Oddity;
pub use piece::Piece;
pub use several::Several;
pub use side::{SideKind, SideTable};
pub use tables::{Bytes, Reference, SqliteFacts, TableFacts};

pub(in crate::store) use guess::{GUESSED, role_named};
pub use mapping::{Contents, Part};

use crate::log::{Clock, StreamEnd};
use crate::model::json::Pointer;

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
    /// Set (not null, not 0, not false) on events of a stream that is deleted or archived now.
    Ended,
    /// Since when it is.
    EndedAt,
}

impl Role {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 15] = [
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
        Self::EndedAt,
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
            Self::EndedAt => "time of its end",
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
    /// The position, where it is a unique integer; else the time, then the version (JSON: several logs
    /// with positions of their own in one file).
    PositionOrTime,
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
    /// Where it was learnt, and what stands for it among the tests; nothing in a mapping that somebody
    /// made.
    #[serde(default)]
    pub about: Option<About>,
    /// What speaks for it. Empty in a mapping that somebody chose.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Where the events are: the first place, which holds the others (`[[events]]`).
    #[serde(
        deserialize_with = "several::read_events",
        serialize_with = "several::write_events"
    )]
    pub events: Events,
    /// JSON: values by keys, which columns can be looked up in.
    #[serde(default)]
    pub lookup: BTreeMap<String, Lookup>,
    /// Tables beside the events.
    #[serde(default)]
    pub side: BTreeMap<SideKind, Several<SideTable>>,
    /// SQLite: what may be wrong in such a store, and is told of.
    #[serde(default)]
    pub odd: Vec<Oddity>,
}

/// Where a layout was learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The library or format that writes such stores.
    pub library: String,
    /// In which versions.
    pub versions: String,
    /// Where its layout is written down.
    pub source: String,
    /// A store of this layout among the tests, from the root of the repository.
    pub fixture: String,
    /// Who made that store.
    pub made_by: MadeBy,
}

/// Who made a store that stands for a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeBy {
    /// The library itself.
    Library,
    /// Somebody by hand, after the documented layout.
    Ddl,
}

/// Where the events of a layout are and what their columns mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Further places where events are, which make one log with these.
    #[serde(skip)]
    pub further: Vec<Events>,
    /// SQLite: the tables of a kind that this source stands for.
    #[serde(default)]
    pub each: Option<Each>,
    /// JSON: the path to the records of a document, `/hits/hits/*`; told from its shape where absent.
    #[serde(default)]
    pub records: Option<Pointer>,
    /// SQLite: what follows FROM; joins and `json_each` may stand here.
    #[serde(default)]
    pub from: String,
    /// SQLite: what follows WHERE.
    #[serde(default)]
    pub filter: Option<String>,
    /// SQLite: what names a row, by which rows are read and found again.
    #[serde(default)]
    pub key: Option<Key>,
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
    /// JSON: a position as the store's people write it, where the position alone does not say it.
    #[serde(default)]
    pub native_position: Option<Column>,
    /// JSON: how an event ends its stream whose payload is null, as in a log that is compacted.
    #[serde(default)]
    pub null_payload: Option<StreamEnd>,
    /// How a stream has ended whose events have [`Role::Ended`] set now.
    #[serde(default)]
    pub ended_means: Option<StreamEnd>,
    /// Further streams of an event.
    #[serde(default)]
    pub links: Option<Links>,
}

/// What puts events into further streams: a table of SQLite, or names in the event itself in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// SQLite: what follows FROM.
    #[serde(default)]
    pub from: String,
    /// SQLite: the key of the event, as [`Events::key`] has it.
    #[serde(default)]
    pub key: String,
    /// The further stream; in JSON a pointer, in which `*` stands for each item or member.
    pub stream: String,
    /// The further stream's category (in JSON the look-up that has it); part of its name where absent.
    #[serde(default)]
    pub category: Option<String>,
    /// The version in it.
    #[serde(default)]
    pub version: Option<String>,
    /// An integer expression that names the link and grows, by which links are followed.
    #[serde(default)]
    pub row: Option<String>,
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
        let shown = Role::ALL
            .into_iter()
            .filter(|role| !matches!(role, Role::Ended | Role::EndedAt));
        shown
            .map(|role| (role, self.column(role).map(ToString::to_string)))
            .collect()
    }

    /// Whether this is a table that events, or what stands beside them, are read from.
    #[must_use]
    pub fn reads(&self, table: &str) -> bool {
        let events = self.sources().map(|events| &events.from);
        let sides = self.side.values().flat_map(|sides| &sides.0);
        let mut from = events.chain(sides.map(|side| &side.from));
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        from.any(|from| {
            let mut words = from.split(|c| !is_word(c));
            words.any(|word| word.eq_ignore_ascii_case(table))
        })
    }

    /// All places where events are.
    pub fn sources(&self) -> impl Iterator<Item = &Events> {
        std::iter::once(&self.events).chain(&self.events.further)
    }

    /// Replaces `{*}` in all SQL by what a table pattern's `*` stood for.
    fn bind(&mut self, star: &str) {
        let bind = &mut |text: &mut String| *text = sql::bind(text, "{*}", star);
        self.events.for_sql(bind);
        self.events
            .further
            .iter_mut()
            .for_each(|own| own.for_sql(bind));
        let sides = self.side.values_mut().flat_map(|sides| &mut sides.0);
        sides.for_each(|side| side.for_sql(bind));
        self.odd.iter_mut().for_each(|odd| bind(&mut odd.find));
    }
}

impl Events {
    /// The column for `role`.
    #[must_use]
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.get(&role)
    }

    /// Whether the first of an event's links is its stream.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        let stream = self.column(Role::Stream);
        stream.is_some_and(|column| column.source == Source::Links)
    }

    /// Calls `change` with all SQL of this source.
    fn for_sql(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.from);
        let optional = [&mut self.filter, &mut self.part];
        optional.into_iter().flatten().for_each(&mut *change);
        let keys = self.key.iter_mut().flat_map(Key::parts_mut);
        keys.for_each(&mut *change);
        if let Some(links) = &mut self.links {
            change(&mut links.from);
            change(&mut links.key);
            change(&mut links.stream);
            let optional = [&mut links.version, &mut links.category, &mut links.row];
            optional.into_iter().flatten().for_each(&mut *change);
        }
        let columns = self.columns.values_mut();
        columns.for_each(|column| column.for_sql(change));
    }
}
