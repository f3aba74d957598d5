//! One instance in full as of a moment: its steps with their attempts and what undid them, and what
//! went wrong.

use serde::Serialize;

use super::instances::Seen;
use super::machine::{Change, State};
use super::paths::ROOT;
use super::standings::{Oddity, Outcome, Status, Undoing};
use super::status::{Judged, Process};
use crate::log::Log;
use crate::model::time::Span;
use crate::model::{EventIx, Timestamp};

/// A step that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Who does it.
    pub participant: String,
    /// How it stands.
    pub status: Outcome,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// When each attempt began.
    pub attempts: Vec<Option<Timestamp>>,
    /// What undoes it, from when until when.
    pub compensation: Option<Compensation>,
    /// By how much at least the clocks of those disagree in this instance who say when it began and when it
    /// ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clocks_off_ms: Option<i64>,
    /// The type of the event with which it failed, of one that nobody has named.
    #[serde(skip)]
    pub failed_by: Option<String>,
    /// The events behind it.
    #[serde(skip)]
    pub events: StepEvents,
}

impl Step {
    /// How it stands, in words.
    #[must_use]
    pub fn status_words(&self) -> String {
        match (self.status, self.attempts.len()) {
            (Outcome::Running, _) => "running".to_owned(),
            (Outcome::Completed, _) => "completed".to_owned(),
            // One that is named after how it goes well has to say how it went.
            (Outcome::Failed, _) => match &self.failed_by {
                Some(event_type) => format!("failed ({event_type})"),
                None => "failed".to_owned(),
            },
            (Outcome::Abandoned, 0 | 1) => "expected, did not come".to_owned(),
            (Outcome::Abandoned, several) => format!("given up after {several} attempts"),
        }
    }
}

impl Step {
    /// How long after the attempt before it each other attempt began, in words.
    #[must_use]
    pub fn apart(&self) -> Vec<String> {
        let pairs = self.attempts.windows(2);
        let known = pairs.filter_map(|pair| Some(pair[1]? - pair[0]?));
        known.map(|apart| apart.to_string()).collect()
    }
}

impl Step {
    /// After how long it ended, in words; none where that is not known.
    #[must_use]
    pub fn took(&self) -> Option<String> {
        let (from, to) = self.started.zip(self.ended)?;
        let took = took_words(from, to);
        let off = self.clocks_off_ms.filter(|_| self.is_doubted());
        Some(match off.map(Span::from_millis) {
            Some(off) => format!("{took} or so, by clocks that disagree by {off} and more"),
            None => took,
        })
    }

    /// Whether clocks disagree so much on its beginning and its end that its length says little.
    #[must_use]
    pub fn is_doubted(&self) -> bool {
        /// What is so many times longer is told well enough.
        const FAR: i64 = 20;
        let took = self
            .started
            .zip(self.ended)
            .map(|(from, to)| (to - from).millis());
        let off = self.clocks_off_ms.zip(took);
        off.is_some_and(|(off, took)| took >= 0 && took < off.saturating_mul(FAR))
    }
}

/// How long something took, in words.
#[must_use]
pub fn took_words(from: Timestamp, to: Timestamp) -> String {
    let took = to - from;
    match took.is_negative() {
        true => format!("{} before it began: clocks disagree", took.abs()),
        false => format!("after {took}"),
    }
}

/// The events that a step's times are those of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepEvents {
    /// With which it began.
    pub started: EventIx,
    /// With which it ended.
    pub ended: Option<EventIx>,
    /// With which each attempt began.
    pub attempts: Vec<EventIx>,
    /// With which its undoing began, and with which it ended.
    pub undone: Option<(EventIx, Option<EventIx>)>,
}

/// What undoes a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compensation {
    /// Since when it is waited for.
    pub started: Option<Timestamp>,
    /// When it was done.
    pub ended: Option<Timestamp>,
    /// What is odd about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odd: Option<Oddity>,
}

/// An instance as of a moment.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What it is called; see [`Judged::id`].
    pub id: String,
    /// Apart from its silence.
    pub status: Status,
    /// Its first event.
    pub first: EventIx,
    /// The event that ended it.
    pub ended: Option<EventIx>,
    /// In order of their beginning.
    pub steps: Vec<Step>,
    /// The event that told why it turned back or ended; of one that goes on the last that told of something
    /// that went wrong.
    pub wrong: Option<EventIx>,
    /// The last event that told that something could not be undone, where something is not undone.
    pub hindered: Option<EventIx>,
    /// The event since which it waits for a person.
    pub parked: Option<EventIx>,
    /// When that was.
    pub parked_at: Option<Timestamp>,
    /// Steps that succeeded, could be undone and are not, in an instance that turned back or failed.
    pub uncompensated: Vec<usize>,
    /// Each change of its status.
    pub statuses: Vec<(EventIx, Status)>,
}

impl Judged {
    /// An instance in full; none where such are no process.
    #[must_use]
    pub fn instance(&self, log: &Log, seen: &Seen) -> Option<Instance> {
        let process = self.process(seen)?;
        let events = self.at.events_of(seen);
        let nodes = self.at.nodes_of(seen);
        let mut state = State::default();
        let first = EventIx(events[0]);
        let mut told = Telling::new(log, process, self, first);
        let mut before = ROOT;
        for (event, node) in events.iter().zip(nodes) {
            let (parent, label) = self.at.paths.step(*node);
            // A copy leaves the history as it is.
            if *node == before || label.is_again() {
                before = *node;
                continue;
            }
            debug_assert_eq!(parent, before);
            before = *node;
            let event = EventIx(*event);
            state.take(&process.machine, label.event_type(), |change| {
                told.hear(event, change);
            });
        }
        let turned = match state.status {
            Status::Compensating | Status::Failed => true,
            // It may go on as if nothing had happened.
            Status::Parked => state.goes_back(),
            _ => false,
        };
        let left = state.runs.iter().enumerate().filter(|(_, run)| {
            let step = &process.definition.steps[usize::from(run.step)];
            let undone = run.undoing == Undoing::Done;
            run.outcome == Outcome::Completed && !step.compensation.is_empty() && !undone
        });
        let uncompensated = left.map(|(run, _)| run).collect::<Vec<_>>();
        let parked = told.statuses.last();
        let parked = parked.filter(|(_, status)| *status == Status::Parked);
        let parked = parked.map(|(event, _)| *event);
        Some(Instance {
            id: self.id(log, seen, process),
            status: state.status,
            first,
            ended: told.ended,
            wrong: match (state.status, state.is_well()) {
                (Status::Completed, _) => told.wrong,
                // What was recovered from has not ended it.
                (_, true) => told.ended.or(told.wrong),
                (_, false) => told.wrong.or(told.ended),
            },
            hindered: (told.hindered)
                .map(|(event, _)| event)
                .filter(|_| turned && !uncompensated.is_empty()),
            parked_at: parked.and_then(|event| told.time(event)),
            parked,
            steps: told.steps,
            uncompensated: if turned { uncompensated } else { Vec::new() },
            statuses: told.statuses,
        })
    }
}

struct Telling<'a> {
    log: &'a Log,
    process: &'a Process,
    judged: &'a Judged,
    steps: Vec<Step>,
    wrong: Option<EventIx>,
    /// What kept a step from being undone, and which.
    hindered: Option<(EventIx, usize)>,
    ended: Option<EventIx>,
    statuses: Vec<(EventIx, Status)>,
}

impl<'a> Telling<'a> {
    fn new(log: &'a Log, process: &'a Process, judged: &'a Judged, first: EventIx) -> Self {
        Self {
            log,
            process,
            judged,
            steps: Vec::new(),
            wrong: None,
            hindered: None,
            ended: None,
            statuses: vec![(first, Status::Running)],
        }
    }

    fn time(&self, event: EventIx) -> Option<Timestamp> {
        self.log.time(event, self.judged.at.cut.clock())
    }

    fn hear(&mut self, event: EventIx, change: Change) {
        let time = self.time(event);
        match change {
            Change::Began(step) => {
                let step = &self.process.definition.steps[usize::from(step)];
                self.steps.push(Step {
                    name: step.name.clone(),
                    participant: step.participant.clone(),
                    status: Outcome::Running,
                    started: time,
                    ended: None,
                    attempts: vec![time],
                    compensation: None,
                    clocks_off_ms: None,
                    failed_by: None,
                    events: StepEvents {
                        started: event,
                        ended: None,
                        attempts: vec![event],
                        undone: None,
                    },
                });
            }
            Change::Again(run) => {
                self.steps[run].attempts.push(time);
                self.steps[run].events.attempts.push(event);
            }
            Change::Ended(run, outcome) => {
                let kind = self.log.event_type(event);
                let step = &mut self.steps[run];
                (step.status, step.ended) = (outcome, time);
                let failed = outcome == Outcome::Failed && self.process.basis.is_mined();
                step.failed_by = failed.then(|| self.log.type_name(kind).to_owned());
                step.events.ended = Some(event);
            }
            Change::Undoing(run) => {
                let step = &mut self.steps[run];
                let odd = step.compensation.as_ref().and_then(|before| before.odd);
                step.compensation = Some(Compensation {
                    started: time,
                    ended: None,
                    odd,
                });
                step.events.undone = Some((event, None));
            }
            Change::Undone(run) => {
                // Another attempt has undone it.
                self.hindered = self.hindered.filter(|(_, own)| *own != run);
                let step = &mut self.steps[run];
                if let Some(compensation) = &mut step.compensation {
                    compensation.ended = time;
                }
                if let Some((_, ended)) = &mut step.events.undone {
                    *ended = Some(event);
                }
            }
            Change::Odd(run, odd) => self.odd(run, odd, event),
            Change::Wrong => self.wrong = Some(event),
            Change::Hindered(run) => self.hindered = Some((event, run)),
            Change::Turned(status) => {
                self.statuses.push((event, status));
                if status.is_end() {
                    self.ended = Some(event);
                }
            }
        }
    }

    fn odd(&mut self, run: Option<usize>, odd: Oddity, event: EventIx) {
        let time = self.time(event);
        let Some(step) = run.map(|run| &mut self.steps[run]) else {
            return;
        };
        let compensation = step.compensation.get_or_insert(Compensation {
            started: time,
            ended: time,
            odd: None,
        });
        compensation.odd = Some(odd);
        step.events.undone.get_or_insert((event, Some(event)));
    }
}
