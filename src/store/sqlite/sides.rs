//! Tables beside the events: which are there, and how many rows they have as far as that is cheap.

use std::time::Duration;

use super::connect::{Bound, Database};
use super::plan::Way;
use super::settle;
use crate::log::Problem;
use crate::store::layout::{Key, SideKind, SideTable, Source, SqliteFacts, TableFacts, sql};

/// Rows counted at most.
const MOST: u64 = 100_000;

/// How much counting may cost: a writer waits for as long.
const COUNTING: Bound = Bound {
    steps: 2_000_000,
    time: Duration::from_millis(50),
};

/// A side table of the layout, and what of it there is.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub kind: SideKind,
    pub table: SideTable,
    pub is: Is,
}

/// What of a side table there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// It can be read, its rows being told apart so.
    Readable(Way),
    /// Not every store of a layout has every table.
    Missing,
    /// The layout's SQL does not fit it: why.
    Unfit(String),
}

impl Side {
    /// Looks whether the table can be read; reads nothing.
    pub fn look(
        database: &Database,
        facts: &SqliteFacts,
        kind: SideKind,
        table: SideTable,
    ) -> Self {
        let told = kind.is_told_by(&table.columns);
        let table = settle::side(database, table);
        // What it is for stands in columns that only some versions have.
        if told && !kind.is_told_by(&table.columns) {
            return Self {
                kind,
                table,
                is: Is::Missing,
            };
        }
        let columns: Vec<String> = results(&table).collect();
        let is = match database
            .connection()
            .prepare(&select(&table, &columns.join(", ")))
        {
            Ok(_) => Is::Readable(way(&table, facts)),
            Err(error) => {
                let reason = match &error {
                    rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
                    other => other.to_string(),
                };
                match reason.starts_with("no such table") {
                    true => Is::Missing,
                    false => Is::Unfit(reason),
                }
            }
        };
        Self { kind, table, is }
    }

    pub fn is_readable_as(&self, kind: SideKind) -> bool {
        self.kind == kind && matches!(self.is, Is::Readable(_))
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Option<Problem> {
        let Is::Unfit(reason) = &self.is else {
            return None;
        };
        Some(Problem {
            place: format!("table of {}", self.kind.name()),
            message: format!("It is not as the layout has it ({reason})"),
        })
    }
}

/// How rows of the table are told apart: as those of a table of events.
fn way(table: &SideTable, facts: &SqliteFacts) -> Way {
    let plain = sql::plain_table(&table.from).filter(|_| table.group_by.is_none());
    let own = plain.and_then(|plain| {
        let mut all = facts.tables.iter();
        all.find(|own| own.name.eq_ignore_ascii_case(&plain.name))
    });
    match own.and_then(TableFacts::own_key) {
        Some(Key::Row(key)) => Way::Keyed { key, part: None },
        Some(Key::Columns(columns)) => Way::Columns(columns),
        None => Way::Counted,
    }
}

/// The SQL of its columns, in the order of their names.
pub(super) fn results(table: &SideTable) -> impl Iterator<Item = String> {
    table.columns.values().map(|column| match &column.source {
        Source::Sql(sql) | Source::Encoded { sql, .. } => sql.clone(),
        Source::Constant(text) => sql::literal(text),
        _ => "NULL".to_owned(),
    })
}

/// How many rows a side table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideRows {
    /// So many.
    Exactly(u64),
    /// So many were counted, and then it was enough.
    AtLeast(u64),
}

impl SideRows {
    /// Those of two tables together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exactly(a), Self::Exactly(b)) => Self::Exactly(a + b),
            (Self::Exactly(a) | Self::AtLeast(a), Self::Exactly(b) | Self::AtLeast(b)) => {
                Self::AtLeast(a + b)
            }
        }
    }
}

pub(super) fn select(side: &SideTable, results: &str) -> String {
    let filter = side.filter.as_deref().unwrap_or("1");
    let group = (side.group_by.as_ref()).map_or_else(String::new, |by| format!(" GROUP BY {by}"));
    format!(
        "SELECT {results} FROM {} WHERE ({filter}){group}",
        side.from
    )
}

/// Counts the rows, within bounds.
pub(super) fn count(database: &Database, side: &SideTable) -> SideRows {
    let mut counted = 0;
    let all = database.within(COUNTING, |connection| {
        let mut statement = connection.prepare(&select(side, "1"))?;
        let mut rows = statement.query([])?;
        while counted < MOST {
            if rows.next()?.is_none() {
                return Ok(true);
            }
            counted += 1;
        }
        Ok(false)
    });
    match all {
        Ok(Some(true)) => SideRows::Exactly(counted),
        _ => SideRows::AtLeast(counted),
    }
}
