//! Opens one connection in a way that was chosen already, and makes it safe before its first read.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::copy::Copied;
use super::error::code;
use super::leash::Leash;
use super::mode::InPlace;
use super::pin::{Held, Locks, Pin};
use super::{harden, raw, uri};
use crate::model::Task;

/// An opened connection.
pub(super) struct Opened {
    pub held: Held,
    pub leash: Arc<Leash>,
    /// SQLite's word for the damage that it had to tolerate.
    pub corrupt: Option<String>,
}

pub(super) fn open_in_place(
    path: &Path,
    pin: &Pin,
    way: InPlace,
    task: &Task,
) -> rusqlite::Result<Opened> {
    let Some(vfs) = raw::untouching(way.vfs()) else {
        // Such as a system without that VFS: as if SQLite had refused.
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
            None,
        ));
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let uri = uri::file_uri(path, way.parameters());
    let leash = Arc::new(Leash::new(task));
    let held = Held::new(pin, way.locks(), || {
        leash.put_on(Connection::open_with_flags_and_vfs(uri, flags, vfs)?)
    })?;
    let connection = held.connection();
    harden::harden(connection)?;
    if way == InPlace::Private {
        // Without locks there is no shared index; this one makes SQLite keep its own in memory.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    let corrupt = settle(connection)?;
    Ok(Opened {
        held,
        leash,
        corrupt,
    })
}

/// The copy is ours: SQLite may recover in it as it likes.
pub(super) fn open_copied(copy: &Copied, pin: &Pin, task: &Task) -> rusqlite::Result<Opened> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let leash = Arc::new(Leash::new(task));
    let held = Held::new(pin, Locks::Neutral, || {
        leash.put_on(Connection::open_with_flags(&copy.path, flags)?)
    })?;
    harden::harden(held.connection())?;
    let corrupt = settle(held.connection())?;
    Ok(Opened {
        held,
        leash,
        corrupt,
    })
}

/// Makes the first read, tolerating damage.
fn settle(connection: &Connection) -> rusqlite::Result<Option<String>> {
    match harden::probe(connection) {
        Err(error) if code(&error) == Some(ErrorCode::DatabaseCorrupt) => {
            harden::tolerate_damage(connection)?;
            harden::probe(connection)?;
            Ok(Some(error.to_string()))
        }
        outcome => outcome.map(|()| None),
    }
}

/// Whether SQLite says "not this way", rather than something about the content.
pub(super) fn is_refusal(error: &rusqlite::Error) -> bool {
    matches!(
        code(error),
        Some(
            ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::SystemIoFailure
        )
    )
}
