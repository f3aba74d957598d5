//! Writes what a view shows to a file of the user's choice: beside the target first, then renamed, so
//! that a half-written file never stands under the chosen name. Never onto the open store.

mod lag;
mod layout;
mod order;
mod projection;
mod rows;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::questions::{self, AskSql};
use super::{Asked, Question, Room, Subject, Unanswered};
use crate::analysis::events::{EventRow, Search, each_row};
use crate::analysis::projection::{ProjectReport, ScriptError};
use crate::analysis::replay::{ReplayError, Series, StateAt};
use crate::analysis::streams;
use crate::log::Cut;
use crate::model::{Cancelled, StreamIx, Task};
use crate::render;
use crate::sql::{self, Answer, Most, SqlError};

pub use lag::LagFile;
pub use layout::ExportLayout;
pub use order::{Existing, Export, ExportFormat, Exported, Exports, TextFile};
use rows::{Broken, Rows};

/// As much of an answer to a statement as memory holds.
const ANSWER: Most = Most {
    rows: usize::MAX,
    bytes: 1 << 30,
};

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
    /// A file of that name is there, and nobody has said that it may be written over.
    #[error("a file of this name is there already: {}", .0.display())]
    Exists(PathBuf),
    /// The ending of the file's name is that of no form.
    #[error("this ending names no form: take .json, .jsonl or .csv: {}", .0.display())]
    Ending(PathBuf),
    /// The state could not be replayed.
    #[error(transparent)]
    Replay(ReplayError),
    /// The statement has no answer.
    #[error(transparent)]
    Sql(SqlError),
    /// The projection's definition does not hold.
    #[error(transparent)]
    Definition(#[from] ScriptError),
    /// What was asked has no answer.
    #[error("{0}")]
    Unanswered(String),
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

impl From<Unanswered> for ExportError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Cancelled => Self::Cancelled(Cancelled),
            Unanswered::Failed(sentence) => Self::Unanswered(sentence),
        }
    }
}

impl From<SqlError> for ExportError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Sql(error),
        }
    }
}

impl Question for Export {
    type Answer = Result<Exported, ExportError>;
    const ROOM: Room = Room::Exports;
    const LABEL: Option<&'static str> = Some("Exporting");

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        Ok(export(self, asked.task))
    }
}

/// Writes the file.
fn export(order: &Export, task: &Task) -> Result<Exported, ExportError> {
    // Whoever reads where it is may not know the folder that the program works in.
    let path = std::path::absolute(&order.path).unwrap_or_else(|_| order.path.clone());
    refuse_the_store(&path, &order.store)?;
    if order.what.has_forms() && ExportFormat::told_by(&order.path).is_none() {
        return Err(ExportError::Ending(path));
    }
    spare(&path, order.existing)?;
    let content = Content::gather(&order.subject, &order.what, &order.cut, task)?;
    write_whole(&path, task, &mut |writer| {
        content.write(order, task, writer)
    })?;
    Ok(Exported {
        path,
        what: content.words(),
        as_of: order.cut.as_of(&order.subject.log),
    })
}

fn refuse_the_store(path: &Path, store: &[PathBuf]) -> Result<(), ExportError> {
    match store.iter().any(|store| belongs_to_store(path, store)) {
        true => Err(ExportError::Store(path.to_owned())),
        false => Ok(()),
    }
}

/// Refuses a file that is there, unless it may be written over.
fn spare(path: &Path, existing: Existing) -> Result<(), ExportError> {
    match existing {
        Existing::Spared if path.exists() => Err(ExportError::Exists(path.to_owned())),
        Existing::Spared | Existing::Replaced => Ok(()),
    }
}

/// Writes a file that is there as a whole or not at all.
fn write_whole(
    path: &Path,
    task: &Task,
    write: &mut dyn FnMut(&mut dyn Write) -> Result<(), Broken>,
) -> Result<(), ExportError> {
    let failed = |source: io::Error| ExportError::Write {
        source,
        path: path.to_owned(),
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = temporary(folder).map_err(failed)?;
    let mut writer = BufWriter::with_capacity(1 << 18, file.as_file_mut());
    let written = write(&mut writer);
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
    Ok(())
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    if !folder.is_dir() {
        // What the system says would name a file that nobody has asked for.
        let missing = "there is no such folder";
        return Err(io::Error::new(io::ErrorKind::NotFound, missing));
    }
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
    Sql(Box<Answer>),
    Projection(Box<ProjectReport>),
    Text(order::TextFile),
    Lag(lag::Lag),
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
                let list = questions::streams(subject, cut, wanted, task)?;
                let row = |figures| streams::row(log, cut.clock(), figures);
                Self::Streams(list.streams.iter().map(row).collect())
            }
            Exports::State(stream) => {
                let name = log.stream_name(*stream).to_owned();
                Self::State(name, Box::new(state(subject, *stream, cut, task)?))
            }
            Exports::Sql(statement) => {
                let scene = AskSql::scene(subject, cut);
                Self::Sql(Box::new(sql::ask(&scene, statement, ANSWER, task)?))
            }
            Exports::Projection(written, settings) => {
                let report = projection::report(subject, (written, *settings), cut, task)?;
                Self::Projection(Box::new(report))
            }
            Exports::Text(written) => Self::Text(written.clone()),
            Exports::Lag(file) => Self::Lag(lag::Lag::gather(subject, *file, cut, task)?),
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
            Self::Sql(answer) if answer.truncated => {
                format!("The first {}", many(answer.rows.len(), "row", "rows"))
            }
            Self::Sql(answer) => many(answer.rows.len(), "row", "rows"),
            Self::Projection(report) => many(report.partitions as usize, "result", "results"),
            Self::Text(written) => written.what.clone(),
            Self::Lag(lag) => lag.words(),
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
            Self::Text(written) => Ok(to.write_all(written.text.as_bytes())?),
            Self::Sql(answer) => match order.format {
                ExportFormat::Json => Ok(render::json(answer, to)?),
                ExportFormat::JsonLines => Ok(render::answer_lines(answer, to)?),
                ExportFormat::Csv => Ok(render::csv(&render::answer(answer), to)?),
            },
            Self::Projection(report) => match order.format {
                ExportFormat::Json => Ok(render::json(report, to)?),
                ExportFormat::JsonLines => {
                    let rows = projection::rows(report);
                    Ok(rows
                        .iter()
                        .try_for_each(|row| render::json_line(row, &mut *to))?)
                }
                ExportFormat::Csv => {
                    let answer = projection::table(report);
                    Ok(render::csv(&render::answer(&answer), to)?)
                }
            },
            Self::Lag(lag) => lag.write(order.format, to),
        }
    }
}

fn state(
    subject: &Subject,
    stream: StreamIx,
    cut: &Cut,
    task: &Task,
) -> Result<serde_json::Value, ReplayError> {
    let source = subject.source(task);
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
