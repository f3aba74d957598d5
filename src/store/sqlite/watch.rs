//! Whether a store is still the one that is being read, looked at in every transaction: a writer
//! may come between any two.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use rusqlite::{Params, Statement, params, params_from_iter};

use super::connect::{ChangeMark, ConnectError, Database};
use super::damage::is_of_a_row;
use super::kept::Kept;
use super::place::At;
use super::plan::{Cells as _, Plan, What};
use super::stored;

/// Where a row stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Spot {
    /// By its key.
    Key(i64),
    /// By its primary key.
    Columns(Vec<Kept>),
    /// As the so-manieth, from 1.
    Rank(i64),
}

/// What the index has of the events in one row, as a fingerprint.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Print {
    pub spot: Spot,
    print: u64,
}

impl Print {
    /// Of the row at `spot`; none where there is none, or where it cannot be read.
    ///
    /// # Errors
    /// Those that are not about that row.
    pub fn of(database: &Database, plan: &Plan, spot: Spot) -> Result<Option<Self>, ConnectError> {
        let read = || -> rusqlite::Result<Option<u64>> {
            let prepare = |sql: &str| database.connection().prepare_cached(sql);
            match &spot {
                Spot::Key(key) => {
                    let Some(sql) = plan.index_sql() else {
                        return Ok(None);
                    };
                    let after = key.saturating_sub(1);
                    let mut statement = prepare(&sql)?;
                    match plan.has_parts() {
                        false => hash(&mut statement, [after, *key]),
                        true => {
                            let all = At::all_parts();
                            hash(&mut statement, params![after, key, all, all, key])
                        }
                    }
                }
                Spot::Columns(values) => match plan.row_sql() {
                    Some(sql) => hash(&mut *prepare(&sql)?, params_from_iter(values)),
                    None => Ok(None),
                },
                Spot::Rank(rank) => {
                    let sql = plan.page_sql(What::Index, None);
                    hash(&mut *prepare(&sql)?, [1, rank - 1])
                }
            }
        };
        match read() {
            Ok(print) => Ok(print.map(|print| Self { spot, print })),
            Err(error) if is_of_a_row(&error) => Ok(None),
            Err(error) => Err(database.explain(error)),
        }
    }

    /// Whether the same stands there now.
    pub fn stands(&self, database: &Database, plan: &Plan) -> Result<bool, ConnectError> {
        Ok(Self::of(database, plan, self.spot.clone())?.as_ref() == Some(self))
    }
}

fn hash(statement: &mut Statement<'_>, params: impl Params) -> rusqlite::Result<Option<u64>> {
    let columns = statement.column_count();
    let mut hasher = foldhash::fast::FixedState::default().build_hasher();
    let mut rows = statement.query(params)?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let value = stored::value(row.cell(column)?);
            value.name().map(Cow::into_owned).hash(&mut hasher);
        }
        count += 1;
    }
    Ok((count > 0).then(|| hasher.finish()))
}

/// What must stay as it is while one connection reads on.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// Of that connection.
    mark: ChangeMark,
    /// The first row, and the one read last.
    pub first: Option<Print>,
    pub last: Option<Print>,
}

impl Watch {
    /// From now on, if what was read before still stands; else none.
    pub fn begin(
        database: &Database,
        plan: &Plan,
        first: Option<Print>,
        last: Option<Print>,
    ) -> Result<Option<Self>, ConnectError> {
        let watch = Self {
            mark: database.changed()?,
            first,
            last,
        };
        Ok(watch.stands(database, plan)?.then_some(watch))
    }

    /// Whether the store is still the same, apart from what was added to it. Within a transaction it
    /// is about what that sees.
    pub fn holds(&mut self, database: &Database, plan: &Plan) -> Result<bool, ConnectError> {
        let now = database.changed()?;
        if now == self.mark {
            return Ok(true);
        }
        let (before, own) = (&self.mark, &now);
        if own.file != before.file
            || own.length < before.length
            || own.schema_cookie != before.schema_cookie
        {
            return Ok(false);
        }
        self.mark = now;
        self.stands(database, plan)
    }

    fn stands(&self, database: &Database, plan: &Plan) -> Result<bool, ConnectError> {
        for print in [&self.first, &self.last].into_iter().flatten() {
            if !print.stands(database, plan)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
