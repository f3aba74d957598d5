//! What recognition looks at: tables, columns, keys and a few rows.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::connect::{Bound, ConnectError, Database};
use super::damage::is_of_a_row;
use crate::store::decode::Decoder;
use crate::store::layout::sql::quoted;
use crate::store::layout::{Bytes, Reference, SqliteFacts, TableFacts};
use crate::store::row::from_bytes;

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

/// How much a look at the rows of a view may cost: it may take minutes to yield its first.
const LOOK_AT_VIEW: Bound = Bound {
    steps: 1_000_000,
    time: Duration::from_millis(300),
};

/// Looks at every table and view. A table that cannot be read has no sample; one that takes too long
/// is set aside.
pub(super) fn gather(database: &Database) -> Result<SqliteFacts, ConnectError> {
    let explain = |error| database.explain(error);
    let mut facts = SqliteFacts::default();
    for mut table in named(database.connection()).map_err(explain)? {
        match database.within(LOOK, |connection| look(connection, &mut table)) {
            Ok(Some(())) => {
                if table.is_view {
                    look_at_view(database, &mut table).map_err(explain)?;
                }
                facts.tables.push(table);
            }
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
    if table.is_view {
        return Ok(());
    }
    let sample = match sample(connection, table) {
        Err(error) if is_of_a_row(&error) => Sample::default(),
        sample => sample?,
    };
    (table.sample, table.bytes) = (sample.rows, sample.bytes);
    table.rows = greatest_rowid(connection, table)?;
    Ok(())
}

/// Its rows, where they come soon.
fn look_at_view(database: &Database, table: &mut TableFacts) -> rusqlite::Result<()> {
    match database.within(LOOK_AT_VIEW, |connection| sample(connection, table)) {
        Ok(sample) => {
            let sample = sample.unwrap_or_default();
            (table.sample, table.bytes) = (sample.rows, sample.bytes);
            Ok(())
        }
        Err(error) if is_of_a_row(&error) => Ok(()),
        Err(error) => Err(error),
    }
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
    references(connection, table)
}

/// Its foreign keys, but for those of several columns.
fn references(connection: &Connection, table: &mut TableFacts) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(
        "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1) GROUP BY id HAVING count(*) = 1",
    )?;
    let rows = statement.query_map([&table.name], |row| {
        Ok(Reference {
            column: row.get(0)?,
            table: row.get(1)?,
            to: row.get(2)?,
        })
    })?;
    table.references = rows.collect::<rusqlite::Result<_>>()?;
    Ok(())
}

/// The first and the last rows of a table, as texts.
#[derive(Default)]
struct Sample {
    rows: Vec<Vec<Option<String>>>,
    bytes: Vec<Bytes>,
    /// Of each column how many of its values in bytes can be decoded by what.
    decoded: Vec<[usize; DECODERS.len()]>,
}

/// What values in bytes are tried to be decoded by, where they do not tell it by how they begin.
const DECODERS: [Decoder; 2] = [Decoder::Msgpack, Decoder::Cbor];

/// Its first rows, and its last where rows have an order.
fn sample(connection: &Connection, table: &TableFacts) -> rusqlite::Result<Sample> {
    let columns = table.columns.iter().map(|(name, _)| beginning(name));
    let columns: Vec<String> = columns.collect();
    let all = format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name));
    let mut sample = Sample {
        bytes: vec![Bytes::default(); columns.len()],
        decoded: vec![Default::default(); columns.len()],
        ..Sample::default()
    };
    let Some(rowid) = table.rowid() else {
        sample.take(connection, &format!("{all} LIMIT {ROWS}"))?;
        sample.choose_decoders();
        return Ok(sample);
    };
    let first = format!("ORDER BY {rowid} LIMIT {ROWS}");
    sample.take(connection, &format!("{all} {first}"))?;
    if sample.rows.len() == ROWS {
        // A row that is looked at twice would look as two of one version.
        let name = quoted(&table.name);
        let taken = format!("SELECT max(own) FROM (SELECT {rowid} AS own FROM {name} {first})");
        let last = format!("{all} WHERE {rowid} > ({taken}) ORDER BY {rowid} DESC LIMIT {ROWS}");
        match sample.take(connection, &last) {
            // The end may be what is damaged.
            Err(error) if is_of_a_row(&error) => {}
            taken => taken?,
        }
        sample.rows[ROWS..].reverse();
    }
    sample.choose_decoders();
    Ok(sample)
}

impl Sample {
    /// Adds the rows of a statement.
    fn take(&mut self, connection: &Connection, sql: &str) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let mut texts = Vec::with_capacity(columns);
                    for column in 0..columns {
                        let value = row.get_ref(column).ok();
                        texts.push(value.and_then(|value| self.text(column, value)));
                    }
                    self.rows.push(texts);
                }
                Ok(None) => return Ok(()),
                // What comes after damage is lost to the sample, what came before it is not.
                Err(error) if is_of_a_row(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn text(&mut self, column: usize, value: ValueRef<'_>) -> Option<String> {
        if let ValueRef::Blob(bytes) = value
            && bytes.len() == 16
            && !matches!(bytes[0], b'{' | b'[')
        {
            // As it is read where it names something.
            return Some(from_bytes(bytes));
        }
        let text = text(value);
        if let (ValueRef::Blob(bytes), None) = (value, &text) {
            self.bytes[column].count += 1;
            let decoded = self.decoded[column].iter_mut().zip(DECODERS);
            decoded.for_each(|(count, decoder)| {
                let object = decoder.decode(bytes);
                *count += usize::from(object.is_some_and(|json| json.starts_with(b"{")));
            });
        }
        text
    }

    /// What reads nine of ten values of a column.
    fn choose_decoders(&mut self) {
        for (bytes, decoded) in self.bytes.iter_mut().zip(&self.decoded) {
            let mut decoded = decoded.iter().zip(DECODERS);
            let enough =
                |(count, _): &(&usize, Decoder)| bytes.count > 0 && **count * 10 >= bytes.count * 9;
            bytes.decoder = decoded.find(enough).map(|(_, decoder)| decoder);
        }
        if self.bytes.iter().all(|bytes| bytes.count == 0) {
            self.bytes.clear();
        }
    }
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
