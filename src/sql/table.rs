//! What a table is to the rest of this room: columns, what it can narrow a search by, and rows one
//! after the other. How SQLite is told of it is `vtab`'s.

use rusqlite::ffi;
use rusqlite::vtab::Context;

use crate::model::{Cancelled, Task};

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What its values are compared as.
    pub kind: Kind,
}

/// What the values of a column are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers; a text that is one counts as one.
    Integer,
    /// Texts, letter by letter.
    Text,
}

impl Kind {
    /// Its name in a declaration.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
        }
    }
}

/// How a column is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    AtMost,
    AtLeast,
    Greater,
}

/// A condition that every row asked for fulfils. SQLite looks again at every row that it is given, so
/// a table may give more.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub column: usize,
    pub comparison: Comparison,
    pub value: rusqlite::types::Value,
}

impl Condition {
    /// The text that the column is to equal.
    pub fn equal_text(&self) -> Option<&str> {
        match (&self.value, self.comparison) {
            (rusqlite::types::Value::Text(text), Comparison::Equal) => Some(text),
            _ => None,
        }
    }
}

/// In which direction rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forwards,
    Backwards,
}

/// A table of the log as of a moment.
pub(super) trait Table: Send + Sync {
    fn columns(&self) -> &'static [Column];

    /// How many rows there are, as far as it is known without counting.
    fn size(&self) -> u64;

    /// The share of the rows that a comparison of a column with some value leaves, where it leaves
    /// any out without a look at them.
    fn narrows(&self, column: usize, comparison: Comparison) -> Option<f64>;

    /// The column by which rows stand in order, greater ones behind lesser.
    fn ordered_by(&self) -> Option<usize>;

    /// All rows that fulfil the conditions, and perhaps others.
    fn rows(
        &self,
        conditions: &[Condition],
        direction: Direction,
    ) -> rusqlite::Result<Box<dyn Rows>>;
}

/// Rows one after the other; before the first [`Rows::advance`] on none.
pub(super) trait Rows {
    /// Goes on to the next row; no where there is none.
    fn advance(&mut self) -> rusqlite::Result<bool>;

    /// Gives a value of this row.
    fn give(&self, column: usize, to: &mut Context) -> rusqlite::Result<()>;

    /// The row's number, the same in every search and no other row's.
    fn number(&self) -> i64;
}

/// What SQLite is told where the task was called off.
pub(super) fn interrupted(_: Cancelled) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_INTERRUPT), None)
}

/// A look at the task for those who speak with SQLite.
pub(super) fn check(task: &Task) -> rusqlite::Result<()> {
    task.check().map_err(interrupted)
}
