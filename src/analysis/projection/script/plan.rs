//! What a definition says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::log::Log;
use crate::model::StreamIx;

/// Where a projection reads from, as its definition says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct From {
    /// `all`, `streams` or `categories`.
    pub kind: String,
    /// Which.
    pub names: Vec<String>,
}

impl From {
    /// Whether a stream is among what is read.
    #[must_use]
    pub fn covers(&self, log: &Log, stream: StreamIx) -> bool {
        let category = log.category_name(log.category(stream));
        let own = log.stream_name(stream);
        let named = |name: &String| match name.strip_prefix("$ce-") {
            Some(of) => of == category,
            None => name == "$all" || name == own,
        };
        match self.kind.as_str() {
            "categories" => self.names.iter().any(|name| name == category),
            "streams" => self.names.iter().any(named),
            _ => true,
        }
    }

    /// It in words: `category user`.
    #[must_use]
    pub fn words(&self) -> String {
        let [one, several] = match self.kind.as_str() {
            "categories" => ["category", "categories"],
            "streams" => ["stream", "streams"],
            _ => return "everything".to_owned(),
        };
        match self.names.as_slice() {
            [only] => format!("{one} {only}"),
            all => format!("{several} {}", all.join(", ")),
        }
    }
}

/// What a definition says of itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Plan {
    /// Where it reads from.
    pub from: From,
    /// One state a stream.
    pub per_stream: bool,
    /// One state for each value of a function.
    pub partition_by: bool,
    /// The field of payloads that this function gives back, where it does nothing else.
    pub by_field: Option<String>,
    /// The event types that have handlers, `$any` and `$deleted` among them.
    pub handlers: Vec<String>,
    /// A state shared by all partitions.
    pub shared: bool,
    /// What `options(…)` was given.
    pub options: serde_json::Value,
    /// The streams its results would go to.
    pub output_to: Option<(String, Option<String>)>,
    /// How many `transformBy` and `filterBy` follow.
    pub transforms: usize,
    /// Handlers of which their source shows that they read these fields of payloads and little else.
    pub lanes: BTreeMap<String, LanePlan>,
    /// Event types that are upcast, with the schema versions they are upcast from.
    pub upcasters: BTreeMap<String, Vec<String>>,
}

/// The handler of what ends a stream.
pub(super) const DELETED: &str = "$deleted";

impl Plan {
    /// Whether a function may look at more of an event than some fields of its payload and a few facts.
    #[must_use]
    pub fn asks_for_more(&self) -> bool {
        let mut handlers = self.handlers.iter();
        !self.upcasters.is_empty() || handlers.any(|own| !self.lanes.contains_key(own))
    }

    /// Whether a handler wants to know where streams end.
    #[must_use]
    pub fn minds_deletion(&self) -> bool {
        self.handlers.iter().any(|own| own == DELETED)
    }
}

/// What a handler is told of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct LanePlan {
    /// Fields of its payload.
    pub fields: Vec<String>,
    /// And beside it.
    pub facts: Vec<Fact>,
}

/// What a handler may be told of an event beside its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// Its type.
    Type,
    /// The name of its stream.
    StreamId,
    /// Its version.
    SequenceNumber,
    /// Its position.
    Position,
}
