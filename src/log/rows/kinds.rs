//! What each kind of row says. Fields are `None`, and lists empty, where the store does not tell.

use super::mark::Mark;
use crate::log::Payload;
use crate::model::{Timestamp, Version};

/// How far a consumer has processed, now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The consumer; where the store names none, the file whose checkpoint it is.
    pub consumer: String,
    /// Which part of its work.
    pub partition: Option<String>,
    /// The last event that it has processed; none where it has not begun.
    pub reached: Option<Mark>,
    /// The categories that it processes, where the store says so.
    pub categories: Vec<String>,
    /// The event types that it processes, where the store says so.
    pub types: Vec<String>,
    /// What the store calls its status.
    pub status: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// When this was written.
    pub updated_at: Option<Timestamp>,
}

/// How far a consumer had processed at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckpointHistory {
    /// As in [`Checkpoint`].
    pub consumer: String,
    /// As in [`Checkpoint`].
    pub partition: Option<String>,
    /// As in [`Checkpoint`].
    pub reached: Option<Mark>,
    /// When.
    pub at: Option<Timestamp>,
}

/// A stored state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Of which stream.
    pub stream: Option<String>,
    /// The version up to which events are in it.
    pub version: Option<Version>,
    /// The last event that is in it.
    pub reached: Option<Mark>,
    /// The state.
    pub state: Payload,
    /// When it was stored.
    pub taken_at: Option<Timestamp>,
    /// Why it was stored, as the store calls it.
    pub strategy: Option<String>,
}

/// A message that is to be published, or was.
#[derive(Clone, Debug)]
pub struct OutboxMessage {
    /// Its id.
    pub id: Option<String>,
    /// The event that it publishes.
    pub of: Option<Mark>,
    /// Its type.
    pub message_type: Option<String>,
    /// The stream or topic that it is of.
    pub stream: Option<String>,
    /// What is published.
    pub payload: Payload,
    /// When it was put there.
    pub created_at: Option<Timestamp>,
    /// When it was published; none where it was not, or where the store keeps no time of it: see
    /// [`OutboxMessage::is_published`].
    pub published_at: Option<Timestamp>,
    /// What the store says of it without a time: that it was published, or not.
    pub published: Option<Published>,
    /// How often it was tried.
    pub attempts: Option<i64>,
    /// What the store calls its status.
    pub status: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// Whether a message was published, by its status or a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It was.
    Yes,
    /// It waits.
    No,
    /// It was given up.
    Failed,
}

impl Published {
    /// Whether it is still to be published.
    #[must_use]
    pub fn waits(self) -> bool {
        self == Self::No
    }
}

/// That a consumer has processed a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processed {
    /// Which consumer, where the store tells them apart.
    pub consumer: Option<String>,
    /// The event.
    pub of: Option<Mark>,
    /// When.
    pub processed_at: Option<Timestamp>,
    /// How often it was received.
    pub attempts: Option<i64>,
}

/// A message that a consumer gave up on.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Which consumer, where the store tells them apart.
    pub consumer: Option<String>,
    /// The event.
    pub of: Option<Mark>,
    /// Its type.
    pub message_type: Option<String>,
    /// What it carried.
    pub payload: Payload,
    /// What went wrong.
    pub error: Option<String>,
    /// When it was given up.
    pub at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: Option<i64>,
    /// What the store calls its status.
    pub status: Option<String>,
}

/// The state of a saga, now.
#[derive(Clone, Debug)]
pub struct Saga {
    /// Its id.
    pub saga: Option<String>,
    /// Its type.
    pub saga_type: Option<String>,
    /// Its data.
    pub state: Payload,
    /// What the store calls its status, or its step.
    pub status: Option<String>,
    /// The ids or business keys by which messages find it.
    pub correlations: Vec<String>,
    /// How often it was written.
    pub version: Option<i64>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When this was written.
    pub updated_at: Option<Timestamp>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A registered schema of an event type.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The event type.
    pub event_type: Option<String>,
    /// Its schema version.
    pub version: Option<String>,
    /// The schema.
    pub schema: Payload,
    /// When it was registered.
    pub registered_at: Option<Timestamp>,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its id.
    pub id: Option<String>,
    /// Its type.
    pub command_type: Option<String>,
    /// The stream that it was for.
    pub stream: Option<String>,
    /// The correlation id.
    pub correlation: Option<String>,
    /// The causation id.
    pub causation: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was handled; none where it was not yet.
    pub handled_at: Option<Timestamp>,
    /// What it carried.
    pub payload: Payload,
    /// What the store calls its status, or what came of it.
    pub status: Option<String>,
    /// How often it was tried.
    pub attempts: Option<i64>,
}

impl OutboxMessage {
    /// Whether it was published by `time`; at the head where that is none. `None` where the store does
    /// not tell of that moment.
    #[must_use]
    pub fn is_published(&self, time: Option<Timestamp>) -> Option<bool> {
        match (self.published_at, time) {
            (Some(published), Some(time)) => Some(published <= time),
            (Some(_), None) => Some(true),
            // Without a time only that it was not is a fact of every moment.
            (None, Some(_)) if self.published == Some(Published::Yes) => None,
            (None, _) => match self.published {
                Some(Published::Yes) => Some(true),
                Some(Published::No | Published::Failed) | None => Some(false),
            },
        }
    }
}

impl super::Says {
    /// The event that the row is about, if it names one.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark> {
        match self {
            Self::Checkpoint(row) => row.reached.as_ref(),
            Self::CheckpointHistory(row) => row.reached.as_ref(),
            Self::Snapshot(row) => row.reached.as_ref(),
            Self::Outbox(row) => row.of.as_ref(),
            Self::Processed(row) => row.of.as_ref(),
            Self::DeadLetter(row) => row.of.as_ref(),
            Self::Saga(_) | Self::Schema(_) | Self::Command(_) => None,
        }
    }
}
