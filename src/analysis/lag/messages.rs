//! The messages of an outbox one by one, as they are written to a file.

use serde::Serialize;

use super::course::Course;
use crate::log::{Bound, Cut, Published};
use crate::model::{EventIx, PositionName, Timestamp, Version};

/// A message of the outbox as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MessageReport {
    /// The position of its event; null where it is no event of this store, as all about it.
    pub position: Option<PositionName>,
    /// Its stream.
    pub stream: Option<String>,
    /// Its version there.
    pub version: Option<Version>,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// When it was put into the outbox.
    pub created_at: Option<Timestamp>,
    /// When it was published; null while it waits.
    pub published_at: Option<Timestamp>,
    /// What became of it by the moment; null where the store does not tell.
    pub status: Option<MessageStatus>,
    /// How often it was tried, where that is known at the moment.
    pub attempts: Option<i64>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// It waits.
    Pending,
    /// It was published.
    Published,
    /// It was given up.
    Failed,
}

impl MessageStatus {
    /// As it stands in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }
}

impl Course {
    /// The messages of the outbox known at a cut, the oldest first.
    #[must_use]
    pub fn messages(&self, cut: &Cut) -> Vec<MessageReport> {
        let log = &self.log;
        let is_head = cut.bound() == Bound::Head;
        let time = match is_head {
            true => None,
            false => Some(cut.time(log).unwrap_or(Timestamp::MIN)),
        };
        let known = self.known_messages(cut).iter();
        let told = known.map(|message| {
            let event = message.event.filter(|event| cut.holds(log, *event));
            let status = match message.is_published(time) {
                Some(true) => Some(MessageStatus::Published),
                Some(false) if is_head && message.published == Some(Published::Failed) => {
                    Some(MessageStatus::Failed)
                }
                Some(false) => Some(MessageStatus::Pending),
                None => None,
            };
            // How often one that waits was tried carries no date.
            let is_told = is_head || status == Some(MessageStatus::Published);
            let of = |event: EventIx| (log.stream(event), log.event_type(event));
            let of = event.map(of);
            MessageReport {
                position: event.map(|event| log.position_name(event)),
                stream: of.map(|(stream, _)| log.stream_name(stream).to_owned()),
                version: event.map(|event| log.version(event)),
                event_type: of.map(|(_, kind)| log.type_name(kind).to_owned()),
                created_at: message.created_at,
                published_at: message.published_at.filter(|at| self.is_by(cut, *at)),
                status,
                attempts: message.attempts.filter(|_| is_told),
            }
        });
        told.collect()
    }
}
