//! How a projection is run, as whoever runs it chooses.

use std::sync::Arc;

use super::SnapshotStrategy;
use super::script::Limits;
use crate::analysis::replay::FoldRules;
use crate::log::{NoTables, TableSource};
use crate::model::StreamIx;

/// What happens when a handler fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The run stops there.
    Stop,
    /// The event becomes a dead letter, and the run goes on.
    #[default]
    Skip,
    /// It is tried so many times more, then becomes a dead letter.
    Retry(u32),
}

/// How a projection is run.
#[derive(Clone)]
pub struct RunOptions {
    /// When states are kept; periodically by what the definition costs ([`Definition::spacing`]) where
    /// nobody chose.
    ///
    /// [`Definition::spacing`]: super::Definition::spacing
    pub strategy: Option<SnapshotStrategy>,
    /// Bytes of states that may be kept.
    pub budget: usize,
    /// What scripts may take.
    pub limits: Limits,
    /// What happens when a handler fails.
    pub on_error: OnError,
    /// What `lookup(…)` reads.
    pub tables: Arc<dyn TableSource>,
    /// What the layout says of payloads, for merging them.
    pub fold: FoldRules,
    /// The one stream whose own events are folded, as if there were no others.
    pub only: Option<StreamIx>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            strategy: None,
            budget: 256 << 20,
            limits: Limits::default(),
            on_error: OnError::default(),
            tables: Arc::new(NoTables),
            fold: FoldRules::default(),
            only: None,
        }
    }
}
