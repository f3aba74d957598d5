//! Which tables are read models, by their keys, and their rows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::plain;
use super::worth::Worth;
use crate::log::{Payload, Table, TableError, TableRow};
use crate::model::{EventIx, StreamIx, Task};

/// A read model with its rows.
#[derive(Debug)]
pub(super) struct ReadModel {
    pub name: String,
    /// The columns beside the key.
    pub columns: Vec<String>,
    pub keyed_by: KeyedBy,
    pub rows: Vec<Row>,
}

/// What a row is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyedBy {
    /// The stream that it is about.
    Stream,
    /// This field of payloads.
    Field(String),
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    /// What its key says.
    pub key: String,
    /// The stream, where it is found by one.
    pub stream: Option<StreamIx>,
    /// Beside the key, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// A cell, to be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    /// As text; none of null.
    pub text: Option<Box<str>>,
    /// As number, where it is one.
    pub number: Option<Worth>,
}

impl Cell {
    pub(super) fn new(value: &Value) -> Self {
        match value {
            Value::Null => Self::default(),
            Value::String(text) => Self {
                number: Worth::written(text),
                text: Some(text.as_str().into()),
            },
            Value::Number(number) if number.is_f64() => Self {
                number: Worth::float(number.as_str()),
                text: Some(number.as_str().into()),
            },
            other => Self {
                number: Worth::written(&other.to_string()),
                text: Some(other.to_string().into()),
            },
        }
    }
}

/// Categories of streams, or values, that are looked for in a table.
const PROBES: usize = 24;
/// Tables with more rows are not compared whole: so many of their rows are looked at.
const MOST: usize = 5_000;

/// The read models that there are.
pub(super) fn read_models(facts: &Facts<'_>, task: &Task) -> Result<Vec<ReadModel>, AuditError> {
    let mut found = Vec::new();
    for table in facts.tables.tables(task).map_err(failed)? {
        let [key] = &table.key[..] else { continue };
        let looking = Looking {
            facts,
            table: &table,
            key,
            task,
        };
        let by_stream = looking.by_stream()?;
        let model = match by_stream {
            Some(rows) => Some((KeyedBy::Stream, rows)),
            None => looking.by_field()?,
        };
        let Some((keyed_by, rows)) = model else {
            continue;
        };
        let columns = table.columns.iter().filter(|column| *column != key);
        found.push(ReadModel {
            columns: columns.cloned().collect(),
            keyed_by,
            rows,
            name: table.name,
        });
    }
    Ok(found)
}

fn failed(error: TableError) -> AuditError {
    match error {
        TableError::Rows(error) => error.into(),
        error => AuditError::Rows(error.to_string()),
    }
}

/// Looking into one table.
struct Looking<'a> {
    facts: &'a Facts<'a>,
    table: &'a Table,
    key: &'a str,
    task: &'a Task,
}

impl Looking<'_> {
    fn rows_of(&self, key: &str) -> Result<Vec<TableRow>, AuditError> {
        let found = self
            .facts
            .tables
            .rows_of(self.table, self.key, key, 1, self.task);
        match found {
            Ok(rows) => Ok(rows),
            // What takes too long to find is not looked for.
            Err(TableError::Rows(error @ crate::log::RowsError::Cancelled(_))) => Err(error.into()),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// The row of a stream: by its name, else by what stands behind its category there.
    fn row_of(&self, stream: StreamIx) -> Result<Option<Row>, AuditError> {
        let name = self.facts.whole.log.stream_name(stream);
        // Any table has a row with some number.
        let is_telling = |id: &&str| !id.bytes().all(|byte| byte.is_ascii_digit());
        let id = name.split_once('-').map(|(_, id)| id).filter(is_telling);
        for key in [Some(name), id].into_iter().flatten() {
            if let Some(row) = self.rows_of(key)?.first() {
                return Ok(Some(self.row(row, Some(stream))));
            }
        }
        Ok(None)
    }

    /// Its rows, where its key is the name of a stream.
    fn by_stream(&self) -> Result<Option<Vec<Row>>, AuditError> {
        let log = self.facts.whole.log;
        let mut streams: BTreeMap<u32, Vec<StreamIx>> = BTreeMap::new();
        for (at, length) in self.facts.streams.lengths.iter().enumerate() {
            let stream = StreamIx::from_usize(at);
            if *length > 0 {
                let own = streams.entry(log.category(stream).0).or_default();
                own.push(stream);
            }
        }
        let mut largest: Vec<Vec<StreamIx>> = streams.into_values().collect();
        largest.sort_by_key(|own| std::cmp::Reverse(own.len()));
        let mut rows = Vec::new();
        for own in largest.into_iter().take(PROBES) {
            self.task.check()?;
            let probes = [own[0], own[own.len() / 2], own[own.len() - 1]];
            let mut has_row = false;
            for probe in probes {
                has_row = has_row || self.row_of(probe)?.is_some();
            }
            let step = own.len().div_ceil(MOST).max(1);
            for stream in own.into_iter().step_by(step).filter(|_| has_row) {
                self.task.check()?;
                rows.extend(self.row_of(stream)?);
            }
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Its rows, where its key is a field of payloads that is called like it.
    fn by_field(&self) -> Result<Option<(KeyedBy, Vec<Row>)>, AuditError> {
        let shapes = self.facts.bodies.shapes();
        let name = plain(self.key);
        let mut holding: Vec<(String, EventIx)> = Vec::new();
        for shape in shapes.all() {
            for (path, _) in &shape.places {
                let top = shapes.paths.parent(*path) == Some(shapes.root(shape.group));
                if top && plain(shapes.paths.key(*path)) == name {
                    holding.push((shapes.paths.pointer(*path), shape.first));
                }
            }
        }
        holding.sort();
        holding.truncate(PROBES);
        let log = self.facts.whole.log;
        for (pointer, event) in holding {
            let mut value = None;
            self.facts
                .whole
                .payloads
                .read(log, &[event], self.task, &mut |_, body| {
                    value = body.ok().and_then(|body| field(&body.data, &pointer));
                })?;
            let Some(value) = value else { continue };
            if !self.rows_of(&value)?.is_empty() {
                return Ok(self.all_rows()?.map(|rows| (KeyedBy::Field(pointer), rows)));
            }
        }
        Ok(None)
    }

    /// All rows; nothing where there are too many.
    fn all_rows(&self) -> Result<Option<Vec<Row>>, AuditError> {
        let mut rows = Vec::new();
        let mut all = 0;
        let mut each = |row: TableRow| {
            all += 1;
            if all <= MOST {
                rows.push(self.row(&row, None));
            }
        };
        self.facts
            .tables
            .rows(self.table, self.task, &mut each)
            .map_err(failed)?;
        Ok((all <= MOST).then_some(rows))
    }

    fn row(&self, row: &TableRow, stream: Option<StreamIx>) -> Row {
        let cell = |column: &String| row.get(column).map(Cell::new).unwrap_or_default();
        let columns = self.table.columns.iter();
        Row {
            key: match row.get(self.key) {
                Some(Value::String(key)) => key.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            },
            stream,
            cells: columns
                .filter(|column| *column != self.key)
                .map(cell)
                .collect(),
        }
    }
}

/// The text or number in a field of a payload.
pub(super) fn field(payload: &Payload, pointer: &str) -> Option<String> {
    let value: Value = serde_json::from_str(payload.json()?).ok()?;
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
