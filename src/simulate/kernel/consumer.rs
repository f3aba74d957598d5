//! A consumer: a queue with one server. What it is given it handles in order, so that the moment at
//! which it will be done with an event is known as soon as the event is there: no consumer needs a
//! turn on the agenda. What it writes down on the way is for [`Standing`] to keep.

use std::collections::VecDeque;
use std::time::Duration;

use super::event::EventId;
use super::standing::{Ahead, Regime, Stand, Standing, Waiting};
use crate::model::Timestamp;
use crate::simulate::chance::{MINUTE, SECOND, after};
use crate::simulate::fault::Fault;

/// A consumer as the scenario's table has it.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    /// The categories that it reads; none means the whole log.
    pub reads: &'static [&'static str],
    pub from: Source,
    pub role: Role,
    /// How long one event takes, in a small system; larger ones have more workers.
    pub cost: Duration,
    /// How long it gathers events before it begins.
    pub gather: Duration,
    /// How many it handles at most before it stores its checkpoint.
    pub batch: u32,
    pub inbox: Inbox,
    pub poison: OnPoison,
}

/// Where a consumer gets its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It reads the store.
    Log,
    /// The relay publishes them, the broker delivers them.
    Broker,
}

/// What a consumer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its reactions drive the story.
    Service,
    /// Nothing waits for it.
    Observer,
}

/// Whether a consumer writes down each event that it has handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbox {
    Kept,
    None,
}

/// What a consumer does about an event that it cannot handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPoison {
    /// It does not look that closely.
    Unaware,
    /// It tries again until somebody mends it, and nothing else gets done.
    Blocks,
    /// It gives up and goes on.
    DeadLetters,
}

/// An event on its way to a consumer.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    pub position: i64,
    pub id: EventId,
    pub recorded_at: Timestamp,
    /// When it can be had; none where its publication was lost.
    pub ready: Option<Timestamp>,
    pub how: Arrival,
}

/// What is special about a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Once,
    /// The broker delivers it a second time, and the consumer handles it again.
    Twice,
    /// An id that the inbox knows already: passed over.
    Known,
    /// It cannot be handled; one that blocks does so until this moment.
    Poison(Timestamp),
}

/// A time at which a consumer stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Timestamp,
    pub to: Timestamp,
    pub regime: Regime,
    /// Which fault it is; none where the story has it so.
    pub fault: Option<Fault>,
}

/// A return to an earlier position.
#[derive(Clone, Copy, Debug)]
pub struct Rewind {
    pub at: Timestamp,
    /// How long the events since then take the second time.
    pub lasts: Duration,
}

/// The most events that a rewind goes back.
const REMEMBERED: usize = 200;
/// How often it stores its checkpoint while it goes through them again.
const REDONE_IN: usize = 8;
/// How often one that is held up shows life in that time.
const HEARTBEATS: u32 = 60;
/// How often an event is tried before it becomes a dead letter, and the pauses between.
pub const ATTEMPTS: u32 = 5;
const BACKOFF: Duration = Duration::from_secs(1 + 2 + 4 + 8);

#[derive(Debug)]
pub struct Consumer {
    pub spec: &'static Spec,
    pub standing: Standing,
    cost: Duration,
    /// When it is done with all it was given so far.
    free: Timestamp,
    handled: i64,
    /// Handled since the last checkpoint.
    open: u32,
    pauses: Vec<Pause>,
    /// Those in which something waited for it.
    felt: Vec<Pause>,
    /// In order of time.
    rewinds: VecDeque<Rewind>,
    /// The last ones that it handled, where it is to go back.
    recent: VecDeque<Waiting>,
}

impl Consumer {
    /// `cost` is the most that an event may take in a store of this size.
    pub fn new(spec: &'static Spec, cost: Duration, stand: Stand) -> Self {
        Self {
            spec,
            standing: Standing::new(stand),
            cost: cost.min(spec.cost),
            free: Timestamp::from_micros(0),
            handled: 0,
            open: 0,
            pauses: Vec::new(),
            felt: Vec::new(),
            rewinds: VecDeque::new(),
            recent: VecDeque::new(),
        }
    }

    /// Whether it reads events of a category.
    pub fn reads(&self, category: &str) -> bool {
        self.spec.reads.is_empty() || self.spec.reads.contains(&category)
    }

    /// Makes it stand still for a time; to be said before it gets there.
    pub fn pause(&mut self, pause: Pause) {
        self.standing.expect(pause.regime, pause.from, pause.to);
        self.pauses.push(pause);
    }

    /// The pauses so far in which something waited for it: nobody could tell the others.
    pub fn felt(&self) -> impl Iterator<Item = &Pause> {
        self.felt.iter()
    }

    /// Makes it go back.
    pub fn rewind(&mut self, rewind: Rewind) {
        self.rewinds.push_back(rewind);
    }

    /// Gives it an event; when it will have been handled, if ever.
    pub fn deliver(&mut self, delivery: &Delivery) -> Option<Timestamp> {
        let waiting = Waiting {
            position: delivery.position,
            recorded_at: delivery.recorded_at,
        };
        self.standing.wait(waiting);
        let ready = delivery.ready?;
        self.advance(ready);
        let mut start = self.free;
        if ready >= self.free {
            start = after(ready, self.spec.gather);
        }
        start = self.pass_pauses(start);
        match (delivery.how, self.spec.poison) {
            (Arrival::Poison(mended), OnPoison::Blocks) if mended > start => {
                self.standing.block(start, mended, delivery.position);
                start = self.stand_still(start, mended);
            }
            (Arrival::Poison(_), OnPoison::DeadLetters) => {
                start = after(start, BACKOFF + self.cost * ATTEMPTS);
                let dead = Ahead::DeadLetter(delivery.id, delivery.position);
                self.standing.push(start, dead);
            }
            _ => {}
        }
        let done = self.handle(start, delivery);
        if !self.rewinds.is_empty() {
            self.recent.push_back(waiting);
            if self.recent.len() > REMEMBERED {
                self.recent.pop_front();
            }
        }
        Some(done)
    }

    fn handle(&mut self, start: Timestamp, delivery: &Delivery) -> Timestamp {
        let mut done = after(start, self.cost);
        let gave_up =
            matches!(delivery.how, Arrival::Poison(_)) && self.spec.poison == OnPoison::DeadLetters;
        if self.spec.inbox == Inbox::Kept && delivery.how != Arrival::Known && !gave_up {
            self.standing.push(done, Ahead::Processed(delivery.id));
            if delivery.how == Arrival::Twice {
                done = after(done, self.cost + SECOND);
                let again = Ahead::Again(delivery.id, delivery.position);
                self.standing.push(done, again);
            }
        }
        self.free = done;
        self.handled = delivery.position;
        self.open += 1;
        if self.open >= self.spec.batch {
            self.commit();
        }
        done
    }

    /// Does what it does by itself until a moment at which nothing new has come: stores its
    /// checkpoint where it has run out of work, goes back where that is planned.
    pub fn advance(&mut self, until: Timestamp) {
        if self.open > 0 && self.free <= until {
            self.commit();
        }
        if let Some(&rewind) = self.rewinds.front()
            && rewind.at.max(self.free) <= until
        {
            self.rewinds.pop_front();
            self.go_back(rewind);
        }
    }

    fn commit(&mut self) {
        self.standing.push(self.free, Ahead::Commit(self.handled));
        self.open = 0;
    }

    fn pass_pauses(&mut self, mut start: Timestamp) -> Timestamp {
        while let Some(&pause) = self
            .pauses
            .iter()
            .find(|pause| pause.from <= start && start < pause.to)
        {
            if !self.felt.contains(&pause) {
                self.felt.push(pause);
            }
            start = match pause.regime {
                Regime::Stalled => self.stand_still(start, pause.to),
                _ => pause.to,
            };
        }
        start
    }

    /// Alive, but not getting on: the checkpoint is stored again and again and stays where it is.
    fn stand_still(&mut self, from: Timestamp, to: Timestamp) -> Timestamp {
        if self.open > 0 {
            self.commit();
        }
        let lasts = Duration::from_micros((to.micros() - from.micros()).unsigned_abs());
        let beat = (lasts / HEARTBEATS).max(MINUTE / 2);
        let mut at = from;
        while at < to {
            self.standing.push(at, Ahead::Commit(self.handled));
            at = after(at, beat);
        }
        to
    }

    fn go_back(&mut self, rewind: Rewind) {
        if self.open > 0 {
            self.commit();
        }
        let Some(first) = self.recent.front() else {
            return;
        };
        let from = rewind.at.max(self.free);
        let to = first.position - 1;
        let again: Vec<Waiting> = self.recent.drain(..).collect();
        let share = again.len().div_ceil(REDONE_IN);
        let chunks: Vec<i64> = again
            .chunks(share)
            .filter_map(|chunk| chunk.last())
            .map(|last| last.position)
            .collect();
        self.standing.push(from, Ahead::Rewind { to, again });
        let each = rewind.lasts / chunks.len() as u32;
        let mut at = from;
        for position in chunks {
            at = after(at, each);
            self.standing.push(at, Ahead::Commit(position));
        }
        self.standing.expect(Regime::Rewound, from, at);
        self.standing.went_back(from, self.handled, to);
        self.free = at;
    }
}
