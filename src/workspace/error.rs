//! Why a file of the workspace could not be used: one sentence each, the path last.

use std::io;
use std::path::PathBuf;

/// A file of the workspace could not be read or written. Nothing is lost by going on without it.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The file is there but the system does not give its content.
    #[error("What was saved cannot be read ({source}): {}", .path.display())]
    Read {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged and stays where it is.
    #[error("A damaged file cannot be set aside ({source}): {}", .path.display())]
    SetAside {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The file is as it was before.
    #[error("Settings and bookmarks cannot be saved ({source}): {}", .path.display())]
    Write {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
}
