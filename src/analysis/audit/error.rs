//! Why there is no audit.

use crate::analysis::bodies::BodiesError;
use crate::analysis::compaction::CompactionError;
use crate::analysis::replay::ReplayError;
use crate::log::RowsError;
use crate::model::Cancelled;

/// Why there is no audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The store is no longer the one that was indexed.
    #[error("the store was rewritten since it was indexed; it has to be indexed again")]
    Rewritten,
    /// What stands beside the events cannot be read.
    #[error("{0}")]
    Rows(String),
}

impl From<BodiesError> for AuditError {
    fn from(error: BodiesError) -> Self {
        match error {
            BodiesError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            BodiesError::Rewritten => Self::Rewritten,
        }
    }
}

impl From<ReplayError> for AuditError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            ReplayError::Rewritten => Self::Rewritten,
        }
    }
}

impl From<RowsError> for AuditError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            RowsError::Rewritten => Self::Rewritten,
            RowsError::Failed(sentence) => Self::Rows(sentence),
        }
    }
}

impl From<CompactionError> for AuditError {
    fn from(error: CompactionError) -> Self {
        match error {
            CompactionError::Bodies(error) => error.into(),
            CompactionError::Rows(error) => error.into(),
        }
    }
}
