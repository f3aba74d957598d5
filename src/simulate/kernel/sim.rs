//! What a story works with: the time, chance, the agenda, and the system that records what happens.

use std::ops::Range;
use std::time::Duration;

use serde_json::Value;

use super::agenda::Agenda;
use super::arrivals::Arrivals;
use super::event::{Draft, Stream, Trail};
use super::system::{Leaf, Setup, System, Totals};
use super::world::{Story, World};
use crate::model::Timestamp;
use crate::simulate::chance::{Rng, SECOND, after, working_moment};
use crate::simulate::truth::{Finding, Witness};

/// A running simulation.
#[derive(Debug)]
pub struct Sim<T> {
    /// The story's chance. What the system draws it draws elsewhere, so that a fault changes what
    /// happens to the story and not the story.
    pub rng: Rng,
    agenda: Agenda<T>,
    system: System,
}

/// Runs a story to its end.
pub fn run<S: Story>(mut story: S, world: World, setup: Setup) -> (Totals, Option<Witness>) {
    let until = world.span.end;
    let mut sim = Sim {
        rng: Rng::new(setup.seed.of(1)),
        agenda: Agenda::new(),
        system: System::new(world, setup),
    };
    story.begin(&mut sim);
    while !sim.system.is_full()
        && let Some((at, task)) = sim.agenda.next(until)
    {
        sim.system.now = at;
        story.work(task, &mut sim);
    }
    story.end(&mut sim);
    sim.system.finish()
}

impl<T> Sim<T> {
    /// The time.
    pub const fn now(&self) -> Timestamp {
        self.system.now
    }

    /// Plans a task.
    pub fn at(&mut self, at: Timestamp, task: T) {
        self.agenda.plan(at, task);
    }

    /// Plans a task for some time from now.
    pub fn after(&mut self, span: Range<Duration>, task: T) {
        let due = after(self.system.now, self.rng.delay(span));
        self.agenda.plan(due, task);
    }

    /// Plans a task for working hours: after a moment, on one of the week's first `days` days, between
    /// two hours.
    pub fn at_work(&mut self, from: Timestamp, days: usize, hours: Range<u64>, task: T) {
        let due = working_moment(&mut self.rng, from, days, hours);
        self.agenda.plan(due, task);
    }

    /// Plans what a consumer does when it has handled the event that was recorded last; nothing where
    /// it never will.
    pub fn when_handled(&mut self, consumer: usize, task: T) {
        if let Some(at) = self.system.handled(consumer) {
            self.agenda.plan(at, task);
        }
    }

    /// Plans what begins within the next tick, and the tick after it.
    pub fn tick(&mut self, arrivals: &mut Arrivals, again: T, begin: impl Fn(&mut Rng) -> T) {
        let Some(tick) = arrivals.next(&mut self.rng) else {
            return;
        };
        for _ in 0..tick.count {
            let task = begin(&mut self.rng);
            let moment = tick.moment(&mut self.rng).max(self.now());
            self.at(moment, task);
        }
        // A story that begins in the middle of the day does not make up for the morning at once.
        self.at(tick.to.max(after(self.now(), SECOND)), again);
    }

    /// Begins something that nothing before it caused.
    pub fn start(&mut self) -> Trail {
        self.system.start()
    }

    /// Somebody sends a command, and it is accepted: what follows has no other cause.
    pub fn command(&mut self, name: &'static str, stream: Stream) -> Trail {
        self.system.command(name, stream, None)
    }

    /// Somebody sends a command, and nothing follows.
    pub fn rejected(&mut self, name: &'static str, stream: Stream, why: &'static str) {
        self.system.command(name, stream, Some(why));
    }

    /// Writes a command down that the story keeps track of itself.
    pub fn sent(&mut self, command: crate::simulate::output::Command) {
        self.system.sent(command);
    }

    /// An id for something that is no event.
    pub fn id(&mut self) -> super::event::EventId {
        self.system.id()
    }

    /// Begins an instance of the scenario's process: what is recorded on this trail belongs to it.
    /// It is known by the stream that it is about.
    pub fn saga(&mut self, trail: &Trail, about: Stream) -> Trail {
        self.system.saga(trail, about)
    }

    /// Records an event; the trail of what it causes.
    pub fn record(&mut self, trail: &Trail, draft: Draft) -> Trail {
        self.system.append(trail, draft, Leaf::No)
    }

    /// Records an event that nothing will follow from, so that it may come late.
    pub fn note(&mut self, trail: &Trail, draft: Draft) {
        self.system.append(trail, draft, Leaf::Yes);
    }

    /// The version of a stream.
    pub fn version(&self, stream: Stream) -> i64 {
        self.system.version(stream)
    }

    /// The position of the event that the story has recorded last, whatever came behind it.
    pub const fn last_recorded(&self) -> i64 {
        self.system.recorded
    }

    /// Somebody reads a stream's state.
    pub fn read(&mut self, stream: Stream) {
        self.system.read(stream);
    }

    /// Nothing more will come of a stream, so that nothing of it has to be remembered.
    pub fn seal(&mut self, stream: Stream) {
        self.system.seal(stream);
    }

    /// A row of one of the scenario's own tables.
    pub fn extra(&mut self, table: usize, cells: impl FnOnce() -> Vec<Value>) {
        self.system.extra(table, cells);
    }

    /// Tells the truth of something that belongs to the story and that an audit may find.
    pub fn inherent(&mut self, finding: Finding) {
        self.system.inherent(finding);
    }
}
