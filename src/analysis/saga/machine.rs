//! What events mean for a process: a machine that takes the types of an instance's events one by one
//! and says what begins, ends, turns and is undone. Knows no event, no time and no log, so that
//! instances with the same history share one verdict.

use super::definition::{Definition, Style};
use super::sequence::Meaning;
use super::standings::{Left, Oddity, Outcome, Status, Undoing, Waiting};
use super::{failure, mining};
use crate::log::Log;

/// What an event's type means, in the order in which it is considered. Steps by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Success(u16),
    Failure(u16),
    Undone(u16),
    Retry(u16),
    TurnBack,
    Begin(u16),
    Park,
    Resume,
    Complete,
    Cancel,
}

/// What an event has changed. A run is one going through a step, by the order in which they began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A run of this step begins.
    Began(u16),
    /// Another attempt of a run begins.
    Again(usize),
    /// A run has ended.
    Ended(usize, Outcome),
    /// What undoes a run is waited for.
    Undoing(usize),
    /// A run is undone.
    Undone(usize),
    /// A compensation of a run, or of none, is odd.
    Odd(Option<usize>, Oddity),
    /// The event tells of something that went wrong.
    Wrong,
    /// The status is another one.
    Turned(Status),
}

/// A definition, by the numbers that types have in a log.
#[derive(Clone, Debug)]
pub struct Machine {
    style: Style,
    /// By type.
    roles: Vec<Box<[Role]>>,
    /// By type: whether the definition does not name it, and it is called a failure.
    failing: Vec<bool>,
    /// Which steps can be undone.
    undoable: Vec<bool>,
    /// Types that end it well once all of them have come: no more than there are bits.
    together: Vec<u32>,
    /// Which steps end with nothing but those.
    effects: Vec<bool>,
}

/// As many types may end a process together as there are bits.
const TOGETHER: usize = u64::BITS as usize;

/// One run of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunState {
    /// Which step.
    pub step: u16,
    /// How it stands.
    pub outcome: Outcome,
    /// How far it is undone.
    pub undoing: Undoing,
}

/// How an instance stands after some of its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Apart from its silence.
    pub status: Status,
    /// What is waited for.
    pub waiting: Waiting,
    /// In order of their beginning.
    pub runs: Vec<RunState>,
    /// On its way back, also while it is parked.
    turned: bool,
    /// The run that is to be undone next, where its command is still to come.
    pending: Option<usize>,
    /// Which of the types have come that end it together, a bit each.
    together: u64,
}

impl Machine {
    /// The definition by the numbers of `log`.
    #[must_use]
    pub fn new(definition: &Definition, log: &Log) -> Self {
        let mut roles: Vec<Vec<Role>> = vec![Vec::new(); log.types().len()];
        let mut name = |types: &[String], role: Role| {
            for found in types.iter().filter_map(|name| log.types().find(name)) {
                roles[found as usize].push(role);
            }
        };
        for (step, number) in definition.steps.iter().zip(0..) {
            name(&step.begins, Role::Begin(number));
            name(&step.success, Role::Success(number));
            name(&step.retry, Role::Retry(number));
            name(&step.failure, Role::Failure(number));
            name(&step.compensation, Role::Undone(number));
        }
        name(&definition.turned_back, Role::TurnBack);
        name(&definition.end.completed, Role::Complete);
        name(&definition.end.cancelled, Role::Cancel);
        name(&definition.parking.parked, Role::Park);
        name(&definition.parking.resumed, Role::Resume);
        let sorted = roles.into_iter().map(|mut roles| {
            roles.sort_unstable();
            roles.into_boxed_slice()
        });
        let roles: Vec<Box<[Role]>> = sorted.collect();
        let failing = roles.iter().zip(0..).map(|(roles, kind)| {
            let name = log.types().get(kind);
            roles.is_empty() && mining::told(name).failed && !failure::passes(name)
        });
        // A type that the store does not have never comes.
        let together = definition.end.together.iter().take(TOGETHER);
        let together = together.map(|name| log.types().find(name).unwrap_or(u32::MAX));
        let steps = definition.steps.iter();
        let effects = steps.clone().map(|step| {
            let mut success = step.success.iter();
            success.all(|own| definition.end.together.contains(own))
        });
        Self {
            effects: effects.collect(),
            style: definition.style,
            failing: failing.collect(),
            roles,
            undoable: steps.map(|step| !step.compensation.is_empty()).collect(),
            together: together.collect(),
        }
    }

    fn roles(&self, event_type: u32) -> &[Role] {
        let roles = self.roles.get(event_type as usize);
        roles.map_or(&[], |roles| roles)
    }

    /// What a type means where nothing more is known than it.
    #[must_use]
    pub fn meaning(&self, event_type: u32) -> Meaning {
        let mut meaning = match self.failing.get(event_type as usize) {
            Some(true) => Meaning::Failure,
            _ => Meaning::Plain,
        };
        for role in self.roles(event_type) {
            match role {
                Role::Undone(_) | Role::Cancel => return Meaning::Undoing,
                Role::Failure(_) | Role::Retry(_) | Role::TurnBack => meaning = Meaning::Failure,
                _ => {}
            }
        }
        meaning
    }

    /// The step that an orchestrator begins with a type, its command.
    #[must_use]
    pub fn begun_by(&self, event_type: u32) -> Option<u16> {
        let mut roles = self.roles(event_type).iter();
        roles.find_map(|role| match role {
            Role::Begin(step) => Some(*step),
            _ => None,
        })
    }

    /// Whether a type is the command that an orchestrator begins a step with.
    #[must_use]
    pub fn begins(&self, event_type: u32) -> bool {
        self.begun_by(event_type).is_some()
    }
}

/// An instance while its events are taken in, and who hears of each change.
struct Taking<'a, F> {
    machine: &'a Machine,
    state: &'a mut State,
    tell: F,
}

impl State {
    /// What is left to come.
    #[must_use]
    pub(super) fn left(&self, machine: &Machine) -> Left {
        let mut open = (self.runs.iter()).filter(|run| run.outcome == Outcome::Running);
        let effects = |run: &RunState| machine.effects[usize::from(run.step)];
        match self.together != 0 && self.waiting != Waiting::Nothing && open.all(effects) {
            true => Left::Effects,
            false => Left::Work,
        }
    }

    /// Takes in the type of the next event. The first event of a group that says the same again is
    /// left out by whoever calls.
    pub fn take(&mut self, machine: &Machine, event_type: u32, tell: impl FnMut(Change)) {
        let mut taking = Taking {
            machine,
            state: self,
            tell,
        };
        taking.take(event_type);
    }
}

impl<F: FnMut(Change)> Taking<'_, F> {
    fn take(&mut self, event_type: u32) {
        self.act(event_type);
        let types = &self.machine.together;
        if let Some(place) = types.iter().position(|own| *own == event_type) {
            self.state.together |= 1 << place;
            if self.state.together == u64::MAX >> (TOGETHER - types.len()) {
                self.turn(Status::Completed);
            }
        }
    }

    fn act(&mut self, event_type: u32) {
        let roles = self.machine.roles(event_type);
        if roles.is_empty() {
            // It does not name the failures of what undoes either, and those went wrong all the same.
            let fails = self.machine.failing.get(event_type as usize);
            if fails == Some(&true) && !self.state.status.is_end() {
                (self.tell)(Change::Wrong);
            }
            // A definition does not name the commands that undo.
            if let Some(run) = self.state.pending.take() {
                self.begin_undoing(run);
            }
            return;
        }
        for role in roles {
            match *role {
                Role::Success(step) => self.end(step, Outcome::Completed),
                Role::Failure(step) => self.fail(step),
                Role::Undone(step) => self.undone(step),
                Role::Retry(step) => self.retry(step),
                Role::TurnBack => {
                    if !self.state.turned {
                        (self.tell)(Change::Wrong);
                    }
                    self.turn_back();
                }
                Role::Begin(step) => self.begin(step),
                Role::Park => self.turn(Status::Parked),
                Role::Resume => self.resume(),
                Role::Complete => self.turn(Status::Completed),
                Role::Cancel => self.cancel(),
            }
        }
    }

    fn latest(&self, step: u16) -> Option<usize> {
        let runs = self.state.runs.iter();
        runs.rev()
            .position(|run| run.step == step)
            .map(|back| self.state.runs.len() - 1 - back)
    }

    fn begin(&mut self, step: u16) {
        if self.state.status.is_end() {
            return;
        }
        if let Some(run) = self.latest(step)
            && self.state.runs[run].outcome == Outcome::Running
        {
            return (self.tell)(Change::Again(run));
        }
        self.add(step);
        self.state.waiting = Waiting::Step(step);
    }

    fn add(&mut self, step: u16) -> usize {
        self.state.runs.push(RunState {
            step,
            outcome: Outcome::Running,
            undoing: Undoing::No,
        });
        (self.tell)(Change::Began(step));
        self.state.runs.len() - 1
    }

    fn end(&mut self, step: u16, outcome: Outcome) {
        // What nobody saw begin began with its end.
        let run = self.latest(step).unwrap_or_else(|| self.add(step));
        let state = &mut self.state.runs[run];
        if state.outcome == outcome || state.undoing == Undoing::Done {
            return;
        }
        state.outcome = outcome;
        (self.tell)(Change::Ended(run, outcome));
        if self.state.waiting == Waiting::Step(step) {
            self.wait_for_another();
        }
    }

    /// Of several steps at a time the one that began last is waited for.
    fn wait_for_another(&mut self) {
        let mut open = self.state.runs.iter().rev();
        let open = open.find(|run| run.outcome == Outcome::Running);
        self.state.waiting = open.map_or(Waiting::Nothing, |run| Waiting::Step(run.step));
    }

    fn fail(&mut self, step: u16) {
        if self.state.status.is_end() {
            return;
        }
        (self.tell)(Change::Wrong);
        self.end(step, Outcome::Failed);
        // Where nothing was done there is nothing to go back to.
        if self.to_undo().is_some() {
            self.turn_back();
        }
    }

    fn retry(&mut self, step: u16) {
        if self.machine.style == Style::Orchestration {
            // There the next attempt is the next command, and this is an answer to the last.
            return (self.tell)(Change::Wrong);
        }
        if let Some(run) = self.latest(step)
            && self.state.runs[run].outcome == Outcome::Running
        {
            (self.tell)(Change::Again(run));
        }
    }

    fn turn(&mut self, status: Status) {
        if self.state.status == status || self.state.status.is_end() {
            return;
        }
        self.state.status = status;
        if !matches!(status, Status::Running | Status::Parked) {
            for run in 0..self.state.runs.len() {
                if self.state.runs[run].outcome == Outcome::Running {
                    self.state.runs[run].outcome = Outcome::Abandoned;
                    (self.tell)(Change::Ended(run, Outcome::Abandoned));
                }
            }
            if let Waiting::Step(_) = self.state.waiting {
                self.state.waiting = Waiting::Nothing;
            }
        }
        if status.is_end() {
            self.state.waiting = Waiting::Nothing;
            self.state.pending = None;
        }
        (self.tell)(Change::Turned(status));
    }

    fn turn_back(&mut self) {
        self.turn(Status::Compensating);
        if !self.state.turned && !self.state.status.is_end() {
            self.state.turned = true;
            self.undo_next();
        }
    }

    /// The run that is undone next: what was done last is undone first.
    fn to_undo(&self) -> Option<usize> {
        let runs = &self.state.runs;
        (0..runs.len()).rev().find(|run| {
            let RunState {
                step,
                outcome,
                undoing,
            } = runs[*run];
            let undoable = self.machine.undoable[usize::from(step)];
            undoable && outcome == Outcome::Completed && undoing != Undoing::Done
        })
    }

    fn undo_next(&mut self) {
        match (self.to_undo(), self.machine.style) {
            (Some(run), Style::Choreography) => self.begin_undoing(run),
            (next, _) => self.state.pending = next,
        }
    }

    fn begin_undoing(&mut self, run: usize) {
        let state = &mut self.state.runs[run];
        state.undoing = Undoing::Begun;
        self.state.waiting = Waiting::Undo(state.step);
        (self.tell)(Change::Undoing(run));
    }

    fn undone(&mut self, step: u16) {
        let Some(run) = self.latest(step) else {
            return (self.tell)(Change::Odd(None, Oddity::BeforeItsStep));
        };
        let RunState {
            outcome, undoing, ..
        } = self.state.runs[run];
        if undoing == Undoing::Done {
            return (self.tell)(Change::Odd(Some(run), Oddity::Twice));
        }
        if outcome != Outcome::Completed {
            return (self.tell)(Change::Odd(Some(run), Oddity::BeforeItsStep));
        }
        if undoing == Undoing::No {
            self.state.pending = None;
            (self.tell)(Change::Undoing(run));
        }
        self.state.runs[run].undoing = Undoing::Done;
        (self.tell)(Change::Undone(run));
        if self.state.waiting == Waiting::Undo(step) {
            self.state.waiting = Waiting::Nothing;
        }
        if self.state.status.is_end() {
            return;
        }
        self.turn(Status::Compensating);
        self.state.turned = true;
        self.undo_next();
    }

    fn resume(&mut self) {
        if self.state.status != Status::Parked {
            return;
        }
        if !self.state.turned {
            return self.turn(Status::Running);
        }
        self.turn(Status::Compensating);
        self.undo_next();
    }

    fn cancel(&mut self) {
        if self.state.status.is_end() {
            return;
        }
        let undone = self
            .state
            .runs
            .iter()
            .any(|run| run.undoing == Undoing::Done);
        let all = undone && self.to_undo().is_none();
        self.turn(if all {
            Status::Compensated
        } else {
            Status::Failed
        });
    }
}
