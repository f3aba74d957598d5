//! Checkpoints as they were seen while a store was followed: a history of those of which the store
//! itself keeps the present only.

use crate::log::{CheckpointHistory, RowSource, RowsError, Says, SideKind, SideRow};
use crate::model::{Task, Timestamp};

/// Samples that are kept; of more the oldest are let go.
const KEPT: usize = 20_000;

/// What was seen, by file and in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    pub(super) rows: Vec<(u32, CheckpointHistory)>,
    last: Option<Timestamp>,
}

impl Samples {
    /// Looks at the checkpoints as they are now, unless that was done at that moment or later; says
    /// whether it did.
    ///
    /// # Errors
    /// [`RowsError`]; nothing was seen then.
    pub fn take(
        &mut self,
        rows: &dyn RowSource,
        now: Timestamp,
        task: &Task,
    ) -> Result<Looked, RowsError> {
        if self.last.is_some_and(|last| last >= now) {
            return Ok(Looked::Before);
        }
        let mut seen = Vec::new();
        rows.rows(SideKind::Checkpoints, task, &mut |row| {
            if let Ok(SideRow {
                file,
                says: Says::Checkpoint(row),
                ..
            }) = row
            {
                let row = CheckpointHistory {
                    consumer: row.consumer,
                    partition: row.partition,
                    reached: row.reached,
                    at: Some(now),
                };
                seen.push((file, row));
            }
        })?;
        self.last = Some(now);
        self.rows.append(&mut seen);
        let many = self.rows.len().saturating_sub(KEPT);
        self.rows.drain(..many);
        Ok(Looked::Now)
    }
}

/// Whether the checkpoints were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// They were.
    Now,
    /// They had been already.
    Before,
}
