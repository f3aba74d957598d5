//! Why there is no answer: whatever goes wrong below ends here in one sentence.

use std::path::PathBuf;

use crate::analysis::audit::AuditError;
use crate::analysis::bodies::BodiesError;
use crate::analysis::causality::Untraceable;
use crate::analysis::projection::{ConsumerError, ScriptError};
use crate::analysis::replay::ReplayError;
use crate::analysis::saga::DefinitionError;
use crate::analysis::streams::Unresolved;
use crate::log::{PositionError, RowsError};
use crate::model::Cancelled;
use crate::model::time::InputError;
use crate::simulate::SimulateError;
use crate::sql::SqlError;
use crate::store::OpenError;
use crate::store::layout::LayoutError;
use crate::workspace::WorkspaceError;

/// Why there is no answer: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The moment.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The position.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// The stream.
    #[error(transparent)]
    Stream(#[from] Unresolved),
    /// The replay.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The audit.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The pass over all payloads.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// What stands beside the events.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// What was to be traced.
    #[error(transparent)]
    Trace(#[from] Untraceable),
    /// The statement.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// The layout file.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The workspace.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// No folder to remember in.
    #[error("there is no such folder, in which something could be remembered: {}", .0.display())]
    NoWorkspace(PathBuf),
    /// A projection's definition, with the file that it stands in.
    #[error("the projection does not hold: {error}: {}", .file.display())]
    Definition {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        error: ScriptError,
    },
    /// The consumer.
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    /// A process's definition, with the file that it stands in.
    #[error("the definition does not hold: {error}: {}", .file.display())]
    SagaDefinition {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        error: DefinitionError,
    },
    /// A file beside the store.
    #[error("this file could not be read ({error}): {}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Printing.
    #[error("the answer could not be written: {0}")]
    Print(#[from] std::io::Error),
    /// JSON.
    #[error("the answer could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A simulated store.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// Anything else, in a sentence.
    #[error("{0}")]
    Other(String),
}

impl CliError {
    /// Whether whoever reads the answer has read enough of it.
    #[must_use]
    pub fn is_of_a_reader_who_left(&self) -> bool {
        let kind = match self {
            Self::Print(error) => Some(error.kind()),
            Self::Json(error) => error.io_error_kind(),
            _ => None,
        };
        kind == Some(std::io::ErrorKind::BrokenPipe)
    }
}
