//! By what a store is told from what it was, and what is wrong with one that can be read in part.

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use super::around::{Around, FileId};
use super::error::ConnectError;
use super::pin::Pin;

/// A store's state as far as it can be told cheaply; to be compared with an earlier one of the same
/// connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeMark {
    /// SQLite's own: differs once another connection has committed (and, rarely, although none has).
    /// Of no meaning across connections.
    pub data_version: i64,
    /// Differs once a table was created, altered or dropped, and after VACUUM.
    pub schema_cookie: i64,
    /// Which file the path leads to: differs once the file was replaced.
    pub file: FileId,
    /// In bytes; a file that shrank was rewritten.
    pub length: u64,
}

/// What the file and its companions looked like from outside at one moment, so that a store can be
/// watched without holding it open.
#[derive(Clone, Debug)]
pub struct Traces {
    around: Around,
    taken: SystemTime,
}

impl Traces {
    /// Looks at `path` now.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn of(path: &Path) -> Result<Self, ConnectError> {
        let failed = |e| ConnectError::from_io(e, path);
        let real = path.canonicalize().map_err(failed)?;
        let taken = SystemTime::now();
        let pin = Pin::open(&real).map_err(failed)?;
        let around = Around::look(&real, &pin).map_err(failed)?;
        Ok(Self { around, taken })
    }

    /// Whether nothing can have been written since `earlier`. Files that had been written to just
    /// before that look may have been written to again without a trace, and count as changed.
    #[must_use]
    pub fn is_as(&self, earlier: &Self) -> bool {
        self.shows_the_same(earlier) && earlier.around.was_settled(earlier.taken)
    }

    /// Whether no write since `earlier` has left a trace.
    #[must_use]
    pub fn shows_the_same(&self, earlier: &Self) -> bool {
        self.around.holds_the_same(&earlier.around)
    }
}

/// What is wrong with a database that can still be read in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The file ends too early.
    CutShort {
        /// Bytes that the file says it has.
        promised: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// Anything else, in SQLite's words.
    Other(String),
}

impl Damage {
    pub(super) fn of(detail: String, seen: &Around) -> Self {
        match seen.header.promised_length() {
            Some(promised) if promised > seen.main.length => Self::CutShort {
                promised,
                found: seen.main.length,
            },
            _ => Self::Other(detail),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort { promised, found } => write!(
                f,
                "The database is cut short: {found} of {promised} bytes are there, and what they \
                 hold is shown."
            ),
            Self::Other(detail) => write!(
                f,
                "The database is damaged ({detail}), and what can be read is shown."
            ),
        }
    }
}
