//! From the values of a record to an event of the log: names, captures, times, ends. The same for
//! SQLite rows and JSON records, so that a layout means one thing.

use std::borrow::Cow;
use std::fmt::Write as _;

use hashbrown::HashMap;

use super::kind::kind_of;
use super::layout::{Capture, Column, Events, Role, Source};
use crate::log::{Ended, FurtherLink, IdRef, Log, Place, Problem, RawChunk, Row, StreamEnd};
use crate::model::time::{TimeEncoding, TimeError, TimeReader};
use crate::model::{EventIx, Timestamp};

/// A stored value, borrowed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value<'a> {
    #[default]
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    /// As a name: 16 bytes are a UUID, other bytes hexadecimal.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Null => return None,
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Real(number) => Cow::Owned(number.to_string()),
            Self::Text(text) if text.is_empty() => return None,
            Self::Text(text) => Cow::Borrowed(text),
            Self::Bytes(bytes) => Cow::Owned(from_bytes(bytes)),
        })
    }

    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Real(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(*number as i64)
            }
            Self::Text(text) => whole(text.trim()),
            _ => None,
        }
    }

    fn is_set(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Integer(number) => *number != 0,
            Self::Real(number) => *number != 0.0,
            // PostgreSQL writes `f`, and SQL has its own words for no.
            Self::Text(text) => !["", "0", "false", "f", "no", "n", "off", "null"]
                .iter()
                .any(|no| text.eq_ignore_ascii_case(no)),
            Self::Bytes(bytes) => !bytes.is_empty(),
        }
    }

    pub fn time(&self, reader: &mut TimeReader) -> Result<Option<Timestamp>, TimeError> {
        match self {
            Self::Null => Ok(None),
            Self::Integer(number) => reader.read_integer(*number).map(Some),
            Self::Real(number) => reader.read_real(*number).map(Some),
            Self::Text(text) if text.is_empty() => Ok(None),
            Self::Text(text) => reader.read_text(text).map(Some),
            Self::Bytes(bytes) => reader.read_bytes(bytes).map(Some),
        }
    }
}

/// Decimals count where nothing stands behind the point.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let (whole, fraction) = text.split_once('.')?;
        let nothing = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
        nothing.then(|| whole.parse().ok())?
    })
}

/// Bytes as a name.
pub(super) fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 4);
    for (i, byte) in bytes.iter().enumerate() {
        if bytes.len() == 16 && matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The values of one record by role, and of each how far down it stood among its fallbacks.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    values: [Value<'a>; Role::ALL.len()],
    ranks: [u8; Role::ALL.len()],
    /// How the event ends its stream, whatever its type is.
    pub ends: Option<StreamEnd>,
    /// The last value that is not in UTF-8.
    garbled: Option<Role>,
}

impl<'a> Found<'a> {
    pub fn set(&mut self, role: Role, value: Value<'a>) {
        self.values[role as usize] = value;
    }

    /// Says that a value is not in UTF-8, and is shown with a sign for what is not.
    pub fn garbled(&mut self, role: Role) {
        self.garbled = Some(role);
    }

    /// Sets it where nothing is set yet.
    pub fn offer(&mut self, role: Role, value: impl FnOnce() -> Option<Value<'a>>) {
        self.offer_as(role, 0, value);
    }

    /// Sets it where nothing is set yet, or what stands further down among the fallbacks.
    pub fn offer_as(&mut self, role: Role, rank: u8, value: impl FnOnce() -> Option<Value<'a>>) {
        let at = role as usize;
        if (self.values[at] == Value::Null || rank < self.ranks[at])
            && let Some(value) = value()
        {
            self.values[at] = value;
            self.ranks[at] = rank;
        }
    }

    pub fn get(&self, role: Role) -> &Value<'a> {
        &self.values[role as usize]
    }

    /// Whether there is nothing but zeros, as in a page that was never written.
    pub fn is_of_zeros(&self, place: Place) -> bool {
        let zeros = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0);
        // No type is called so, whatever is left of the rest.
        let untyped = match self.get(Role::Type) {
            Value::Text(text) => zeros(text.as_bytes()),
            Value::Bytes(bytes) => zeros(bytes),
            _ => false,
        };
        let nothing = Role::ALL.iter().all(|role| {
            let value = self.get(*role);
            *role == Role::Position || matches!(value, Value::Null | Value::Integer(0))
        });
        untyped || nothing && place.at == 0
    }
}

/// Names that a stream or a type is given where the store has none.
pub(crate) const NAMELESS: &str = "(none)";

/// What is said of an event that names no stream.
const NO_STREAM: &str = "Events that name no stream are shown under “(none)”";

/// Types whose short names are remembered; a store that has more has something else in the column.
const TYPES_KEPT: usize = 4096;

/// Turns found values into rows of a chunk. Keeps readers and memories of what it saw before, so
/// one belongs to one scan.
pub(super) struct Interpreter<'l> {
    events: &'l Events,
    recorded: TimeReader,
    occurred: TimeReader,
    ended: TimeReader,
    captures: [Option<&'l Capture>; Role::ALL.len()],
    category: Option<&'l Column>,
    /// Whether the layout says of which events the stream has ended.
    tells_ended: bool,
    /// Whether the first of an event's links is its stream.
    is_linked: bool,
    /// What each written type is called, where the layout takes only a part of it.
    types: HashMap<String, String>,
    /// The stream of a store that knows none.
    only_stream: Option<String>,
}

impl<'l> Interpreter<'l> {
    /// `file` names the only stream of a store that does not tell streams apart.
    pub fn new(events: &'l Events, file: &str) -> Self {
        let reader = |role| TimeReader::new(encoding(events, role));
        Self {
            events,
            recorded: reader(Role::RecordedAt),
            occurred: reader(Role::OccurredAt),
            ended: reader(Role::EndedAt),
            captures: Role::ALL.map(|role| events.columns.get(&role)?.capture.as_ref()),
            category: events.columns.get(&Role::Category),
            tells_ended: events.columns.contains_key(&Role::Ended),
            is_linked: events.is_linked(),
            types: HashMap::new(),
            only_stream: (!events.columns.contains_key(&Role::Stream)).then(|| file.to_owned()),
        }
    }

    /// Adds the event to `chunk`; what cannot be read of it is reported under `here`.
    pub fn push(
        &mut self,
        chunk: &mut RawChunk,
        found: &Found<'_>,
        place: Place,
        here: &dyn Fn() -> String,
    ) {
        let RawChunk { problems, .. } = chunk;
        let mut problem = |message: String| {
            let place = here();
            problems.push(Problem { place, message });
        };
        if let Some(role) = found.garbled {
            problem(format!("Its {} is not in UTF-8", role.name()));
        }
        let recorded = time(&mut self.recorded, Role::RecordedAt, found, &mut problem);
        let occurred = time(&mut self.occurred, Role::OccurredAt, found, &mut problem);
        let since = time(&mut self.ended, Role::EndedAt, found, &mut problem);
        let ended = self.ended(found, since);
        let version = self.version(found, &mut problem);
        let only = self.only_stream.as_deref().unwrap_or(NAMELESS);
        let named = self.captured(Role::Stream, found);
        let is_named = named.is_some() || self.only_stream.is_some();
        let stream = named.unwrap_or(Cow::Borrowed(only));
        let written = found.get(Role::Type).name().unwrap_or_else(|| {
            problem("It has no event type".to_owned());
            Cow::Borrowed(NAMELESS)
        });
        remember(
            &mut self.types,
            self.captures[Role::Type as usize],
            &written,
        );
        let id = |role| self.captured(role, found);
        let (event_id, correlation, causation, schema) = (
            id(Role::EventId),
            id(Role::CorrelationId),
            id(Role::CausationId),
            id(Role::SchemaVersion),
        );
        let row = Row {
            stream: &stream,
            event_type: self.types.get(&*written).map_or(&*written, String::as_str),
            position: found.get(Role::Position).integer(),
            version,
            recorded,
            occurred,
            schema_version: schema.as_deref(),
            event_id: event_id.as_deref(),
            correlation: correlation.as_deref(),
            causation: causation.as_deref(),
            place,
            ends: found.ends.or_else(|| self.end(&written)),
            ended,
        };
        if !is_named {
            // Nothing of it is left out: some libraries have such events.
            let (place, message) = (here(), NO_STREAM.to_owned());
            chunk.note(Problem { place, message });
        }
        chunk.push(&row, || self.category(&stream, &written, found));
    }

    /// Puts the event last added into a further stream, if one is named.
    pub fn link(
        &self,
        chunk: &mut RawChunk,
        stream: &Value<'_>,
        version: &Value<'_>,
        category: &Value<'_>,
    ) {
        if let Some(stream) = stream.name() {
            let category = || self.category_of_link(&stream, category);
            chunk.link(&stream, version.integer(), category);
        }
    }

    /// The link of the event read before from the record `at` to a further stream, if one is named.
    pub fn further_link(
        &self,
        at: i64,
        stream: &Value<'_>,
        version: &Value<'_>,
        category: &Value<'_>,
    ) -> Option<FurtherLink> {
        let stream = stream.name()?;
        Some(FurtherLink {
            at,
            category: self.category_of_link(&stream, category),
            stream: stream.into_owned(),
            version: version.integer(),
        })
    }

    /// The kind of a further stream: what is said of it, else what its name says.
    pub fn category_of_link(&self, stream: &str, category: &Value<'_>) -> String {
        if let Some(category) = category.name() {
            return category.into_owned();
        }
        let by_name = self
            .category
            .filter(|column| column.source == Source::StreamName);
        let capture = by_name.and_then(|column| column.capture.as_ref());
        capture
            .map_or_else(|| kind_of(stream), |capture| capture.of(stream))
            .to_owned()
    }

    /// Whether `found` is still the event that was indexed, by its stream, version, type and id.
    pub fn is_same(&self, found: &Found<'_>, log: &Log, event: EventIx) -> bool {
        let named = |role: Role, known: &str| {
            self.captured(role, found)
                .map_or(known == NAMELESS, |name| *name == *known)
        };
        let stream = self.only_stream.is_some()
            || self.is_linked
            || named(Role::Stream, log.stream_name(log.stream(event)));
        let version = self.version(found, &mut |_| {});
        let version = version.is_none_or(|version| log.version(event).0 == version);
        let id = self.captured(Role::EventId, found);
        let id = id.as_deref().map(IdRef::new) == log.event_id(event);
        stream && version && id && named(Role::Type, log.type_name(log.event_type(event)))
    }

    /// How an event of this type ends its stream, if it does.
    fn end(&self, written: &str) -> Option<StreamEnd> {
        // Of most layouts none does.
        (!self.events.ends.is_empty()).then(|| self.events.ends.get(written).copied())?
    }

    /// What the store says now of the event's stream. A time alone says it, too.
    fn ended(&self, found: &Found<'_>, since: Option<Timestamp>) -> Option<Ended> {
        let ended = match self.tells_ended {
            true => found.get(Role::Ended).is_set(),
            false => since.is_some(),
        };
        let how = self.events.ended_means.unwrap_or(StreamEnd::Deleted);
        ended.then_some(Ended { how, since })
    }

    /// The version, or what is captured of it.
    fn version(&self, found: &Found<'_>, problem: &mut impl FnMut(String)) -> Option<i64> {
        match self.captures[Role::Version as usize] {
            None => number(Role::Version, found.get(Role::Version), problem),
            Some(_) => {
                let name = self.captured(Role::Version, found)?;
                number(Role::Version, &Value::Text(name), problem)
            }
        }
    }

    fn captured<'f>(&self, role: Role, found: &'f Found<'_>) -> Option<Cow<'f, str>> {
        let name = found.get(role).name()?;
        match self.captures[role as usize] {
            // What is captured of nothing is none.
            Some(capture) => Some(capture.of_cow(name)).filter(|part| !part.is_empty()),
            None => Some(name),
        }
    }

    /// The layout's category; else what stands before the first separator of a name that looks like
    /// `kind-id`.
    fn category(&self, stream: &str, event_type: &str, found: &Found<'_>) -> String {
        let Some(column) = self.category else {
            // What a link says, where the first of them names the stream.
            let said = found.get(Role::Category).name();
            return said.map_or_else(|| kind_of(stream).to_owned(), Cow::into_owned);
        };
        let text = match &column.source {
            Source::StreamName => Cow::Borrowed(stream),
            Source::TypeName => Cow::Borrowed(event_type),
            _ => found
                .get(Role::Category)
                .name()
                .unwrap_or_else(|| Cow::Borrowed(kind_of(stream))),
        };
        column
            .capture
            .as_ref()
            .map_or(&*text, |capture| capture.of(&text))
            .to_owned()
    }
}

fn time(
    reader: &mut TimeReader,
    role: Role,
    found: &Found<'_>,
    problem: &mut impl FnMut(String),
) -> Option<Timestamp> {
    let value = found.get(role);
    // What Kafka and others write for a time that they do not know.
    if value.integer() == Some(-1) {
        return None;
    }
    value.time(reader).unwrap_or_else(|error| {
        problem(format!("Its {} cannot be read: {error}", role.name()));
        None
    })
}

fn number(role: Role, value: &Value<'_>, problem: &mut impl FnMut(String)) -> Option<i64> {
    let number = value.integer();
    if number.is_none()
        && let Some(name) = value.name()
    {
        let name = name.replace(char::is_control, " ");
        problem(format!(
            "Its {} “{name}” is not a whole number that fits 64 bits, so it was counted on",
            role.name()
        ));
    }
    number
}

fn remember(types: &mut HashMap<String, String>, capture: Option<&Capture>, written: &str) {
    let Some(capture) = capture else { return };
    if types.contains_key(written) {
        return;
    }
    if types.len() == TYPES_KEPT {
        types.clear();
    }
    types.insert(written.to_owned(), capture.of(written).to_owned());
}

fn encoding(events: &Events, role: Role) -> TimeEncoding {
    let column = events.columns.get(&role);
    column.map_or(TimeEncoding::Auto, Column::time_encoding)
}
