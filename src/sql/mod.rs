//! SQL over any store as of a moment: an in-memory SQLite whose virtual tables are the log, its
//! payloads and the tables beside it. Behind `asof sql` and the SQL view. Only reading is possible;
//! the store's own file is never opened here, and what a payload is, is decided in `log` and
//! `analysis`.

mod answer;
mod error;
mod events;
mod guard;
mod plot;
mod side;
mod streams;
mod table;
#[cfg(test)]
mod tests;
mod vtab;

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Statement};

pub use answer::{Answer, Value, written};
pub use error::{Place, SqlError};
pub use plot::{Series, series};
pub use table::{Column, Kind};

use crate::log::{Cut, Log, PayloadReader, RowSource};
use crate::model::Task;
use guard::Refusal;
use table::Table;

/// A log as of a moment, to be asked.
#[derive(Clone)]
pub struct Scene {
    /// The log.
    pub log: Log,
    /// The moment.
    pub cut: Cut,
    /// Reads payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// Reads what stands beside the events.
    pub rows: Arc<dyn RowSource>,
}

/// How much of an answer is wanted. What goes beyond is left out, which is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// Rows.
    pub rows: usize,
    /// Bytes in memory.
    pub bytes: usize,
}

/// The names of the tables with their columns.
#[must_use]
pub fn tables() -> Vec<(&'static str, &'static [Column])> {
    let own = [
        (events::NAME, events::COLUMNS),
        (streams::NAME, streams::COLUMNS),
    ];
    let beside = side::TABLES.iter().map(|table| (table.name, table.columns));
    own.into_iter().chain(beside).collect()
}

/// Runs one statement. Rows without an `order by` come in log order as far as SQLite keeps to it.
///
/// # Errors
/// It is no SQL, would do something else than read, fails, or was called off.
pub fn ask(scene: &Scene, sql: &str, most: Most, task: &Task) -> Result<Answer, SqlError> {
    task.check()?;
    let names: Vec<&str> = tables().into_iter().map(|(name, _)| name).collect();
    let wrong = |error| SqlError::of(error, sql, &names);
    let mut connection = Connection::open_in_memory().map_err(wrong)?;
    open_tables(&connection, scene, task).map_err(wrong)?;
    let refusal = guard::guard(&mut connection, task).map_err(wrong)?;
    let explained = |error| explain(error, sql, &names, &refusal, task);
    let statement = the_one(&connection, sql, &explained)?;
    collect(scene, statement, most, &explained)
}

fn open_tables(connection: &Connection, scene: &Scene, task: &Task) -> rusqlite::Result<()> {
    let scene = Arc::new(scene.clone());
    let events: Arc<dyn Table> = Arc::new(events::Events::new(&scene, task));
    vtab::register(connection, events::NAME, events)?;
    let streams: Arc<dyn Table> = Arc::new(streams::Streams::new(&scene, task));
    vtab::register(connection, streams::NAME, streams)?;
    for table in side::TABLES {
        let side: Arc<dyn Table> = Arc::new(side::Side::new(table, &scene, task));
        vtab::register(connection, table.name, side)?;
    }
    Ok(())
}

/// An error as it is told: what was refused, and what was called off, is no mistake in the SQL.
fn explain(
    error: rusqlite::Error,
    sql: &str,
    tables: &[&str],
    refusal: &Refusal,
    task: &Task,
) -> SqlError {
    if let Err(cancelled) = task.check() {
        return cancelled.into();
    }
    let wrong = SqlError::of(error, sql, tables);
    match (refusal.take(), wrong) {
        (Some(why), _) => SqlError::Refused(why),
        // What no virtual table can be done to is told before anybody is asked.
        (None, SqlError::Wrong { message, .. })
            if ["may not be", "virtual tables"]
                .iter()
                .any(|told| message.contains(told)) =>
        {
            SqlError::Refused(guard::WRITES.to_owned())
        }
        (None, wrong) => wrong,
    }
}

/// The only statement that a text holds.
fn the_one<'c>(
    connection: &'c Connection,
    sql: &str,
    explained: &dyn Fn(rusqlite::Error) -> SqlError,
) -> Result<Statement<'c>, SqlError> {
    use rusqlite::fallible_iterator::FallibleIterator as _;

    // SQLite would read no further.
    if let Some(byte) = sql.find('\0') {
        return Err(SqlError::Wrong {
            message: "unrecognized token".to_owned(),
            place: Some(Place::in_text(sql, byte)),
        });
    }
    let mut statements = Batch::new(connection, sql);
    let Some(statement) = statements.next().map_err(explained)? else {
        return Err(SqlError::wrong("there is no statement"));
    };
    // Whatever comes behind it, be it no SQL at all.
    if !matches!(statements.next(), Ok(None)) {
        return Err(SqlError::Refused(
            "there is more than one statement; ask one at a time".to_owned(),
        ));
    }
    // What yields no columns is no question.
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(SqlError::Refused(guard::WRITES.to_owned()));
    }
    if statement.parameter_count() > 0 {
        return Err(SqlError::wrong(
            "parameters (?, :name, @name, $name) have no values here; write the value itself",
        ));
    }
    Ok(statement)
}

fn collect(
    scene: &Scene,
    mut statement: Statement<'_>,
    most: Most,
    explained: &dyn Fn(rusqlite::Error) -> SqlError,
) -> Result<Answer, SqlError> {
    let columns = statement.column_names().map(str::to_owned).collect();
    let mut answer = Answer {
        as_of: scene.cut.as_of(&scene.log),
        columns,
        rows: Vec::new(),
        truncated: false,
    };
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(explained)? {
        if answer.rows.len() >= most.rows || bytes >= most.bytes {
            answer.truncated = true;
            break;
        }
        let mut values = Vec::with_capacity(answer.columns.len());
        for column in 0..answer.columns.len() {
            let value = row.get_ref(column).map_err(explained)?;
            let value = owned(value);
            bytes += value.size();
            values.push(value);
        }
        answer.rows.push(values);
    }
    Ok(answer)
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
