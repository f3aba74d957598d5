//! What `asof info` says: the overview of the log together with what only the file can tell, which
//! the store's opener fills in as plain words and numbers, since no analysis may ask a store.

use serde::Serialize;

use super::{Overview, overview};
use crate::log::{Cut, Log, Problem};
use crate::model::time::Zone;
use crate::model::{Cancelled, Task};

/// What a store's opener knows of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StoreFacts {
    /// The file, as it was named; several with ` + ` between them.
    pub path: String,
    /// The files, where several are open as one.
    pub files: Vec<FileFacts>,
    /// Its format in words: `SQLite (WAL)`, `JSON lines, gzip`.
    pub format: String,
    /// Size in bytes.
    pub bytes: u64,
    /// How it is read.
    pub layout: LayoutFacts,
    /// Problems of the file beside those of single records, which the log keeps.
    pub problems: Vec<Problem>,
    /// What it does not hold, each as a sentence or a name.
    pub lacks: Vec<String>,
}

/// One of several files open as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFacts {
    /// What it is called in positions, as the source of events and before its streams.
    pub name: String,
    /// As it was named.
    pub path: String,
    /// Its format in words.
    pub format: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The name of the layout by which it is read.
    pub layout: String,
}

/// Which layout was recognised, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LayoutFacts {
    /// Its name.
    pub name: String,
    /// How sure that is, in percent.
    pub confidence: u8,
    /// What speaks for it and what is missing.
    pub reasons: Vec<Reason>,
    /// The next best.
    pub runner_up: Option<RunnerUp>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// In words.
    pub text: String,
    /// What it adds; 0 where it did not hold.
    pub points: i32,
}

/// The layout that was nearly chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunnerUp {
    /// Its name.
    pub name: String,
    /// How sure it would have been, in percent.
    pub confidence: u8,
}

/// The answer of `asof info`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InfoReport {
    /// The file, as it was named; several with ` + ` between them.
    pub path: String,
    /// The files, where several are open as one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileFacts>,
    /// Its format in words.
    pub format: String,
    /// Size in bytes.
    pub bytes: u64,
    /// How it is read.
    pub layout: LayoutFacts,
    /// What it holds as of the moment.
    #[serde(flatten)]
    pub overview: Overview,
    /// Records that could not be read, or not wholly, in the whole file: such a record has no time.
    pub unreadable: u64,
    /// The problems of the file, then those of the first thousand of these records.
    pub problems: Vec<Problem>,
    /// What the store does not hold.
    pub lacks: Vec<String>,
}

/// Puts together what the log holds at `cut` and what the store's opener knows.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn info(
    log: &Log,
    cut: &Cut,
    facts: &StoreFacts,
    zone: Zone,
    task: &Task,
) -> Result<InfoReport, Cancelled> {
    let overview = overview(log, cut, zone, task)?;
    let facts = facts.clone();
    let mut problems = facts.problems;
    problems.extend_from_slice(log.problems());
    Ok(InfoReport {
        path: facts.path,
        files: facts.files,
        format: facts.format,
        bytes: facts.bytes,
        layout: facts.layout,
        overview,
        unreadable: log.problem_count(),
        problems,
        lacks: facts.lacks,
    })
}
