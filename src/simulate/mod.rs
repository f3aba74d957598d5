//! Writes stores whose truth is known, by a fixed seed.
//!
//! A scenario is a small discrete-event simulation: an agenda of things to come, worked off in
//! order of time, each recording events and planning what follows. Integers only, so that every
//! machine writes the same store. May use `model` and SQLite for writing; nothing here reads a
//! store, and no analysis may be used to compute what the analyses are judged by.

mod agenda;
mod bank;
mod calendar;
mod journal;
mod json;
mod money;
mod orders;
mod people;
mod rng;
mod samples;
mod sqlite;
mod users;

use std::path::{Path, PathBuf};

pub use rng::{Rng, Seed};
pub use samples::{SAMPLES, Sample};

/// What kind of system is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// One user whose e-mail and name changed: the classic example, the same for every seed.
    Users,
    /// A shop whose services react to each other's events, in Asof's own SQLite layout.
    Orders,
    /// Two years of accounts, transfers and cards, as JSON lines.
    Bank,
}

/// Why a store could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// Something stands at the path already; nothing is ever overwritten.
    #[error("A file of that name exists already, choose another name: {}", .0.display())]
    Exists(PathBuf),
    /// The file could not be created or written.
    #[error("The store could not be written ({source}): {}", .path.display())]
    Io {
        /// What the system said.
        source: std::io::Error,
        /// The file that was to be written.
        path: PathBuf,
    },
    /// SQLite refused a statement while writing.
    #[error("SQLite could not write the store ({source}): {}", .path.display())]
    Sqlite {
        /// What SQLite said.
        source: rusqlite::Error,
        /// The file that was to be written.
        path: PathBuf,
    },
}

impl Scenario {
    /// Writes the scenario's store to `out`, the same for the same seed.
    ///
    /// # Errors
    /// When a file stands at `out` already or it cannot be written; a store begun is removed.
    pub fn write(self, seed: Seed, out: &Path) -> Result<(), SimulateError> {
        // create_new, so that two writers or a symbolic link cannot make us overwrite a file.
        let file = std::fs::File::create_new(out).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => SimulateError::Exists(out.to_owned()),
            _ => SimulateError::Io {
                source,
                path: out.to_owned(),
            },
        })?;
        let io = |source| SimulateError::Io {
            source,
            path: out.to_owned(),
        };
        let written = match self {
            Self::Users => users::write(file).map_err(io),
            Self::Bank => json::write_lines(file, &bank::simulate(seed)).map_err(io),
            Self::Orders => {
                drop(file);
                let shop = orders::simulate(seed);
                let side = orders::side_tables(&shop, seed);
                sqlite::write(out, &shop, &side).map_err(|source| SimulateError::Sqlite {
                    source,
                    path: out.to_owned(),
                })
            }
        };
        if written.is_err() {
            // Best effort: the error that matters is the one being returned.
            let _ = std::fs::remove_file(out);
        }
        written
    }
}
