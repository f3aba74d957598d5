//! The circuit breaker before the payment gateway: after too many failures in a row nobody is asked
//! for a while, then one may try.

use std::ops::Range;
use std::time::Duration;

use super::super::super::chance::{SECOND, after, rfc3339, seconds_since, utc};
use super::super::super::json::Json;
use super::super::super::kernel::{Draft, Stream};
use super::{S, events};
use crate::model::Timestamp;

/// Failures in a row that open it.
const MOST_FAILURES: u32 = 5;
const STAYS_OPEN: Duration = SECOND.saturating_mul(90);
const STREAM: Stream = Stream::named("circuit", "payment-gateway");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    /// Since when, until when.
    Open(Timestamp, Timestamp),
    /// Somebody tries; since when it has been open.
    HalfOpen(Timestamp),
}

#[derive(Debug)]
pub struct Circuit {
    state: State,
    failures: u32,
    /// How many have been turned away since it opened.
    waiting: u32,
    /// How often it has opened, and how often somebody has tried.
    opened: i64,
    probes: i64,
}

/// When the gateway is down.
fn incidents() -> [Range<Timestamp>; 3] {
    [
        utc(2024, 9, 5, 18, 5)..utc(2024, 9, 5, 20, 40),
        utc(2024, 9, 8, 19, 10)..utc(2024, 9, 8, 20, 25),
        utc(2024, 9, 11, 17, 30)..utc(2024, 9, 11, 21, 0),
    ]
}

/// Whether the gateway can be reached.
pub fn is_down(at: Timestamp) -> bool {
    incidents().iter().any(|incident| incident.contains(&at))
}

impl Circuit {
    pub const fn new() -> Self {
        Self {
            state: State::Closed,
            failures: 0,
            waiting: 0,
            opened: 0,
            probes: 0,
        }
    }

    /// Whether the gateway may be asked now; else when to come back. The first to come after it was
    /// open long enough is the one that tries; the others come one after the other, so that they do
    /// not bring down what has just come up.
    pub fn ask(&mut self, sim: &mut S) -> Result<(), Timestamp> {
        let until = match self.state {
            State::Closed => return Ok(()),
            State::Open(_, until) if sim.now() < until => until,
            State::HalfOpen(_) => after(sim.now(), SECOND * 20),
            State::Open(since, _) => {
                self.state = State::HalfOpen(since);
                self.probes += 1;
                let data = Json::object()
                    .text("state", "half open")
                    .int("probe", self.probes)
                    .end();
                say(sim, Draft::new(STREAM, &events::HALF_OPENED, data));
                return Ok(());
            }
        };
        self.waiting += 1;
        let spread = SECOND * 15 + SECOND / 4 * self.waiting;
        Err(after(until, sim.rng.delay(Duration::ZERO..spread)))
    }

    pub fn succeeded(&mut self, sim: &mut S) {
        self.failures = 0;
        self.waiting = 0;
        if let State::HalfOpen(since) = self.state {
            self.state = State::Closed;
            let data = Json::object()
                .text("state", "closed")
                .int("failures", 0)
                .int("after_s", seconds_since(since, sim.now()))
                .end();
            say(sim, Draft::new(STREAM, &events::CLOSED, data));
        }
    }

    /// Nobody answered: whoever tried has found it open, else the next one would wait for ever.
    pub fn timed_out(&mut self, sim: &mut S) {
        if let State::HalfOpen(_) = self.state {
            self.failed(sim);
        }
    }

    pub fn failed(&mut self, sim: &mut S) {
        self.failures += 1;
        let since = match self.state {
            State::HalfOpen(since) => since,
            State::Closed if self.failures >= MOST_FAILURES => sim.now(),
            _ => return,
        };
        let until = after(sim.now(), STAYS_OPEN);
        self.state = State::Open(since, until);
        self.opened += 1;
        let data = Json::object()
            .text("circuit", "payment-gateway")
            .text("state", "open")
            .int("failures", self.failures.into())
            .text("until", &rfc3339(until))
            .int("opened", self.opened)
            .end();
        say(sim, Draft::new(STREAM, &events::OPENED, data));
    }
}

/// What happens to the circuit concerns everybody: it belongs to no checkout.
fn say(sim: &mut S, draft: Draft) {
    let trail = sim.start();
    sim.note(&trail, draft);
}
