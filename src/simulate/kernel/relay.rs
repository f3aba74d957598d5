//! The outbox and its relay: what is recorded in a published category is published a little later,
//! in order, and the broker delivers it from then on.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;

use super::event::{Event, EventId};
use super::standing::Stand;
use crate::model::Timestamp;
use crate::simulate::chance::{MINUTE, Rng, after};
use crate::simulate::output::{Out, Row};

/// How long an event waits for the relay, and how long the broker takes.
const DELAY: Range<Duration> = Duration::from_millis(150)..Duration::from_millis(2400);
const NETWORK: Range<Duration> = Duration::from_millis(4)..Duration::from_millis(60);
/// How often the relay tries again while it cannot publish.
const RETRY: Duration = MINUTE.saturating_mul(5);

#[derive(Debug)]
pub struct Relay {
    published: &'static [&'static str],
    stand: Stand,
    rng: Rng,
    outages: Vec<Range<Timestamp>>,
    /// Those that have held something up.
    felt: Vec<Range<Timestamp>>,
    last: Timestamp,
    ahead: VecDeque<Outgoing>,
    counts: Counts,
}

/// An event on its way to the broker.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    pub event: EventId,
    pub created_at: Timestamp,
    pub published_at: Timestamp,
    pub attempts: u32,
}

/// What became of the outbox so far.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    pub published: u64,
    /// Rows for an event that has one already.
    pub duplicates: u64,
    /// Events of published categories that never came into the outbox.
    pub missing: u64,
}

/// The outbox as of a moment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AsOf {
    pub pending: usize,
    /// When the oldest pending one was recorded.
    pub oldest: Option<Timestamp>,
    #[serde(flatten)]
    pub counts: Counts,
}

impl Relay {
    pub fn new(published: &'static [&'static str], stand: Stand, rng: Rng) -> Self {
        Self {
            published,
            stand,
            rng,
            outages: Vec::new(),
            felt: Vec::new(),
            last: Timestamp::from_micros(0),
            ahead: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// Makes it unable to publish for a time.
    pub fn fail(&mut self, outage: Range<Timestamp>) {
        self.outages.push(outage);
    }

    /// The times so far in which it could not publish what was there.
    pub fn outages(&self) -> impl Iterator<Item = &Range<Timestamp>> {
        self.felt.iter()
    }

    /// Whether events of a category go through the outbox.
    pub fn publishes(&self, category: &str) -> bool {
        self.published.contains(&category)
    }

    /// An event that never came into the outbox.
    pub const fn lose(&mut self) {
        self.counts.missing += 1;
    }

    /// Takes an event; when the broker can deliver it. `again` says that its id was there before.
    pub fn publish(&mut self, event: &Event, recorded: Timestamp, again: Repeated) -> Timestamp {
        let due = after(recorded, self.rng.delay(DELAY));
        let mut published_at = due.max(after(self.last, Duration::from_micros(300)));
        // Whoever waits behind others in an outage was tried as well.
        let is_out =
            |outage: &&Range<Timestamp>| outage.contains(&due) || outage.contains(&published_at);
        let outage = self.outages.iter().find(is_out);
        let mut attempts = 1;
        if let Some(outage) = outage {
            if !self.felt.contains(outage) {
                self.felt.push(outage.clone());
            }
            published_at = published_at.max(outage.end);
            attempts += tries(due, published_at);
        }
        self.last = published_at;
        if again == Repeated::Yes {
            self.counts.duplicates += 1;
        }
        if self.stand == Stand::Kept {
            self.ahead.push_back(Outgoing {
                event: event.id,
                created_at: event.recorded_at,
                published_at,
                attempts,
            });
        }
        after(published_at, self.rng.delay(NETWORK))
    }

    /// Lets come true what is due.
    pub fn reach(&mut self, until: Timestamp, out: &mut Out) {
        while self
            .ahead
            .front()
            .is_some_and(|next| next.published_at <= until)
        {
            let Some(next) = self.ahead.pop_front() else {
                break;
            };
            self.counts.published += 1;
            out.row(Row::Outbox {
                event: next.event,
                created_at: next.created_at,
                published_at: Some(next.published_at),
                attempts: next.attempts,
            });
        }
    }

    /// How the outbox stands at a moment to which it was brought.
    pub fn as_of(&self) -> AsOf {
        AsOf {
            pending: self.ahead.len(),
            oldest: self.ahead.front().map(|next| next.created_at),
            counts: self.counts,
        }
    }

    /// The file is copied: what is still pending has been tried so often.
    pub fn finish(&mut self, end: Timestamp, out: &mut Out) {
        self.reach(end, out);
        for next in self.ahead.drain(..) {
            let tried = if next.attempts > 1 {
                tries(next.created_at, end)
            } else {
                0
            };
            out.row(Row::Outbox {
                event: next.event,
                created_at: next.created_at,
                published_at: None,
                attempts: tried,
            });
        }
    }
}

/// Whether an event's id was published before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    No,
    Yes,
}

fn tries(from: Timestamp, to: Timestamp) -> u32 {
    let times = (to.micros() - from.micros()) / RETRY.as_micros() as i64 + 1;
    times.clamp(1, 40) as u32
}
