//! What recognition looks at: tables, columns, keys and a few rows.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::store::layout::{SqliteFacts, TableFacts};

/// Rows sampled at each end of a table.
const ROWS: usize = 60;

/// The longest text kept of a sampled value, in bytes.
const LONGEST: usize = 2_000;

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
            // A view may take minutes to yield its first row.
            if kind == "table" {
                table.sample = sample(connection, &table).unwrap_or_default();
                table.rows = greatest_rowid(connection, &table);
            }
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

/// Its first rows, and its last where rows have an order.
fn sample(
    connection: &Connection,
    table: &TableFacts,
) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
    let all = format!("SELECT * FROM {}", quoted(&table.name));
    let mut sample = rows(
        connection,
        &format!("{all} LIMIT {ROWS}"),
        table.columns.len(),
    )?;
    if table.has_rowid && sample.len() == ROWS {
        let last = format!("{all} ORDER BY rowid DESC LIMIT {ROWS}");
        // The end may be what is damaged.
        let mut last = rows(connection, &last, table.columns.len()).unwrap_or_default();
        last.truncate(
            usize::try_from(greatest_rowid(connection, table))
                .map_or(ROWS, |all| all.saturating_sub(ROWS)),
        );
        sample.extend(last.into_iter().rev());
    }
    Ok(sample)
}

fn greatest_rowid(connection: &Connection, table: &TableFacts) -> u64 {
    if !table.has_rowid {
        return 0;
    }
    let sql = format!("SELECT max(rowid) FROM {}", quoted(&table.name));
    let greatest = connection.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0));
    greatest
        .ok()
        .flatten()
        .map_or(0, |id| u64::try_from(id).unwrap_or(0))
}

fn rows(
    connection: &Connection,
    sql: &str,
    columns: usize,
) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut sample = Vec::new();
    // What comes after damage is lost to the sample, what came before it is not.
    while let Ok(Some(row)) = rows.next() {
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
