//! Reads what stands beside the events of several files, file by file.

use std::sync::Arc;

use crate::log::{Problem, RowSource, RowsError, SideKind, SideRow};
use crate::model::Task;

/// The names of the files, with what reads the rows in them.
pub(super) struct Rows(pub Vec<(Arc<str>, Arc<dyn RowSource>)>);

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rows of {} files", self.0.len())
    }
}

impl RowSource for Rows {
    fn kinds(&self) -> Vec<SideKind> {
        let mut kinds: Vec<SideKind> = self.0.iter().flat_map(|(_, own)| own.kinds()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        for ((name, own), file) in self.0.iter().zip(0..) {
            own.rows(kind, task, &mut |row| {
                each(match row {
                    Ok(row) => Ok(SideRow { file, ..row }),
                    Err(Problem { place, message }) => Err(Problem {
                        place: format!("{name}: {place}"),
                        message,
                    }),
                });
            })?;
        }
        Ok(())
    }
}
