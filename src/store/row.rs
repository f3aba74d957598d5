//! From the values of a record to an event of the log: names, captures, times, ends. The same for
//! SQLite rows and JSON records, so that a layout means one thing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use hashbrown::HashMap;

use super::layout::{Capture, Events, Role, Source};
use crate::log::{Place, Problem, RawChunk, Row, StreamEnd};
use crate::model::Timestamp;
use crate::model::time::{TimeEncoding, TimeError, TimeReader};

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
    fn name(&self) -> Option<Cow<'_, str>> {
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
            Self::Text(text) => text.trim().parse().ok(),
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

fn from_bytes(bytes: &[u8]) -> String {
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

    pub fn get(&self, role: Role) -> &Value<'a> {
        &self.0[role as usize]
    }
}

/// Names that a stream or a type is given where the store has none.
pub(super) const NAMELESS: &str = "(none)";

/// Turns found values into rows of a chunk. Keeps readers and memories of what it saw before, so
/// one belongs to one scan.
pub(super) struct Interpreter<'l> {
    events: &'l Events,
    recorded: TimeReader,
    occurred: TimeReader,
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
        let mut problem = |message: String| {
            chunk.problems.push(Problem {
                place: here(),
                message,
            })
        };
        let mut time = |reader: &mut TimeReader, role: Role| {
            found.get(role).time(reader).unwrap_or_else(|error| {
                problem(format!("Its {} cannot be read: {error}", role.name()));
                None
            })
        };
        let recorded = time(&mut self.recorded, Role::RecordedAt);
        let occurred = time(&mut self.occurred, Role::OccurredAt);
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
        let id = |role| self.captured(role, found);
        let (event_id, correlation, causation) = (
            id(Role::EventId),
            id(Role::CorrelationId),
            id(Role::CausationId),
        );
        let schema = id(Role::SchemaVersion);
        let ends = self.events.ends.get(&*written).copied();
        let ends = ends.or_else(|| {
            found
                .get(Role::Ended)
                .is_set()
                .then_some(self.events.ended_means.unwrap_or(StreamEnd::Deleted))
        });
        let event_type =
            part(&self.events.columns, Role::Type).map(|capture| match self.types.get(&*written) {
                Some(known) => known.clone(),
                None => capture.of(&written).to_owned(),
            });
        let row = Row {
            stream: &stream,
            event_type: event_type.as_deref().unwrap_or(&written),
            position: found.get(Role::Position).integer(),
            version: found.get(Role::Version).integer(),
            recorded,
            occurred,
            schema_version: schema.as_deref(),
            event_id: event_id.as_deref(),
            correlation: correlation.as_deref(),
            causation: causation.as_deref(),
            place,
            ends,
        };
        chunk.push(&row, || self.category(&stream, &written, found));
        if let Some(known) = event_type
            && !self.types.contains_key(&*written)
        {
            self.types.insert(written.into_owned(), known);
        }
    }

    fn captured<'f>(&self, role: Role, found: &'f Found<'_>) -> Option<Cow<'f, str>> {
        let name = found.get(role).name()?;
        Some(match part(&self.events.columns, role) {
            Some(capture) => Cow::Owned(capture.of(&name).to_owned()),
            None => name,
        })
    }

    /// The layout's category; else what stands before the first separator of a name that looks like
    /// `kind-id`, else the part of a type before its last dot.
    fn category(&self, stream: &str, event_type: &str, found: &Found<'_>) -> String {
        let Some(column) = self.events.columns.get(&Role::Category) else {
            return kind_of(stream).to_owned();
        };
        let text = match &column.source {
            Source::StreamName => Cow::Borrowed(stream),
            Source::TypeName => Cow::Borrowed(event_type),
            Source::Constant(text) => Cow::Borrowed(text.as_str()),
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

fn part(columns: &BTreeMap<Role, super::layout::Column>, role: Role) -> Option<&Capture> {
    columns.get(&role)?.capture.as_ref()
}

fn encoding(events: &Events, role: Role) -> TimeEncoding {
    let name = events
        .columns
        .get(&role)
        .and_then(|column| column.encoding.as_deref());
    let name =
        name.map(|name| serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name));
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
