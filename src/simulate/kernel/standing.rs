//! How a consumer stands as of a moment: its checkpoint, what waits for it, and what became of what
//! it was given. The consumer runs ahead of the log; what it writes down comes true, and into the
//! side tables, when its time has come.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use super::event::EventId;
use crate::model::Timestamp;
use crate::simulate::chance::MINUTE;
use crate::simulate::output::{Out, Row};

/// Whether anybody will ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    Kept,
    /// Neither its tables nor the truth are wanted.
    Forgotten,
}

/// How a consumer runs, by the story or by a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    Ok,
    /// It shows life and does not get on.
    Stalled,
    /// It does not show life.
    Stopped,
    /// It went back and has not yet come to where it was.
    Rewound,
}

/// An event that no checkpoint covers yet.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub position: i64,
    pub recorded_at: Timestamp,
}

/// What a consumer is going to write down.
#[derive(Debug)]
pub enum Ahead {
    /// A checkpoint.
    Commit(i64),
    Processed(EventId),
    /// It was given an event again, and handled it again.
    Again(EventId, i64),
    DeadLetter(EventId, i64),
    Rewind {
        to: i64,
        again: Vec<Waiting>,
    },
}

#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    to: Timestamp,
    regime: Regime,
    /// The event that holds it up.
    event: Option<i64>,
}

/// A stored checkpoint, and how many events waited then.
#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Timestamp,
    position: i64,
    lag: usize,
}

/// The number of samples by which a consumer is judged, and the least time they have to span.
const SAMPLES: usize = 10;
const WINDOW: Duration = MINUTE.saturating_mul(10);

#[derive(Debug)]
pub struct Standing {
    stand: Stand,
    ahead: VecDeque<(Timestamp, Ahead)>,
    waiting: VecDeque<Waiting>,
    samples: VecDeque<Sample>,
    spans: Vec<Span>,
    rewinds: Vec<(Timestamp, i64, i64)>,
    head: i64,
    dead: Vec<(EventId, i64)>,
    twice: Vec<(EventId, i64)>,
}

/// How a consumer stands, for the truth.
#[derive(Clone, Debug, Serialize)]
pub struct AsOf {
    /// Its checkpoint; none where it has not stored one yet.
    pub position: Option<i64>,
    /// The last event of its tail.
    pub head: i64,
    pub lag_events: usize,
    pub lag_ms: i64,
    pub first_waiting: Option<i64>,
    pub status: Regime,
    pub blocking: Option<i64>,
    pub dead_letters: u64,
}

impl Standing {
    pub fn new(stand: Stand) -> Self {
        Self {
            stand,
            ahead: VecDeque::new(),
            waiting: VecDeque::new(),
            samples: VecDeque::with_capacity(SAMPLES),
            spans: Vec::new(),
            rewinds: Vec::new(),
            head: 0,
            dead: Vec::new(),
            twice: Vec::new(),
        }
    }

    /// Says that it will run differently for a time.
    pub fn expect(&mut self, regime: Regime, from: Timestamp, to: Timestamp) {
        let event = None;
        self.spans.push(Span {
            from,
            to,
            regime,
            event,
        });
    }

    /// Says that one event holds it up for a time.
    pub fn block(&mut self, from: Timestamp, to: Timestamp, position: i64) {
        let (regime, event) = (Regime::Stalled, Some(position));
        self.spans.push(Span {
            from,
            to,
            regime,
            event,
        });
    }

    pub fn went_back(&mut self, at: Timestamp, from: i64, to: i64) {
        self.rewinds.push((at, from, to));
    }

    /// The returns to earlier positions so far: when, from where, to where.
    pub fn rewinds(&self) -> &[(Timestamp, i64, i64)] {
        &self.rewinds
    }

    /// The events that held it up so far, each with the time.
    pub fn blocked(&self) -> impl Iterator<Item = (i64, Timestamp, Timestamp)> {
        let blocked = |span: &Span| Some((span.event?, span.from, span.to));
        self.spans.iter().filter_map(blocked)
    }

    /// What it gave up on so far.
    pub fn dead(&self) -> &[(EventId, i64)] {
        &self.dead
    }

    /// What it handled twice so far.
    pub fn twice(&self) -> &[(EventId, i64)] {
        &self.twice
    }

    pub fn wait(&mut self, waiting: Waiting) {
        if self.stand == Stand::Kept {
            self.head = waiting.position;
            self.waiting.push_back(waiting);
        }
    }

    pub fn push(&mut self, at: Timestamp, what: Ahead) {
        if self.stand == Stand::Kept {
            self.ahead.push_back((at, what));
        }
    }

    /// Lets come true what is due.
    pub fn reach(&mut self, until: Timestamp, name: &'static str, out: &mut Out) {
        while self.ahead.front().is_some_and(|(at, _)| *at <= until) {
            let Some((at, what)) = self.ahead.pop_front() else {
                break;
            };
            match what {
                Ahead::Commit(position) => self.commit(at, position, name, out),
                Ahead::Processed(event) => out.row(Row::Processed {
                    consumer: name,
                    event,
                    at,
                }),
                Ahead::Again(event, position) => {
                    self.twice.push((event, position));
                    out.row(Row::Processed {
                        consumer: name,
                        event,
                        at,
                    });
                }
                Ahead::DeadLetter(event, position) => {
                    self.dead.push((event, position));
                    out.row(Row::DeadLetter {
                        consumer: name,
                        event,
                        at,
                    });
                }
                Ahead::Rewind { to, again } => {
                    for waiting in again.into_iter().rev() {
                        self.waiting.push_front(waiting);
                    }
                    self.commit(at, to, name, out);
                }
            }
        }
    }

    fn commit(&mut self, at: Timestamp, position: i64, name: &'static str, out: &mut Out) {
        while self
            .waiting
            .front()
            .is_some_and(|first| first.position <= position)
        {
            self.waiting.pop_front();
        }
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        // The consumer runs ahead: what came after this checkpoint may wait here already.
        let lag = self
            .waiting
            .partition_point(|waiting| waiting.recorded_at <= at);
        self.samples.push_back(Sample { at, position, lag });
        out.row(Row::History {
            consumer: name,
            position,
            at,
        });
    }

    /// The checkpoint and when it was stored.
    pub fn checkpoint(&self) -> Option<(i64, Timestamp)> {
        self.samples.back().map(|last| (last.position, last.at))
    }

    /// How it stands at a moment to which it was brought; none while that is about to change, so
    /// that two careful observers could differ.
    pub fn as_of(&self, at: Timestamp) -> Option<AsOf> {
        let span = self
            .spans
            .iter()
            .find(|span| span.from <= at && at < span.to);
        let first = self.waiting.front();
        let status = match (first, span) {
            (None, _) => Regime::Ok,
            (Some(_), None) => Regime::Ok,
            (Some(_), Some(span)) => span.regime,
        };
        let clear = match (first, span) {
            (Some(first), Some(span)) => self.is_clear(at, *span, *first),
            (Some(_), None) => self.is_clearly_ok(at),
            (None, _) => !self.went_back_lately(at),
        };
        let blocking = span.filter(|_| first.is_some()).and_then(|span| span.event);
        clear.then(|| AsOf {
            position: self.checkpoint().map(|(position, _)| position),
            head: self.head,
            lag_events: self.waiting.len(),
            lag_ms: first.map_or(0, |first| (at.micros() - first.recorded_at.micros()) / 1000),
            first_waiting: first.map(|first| first.position),
            status,
            blocking,
            dead_letters: self.dead.len() as u64,
        })
    }

    /// The window by which it is judged: the last samples, or ten minutes.
    fn window(&self) -> i64 {
        let span = match (self.samples.front(), self.samples.back()) {
            (Some(first), Some(last)) => last.at.micros() - first.at.micros(),
            _ => 0,
        };
        span.max(WINDOW.as_micros() as i64)
    }

    fn is_clear(&self, at: Timestamp, span: Span, first: Waiting) -> bool {
        let Some(last) = self.samples.back() else {
            return false;
        };
        let since = |from: Timestamp| at.micros() - from.micros();
        let full = self.samples.len() == SAMPLES;
        let ten_minutes = WINDOW.as_micros() as i64;
        match span.regime {
            Regime::Stalled => {
                let same = self
                    .samples
                    .iter()
                    .all(|sample| sample.position == last.position);
                full && same && since(span.from.max(first.recorded_at)) >= self.window()
            }
            Regime::Stopped => {
                let quiet = since(span.from.max(first.recorded_at)).min(since(last.at));
                full && quiet >= self.window()
            }
            Regime::Rewound => full && self.went_back_lately(at) && since(span.from) >= ten_minutes,
            Regime::Ok => self.is_clearly_ok(at),
        }
    }

    /// Behind, and yet in order: it stores its checkpoint, gets on, and does not fall back.
    fn is_clearly_ok(&self, at: Timestamp) -> bool {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else {
            return false;
        };
        let since = |from: Timestamp| at.micros() - from.micros();
        let changed = self
            .spans
            .iter()
            .flat_map(|span| [span.from, span.to])
            .filter(|change| *change <= at)
            .max();
        let lags: Vec<usize> = self.samples.iter().map(|sample| sample.lag).collect();
        self.samples.len() == SAMPLES
            && since(last.at) < self.window()
            && changed.is_none_or(|change| change <= first.at && since(change) >= self.window())
            && (lags.contains(&0) || lags.windows(2).any(|pair| pair[1] < pair[0]))
    }

    fn went_back_lately(&self, at: Timestamp) -> bool {
        let positions: Vec<i64> = self.samples.iter().map(|sample| sample.position).collect();
        let lately = |(when, ..): &(Timestamp, i64, i64)| {
            *when <= at && at.micros() - when.micros() < WINDOW.as_micros() as i64
        };
        positions.windows(2).any(|pair| pair[1] < pair[0]) || self.rewinds.iter().any(lately)
    }
}
