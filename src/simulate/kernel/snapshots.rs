//! Stored states of streams, taken by one of the four strategies of the literature.

use std::time::Duration;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde_json::{Map, Value};

use super::event::{Event, Stream};
use super::fold::fold;
use crate::model::Timestamp;
use crate::simulate::chance::{Rng, after};

/// When a stream's state is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Every so many events.
    Periodic(u32),
    /// When a replay since the last one would read so many bytes.
    Threshold(usize),
    /// After every event.
    Eager,
    /// When somebody reads the stream, and there are so many events since the last one.
    Lazy(u32),
}

impl Strategy {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Periodic(_) => "periodic",
            Self::Threshold(_) => "threshold",
            Self::Eager => "eager",
            Self::Lazy(_) => "lazy",
        }
    }
}

/// The strategies of a category; its streams take turns.
pub type Rules = &'static [(&'static str, &'static [Strategy])];

/// A state as it is stored.
#[derive(Debug)]
pub struct Taken {
    pub stream: Stream,
    pub version: i64,
    pub state: Map<String, Value>,
    pub strategy: &'static str,
    pub taken_at: Timestamp,
}

#[derive(Debug)]
struct Kept {
    state: Map<String, Value>,
    version: i64,
    events: u32,
    bytes: usize,
}

#[derive(Debug)]
pub struct Snapshots {
    rules: Rules,
    kept: HashMap<Stream, Kept, FixedState>,
    rng: Rng,
}

impl Snapshots {
    pub fn new(rules: Rules, rng: Rng) -> Self {
        let kept = HashMap::with_hasher(FixedState::default());
        Self { rules, kept, rng }
    }

    /// Whether streams of a category have snapshots.
    pub fn covers(&self, category: &str) -> bool {
        self.rules.iter().any(|(covered, _)| *covered == category)
    }

    fn strategy(&self, stream: Stream) -> Option<Strategy> {
        let (_, strategies) = self
            .rules
            .iter()
            .find(|(category, _)| *category == stream.category)?;
        strategies
            .get(stream.lot() as usize % strategies.len())
            .copied()
    }

    /// Takes an event in; a snapshot if it is time for one.
    pub fn apply(
        &mut self,
        event: &Event,
        payload: Option<&Value>,
        now: Timestamp,
    ) -> Option<Taken> {
        let strategy = self.strategy(event.stream)?;
        let kept = self.kept.entry(event.stream).or_insert_with(|| Kept {
            state: Map::new(),
            version: 0,
            events: 0,
            bytes: 0,
        });
        if let Some(payload) = payload {
            fold(&mut kept.state, event.kind.name, payload);
        }
        kept.version = event.version;
        kept.events += 1;
        kept.bytes += event.data.len();
        let due = match strategy {
            Strategy::Periodic(events) => kept.events >= events,
            Strategy::Threshold(bytes) => kept.bytes >= bytes,
            Strategy::Eager => true,
            Strategy::Lazy(_) => false,
        };
        due.then(|| self.take(event.stream, strategy, now))
            .flatten()
    }

    /// Somebody reads a stream; a snapshot if its strategy wants one then.
    pub fn read(&mut self, stream: Stream, now: Timestamp) -> Option<Taken> {
        let strategy = self.strategy(stream)?;
        let Strategy::Lazy(events) = strategy else {
            return None;
        };
        let due = self.kept.get(&stream)?.events >= events;
        due.then(|| self.take(stream, strategy, now)).flatten()
    }

    fn take(&mut self, stream: Stream, strategy: Strategy, now: Timestamp) -> Option<Taken> {
        let kept = self.kept.get_mut(&stream)?;
        (kept.events, kept.bytes) = (0, 0);
        let delay = Duration::from_millis(2)..Duration::from_millis(30);
        Some(Taken {
            stream,
            version: kept.version,
            state: kept.state.clone(),
            strategy: strategy.name(),
            taken_at: after(now, self.rng.delay(delay)),
        })
    }

    /// Nothing more will come of a stream.
    pub fn close(&mut self, stream: Stream) {
        self.kept.remove(&stream);
    }
}
