//! Tables that stand beside the events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a side table holds. `docs/layouts.md` lists the columns of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SideKind {
    /// How far each consumer has processed: consumer, partition, position, updated_at, categories.
    Checkpoints,
    /// The same over time: consumer, partition, position, at.
    CheckpointHistory,
    /// Stored states: stream, version, state, taken_at.
    Snapshots,
    /// Messages to be published: id, event_id, created_at, published_at, attempts, status.
    Outbox,
    /// What consumers have seen: consumer, event_id, processed_at.
    Processed,
    /// What consumers gave up on: consumer, event_id, error, at, attempts.
    DeadLetters,
    /// States of sagas: saga, type, state, correlation, updated_at.
    Sagas,
    /// Registered schemas: type, version, schema.
    Schemas,
}

impl SideKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Checkpoints,
        Self::CheckpointHistory,
        Self::Snapshots,
        Self::Outbox,
        Self::Processed,
        Self::DeadLetters,
        Self::Sagas,
        Self::Schemas,
    ];

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checkpoints => "checkpoints",
            Self::CheckpointHistory => "checkpoint history",
            Self::Snapshots => "snapshots",
            Self::Outbox => "outbox",
            Self::Processed => "processed messages",
            Self::DeadLetters => "dead letters",
            Self::Sagas => "saga states",
            Self::Schemas => "schema registry",
        }
    }
}

/// Where a side table is and what its columns mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideTable {
    /// What follows FROM.
    pub from: String,
    /// What follows WHERE.
    #[serde(default)]
    pub filter: Option<String>,
    /// SQL expressions by the column's name.
    pub columns: BTreeMap<String, String>,
}
