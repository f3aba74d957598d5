//! Why a store could not be opened or read, whatever kind of file it is.

use std::path::{Path, PathBuf};

use super::json::JsonError;
use super::layout::{Contents, LayoutError};
use super::sniff::SniffError;
use super::sqlite::connect::ConnectError;
use super::unpack::UnpackError;
use crate::model::Cancelled;

/// Why a store could not be opened or read. One sentence each, to be shown as it is.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file system refused.
    #[error(transparent)]
    Sniff(#[from] SniffError),
    /// It is something else.
    #[error("{sentence}: {path}")]
    NotAStore {
        /// What was found and what was expected.
        sentence: String,
        /// The file.
        path: PathBuf,
    },
    /// It has tables or records, but nothing in it looks like events: ask for a mapping.
    #[error(
        "{found}; events have a type, by its name or by values such as OrderPlaced, and a stream, a time or a payload: {path}"
    )]
    NoEvents {
        /// What was found.
        found: String,
        /// Its tables or keys, to choose from.
        contents: Box<Contents>,
        /// The file.
        path: PathBuf,
    },
    /// It could not be unpacked.
    #[error("The file {source}: {path}")]
    Unpack {
        /// Why not.
        source: UnpackError,
        /// The file.
        path: PathBuf,
    },
    /// SQLite.
    #[error(transparent)]
    Sqlite(ConnectError),
    /// JSON.
    #[error(transparent)]
    Json(JsonError),
    /// A layout file that cannot be used.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// One of several files has no times to put its events among those of the others by.
    #[error(
        "The events of this file have no times, so they cannot be put among those of the others; --order listed puts one file after the other: {path}"
    )]
    NoTimes {
        /// The file.
        path: PathBuf,
    },
    /// A file among several that is there already.
    #[error("This file is given twice: {path}")]
    Twice {
        /// The file.
        path: PathBuf,
    },
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl OpenError {
    pub(super) fn of_unpacking(error: UnpackError, path: &Path) -> Self {
        match error {
            UnpackError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            source => Self::Unpack {
                source,
                path: path.to_owned(),
            },
        }
    }

    /// The same about `path`, as the user named the file, of which a private copy may be read.
    pub(super) fn about(self, path: &Path) -> Self {
        match self {
            Self::Sqlite(error) => Self::Sqlite(error.about(path)),
            other => other,
        }
    }
}

impl From<ConnectError> for OpenError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Sqlite(other),
        }
    }
}

impl From<JsonError> for OpenError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Json(other),
        }
    }
}
