//! Tables that stand beside the events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Column, Each};

pub use crate::log::SideKind;

impl SideKind {
    /// The columns that it may have; `docs/layouts.md` says what each is.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Checkpoints => &[
                "consumer",
                "partition",
                "position",
                "event_id",
                "stream",
                "version",
                "application",
                "categories",
                "types",
                "status",
                "error",
                "updated_at",
            ],
            Self::CheckpointHistory => &[
                "consumer",
                "partition",
                "position",
                "event_id",
                "stream",
                "version",
                "application",
                "at",
            ],
            Self::Snapshots => &[
                "stream", "version", "position", "event_id", "state", "taken_at", "strategy",
            ],
            Self::Outbox => &[
                "id",
                "event_id",
                "position",
                "type",
                "stream",
                "payload",
                "created_at",
                "published_at",
                "published",
                "attempts",
                "status",
                "error",
            ],
            Self::Processed => &[
                "consumer",
                "event_id",
                "position",
                "processed_at",
                "attempts",
            ],
            Self::DeadLetters => &[
                "consumer", "event_id", "position", "stream", "version", "type", "payload",
                "error", "at", "attempts", "status",
            ],
            Self::Sagas => &[
                "saga",
                "type",
                "state",
                "status",
                "correlation",
                "version",
                "started_at",
                "ended_at",
                "updated_at",
                "error",
            ],
            Self::Schemas => &["type", "version", "schema", "registered_at"],
            Self::Commands => &[
                "id",
                "type",
                "stream",
                "correlation_id",
                "causation_id",
                "sent_at",
                "handled_at",
                "payload",
                "status",
                "attempts",
            ],
        }
    }
}

impl SideKind {
    /// Whether columns tell what such a table is for: states, or how far something has come.
    #[must_use]
    pub fn is_told_by(self, columns: &BTreeMap<String, Column>) -> bool {
        let has = |names: &[&str]| names.iter().any(|name| columns.contains_key(*name));
        match self {
            Self::Snapshots => has(&["state"]),
            Self::Checkpoints | Self::CheckpointHistory => {
                has(&["position", "event_id", "version"])
            }
            _ => true,
        }
    }
}

/// Where a side table is and what its columns mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideTable {
    /// The tables of a kind that this one stands for.
    #[serde(default)]
    pub each: Option<Each>,
    /// What follows FROM.
    pub from: String,
    /// What follows WHERE.
    #[serde(default)]
    pub filter: Option<String>,
    /// What follows GROUP BY.
    #[serde(default)]
    pub group_by: Option<String>,
    /// SQL expressions by the column's name.
    pub columns: BTreeMap<String, Column>,
}

impl SideTable {
    /// Calls `change` with all SQL of it.
    pub(super) fn for_sql(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.from);
        let optional = [&mut self.filter, &mut self.group_by];
        optional.into_iter().flatten().for_each(&mut *change);
        let columns = self.columns.values_mut();
        columns.for_each(|column| column.for_sql(change));
    }
}
