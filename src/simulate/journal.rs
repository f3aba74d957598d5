//! The simulated log: gives events their position, version, id and moment, and remembers what
//! caused what. No scenario may number or date an event by itself.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::calendar::{after, before};
use super::rng::{Rng, Seed};
use crate::model::{Position, Timestamp, Version};

/// An event as it will stand in the store.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub position: Position,
    pub stream: String,
    pub category: &'static str,
    pub version: Version,
    pub event_type: &'static str,
    pub schema_version: u32,
    pub event_id: String,
    pub recorded_at: Timestamp,
    pub occurred_at: Timestamp,
    pub correlation_id: String,
    pub causation_id: Option<String>,
    pub data: Value,
    pub metadata: Value,
}

/// An event before the log has given it its place.
pub(super) struct Draft {
    pub category: &'static str,
    pub stream: String,
    pub event_type: &'static str,
    pub schema_version: u32,
    pub service: &'static str,
    pub data: Value,
}

impl Draft {
    /// An event of the first schema version.
    pub(super) const fn new(
        category: &'static str,
        stream: String,
        event_type: &'static str,
        service: &'static str,
        data: Value,
    ) -> Self {
        Self {
            category,
            stream,
            event_type,
            schema_version: 1,
            service,
            data,
        }
    }
}

/// The process that an event belongs to, and the event that caused it.
#[derive(Clone, Debug)]
pub(super) struct Trail {
    correlation: String,
    cause: Option<(String, Timestamp)>,
}

/// All events so far, in log order.
#[derive(Debug)]
pub(super) struct Journal {
    pub events: Vec<Event>,
    versions: HashMap<String, i64>,
    last: Timestamp,
    rng: Rng,
}

impl Journal {
    pub(super) fn new(seed: Seed) -> Self {
        Self {
            events: Vec::new(),
            versions: HashMap::new(),
            last: Timestamp::from_micros(0),
            // A sequence of its own: a new draw for an id must not change the story.
            rng: Rng::new(Seed(!seed.0)),
        }
    }

    /// Begins a process that nothing before it caused.
    pub(super) fn start(&mut self, at: Timestamp) -> Trail {
        Trail {
            correlation: self.uuid(at),
            cause: None,
        }
    }

    /// Goes on in the process of an event recorded before, which is the cause of what follows.
    pub(super) fn continue_from(&self, cause: Position) -> Trail {
        let event = &self.events[cause.0 as usize - 1];
        Trail {
            correlation: event.correlation_id.clone(),
            cause: Some((event.event_id.clone(), event.recorded_at)),
        }
    }

    /// Records an event at `at`, or just after the last one when that was not earlier; returns
    /// the trail of what it causes.
    pub(super) fn record(&mut self, at: Timestamp, trail: &Trail, draft: Draft) -> Trail {
        let recorded_at = at.max(after(self.last, Duration::from_micros(1)));
        self.last = recorded_at;
        let event_id = self.uuid(recorded_at);
        let delay = self
            .rng
            .delay(Duration::from_millis(2), Duration::from_millis(40));
        let cause_at = trail
            .cause
            .as_ref()
            .map_or(Timestamp::from_micros(0), |cause| cause.1);
        let version = self.versions.entry(draft.stream.clone()).or_default();
        *version += 1;
        self.events.push(Event {
            position: Position(self.events.len() as i64 + 1),
            stream: draft.stream,
            category: draft.category,
            version: Version(*version),
            event_type: draft.event_type,
            schema_version: draft.schema_version,
            event_id: event_id.clone(),
            recorded_at,
            // An effect never occurs before its cause was recorded: no clock is skewed here.
            occurred_at: before(recorded_at, delay).max(cause_at),
            correlation_id: trail.correlation.clone(),
            causation_id: trail.cause.as_ref().map(|cause| cause.0.clone()),
            data: draft.data,
            metadata: json!({ "service": draft.service }),
        });
        Trail {
            correlation: trail.correlation.clone(),
            cause: Some((event_id, recorded_at)),
        }
    }

    /// A UUID of version 7 (RFC 9562, method 3): milliseconds, then the rest of the microseconds
    /// as 1/4096 ms, then chance. Sorts by time because no two events share a microsecond.
    fn uuid(&mut self, at: Timestamp) -> String {
        let (millis, rest) = (at.micros() / 1000, at.micros() % 1000);
        let fraction = rest * 4096 / 1000;
        let chance = self.rng.bits();
        format!(
            "{:08x}-{:04x}-7{fraction:03x}-{:04x}-{:012x}",
            millis >> 16,
            millis & 0xffff,
            0x8000 | (chance >> 50),
            chance & 0xffff_ffff_ffff,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_the_events_do_and_causes_come_first() {
        let mut journal = Journal::new(Seed(3));
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let mut trail = journal.start(at);
        for _ in 0..50 {
            let draft = Draft::new("a", "a-1".to_owned(), "Happened", "test", Value::Null);
            trail = journal.record(at, &trail, draft);
        }
        assert!(journal.events.is_sorted_by(|a, b| a.event_id < b.event_id));
        assert!(
            journal
                .events
                .is_sorted_by(|a, b| a.recorded_at < b.recorded_at)
        );
        for pair in journal.events.windows(2) {
            assert_eq!(pair[1].causation_id.as_ref(), Some(&pair[0].event_id));
            assert_eq!(pair[1].version.0, pair[0].version.0 + 1);
            assert!(pair[1].occurred_at >= pair[0].recorded_at);
        }
    }

    #[test]
    fn ids_are_well_formed() {
        let id = Journal::new(Seed(3)).uuid(Timestamp::from_micros(1_700_000_000_000_999));
        assert!(id.starts_with("018bcfe5-6800-7ffb-"), "{id}");
        assert_eq!(id.len(), 36);
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
