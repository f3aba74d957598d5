//! What `asof info` says: the overview of the log together with what only the file can tell, which
//! the store's opener fills in as plain words and numbers, since no analysis may ask a store.

use serde::Serialize;

use super::{Overview, PayloadFigures, Warning, overview, payloads, warnings};
use crate::log::{Clock, Cut, Log, PayloadReader, Problem};
use crate::model::time::Zone;
use crate::model::{Cancelled, EventIx, Task};

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
    /// What was seen of their payloads.
    pub payloads: PayloadFigures,
    /// Records known at the moment that could not be read, or not wholly. One that is lost counts at
    /// the event before it.
    pub unreadable: u64,
    /// The problems of the file itself, whatever the moment, then those of these records, as far as
    /// they are among the first thousand of the file.
    pub problems: Vec<Problem>,
    /// What is odd about what it holds as of the moment.
    pub warnings: Vec<Warning>,
    /// What the store does not hold.
    pub lacks: Vec<String>,
}

/// Puts together what the log holds at `cut` and what the store's opener knows.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn info(
    log: &Log,
    payloads: &dyn PayloadReader,
    cut: &Cut,
    facts: &StoreFacts,
    zone: Zone,
    task: &Task,
) -> Result<InfoReport, Cancelled> {
    let overview = overview(log, cut, zone, task)?;
    let payloads = payloads::figures(log, payloads, cut, task)?;
    let mut warnings = overview.warnings();
    warnings.extend(payloads.unreadable_warning());
    warnings.extend(payloads.warning());
    warnings.extend(warnings::of_notes(&log.known_notes(cut)));
    let facts = facts.clone();
    let known = log.known_problems(cut);
    let mut problems = facts.problems;
    problems.extend(known.first.into_iter().cloned());
    Ok(InfoReport {
        path: facts.path,
        files: facts.files,
        format: facts.format,
        bytes: facts.bytes,
        layout: facts.layout,
        warnings,
        overview,
        payloads,
        unreadable: known.count,
        problems,
        lacks: lacking(log, cut, facts.lacks),
    })
}

/// What the store does not hold, and what its kind could hold and no event has that is known.
fn lacking(log: &Log, cut: &Cut, lacks: Vec<String>) -> Vec<String> {
    let known = || cut.known(log).into_iter().flatten().map(EventIx);
    if known().next().is_none() {
        return lacks;
    }
    let has: [(&str, &dyn Fn(EventIx) -> bool); 4] = [
        ("recorded time", &|event| {
            log.own_time(event, Clock::Recorded).is_some()
        }),
        ("occurred time", &|event| {
            log.own_time(event, Clock::Occurred).is_some()
        }),
        ("correlation id", &|event| log.correlation(event).is_some()),
        ("causation id", &|event| log.causation(event).is_some()),
    ];
    let without = has.iter().filter(|(name, has)| {
        let told = lacks.iter().any(|own| own == name);
        !told && !known().any(has)
    });
    let mut all: Vec<String> = without.map(|(name, _)| (*name).to_owned()).collect();
    all.extend(lacks);
    all
}
