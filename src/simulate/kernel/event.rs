//! What an event is made of, before and after the log has given it its place.

use std::fmt;

use serde::{Serialize, Serializer};

use super::process::{Failure, Mark};
use crate::model::Timestamp;

/// An event type as the scenario's own table has it; one for each schema version.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    /// Who records it.
    pub service: &'static str,
    /// The schema version of its payload.
    pub version: u32,
    /// Its payload in the notation of `kernel::schema`.
    pub fields: &'static str,
}

impl Kind {
    /// The first schema version of a type.
    pub const fn new(name: &'static str, service: &'static str, fields: &'static str) -> Self {
        Self {
            name,
            service,
            version: 1,
            fields,
        }
    }

    /// A later schema version of a type.
    pub const fn version(&self, version: u32, fields: &'static str) -> Self {
        Self {
            version,
            fields,
            ..*self
        }
    }
}

/// A stream's name: its category, a dash, and what tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    pub category: &'static str,
    pub key: Key,
}

/// What tells streams of a category apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Number(u64),
    Name(&'static str),
}

impl Stream {
    /// `order-1042`.
    pub const fn numbered(category: &'static str, number: u64) -> Self {
        let key = Key::Number(number);
        Self { category, key }
    }

    /// `inventory-hamburg`.
    pub const fn named(category: &'static str, name: &'static str) -> Self {
        let key = Key::Name(name);
        Self { category, key }
    }

    /// A number by which streams can be chosen at random and yet alike in every run.
    pub fn lot(&self) -> u64 {
        match self.key {
            Key::Number(number) => number,
            Key::Name(name) => name
                .bytes()
                .fold(7_u64, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into())),
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key {
            Key::Number(number) => write!(f, "{}-{number}", self.category),
            Key::Name(name) => write!(f, "{}-{name}", self.category),
        }
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An id of an event, a correlation or a command: a UUID of version 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u128);

impl EventId {
    /// By RFC 9562, method 3: milliseconds, then the rest of the microseconds as 1/4096 ms, then
    /// chance. Sorts by time as long as no two are made in one microsecond.
    pub const fn new(at: Timestamp, chance: u64) -> Self {
        let micros = at.micros().unsigned_abs();
        let (millis, rest) = (micros / 1000, micros % 1000);
        let high = (millis << 16) | 0x7000 | (rest * 4096 / 1000);
        let low = (chance >> 2) | 0x8000_0000_0000_0000;
        Self(((high as u128) << 64) | low as u128)
    }

    /// The 36 characters of it.
    pub fn text(self) -> [u8; 36] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (nth, byte) in self.0.to_be_bytes().into_iter().enumerate() {
            if matches!(nth, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 15)];
            at += 2;
        }
        text
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        f.write_str(std::str::from_utf8(&text).expect("hexadecimal digits and dashes"))
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An event as it stands in the store.
#[derive(Clone, Debug)]
pub struct Event {
    pub position: i64,
    pub stream: Stream,
    pub version: i64,
    pub kind: &'static Kind,
    pub id: EventId,
    pub recorded_at: Timestamp,
    pub occurred_at: Timestamp,
    pub correlation: EventId,
    pub causation: Option<EventId>,
    pub data: String,
    /// Whether the payload is whole.
    pub payload: Payload,
    /// Members of the metadata beside the service, each behind a comma: `,"hlc":"…"`.
    pub metadata: String,
}

/// Whether a payload can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    Json,
    /// It was cut off.
    Broken,
}

/// The instance of a process that an event belongs to.
pub type SagaId = u64;

/// Where an event comes from: its process, and the event that caused it.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    pub correlation: EventId,
    /// The cause, with the moment at which it was recorded by the store's own clock.
    pub cause: Option<(EventId, Timestamp)>,
    pub saga: Option<SagaId>,
}

/// An event before the log has given it its place.
#[derive(Debug)]
pub struct Draft {
    pub stream: Stream,
    pub kind: &'static Kind,
    pub data: String,
    pub metadata: String,
    /// When it happened, where that is not just before it was recorded.
    pub occurred_at: Option<Timestamp>,
    /// The version that its writer believed the stream to have, where that decides its own.
    pub expected: Option<i64>,
    /// What it means for its process.
    pub marks: &'static [Mark],
    pub failure: Option<Failure>,
}

impl Draft {
    /// An event as most are.
    pub const fn new(stream: Stream, kind: &'static Kind, data: String) -> Self {
        Self {
            stream,
            kind,
            data,
            metadata: String::new(),
            occurred_at: None,
            expected: None,
            marks: &[],
            failure: None,
        }
    }

    /// Says what the event means for its process.
    pub fn marks(self, marks: &'static [Mark]) -> Self {
        Self { marks, ..self }
    }

    /// Says why a step failed.
    pub fn failure(self, failure: Failure) -> Self {
        Self {
            failure: Some(failure),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_well_formed_and_sort_by_time() {
        let at = Timestamp::from_micros(1_700_000_000_000_999);
        let id = EventId::new(at, u64::MAX);
        assert_eq!(id.to_string(), "018bcfe5-6800-7ffb-bfff-ffffffffffff");
        let next = EventId::new(Timestamp::from_micros(at.micros() + 1), 0);
        assert!(id < next && id.to_string() < next.to_string());
    }

    #[test]
    fn streams_show_their_names() {
        assert_eq!(Stream::numbered("order", 1042).to_string(), "order-1042");
        assert_eq!(
            Stream::named("inventory", "wien").to_string(),
            "inventory-wien"
        );
    }
}
