//! `asof project`: a projection at a moment.

mod beside;
mod line;
mod words;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions};
use super::open::{Indexed, Opened};
use super::{Common, Streams};
use crate::analysis::projection::{
    self, Absent, CompareError, Definition, JUMPS, Known, Measured, OnError, ProjectReport,
    ReadModel, ReadModelError, Run, RunOptions, ScriptError, SnapshotBench, Wanted,
};
use crate::log::Cut;
use crate::model::{Task, Timestamp};
use crate::render::harmless;

/// Partitions, dead letters and the like shown to people; JSON has all.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Project {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The definition: JavaScript as KurrentDB has it, or a .json file for a built-in fold
    file: PathBuf,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// The state of this partition only
    #[arg(long, value_name = "PARTITION")]
    partition: Option<String>,
    /// Compare with this definition: which partitions differ, and since when
    #[arg(long, value_name = "FILE2")]
    compare: Option<PathBuf>,
    /// Try each event twice, late and swapped with its neighbour: what is not idempotent
    #[arg(long)]
    twice: bool,
    /// As this consumer sees it: at its checkpoint, stale by so many events and so much time
    #[arg(long, value_name = "NAME")]
    as_consumer: Option<String>,
    /// Compare with what this table holds now: at the head, or as the consumer sees it that keeps it
    #[arg(long, value_name = "TABLE", requires = "key", conflicts_with = "at")]
    read_model: Option<String>,
    /// The column of the table with the names of partitions
    #[arg(long, value_name = "COLUMN", requires = "read_model")]
    key: Option<String>,
    /// Tables of this SQLite file, for --read-model and lookup() (may be given several times)
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// Tell what each way of keeping snapshots costs to build, to hold and to jump by
    #[arg(long)]
    bench_snapshots: bool,
    /// What happens when a handler fails: stop, skip, or retry:N
    #[arg(long, value_name = "WHAT", default_value = "skip", value_parser = on_error)]
    on_error: OnError,
    /// Upcasters (a JavaScript file), applied before any handler
    #[arg(long, value_name = "FILE")]
    upcasters: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Project {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let upcasters = self.upcasters.as_deref().map(read).transpose()?;
        let own = definition(&self.file, upcasters.as_deref())?;
        let other = self.compare.as_deref();
        let other = other.map(|file| definition(file, upcasters.as_deref()));
        let other = other.transpose()?;
        let asks = [Some(&own), other.as_ref()].into_iter().flatten();
        let indexed = match asks.into_iter().any(projection::asks_for_causes) {
            true => Indexed::All,
            false => Indexed::WithoutCauses,
        };
        let mut opened = Opened::indexed(&self.store, &self.common, indexed)?;
        let task = Task::new();
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let asked = Projecting {
            definition: &own,
            source: opened.reading(),
            options: RunOptions {
                on_error: self.on_error,
                ..opened.run_options(&self.attach, &task)?
            },
            cut: &cut,
            task: &task,
        };
        let mut report = self.report(&asked, &opened)?;
        if let (Some(file), Some(other)) = (&self.compare, other) {
            let compared =
                projection::compare([&own, &other], &asked.source, &asked.options, &cut, &task);
            report.comparison = Some(compared.map_err(|error| failed(file, error))?);
        }
        if self.twice {
            let tried = projection::repeated(&own, &asked.source, &asked.options, &cut, &task);
            report.idempotency = Some(tried.map_err(|error| failed(&self.file, error))?);
        }
        if self.bench_snapshots {
            report.snapshots = Some(self.bench(&asked)?);
        }
        for sentence in projection::waits_in_vain(&own, &asked.source) {
            writeln!(to.beside, "{}", harmless(&format!("{sentence}.")))?;
        }
        if let (Some(Absent::Unknown(near)), Some(name)) = (&report.absent, &self.partition) {
            let near = match near.is_empty() {
                true => String::new(),
                false => format!("; there is {}", near.join(", ")),
            };
            let told = match report.stopped {
                None => format!("No partition is called {name}{near}."),
                // It may come behind that.
                Some(_) => format!("Up to where it was stopped there is no partition {name}."),
            };
            writeln!(to.beside, "{}", harmless(&told))?;
        }
        if let (Some(Absent::Failed), Some(name)) = (&report.absent, &report.partition) {
            let told = "has no state: handlers failed on every event of it that they took";
            writeln!(to.beside, "{}", harmless(&format!("{name} {told}.")))?;
        }
        match self.common.json {
            true => to.json(&report, &opened.read_as)?,
            false => self.words(&report, &opened, &cut, to)?,
        }
        // What there is so far is shown, and is not taken for the answer.
        let of_both = report.comparison.and_then(|comparison| comparison.stopped);
        let stopped = report.stopped.or(of_both);
        stopped.map_or(Ok(()), |stopped| Err(CliError::Other(stopped)))
    }

    /// The projection, as a consumer sees it where that is asked, with what a table has of it.
    fn report(&self, asked: &Projecting<'_>, opened: &Opened) -> Result<ProjectReport, CliError> {
        let Projecting {
            source, cut, task, ..
        } = asked;
        let (known, consumer) = match &self.as_consumer {
            Some(name) => {
                let (known, seen) =
                    projection::as_consumer(&source.log, cut, &*opened.rows, name, task)?;
                (known, Some(seen))
            }
            None => (Known::at(cut, &source.log), None),
        };
        let began = Instant::now();
        let mut run = Run::new(asked.definition, source.clone(), asked.options.clone())
            .map_err(|error| unsound(&self.file, error))?;
        let wanted = match &self.partition {
            Some(partition) => Wanted::Partition(partition),
            None => Wanted::All,
        };
        let mut report = projection::project_of(&mut run, cut, &known, wanted, task)?;
        report.events_per_second = speed(known.count(), began.elapsed().as_secs_f64());
        report.consumer = consumer;
        if let (Some(table), Some(key)) = (&self.read_model, &self.key) {
            let with = ReadModel {
                tables: &*asked.options.tables,
                table,
                key,
            };
            let (own, options) = (asked.definition, &asked.options);
            let compared = projection::read_model(own, source, options, &known, with, task);
            report.read_model = Some(compared.map_err(|error| match error {
                ReadModelError::Definition(error) => unsound(&self.file, error),
                ReadModelError::Cancelled(cancelled) => cancelled.into(),
                error => CliError::Other(error.to_string()),
            })?);
        }
        Ok(report)
    }

    /// What each way of keeping snapshots costs. The times are measured here.
    fn bench(&self, asked: &Projecting<'_>) -> Result<SnapshotBench, CliError> {
        let Projecting {
            source,
            options,
            task,
            ..
        } = asked;
        let mut costs = Vec::new();
        let events = source.log.len() as u64;
        for strategy in projection::strategies(asked.definition) {
            let measured = Measured::new(asked.definition, source, options, strategy);
            let measured = measured.map_err(|error| unsound(&self.file, error))?;
            let began = Instant::now();
            let clock = || began.elapsed().as_secs_f64() * 1000.0;
            costs.push(measured.timed(&clock, task)?);
        }
        Ok(SnapshotBench {
            events,
            jumps: JUMPS as u64,
            strategies: costs,
            to_come: Vec::new(),
        })
    }
}

/// A projection as it is run here.
struct Projecting<'a> {
    definition: &'a Definition,
    source: projection::Reading,
    options: RunOptions,
    cut: &'a Cut,
    task: &'a Task,
}

fn speed(events: u32, seconds: f64) -> Option<f64> {
    let speed = f64::from(events) / seconds;
    speed.is_finite().then(|| speed.round())
}

fn failed(file: &Path, error: CompareError) -> CliError {
    match error {
        CompareError::Definition(error) => unsound(file, error),
        CompareError::Cancelled(cancelled) => cancelled.into(),
    }
}

pub(super) fn unsound(file: &Path, error: ScriptError) -> CliError {
    CliError::Definition {
        file: file.to_owned(),
        error,
    }
}

pub(super) fn read(file: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(file).map_err(|error| CliError::Unreadable {
        file: file.to_owned(),
        error,
    })
}

/// The definition in a file, after the upcasters.
pub(super) fn definition(file: &Path, upcasters: Option<&str>) -> Result<Definition, CliError> {
    let text = read(file)?;
    let definition = Definition::read(file, &text).map_err(|error| unsound(file, error))?;
    Ok(match upcasters {
        Some(upcasters) => definition.after(upcasters),
        None => definition,
    })
}

fn on_error(text: &str) -> Result<OnError, &'static str> {
    match text {
        "stop" => Ok(OnError::Stop),
        "skip" => Ok(OnError::Skip),
        _ => match text.strip_prefix("retry:").map(str::parse) {
            Some(Ok(times)) => Ok(OnError::Retry(times)),
            _ => Err("it is stop, skip or retry:N, as in retry:3"),
        },
    }
}
