//! Why a JSON store cannot be opened or read on.

use std::io;
use std::path::PathBuf;

use crate::model::Cancelled;
use crate::store::sniff::SniffError;
use crate::store::unpack::UnpackError;

/// A store that cannot be opened or read on.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The path cannot be looked at.
    #[error(transparent)]
    Sniff(#[from] SniffError),
    /// The file is no JSON.
    #[error("{refusal}: {path}")]
    NotJson {
        /// What it is, in one sentence.
        refusal: String,
        /// The file.
        path: PathBuf,
    },
    /// The folder has no file that could be a store.
    #[error(
        "The folder holds no event stores{why}, of which one would be a SQLite database or a file of JSON: {path}"
    )]
    EmptyFolder {
        /// What stands in the way, in brackets; empty where nothing does.
        why: String,
        /// The folder.
        path: PathBuf,
    },
    /// The folder has more files than one store can have.
    #[error(
        "The folder holds more than {most} files, which is more than one store can have: {path}"
    )]
    TooManyFiles {
        /// How many one can have.
        most: usize,
        /// The folder.
        path: PathBuf,
    },
    /// The file has more bytes than can be told apart.
    #[error("The file is larger than 16 TiB: {path}")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is packed and cannot be unpacked.
    #[error("The file {source}: {path}")]
    Packed {
        /// Why it cannot.
        source: UnpackError,
        /// The file.
        path: PathBuf,
    },
    /// The file system refuses to read on.
    #[error("The file cannot be read ({source}): {path}")]
    Unreadable {
        /// Why not.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The task was called off.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}
