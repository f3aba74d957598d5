//! Why there is no answer, in one sentence, with the place in the statement where there is one.

use std::fmt;

use rusqlite::ffi;

use crate::model::Cancelled;

/// Why a statement has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// It was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// It would do something else than read.
    #[error("{0}")]
    Refused(String),
    /// It is no SQL, or asks for what there is not.
    #[error("{}{message}", place.map(|place| format!("{place}: ")).unwrap_or_default())]
    Wrong {
        /// What is wrong, as SQLite says it.
        message: String,
        /// Where, if it says so.
        place: Option<Place>,
    },
}

/// A place in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In bytes from the beginning.
    pub byte: usize,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place so many bytes into `sql`.
    #[must_use]
    pub fn in_text(sql: &str, byte: usize) -> Self {
        let byte = sql.floor_char_boundary(byte);
        let before = &sql[..byte];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            byte,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl SqlError {
    /// Something wrong with a statement as a whole.
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self::Wrong {
            message: message.into(),
            place: None,
        }
    }

    /// What SQLite says of `sql`; `tables` are named where there is no such table.
    pub(super) fn of(error: rusqlite::Error, sql: &str, tables: &[&str]) -> Self {
        let (code, message, byte) = match error {
            rusqlite::Error::SqlInputError {
                error, msg, offset, ..
            } => (error.extended_code, msg, usize::try_from(offset).ok()),
            rusqlite::Error::SqliteFailure(error, message) => {
                let message = message.unwrap_or_else(|| error.to_string());
                (error.extended_code, message, None)
            }
            other => (ffi::SQLITE_ERROR, other.to_string(), None),
        };
        let message = match code {
            ffi::SQLITE_TOOBIG => "a value would be larger than 64 MB".to_owned(),
            ffi::SQLITE_NOMEM => "it needs more memory than there is".to_owned(),
            _ if message.starts_with("no such table") => {
                format!(
                    "{message}; there are {}, and no tables of the store itself",
                    tables.join(", ")
                )
            }
            _ => message,
        };
        Self::Wrong {
            message,
            place: byte.map(|byte| Place::in_text(sql, byte)),
        }
    }
}
