//! What an event carries, as read back from the store when somebody looks at it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::Log;
use crate::model::{Cancelled, EventIx, Task};

/// A payload or metadata, decoded as far as its encoding is known.
#[derive(Clone, Debug)]
pub enum Payload {
    /// The store holds none (a null column, a missing key).
    Absent,
    /// JSON with the digits, key order and spacing in which it was written.
    Json(Box<RawValue>),
    /// Bytes of no known encoding (encrypted, binary, damaged); shown as hex or text, never an error.
    Opaque(Vec<u8>),
}

impl Payload {
    /// JSON if `text` is valid JSON, else opaque bytes. Nesting may be of any depth.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        // Checking and copying takes less time than checking twice, which keeping it would take.
        match serde_json::from_str(&text) {
            Ok(raw) => Self::Json(raw),
            Err(_) => Self::Opaque(text.into_bytes()),
        }
    }

    /// The written JSON, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<&str> {
        match self {
            Self::Json(raw) => Some(raw.get()),
            Self::Absent | Self::Opaque(_) => None,
        }
    }

    /// Parsed JSON; `None` where it is absent, opaque, or nested deeper than the parser goes (128).
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        let value = serde_json::from_str(self.json()?).ok()?;
        if has_exponent(&value) {
            return as_written(self.json()?);
        }
        Some(value)
    }

    /// Size in bytes as decoded.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Absent => 0,
            Self::Json(raw) => raw.get().len(),
            Self::Opaque(bytes) => bytes.len(),
        }
    }
}

/// Whether a number in `value` has an exponent, which the parser does not keep as it was written.
fn has_exponent(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_str().contains('e'),
        Value::Array(values) => values.iter().any(has_exponent),
        Value::Object(fields) => fields.values().any(has_exponent),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Parses JSON that is known to be valid and not too deep, with the digits of all numbers. Goes
/// over nested parts once a level, so it is for the few texts that need it.
fn as_written(json: &str) -> Option<Value> {
    Some(match json.bytes().next()? {
        b'-' | b'0'..=b'9' => Value::Number(Number::from_string_unchecked(json.to_owned())),
        b'[' => {
            let parts: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            let parts = parts.into_iter().map(|part| as_written(part.get()));
            Value::Array(parts.collect::<Option<_>>()?)
        }
        b'{' => {
            let Fields(fields) = serde_json::from_str(json).ok()?;
            Value::Object(fields)
        }
        _ => serde_json::from_str(json).ok()?,
    })
}

/// An object whose numbers keep their digits.
struct Fields(Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Map::new();
                while let Some((key, part)) = map.next_entry::<String, &RawValue>()? {
                    let part = as_written(part.get());
                    fields.insert(key, part.ok_or_else(|| A::Error::custom("no JSON"))?);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// The parts of an event that stay in the file until they are needed.
#[derive(Clone, Debug)]
pub struct Body {
    /// The event's data.
    pub data: Payload,
    /// The event's metadata.
    pub metadata: Payload,
    /// The store's own position where that is not a unique integer (a UUID, a ULID).
    pub native_position: Option<String>,
}

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The record is there but damaged; the rest of the store is unaffected.
    #[error("{0}")]
    Damaged(String),
    /// The record is not the one that was indexed: the store was rewritten and must be indexed anew.
    #[error("the store was rewritten since it was indexed")]
    Rewritten,
}

/// Reads bodies back from the store. Implemented in `store/`; analyses see nothing else of a file.
pub trait PayloadReader: Send + Sync {
    /// Reads the bodies of `events`, calling `each` once for every one of them, in the given order.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off; single bad records go to `each`.
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled>;

    /// Those of `events`, in their order, that a search has to read: all but the ones of which `may`
    /// says no to all bytes in which payload and metadata are stored as they are shown, but for
    /// escapes in JSON. Far cheaper than reading; a reader that cannot tell names all.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let _ = (log, task, may);
        Ok(events.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Payload;
    use proptest::prelude::*;

    /// JSON as it would be written without spaces, with numbers of every spelling.
    fn json() -> impl Strategy<Value = String> {
        let number = r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,5})?";
        let leaf = prop_oneof![4 => number, 1 => "null|true|\"[a-z0-9e]{0,4}\""];
        leaf.prop_recursive(4, 30, 4, |inner| {
            let array = prop::collection::vec(inner.clone(), 0..4);
            let object = prop::collection::vec(inner, 0..4);
            prop_oneof![
                array.prop_map(|parts| format!("[{}]", parts.join(","))),
                object.prop_map(|parts| {
                    let named = parts.iter().enumerate();
                    let named = named.map(|(n, part)| format!("\"k\\u006{n}\":{part}"));
                    format!("{{{}}}", named.collect::<Vec<_>>().join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn numbers_keep_their_written_digits(json in json()) {
            let value = Payload::from_text(json.clone()).value().unwrap();
            let plain = json.replace("\\u0060", "`").replace("\\u0061", "a").replace("\\u0062", "b").replace("\\u0063", "c");
            prop_assert_eq!(serde_json::to_string(&value).unwrap(), plain);
        }
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts() {
        let value = |text: &str| Payload::from_text(text.to_owned()).value();
        let written = value(r#" {"a" : 1e5 , "b":[ 1E+05 ], "a": 2E4} "#);
        assert_eq!(written.unwrap().to_string(), r#"{"a":2E4,"b":[1E+05]}"#);
        assert_eq!(value("1e400").unwrap().to_string(), "1e400");
    }
}
