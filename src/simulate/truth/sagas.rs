//! Every instance of the scenario's process: its steps and its status, as the story says it, and
//! whether it is stuck, which follows from its silence.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::document::{Document, List};
use super::moments::Behind;
use crate::model::Timestamp;
use crate::simulate::chance::{HOUR, after};
use crate::simulate::kernel::{
    Entry, Event, EventId, Failure, Mark, Process, SagaId, Status, Stream, Trail,
};

#[derive(Debug)]
pub struct Sagas {
    process: &'static Process,
    open: BTreeMap<SagaId, Saga>,
    next: SagaId,
    /// Ended ones, of which something may still come.
    ended: VecDeque<(Timestamp, SagaId)>,
    /// One in so many is told.
    one_in: u64,
    /// Those that are no longer here.
    gone: BTreeMap<Status, u64>,
    behind: Behind,
}

#[derive(Debug)]
struct Saga {
    about: Stream,
    correlation: EventId,
    root: Option<EventId>,
    started: Timestamp,
    ended: Option<Timestamp>,
    last: Timestamp,
    events: u32,
    status: Status,
    waiting: Waiting,
    statuses: Vec<Change>,
    steps: Vec<StepLog>,
    failure: Option<(Failure, i64)>,
    at: Vec<Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Nothing,
    Step(usize),
    Undo(usize),
}

#[derive(Debug, Serialize)]
struct Change {
    at: Timestamp,
    position: i64,
    status: Status,
}

#[derive(Debug)]
struct StepLog {
    step: usize,
    attempts: Vec<Timestamp>,
    outcome: Option<(Timestamp, &'static str)>,
    undo: Option<(Timestamp, Option<Timestamp>)>,
}

/// How it stood at a moment.
#[derive(Debug, Serialize)]
struct Seen {
    moment: usize,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_for: Option<&'static str>,
}

impl Sagas {
    pub fn new(process: &'static Process, one_in: u64) -> Self {
        Self {
            process,
            open: BTreeMap::new(),
            next: 0,
            ended: VecDeque::new(),
            one_in,
            gone: BTreeMap::new(),
            behind: Behind::AnEnd,
        }
    }

    /// What the event was that was taken in last.
    pub const fn behind(&self) -> Behind {
        self.behind
    }

    /// Begins one; its first event is still to come.
    pub fn begin(&mut self, trail: &Trail, about: Stream) -> SagaId {
        self.next += 1;
        let never = Timestamp::from_micros(0);
        let saga = Saga {
            about,
            correlation: trail.correlation,
            root: None,
            started: never,
            ended: None,
            last: never,
            events: 0,
            status: Status::Running,
            waiting: Waiting::Nothing,
            statuses: Vec::new(),
            steps: Vec::new(),
            failure: None,
            at: Vec::new(),
        };
        self.open.insert(self.next, saga);
        self.next
    }

    /// Takes an event in that belongs to one.
    pub fn observe(&mut self, event: &Event, entry: &Entry) {
        self.behind = Behind::AnEnd;
        let Some((id, saga)) = entry
            .saga
            .and_then(|id| Some((id, self.open.get_mut(&id)?)))
        else {
            return;
        };
        let was = saga.ended;
        saga.observe(event, entry);
        if saga.ended.is_none() {
            self.behind = Behind::AStep;
        }
        if was.is_none() && saga.ended.is_some() {
            self.ended.push_back((after(event.recorded_at, HOUR), id));
        }
    }

    /// Tells those that ended long ago.
    pub fn forget(&mut self, now: Timestamp, document: &mut Document) {
        while self.ended.front().is_some_and(|(due, _)| *due <= now) {
            let Some((_, id)) = self.ended.pop_front() else {
                break;
            };
            if let Some(saga) = self.open.remove(&id) {
                *self.gone.entry(saga.status).or_default() += 1;
                if id % self.one_in == 0 {
                    document.add(List::Sagas, &saga.told(self.process, saga.status));
                }
            }
        }
    }

    /// How many have which status at a moment; the open ones remember theirs.
    pub fn count(&mut self, at: Timestamp, moment: Option<usize>) -> BTreeMap<Status, u64> {
        let mut counts = self.gone.clone();
        for saga in self.open.values_mut().filter(|saga| saga.root.is_some()) {
            let status = saga.as_of(at, self.process);
            *counts.entry(status).or_default() += 1;
            if let Some(moment) = moment
                && saga.ended.is_none()
            {
                saga.at.push(Seen {
                    moment,
                    status,
                    waiting_for: saga.waiting_for(self.process),
                });
            }
        }
        counts
    }

    /// Tells all that are left, as they stand at the end.
    pub fn finish(&mut self, at: Timestamp, document: &mut Document) -> BTreeMap<Status, u64> {
        let counts = self.count(at, None);
        for (id, saga) in std::mem::take(&mut self.open) {
            if saga.root.is_some() && id % self.one_in == 0 {
                let status = saga.as_of(at, self.process);
                document.add(List::Sagas, &saga.told(self.process, status));
            }
        }
        counts
    }
}

impl Saga {
    fn observe(&mut self, event: &Event, entry: &Entry) {
        let (at, position) = (event.recorded_at, event.position);
        if self.root.is_none() {
            self.root = Some(event.id);
            self.started = at;
            self.turn(at, position, Status::Running);
        }
        self.last = self.last.max(at);
        self.events += 1;
        for mark in entry.marks {
            self.mark(*mark, at, position);
        }
        if let Some(failure) = entry.failure {
            self.failure = Some((failure, position));
        }
    }

    fn turn(&mut self, at: Timestamp, position: i64, status: Status) {
        if self.status == status && !self.statuses.is_empty() {
            return;
        }
        self.status = status;
        self.statuses.push(Change {
            at,
            position,
            status,
        });
        if status.is_end() {
            self.ended = Some(at);
        }
        if status != Status::Running && status != Status::Parked {
            // It goes on no more, or turns back: what had begun is given up.
            for log in self.steps.iter_mut().filter(|log| log.outcome.is_none()) {
                log.outcome = Some((at, "abandoned"));
            }
        }
    }

    fn mark(&mut self, mark: Mark, at: Timestamp, position: i64) {
        match mark {
            Mark::Begin(step) => {
                self.waiting = Waiting::Step(step);
                self.steps.push(StepLog {
                    step,
                    attempts: vec![at],
                    outcome: None,
                    undo: None,
                });
            }
            Mark::Again(step) => self.step(step, |log| log.attempts.push(at)),
            Mark::Done(step) | Mark::Fail(step) => {
                let done = matches!(mark, Mark::Done(_));
                let outcome = if done { "completed" } else { "failed" };
                self.step(step, |log| log.outcome = Some((at, outcome)));
                if self.waiting == Waiting::Step(step) {
                    self.waiting = Waiting::Nothing;
                }
            }
            Mark::Undo(step) => {
                self.waiting = Waiting::Undo(step);
                self.step(step, |log| log.undo = Some((at, None)));
            }
            Mark::Undone(step) => {
                self.step(step, |log| {
                    let begun = log.undo.map_or(at, |(begun, _)| begun);
                    log.undo = Some((begun, Some(at)));
                });
                if self.waiting == Waiting::Undo(step) {
                    self.waiting = Waiting::Nothing;
                }
            }
            Mark::Now(status) => self.turn(at, position, status),
        }
    }

    fn step(&mut self, step: usize, change: impl FnOnce(&mut StepLog)) {
        if let Some(log) = self.steps.iter_mut().rev().find(|log| log.step == step) {
            change(log);
        }
    }

    /// Its status at a moment at which nothing more is known than now.
    fn as_of(&self, at: Timestamp, process: &Process) -> Status {
        let silent = at.micros() - self.last.micros();
        let waits = matches!(self.status, Status::Running | Status::Compensating);
        if waits && silent > self.patience(process).as_micros() as i64 {
            Status::Stuck
        } else {
            self.status
        }
    }

    fn patience(&self, process: &Process) -> Duration {
        match self.waiting {
            Waiting::Step(step) | Waiting::Undo(step) => process.steps[step].timeout,
            Waiting::Nothing => process.timeout,
        }
    }

    fn waiting_for(&self, process: &Process) -> Option<&'static str> {
        match self.waiting {
            Waiting::Step(step) => Some(process.steps[step].name),
            Waiting::Undo(step) => process.steps[step].compensation.first().copied(),
            Waiting::Nothing => None,
        }
    }

    fn told(&self, process: &Process, status: Status) -> Value {
        let steps = self.steps.iter().map(|log| {
            let step = &process.steps[log.step];
            let compensation = log
                .undo
                .map(|(started, ended)| json!({ "started": started, "ended": ended }));
            json!({
                "name": step.name,
                "participant": step.participant,
                "status": log.outcome.map_or("running", |(_, outcome)| outcome),
                "started": log.attempts[0],
                "ended": log.outcome.map(|(at, _)| at),
                "attempts": log.attempts,
                "compensation": compensation,
            })
        });
        let failure = self.failure.map(|(failure, position)| {
            json!({ "class": failure.class, "reason": failure.reason, "position": position })
        });
        let duration = self
            .ended
            .map(|at| (at.micros() - self.started.micros()) / 1000);
        json!({
            "id": self.about,
            "type": process.id,
            "kind": process.style,
            "correlation_id": self.correlation,
            "root": self.root,
            "status": status,
            "started": self.started,
            "ended": self.ended,
            "duration_ms": duration,
            "last_event": self.last,
            "events": self.events,
            "steps": steps.collect::<Vec<_>>(),
            "failure": failure,
            "statuses": self.statuses,
            "at": self.at,
        })
    }
}
