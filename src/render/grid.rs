//! Headers and rows of cells, before anything is decided about their looks.

use std::borrow::Cow;

use crate::model::{PositionName, Timestamp};

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// The name of the field in JSON and CSV: `first_time`.
    pub field: &'a str,
    /// The header for people: `First time`.
    pub title: &'a str,
}

impl<'a> Column<'a> {
    /// A column.
    #[must_use]
    pub const fn new(field: &'a str, title: &'a str) -> Self {
        Self { field, title }
    }
}

/// What a table or a CSV file is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid<'a> {
    /// The columns.
    pub columns: Vec<Column<'a>>,
    /// The rows, each with one cell a column.
    pub rows: Vec<Vec<Cell<'a>>>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    None,
    /// Text, of any length and with any character in it.
    Text(Cow<'a, str>),
    /// A count or a position, for people with commas between thousands.
    Count(i64),
    /// A number that is a name (a version), without commas.
    Number(i64),
    /// A number as it is written, of any kind.
    Written(Cow<'a, str>),
    /// A moment: for people in their zone, otherwise RFC 3339 in UTC.
    Time(Timestamp),
}

impl<'a> Cell<'a> {
    /// Borrowed text.
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A count.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A position: a number, or `file:number` where several files are open.
    #[must_use]
    pub fn position(name: &PositionName) -> Self {
        match &name.file {
            None => Self::Count(name.position.0),
            Some(file) => Self::Text(Cow::Owned(format!("{file}:{}", name.position.0))),
        }
    }

    /// Text or nothing.
    #[must_use]
    pub fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::None, Self::text)
    }

    /// A moment or nothing.
    #[must_use]
    pub fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::None, Self::Time)
    }

    /// As programs read it: no commas, times in UTC, text as it is.
    #[must_use]
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(""),
            Self::Text(text) | Self::Written(text) => Cow::Borrowed(text),
            Self::Count(number) | Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
        }
    }
}
