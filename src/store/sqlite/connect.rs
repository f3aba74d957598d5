//! Opens a database strictly without touching it, by the rules of "Reading without touching": the
//! way of reading follows from the file's format and from what lies beside it, and is looked at
//! again before every read. SQL that knows of events may not enter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, Transaction};

mod around;
mod change;
mod copy;
mod error;
mod gate;
mod harden;
mod leash;
mod mode;
mod opening;
mod pin;
mod raw;
mod uri;

pub use around::FileId;
pub use change::{ChangeMark, Damage, Traces};
pub use error::ConnectError;
pub(super) use error::code;
pub(super) use leash::Bound;
pub use mode::ReadMode;
pub(super) use pin::Pin;

use around::Around;
use copy::Copied;
use gate::{Gate, ROUND, Within};
use leash::Leash;
use mode::InPlace;
use opening::{Opened, is_refusal, open_copied, open_in_place};
use pin::Held;

use crate::model::Task;

/// What every SQLite file begins with.
pub(in crate::store) const MAGIC: &[u8] = b"SQLite format 3\0";

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
    leash: Arc<Leash>,
    source: Source,
    pin: Pin,
    gate: Arc<Gate>,
}

/// A moment of the database: what is read within it belongs together. Lasts for as long as it is held,
/// which should not be longer than [`Moment::is_over`] says.
pub(super) struct Moment<'d> {
    // Order matters: the lock goes before others are let in.
    _transaction: Transaction<'d>,
    _within: Option<Within>,
    until: Instant,
}

impl Moment<'_> {
    /// Whether it has lasted long enough for a writer's patience.
    pub fn is_over(&self) -> bool {
        Instant::now() > self.until
    }

    /// The first row came only now: where SQLite had to sort before, some time is left nevertheless,
    /// since the sorting would be lost.
    pub fn begin_reading(&mut self) {
        if self.is_over() {
            self.until = Instant::now() + ROUND / 2;
        }
    }
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
            match open_in_place(&path, &pin, *way, task) {
                Ok(Opened {
                    held,
                    leash,
                    corrupt,
                }) => {
                    let now = Around::look(&path, &pin).map_err(failed)?;
                    let holds = mode::still_holds(way.mode(), &seen, &now);
                    return Ok(holds.then(|| Self {
                        given: given.to_path_buf(),
                        path,
                        damage: corrupt.map(|detail| Damage::of(detail, &now)),
                        seen: now,
                        held,
                        leash,
                        source: Source::InPlace(*way),
                        gate: Gate::of(pin.id()),
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
        let opened = open_copied(&copy, &pin, task);
        let Opened {
            held,
            leash,
            corrupt,
        } = opened.map_err(|e| ConnectError::from_sqlite(e, given))?;
        Ok(Some(Self {
            given: given.to_path_buf(),
            path,
            damage: corrupt.map(|detail| Damage::of(detail, &copy.original)),
            seen: copy.original.clone(),
            held,
            leash,
            source: Source::Copy(copy),
            gate: Gate::of(pin.id()),
            pin,
        }))
    }

    /// Another connection in the same mode (and to the same private copy), for a further thread. It
    /// works for the same task.
    ///
    /// # Errors
    /// [`ConnectError::Busy`] if the mode has lapsed meanwhile (refresh first), else as [`Self::open`].
    pub fn sibling(&self) -> Result<Self, ConnectError> {
        if self.standing()? == Standing::Lapsed {
            return Err(self.busy());
        }
        let task = self.leash.task();
        let opened = match &self.source {
            Source::InPlace(way) => open_in_place(&self.path, &self.pin, *way, &task),
            Source::Copy(copy) => open_copied(copy, &self.pin, &task),
        };
        let Opened { held, leash, .. } = opened.map_err(|e| self.explain(e))?;
        Ok(Self {
            given: self.given.clone(),
            path: self.path.clone(),
            damage: self.damage.clone(),
            seen: self.seen.clone(),
            held,
            leash,
            source: self.source.clone(),
            pin: self.pin.clone(),
            gate: Arc::clone(&self.gate),
        })
    }

    /// Works for `task` from now on: what runs on the connection is interrupted once it is called off.
    pub(super) fn attend(&self, task: &Task) {
        self.leash.attend(task);
    }

    /// What `ask` makes of the connection; none where that takes longer than `bound`.
    pub(super) fn within<T>(
        &self,
        bound: Bound,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.leash.within(bound, || ask(self.connection()))
    }

    /// The bytes of the file, where those alone are the store for as long as a transaction of the
    /// connection lasts: no log goes with them, and SQLite's lock or the mode keeps them as they are.
    pub(super) fn bytes(&self) -> Option<&Pin> {
        let alone = matches!(self.mode(), ReadMode::Rollback | ReadMode::WalImmutable);
        (alone && self.damage.is_none()).then_some(&self.pin)
    }

    /// To be called before every read: looks whether the mode still holds, and opens anew where it
    /// does not. `task` counts bytes if that takes a private copy, and is attended to from now on.
    ///
    /// # Errors
    /// As [`Self::open`]; the old connection is then still there, and refreshing can be tried again.
    pub fn refresh(&mut self, task: &Task) -> Result<Refreshed, ConnectError> {
        self.attend(task);
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

    /// A transaction, begun when nobody in this process keeps a writer out for too long.
    pub(super) fn moment(&self) -> rusqlite::Result<Moment<'_>> {
        let locks = self.mode() == ReadMode::Rollback;
        let within = locks.then(|| self.gate.enter());
        let began = within
            .as_ref()
            .map_or_else(Instant::now, |within| within.began);
        Ok(Moment {
            _transaction: self.connection().unchecked_transaction()?,
            _within: within,
            until: began + ROUND,
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
