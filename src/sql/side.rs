//! The tables beside the events: how far consumers are, what waits in an outbox, what failed. They
//! are there in every store, and empty where it has none. What was known of a row at a moment is
//! [`known`]'s to say.

mod known;

use std::sync::{Arc, OnceLock};

use rusqlite::vtab::Context;

use super::table::{Column, Comparison, Condition, Direction, Kind, Rows, Table, interrupted};
use super::{Scene, Value};
use crate::log::{RowsError, SideKind};
use crate::model::Task;

/// A table beside the events.
#[derive(Debug)]
pub(super) struct SideTable {
    pub name: &'static str,
    kind: SideKind,
    pub columns: &'static [Column],
}

const fn text(name: &'static str) -> Column {
    let kind = Kind::Text;
    Column { name, kind }
}

const fn integer(name: &'static str) -> Column {
    let kind = Kind::Integer;
    Column { name, kind }
}

pub(super) const TABLES: &[SideTable] = &[
    SideTable {
        name: "checkpoints",
        kind: SideKind::Checkpoints,
        columns: &[
            text("consumer"),
            text("partition"),
            integer("position"),
            text("updated_at"),
        ],
    },
    SideTable {
        name: "outbox",
        kind: SideKind::Outbox,
        columns: &[
            text("id"),
            text("event_id"),
            text("type"),
            text("stream"),
            text("created_at"),
            text("published_at"),
            integer("attempts"),
            text("status"),
            text("error"),
            text("payload"),
        ],
    },
    SideTable {
        name: "dead_letters",
        kind: SideKind::DeadLetters,
        columns: &[
            text("consumer"),
            text("event_id"),
            integer("position"),
            text("type"),
            text("error"),
            text("at"),
            integer("attempts"),
            text("status"),
            text("payload"),
        ],
    },
    SideTable {
        name: "snapshots",
        kind: SideKind::Snapshots,
        columns: &[
            text("stream"),
            integer("version"),
            integer("position"),
            text("taken_at"),
            text("state"),
            text("strategy"),
        ],
    },
    SideTable {
        name: "processed",
        kind: SideKind::Processed,
        columns: &[
            text("consumer"),
            text("event_id"),
            integer("position"),
            text("processed_at"),
            integer("attempts"),
        ],
    },
];

/// A table beside the events as of a moment.
pub(super) struct Side {
    table: &'static SideTable,
    scene: Arc<Scene>,
    task: Task,
    /// Read when they are first asked for.
    rows: OnceLock<Arc<Vec<Vec<Value>>>>,
}

impl Side {
    pub fn new(table: &'static SideTable, scene: &Arc<Scene>, task: &Task) -> Self {
        Self {
            table,
            scene: Arc::clone(scene),
            task: task.clone(),
            rows: OnceLock::new(),
        }
    }

    fn read(&self) -> rusqlite::Result<&Arc<Vec<Vec<Value>>>> {
        if let Some(rows) = self.rows.get() {
            return Ok(rows);
        }
        let rows = known::rows(&self.scene, self.table.kind, &self.task);
        let rows = Arc::new(rows.map_err(failed)?);
        Ok(self.rows.get_or_init(|| rows))
    }
}

fn failed(error: RowsError) -> rusqlite::Error {
    match error {
        RowsError::Cancelled(cancelled) => interrupted(cancelled),
        other => rusqlite::Error::ModuleError(other.to_string()),
    }
}

impl Table for Side {
    fn columns(&self) -> &'static [Column] {
        self.table.columns
    }

    fn size(&self) -> u64 {
        // Nobody counts them before they are read; a guess that has them looked through once.
        self.rows.get().map_or(1000, |rows| rows.len() as u64)
    }

    fn narrows(&self, _: usize, _: Comparison) -> Option<f64> {
        None
    }

    fn ordered_by(&self) -> Option<usize> {
        None
    }

    fn rows(&self, _: &[Condition], _: Direction) -> rusqlite::Result<Box<dyn Rows>> {
        Ok(Box::new(SideRows {
            rows: Arc::clone(self.read()?),
            gone: 0,
        }))
    }
}

struct SideRows {
    rows: Arc<Vec<Vec<Value>>>,
    gone: usize,
}

impl Rows for SideRows {
    fn advance(&mut self) -> rusqlite::Result<bool> {
        let more = self.gone < self.rows.len();
        self.gone += usize::from(more);
        Ok(more)
    }

    fn give(&self, column: usize, to: &mut Context) -> rusqlite::Result<()> {
        let row = self.gone.checked_sub(1).and_then(|at| self.rows.get(at));
        match row.and_then(|row| row.get(column)) {
            None | Some(Value::Null) => Ok(()),
            Some(Value::Integer(number)) => to.set_result(*number),
            Some(Value::Real(number)) => to.set_result(*number),
            Some(Value::Text(text)) => to.set_result(text.as_str()),
            Some(Value::Blob(bytes)) => to.set_result(bytes.as_slice()),
        }
    }

    fn number(&self) -> i64 {
        self.gone as i64
    }
}
