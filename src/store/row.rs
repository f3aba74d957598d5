//! From the values of a record to an event of the log: names, captures, times, ends. The same for
//! SQLite rows and JSON records, so that a layout means one thing.

use std::borrow::Cow;
use std::fmt::Write as _;

use hashbrown::HashMap;

use super::layout::{Capture, Events, Role, Source};
use crate::log::{IdRef, Log, Place, Problem, RawChunk, Row, StreamEnd};
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

    fn integer(&self) -> Option<i64> {
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
            Self::Text(text) => !matches!(&**text, "" | "0" | "false" | "null"),
            Self::Bytes(bytes) => !bytes.is_empty(),
        }
    }

    fn time(&self, reader: &mut TimeReader) -> Result<Option<Timestamp>, TimeError> {
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

/// The values of one record by role.
#[derive(Debug, Default)]
pub(super) struct Found<'a>([Value<'a>; Role::ALL.len()]);

impl<'a> Found<'a> {
    pub fn set(&mut self, role: Role, value: Value<'a>) {
        self.0[role as usize] = value;
    }

    /// Sets it where nothing is set yet.
    pub fn offer(&mut self, role: Role, value: impl FnOnce() -> Option<Value<'a>>) {
        if self.0[role as usize] == Value::Null
            && let Some(value) = value()
        {
            self.set(role, value);
        }
    }

    pub fn get(&self, role: Role) -> &Value<'a> {
        &self.0[role as usize]
    }
}

/// Names that a stream or a type is given where the store has none.
pub(super) const NAMELESS: &str = "(none)";

/// Types whose short names are remembered; a store that has more has something else in the column.
const TYPES_KEPT: usize = 4096;

/// Turns found values into rows of a chunk. Keeps readers and memories of what it saw before, so
/// one belongs to one scan.
pub(super) struct Interpreter<'l> {
    events: &'l Events,
    recorded: TimeReader,
    occurred: TimeReader,
    captures: [Option<&'l Capture>; Role::ALL.len()],
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
            captures: Role::ALL.map(|role| events.columns.get(&role)?.capture.as_ref()),
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
        let recorded = time(&mut self.recorded, Role::RecordedAt, found, &mut problem);
        let occurred = time(&mut self.occurred, Role::OccurredAt, found, &mut problem);
        let version = number(Role::Version, found, &mut problem);
        let stream =
            self.captured(Role::Stream, found)
                .unwrap_or_else(|| match &self.only_stream {
                    Some(only) => Cow::Borrowed(only.as_str()),
                    None => {
                        problem("It names no stream".to_owned());
                        Cow::Borrowed(NAMELESS)
                    }
                });
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
            ends: self.end(&written, found),
        };
        chunk.push(&row, || self.category(&stream, &written, found));
    }

    /// Puts the event last added into a further stream, if one is named.
    pub fn link(&self, chunk: &mut RawChunk, stream: &Value<'_>, version: &Value<'_>) {
        let Some(stream) = stream.name() else { return };
        let by_name = self.events.columns.get(&Role::Category);
        let by_name = by_name.filter(|column| column.source == Source::StreamName);
        let capture = by_name.and_then(|column| column.capture.as_ref());
        let category = || {
            capture
                .map_or_else(|| kind_of(&stream), |capture| capture.of(&stream))
                .to_owned()
        };
        chunk.link(&stream, version.integer(), category);
    }

    /// Whether `found` is still the event that was indexed, by its stream, version, type and id.
    pub fn is_same(&self, found: &Found<'_>, log: &Log, event: EventIx) -> bool {
        let named = |role: Role, known: &str| {
            self.captured(role, found)
                .map_or(known == NAMELESS, |name| *name == *known)
        };
        let stream =
            self.only_stream.is_some() || named(Role::Stream, log.stream_name(log.stream(event)));
        let version = found.get(Role::Version).integer();
        let version = version.is_none_or(|version| log.version(event).0 == version);
        let id = self.captured(Role::EventId, found);
        let id = id.as_deref().map(IdRef::new) == log.event_id(event);
        stream && version && id && named(Role::Type, log.type_name(log.event_type(event)))
    }

    fn end(&self, written: &str, found: &Found<'_>) -> Option<StreamEnd> {
        let by_type = self.events.ends.get(written).copied();
        by_type.or_else(|| {
            let means = self.events.ended_means.unwrap_or(StreamEnd::Deleted);
            found.get(Role::Ended).is_set().then_some(means)
        })
    }

    fn captured<'f>(&self, role: Role, found: &'f Found<'_>) -> Option<Cow<'f, str>> {
        let name = found.get(role).name()?;
        Some(match self.captures[role as usize] {
            Some(capture) => capture.of_cow(name),
            None => name,
        })
    }

    /// The layout's category; else what stands before the first separator of a name that looks like
    /// `kind-id`.
    fn category(&self, stream: &str, event_type: &str, found: &Found<'_>) -> String {
        let Some(column) = self.events.columns.get(&Role::Category) else {
            return kind_of(stream).to_owned();
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
    found.get(role).time(reader).unwrap_or_else(|error| {
        problem(format!("Its {} cannot be read: {error}", role.name()));
        None
    })
}

fn number(role: Role, found: &Found<'_>, problem: &mut impl FnMut(String)) -> Option<i64> {
    let value = found.get(role);
    let number = value.integer();
    if number.is_none()
        && let Some(name) = value.name()
    {
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
    let name = events
        .columns
        .get(&role)
        .and_then(|column| column.encoding.as_deref());
    let name = name.map(serde::de::value::StrDeserializer::<serde::de::value::Error>::new);
    name.and_then(|name| serde::Deserialize::deserialize(name).ok())
        .unwrap_or(TimeEncoding::Auto)
}

/// The kind that a stream's name tells: what stands before `-`, `:`, `/`, `#`, `$` or `_` and a
/// rest with a digit in it; "stream" where it tells none (a bare id).
fn kind_of(stream: &str) -> &str {
    const ANY: &str = "stream";
    let Some(at) = stream
        .find(['-', ':', '/', '#', '$', '|'])
        .or_else(|| stream.rfind('_'))
    else {
        return ANY;
    };
    let (kind, rest) = stream.split_at(at);
    let looks_hexadecimal = kind.len() >= 4 && kind.bytes().all(|byte| byte.is_ascii_hexdigit());
    let wordy = kind.chars().next().is_some_and(char::is_alphabetic);
    if wordy
        && rest.len() > 1
        && !(looks_hexadecimal && kind.bytes().any(|byte| byte.is_ascii_digit()))
    {
        kind
    } else {
        ANY
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn kinds_come_from_names_that_tell_them() {
        let kinds = [
            "order-1042",
            "user-123",
            "acc-0",
            "POKEMONS#123",
            "9ab5356d-bde3-4723-be25-cadfde9c481d",
            "x",
            "shopping_cart-010",
            "cafe1234-aa",
        ]
        .map(kind_of);
        assert_eq!(
            kinds,
            [
                "order",
                "user",
                "acc",
                "POKEMONS",
                "stream",
                "stream",
                "shopping_cart",
                "stream"
            ]
        );
    }
}
