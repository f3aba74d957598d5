//! Two definitions over the same events: which partitions differ, and since when.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::differ::{Differing, differing, same};
use super::report::why;
use super::run::BATCH;
use super::{Definition, Known, Reading, Run, RunOptions, ScriptError, Stopped, Worded};
use crate::log::{Cut, Log};
use crate::model::{Cancelled, EventIx, PositionName, Task};

/// Partitions told in full; more are counted.
const TOLD: usize = 1_000;

/// Where two projections differ as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The partitions that differ, those first that began first.
    pub differing: Vec<DifferingPartition>,
    /// How many there are.
    pub count: u64,
    /// The event with which the first of them began to differ.
    pub first_divergence: Option<PositionName>,
    /// Where and why one of them stopped, if it did: what is told is of the events before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

/// A partition that two projections see differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferingPartition {
    /// Its name.
    pub partition: String,
    /// The event since which they have been differing.
    pub since: PositionName,
    /// The same, as an event of the log.
    #[serde(skip)]
    pub event: EventIx,
    /// Where.
    pub paths: Vec<Differing>,
    /// The state by the first; null where it has none.
    pub a: Option<Worded>,
    /// The state by the second.
    pub b: Option<Worded>,
}

/// Why two projections could not be compared.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CompareError {
    /// A definition does not hold.
    #[error(transparent)]
    Definition(#[from] ScriptError),
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Compares two definitions as of a cut, event by event.
///
/// # Errors
/// A definition does not hold, or the task was called off.
pub fn compare(
    definitions: [&Definition; 2],
    reading: &Reading,
    options: &RunOptions,
    cut: &Cut,
    task: &Task,
) -> Result<Comparison, CompareError> {
    let [a, b] = definitions;
    let mut runs = [
        Run::new(a, reading.clone(), options.clone())?,
        Run::new(b, reading.clone(), options.clone())?,
    ];
    let mut sides = Sides::default();
    task.set_total(u64::from(cut.count()));
    for range in Known::at(cut, &reading.log).batches(BATCH) {
        let mut changes = Vec::new();
        let mut stopped: Option<Stopped> = None;
        for (run, which) in runs.iter_mut().zip(0..) {
            let (own, halted) = run.changes(&range, task)?;
            let earlier = |a: &Stopped, b: &Stopped| a.event() < b.event();
            stopped = match (stopped, halted) {
                (Some(a), Some(b)) if earlier(&b, &a) => Some(b),
                (a, b) => a.or(b),
            };
            changes.extend(own.into_iter().map(|(event, partition, state)| Changed {
                event,
                which,
                partition,
                state,
            }));
        }
        if let Some(stopped) = &stopped {
            changes.retain(|change| change.event < stopped.event());
        }
        // Side by side, so that an event is over before they are compared.
        changes.sort_by_key(|change| change.event);
        for of_event in changes.chunk_by(|one, other| one.event == other.event) {
            sides.take(of_event);
        }
        if let Some(stopped) = stopped {
            return Ok(Comparison {
                stopped: Some(why(reading, &stopped)),
                ..sides.told(&reading.log)
            });
        }
        task.advance(u64::from(range.end - range.start));
    }
    Ok(sides.told(&reading.log))
}

/// A partition that one of two projections has changed.
struct Changed {
    event: EventIx,
    which: usize,
    partition: String,
    state: Worded,
}

/// Two projections side by side.
#[derive(Default)]
struct Sides {
    states: [BTreeMap<String, Worded>; 2],
    /// Partitions that differ now, with the event since which they have.
    since: BTreeMap<String, EventIx>,
}

impl Sides {
    /// What one event changes in both.
    fn take(&mut self, changes: &[Changed]) {
        for change in changes {
            let states = &mut self.states[change.which];
            states.insert(change.partition.clone(), change.state.clone());
        }
        for Changed {
            event, partition, ..
        } in changes
        {
            let [a, b] = &self.states;
            let same = match (a.get(partition), b.get(partition)) {
                (Some(a), Some(b)) => same(a.whole(), b.whole()),
                (None, None) => true,
                _ => false,
            };
            if same {
                self.since.remove(partition);
            } else {
                self.since.entry(partition.clone()).or_insert(*event);
            }
        }
    }

    fn told(self, log: &Log) -> Comparison {
        let Self { states, since } = self;
        let mut all: Vec<(EventIx, String)> = since
            .into_iter()
            .map(|(partition, event)| (event, partition))
            .collect();
        all.sort();
        let first = all.first().map(|(event, _)| log.position_name(*event));
        let count = all.len() as u64;
        let told = all.into_iter().take(TOLD).map(|(event, partition)| {
            let [a, b] = states.each_ref().map(|side| side.get(&partition));
            DifferingPartition {
                since: log.position_name(event),
                event,
                paths: differing(
                    a.map_or(&Value::Null, Worded::whole),
                    b.map_or(&Value::Null, Worded::whole),
                ),
                a: a.cloned(),
                b: b.cloned(),
                partition,
            }
        });
        Comparison {
            differing: told.collect(),
            count,
            first_divergence: first,
            stopped: None,
        }
    }
}
