//! Something that was done to a store, or that belongs to its story, and that an analysis may find.

use serde::Serialize;
use serde_json::Value;

use crate::model::Timestamp;
use crate::simulate::kernel::{Event, EventId, Stream};

/// What there is to be found, and where. What does not apply is left out.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The fault's name, or what kind of finding it is.
    pub kind: &'static str,
    /// The events that prove it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<EventId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Stream>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'static str>,
    /// How far its clock is ahead; negative where it is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i64>,
    /// A row of the read model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What became of writes that did not know of each other, and what should have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<Value>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Finding {
    /// Of a kind, and nothing else said so far.
    pub const fn named(kind: &'static str) -> Self {
        Self {
            kind,
            positions: Vec::new(),
            ids: Vec::new(),
            stream: None,
            version: None,
            types: Vec::new(),
            consumer: None,
            service: None,
            skew_ms: None,
            key: None,
            columns: Vec::new(),
            from: None,
            to: None,
            count: None,
            merges: Vec::new(),
            detail: None,
        }
    }

    /// About one event.
    pub fn of(kind: &'static str, event: &Event) -> Self {
        Self {
            ids: vec![event.id],
            stream: Some(event.stream),
            ..Self::named(kind)
        }
    }

    /// At these positions.
    pub fn at(self, positions: impl Into<Vec<i64>>) -> Self {
        let positions = positions.into();
        Self { positions, ..self }
    }

    /// In this time.
    pub fn during(self, from: Timestamp, to: Timestamp) -> Self {
        let (from, to) = (Some(from), Some(to));
        Self { from, to, ..self }
    }
}
