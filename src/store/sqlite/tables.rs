//! Reads tables that are none of events: any table or view of a file, by its own columns.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value, json};

use super::connect::{Bound, ConnectError, Database};
use super::facts;
use super::paged::{Paged, keys};
use super::plan::Way;
use super::pool::Pool;
use crate::log::{RowsError, Table, TableError, TableRow, TableSource};
use crate::model::Task;
use crate::store::layout::sql::quoted;
use crate::store::layout::{Key, TableFacts};
use crate::store::row::from_bytes;

/// How much finding the rows of a key may cost: with an index next to nothing, without one a look at
/// all rows.
const FINDING: Bound = Bound {
    steps: 20_000_000,
    time: Duration::from_secs(2),
};

/// The tables of a SQLite file.
#[derive(Debug)]
pub(in crate::store) struct SqliteTables {
    pool: Arc<Pool>,
}

impl SqliteTables {
    pub(in crate::store::sqlite) fn new(pool: Arc<Pool>) -> Self {
        Self { pool }
    }

    /// The tables of a file that need not be a store of events.
    pub fn of_file(path: &Path, task: &Task) -> Result<Self, ConnectError> {
        // What is no database is told now.
        Database::open(path, task)?;
        Ok(Self::new(Arc::new(Pool::new(path.to_owned(), None))))
    }

    fn look<T>(
        &self,
        task: &Task,
        mut look: impl FnMut(&Database) -> rusqlite::Result<T>,
    ) -> Result<T, TableError> {
        let mut held = None;
        let found = (self.pool).moment(&mut held, task, |database, _| look(database));
        self.pool.give_back(held);
        found.map_err(|error| match error {
            ConnectError::Cancelled(cancelled) => RowsError::Cancelled(cancelled).into(),
            error => RowsError::Failed(error.to_string()).into(),
        })
    }

    fn facts(&self, task: &Task) -> Result<Vec<TableFacts>, TableError> {
        self.look(task, |database| facts::of_columns(database.connection()))
    }

    /// How the table is laid out now.
    fn fact(&self, table: &Table, task: &Task) -> Result<TableFacts, TableError> {
        let facts = self.facts(task)?;
        let mut own = facts.into_iter();
        own.find(|facts| facts.name == table.name)
            .ok_or_else(|| TableError::NoTable {
                name: table.name.clone(),
                tables: Vec::new(),
            })
    }
}

impl TableSource for SqliteTables {
    fn tables(&self, task: &Task) -> Result<Vec<Table>, TableError> {
        let facts = self.facts(task)?.into_iter();
        Ok(facts
            .map(|facts| Table {
                columns: names(&facts),
                name: facts.name,
                key: facts.key,
            })
            .collect())
    }

    fn rows(
        &self,
        table: &Table,
        task: &Task,
        each: &mut dyn FnMut(TableRow),
    ) -> Result<(), TableError> {
        let facts = self.fact(table, task)?;
        let way = match facts.own_key() {
            Some(Key::Row(key)) => Way::Keyed { key, part: None },
            Some(Key::Columns(columns)) => Way::Columns(columns),
            None => Way::Counted,
        };
        let names = names(&facts);
        let own = names.iter().map(|name| quoted(name));
        let results: Vec<String> = own
            .chain(keys(&way).into_iter().map(str::to_owned))
            .collect();
        let paged = Paged {
            select: format!(
                "SELECT {} FROM {} WHERE (1)",
                results.join(", "),
                quoted(&facts.name)
            ),
            columns: results.len(),
            way: &way,
            table: facts.name.as_str().into(),
        };
        let mut damage = None;
        let mut make = |row: &Row<'_>, _: &Connection, _, rows: &mut Vec<_>| {
            let (row, bytes) = of_row(row, &names)?;
            rows.push(Ok(row));
            Ok(bytes)
        };
        paged.read(&self.pool, task, &mut make, &mut |row| match row {
            Ok(row) => each(row),
            Err(problem) => damage = Some(format!("{}: {}", problem.place, problem.message)),
        })?;
        match damage {
            None => Ok(()),
            Some(damage) => Err(RowsError::Failed(damage).into()),
        }
    }

    fn rows_of(
        &self,
        table: &Table,
        column: &str,
        key: &str,
        most: usize,
        task: &Task,
    ) -> Result<Vec<TableRow>, TableError> {
        let columns = table.columns.iter().map(|name| quoted(name));
        let sql = format!(
            "SELECT {} FROM {} WHERE {} = ?1 LIMIT ?2",
            columns.collect::<Vec<_>>().join(", "),
            quoted(&table.name),
            quoted(table.column(column)?),
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = self.look(task, |database| {
            database.within(FINDING, |connection| {
                let mut statement = connection.prepare_cached(&sql)?;
                let mut rows = statement.query((key, most))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    found.push(of_row(row, &table.columns)?.0);
                }
                Ok(found)
            })
        })?;
        found.ok_or_else(|| {
            let why = format!(
                "finding {key} in {} takes too long: its column {column} has no index",
                table.name
            );
            RowsError::Failed(why).into()
        })
    }
}

fn names(facts: &TableFacts) -> Vec<String> {
    let columns = facts.columns.iter();
    columns.map(|(name, _)| name.clone()).collect()
}

/// A row by column, with roughly the bytes that it takes.
fn of_row(row: &Row<'_>, names: &[String]) -> rusqlite::Result<(TableRow, usize)> {
    let (mut values, mut bytes) = (Map::new(), 0);
    for (at, name) in names.iter().enumerate() {
        let value = value(row.get_ref(at)?);
        bytes += 32 + value.as_str().map_or(0, str::len);
        values.insert(name.clone(), value);
    }
    Ok((values, bytes))
}

fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => json!({ "$bytes": from_bytes(bytes) }),
    }
}
