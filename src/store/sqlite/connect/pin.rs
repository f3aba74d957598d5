//! Keeps closing one handle of a file from taking away the locks of another.
//!
//! On Unix, a process that closes *any* handle of a file loses *all* its locks on that file: reading
//! the header by hand while a reader thread is inside a transaction would silently unlock that
//! reader, and a writer could change pages under it. SQLite minds this for its own handles, except
//! those that take no locks. So all handles to one file that SQLite does not mind are kept here and
//! closed together, when nobody in this process reads the file any more.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::around::FileId;
use crate::store::pread;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    #[cfg(unix)]
    File(FileId),
    /// Elsewhere locks belong to handles, and nothing needs sharing.
    #[cfg(not(unix))]
    Alone(u64),
}

#[derive(Debug, Default)]
struct Kept {
    files: Vec<Arc<File>>,
    pins: usize,
    /// Connections that may hold locks.
    locking: usize,
    /// Lockless connections that nobody uses any more.
    retired: Vec<Connection>,
}

static KEPT: LazyLock<Mutex<HashMap<Key, Kept>>> = LazyLock::new(Mutex::default);

fn kept() -> MutexGuard<'static, HashMap<Key, Kept>> {
    // Every change below leaves the map whole, so a panic elsewhere harms nothing.
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A store's main file, open for reading. Cloning shares the handle.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Pin {
    key: Key,
    id: FileId,
    /// `None` only while being dropped.
    file: Option<Arc<File>>,
}

impl Pin {
    /// Opens `path` (resolved), or shares the handle of whoever has it open already.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut map = kept();
        // Looked up first, so that as a rule no second handle is opened at all.
        let id = FileId::of(&fs::metadata(path)?);
        #[cfg(unix)]
        if let Some(entry) = map.get_mut(&Key::File(id))
            && let Some(file) = entry.files.first().cloned()
        {
            entry.pins += 1;
            let key = Key::File(id);
            let file = Some(file);
            return Ok(Self { key, id, file });
        }
        let file = Arc::new(File::open(path)?);
        let id = file.metadata().map_or(id, |m| FileId::of(&m));
        let key = Self::key(id);
        let entry = map.entry(key).or_default();
        entry.files.push(Arc::clone(&file));
        entry.pins += 1;
        let file = Some(file);
        Ok(Self { key, id, file })
    }

    #[cfg(unix)]
    fn key(id: FileId) -> Key {
        Key::File(id)
    }

    #[cfg(not(unix))]
    fn key(_id: FileId) -> Key {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Key::Alone(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn id(&self) -> FileId {
        self.id
    }

    pub(in crate::store::sqlite) fn file(&self) -> &File {
        // Invariant: taken in `drop` only.
        self.file
            .as_ref()
            .expect("a pin holds its file until it is dropped")
    }

    /// Reads until `buffer` is full or the file ends, without moving any cursor; how much was read.
    pub(in crate::store::sqlite) fn read_at(
        &self,
        buffer: &mut [u8],
        from: u64,
    ) -> io::Result<usize> {
        pread::fill(self.file(), from, buffer)
    }
}

impl Clone for Pin {
    fn clone(&self) -> Self {
        kept().entry(self.key).or_default().pins += 1;
        Self {
            key: self.key,
            id: self.id,
            file: self.file.clone(),
        }
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut map = kept();
        self.file = None;
        if let Some(entry) = map.get_mut(&self.key) {
            entry.pins = entry.pins.saturating_sub(1);
            if entry.pins == 0 {
                // Closes the handles under the map's lock: nobody opens the file meanwhile.
                map.remove(&self.key);
            }
        }
    }
}

/// Whether a connection's own handle takes file locks, and minds those of its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locks {
    /// It may hold locks and must not lose them.
    Taken,
    /// It takes none, and closing it would take away those of its neighbours.
    Lockless,
    /// It takes none on this file, and closes with care.
    Neutral,
}

/// A connection that goes without harm to its neighbours.
#[derive(Debug)]
pub(super) struct Held {
    /// `None` only while being dropped.
    connection: Option<Connection>,
    locks: Locks,
    pin: Pin,
}

impl Held {
    pub(super) fn new(
        pin: &Pin,
        locks: Locks,
        open: impl FnOnce() -> rusqlite::Result<Connection>,
    ) -> rusqlite::Result<Self> {
        // Counted before it is opened, and uncounted by `drop` if that fails.
        if locks == Locks::Taken {
            kept().entry(pin.key).or_default().locking += 1;
        }
        let mut held = Self {
            connection: None,
            locks,
            pin: pin.clone(),
        };
        held.connection = Some(open()?);
        Ok(held)
    }

    pub(super) fn connection(&self) -> &Connection {
        // Invariant: set by `new` before anybody else sees it, taken in `drop` only.
        self.connection
            .as_ref()
            .expect("a held connection is open until it is dropped")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut map = kept();
        let entry = map.entry(self.pin.key).or_default();
        match self.locks {
            Locks::Lockless if entry.locking > 0 => entry.retired.extend(connection),
            Locks::Lockless | Locks::Neutral => drop(connection),
            Locks::Taken => {
                drop(connection);
                entry.locking = entry.locking.saturating_sub(1);
                if entry.locking == 0 {
                    entry.retired.clear();
                }
            }
        }
    }
}
