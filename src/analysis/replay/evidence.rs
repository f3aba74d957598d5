//! Events as what a report, a notice or the sentence rests on. Says nothing about them.

use serde::Serialize;

use crate::log::{Clock, Log};
use crate::model::{EventIx, PositionName, StreamIx, Timestamp, Version};

/// An event as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventRef {
    /// Its global position.
    pub position: PositionName,
    /// Its version in the stream in question; null where a linked event has none there.
    pub version: Option<Version>,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its own time by the clock of the report; null where it has none, though it counts at that of the
    /// event before it.
    pub time: Option<Timestamp>,
    /// Its id.
    pub id: Option<String>,
}

impl EventRef {
    /// `event` as it stands in `stream`.
    #[must_use]
    pub fn new(log: &Log, stream: StreamIx, clock: Clock, event: EventIx) -> Self {
        Self {
            position: log.position_name(event),
            version: log.version_in(event, stream),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            time: log.own_time(event, clock),
            id: log.event_id(event).map(|id| id.to_string()),
        }
    }
}

/// One row of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What the event has to do with the answer.
    pub role: &'static str,
    /// The event.
    pub event: EventRef,
}
