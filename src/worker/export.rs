//! Writes what a view shows to a file of the user's choice: beside the target first, then renamed, so
//! that a half-written file never stands under the chosen name. Never onto the open store.

mod order;
mod rows;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::job::Subject;
use super::search;
use crate::analysis::events::{EventRow, Search, each_row};
use crate::analysis::replay::{ReplayError, Series, Source, StateAt};
use crate::analysis::streams;
use crate::log::Cut;
use crate::model::{Cancelled, StreamIx, Task};
use crate::render;

pub use order::{Export, ExportFormat, Exported, Exports};
use rows::{Broken, Rows};

/// Rows turned into CSV in one go.
const BATCH: usize = 1 << 10;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The export was called off.
    #[error("the export was cancelled; nothing was written")]
    Cancelled(#[from] Cancelled),
    /// The target is the open store, or belongs to it.
    #[error("this is a file of the open store, which is never written; choose another name: {}", .0.display())]
    Store(PathBuf),
    /// The state could not be replayed.
    #[error(transparent)]
    Replay(ReplayError),
    /// The system said no.
    #[error("the file could not be written: {source}: {}", .path.display())]
    Write {
        /// What it said.
        source: io::Error,
        /// The target.
        path: PathBuf,
    },
}

impl From<ReplayError> for ExportError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Replay(error),
        }
    }
}

/// Writes the file.
pub(super) fn export(order: &Export, task: &Task) -> Result<Exported, ExportError> {
    let path = &order.path;
    if order
        .store
        .iter()
        .any(|store| belongs_to_store(path, store))
    {
        return Err(ExportError::Store(path.clone()));
    }
    let failed = |source: io::Error| ExportError::Write {
        source,
        path: path.clone(),
    };
    let content = Content::gather(&order.subject, &order.what, &order.cut, task)?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = temporary(folder).map_err(failed)?;
    let mut writer = BufWriter::with_capacity(1 << 18, file.as_file_mut());
    let written = content.write(order, task, &mut writer);
    let flushed = writer.flush();
    drop(writer);
    match written {
        Ok(()) => {}
        Err(Broken::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(Broken::Io(error)) => return Err(failed(error)),
    }
    flushed.map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    // The last moment to call it off: from here on the file is there.
    task.check()?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(Exported {
        path: path.clone(),
        what: content.words(),
        as_of: order.cut.as_of(&order.subject.log),
    })
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".asof-export-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any file that the user makes; the umask takes away what it takes.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Whether the target is the store, one of the files SQLite keeps beside it, or in the folder that is
/// the store; by whatever name it is reached.
fn belongs_to_store(target: &Path, store: &Path) -> bool {
    let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
    let folder = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).unwrap_or_default();
    let named = target.file_name().map(|name| folder.join(name));
    let reached = fs::canonicalize(target).ok().or_else(|| named.clone());
    let beside = ["", "-wal", "-shm", "-journal"].map(|ending| {
        let mut name = store.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    });
    [named, reached]
        .into_iter()
        .flatten()
        .any(|path| beside.contains(&path) || store.is_dir() && path.starts_with(&store))
        || is_same_file(target, &store)
}

/// Two names of one file, hard links too.
#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// What goes into the file.
enum Content {
    Events(Vec<crate::model::EventIx>),
    Streams(Vec<streams::StreamRow>),
    State(String, Box<serde_json::Value>),
}

impl Content {
    fn gather(
        subject: &Subject,
        what: &Exports,
        cut: &Cut,
        task: &Task,
    ) -> Result<Self, ExportError> {
        let log = &*subject.log;
        Ok(match what {
            Exports::Events(filter) => {
                let payloads = &*subject.payloads;
                let search = Search {
                    log,
                    cut,
                    filter,
                    payloads,
                };
                Self::Events(search.run(task, &mut |_| {})?.events)
            }
            Exports::Streams(wanted) => {
                let list = search::streams(subject, cut, wanted, task)?;
                let row = |figures| streams::row(log, cut.clock(), figures);
                Self::Streams(list.streams.iter().map(row).collect())
            }
            Exports::State(stream) => {
                let name = log.stream_name(*stream).to_owned();
                Self::State(name, Box::new(state(subject, *stream, cut, task)?))
            }
        })
    }

    fn words(&self) -> String {
        let many = |count: usize, one: &str, several: &str| {
            let noun = if count == 1 { one } else { several };
            format!("{} {noun}", render::grouped(count as u64))
        };
        match self {
            Self::Events(events) => many(events.len(), "event", "events"),
            Self::Streams(rows) => many(rows.len(), "stream", "streams"),
            Self::State(name, _) => format!("The state of {name}"),
        }
    }

    fn write(&self, order: &Export, task: &Task, to: &mut dyn Write) -> Result<(), Broken> {
        match self {
            Self::Events(events) => {
                task.set_done(0);
                task.set_total(events.len() as u64);
                let mut rows = Rows::new(order.format, to);
                let subject = &order.subject;
                for batch in events.chunks(BATCH) {
                    let mut full: Vec<EventRow> = Vec::with_capacity(batch.len());
                    each_row(&subject.log, &*subject.payloads, batch, task, &mut |row| {
                        full.push(row);
                    })?;
                    rows.add(&full, render::events)?;
                }
                rows.end(&render::events([]))
            }
            Self::Streams(list) => {
                let mut rows = Rows::new(order.format, to);
                for batch in list.chunks(BATCH) {
                    task.check()?;
                    rows.add(batch, render::streams)?;
                }
                rows.end(&render::streams([]))
            }
            Self::State(_, value) => Ok(render::json(value, to)?),
        }
    }
}

fn state(
    subject: &Subject,
    stream: StreamIx,
    cut: &Cut,
    task: &Task,
) -> Result<serde_json::Value, ReplayError> {
    let source = Source {
        log: &subject.log,
        payloads: &*subject.payloads,
        task,
    };
    let mut series = Series::new(stream, subject.rules.clone());
    series.grow(source)?;
    Ok(StateAt::find(&series, source, *cut)?.tree().to_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_refused_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("a.db");
        fs::write(&store, "store").unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        for name in ["a.db", "a.db-wal", "a.db-journal", "inside/../a.db"] {
            assert!(
                belongs_to_store(&folder.path().join(name), &store),
                "{name}"
            );
        }
        assert!(!belongs_to_store(&folder.path().join("b.db"), &store));
        assert!(!belongs_to_store(&inside.join("a.db"), &store));
        assert!(belongs_to_store(&inside.join("new.json"), &inside));
        #[cfg(unix)]
        {
            let (soft, hard) = (folder.path().join("soft"), folder.path().join("hard"));
            std::os::unix::fs::symlink(&store, &soft).unwrap();
            fs::hard_link(&store, &hard).unwrap();
            assert!(belongs_to_store(&soft, &store));
            assert!(belongs_to_store(&hard, &store));
        }
    }
}
