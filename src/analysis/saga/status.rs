//! How instances stand as of a moment: what their histories mean, and whether they are silent for too
//! long.

use std::sync::Arc;

use hashbrown::HashMap;

use super::basis::Basis;
use super::definition::Definition;
use super::instances::{AtMoment, Seen};
use super::machine::{Machine, State};
use super::paths::{Label, Node, Paths, ROOT};
use super::report::Asking;
use super::standings::{Left, Point, Status, Unsure, Waiting};
use super::usual::{self, Until, Usual};
use crate::log::Log;
use crate::model::{Cancelled, Task};

/// A process as instances are judged by it.
#[derive(Clone, Debug)]
pub struct Process {
    /// What it is.
    pub definition: Definition,
    /// By what it is told who leads it.
    pub basis: Basis,
    pub(super) machine: Machine,
}

impl Process {
    /// A process by the numbers of `log`.
    #[must_use]
    pub fn new(definition: Definition, basis: Basis, log: &Log) -> Self {
        Self {
            machine: Machine::new(&definition, log),
            definition,
            basis,
        }
    }

    /// How long an instance may be silent that waits for that, as far as that is declared.
    pub(super) fn patience(&self, waiting: Waiting) -> Option<i64> {
        let step = match waiting {
            Waiting::Step(step) | Waiting::Undo(step) => {
                self.definition.steps[usize::from(step)].timeout
            }
            Waiting::Nothing => None,
        };
        step.or(self.definition.timeout)
            .map(|timeout| timeout.0.micros())
    }

    /// What is waited for, in the definition's words: a step, or the event type that undoes one.
    pub(super) fn waiting_for(&self, waiting: Waiting) -> Option<&str> {
        let step = |step: u16| &self.definition.steps[usize::from(step)];
        match waiting {
            Waiting::Step(number) => Some(&step(number).name),
            Waiting::Undo(number) => step(number).compensation.first().map(String::as_str),
            Waiting::Nothing => None,
        }
    }
}

/// All processes of a store as of a moment.
#[derive(Clone, Debug)]
pub struct Processes {
    /// Each of them.
    pub all: Vec<Process>,
    /// By the type that an instance begins with, and the category of the stream that it is: which it is,
    /// where there are several.
    pub(super) by_start: Option<HashMap<(u32, Option<u32>), u16>>,
}

impl Processes {
    /// The only one.
    #[must_use]
    pub fn only(definition: Definition, log: &Log) -> Self {
        Self {
            all: vec![Process::new(definition, Basis::Declared, log)],
            by_start: None,
        }
    }

    /// Whether these mean the same by each history.
    pub(super) fn judges_like(&self, other: &Self) -> bool {
        let definitions = |all: &Self| {
            let all = all.all.iter();
            all.map(|process| process.definition.clone())
                .collect::<Vec<_>>()
        };
        self.by_start == other.by_start && definitions(self) == definitions(other)
    }

    /// Which an instance is of that begins so; none where such are no process.
    fn of(&self, first: Label) -> Option<u16> {
        match &self.by_start {
            None => Some(0),
            Some(by_start) => {
                let start = (first.event_type(), first.category());
                by_start.get(&start).copied()
            }
        }
    }
}

/// What a history means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The process; none where its instances are no process.
    pub process: Option<u16>,
    /// Apart from its silence.
    pub status: Status,
    pub waiting: Waiting,
    pub left: Left,
    /// Whether all that its last event set going is still going: it may be a copy of one that came before.
    pub is_even: bool,
    /// Its last event, but for those for which nothing waits.
    pub last: Point,
    /// The history with whose last event it ended; the root where it has not.
    pub ended: Node,
}

/// By node: what its history means.
#[derive(Clone, Debug)]
pub(super) struct Verdicts {
    below: Option<Arc<Verdicts>>,
    first: u32,
    own: Vec<Verdict>,
}

impl Verdicts {
    /// Those of a tree's own nodes; of the nodes of a tree below it those in `below`.
    pub fn new(
        paths: &Paths,
        processes: &Processes,
        below: Option<Arc<Self>>,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let first = below.as_ref().map_or(0, |below| below.len());
        let mut own = Vec::with_capacity(paths.len() - first as usize);
        let mut history = History::default();
        let mut at = ROOT;
        for node in first..paths.len() as u32 {
            if node % 4096 == 0 {
                task.check()?;
            }
            if node == ROOT {
                own.push(Verdict::default());
                continue;
            }
            let (before, label) = paths.step(node);
            if before != at || before == ROOT {
                history = History::default();
                for label in paths.labels(before) {
                    history.take(processes, label);
                }
            }
            history.take(processes, label);
            at = node;
            let earlier = match (before.checked_sub(first), &below) {
                (Some(before), _) => own[before as usize],
                (None, Some(below)) => below.of(before),
                (None, None) => Verdict::default(),
            };
            let status = history.state.status;
            let process = history.process.flatten();
            let left = process.map(|process| {
                let machine = &processes.all[usize::from(process)].machine;
                history.state.left(machine)
            });
            let is_even = process.is_some_and(|process| {
                let machine = &processes.all[usize::from(process)].machine;
                let mut begun = machine.awaited_after(history.last);
                begun.all(|step| history.state.is_running(step))
            });
            let course = process.map(|process| {
                let machine = &processes.all[usize::from(process)].machine;
                history.state.course(machine)
            });
            own.push(Verdict {
                process,
                status,
                left: left.unwrap_or_default(),
                is_even,
                last: Point {
                    event_type: history.last,
                    course: course.unwrap_or_default(),
                },
                waiting: history.state.waiting,
                ended: match earlier.ended {
                    ROOT if status.is_end() => node,
                    ended => ended,
                },
            });
        }
        Ok(Self { below, first, own })
    }

    fn len(&self) -> u32 {
        self.first + self.own.len() as u32
    }

    pub fn of(&self, node: Node) -> Verdict {
        match (node.checked_sub(self.first), &self.below) {
            (Some(own), _) => self.own[own as usize],
            (None, Some(below)) => below.of(node),
            (None, None) => Verdict::default(),
        }
    }
}

/// A history while it is gone through.
#[derive(Default)]
struct History {
    state: State,
    /// The process, once the first event has told which it is.
    process: Option<Option<u16>>,
    last: u32,
}

impl History {
    fn take(&mut self, processes: &Processes, label: Label) {
        let event_type = label.event_type();
        let process = self.process.get_or_insert_with(|| processes.of(label));
        let Some(process) = *process else { return };
        let machine = &processes.all[usize::from(process)].machine;
        if !label.is_again() {
            self.state.take(machine, event_type, |_| {});
        }
        if !machine.is_beside(event_type) {
            self.last = event_type;
        }
    }
}

/// An instance's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Its last event, in microseconds.
    pub since: i64,
    /// How long it lasts at the moment.
    pub lasts: i64,
    /// How long it may last.
    pub allowed: i64,
}

/// All instances as of a moment, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which they are.
    pub at: AtMoment,
    /// By what they are judged.
    pub processes: Arc<Processes>,
    pub(super) verdicts: Verdicts,
    /// By process: what is usual in it.
    pub usual: Vec<Usual>,
    /// The moment up to which silence is measured, in microseconds; none in a store without times.
    pub(super) now: Option<i64>,
    /// How long each may be silent, where somebody says so, in microseconds.
    pub(super) said: Option<i64>,
}

impl Judged {
    /// `at`, judged by `processes`. Silence is measured up to `now`, and by `said` if somebody says how
    /// long is too long.
    pub(super) fn new(
        asking: Asking<'_>,
        at: AtMoment,
        (processes, below): (Arc<Processes>, Arc<Verdicts>),
        (now, said): (Option<i64>, Option<i64>),
    ) -> Result<Self, Cancelled> {
        let verdicts = Verdicts::new(&at.paths, &processes, Some(below), asking.task)?;
        let usual = usual::of(asking, &at, (&*processes, &verdicts))?;
        Ok(Self {
            at,
            processes,
            verdicts,
            usual,
            now,
            said,
        })
    }

    pub(super) fn verdict(&self, seen: &Seen) -> Verdict {
        self.settled(self.verdicts.of(seen.node))
    }

    /// What a history means. Where one event has set several steps going at once, nobody has said in which order
    /// they end: then that is waited for which went on first most often, in order of the log.
    pub(super) fn settled(&self, mut verdict: Verdict) -> Verdict {
        let Some((process, Waiting::Step(own))) = verdict.process.zip(Some(verdict.waiting)) else {
            return verdict;
        };
        let process = usize::from(process);
        let (own_process, usual) = (&self.processes.all[process], &self.usual[process]);
        let begun = || own_process.machine.awaited_after(verdict.last.event_type);
        if !own_process.basis.is_mined()
            || !verdict.is_even
            || begun().nth(1).is_none()
            || !begun().any(|step| step == own)
        {
            return verdict;
        }
        let went_on = |step: u16| usual.went_on(verdict.last, Waiting::Step(step));
        let mut first = own;
        for step in begun() {
            if went_on(step) > went_on(first) {
                first = step;
            }
        }
        verdict.waiting = Waiting::Step(first);
        verdict
    }

    /// The number of the process that an instance is of.
    #[must_use]
    pub fn process_number(&self, seen: &Seen) -> Option<u16> {
        self.verdict(seen).process
    }

    /// The process that an instance is of; none where such are no process.
    #[must_use]
    pub fn process(&self, seen: &Seen) -> Option<&Process> {
        let process = self.verdict(seen).process?;
        Some(&self.processes.all[usize::from(process)])
    }

    /// How long an instance may be silent whose history means that.
    pub(super) fn patience(&self, verdict: Verdict) -> Option<i64> {
        let process = &self.processes.all[usize::from(verdict.process?)];
        let declared = || process.patience(verdict.waiting);
        // What nothing goes on from is not what it hangs on.
        let is_sure = verdict.left == Left::Work || !process.basis.is_mined();
        let usual = || self.usual(verdict).filter(|_| is_sure);
        self.said.or_else(declared).or_else(usual)
    }

    /// How long instances are usually silent at most whose histories mean that.
    fn usual(&self, verdict: Verdict) -> Option<i64> {
        let usual = &self.usual[usize::from(verdict.process?)];
        usual.patience(usual.until(verdict.last, verdict.waiting)?.wait)
    }

    /// What an instance is silent before usually, and for how long; none of one that has ended.
    #[must_use]
    pub fn until(&self, seen: &Seen) -> Option<Until> {
        let verdict = self.verdict(seen);
        let process = verdict.process.filter(|_| !verdict.status.is_end())?;
        self.usual[usize::from(process)].until(verdict.last, verdict.waiting)
    }

    /// The silence of an instance that has not ended, up to the moment.
    pub(super) fn silent(&self, log: &Log, seen: &Seen) -> Option<(i64, i64)> {
        let since = self.at.last_time(log, seen)?;
        Some((since, self.now?.saturating_sub(since)))
    }

    /// The silence of an instance that has not ended and waits for no person, where it may not be
    /// silent for ever.
    #[must_use]
    pub fn silence(&self, log: &Log, seen: &Seen) -> Option<Silence> {
        let verdict = self.verdict(seen);
        if !matches!(verdict.status, Status::Running | Status::Compensating) {
            return None;
        }
        let allowed = self.patience(verdict)?;
        let (since, lasts) = self.silent(log, seen)?;
        Some(Silence {
            since,
            lasts,
            allowed,
        })
    }

    /// The status of an instance.
    #[must_use]
    pub fn status(&self, log: &Log, seen: &Seen) -> Status {
        match self.silence(log, seen) {
            Some(silence) if silence.lasts > silence.allowed => Status::Stuck,
            _ => self.verdict(seen).status,
        }
    }

    /// Why an instance of that status may have ended, if nothing says so and it may.
    #[must_use]
    pub fn may_have_ended(&self, log: &Log, seen: &Seen, status: Status) -> Option<Unsure> {
        let verdict = self.verdict(seen);
        let process = usize::from(verdict.process?);
        if status != Status::Running || !self.processes.all[process].basis.is_mined() {
            return None;
        }
        let (_, last) = self.at.paths.step(seen.node);
        if verdict.waiting == Waiting::Nothing {
            let last = Point {
                event_type: last.event_type(),
                course: verdict.last.course,
            };
            let may_rest = self.usual[process].may_rest_at(last);
            return may_rest.then_some(Unsure::NothingFollows);
        }
        if verdict.left != Left::Effects {
            return None;
        }
        // What else happened last, as somebody liked, makes no difference to what has not come.
        let own = self.usual[process].longest_patience(verdict.waiting);
        let usual = own.or_else(|| self.usual(verdict))?;
        let (_, silent) = self.silent(log, seen)?;
        (silent > usual).then_some(Unsure::OnlyEffects)
    }
}
