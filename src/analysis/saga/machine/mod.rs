//! What events mean for a process: a machine that takes the types of an instance's events one by one
//! and says what begins, ends, turns and is undone. Knows no event, no time and no log, so that
//! instances with the same history share one verdict.

use super::definition::{Definition, Heed, Style};
use super::sequence::Meaning;
use super::standings::{Course, Left, Oddity, Outcome, Status, Undoing, Waiting};
use super::{failure, mining};
use crate::log::Log;

mod taking;

use taking::Taking;

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
    /// The event tells that a run which was to be undone could not be.
    Hindered(usize),
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
    /// By type: the steps of which it may tell that they could not be undone.
    hinders: Vec<Box<[u16]>>,
    /// Which steps can be undone.
    undoable: Vec<bool>,
    /// Types that end it well once all of them have come: no more than there are bits.
    together: Vec<u32>,
    /// Which steps end with nothing but those.
    effects: Vec<bool>,
    /// Which steps nothing waits for.
    beside: Vec<bool>,
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
    /// Whether something went wrong after which nothing has gone well.
    wrong: Wrong,
}

/// What went wrong after which nothing has gone well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wrong {
    #[default]
    Nothing,
    /// Something after which another attempt may come; what turns the process back because of it is no news.
    Attempt,
    /// Something failed for good: what else fails because of it is no news either.
    Told,
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
        let failing: Vec<bool> = failing.collect();
        let hinders = hinders(definition, log, (&roles, &failing));
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
            beside: (steps.clone().map(|step| step.heed == Heed::Beside)).collect(),
            style: definition.style,
            failing,
            hinders,
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

    /// Whether all that a type tells of is steps that nothing waits for.
    #[must_use]
    pub(super) fn is_beside(&self, event_type: u32) -> bool {
        let beside = |step: &u16| self.beside[usize::from(*step)];
        let roles = self.roles(event_type);
        let mut told = roles.iter();
        let ends_together = || self.together.contains(&event_type);
        !roles.is_empty()
            && told.all(|role| match role {
                Role::Success(step) | Role::Failure(step) | Role::Retry(step) => beside(step),
                _ => false,
            })
            && !ends_together()
    }

    /// What that is waited for goes on with a type.
    pub(super) fn goes_on_with(&self, event_type: u32) -> impl Iterator<Item = Waiting> + '_ {
        let roles = self.roles(event_type).iter();
        roles.filter_map(|role| match role {
            Role::Success(step) | Role::Failure(step) | Role::Retry(step) => {
                Some(Waiting::Step(*step))
            }
            Role::Undone(step) => Some(Waiting::Undo(*step)),
            _ => None,
        })
    }

    /// The step that an orchestrator begins with a type, its command.
    #[must_use]
    pub fn begun_by(&self, event_type: u32) -> Option<u16> {
        self.all_begun_by(event_type).next()
    }

    /// All steps that begin with a type.
    pub(super) fn all_begun_by(&self, event_type: u32) -> impl Iterator<Item = u16> + '_ {
        let roles = self.roles(event_type).iter();
        roles.filter_map(|role| match role {
            Role::Begin(step) => Some(*step),
            _ => None,
        })
    }

    /// The steps that begin with a type and are waited for.
    pub(super) fn awaited_after(&self, event_type: u32) -> impl Iterator<Item = u16> + '_ {
        let all = self.all_begun_by(event_type);
        all.filter(|step| !self.beside[usize::from(*step)])
    }

    /// Whether a type is the command that an orchestrator begins a step with.
    #[must_use]
    pub fn begins(&self, event_type: u32) -> bool {
        self.begun_by(event_type).is_some()
    }
}

/// By type: the steps of which it may tell that they could not be undone. Such a failure is one of the step
/// itself, or is called after what was done or after what undoes it: nobody declares it.
fn hinders(
    definition: &Definition,
    log: &Log,
    (roles, failing): (&[Box<[Role]>], &[bool]),
) -> Vec<Box<[u16]>> {
    let steps = definition.steps.iter().zip(0..);
    let undoable = steps.filter(|(step, _)| !step.compensation.is_empty());
    let undoable = undoable.map(|(step, number)| {
        let names = step.compensation.iter().chain(&step.success);
        let words = names.map(|name| mining::words(name));
        (number, words.collect::<Vec<Vec<String>>>())
    });
    let undoable: Vec<(u16, Vec<Vec<String>>)> = undoable.collect();
    let own = roles.iter().zip(failing).zip(0..);
    let all = own.map(|((roles, failing), kind)| -> Box<[u16]> {
        let fails = |role: &Role| matches!(role, Role::Failure(_) | Role::Retry(_));
        if undoable.is_empty() || !(*failing || roles.iter().any(fails)) {
            return Box::default();
        }
        let words = mining::words(log.types().get(kind));
        let hinders = undoable.iter().filter(|(number, names)| {
            let of_it = [Role::Failure(*number), Role::Retry(*number)];
            let is_own = |role: &Role| of_it.contains(role);
            let akin = |name: &Vec<String>| mining::kin(&words, name) > 0;
            roles.iter().any(is_own) || names.iter().any(akin)
        });
        hinders.map(|(number, _)| *number).collect()
    });
    all.collect()
}

impl State {
    /// Whether nothing has gone wrong that something did not go well after.
    #[must_use]
    pub(super) fn is_well(&self) -> bool {
        !self.turned && self.wrong == Wrong::Nothing
    }

    /// Whether the latest run of a step has not ended.
    #[must_use]
    pub(super) fn is_running(&self, step: u16) -> bool {
        let latest = self.runs.iter().rev().find(|run| run.step == step);
        latest.is_some_and(|run| run.outcome == Outcome::Running)
    }

    /// What is left to come.
    #[must_use]
    pub(super) fn left(&self, machine: &Machine) -> Left {
        let awaited = |run: &&RunState| !machine.beside[usize::from(run.step)];
        let open = (self.runs.iter()).filter(|run| run.outcome == Outcome::Running);
        let mut open = open.filter(awaited);
        let effects = |run: &RunState| machine.effects[usize::from(run.step)];
        match self.together != 0 && self.waiting != Waiting::Nothing && open.all(effects) {
            true => Left::Effects,
            false => Left::Work,
        }
    }

    /// Whether a step failed for good that something waited for, and nothing in particular is to come.
    #[must_use]
    pub(super) fn course(&self, machine: &Machine) -> Course {
        let failed = |(at, run): (usize, &RunState)| {
            let mut later = self.runs[at + 1..].iter();
            run.outcome == Outcome::Failed
                && !machine.beside[usize::from(run.step)]
                && !later.any(|later| later.step == run.step)
        };
        match self.waiting == Waiting::Nothing && self.runs.iter().enumerate().any(failed) {
            true => Course::Failed,
            false => Course::Usual,
        }
    }

    /// Whether it is on its way back, also while it is parked.
    #[must_use]
    pub const fn goes_back(&self) -> bool {
        self.turned
    }

    /// Takes in the type of the next event. The first event of a group that says the same again is
    /// left out by whoever calls.
    pub fn take(&mut self, machine: &Machine, event_type: u32, tell: impl FnMut(Change)) {
        Taking::new(machine, self, tell).take(event_type);
    }
}
