//! Why a database could not be opened or read, in sentences for the user; the path comes last.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::model::Cancelled;

/// Why a database could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nothing is there.
    #[error("There is no file at {}", path.display())]
    Missing {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The file is there, with no byte in it.
    #[error("The file is empty: {}", path.display())]
    Empty {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The content is something else.
    #[error("This is {found}, not an SQLite database: {}", path.display())]
    NotADatabase {
        /// What it is instead, with its article.
        found: &'static str,
        /// The path as it was given.
        path: PathBuf,
    },
    /// The system does not let this user read it.
    #[error("You are not allowed to read {}", path.display())]
    PermissionDenied {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A writer holds the file, or kept changing it; to be tried again.
    #[error("Another program is writing to it right now, try again in a moment: {}", path.display())]
    Busy {
        /// The path as it was given.
        path: PathBuf,
    },
    /// Not even its list of tables can be read.
    #[error("The database is damaged ({detail}): {}", path.display())]
    Damaged {
        /// SQLite's word for it, or ours.
        detail: String,
        /// The path as it was given.
        path: PathBuf,
    },
    /// The system failed to read the file, or to write a private copy of it.
    #[error("Reading failed ({source}): {}", path.display())]
    Io {
        /// What the system said.
        source: io::Error,
        /// The path as it was given.
        path: PathBuf,
    },
    /// SQLite refused for a reason of its own.
    #[error("SQLite refused ({source}): {}", path.display())]
    Sqlite {
        /// What SQLite said.
        source: rusqlite::Error,
        /// The path as it was given.
        path: PathBuf,
    },
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// SQLite's code, also of an error that a statement met before it could be made: preparing reads the
/// schema, and meets whoever holds the file.
pub(in crate::store::sqlite) fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    match error {
        rusqlite::Error::SqlInputError { error, .. } => Some(error.code),
        other => other.sqlite_error_code(),
    }
}

impl ConnectError {
    pub(super) fn from_io(source: io::Error, path: &Path) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { path },
            _ => Self::Io { source, path },
        }
    }

    pub(super) fn from_sqlite(source: rusqlite::Error, path: &Path) -> Self {
        let path = path.to_path_buf();
        match code(&source) {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            // The magic is looked for before SQLite sees the file.
            Some(ErrorCode::NotADatabase) => Self::NotADatabase {
                found: "a file that begins as SQLite's do and then makes no sense",
                path,
            },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                detail: source.to_string(),
                path,
            },
            Some(ErrorCode::OperationInterrupted) => Self::Cancelled(Cancelled),
            _ => Self::Sqlite { source, path },
        }
    }
}

impl ConnectError {
    /// The same about `path`, whose unpacked copy it is about.
    pub(in crate::store) fn about(mut self, path: &Path) -> Self {
        match &mut self {
            Self::Missing { path: own }
            | Self::Empty { path: own }
            | Self::NotADatabase { path: own, .. }
            | Self::PermissionDenied { path: own }
            | Self::Busy { path: own }
            | Self::Damaged { path: own, .. }
            | Self::Io { path: own, .. }
            | Self::Sqlite { path: own, .. } => path.clone_into(own),
            Self::Cancelled(_) => {}
        }
        self
    }
}

/// What a file without SQLite's magic is, by its first bytes.
pub(super) fn described(head: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "a gzip file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
        (b"PK\x03\x04", "a zip file"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF document"),
        (b"PAR1", "a Parquet file"),
    ];
    if let Some((_, name)) = KNOWN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return name;
    }
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end inside a character.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let controls = head.iter().any(|b| *b < 0x20 && !b"\t\n\r\x0c".contains(b));
    match head.trim_ascii_start().first() {
        Some(b'{' | b'[') if text && !controls => "JSON or other text",
        _ if text && !controls => "a text file",
        _ => "a binary file without SQLite's header (perhaps encrypted)",
    }
}
