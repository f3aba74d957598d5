//! What recognition looks at: tables, columns, keys and a few rows.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::connect::{Bound, ConnectError, Database};
use super::damage::is_of_a_row;
use crate::store::layout::sql::quoted;
use crate::store::layout::{SqliteFacts, TableFacts};

/// Rows sampled at each end of a table.
const ROWS: usize = 60;

/// The longest text kept of a sampled value, in bytes.
const LONGEST: usize = 2_000;

/// SQLite loads the whole of a value of which a part is asked for: longer ones are left out.
const LOADED: usize = 1 << 20;

/// How much a look at one table may cost.
const LOOK: Bound = Bound {
    steps: 10_000_000,
    time: Duration::from_secs(2),
};

/// Looks at every table and view. A table that cannot be read has no sample; one that takes too long
/// is set aside.
pub(super) fn gather(database: &Database) -> Result<SqliteFacts, ConnectError> {
    let explain = |error| database.explain(error);
    let mut facts = SqliteFacts::default();
    for mut table in named(database.connection()).map_err(explain)? {
        match database.within(LOOK, |connection| look(connection, &mut table)) {
            Ok(Some(())) => facts.tables.push(table),
            Ok(None) => facts.set_aside.push(format!(
                "`{}` was set aside, since looking at it takes too long",
                table.name
            )),
            // A view over something that is gone is nobody's event table.
            Err(error) if is_of_a_row(&error) => {}
            Err(error) => return Err(explain(error)),
        }
    }
    facts.tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(facts)
}

/// All tables and views with their columns; not a row of them is read.
pub(super) fn of_columns(connection: &Connection) -> rusqlite::Result<Vec<TableFacts>> {
    let mut tables = Vec::new();
    for mut table in named(connection)? {
        match columns(connection, &mut table) {
            Ok(()) => tables.push(table),
            // A view over something that is gone is nobody's table.
            Err(error) if is_of_a_row(&error) => {}
            Err(error) => return Err(error),
        }
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

/// All tables and views, of which nothing is known yet but what they are.
fn named(connection: &Connection) -> rusqlite::Result<Vec<TableFacts>> {
    let mut statement = connection.prepare(
        "SELECT name, type = 'view', type = 'table' AND NOT wr FROM pragma_table_list \
         WHERE schema = 'main' AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let tables = statement.query_map([], |row| {
        Ok(TableFacts {
            name: row.get(0)?,
            is_view: row.get(1)?,
            has_rowid: row.get(2)?,
            ..TableFacts::default()
        })
    })?;
    tables.collect()
}

fn look(connection: &Connection, table: &mut TableFacts) -> rusqlite::Result<()> {
    columns(connection, table)?;
    // A view may take minutes to yield its first row.
    if table.is_view {
        return Ok(());
    }
    table.sample = match sample(connection, table) {
        Err(error) if is_of_a_row(&error) => Vec::new(),
        sample => sample?,
    };
    table.rows = greatest_rowid(connection, table)?;
    Ok(())
}

fn columns(connection: &Connection, table: &mut TableFacts) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1")?;
    let mut key: Vec<(i64, String)> = Vec::new();
    let mut rows = statement.query([&table.name])?;
    while let Some(row) = rows.next()? {
        let (column, kind, place): (String, Option<String>, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        if place > 0 {
            key.push((place, column.clone()));
        }
        table.columns.push((column, kind.unwrap_or_default()));
    }
    key.sort();
    table.key = key.into_iter().map(|(_, column)| column).collect();
    Ok(())
}

type Sample = Vec<Vec<Option<String>>>;

/// Its first rows, and its last where rows have an order.
fn sample(connection: &Connection, table: &TableFacts) -> rusqlite::Result<Sample> {
    let columns = table.columns.iter().map(|(name, _)| beginning(name));
    let columns: Vec<String> = columns.collect();
    let all = format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name));
    let mut sample = rows(connection, &format!("{all} LIMIT {ROWS}"))?;
    if let (Some(rowid), ROWS) = (table.rowid(), sample.len()) {
        let last = format!("{all} ORDER BY {rowid} DESC LIMIT {ROWS}");
        // The end may be what is damaged.
        let mut last = rows(connection, &last).or_else(|error| match is_of_a_row(&error) {
            true => Ok(Vec::new()),
            false => Err(error),
        })?;
        last.truncate(
            usize::try_from(greatest_rowid(connection, table)?)
                .map_or(ROWS, |all| all.saturating_sub(ROWS)),
        );
        sample.extend(last.into_iter().rev());
    }
    Ok(sample)
}

/// What of a column is looked at: of a text or bytes the beginning.
fn beginning(column: &str) -> String {
    let column = quoted(column);
    format!(
        "CASE WHEN typeof({column}) IN ('integer', 'real') THEN {column} \
         WHEN octet_length({column}) <= {LOADED} THEN substr({column}, 1, {LONGEST}) END"
    )
}

fn greatest_rowid(connection: &Connection, table: &TableFacts) -> rusqlite::Result<u64> {
    let Some(rowid) = table.rowid() else {
        return Ok(0);
    };
    let sql = format!("SELECT max({rowid}) FROM {}", quoted(&table.name));
    match connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0)) {
        Ok(greatest) => Ok(greatest.and_then(|id| u64::try_from(id).ok()).unwrap_or(0)),
        Err(error) if is_of_a_row(&error) => Ok(0),
        Err(error) => Err(error),
    }
}

fn rows(connection: &Connection, sql: &str) -> rusqlite::Result<Sample> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut sample = Vec::new();
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let texts = (0..columns).map(|column| text(row.get_ref(column).ok()?));
                sample.push(texts.collect());
            }
            Ok(None) => return Ok(sample),
            // What comes after damage is lost to the sample, what came before it is not.
            Err(error) if is_of_a_row(&error) => return Ok(sample),
            Err(error) => return Err(error),
        }
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                // Cut within a character.
                Err(error) if error.error_len().is_none() && bytes.len() == LONGEST => {
                    std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
                }
                Err(_) => return None,
            };
            text[..text.floor_char_boundary(LONGEST)].to_owned()
        }
    })
}
