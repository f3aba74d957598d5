//! What is told of compaction and growth.

use std::ops::{AddAssign, Sub};

use serde::Serialize;
use serde_json::Value;

use crate::analysis::words::{grouped, many};
use crate::model::{EventIx, Timestamp, Version};

/// Compaction, snapshots and growth as of a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CompactionReport {
    /// The key: `stream`, `type` (the type within a stream) or a JSON pointer.
    pub by: String,
    /// All events, and the bytes of their payloads.
    pub total: Amount,
    /// What compaction by that key would keep.
    pub keeps: Amount,
    /// What it would remove.
    pub saves: Amount,
    /// Events without such a key, which are kept.
    pub without_key: u64,
    /// The same by category, the largest saving first.
    pub categories: Vec<CategorySaving>,
    /// What would be answered otherwise.
    pub questions: Questions,
    /// Streams of a hundred events and more that have not ended.
    pub long_streams: u64,
    /// The longest since their snapshot, twenty at most.
    pub long: Vec<LongStream>,
    /// How the store grows; null where its events are of less than a day.
    pub growth: Option<Growth>,
}

/// Events, and the bytes of their payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// How many.
    pub events: u64,
    /// How large together, as decoded.
    pub bytes: u64,
}

impl Amount {
    /// One event.
    #[must_use]
    pub const fn one(bytes: u32) -> Self {
        Self {
            events: 1,
            bytes: bytes as u64,
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.events = self.events.saturating_add(other.events);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            events: self.events - other.events,
            bytes: self.bytes - other.bytes,
        }
    }
}

/// What compaction would do to a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategorySaving {
    /// Its name.
    pub name: String,
    /// All of it.
    pub total: Amount,
    /// What would be kept.
    pub keeps: Amount,
}

/// Questions that would be answered otherwise by a compacted log.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Questions {
    /// Streams that there are.
    pub of_streams: u64,
    /// Streams that were folded both ways, from all over the store.
    pub streams: u64,
    /// Those of them that would have another state now.
    pub now: u64,
    /// Those of them that would have another state at the time of the event in their middle.
    pub then: u64,
    /// Some of the questions.
    pub examples: Vec<Question>,
}

impl Questions {
    /// `Of 511 streams 171 were folded from what is kept: of these`, to which a comma belongs.
    #[must_use]
    pub fn words(&self) -> String {
        let all = many(self.of_streams, "stream", "streams").unwrap_or_default();
        match self.streams == self.of_streams {
            true => format!("Of {all}, folded from what is kept"),
            false => format!(
                "Of {all} {} were folded from what is kept: of these",
                grouped(self.streams)
            ),
        }
    }
}

/// A question with its answers before and after a compaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// In words.
    pub question: String,
    /// The stream that it is about.
    pub stream: String,
    /// The moment that it is about; null for now.
    pub at: Option<Timestamp>,
    /// The field.
    pub field: String,
    /// The answer of all events; null where there is nothing.
    pub before: Value,
    /// The answer of those that are kept.
    pub after: Value,
}

/// A long stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LongStream {
    /// The stream.
    pub stream: String,
    /// What a replay reads without a snapshot: all of it.
    pub whole: Amount,
    /// The version of its last snapshot; null where it has none.
    pub snapshot: Option<Version>,
    /// What a replay reads from there on.
    pub since: Amount,
    /// Its last event.
    #[serde(skip)]
    pub last: EventIx,
}

/// How a store grows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// How much there was, at even distances from the first event to the last.
    pub points: Vec<GrowthPoint>,
    /// Events and bytes a day, over the last quarter of its time.
    pub a_day: Amount,
    /// How large it is in a year if it goes on like that.
    pub in_a_year: Amount,
}

impl Growth {
    /// What comes in a year if it goes on like that.
    #[must_use]
    pub fn a_year(&self) -> Amount {
        let now = self
            .points
            .last()
            .map_or_else(Amount::default, |own| own.amount);
        Amount {
            events: self.in_a_year.events.saturating_sub(now.events),
            bytes: self.in_a_year.bytes.saturating_sub(now.bytes),
        }
    }
}

/// How much there was at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrowthPoint {
    /// The moment.
    pub at: Timestamp,
    /// What had happened by then.
    #[serde(flatten)]
    pub amount: Amount,
}
