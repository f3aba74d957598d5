//! Rows of any table: page by page, in transactions so short that a writer is never held up, going on
//! after the last row by its key. What a row is, is for whoever asks.

use std::sync::Arc;

use rusqlite::{Connection, Row, ToSql, params_from_iter};

use super::connect::{ConnectError, Database, FileId, Moment};
use super::damage::is_of_a_row;
use super::kept::Kept;
use super::plan::Way;
use super::pool::Pool;
use crate::log::{Problem, RowPlace, RowsError};
use crate::model::Task;

/// Rows read at a time, and the bytes of what is kept of them.
const PAGE: i64 = 4096;
const HELD: usize = 8 << 20;

/// Makes of a row what is wanted of it, and of what cannot be read problems; how many bytes that takes.
pub(super) type Make<'m, R> = dyn FnMut(&Row<'_>, &Connection, RowPlace, &mut Vec<Result<R, Problem>>) -> rusqlite::Result<usize>
    + 'm;

/// A statement that yields a table's rows, and how they are told apart.
#[derive(Debug)]
pub(super) struct Paged<'w> {
    /// `SELECT … FROM … WHERE …`, of so many columns, the keys coming last.
    pub select: String,
    pub columns: usize,
    pub way: &'w Way,
    /// The table, as people read it.
    pub table: Arc<str>,
}

/// How far a table was read.
#[derive(Clone, Debug, Default)]
struct At {
    /// How many rows.
    rank: i64,
    /// The key of the last one, where rows have keys.
    key: Vec<Kept>,
}

/// What one transaction read.
#[derive(Debug)]
struct Page<R> {
    rows: Vec<Result<R, Problem>>,
    at: At,
    is_last: bool,
}

impl Paged<'_> {
    /// Reads the table to its end.
    pub fn read<R>(
        &self,
        pool: &Pool,
        task: &Task,
        make: &mut Make<'_, R>,
        each: &mut dyn FnMut(Result<R, Problem>),
    ) -> Result<(), RowsError> {
        let (mut at, mut held) = (At::default(), None);
        let mut file: Option<FileId> = None;
        let failed = |error: &dyn std::fmt::Display| RowsError::Failed(error.to_string());
        loop {
            task.check()?;
            let read = pool.moment(&mut held, task, |database, moment| {
                self.page(database, &at, moment, make)
            });
            let page = match read {
                Ok(page) => page,
                Err(ConnectError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(error) => return Err(failed(&error)),
            };
            let now = pool.file().map_err(|error| failed(&error))?;
            if *file.get_or_insert(now) != now {
                return Err(RowsError::Rewritten);
            }
            page.rows.into_iter().for_each(&mut *each);
            if page.is_last {
                pool.give_back(held);
                return Ok(());
            }
            at = page.at;
        }
    }

    /// The statement for at most `?1` rows after the place; of rows without keys, after leaving out
    /// the first `?2`.
    fn sql(&self, at: &At) -> String {
        let (select, keys) = (&self.select, keys(self.way));
        if keys.is_empty() {
            return format!("{select} LIMIT ?1 OFFSET ?2");
        }
        let keys = keys.join(", ");
        let after = (2..2 + at.key.len()).map(|at| format!("?{at}"));
        let after: Vec<String> = after.collect();
        let after = match after.is_empty() {
            true => String::new(),
            false => format!(" AND ({keys}) > ({})", after.join(", ")),
        };
        format!("{select}{after} ORDER BY {keys} LIMIT ?1")
    }

    /// What stands after `at`, as far as one transaction goes.
    fn page<R>(
        &self,
        database: &Database,
        at: &At,
        moment: &mut Moment<'_>,
        make: &mut Make<'_, R>,
    ) -> rusqlite::Result<Page<R>> {
        let connection = database.connection();
        let mut statement = connection.prepare_cached(&self.sql(at))?;
        let after = (at.key.iter()).map(|value| value as &dyn ToSql);
        let rank = keys(self.way).is_empty().then_some(&at.rank as &dyn ToSql);
        let params = std::iter::once(&PAGE as &dyn ToSql)
            .chain(rank)
            .chain(after);
        let mut rows = statement.query(params_from_iter(params))?;
        let mut page = Page {
            rows: Vec::new(),
            at: at.clone(),
            is_last: false,
        };
        let mut bytes = 0;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => {
                    page.is_last = page.at.rank - at.rank < PAGE;
                    return Ok(page);
                }
                Err(error) if is_of_a_row(&error) => {
                    let place = format!("{} after row {}", self.table, page.at.rank);
                    let message = error.to_string();
                    page.rows.push(Err(Problem { place, message }));
                    page.is_last = true;
                    return Ok(page);
                }
                Err(error) => return Err(error),
            };
            if page.at.rank == at.rank {
                moment.begin_reading();
            }
            self.note(row, &mut page.at)?;
            bytes += make(row, connection, self.place(&page.at), &mut page.rows)?;
            if moment.is_over() || bytes > HELD {
                return Ok(page);
            }
        }
    }

    /// Moves `at` on to a row.
    fn note(&self, row: &Row<'_>, at: &mut At) -> rusqlite::Result<()> {
        let keys = self.columns - keys(self.way).len()..self.columns;
        let key = keys.map(|column| Ok(row.get_ref(column)?.into()));
        at.key = key.collect::<rusqlite::Result<_>>()?;
        at.rank += 1;
        Ok(())
    }

    fn place(&self, at: &At) -> RowPlace {
        RowPlace {
            table: Arc::clone(&self.table),
            row: match &at.key[..] {
                [Kept::Integer(row)] => *row,
                _ => at.rank,
            },
        }
    }
}

/// The columns that name a row.
pub(super) fn keys(way: &Way) -> Vec<&str> {
    match way {
        Way::Keyed { key, .. } => vec![key],
        Way::Columns(columns) => columns.iter().map(String::as_str).collect(),
        Way::Counted => Vec::new(),
    }
}
