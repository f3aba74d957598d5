//! What recognition looks at: tables, columns, keys and a few rows.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::store::layout::{SqliteFacts, TableFacts};

/// Rows sampled of each table.
const ROWS: usize = 40;

/// The longest text kept of a sampled value, in bytes.
const LONGEST: usize = 400;

/// Looks at every table and view. A table that cannot be read has no sample.
pub(super) fn gather(connection: &Connection) -> rusqlite::Result<SqliteFacts> {
    let mut statement = connection.prepare(
        "SELECT name, type, wr FROM pragma_table_list \
         WHERE schema = 'main' AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let tables = statement.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
        ))
    })?;
    let mut facts = SqliteFacts::default();
    for table in tables {
        let (name, kind, without_rowid) = table?;
        // A view over something that is gone is nobody's event table.
        if let Ok(mut table) = columns(connection, &name) {
            table.has_rowid = kind == "table" && !without_rowid;
            table.sample = sample(connection, &name, table.columns.len()).unwrap_or_default();
            facts.tables.push(table);
        }
    }
    facts.tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(facts)
}

fn columns(connection: &Connection, name: &str) -> rusqlite::Result<TableFacts> {
    let mut statement = connection
        .prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1")?;
    let mut table = TableFacts {
        name: name.to_owned(),
        ..TableFacts::default()
    };
    let mut key: Vec<(i64, String)> = Vec::new();
    let mut rows = statement.query([name])?;
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
    Ok(table)
}

fn sample(
    connection: &Connection,
    name: &str,
    columns: usize,
) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
    let mut statement =
        connection.prepare(&format!("SELECT * FROM {} LIMIT {ROWS}", quoted(name)))?;
    let mut rows = statement.query([])?;
    let mut sample = Vec::new();
    while let Some(row) = rows.next()? {
        let texts = (0..columns).map(|column| text(row.get_ref(column).ok()?));
        sample.push(texts.collect());
    }
    Ok(sample)
}

fn text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let mut text = String::from_utf8(bytes.to_vec()).ok()?;
            text.truncate(text.floor_char_boundary(LONGEST));
            text
        }
    })
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
