//! An instance while its events are taken in one by one: what each begins, ends, turns and undoes.

use super::super::definition::Style;
use super::super::standings::{Oddity, Outcome, Status, Undoing, Waiting};
use super::{Change, Machine, Role, RunState, State, TOGETHER, Wrong};

/// Whether a failure is an end of the process, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    It,
    Not,
}

/// An instance while its events are taken in, and who hears of each change.
pub(super) struct Taking<'a, F> {
    machine: &'a Machine,
    state: &'a mut State,
    tell: F,
}

impl<'a, F: FnMut(Change)> Taking<'a, F> {
    pub fn new(machine: &'a Machine, state: &'a mut State, tell: F) -> Self {
        Self {
            machine,
            state,
            tell,
        }
    }

    pub fn take(&mut self, event_type: u32) {
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
                self.went_wrong(event_type, Wrong::Attempt);
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
                Role::Failure(step) => {
                    let is_last = match roles.contains(&Role::Cancel) {
                        true => Last::It,
                        false => Last::Not,
                    };
                    self.fail(event_type, step, is_last);
                }
                Role::Undone(step) => self.undone(step),
                Role::Retry(step) => self.retry(event_type, step),
                Role::TurnBack => {
                    // What answers to a failure is not another one.
                    if !self.state.turned && self.state.wrong == Wrong::Nothing {
                        self.went_wrong(event_type, Wrong::Told);
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

    /// Something failed. Of one on its way back it may be what undoes something; what is said again of a
    /// failure that was told, by whoever answers to it, is no news, nor is what else fails on the way back.
    fn went_wrong(&mut self, event_type: u32, how: Wrong) {
        if let Some(run) = self.hindered_by(event_type) {
            return (self.tell)(Change::Hindered(run));
        }
        match (self.state.turned, self.state.wrong) {
            // What turned it back was recorded later than the turn.
            (true, Wrong::Nothing) | (false, Wrong::Nothing | Wrong::Attempt) => {
                self.state.wrong = how;
                (self.tell)(Change::Wrong);
            }
            (true, _) | (false, Wrong::Told) => {}
        }
    }

    /// Whether something is being undone, or is about to be.
    fn is_undoing(&self) -> bool {
        let begun = |run: &RunState| run.undoing == Undoing::Begun;
        self.state.pending.is_some() || self.state.runs.iter().any(begun)
    }

    /// The run that is not undone because of a failure, where that tells of undoing it.
    fn hindered_by(&self, event_type: u32) -> Option<usize> {
        let steps = self.machine.hinders.get(event_type as usize)?;
        if steps.is_empty() || !self.state.turned || !self.is_undoing() {
            return None;
        }
        let runs = &self.state.runs;
        (0..runs.len()).rev().find(|run| {
            let own = &runs[*run];
            let is_open = own.outcome == Outcome::Completed && own.undoing != Undoing::Done;
            is_open && steps.contains(&own.step)
        })
    }

    /// Whether something that was undone has been begun anew since, and nothing is being undone.
    fn is_anew(&self) -> bool {
        let runs = &self.state.runs;
        let undone = runs.iter().position(|run| run.undoing == Undoing::Done);
        let anew = undone.is_some_and(|at| {
            let mut later = runs[at + 1..].iter();
            later.any(|later| later.step == runs[at].step)
        });
        anew && !self.is_undoing()
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
        let again = self.latest(step);
        if again.is_some_and(|run| self.state.runs[run].outcome == Outcome::Failed) {
            // Whoever begins it anew has not taken that failure for the last.
            self.state.wrong = Wrong::Attempt;
        }
        self.add(step);
        if !self.machine.beside[usize::from(step)] {
            self.state.waiting = Waiting::Step(step);
        }
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
        let is_well = outcome == Outcome::Completed && !self.machine.beside[usize::from(step)];
        if is_well && !self.state.turned {
            self.state.wrong = Wrong::Nothing;
        }
        (self.tell)(Change::Ended(run, outcome));
        if self.state.waiting == Waiting::Step(step) {
            self.wait_for_another();
        }
    }

    /// Of several steps at a time the one that began last is waited for.
    fn wait_for_another(&mut self) {
        let beside = &self.machine.beside;
        let mut open = self.state.runs.iter().rev();
        let open =
            open.find(|run| run.outcome == Outcome::Running && !beside[usize::from(run.step)]);
        self.state.waiting = open.map_or(Waiting::Nothing, |run| Waiting::Step(run.step));
    }

    fn fail(&mut self, event_type: u32, step: u16, is_last: Last) {
        if self.state.status.is_end() {
            return;
        }
        // What was given up when it turned back undoes nothing, nor does what ends it.
        let latest = self.latest(step);
        let latest = latest.map(|run| self.state.runs[run].outcome);
        let given_up = latest == Some(Outcome::Abandoned);
        if self.state.turned && latest == Some(Outcome::Running) && self.is_anew() {
            // That it was undone before is another story.
            self.state.wrong = Wrong::Told;
            (self.tell)(Change::Wrong);
        } else if !self.state.turned
            || self.state.wrong == Wrong::Nothing
            || !(given_up || is_last == Last::It)
        {
            self.went_wrong(event_type, Wrong::Told);
        }
        self.end(step, Outcome::Failed);
        // Where nothing was done there is nothing to go back to.
        if is_last == Last::Not && self.to_undo().is_some() {
            self.turn_back();
        }
    }

    fn retry(&mut self, event_type: u32, step: u16) {
        if self.machine.style == Style::Orchestration {
            // There the next attempt is the next command, and this is an answer to the last.
            return self.went_wrong(event_type, Wrong::Attempt);
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
