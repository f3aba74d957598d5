//! What a projection is at a moment, as it is told.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Certainty, Comparison, ConsumerReport, Counts, DeadLetter, Idempotency, Known, Moment,
    OddPlace, Output, ReadModelReport, Reading, Run, SHARED, ScriptError, SnapshotBench, Stopped,
    Told, WHOLE, Worded,
};
use crate::analysis::nearest::nearest;
use crate::log::{AsOf, Bound, Cut, Log};
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

/// A projection as of a moment.
#[derive(Clone, Debug, Serialize)]
pub struct ProjectReport {
    /// The moment.
    pub as_of: AsOf,
    /// How many partitions have a result; one for a projection without partitions.
    pub partitions: u64,
    /// The result of the partition that was asked for, or of the whole where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Value>,
    /// Why there is none, where that is known.
    #[serde(skip)]
    pub absent: Option<Absent>,
    /// The partition that was asked for, as it is called.
    #[serde(skip)]
    pub partition: Option<String>,
    /// The results of all partitions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Map<String, Value>>,
    /// The state that all partitions share, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared: Option<Value>,
    /// What was done.
    #[serde(flatten)]
    pub counts: Counts,
    /// Events that a handler failed on, oldest first.
    pub dead_letters: Vec<DeadLetterReport>,
    /// Why it stopped before the moment, if it did.
    pub stopped: Option<String>,
    /// What handlers would have written: the first thousand.
    pub outputs: Vec<OutputReport>,
    /// How much they would have written.
    pub output_count: u64,
    /// What handlers logged: the first thousand lines.
    pub logged: Vec<Logged>,
    /// Integers in payloads whose digits JavaScript does not keep: the first thousand.
    pub lost_digits: Vec<LostDigitsReport>,
    /// What JSON has no words for in the results that are told, and is told as something else: the first
    /// thousand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_json: Vec<OddReport>,
    /// What the definition has changed outside its states, by its names: variables that stand outside its
    /// handlers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// Which versions of which entities were used, where handlers looked any up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lookups: Option<LookupsReport>,
    /// How fast it went, where somebody measured it.
    pub events_per_second: Option<f64>,
    /// Whose checkpoint it is told at, where it is that of a consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<ConsumerReport>,
    /// Against another definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// What it minds of faulty delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<Idempotency>,
    /// Against a table that should hold the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_model: Option<ReadModelReport>,
    /// What each way of keeping snapshots costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<SnapshotBench>,
}

/// What handlers looked up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookupsReport {
    /// How often.
    pub count: u64,
    /// How often the entity has no history, so that it is told as it is now.
    pub present: u64,
    /// How often there was none.
    pub missing: u64,
    /// The first thousand.
    pub first: Vec<LookupReport>,
}

/// An entity that a handler looked up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookupReport {
    /// The event that was handled.
    pub position: PositionName,
    /// The table.
    pub table: String,
    /// The entity.
    pub key: String,
    /// How sure the answer is.
    pub certainty: Certainty,
    /// Which version was used, where the table numbers them.
    pub version: Option<Value>,
    /// Since when it held; null where the table does not tell.
    pub since: Option<Timestamp>,
}

/// A dead letter as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadLetterReport {
    /// The event's position.
    pub position: PositionName,
    /// Its stream.
    pub stream: String,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What went wrong, in a sentence.
    pub error: String,
    /// The line of the definition.
    pub line: Option<u32>,
    /// The column.
    pub column: Option<u32>,
    /// How often it was tried.
    pub attempts: u32,
    /// Its partition, where it came so far.
    pub partition: Option<String>,
    /// The state that the handler was given.
    pub state_before: Option<Value>,
}

/// What a handler would have written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutputReport {
    /// The event that was handled.
    pub position: PositionName,
    /// What it is.
    #[serde(flatten)]
    pub output: Output,
}

/// A line that a handler logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logged {
    /// The event that was handled.
    pub position: PositionName,
    /// What was logged.
    pub line: String,
}

/// An integer whose digits are not kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LostDigitsReport {
    /// The event.
    pub position: PositionName,
    /// A JSON pointer into its payload.
    pub path: String,
    /// The digits as they are written.
    pub digits: String,
}

/// What JSON has no words for in a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OddReport {
    /// The partition.
    pub partition: String,
    /// A JSON pointer into its result.
    pub path: String,
    /// What stands there: `NaN`, `Infinity`, `-Infinity`, `Map`, `Set` or `function`.
    pub value: String,
    /// What is told in its place.
    pub told_as: &'static str,
    /// The last event of the partition.
    pub last_event: PositionName,
}

/// Whose state is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Everybody's.
    All,
    /// That of one partition.
    Partition(&'a str),
}

/// Why a partition that was asked for has no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// None is called so; those that are called nearly so.
    Unknown(Vec<String>),
    /// Its handlers have failed on every event of it that they take.
    Failed,
}

/// Tells of a run as of a cut.
///
/// # Errors
/// The task was called off.
pub fn project(
    run: &mut Run,
    cut: &Cut,
    wanted: Wanted<'_>,
    task: &Task,
) -> Result<ProjectReport, Cancelled> {
    let known = Known::at(cut, &run.reading().log);
    project_of(run, cut, &known, wanted, task)
}

/// Tells of a run over those events known at a cut that somebody had come to.
///
/// # Errors
/// The task was called off.
pub fn project_of(
    run: &mut Run,
    cut: &Cut,
    known: &Known,
    wanted: Wanted<'_>,
    task: &Task,
) -> Result<ProjectReport, Cancelled> {
    let moment = run.of(known, task)?;
    let called = match wanted {
        Wanted::Partition(name) => Some(called(&moment, name)),
        Wanted::All => None,
    };
    let (wanted, absent) = match called {
        Some(Ok(name)) => {
            let failed = moment.get(name).is_none().then_some(Absent::Failed);
            (Wanted::Partition(name), failed)
        }
        Some(Err(near)) => (wanted, Some(Absent::Unknown(near))),
        None => (wanted, None),
    };
    let partition = match (wanted, &absent) {
        (Wanted::Partition(name), None | Some(Absent::Failed)) => Some(name.to_owned()),
        _ => None,
    };
    let log = run.reading().log.clone();
    let mut dead: Vec<DeadLetterReport> = (moment.dead.iter())
        .map(|dead| dead_letter(run.reading(), dead))
        .collect();
    let mut ended = None;
    let mut odd = Vec::new();
    let told_to = (&mut dead, &mut ended, &mut odd);
    let (partitions, state, states) = results(run, &moment, wanted, told_to);
    let not_json = odd_reports(&log, odd);
    let shared = moment.get(SHARED).map(|held| run.text(&held));
    let shared = shared.and_then(|text| serde_json::from_str(&text).ok());
    let Moment {
        counts,
        told,
        outside,
        stopped,
        ..
    } = moment;
    let position = |event| log.position_name(event);
    let lookups = looked_up(&log, &told);
    let cut = match &stopped {
        Some(stopped) => &before(&log, cut, stopped),
        None => cut,
    };
    Ok(ProjectReport {
        as_of: cut.as_of(&log),
        partitions,
        state,
        absent,
        partition,
        states,
        shared,
        counts,
        dead_letters: dead,
        stopped: (stopped.as_ref())
            .map(|stopped| why(run.reading(), stopped))
            .or(ended),
        outputs: outputs(&log, told.outputs),
        output_count: told.totals.outputs,
        logged: (told.lines.into_iter())
            .map(|(event, line)| Logged {
                position: position(event),
                line,
            })
            .collect(),
        lost_digits: (told.lost_digits.into_iter())
            .map(|lost| LostDigitsReport {
                position: position(lost.event),
                path: lost.path,
                digits: lost.number,
            })
            .collect(),
        not_json,
        outside: outside.to_vec(),
        lookups,
        events_per_second: None,
        consumer: None,
        comparison: None,
        idempotency: None,
        read_model: None,
        snapshots: None,
    })
}

fn outputs(log: &Log, outputs: Vec<Output>) -> Vec<OutputReport> {
    let told = outputs.into_iter().map(|output| OutputReport {
        position: log.position_name(output.event),
        output,
    });
    told.collect()
}

/// What handlers looked up, if anything.
fn looked_up(log: &Log, told: &Told) -> Option<LookupsReport> {
    let totals = told.totals;
    (totals.lookups > 0).then(|| LookupsReport {
        count: totals.lookups,
        present: totals.present,
        missing: totals.missing,
        first: (told.lookups.iter())
            .map(|one| LookupReport {
                position: log.position_name(one.event),
                table: one.table.to_string(),
                key: one.key.clone(),
                certainty: one.certainty,
                version: one.version.clone(),
                since: one.since,
            })
            .collect(),
    })
}

fn odd_reports(log: &Log, odd: Vec<OddPlace>) -> Vec<OddReport> {
    let told = |place: OddPlace| OddReport {
        partition: place.partition.to_string(),
        told_as: place.odd.told_as(),
        path: place.odd.path,
        value: place.odd.what,
        last_event: log.position_name(place.last),
    };
    odd.into_iter().map(told).collect()
}

/// The partition of that name, else the only one whose name ends so after its category; those of which all
/// events failed are among them.
///
/// # Errors
/// Where there is none: those that are called nearly so.
fn called<'m>(moment: &'m Moment, name: &str) -> Result<&'m str, Vec<String>> {
    let failed = moment.dead.iter();
    let failed: BTreeSet<&str> = failed
        .filter_map(|dead| dead.partition.as_deref())
        .collect();
    let without = failed
        .iter()
        .copied()
        .filter(|name| moment.get(name).is_none());
    let names = || moment.iter().map(|(own, _)| own).chain(without.clone());
    let id = |own: &&str| own.split_once('-').is_some_and(|(_, id)| id == name);
    let mut ending = names().filter(id);
    let only = ending.next().filter(|_| ending.next().is_none());
    let exact = names().find(|own| *own == name);
    exact.or(only).ok_or_else(|| nearest(names(), name, 3))
}

type Results = (u64, Option<Value>, Option<Map<String, Value>>);

/// The moment that a run has come to: before the event at which it stopped.
#[must_use]
pub fn before(log: &Log, cut: &Cut, stopped: &Stopped) -> Cut {
    let last = stopped.event().0.checked_sub(1).map(EventIx);
    log.cut(cut.clock(), last.map_or(Bound::Start, Bound::Event))
}

/// The results that are wanted. One that cannot be made is told among the dead letters, at the last
/// event of its partition; where nothing more can be made, that is said instead.
fn results(
    run: &Run,
    moment: &Moment,
    wanted: Wanted<'_>,
    (dead, ended, odd): (
        &mut Vec<DeadLetterReport>,
        &mut Option<String>,
        &mut Vec<OddPlace>,
    ),
) -> Results {
    let mut all = Map::new();
    let mut one = None;
    let mut partitions = 0;
    for (partition, held) in moment.iter().filter(|(name, _)| !name.starts_with('\0')) {
        let result = match run.result_value(&held) {
            Ok(result) => result,
            Err(error) => {
                if let Some(error) = error.end_of_results() {
                    *ended = Some(format!(
                        "It was stopped at the result of {partition}: {error}"
                    ));
                    break;
                }
                dead.push(failed(run.reading(), partition, held.last, &error));
                None
            }
        };
        let Some(result) = result else { continue };
        partitions += 1;
        if matches!(wanted, Wanted::Partition(name) if name != partition) {
            continue;
        }
        OddPlace::add(odd, (&partition.into(), held.last), &result.odd());
        match wanted {
            Wanted::Partition(_) => one = Some(result.into_json()),
            Wanted::All => {
                all.insert(partition.to_owned(), result.into_json());
            }
        }
    }
    match wanted {
        Wanted::Partition(_) => (partitions, Some(one.unwrap_or(Value::Null)), None),
        Wanted::All if all.len() == 1 && all.contains_key(WHOLE) => {
            (partitions, all.remove(WHOLE), None)
        }
        Wanted::All if all.is_empty() && !run.is_partitioned() => (0, Some(Value::Null), None),
        Wanted::All => (partitions, None, Some(all)),
    }
}

fn failed(
    reading: &Reading,
    partition: &str,
    last: EventIx,
    error: &ScriptError,
) -> DeadLetterReport {
    let dead = DeadLetter {
        event: last,
        partition: Some(partition.to_owned()),
        error: error.clone(),
        state_before: None,
        shared_before: None,
        attempts: 1,
    };
    dead_letter(reading, &dead)
}

/// A dead letter as it is told.
#[must_use]
pub fn dead_letter(reading: &Reading, dead: &DeadLetter) -> DeadLetterReport {
    let log = &reading.log;
    DeadLetterReport {
        position: log.position_name(dead.event),
        stream: log.stream_name(log.stream(dead.event)).to_owned(),
        event_type: log.type_name(log.event_type(dead.event)).to_owned(),
        error: dead.error.message.clone(),
        line: dead.error.line,
        column: dead.error.column,
        attempts: dead.attempts,
        partition: dead.partition.clone(),
        state_before: dead.met().map(Worded::into_json),
    }
}

/// Why a run stopped, in a sentence.
#[must_use]
pub fn why(reading: &Reading, stopped: &Stopped) -> String {
    let at = |event| reading.log.position_name(event);
    match stopped {
        Stopped::Failed(dead) => format!("It stopped at {}: {}", at(dead.event), dead.error),
        Stopped::Fatal(event, error) => format!("It was stopped at {}: {error}", at(*event)),
    }
}
