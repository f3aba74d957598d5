//! What goes into an engine and what comes out beside states.

use serde::Serialize;

use super::{ScriptError, Worded};
use crate::model::EventIx;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// A handler took it.
    Processed,
    /// It is in no partition.
    Skipped,
    /// Its handler failed; see the dead letters.
    Failed,
}

/// An event that a handler failed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The event.
    pub event: EventIx,
    /// Its partition, where it came so far.
    pub partition: Option<String>,
    /// What went wrong.
    pub error: ScriptError,
    /// The state that the handler was given, as it is kept.
    pub state_before: Option<String>,
    /// The state that all partitions share as it was given, where there is one.
    pub shared_before: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
}

impl DeadLetter {
    /// The state that the handler was given.
    #[must_use]
    pub fn met(&self) -> Option<Worded> {
        Worded::read(self.state_before.as_deref()?)
    }
}

/// What a handler would write to the store; here it is only shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The event that was handled.
    #[serde(skip)]
    pub event: EventIx,
    /// What it is.
    pub kind: OutputKind,
    /// The stream it would go to.
    pub stream: String,
    /// The type of an emitted event.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The payload of an emitted event as JSON; the position of a linked one.
    pub data: Option<String>,
    /// Its metadata as JSON.
    pub metadata: Option<String>,
}

/// Kinds of outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// A new event.
    Emit,
    /// A link to the event.
    Link,
    /// A copy of the event.
    Copy,
    /// A link to a stream.
    LinkStream,
}

impl OutputKind {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "emit" => Self::Emit,
            "link" => Self::Link,
            "copy" => Self::Copy,
            "link_stream" => Self::LinkStream,
            _ => return None,
        })
    }
}
