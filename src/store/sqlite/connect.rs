//! Opens a database strictly without touching it, by the rules of "Reading without touching": the
//! way of reading follows from the file's format and from what lies beside it, and is looked at
//! again before every read. SQL that knows of events may not enter.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::{Connection, ErrorCode, OpenFlags};

mod around;
mod copy;
mod error;
mod harden;
mod mode;
mod pin;
mod raw;
mod uri;

pub use around::FileId;
pub use error::ConnectError;
pub use mode::ReadMode;

use around::Around;
use copy::Copied;
use mode::InPlace;
use pin::{Held, Locks, Pin};

use crate::model::Task;

/// How often opening starts over because a writer came or went meanwhile.
const ATTEMPTS: usize = 5;

/// What [`Database::refresh`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The mode still holds; the connection is the same.
    Same,
    /// There is a new connection (prepared statements and marks of the old one are void), perhaps in
    /// another [`ReadMode`]. Siblings are to be made anew.
    Reopened,
}

/// Whether what was read since the last refresh can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing has happened that the mode does not guard against.
    Holds,
    /// A writer came, or the file was replaced: throw the last read away and refresh.
    Lapsed,
}

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
    fn of(detail: String, seen: &Around) -> Self {
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

/// An open database. Reading it changes no byte, time or name in its folder.
///
/// Reads belong in short transactions (at most 50 ms), each after a [`Database::refresh`]; where
/// nothing locks a writer out (all modes but [`ReadMode::Rollback`] and [`ReadMode::WalShared`]),
/// what was read counts only if [`Database::standing`] still holds afterwards. An error while
/// reading is to be judged the same way first.
#[derive(Debug)]
pub struct Database {
    /// As the caller named it; errors name it so.
    given: PathBuf,
    /// Absolute and without symbolic links: SQLite looks for journals beside the real file.
    path: PathBuf,
    damage: Option<Damage>,
    seen: Around,
    // Order matters: the connection goes first, then the copy that it reads.
    held: Held,
    source: Source,
    pin: Pin,
}

/// What the connection reads.
#[derive(Clone, Debug)]
enum Source {
    InPlace(InPlace),
    Copy(Arc<Copied>),
}

impl Source {
    fn mode(&self) -> ReadMode {
        match self {
            Self::InPlace(way) => way.mode(),
            Self::Copy(copy) => ReadMode::PrivateCopy { bytes: copy.bytes },
        }
    }
}

impl Database {
    /// Opens `path`. A private copy, where one is needed, counts its bytes on `task`.
    ///
    /// # Errors
    /// [`ConnectError`]; only [`ConnectError::Busy`] is worth another try.
    pub fn open(path: &Path, task: &Task) -> Result<Self, ConnectError> {
        for _ in 0..ATTEMPTS {
            task.check()?;
            if let Some(database) = Self::open_once(path, task)? {
                return Ok(database);
            }
        }
        Err(ConnectError::Busy {
            path: path.to_path_buf(),
        })
    }

    /// `None` if a writer came or went meanwhile.
    fn open_once(given: &Path, task: &Task) -> Result<Option<Self>, ConnectError> {
        let failed = |e| ConnectError::from_io(e, given);
        let path = given.canonicalize().map_err(failed)?;
        if !fs::metadata(&path).map_err(failed)?.is_file() {
            let path = given.to_path_buf();
            let found = "a folder or device";
            return Err(ConnectError::NotADatabase { found, path });
        }
        let pin = Pin::open(&path).map_err(failed)?;
        let seen = Around::look(&path, &pin).map_err(failed)?;
        if seen.main.id != pin.id() {
            return Ok(None);
        }
        refuse_by_content(&seen, given)?;
        for way in mode::ways(&path, &seen) {
            match open_in_place(&path, &pin, *way) {
                Ok((held, corrupt)) => {
                    let now = Around::look(&path, &pin).map_err(failed)?;
                    let holds = mode::still_holds(way.mode(), &seen, &now);
                    return Ok(holds.then(|| Self {
                        given: given.to_path_buf(),
                        path,
                        damage: corrupt.map(|detail| Damage::of(detail, &now)),
                        seen: now,
                        held,
                        source: Source::InPlace(*way),
                        pin,
                    }));
                }
                Err(refusal) if is_refusal(&refusal) => {}
                Err(error) => return Err(ConnectError::from_sqlite(error, given)),
            }
        }
        // What was refused may have been a transaction that has ended since.
        if !Around::look(&path, &pin)
            .map_err(failed)?
            .holds_the_same(&seen)
        {
            return Ok(None);
        }
        let copy = Arc::new(Copied::of(&path, &pin, task)?);
        let (held, corrupt) =
            open_copied(&copy, &pin).map_err(|e| ConnectError::from_sqlite(e, given))?;
        Ok(Some(Self {
            given: given.to_path_buf(),
            path,
            damage: corrupt.map(|detail| Damage::of(detail, &copy.original)),
            seen: copy.original.clone(),
            held,
            source: Source::Copy(copy),
            pin,
        }))
    }

    /// Another connection in the same mode (and to the same private copy), for a further thread.
    ///
    /// # Errors
    /// [`ConnectError::Busy`] if the mode has lapsed meanwhile (refresh first), else as [`Self::open`].
    pub fn sibling(&self) -> Result<Self, ConnectError> {
        if self.standing()? == Standing::Lapsed {
            return Err(self.busy());
        }
        let opened = match &self.source {
            Source::InPlace(way) => open_in_place(&self.path, &self.pin, *way),
            Source::Copy(copy) => open_copied(copy, &self.pin),
        };
        let (held, _) = opened.map_err(|e| self.explain(e))?;
        Ok(Self {
            given: self.given.clone(),
            path: self.path.clone(),
            damage: self.damage.clone(),
            seen: self.seen.clone(),
            held,
            source: self.source.clone(),
            pin: self.pin.clone(),
        })
    }

    /// To be called before every read: looks whether the mode still holds, and opens anew where it
    /// does not. `task` counts bytes if that takes a private copy.
    ///
    /// # Errors
    /// As [`Self::open`]; the old connection is then still there, and refreshing can be tried again.
    pub fn refresh(&mut self, task: &Task) -> Result<Refreshed, ConnectError> {
        match self.standing()? {
            Standing::Holds => Ok(Refreshed::Same),
            Standing::Lapsed => {
                *self = Self::open(&self.given, task)?;
                Ok(Refreshed::Reopened)
            }
        }
    }

    /// Whether the mode has held since the file was opened; costs a few system calls.
    ///
    /// # Errors
    /// [`ConnectError::Missing`] and the like, if the file has gone.
    pub fn standing(&self) -> Result<Standing, ConnectError> {
        let path = self.given.canonicalize().map_err(|e| self.failed(e))?;
        if path != self.path {
            return Ok(Standing::Lapsed);
        }
        let now = Around::look(&path, &self.pin).map_err(|e| self.failed(e))?;
        if !mode::still_holds(self.mode(), &self.seen, &now) {
            return Ok(Standing::Lapsed);
        }
        // Only SQLite can tell a dead writer's traces from a live one's.
        let doubtful = match self.mode() {
            ReadMode::Rollback => now.is_hot(),
            ReadMode::WalShared => true,
            ReadMode::WalImmutable | ReadMode::WalPrivate | ReadMode::PrivateCopy { .. } => false,
        };
        let refused = || harden::probe(self.connection()).is_err_and(|e| is_refusal(&e));
        Ok(if doubtful && refused() {
            Standing::Lapsed
        } else {
            Standing::Holds
        })
    }

    /// A mark to compare with a later one of the same connection. Inside a transaction it belongs to
    /// what the transaction sees.
    ///
    /// # Errors
    /// [`ConnectError::Busy`] while a writer holds the file, or that it has gone.
    pub fn changed(&self) -> Result<ChangeMark, ConnectError> {
        let pragma = |name: &str| {
            self.connection()
                .pragma_query_value(None, name, |row| row.get(0))
                .map_err(|e| self.explain(e))
        };
        let metadata = fs::metadata(&self.path).map_err(|e| self.failed(e))?;
        Ok(ChangeMark {
            data_version: pragma("data_version")?,
            schema_cookie: pragma("schema_version")?,
            file: FileId::of(&metadata),
            length: metadata.len(),
        })
    }

    /// The connection, for reading: it refuses to write.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        self.held.connection()
    }

    /// How the file is being read.
    #[must_use]
    pub fn mode(&self) -> ReadMode {
        self.source.mode()
    }

    /// The file itself: absolute, without symbolic links, never the private copy.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with the file, if it can be read only in part.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// An error of [`Self::connection`], as a sentence about this file.
    #[must_use]
    pub fn explain(&self, error: rusqlite::Error) -> ConnectError {
        ConnectError::from_sqlite(error, &self.given)
    }

    /// That a writer came between: to be answered by a refresh.
    #[must_use]
    pub fn busy(&self) -> ConnectError {
        let path = self.given.clone();
        ConnectError::Busy { path }
    }

    fn failed(&self, error: std::io::Error) -> ConnectError {
        ConnectError::from_io(error, &self.given)
    }
}

/// A connection, and SQLite's word for the damage that it had to tolerate.
type Opened = (Held, Option<String>);

fn open_in_place(path: &Path, pin: &Pin, way: InPlace) -> rusqlite::Result<Opened> {
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
    let held = Held::new(pin, way.locks(), || {
        Connection::open_with_flags_and_vfs(uri, flags, vfs)
    })?;
    let connection = held.connection();
    harden::harden(connection)?;
    if way == InPlace::Private {
        // Without locks there is no shared index; this one makes SQLite keep its own in memory.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    let corrupt = settle(connection)?;
    Ok((held, corrupt))
}

/// The copy is ours: SQLite may recover in it as it likes.
fn open_copied(copy: &Copied, pin: &Pin) -> rusqlite::Result<Opened> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let held = Held::new(pin, Locks::Neutral, || {
        Connection::open_with_flags(&copy.path, flags)
    })?;
    harden::harden(held.connection())?;
    let corrupt = settle(held.connection())?;
    Ok((held, corrupt))
}

/// Makes the first read, tolerating damage.
fn settle(connection: &Connection) -> rusqlite::Result<Option<String>> {
    match harden::probe(connection) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            harden::tolerate_damage(connection)?;
            harden::probe(connection)?;
            Ok(Some(error.to_string()))
        }
        outcome => outcome.map(|()| None),
    }
}

/// Whether SQLite says "not this way", rather than something about the content.
fn is_refusal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::SystemIoFailure
        )
    )
}

fn refuse_by_content(seen: &Around, given: &Path) -> Result<(), ConnectError> {
    let path = given.to_path_buf();
    if seen.main.length == 0 {
        return Err(ConnectError::Empty { path });
    }
    if !seen.header.has_magic() {
        let found = error::described(seen.header.bytes());
        return Err(ConnectError::NotADatabase { found, path });
    }
    if !seen.header.is_whole() {
        let detail = "not even its header is whole".to_owned();
        return Err(ConnectError::Damaged { detail, path });
    }
    Ok(())
}
