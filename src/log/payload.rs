//! What an event carries, as read back from the store when somebody looks at it.

use serde_json::value::RawValue;

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
        match serde_json::from_str::<&RawValue>(&text).is_ok() {
            // Checked just now; the second check is what owning it costs.
            true => RawValue::from_string(text).map_or(Self::Absent, Self::Json),
            false => Self::Opaque(text.into_bytes()),
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
    pub fn value(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.json()?).ok()
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
}
