//! The events of a measured store, one after another in reused buffers.

use std::fmt::Write;

use asof::simulate::{Rng, Seed};

use super::{NEEDLE, Shape};

/// An event as text, ready to be written.
#[derive(Default)]
pub struct Event {
    /// From 1 on.
    pub position: u64,
    /// A UUID of version 4.
    pub id: String,
    /// `order-0000042`
    pub stream: String,
    /// From 1 on in each stream.
    pub version: u32,
    /// One of thirty.
    pub event_type: String,
    /// RFC 3339 with microseconds.
    pub timestamp: String,
    /// A JSON object of about 208 bytes, without escapes.
    pub data: String,
    /// A JSON object of about 190 bytes, with the correlation of about five events and the id of the
    /// event before among them; of the first one that of a command, which is no event.
    pub metadata: String,
}

/// What belongs together: one event causes the next.
#[derive(Clone, Default)]
struct Chain {
    /// Empty before the first event.
    correlation: String,
    cause: String,
}

/// Makes all events of a shape, in order of position and time.
pub struct Events {
    shape: Shape,
    rng: Rng,
    versions: Vec<u32>,
    chains: Vec<Chain>,
    micros: i64,
    event: Event,
}

const TYPES: u64 = 30;
/// Chains that go on side by side.
const CHAINS: u64 = 100;
/// Events of a chain on average.
const CHAINED: u64 = 5;
/// 2021-01-01T00:00:00Z; three years are filled whatever the number of events.
const FIRST_MICROS: i64 = 1_609_459_200_000_000;
const SPAN_MICROS: i64 = 3 * 365 * 86_400_000_000;

impl Events {
    /// From the first event on.
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            rng: Rng::new(Seed(42)),
            versions: vec![0; shape.streams as usize],
            chains: vec![Chain::default(); CHAINS as usize],
            micros: FIRST_MICROS,
            event: Event::default(),
        }
    }

    /// The next event, until the shape is full.
    pub fn next(&mut self) -> Option<&Event> {
        if self.event.position == self.shape.events {
            return None;
        }
        let rng = &mut self.rng;
        let event = &mut self.event;
        event.position += 1;
        let stream = if event.position.is_multiple_of(5000) {
            0
        } else {
            // Never the hot stream, unless it is the only one.
            (1 + rng.below(self.shape.streams.saturating_sub(1))).min(self.shape.streams - 1)
        };
        let version = &mut self.versions[stream as usize];
        *version += 1;
        event.version = *version;
        self.micros += rng.between(1, 2 * SPAN_MICROS / self.shape.events as i64);
        let chain = &mut self.chains[rng.below(CHAINS) as usize];
        event.fill(stream, self.micros, chain, rng);
        Some(event)
    }
}

impl Event {
    fn fill(&mut self, stream: u64, micros: i64, chain: &mut Chain, rng: &mut Rng) {
        for text in [
            &mut self.id,
            &mut self.stream,
            &mut self.event_type,
            &mut self.timestamp,
            &mut self.data,
            &mut self.metadata,
        ] {
            text.clear();
        }
        let kind = rng.below(TYPES);
        // Writing to a String cannot fail.
        let _ = write!(self.stream, "order-{stream:07}");
        let _ = write!(self.event_type, "OrderEvent{kind:02}Recorded");
        let moment = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
        self.timestamp = moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        uuid(&mut self.id, rng);
        let _ = write!(
            self.data,
            "{{\"amount\":{}.{:02},\"currency\":\"EUR\",\"customer\":\"customer-{:06}\",\
             \"status\":\"state-{kind}\",\"field_{:02}\":{},\"note\":\"{}{:0>pad$x}\"}}",
            rng.below(5000),
            rng.below(100),
            rng.below(100_000),
            rng.below(40),
            rng.below(1_000_000),
            if rng.below(10_000) == 0 {
                NEEDLE
            } else {
                "plain"
            },
            rng.bits(),
            pad = 40 + rng.below(100) as usize,
        );
        if chain.correlation.is_empty() {
            uuid(&mut chain.correlation, rng);
            chain.cause.clear();
            uuid(&mut chain.cause, rng);
        }
        let _ = write!(
            self.metadata,
            "{{\"correlation_id\":\"{}\",\"causation_id\":\"{}\",\
             \"user\":\"user-{:05}\",\"service\":\"service-{kind:02}\",\"trace\":\"{:016x}\"}}",
            chain.correlation,
            chain.cause,
            rng.below(50_000),
            rng.bits(),
        );
        chain.cause.clone_from(&self.id);
        if rng.below(CHAINED) == 0 {
            chain.correlation.clear();
        }
    }
}

fn uuid(out: &mut String, rng: &mut Rng) {
    let (high, low) = (rng.bits(), rng.bits());
    let _ = write!(
        out,
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 50),
        low & 0xffff_ffff_ffff,
    );
}
