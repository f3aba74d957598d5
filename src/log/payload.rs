//! What an event carries, as read back from the store when somebody looks at it.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use super::Log;
use crate::model::json::{self, Picker, Reading, TooDeep};
use crate::model::{Cancelled, EventIx, Task};

/// A payload or metadata, decoded as far as its encoding is known.
#[derive(Clone, Debug)]
pub enum Payload {
    /// The store holds none (a null column, a missing key).
    Absent,
    /// JSON with the digits, key order and spacing in which it was written.
    Json(Box<RawValue>),
    /// JSON that shows what is stored in another encoding.
    Viewed(Box<Viewed>),
    /// Bytes of no known encoding (encrypted, binary, damaged); shown as hex or text, never an error.
    Opaque(Vec<u8>),
}

/// What is stored in another encoding than JSON, and how it looks as JSON.
#[derive(Clone, Debug)]
pub struct Viewed {
    /// The view.
    pub json: Box<RawValue>,
    /// The encoding's name, as layouts have it.
    pub encoding: &'static str,
    /// The bytes as they are stored, unpacked.
    pub stored: Vec<u8>,
}

impl Payload {
    /// JSON if `text` is valid JSON, else opaque bytes. Nesting may be of any depth.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        // Checking and copying takes less time than checking twice, which keeping it would take.
        Self::copied(&text).unwrap_or_else(|| Self::Opaque(text.into_bytes()))
    }

    /// The same of a text that stays where it is; none where it is no valid JSON.
    #[must_use]
    pub fn copied(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self::Json)
    }

    /// The written JSON, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<&str> {
        match self {
            Self::Json(raw) => Some(raw.get()),
            Self::Viewed(viewed) => Some(viewed.json.get()),
            Self::Absent | Self::Opaque(_) => None,
        }
    }

    /// Parsed JSON, with what had to be decided on the way; `None` where it is absent or opaque.
    ///
    /// # Errors
    /// It is nested too deep.
    pub fn read(&self) -> Result<Option<Reading>, TooDeep> {
        match self {
            Self::Json(raw) => json::read(raw).map(Some),
            Self::Viewed(viewed) => json::read(&viewed.json).map(Some),
            Self::Absent | Self::Opaque(_) => Ok(None),
        }
    }

    /// Parsed JSON; `None` where there is none, or it is nested too deep.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        let read = self.read().ok()?;
        read.map(|read| read.value)
    }

    /// The text that is stored where JSON was to be expected: bytes of no known encoding that read as
    /// text, or a text in the place of an object.
    #[must_use]
    pub fn plain_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Json(raw) => json::string(raw.get()),
            Self::Opaque(bytes) => text_of(bytes).map(Cow::Borrowed),
            Self::Absent | Self::Viewed(_) => None,
        }
    }

    /// Whether it is text that begins as an object or an array and is neither.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.plain_text().is_some_and(|text| {
            let begins = text.trim_start().starts_with(['{', '[']);
            begins && serde_json::from_str::<&RawValue>(&text).is_err()
        })
    }

    /// Size in bytes as decoded.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Absent => 0,
            Self::Json(raw) => raw.get().len(),
            Self::Viewed(viewed) => viewed.stored.len(),
            Self::Opaque(bytes) => bytes.len(),
        }
    }
}

/// Bytes that are text to be read, with no more control characters than blanks and line ends.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let odd = text.contains(|c: char| c.is_control() && !c.is_whitespace());
    (!odd).then_some(text)
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

/// What was picked of a payload.
#[derive(Debug)]
pub enum Picked<'p> {
    /// Of a payload that is JSON: by slot of the picker, the written text of a value.
    Values(&'p [Option<&'p str>]),
    /// All of the event, to be looked into by whoever asked.
    Body(Result<Body, Unreadable>),
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

    /// Reads what stands at some places in the payloads of `events`, calling `each` once for every one of
    /// them, in the given order. Far cheaper than reading for whoever needs a few fields of many events;
    /// where a reader cannot look into a payload as it is stored, it gives the body.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off; single bad records go to `each`.
    fn pick(
        &self,
        log: &Log,
        events: &[EventIx],
        picker: &Picker,
        task: &Task,
        each: &mut dyn FnMut(EventIx, Picked<'_>),
    ) -> Result<(), Cancelled> {
        let _ = picker;
        self.read(log, events, task, &mut |event, body| {
            each(event, Picked::Body(body));
        })
    }

    /// Whether what stands at a place of payloads of this type is masked: a JSON pointer in which a `*`
    /// stands for every item of an array.
    fn masks(&self, event_type: &str, pointer: &str) -> bool {
        let _ = (event_type, pointer);
        false
    }

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

    /// The name of the file that an event is in, where the store is a folder of several.
    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        let _ = (log, event);
        None
    }
}
