//! The system that a story runs on: what there is of it, what it does beside the log, and its end.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use super::agenda::Agenda;
use super::consumer::Consumer;
use super::entry::Entry;
use super::event::{EventId, Stream, Trail};
use super::later::Later;
use super::relay::Relay;
use super::snapshots::Snapshots;
use super::standing::Stand;
use super::view::{Before, View};
use super::world::World;
use crate::model::Timestamp;
use crate::simulate::chance::{HOUR, MINUTE, Rng, Seed, after};
use crate::simulate::fault::{Fault, Plan};
use crate::simulate::output::{Command, Out, Row, Table};
use crate::simulate::truth::{Finding, Witness};

/// What a run is given.
#[derive(Debug)]
pub struct Setup {
    pub seed: Seed,
    /// How many events are asked for; consumers are as quick as that takes.
    pub events: u64,
    /// After so many it ends, whatever is left of the story.
    pub most: u64,
    pub scale: Scale,
    pub plan: Plan,
    pub out: Out,
    /// Whoever writes the truth down, if anybody does.
    pub witness: Option<Witness>,
}

/// How large a story is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The events that it is to come to, by its author's measure.
    pub events: u64,
    /// Of how many parts it is one, where all is rehearsed in a small way: of what there is only so
    /// much of, however large a story is, there is this share.
    pub parts: u64,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Events in the log.
    pub events: u64,
    /// Streams that they stand in.
    pub streams: u64,
    /// How often which fault happened, those that were asked for and others that came with them.
    pub injected: BTreeMap<&'static str, u64>,
}

/// Whether anything follows from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    No,
    Yes,
}

/// A stream of which more may come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Life {
    pub version: i64,
    /// The position of the last event that has this version.
    pub tip: i64,
    /// The latest moment at which anything in it happened.
    pub occurred: Timestamp,
    /// The same of what was reported to it, by clocks that are nobody's here.
    pub reported: Timestamp,
}

/// How long a sealed stream is remembered: whatever comes late has come by then.
const GRACE: Duration = HOUR;
/// How long consumers go on after the last event, before the file is copied.
const REST: Duration = MINUTE.saturating_mul(10);

#[derive(Debug)]
pub struct System {
    pub world: World,
    pub limit: u64,
    pub now: Timestamp,
    pub position: i64,
    /// The last event that belongs to the story.
    pub recorded: i64,
    /// When the last event was recorded, by the store's own clock.
    pub(super) last: Timestamp,
    pub(super) ids: Rng,
    pub(super) plan: Plan,
    /// The chance of faults.
    pub(super) dice: Rng,
    pub(super) streams: HashMap<Stream, Life, FixedState>,
    pub(super) sealed: VecDeque<(Timestamp, Stream)>,
    pub(super) later: Agenda<Later>,
    /// Events that wait until the next one of their stream has overtaken them.
    pub(super) held: HashMap<Stream, Entry, FixedState>,
    /// Causes whose first effect has been named before it happened, with what is to be told of it.
    pub(super) promised: HashMap<EventId, (EventId, Finding), FixedState>,
    /// Poison that is still to be found: until when it holds its consumer up.
    pub(super) poison: VecDeque<(Timestamp, Timestamp)>,
    pub(super) broken: u64,
    /// How often which fault has happened.
    pub(super) injected: BTreeMap<&'static str, u64>,
    pub(super) relay: Relay,
    pub(super) consumers: Vec<Consumer>,
    pub(super) handled: Vec<Option<Timestamp>>,
    pub(super) view: View,
    pub(super) snapshots: Snapshots,
    pub(super) registered: HashSet<(&'static str, u32), FixedState>,
    pub(super) reads_payloads: bool,
    pub witness: Option<Witness>,
    pub(super) out: Out,
    pub(super) born: u64,
}

impl System {
    pub fn new(world: World, setup: Setup) -> Self {
        let Setup {
            seed,
            events,
            most,
            plan,
            out,
            witness,
            ..
        } = setup;
        let kept = witness.is_some() || out.wants_more();
        let stand = if kept { Stand::Kept } else { Stand::Forgotten };
        let before = if plan.has(Fault::ReadModelDrift) {
            Before::Kept
        } else {
            Before::Forgotten
        };
        let one_in = (events / 4000).max(1);
        let mut system = Self {
            limit: most,
            now: world.span.start,
            position: 0,
            recorded: 0,
            last: Timestamp::from_micros(0),
            ids: Rng::new(seed.of(2)),
            dice: Rng::new(seed.of(3)),
            streams: HashMap::default(),
            sealed: VecDeque::new(),
            later: Agenda::new(),
            held: HashMap::default(),
            promised: HashMap::default(),
            poison: VecDeque::new(),
            broken: 0,
            injected: plan.wanted().map(|fault| (fault.name(), 0)).collect(),
            relay: Relay::new(world.published, stand, Rng::new(seed.of(4))),
            consumers: Vec::new(),
            handled: Vec::new(),
            view: View::new(world.view, before, seed, one_in),
            snapshots: Snapshots::new(world.snapshots, Rng::new(seed.of(5))),
            registered: HashSet::default(),
            reads_payloads: kept,
            plan,
            world,
            witness,
            out,
            born: 0,
        };
        system.hire(stand, events);
        system.schedule();
        system
    }

    /// Makes the consumers, quick enough for the size of the store.
    fn hire(&mut self, stand: Stand, events: u64) {
        let span = self.world.span.end.micros() - self.world.span.start.micros();
        let each = span.unsigned_abs() / events.max(1);
        let cost = Duration::from_micros(each / 400);
        let specs = self.world.consumers.iter();
        self.consumers = specs.map(|spec| Consumer::new(spec, cost, stand)).collect();
        self.handled = vec![None; self.consumers.len()];
    }

    pub const fn is_full(&self) -> bool {
        self.position as u64 >= self.limit || self.out.is_closed()
    }

    pub fn handled(&self, consumer: usize) -> Option<Timestamp> {
        self.handled[consumer]
    }

    pub fn version(&self, stream: Stream) -> i64 {
        self.streams.get(&stream).map_or(0, |life| life.version)
    }

    pub fn id(&mut self) -> EventId {
        EventId::new(self.now, self.ids.bits())
    }

    pub fn start(&mut self) -> Trail {
        Trail {
            correlation: self.id(),
            cause: None,
            saga: None,
        }
    }

    pub fn saga(&mut self, trail: &Trail, about: Stream) -> Trail {
        let saga = self
            .witness
            .as_mut()
            .map(|witness| witness.saga(trail, about));
        Trail { saga, ..*trail }
    }

    pub fn command(
        &mut self,
        name: &'static str,
        stream: Stream,
        rejected: Option<&'static str>,
    ) -> Trail {
        let trail = self.start();
        let id = self.id();
        let spent = Duration::from_micros(2000 + (id.0 as u64 & 0x7fff));
        self.sent(Command {
            id,
            name,
            stream,
            sent_at: self.now,
            handled_at: Some(after(self.now, spent)),
            rejected,
            attempts: 1,
            correlation: trail.correlation,
        });
        trail
    }

    pub fn sent(&mut self, command: Command) {
        self.out.row(Row::Command(command));
    }

    pub fn read(&mut self, stream: Stream) {
        if self.out.wants(Table::Snapshots) {
            let taken = self.snapshots.read(stream, self.now);
            self.store(taken);
        }
    }

    pub fn extra(&mut self, table: usize, cells: impl FnOnce() -> Vec<Value>) {
        if self.out.wants(Table::Entities) {
            self.out.row(Row::Extra(table, cells()));
        }
    }

    pub fn inherent(&mut self, finding: Finding) {
        if let Some(witness) = &mut self.witness {
            witness.inherent(finding);
        }
    }

    pub fn seal(&mut self, stream: Stream) {
        self.let_go(stream, self.now);
        self.sealed.push_back((after(self.now, GRACE), stream));
    }

    pub(super) fn forget(&mut self) {
        while self.sealed.front().is_some_and(|(due, _)| *due <= self.now) {
            let Some((_, stream)) = self.sealed.pop_front() else {
                break;
            };
            self.streams.remove(&stream);
            self.snapshots.close(stream);
            if let Some(mut row) = self.view.close(stream) {
                let missed = row.before.take();
                let drifts =
                    missed.is_some() && self.plan.fires(Fault::ReadModelDrift, self.position);
                self.write_row(row, missed.filter(|_| drifts));
            }
        }
    }

    /// The file is copied a little after the last event.
    pub fn finish(mut self) -> (Totals, Option<Witness>) {
        while let Some((due, later)) = self.later.next(after(self.now, GRACE)) {
            self.come_late(due, later);
        }
        self.let_all_go(self.now);
        let end = after(self.last, REST);
        self.relay.finish(end, &mut self.out);
        for at in 0..self.consumers.len() {
            let consumer = &mut self.consumers[at];
            let name = consumer.spec.name;
            consumer.advance(end);
            consumer.standing.reach(end, name, &mut self.out);
            if let Some((position, at)) = consumer.standing.checkpoint() {
                let reads = consumer.spec.reads;
                self.out.row(Row::Checkpoint {
                    consumer: name,
                    position,
                    at,
                    reads,
                });
            }
        }
        let keys = self.view.keys();
        for (nth, key) in keys.iter().enumerate() {
            if let Some(mut row) = self.view.take(key) {
                let (fault, left) = (Fault::ReadModelDrift, keys.len() - nth);
                let missed = row.before.take();
                let drifts = missed.is_some() && self.plan.fires_among(fault, left, &mut self.dice);
                self.write_row(row, missed.filter(|_| drifts));
            }
        }
        self.confess(end);
        let totals = Totals {
            events: self.position as u64,
            streams: self.born,
            injected: self.injected,
        };
        if let Some(witness) = &mut self.witness {
            witness.finish(&totals, self.relay.as_of());
        }
        self.out.finish();
        (totals, self.witness)
    }
}
