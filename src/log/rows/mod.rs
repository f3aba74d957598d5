//! What stands beside the events of a store: how far consumers have come, stored states, what is to
//! be published. Typed rows, and the trait by which analyses read them. What a row says of an event,
//! and since when it is known, is found here as well; no file format is.

mod kinds;
mod known;
mod mark;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

pub use kinds::{
    Checkpoint, CheckpointHistory, Command, DeadLetter, OutboxMessage, Processed, Published, Saga,
    Schema, Snapshot,
};
pub use known::{KnownCheckpoint, checkpoints_at};
pub use mark::{Mark, Marked};

use super::Problem;
use crate::model::{Cancelled, Task, Timestamp};

/// What a side table holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SideKind {
    /// How far each consumer has processed, now.
    Checkpoints,
    /// The same over time.
    CheckpointHistory,
    /// Stored states.
    Snapshots,
    /// Messages to be published.
    Outbox,
    /// What consumers have processed, message by message.
    Processed,
    /// What consumers gave up on.
    DeadLetters,
    /// States of sagas.
    Sagas,
    /// Registered schemas.
    Schemas,
    /// Commands.
    Commands,
}

impl SideKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Checkpoints,
        Self::CheckpointHistory,
        Self::Snapshots,
        Self::Outbox,
        Self::Processed,
        Self::DeadLetters,
        Self::Sagas,
        Self::Schemas,
        Self::Commands,
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
            Self::Commands => "commands",
        }
    }
}

/// One row of a side table.
#[derive(Clone, Debug)]
pub struct SideRow {
    /// Which of the files it is in, as [`super::Log::sources`] counts them; 0 where there is one.
    pub file: u32,
    /// Where it stands.
    pub place: RowPlace,
    /// What it says.
    pub says: Says,
}

/// Where a row stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPlace {
    /// The table, as people read it.
    pub table: Arc<str>,
    /// The row's own number, else the how-manieth it is.
    pub row: i64,
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} row {}", self.table, self.row)
    }
}

/// What a row says.
#[derive(Clone, Debug)]
pub enum Says {
    /// See [`SideKind::Checkpoints`].
    Checkpoint(Checkpoint),
    /// See [`SideKind::CheckpointHistory`].
    CheckpointHistory(CheckpointHistory),
    /// See [`SideKind::Snapshots`].
    Snapshot(Snapshot),
    /// See [`SideKind::Outbox`].
    Outbox(OutboxMessage),
    /// See [`SideKind::Processed`].
    Processed(Processed),
    /// See [`SideKind::DeadLetters`].
    DeadLetter(DeadLetter),
    /// See [`SideKind::Sagas`].
    Saga(Saga),
    /// See [`SideKind::Schemas`].
    Schema(Schema),
    /// See [`SideKind::Commands`].
    Command(Command),
}

impl Says {
    /// Since when the row is known. Of a row that is written over (a checkpoint, a saga's state) that
    /// is when it was written last: what it said before is not known. `None` where nothing tells: what
    /// the row says is a fact of the head only, unless the event it is about tells more.
    #[must_use]
    pub fn known_from(&self) -> Option<Timestamp> {
        match self {
            Self::Checkpoint(row) => row.updated_at,
            Self::CheckpointHistory(row) => row.at,
            Self::Snapshot(row) => row.taken_at,
            Self::Outbox(row) => row.created_at,
            Self::Processed(row) => row.processed_at,
            Self::DeadLetter(row) => row.at,
            Self::Saga(row) => row.updated_at.or(row.ended_at),
            Self::Schema(row) => row.registered_at,
            Self::Command(row) => row.sent_at,
        }
    }
}

/// Why rows could not be read to the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowsError {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The file is another one than was opened: what was read so far is worth nothing.
    #[error("The store was rewritten while it was read")]
    Rewritten,
    /// The file cannot be read, as one sentence.
    #[error("{0}")]
    Failed(String),
}

/// Reads what stands beside the events. Implemented in `store/`; analyses see nothing else of a file.
pub trait RowSource: Send + Sync {
    /// Which kinds of rows the store has.
    fn kinds(&self) -> Vec<SideKind>;

    /// Calls `each` with the rows of that kind as they are now: file by file, table by table, in the
    /// order in which they were written as far as the tables tell. What of a row cannot be read is a
    /// problem of its own, and the rest of it comes all the same. A store without such rows has none.
    ///
    /// # Errors
    /// [`RowsError`]; the rows that came before it are as they were read.
    fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError>;
}

/// A store without anything beside its events.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRows;

impl RowSource for NoRows {
    fn kinds(&self) -> Vec<SideKind> {
        Vec::new()
    }

    fn rows(
        &self,
        _kind: SideKind,
        task: &Task,
        _each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        Ok(task.check()?)
    }
}
