//! What a statement yields, and how it is written as JSON.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Number;

use crate::analysis::events::hex;
use crate::log::AsOf;

/// The answer to a statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The moment.
    pub as_of: AsOf,
    /// The names of the columns, as SQLite gives them; two may be the same.
    pub columns: Vec<String>,
    /// The rows, each with one value a column.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than these.
    pub truncated: bool,
}

/// A value of SQLite. In JSON: null, a number or a text; bytes as `{"$bytes": "<hexadecimal>"}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number, never NaN (which is null in SQLite).
    Real(f64),
    /// A text. JSON is text too, as it was written.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// The bytes that it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Null | Self::Integer(_) | Self::Real(_) => 0,
                Self::Text(text) => text.len(),
                Self::Blob(bytes) => bytes.len(),
            }
    }

    /// The number that it is, for a plot.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Null | Self::Text(_) | Self::Blob(_) => None,
        }
    }
}

/// A floating-point number as SQLite writes it: what is too large for one is `9e999`, which every
/// reader of JSON takes for as much as it can hold.
#[must_use]
pub fn written(number: f64) -> String {
    if number.is_infinite() {
        let sign = if number < 0.0 { "-" } else { "" };
        return format!("{sign}9e999");
    }
    format!("{number:?}")
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) => {
                Number::from_string_unchecked(written(*number)).serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("$bytes", &hex(bytes))?;
                map.end()
            }
        }
    }
}
