//! Twice and shuffled: whether a projection minds an event that is delivered again, at once or later,
//! and two events that come in the other order. Each question is put to the real handlers, on the real
//! states, event by event: a handler `h` is idempotent where `h(h(s, e), e) = h(s, e)` for every event
//! and the state it meets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::compare::CompareError;
use super::differ::differing;
use super::report::why;
use super::run::BATCH;
use super::steps::Ended;
use super::{Definition, Held, Known, Reading, Run, RunOptions, Step, Worded};
use crate::log::{Cut, Log};
use crate::model::{EventIx, PositionName, Task};

/// How delivery goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An event comes again right after itself.
    Twice,
    /// It comes again after a later one of its partition.
    Late,
    /// Two neighbours of a partition come in the other order.
    Swapped,
}

/// What a handler minds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    /// The event type that it handles.
    pub handler: String,
    /// A JSON pointer to what comes out otherwise.
    pub path: String,
    /// The smallest pair of events that shows it, in the order of delivery that is minded.
    pub events: [PositionName; 2],
    /// The partition in which it shows.
    pub partition: String,
    /// What the field should be.
    pub expected: Option<Value>,
    /// What it becomes.
    pub found: Option<Value>,
    /// In how many cases.
    pub count: u64,
    /// The first pair as events of the log.
    #[serde(skip)]
    pub pair: [EventIx; 2],
}

/// What a projection minds of faulty delivery.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Idempotency {
    /// Handlers and fields that mind an event delivered twice: they are not idempotent.
    pub violations: Vec<Violation>,
    /// Those that mind an event which comes again later; where this is empty, any duplicate does no
    /// harm.
    pub late: Vec<Violation>,
    /// Those that mind the order of two neighbours.
    pub order: Vec<Violation>,
    /// Events that were tried.
    pub tried: u64,
    /// Where and why it stopped, if it did: the events from there on were not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

/// How far apart an event and its duplicate are looked at, in events of the partition.
const WINDOW: usize = 4;

/// Tries each event of a projection, as of a cut, twice, late and swapped with the one before it.
///
/// # Errors
/// The definition does not hold, or the task was called off.
pub fn repeated(
    definition: &Definition,
    reading: &Reading,
    options: &RunOptions,
    cut: &Cut,
    task: &Task,
) -> Result<Idempotency, CompareError> {
    let mut run = Run::new(definition, reading.clone(), options.clone())?;
    let mut found = Found::default();
    let mut lately: BTreeMap<String, Lately> = BTreeMap::new();
    let (mut tried, mut done) = (0, 0);
    task.set_total(u64::from(cut.count()));
    for range in Known::at(cut, &reading.log).batches(BATCH) {
        for event in run.prepared(&range, task)? {
            task.set_done(u64::from(done + event.0 - range.start));
            match around(&mut run, event, &mut lately, task) {
                Ok(_) if !run.outside().is_empty() => {
                    return Ok(Idempotency {
                        stopped: Some(kept_outside(&run.outside())),
                        ..Found::default().told(0)
                    });
                }
                Ok(None) => {}
                Ok(Some((step, outcomes))) => {
                    tried += 1;
                    for (trial, outcome) in outcomes {
                        found.note(&reading.log, trial, &step, &outcome);
                    }
                }
                Err(Ended::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(Ended::Stopped(stopped)) => {
                    return Ok(Idempotency {
                        stopped: Some(why(reading, &stopped)),
                        ..found.told(tried)
                    });
                }
            }
        }
        done += range.end - range.start;
        task.set_done(u64::from(done));
    }
    Ok(found.told(tried))
}

/// Why nothing can be told of a definition that keeps these.
fn kept_outside(names: &[String]) -> String {
    format!(
        "the definition keeps {} outside its states, so what comes of an event twice cannot be told",
        names.join(", ")
    )
}

type Tried = (Step, Vec<(Trial, Worded)>);

/// Steps over an event, and tries each faulty delivery around it; none where it changes no partition.
fn around(
    run: &mut Run,
    event: EventIx,
    lately: &mut BTreeMap<String, Lately>,
    task: &Task,
) -> Result<Option<Tried>, Ended> {
    let Some(step) = run.step_over(event, task)? else {
        return Ok(None);
    };
    let lately = lately.entry(step.partition.clone()).or_default();
    let outcomes = lately.trials(run, &step, task)?;
    lately.push(event, step.before.clone());
    Ok(Some((step, outcomes)))
}

/// The last events of a partition.
#[derive(Default)]
struct Lately {
    /// Oldest first.
    events: Vec<EventIx>,
    /// What the partition was before the last of them.
    before: Option<Held>,
}

/// A faulty delivery, with the events as they are delivered at last.
#[derive(Clone, Copy)]
struct Trial {
    fault: Fault,
    events: [EventIx; 2],
}

impl Lately {
    fn push(&mut self, event: EventIx, before: Option<Held>) {
        if self.events.len() == WINDOW {
            self.events.remove(0);
        }
        self.events.push(event);
        self.before = before;
    }

    /// What comes of each faulty delivery around a step; those on which a handler fails are for the
    /// dead letters to tell.
    fn trials(
        &self,
        run: &mut Run,
        step: &Step,
        task: &Task,
    ) -> Result<Vec<(Trial, Worded)>, Ended> {
        let mut outcomes = Vec::new();
        let mut add = |fault, events, outcome: Option<Worded>| {
            outcomes.extend(outcome.map(|outcome| (Trial { fault, events }, outcome)));
        };
        let event = step.event;
        let again = run.try_on_top(step, &[event], task)?;
        add(Fault::Twice, [event, event], again);
        for earlier in self.events.iter().rev() {
            let late = run.try_on_top(step, &[*earlier], task)?;
            add(Fault::Late, [event, *earlier], late);
        }
        if let Some(last) = self.events.last() {
            let swapped = run.try_from(step, self.before.as_ref(), &[event, *last], task)?;
            add(Fault::Swapped, [event, *last], swapped);
        }
        Ok(outcomes)
    }
}

/// What is minded, by fault, handler and field.
#[derive(Default)]
struct Found(BTreeMap<(Fault, String, String), Violation>);

impl Found {
    fn note(&mut self, log: &Log, trial: Trial, step: &Step, outcome: &Worded) {
        let Trial { fault, events } = trial;
        // The handler that was called where it should not have been; of two swapped ones the later.
        let handled = match fault {
            Fault::Twice | Fault::Swapped => step.event,
            Fault::Late => events[1],
        };
        for place in differing(step.after.whole(), outcome.whole()) {
            let handler = log.type_name(log.event_type(handled)).to_owned();
            let key = (fault, handler.clone(), place.path.clone());
            let known = self.0.entry(key).or_insert_with(|| Violation {
                handler,
                path: place.path,
                events: events.map(|event| log.position_name(event)),
                partition: step.partition.clone(),
                expected: place.a,
                found: place.b,
                count: 0,
                pair: events,
            });
            known.count += 1;
        }
    }

    fn told(self, tried: u64) -> Idempotency {
        let mut idempotency = Idempotency {
            tried,
            ..Idempotency::default()
        };
        for ((fault, _, _), violation) in self.0 {
            match fault {
                Fault::Twice => idempotency.violations.push(violation),
                Fault::Late => idempotency.late.push(violation),
                Fault::Swapped => idempotency.order.push(violation),
            }
        }
        idempotency
    }
}
