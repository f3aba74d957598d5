//! A version of a type, and the step from one to the next.

use serde::Serialize;

use super::change::Change;
use super::field::Field;
use super::verdict::Compatibility;
use crate::analysis::bodies::ShapeIx;
use crate::model::{EventIx, PositionName, Timestamp};

/// One version of a type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionSchema {
    /// As events declare it; else a number from 1 on.
    pub version: String,
    /// Whether events declare it.
    pub declared: bool,
    /// The time of its first event.
    pub from: Option<Timestamp>,
    /// The time of its last event.
    pub to: Option<Timestamp>,
    /// Its first event.
    pub first_position: PositionName,
    /// Its last event.
    pub last_position: PositionName,
    /// How many events.
    pub events: u64,
    /// By path.
    pub fields: Vec<Field>,
    /// Its first event.
    #[serde(skip)]
    pub first: EventIx,
    /// Its last event.
    #[serde(skip)]
    pub last: EventIx,
    /// The shapes that its payloads have.
    #[serde(skip)]
    pub(super) shapes: Vec<ShapeIx>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The version before.
    pub from: String,
    /// The version after.
    pub to: String,
    /// Readers of the new version read old events.
    pub backward: bool,
    /// Readers of the old version read new events.
    pub forward: bool,
    /// Both.
    pub full: bool,
    /// In a word.
    pub verdict: Compatibility,
    /// The same against all versions before.
    pub transitive: Compatibility,
    /// What changed.
    pub changes: Vec<Change>,
}
