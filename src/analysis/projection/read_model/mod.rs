//! A projection against the table that should hold the same: rows that are missing, that should not be
//! there, and that differ, and since which event. A table is as it is now, so it is compared with the
//! projection at the head, or at the checkpoint of the consumer that keeps it.

mod columns;
mod since;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::report::why;
use super::{Definition, Differing, Held, Known, Reading, Run, RunOptions, ScriptError, Worded};
use crate::log::{TableError, TableRow, TableSource};
use crate::model::{Cancelled, EventIx, PositionName, Task};
use columns::Columns;

/// Rows of each kind told in full; more are counted.
const TOLD: usize = 1_000;

/// What a projection is compared with.
#[derive(Clone, Copy)]
pub struct ReadModel<'a> {
    /// The tables that there are.
    pub tables: &'a dyn TableSource,
    /// The one that should hold the same.
    pub table: &'a str,
    /// Its column with the names of partitions.
    pub key: &'a str,
}

/// How a table differs from a projection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadModelReport {
    /// The table.
    pub table: String,
    /// Its column with the names of partitions.
    pub key: String,
    /// The last event in the states that it was compared with.
    pub position: Option<PositionName>,
    /// Its columns that were compared.
    pub columns: Vec<String>,
    /// Its columns, and fields of states, that have no counterpart.
    pub not_compared: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// How many partitions the projection has.
    pub partitions: u64,
    /// Partitions without a row: the first thousand.
    pub missing: Vec<MissingRow>,
    /// Rows without a partition: the first thousand.
    pub extra: Vec<ExtraRow>,
    /// Rows that differ: the first thousand.
    pub different: Vec<DifferentRow>,
    /// How many there are of each.
    pub counts: RowCounts,
}

/// How many rows are not as they should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Partitions without a row.
    pub missing: u64,
    /// Rows without a partition.
    pub extra: u64,
    /// Rows that differ.
    pub different: u64,
}

/// A partition without a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingRow {
    /// Its name.
    pub key: String,
    /// What should be there.
    pub state: Value,
    /// Since which event it should be.
    pub since: Option<PositionName>,
    /// The same event of the log.
    #[serde(skip)]
    pub event: Option<EventIx>,
}

/// A row without a partition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExtraRow {
    /// What its key says.
    pub key: String,
    /// The row.
    pub row: TableRow,
    /// The event with which the partition went; null where there never was one.
    pub since: Option<PositionName>,
    /// The same event of the log.
    #[serde(skip)]
    pub event: Option<EventIx>,
}

/// A row that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferentRow {
    /// What its key says.
    pub key: String,
    /// Where: `a` is what the projection has, `b` what the row has.
    pub fields: Vec<Differing>,
    /// The first event since which it has been differing, as far as the log tells.
    pub since: Option<PositionName>,
    /// The same event of the log.
    #[serde(skip)]
    pub event: Option<EventIx>,
    /// The last event after which the row was right; null where it never was.
    pub last_right: Option<PositionName>,
}

/// Why a table could not be compared.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadModelError {
    /// The definition does not hold.
    #[error(transparent)]
    Definition(#[from] ScriptError),
    /// The table is not there, or cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// It holds nothing of what the projection says.
    #[error("no column of {table} is called like a field of the states; those are {fields}")]
    Nothing {
        /// The table.
        table: String,
        /// The fields of the states.
        fields: String,
    },
    /// The projection came to no end: what it has is of an earlier moment than the table.
    #[error("{0}; so there is nothing to compare the table with")]
    Stopped(String),
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Compares a table with a projection over the events that are `known`.
///
/// # Errors
/// See [`ReadModelError`].
pub fn read_model(
    definition: &Definition,
    reading: &Reading,
    options: &RunOptions,
    known: &Known,
    with: ReadModel<'_>,
    task: &Task,
) -> Result<ReadModelReport, ReadModelError> {
    let mut run = Run::new(definition, reading.clone(), options.clone())?;
    let table = with.tables.table(with.table, task)?;
    let key = table.column(with.key)?.to_owned();
    let moment = run.of(known, task)?;
    if let Some(stopped) = &moment.stopped {
        return Err(ReadModelError::Stopped(why(reading, stopped)));
    }
    let mut results: IndexMap<String, Worded> = IndexMap::new();
    for (partition, held) in moment.iter() {
        results.extend(result(&run, partition, &held));
    }
    let names = Names::of(&results);
    let mut columns = Columns::new(&table, &key, results.values().map(Worded::json));
    let mut found = Found::new(results);
    with.tables.rows(&table, task, &mut |row| {
        columns.look(&row);
        found.take(&names, &key, &columns, row);
    })?;
    if found.rows > 0 && !found.results.is_empty() && columns.is_empty() {
        return Err(ReadModelError::Nothing {
            table: table.name,
            fields: columns.fields().join(", "),
        });
    }
    let mut report = found.told(&columns);
    report.table = table.name;
    report.key = key;
    report.position = known.last().map(|event| reading.log.position_name(event));
    let mut again = Run::new(definition, reading.clone(), options.clone())?;
    since::find(
        &mut again,
        known,
        &columns,
        &mut report,
        &found.rows_of,
        task,
    )?;
    Ok(report)
}

/// What a partition says as a result; none of what is no partition, or has none.
fn result(run: &Run, partition: &str, held: &Held) -> Option<(String, Worded)> {
    if partition.starts_with('\0') {
        return None;
    }
    let result = run.result_value(held).ok()??;
    Some((partition.to_owned(), result))
}

/// Which partition a row is of: the one of its name, else the only one whose name ends so after its
/// category.
struct Names(hashbrown::HashMap<String, Option<usize>>);

impl Names {
    fn of(results: &IndexMap<String, Worded>) -> Self {
        let mut names: hashbrown::HashMap<String, Option<usize>> = hashbrown::HashMap::new();
        for (at, name) in results.keys().enumerate() {
            if let Some((_, id)) = name.split_once('-') {
                let known = names.entry(id.to_owned());
                known.and_modify(|known| *known = None).or_insert(Some(at));
            }
        }
        Self(names)
    }

    fn find(&self, results: &IndexMap<String, Worded>, key: &str) -> Option<usize> {
        let exact = results.get_index_of(key);
        exact.or_else(|| self.0.get(key).copied().flatten())
    }
}

/// What has come of the rows so far.
struct Found {
    results: IndexMap<String, Worded>,
    /// By partition: whether it has a row.
    has_row: Vec<bool>,
    rows: u64,
    extra: Vec<ExtraRow>,
    different: Vec<DifferentRow>,
    counts: RowCounts,
    /// The rows that differ or are extra, by partition, to be looked for in the past.
    rows_of: hashbrown::HashMap<String, TableRow>,
}

impl Found {
    fn new(results: IndexMap<String, Worded>) -> Self {
        Self {
            has_row: vec![false; results.len()],
            results,
            rows: 0,
            extra: Vec::new(),
            different: Vec::new(),
            counts: RowCounts::default(),
            rows_of: hashbrown::HashMap::new(),
        }
    }

    fn take(&mut self, names: &Names, key: &str, columns: &Columns, row: TableRow) {
        self.rows += 1;
        let name = row.get(key).map(columns::text).unwrap_or_default();
        let Some(at) = names.find(&self.results, &name) else {
            self.counts.extra += 1;
            if self.extra.len() < TOLD {
                self.rows_of.insert(name.clone(), row.clone());
                self.extra.push(ExtraRow {
                    key: name,
                    row,
                    since: None,
                    event: None,
                });
            }
            return;
        };
        self.has_row[at] = true;
        let Some((partition, state)) = self.results.get_index(at) else {
            return;
        };
        let fields = columns.differing(state, &row);
        if fields.is_empty() {
            return;
        }
        self.counts.different += 1;
        if self.different.len() < TOLD {
            self.rows_of.insert(partition.clone(), row);
            self.different.push(DifferentRow {
                key: partition.clone(),
                fields,
                since: None,
                event: None,
                last_right: None,
            });
        }
    }

    fn told(&mut self, columns: &Columns) -> ReadModelReport {
        let without = (self.results.iter().zip(&self.has_row)).filter(|(_, has_row)| !**has_row);
        let mut missing = Vec::new();
        for ((partition, state), _) in without {
            self.counts.missing += 1;
            if missing.len() < TOLD {
                missing.push(MissingRow {
                    key: partition.clone(),
                    state: state.json().clone(),
                    since: None,
                    event: None,
                });
            }
        }
        ReadModelReport {
            table: String::new(),
            key: String::new(),
            position: None,
            columns: columns.compared(),
            not_compared: columns.not_compared(),
            rows: self.rows,
            partitions: self.results.len() as u64,
            missing,
            extra: std::mem::take(&mut self.extra),
            different: std::mem::take(&mut self.different),
            counts: self.counts,
        }
    }
}
