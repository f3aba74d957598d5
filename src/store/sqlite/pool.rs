//! Connections for whoever reads bodies. Each reader has one to itself, so that several can read at
//! once, and one that is being given bodies can ask for others meanwhile.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use super::connect::{ConnectError, Database, FileId, Moment, ReadMode, Standing};
use crate::model::Task;

/// How long a busy writer is waited for, and for how long at a time.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
pub(super) const PAUSE: Duration = Duration::from_millis(2);

/// Connections kept while nobody needs them.
const KEPT: usize = 4;

/// The connections to one file.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Idle>,
    /// Kept for as long as anybody reads it.
    _unpacked: Option<Arc<NamedTempFile>>,
}

#[derive(Debug, Default)]
struct Idle {
    free: Vec<Database>,
    /// Never lent out: its siblings read the same private copy.
    copied: Option<Database>,
}

impl Pool {
    pub fn new(path: PathBuf, unpacked: Option<Arc<NamedTempFile>>) -> Self {
        Self {
            path,
            idle: Mutex::default(),
            _unpacked: unpacked,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        // What a panic elsewhere left behind are connections like any other.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads something from one moment of the store, by the connection that is held. Where a writer is
    /// in the way or comes between it is read again: that is no fault of what is read.
    ///
    /// # Errors
    /// [`ConnectError::Busy`] where that goes on for long; else as [`Database::open`].
    pub fn moment<T>(
        &self,
        held: &mut Option<Database>,
        task: &Task,
        mut read: impl FnMut(&Database, &mut Moment<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ConnectError> {
        let began = Instant::now();
        loop {
            match self.moment_once(held, task, &mut read) {
                Err(ConnectError::Busy { .. }) if began.elapsed() < PATIENCE => {
                    *held = None;
                    task.check()?;
                    std::thread::sleep(PAUSE);
                }
                read => return read,
            }
        }
    }

    fn moment_once<T>(
        &self,
        held: &mut Option<Database>,
        task: &Task,
        read: &mut impl FnMut(&Database, &mut Moment<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ConnectError> {
        let database = match held.take() {
            Some(database) if database.standing()? == Standing::Holds => database,
            _ => self.take(task)?,
        };
        let database = held.insert(database);
        let moment = database.moment();
        let read = moment.and_then(|mut moment| read(database, &mut moment));
        // Where nothing locked a writer out, what was read counts only if none came.
        if database.standing()? == Standing::Lapsed {
            return Err(database.busy());
        }
        read.map_err(|error| database.explain(error))
    }

    /// Which file it is now.
    ///
    /// # Errors
    /// It is gone.
    pub fn file(&self) -> std::io::Result<FileId> {
        Ok(FileId::of(&std::fs::metadata(&self.path)?))
    }

    /// Gives back what a reader held.
    pub fn give_back(&self, held: Option<Database>) {
        if let Some(database) = held {
            self.put(database);
        }
    }

    /// A connection that works for `task`, fit for reading now.
    ///
    /// # Errors
    /// As [`Database::open`].
    fn take(&self, task: &Task) -> Result<Database, ConnectError> {
        // The lock is not held while the file is looked at.
        loop {
            let Some(database) = self.idle().free.pop() else {
                break;
            };
            if database.standing()? == Standing::Holds {
                database.attend(task);
                return Ok(database);
            }
        }
        let database = match self.sibling(task)? {
            Some(sibling) => sibling,
            None => Database::open(&self.path, task)?,
        };
        super::functions::register(database.connection())
            .map_err(|error| database.explain(error))?;
        Ok(database)
    }

    /// A connection to the private copy that there is already.
    fn sibling(&self, task: &Task) -> Result<Option<Database>, ConnectError> {
        let mut idle = self.idle();
        let Some(copied) = &idle.copied else {
            return Ok(None);
        };
        if copied.standing()? == Standing::Lapsed {
            idle.copied = None;
            return Ok(None);
        }
        copied.attend(task);
        copied.sibling().map(Some)
    }

    /// Takes a connection back.
    fn put(&self, database: Database) {
        match database.mode() {
            // An open database makes the last writer leave its log behind when it closes.
            ReadMode::WalShared => return,
            ReadMode::PrivateCopy { .. } => {
                let mut idle = self.idle();
                if idle.copied.is_none() {
                    idle.copied = database.sibling().ok();
                }
            }
            ReadMode::Rollback | ReadMode::WalImmutable | ReadMode::WalPrivate => {}
        }
        let mut idle = self.idle();
        if idle.free.len() < KEPT {
            idle.free.push(database);
        }
    }
}
