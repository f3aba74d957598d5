//! The ways to read a database without touching it, and which of them a file calls for.

use std::fmt;
use std::path::Path;

use super::around::Around;
use super::pin::Locks;
use super::raw::Vfs;

/// How a database is being read. Its `Display` is the sentence shown to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMode {
    /// Rollback-journal format, under SQLite's shared lock for as long as a read takes.
    Rollback,
    /// Write-ahead-log format at rest: no log, so the file is the whole store.
    WalImmutable,
    /// Write-ahead log with its shared index, as a further reader beside the writer.
    WalShared,
    /// Write-ahead log without its shared index, through an index in our own memory.
    WalPrivate,
    /// None of these is safe: a copy in the temporary folder is read.
    PrivateCopy {
        /// Size of what was copied.
        bytes: u64,
    },
}

impl fmt::Display for ReadMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rollback => "Read in place; a writer never waits for longer than one short read.",
            Self::WalImmutable => "Read in place; no program has the store open for writing.",
            Self::WalShared => "Read in place, together with its write-ahead log and its writer.",
            Self::WalPrivate => {
                "Read in place, together with a write-ahead log that no program has open."
            }
            Self::PrivateCopy { bytes } => {
                let size = size(*bytes);
                return write!(
                    f,
                    "Read from a private copy of {size}, since the store has an unfinished \
                     transaction or cannot be read in place untouched."
                );
            }
        })
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A way to open the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InPlace {
    Rollback,
    Immutable,
    Shared,
    Private,
}

impl InPlace {
    /// `readonly_shm` always: a rollback-format file may turn into a WAL one while it is open.
    pub(super) fn parameters(self) -> &'static str {
        match self {
            Self::Immutable => "mode=ro&immutable=1",
            Self::Rollback | Self::Shared | Self::Private => "mode=ro&readonly_shm=1",
        }
    }

    pub(super) fn vfs(self) -> Vfs {
        match self {
            Self::Private => Vfs::Lockless,
            Self::Rollback | Self::Immutable | Self::Shared => Vfs::Locking,
        }
    }

    pub(super) fn locks(self) -> Locks {
        match self {
            Self::Rollback | Self::Shared => Locks::Taken,
            Self::Private => Locks::Lockless,
            Self::Immutable => Locks::Neutral,
        }
    }

    pub(super) fn mode(self) -> ReadMode {
        match self {
            Self::Rollback => ReadMode::Rollback,
            Self::Immutable => ReadMode::WalImmutable,
            Self::Shared => ReadMode::WalShared,
            Self::Private => ReadMode::WalPrivate,
        }
    }
}

/// SQLite's own bound on a path (512 bytes on Unix), less the longest suffix.
const LONGEST_PATH: usize = 500;

/// The ways to read this file in place, best first; the next is for when SQLite refuses one, and
/// after the last comes a private copy.
pub(super) fn ways(path: &Path, around: &Around) -> &'static [InPlace] {
    use InPlace::{Immutable, Private, Rollback, Shared};
    if path.as_os_str().len() > LONGEST_PATH {
        return &[];
    }
    if !around.is_wal() {
        // A hot journal is SQLite's to judge: only its locks tell a dead writer from a live one.
        return &[Rollback];
    }
    if around.is_hot() {
        return &[];
    }
    if around.has_shared_log() {
        return &[Shared, Private];
    }
    if around.wal_length() > 0 {
        return &[Private];
    }
    &[Immutable]
}

/// Whether what was seen when the file was opened in `mode` still lets it be read so.
pub(super) fn still_holds(mode: ReadMode, then: &Around, now: &Around) -> bool {
    match mode {
        ReadMode::Rollback => then.main.id == now.main.id && now.main.length > 0 && !now.is_wal(),
        ReadMode::WalImmutable => then.holds_the_same(now) && !now.has_shared_log(),
        ReadMode::WalShared => {
            let wal = |a: &Around| a.wal.as_ref().map(|(stamp, _)| stamp.id);
            then.main.id == now.main.id && wal(then) == wal(now) && then.shm == now.shm
        }
        ReadMode::WalPrivate => then.holds_the_same(now) && then.shm == now.shm,
        ReadMode::PrivateCopy { .. } => then.holds_the_same(now),
    }
}
