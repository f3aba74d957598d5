//! Tables of a store that are none of events: read models, entities. As they are now, without a history
//! but the one that their own columns tell. The trait by which analyses read them is implemented in
//! `store/`.

use serde_json::{Map, Value};

use super::RowsError;
use crate::model::Task;

/// A table, or a view, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name; `file/name` where several files have one of that name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Those of its primary key.
    pub key: Vec<String>,
}

/// A row, by column. Bytes are `{"$bytes": "<hexadecimal>"}`, numbers have the digits that the store
/// gives out.
pub type TableRow = Map<String, Value>;

/// Why a table could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is none of that name.
    #[error("there is no table {name}{}", others(.tables))]
    NoTable {
        /// As it was asked for.
        name: String,
        /// Those that there are.
        tables: Vec<String>,
    },
    /// It has no such column.
    #[error("{table} has no column {column}; it has {}", .columns.join(", "))]
    NoColumn {
        /// The table.
        table: String,
        /// As it was asked for.
        column: String,
        /// Those that there are.
        columns: Vec<String>,
    },
    /// The file could not be read to the end.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

fn others(tables: &[String]) -> String {
    match tables {
        [] => "; the store has none".to_owned(),
        tables => format!("; there are {}", tables.join(", ")),
    }
}

/// Reads tables. Shared and usable from any thread.
pub trait TableSource: Send + Sync {
    /// All tables and views, by name.
    ///
    /// # Errors
    /// The file cannot be read.
    fn tables(&self, task: &Task) -> Result<Vec<Table>, TableError>;

    /// Calls `each` with the rows of a table, in transactions so short that no writer is held up.
    ///
    /// # Errors
    /// [`TableError`]; the rows that came before it are as they were read.
    fn rows(
        &self,
        table: &Table,
        task: &Task,
        each: &mut dyn FnMut(TableRow),
    ) -> Result<(), TableError>;

    /// The rows that have `key` in `column`, at most so many.
    ///
    /// # Errors
    /// [`TableError`]; also where finding them would take too long.
    fn rows_of(
        &self,
        table: &Table,
        column: &str,
        key: &str,
        most: usize,
        task: &Task,
    ) -> Result<Vec<TableRow>, TableError>;

    /// The table of that name, whatever its case.
    ///
    /// # Errors
    /// There is none, or the file cannot be read.
    fn table(&self, name: &str, task: &Task) -> Result<Table, TableError> {
        let tables = self.tables(task)?;
        let called = |table: &&Table| table.name.eq_ignore_ascii_case(name);
        match tables.iter().find(called) {
            Some(table) => Ok(table.clone()),
            None => Err(TableError::NoTable {
                name: name.to_owned(),
                tables: tables.into_iter().map(|table| table.name).collect(),
            }),
        }
    }
}

impl Table {
    /// The name of a column as the table spells it.
    ///
    /// # Errors
    /// It has none of that name.
    pub fn column(&self, name: &str) -> Result<&str, TableError> {
        let mut columns = self.columns.iter();
        let found = columns.find(|column| column.eq_ignore_ascii_case(name));
        found
            .map(String::as_str)
            .ok_or_else(|| TableError::NoColumn {
                table: self.name.clone(),
                column: name.to_owned(),
                columns: self.columns.clone(),
            })
    }
}

/// A store without tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTables;

impl TableSource for NoTables {
    fn tables(&self, task: &Task) -> Result<Vec<Table>, TableError> {
        task.check().map_err(RowsError::from)?;
        Ok(Vec::new())
    }

    fn rows(
        &self,
        table: &Table,
        _task: &Task,
        _each: &mut dyn FnMut(TableRow),
    ) -> Result<(), TableError> {
        Err(missing(table))
    }

    fn rows_of(
        &self,
        table: &Table,
        _column: &str,
        _key: &str,
        _most: usize,
        _task: &Task,
    ) -> Result<Vec<TableRow>, TableError> {
        Err(missing(table))
    }
}

fn missing(table: &Table) -> TableError {
    TableError::NoTable {
        name: table.name.clone(),
        tables: Vec::new(),
    }
}
