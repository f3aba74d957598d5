//! What the partitions of a built-in projection are called after.

use serde::{Deserialize, Serialize};

use crate::log::{Interner, Log, Names};
use crate::model::EventIx;

/// What events are told apart by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Key {
    /// Not at all.
    Whole,
    /// Their stream.
    #[default]
    Stream,
    /// The category of their stream.
    Category,
    /// Their type.
    EventType,
    /// A field of their payload, by a JSON pointer.
    Field(String),
}

impl Key {
    /// The type, for folds that are about types unless somebody says otherwise.
    #[must_use]
    pub const fn event_type() -> Self {
        Self::EventType
    }

    /// The pointer, where it is one.
    pub(super) fn pointer(&self) -> Option<&str> {
        match self {
            Self::Field(pointer) => Some(pointer),
            _ => None,
        }
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        match text.as_str() {
            "" | "all" => Self::Whole,
            "stream" => Self::Stream,
            "category" => Self::Category,
            "type" => Self::EventType,
            pointer if pointer.starts_with('/') => Self::Field(text),
            name => Self::Field(format!("/{name}")),
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        match key {
            Key::Whole => "all".to_owned(),
            Key::Stream => "stream".to_owned(),
            Key::Category => "category".to_owned(),
            Key::EventType => "type".to_owned(),
            Key::Field(pointer) => pointer,
        }
    }
}

/// Partitions, numbered as their keys appear.
#[derive(Default)]
pub(super) struct Keys {
    names: Interner,
    /// By stream, category or type: the number of its partition.
    known: Vec<Option<u32>>,
}

impl Keys {
    pub fn names(&self) -> Names {
        self.names.names().clone()
    }

    /// The partitions that values of a field are called after; none where there is no value.
    pub fn of_fields<'v>(
        &mut self,
        values: impl Iterator<Item = Option<&'v str>> + Clone,
    ) -> Vec<Option<u32>> {
        self.names.intern_each(values)
    }

    /// The partition of an event; none where that is told by a field of its payload.
    pub fn number(&mut self, key: &Key, log: &Log, event: EventIx) -> Option<u32> {
        let stream = log.stream(event);
        let (at, name) = match key {
            Key::Field(_) => return None,
            Key::Whole => (0, super::super::WHOLE),
            Key::Stream => (stream.0, log.stream_name(stream)),
            Key::Category => {
                let category = log.category(stream);
                (category.0, log.category_name(category))
            }
            Key::EventType => {
                let event_type = log.event_type(event);
                (event_type.0, log.type_name(event_type))
            }
        };
        let at = at as usize;
        if self.known.len() <= at {
            self.known.resize(at + 1, None);
        }
        let names = &mut self.names;
        Some(*self.known[at].get_or_insert_with(|| names.intern(name)))
    }
}
