//! A projection folded over a log: to the end in the background, and to any moment from the nearest
//! checkpoint. What fails goes to the dead letters, and the run goes on or stops, as chosen.

mod facts;
mod written;

use std::ops::Range;
use std::sync::Arc;

use super::alive::{machine, upcast};
use super::checkpoints::{Checkpoint, Checkpoints, Counts, SnapshotStrategy};
use super::machine::{Machine, Swept};
use super::script::{DeadLetter, Fed, Halt, ScriptError, plain};
use super::told::Record;
use super::{Definition, Held, Known, Moment, OnError, Reading, RunOptions, States, Stopped, Told};
use crate::log::Cut;
use crate::model::{Cancelled, EventIx, Task};

/// Events read at a time.
pub(super) const BATCH: u32 = 1024;

/// Events after which somebody is asked whether to go on.
const FEW: usize = 16;

/// Dead letters kept with all they tell; all are counted.
const DEAD_KEPT: usize = 10_000;

/// One definition over one log.
pub struct Run {
    reading: Reading,
    pub(super) machine: Box<dyn Machine>,
    /// All states after the event that was stepped over last.
    pub(super) stepped: States,
    pub(super) options: RunOptions,
    /// What the payloads go through before, where the machine does not do that itself.
    upcasters: Option<Arc<str>>,
    /// What the machine has folded: all events of the log below it.
    next: EventIx,
    counts: Counts,
    /// Dead letters of the way, of all events below `heard`.
    dead: Vec<DeadLetter>,
    heard: EventIx,
    record: Record,
    /// How many events were folded, those that were folded again among them.
    folded: u64,
    checkpoints: Checkpoints,
    /// Events and changes since the last checkpoint.
    since: u32,
    /// Whether handlers were seen to change anything outside their states.
    strayed: bool,
    farthest: EventIx,
    stopped: Option<Stopped>,
}

impl Run {
    /// Brings a definition to life; nothing is folded yet.
    ///
    /// # Errors
    /// Where the definition does not hold.
    pub fn new(
        definition: &Definition,
        reading: Reading,
        options: RunOptions,
    ) -> Result<Self, ScriptError> {
        let usual = SnapshotStrategy::Periodic {
            every: definition.spacing(),
        };
        let strategy = options.strategy.unwrap_or(usual);
        let upcasters = match definition {
            Definition::BuiltIn(built_in) => built_in.upcasters.clone(),
            Definition::Script(_) => None,
        };
        let reading = upcast(reading, upcasters.as_ref(), options.limits)?;
        Ok(Self {
            machine: machine(definition, &reading, &options)?,
            stepped: States::default(),
            next: EventIx(0),
            counts: Counts::default(),
            dead: Vec::new(),
            heard: EventIx(0),
            record: Record::default(),
            folded: 0,
            checkpoints: Checkpoints::new(strategy, options.budget),
            since: 0,
            strayed: false,
            farthest: EventIx(0),
            stopped: None,
            reading,
            upcasters,
            options,
        })
    }

    /// Whether states are told apart by anything.
    #[must_use]
    pub fn is_partitioned(&self) -> bool {
        self.machine.is_partitioned()
    }

    /// A state as JSON.
    #[must_use]
    pub fn text(&self, held: &Held) -> String {
        plain(&self.machine.text(&held.state)).to_owned()
    }

    /// What handlers logged, with the events they handled: the first thousand lines.
    #[must_use]
    pub fn lines(&self) -> Vec<(EventIx, String)> {
        self.record.all().lines.clone()
    }

    /// What is read.
    #[must_use]
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Reads a log that has grown from here on, of the same generation: all that was found stays.
    pub fn grow(&mut self, reading: Reading) {
        let upcasters = self.upcasters.as_ref();
        // They held before.
        let upcast = upcast(reading.clone(), upcasters, self.options.limits);
        let reading = upcast.unwrap_or(reading);
        self.machine.grow(&reading);
        self.reading = reading;
    }

    /// How many events of the log were gone through.
    #[must_use]
    pub const fn done(&self) -> EventIx {
        self.farthest
    }

    /// Why it has stopped before the end, if it has.
    #[must_use]
    pub const fn stopped(&self) -> Option<&Stopped> {
        self.stopped.as_ref()
    }

    /// Folds on to the end of the log, or until a handler stops it. Called off, it goes on from there.
    ///
    /// # Errors
    /// The task was called off.
    pub fn advance(&mut self, task: &Task) -> Result<(), Cancelled> {
        let end = self.reading.log.len() as u32;
        task.set_total(u64::from(end));
        self.advance_to(EventIx(end), task)?;
        if self.next.0 == end && self.checkpoints.strategy() != SnapshotStrategy::Lazy {
            self.keep(task)?;
        }
        task.set_done(u64::from(end));
        Ok(())
    }

    /// Folds on until all events below `end` are folded, or until a handler stops it; what was gone
    /// through before is not gone through again.
    ///
    /// # Errors
    /// The task was called off.
    pub fn advance_to(&mut self, end: EventIx, task: &Task) -> Result<(), Cancelled> {
        self.advance_while(end, &mut || true, task)
    }

    /// The same for as long as `goes_on` says so, which is asked every few events.
    ///
    /// # Errors
    /// The task was called off.
    pub fn advance_while(
        &mut self,
        end: EventIx,
        goes_on: &mut dyn FnMut() -> bool,
        task: &Task,
    ) -> Result<(), Cancelled> {
        let end = end.0.min(self.reading.log.len() as u32);
        if self.farthest.0 >= end {
            return Ok(());
        }
        self.go_to(self.farthest, task)?;
        let mut folded = Ok(());
        while self.next.0 < end && self.stopped.is_none() && folded.is_ok() && goes_on() {
            task.set_done(u64::from(self.next.0));
            let range = self.next.0..batch_end(self.next).min(end);
            folded = self.fold(range, Way::New(goes_on), task);
            if self.is_on_the_way() {
                self.farthest = self.farthest.max(self.next);
            } else if folded.is_ok() && self.stopped.is_none() {
                // From the beginning, since nothing that was saved leads there.
                folded = self.go_to(self.farthest, task);
            }
        }
        folded
    }

    /// The projection as of a cut. Keeps the way there only where the strategy is lazy.
    ///
    /// # Errors
    /// The task was called off.
    pub fn at(&mut self, cut: &Cut, task: &Task) -> Result<Moment, Cancelled> {
        let known = Known::at(cut, &self.reading.log);
        self.of(&known, task)
    }

    /// How many events have to be folded for [`Run::of`] at most.
    #[must_use]
    pub fn distance(&self, known: &Known) -> u32 {
        let whole = known.whole();
        let nearest = match self.strayed {
            true => EventIx(0),
            false => self.checkpoints.nearest(whole).next,
        };
        let from = if self.next <= whole {
            nearest.max(self.next)
        } else {
            nearest
        };
        let end = known.last().map_or(0, |last| last.0 + 1);
        end - from.0.min(end)
    }

    /// The projection over these events, as [`Run::at`].
    ///
    /// # Errors
    /// The task was called off.
    pub fn of(&mut self, known: &Known, task: &Task) -> Result<Moment, Cancelled> {
        self.go_to(known.whole(), task)?;
        if self.checkpoints.strategy() == SnapshotStrategy::Lazy {
            self.keep(task)?;
        }
        let mut states = self.written(task)?;
        let outside = self.machine.strayed();
        let mut there = self.next;
        let mut beside = Beside {
            counts: self.counts,
            ..Beside::default()
        };
        if self.is_blocked() && known.holds(there) {
            beside.stopped = self.stopped.clone();
            if matches!(self.stopped, Some(Stopped::Failed(_))) {
                beside.counts.failed += 1;
                there = EventIx(there.0 + 1);
            }
        } else if known.beyond().next().is_some() {
            // Beyond a hole: the states are of no way through the log, so nothing of it is kept.
            self.leave_the_way();
            states = self.beyond(known, states, &mut beside, task)?;
        }
        let mut dead: Vec<DeadLetter> = self.dead_before(there).to_vec();
        dead.extend(beside.dead);
        let mut told = self.record.before(there);
        told.add(beside.told);
        Ok(Moment {
            states,
            partitions: self.machine.partitions(),
            counts: beside.counts,
            dead: dead.into(),
            told,
            outside: outside.into(),
            stopped: beside.stopped,
        })
    }

    /// What the machine holds is of no way through the log any more: the next moment is found from a
    /// checkpoint.
    pub(super) fn leave_the_way(&mut self) {
        self.next = EventIx(u32::MAX);
    }

    /// Whether the machine holds what came of all events below `next`.
    fn is_on_the_way(&self) -> bool {
        self.next != EventIx(u32::MAX)
    }

    fn dead_before(&self, next: EventIx) -> &[DeadLetter] {
        let end = self.dead.partition_point(|dead| dead.event < next);
        &self.dead[..end]
    }

    /// Brings the engine to where all events below `next` are folded and none from it on.
    pub(super) fn go_to(&mut self, next: EventIx, task: &Task) -> Result<(), Cancelled> {
        self.set_out_for(next);
        while self.next < next && !self.is_blocked() {
            let range = self.next.0..batch_end(self.next).min(next.0);
            self.fold(range, Way::Known, task)?;
            if !self.is_on_the_way() {
                // A handler was stopped in the middle of an event: up to there, once more.
                self.set_out_for(next);
            }
        }
        Ok(())
    }

    /// Brings the engine to the nearest checkpoint on the way to `next`, unless it is nearer.
    fn set_out_for(&mut self, next: EventIx) {
        let stop = self.stopped.as_ref().map(Stopped::event);
        let next = stop.map_or(next, |stop| stop.min(next));
        let nearest = self.nearest(next);
        if self.next > next || nearest.next > self.next {
            let Checkpoint {
                next,
                states,
                counts,
                ..
            } = nearest;
            self.back_to(next, states, counts);
        }
    }

    /// The checkpoint to go on from to `next`: where anything is kept outside the states, the beginning.
    fn nearest(&mut self, next: EventIx) -> Checkpoint {
        let usable = if self.has_strayed() { EventIx(0) } else { next };
        self.checkpoints.nearest(usable).clone()
    }

    /// Whether handlers have changed anything outside their states, as far as somebody has looked.
    pub(super) fn has_strayed(&mut self) -> bool {
        self.strayed = self.strayed || !self.machine.outside().is_empty();
        self.strayed
    }

    /// What handlers have changed outside their states, by its names.
    pub fn outside(&mut self) -> Vec<String> {
        self.machine.outside()
    }

    /// Whether it stands before the event at which it has stopped for good.
    fn is_blocked(&self) -> bool {
        let at = self.stopped.as_ref().map(Stopped::event);
        at == Some(self.next)
    }

    /// Folds the events of a range that begins where the engine stands.
    fn fold(&mut self, range: Range<u32>, mut way: Way<'_>, task: &Task) -> Result<(), Cancelled> {
        // Nothing behind it, nor itself, is folded again.
        let stop = self.stopped.as_ref().map(|stopped| stopped.event().0);
        let end = stop.map_or(range.end, |stop| range.end.min(stop));
        if self.sweep(end, &way, task)? {
            return Ok(());
        }
        let range = self.next.0..end;
        for (at, event) in self.machine.prepare(&range, task)?.into_iter().enumerate() {
            if at % FEW == FEW - 1
                && let Way::New(goes_on) = &mut way
                && !goes_on()
            {
                return Ok(());
            }
            task.check()?;
            let Outcome { fed, dead, told } = self.feed(event, task);
            match fed {
                // In the middle of a handler: its state may be half changed.
                Err(Halt::Cancelled(cancelled)) => {
                    self.leave_the_way();
                    return Err(cancelled);
                }
                Err(Halt::Anew(_)) => {
                    self.leave_the_way();
                    return Ok(());
                }
                Ok(_) | Err(Halt::Fatal(_)) => {}
            }
            if event >= self.heard {
                let room = DEAD_KEPT.saturating_sub(self.dead.len());
                self.dead.extend(dead.iter().take(room).cloned());
                if let Some(told) = told {
                    self.record.note(event, told);
                }
                self.heard = EventIx(event.0 + 1);
            }
            let fed = match fed {
                Ok(fed) => fed,
                Err(Halt::Cancelled(_) | Halt::Anew(_)) => return Ok(()),
                Err(Halt::Fatal(error)) => {
                    // A stop before another one is the one that counts.
                    if self.stopped.as_ref().is_none_or(|own| event < own.event()) {
                        self.stopped = Some(Stopped::Fatal(event, error));
                    }
                    // Its state may be half changed: that of before is found from a checkpoint.
                    self.farthest = self.farthest.max(event);
                    self.leave_the_way();
                    return Ok(());
                }
            };
            if let (Some(dead), OnError::Stop) = (dead, self.options.on_error) {
                self.stopped.get_or_insert(Stopped::Failed(Box::new(dead)));
                self.next = event;
                return Ok(());
            }
            self.counts.add(fed);
            self.next = EventIx(event.0 + 1);
            self.since += 1;
            if matches!(way, Way::New(_)) && self.is_due() {
                self.keep(task)?;
                if self.stopped.is_some() {
                    return Ok(());
                }
            }
        }
        self.next = EventIx(end);
        Ok(())
    }

    /// Folds on to `end` in one go, up to where that is not possible; whether it was.
    fn sweep(&mut self, end: u32, way: &Way<'_>, task: &Task) -> Result<bool, Cancelled> {
        while self.next.0 < end {
            let machine = &self.machine;
            let most = match way {
                Way::New(_) => self.checkpoints.room(self.since, || machine.changes()),
                Way::Known => u32::MAX,
            };
            let Some(swept) = self.machine.sweep(&(self.next.0..end), most, task)? else {
                return Ok(false);
            };
            let Swept { next, counts } = swept;
            let events = counts.processed + counts.skipped;
            self.folded += events;
            self.since = self.since.saturating_add(events as u32);
            self.counts = self.counts.and(counts);
            self.next = next;
            self.heard = self.heard.max(next);
            if matches!(way, Way::New(_)) && self.is_due() {
                self.keep(task)?;
            }
        }
        Ok(true)
    }

    /// Folds an event, again where that is wanted.
    pub(super) fn feed(&mut self, event: EventIx, task: &Task) -> Outcome {
        self.folded += 1;
        let times = match self.options.on_error {
            OnError::Retry(times) => times,
            OnError::Stop | OnError::Skip => 0,
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let fed = self.machine.feed(event, task);
            let mut told = self.machine.take_told();
            if !matches!(fed, Ok(Fed::Failed)) {
                let dead = None;
                return Outcome { fed, dead, told };
            }
            if attempts <= times {
                self.machine.take_dead();
                continue;
            }
            if let Some(told) = &mut told {
                told.take_back_outputs();
            }
            let dead = self.machine.take_dead().pop();
            let dead = dead.map(|dead| DeadLetter { attempts, ..dead });
            return Outcome { fed, dead, told };
        }
    }

    fn is_due(&self) -> bool {
        let machine = &self.machine;
        self.checkpoints.is_due(self.since, || machine.changes())
    }
}

/// Batches begin at the same places, so that one that was left in the middle ends where it would have ended.
const fn batch_end(next: EventIx) -> u32 {
    (next.0 / BATCH + 1).saturating_mul(BATCH)
}

/// What became of an event.
pub(super) struct Outcome {
    pub fed: Result<Fed, Halt>,
    pub dead: Option<DeadLetter>,
    pub told: Option<Told>,
}

/// What comes of events beyond a hole, beside the way.
#[derive(Default)]
struct Beside {
    counts: Counts,
    dead: Vec<DeadLetter>,
    told: Told,
    stopped: Option<Stopped>,
}

/// A way through the log.
enum Way<'w> {
    /// It is gone for the first time: checkpoints are kept, and it goes on for as long as this says so.
    New(&'w mut dyn FnMut() -> bool),
    /// It leads from a checkpoint to where somebody was before.
    Known,
}
