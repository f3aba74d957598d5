//! What stands beside the events: how far each consumer was and when, what the relay published,
//! what a consumer gave up on, and stored states of the long streams.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use super::super::calendar::{DAY, after, midnight, utc};
use super::super::journal::Event;
use super::super::rng::{Rng, Seed};
use super::closing;
use crate::model::{Position, Timestamp, Version};

/// A consumer's checkpoint at the moment it was stored.
pub(in super::super) struct Checkpoint {
    pub consumer: &'static str,
    pub position: Position,
    pub at: Timestamp,
}

/// A stored state.
pub(in super::super) struct Snapshot {
    pub stream: String,
    pub version: Version,
    pub state: Value,
    pub taken_at: Timestamp,
}

/// An event on its way to the broker.
pub(in super::super) struct Outgoing {
    pub event_id: String,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub attempts: u32,
}

/// An event that a consumer has handled.
pub(in super::super) struct Processed {
    pub consumer: &'static str,
    pub event_id: String,
    pub at: Timestamp,
}

/// An event that a consumer has given up on.
pub(in super::super) struct DeadLetter {
    pub consumer: &'static str,
    pub event_id: String,
    pub error: &'static str,
    pub at: Timestamp,
    pub attempts: u32,
}

/// The rows of all tables but `events`.
#[derive(Default)]
pub(in super::super) struct SideTables {
    /// The whole history in order; the last one of a consumer is its current checkpoint.
    pub checkpoints: Vec<Checkpoint>,
    pub snapshots: Vec<Snapshot>,
    pub outbox: Vec<Outgoing>,
    pub processed: Vec<Processed>,
    pub dead_letters: Vec<DeadLetter>,
}

const MAILER: &str = "mailer";
const MAILED: [&str; 4] = [
    "OrderPlaced",
    "OrderShipped",
    "OrderCancelled",
    "RefundIssued",
];
const PUBLISHED: [&str; 4] = ["OrderPlaced", "OrderPaid", "OrderShipped", "OrderCancelled"];

/// How a consumer works through the log.
struct Consumer {
    name: &'static str,
    /// How long it gathers events before it handles them.
    gather: Duration,
    /// The most it handles before it stores its checkpoint.
    batch: usize,
    /// How long one event takes.
    each: Duration,
    /// When it stood still.
    stalled: std::ops::Range<Timestamp>,
    /// Runs only once a day, at two in the morning.
    nightly: bool,
}

fn consumers() -> [Consumer; 3] {
    let never = closing()..closing();
    let friday = utc(2024, 11, 29, 12, 20)..utc(2024, 11, 29, 19, 5);
    [
        Consumer {
            name: "order-summary",
            gather: Duration::from_mins(2),
            batch: 500,
            each: Duration::from_millis(8),
            stalled: never.clone(),
            nightly: false,
        },
        // The sale's mails were too many for its provider; it caught up in the evening.
        Consumer {
            name: MAILER,
            gather: Duration::from_secs(90),
            batch: 12,
            each: Duration::from_secs(4),
            stalled: friday,
            nightly: false,
        },
        Consumer {
            name: "warehouse-report",
            gather: Duration::ZERO,
            batch: 100_000,
            each: Duration::from_millis(3),
            stalled: never,
            nightly: true,
        },
    ]
}

/// Everything beside the events, as it was when the file was copied.
pub(in super::super) fn side_tables(events: &[Event], seed: Seed) -> SideTables {
    let mut side = SideTables::default();
    for consumer in consumers() {
        consume(&consumer, events, &mut side);
    }
    side.checkpoints.sort_by_key(|row| row.at);
    snapshots(events, &mut side);
    publish(events, &mut Rng::new(seed), &mut side);
    side
}

fn consume(consumer: &Consumer, events: &[Event], side: &mut SideTables) {
    let mut done = 0;
    let mut free = Timestamp::from_micros(0);
    while let Some(next) = events.get(done) {
        let mut start = free.max(after(next.recorded_at, consumer.gather));
        if consumer.nightly {
            start = after(
                midnight(after(start, DAY * 11 / 12)),
                Duration::from_hours(2),
            );
        }
        if consumer.stalled.contains(&start) {
            start = consumer.stalled.end;
        }
        let waiting = events[done..].iter().take(consumer.batch);
        let batch = waiting
            .take_while(|event| event.recorded_at <= start)
            .count();
        let mut now = start;
        for event in &events[done..done + batch] {
            now = after(now, consumer.each);
            if consumer.name == MAILER && MAILED.contains(&event.event_type) {
                mail(event, now, side);
            }
        }
        if now > closing() {
            return;
        }
        done += batch;
        free = now;
        let position = events[done - 1].position;
        side.checkpoints.push(Checkpoint {
            consumer: consumer.name,
            position,
            at: now,
        });
    }
}

/// The mailer sends a mail, or gives up on an address that does not take any.
fn mail(event: &Event, at: Timestamp, side: &mut SideTables) {
    let event_id = event.event_id.clone();
    if at > closing() {
        return;
    }
    if matches!(
        event.stream.as_str(),
        "order-1033" | "order-1120" | "order-1177"
    ) && event.event_type == "OrderPlaced"
    {
        let error = "550 5.1.1 mailbox unavailable";
        side.dead_letters.push(DeadLetter {
            consumer: MAILER,
            event_id,
            error,
            at,
            attempts: 5,
        });
    } else {
        side.processed.push(Processed {
            consumer: MAILER,
            event_id,
            at,
        });
    }
}

/// Every fiftieth version of an article's stream is kept as a state.
fn snapshots(events: &[Event], side: &mut SideTables) {
    let mut states: HashMap<&str, Value> = HashMap::new();
    for event in events.iter().filter(|event| event.category == "inventory") {
        let state = states
            .entry(&event.stream)
            .or_insert_with(|| Value::Object(Default::default()));
        merge(state, &event.data);
        if event.version.0 % 50 == 0 {
            side.snapshots.push(Snapshot {
                stream: event.stream.clone(),
                version: event.version,
                state: state.clone(),
                taken_at: after(event.recorded_at, Duration::from_millis(12)),
            });
        }
    }
}

/// JSON merge of flat payloads: a null removes its key. Inventory payloads hold nothing nested.
fn merge(state: &mut Value, payload: &Value) {
    let (Some(state), Some(payload)) = (state.as_object_mut(), payload.as_object()) else {
        return;
    };
    for (key, value) in payload {
        if value.is_null() {
            state.shift_remove(key);
        } else {
            state.insert(key.clone(), value.clone());
        }
    }
}

/// The relay publishes within seconds, except in an outage, and not at all since its last one.
fn publish(events: &[Event], rng: &mut Rng, side: &mut SideTables) {
    let outage = utc(2024, 12, 5, 15, 10)..utc(2024, 12, 5, 17, 40);
    let last_outage = utc(2024, 12, 20, 12, 0);
    for event in events
        .iter()
        .filter(|event| PUBLISHED.contains(&event.event_type))
    {
        let created_at = event.recorded_at;
        let delay = rng.delay(Duration::from_millis(150), Duration::from_secs(3));
        let (published_at, attempts) = if created_at >= last_outage {
            (None, 4)
        } else if outage.contains(&created_at) {
            (Some(after(outage.end, delay)), 3)
        } else {
            (Some(after(created_at, delay)), 1)
        };
        let event_id = event.event_id.clone();
        side.outbox.push(Outgoing {
            event_id,
            created_at,
            published_at,
            attempts,
        });
    }
}
