//! Reads the rows of side tables.

mod fields;
mod says;

use std::sync::Arc;

use super::paged::{Paged, keys};
use super::plan::Way;
use super::pool::Pool;
use super::sides::{self, Is, Side};
use crate::log::{Problem, RowSource, RowsError, SideKind, SideRow};
use crate::model::Task;
use crate::store::layout::sql;
use fields::Fields;

/// The side tables of a SQLite store.
#[derive(Debug)]
pub(super) struct SqliteRows {
    sides: Arc<Vec<Side>>,
    pool: Arc<Pool>,
    /// Names the consumer whose checkpoints name none: the application whose file it is.
    file: String,
}

impl SqliteRows {
    pub fn new(sides: Arc<Vec<Side>>, pool: Arc<Pool>, file: &str) -> Self {
        Self {
            sides,
            pool,
            file: file.to_owned(),
        }
    }

    /// Reads one table to its end.
    fn table(
        &self,
        side: &Side,
        way: &Way,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        let table = &side.table;
        let mut fields = Fields::new(table, &self.file);
        let mut make = |row: &rusqlite::Row<'_>, connection: &_, place, rows: &mut Vec<_>| {
            let mut fields = fields.of(row, connection);
            let says = says::says(side.kind, &mut fields)?;
            for message in std::mem::take(&mut fields.problems) {
                let place = format!("{place}");
                rows.push(Err(Problem { place, message }));
            }
            let bytes = fields.bytes;
            rows.push(Ok(SideRow {
                file: 0,
                place,
                says,
            }));
            Ok(bytes)
        };
        paged(side, way).read(&self.pool, task, &mut make, each)
    }
}

impl RowSource for SqliteRows {
    fn kinds(&self) -> Vec<SideKind> {
        let mut kinds = SideKind::ALL.to_vec();
        kinds.retain(|kind| self.sides.iter().any(|side| side.is_readable_as(*kind)));
        kinds
    }

    fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        for side in self.sides.iter().filter(|side| side.kind == kind) {
            if let Is::Readable(way) = &side.is {
                self.table(side, way, task, each)?;
            }
        }
        Ok(task.check()?)
    }
}

/// How a side table's rows are read.
fn paged<'w>(side: &Side, way: &'w Way) -> Paged<'w> {
    let from = &side.table.from;
    let table = sql::leading_table(from).map_or_else(|| from.clone(), |table| table.name);
    let keys = keys(way).into_iter().map(str::to_owned);
    let results: Vec<String> = sides::results(&side.table).chain(keys).collect();
    Paged {
        select: sides::select(&side.table, &results.join(", ")),
        columns: results.len(),
        way,
        table: table.into(),
    }
}
