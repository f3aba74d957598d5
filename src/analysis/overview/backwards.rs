//! Where time runs backwards in log order. Says nothing of why: a second writer, a slow commit, a
//! wrong clock.

use serde::Serialize;

use super::EXAMPLES;
use crate::log::Log;
use crate::model::time::Span;
use crate::model::{EventIx, PositionName, Timestamp};

/// Events with a time before that of the event before them, by the clock of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backwards {
    /// How many.
    pub events: u64,
    /// By how much at most, in microseconds; 0 where there are none.
    #[serde(rename = "most_us")]
    pub most: Span,
    /// The first ten.
    pub first: Vec<SlidBack>,
}

/// One event with a time before that of the event before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlidBack {
    /// Its position.
    pub position: PositionName,
    /// By how much, in microseconds.
    #[serde(rename = "by_us")]
    pub by: Span,
}

/// Watches times go by.
#[derive(Debug, Default)]
pub(super) struct Watch {
    last: Option<Timestamp>,
    events: u64,
    most: Span,
    first: Vec<(EventIx, Span)>,
}

impl Watch {
    #[inline]
    pub(super) fn see(&mut self, event: EventIx, time: Timestamp) {
        if let Some(last) = self.last
            && time < last
        {
            let by = last - time;
            self.events += 1;
            self.most = self.most.max(by);
            if self.first.len() < EXAMPLES {
                self.first.push((event, by));
            }
        }
        self.last = Some(time);
    }

    pub(super) fn figures(&self, log: &Log) -> Backwards {
        let first = self.first.iter().map(|&(event, by)| SlidBack {
            position: log.position_name(event),
            by,
        });
        Backwards {
            events: self.events,
            most: self.most,
            first: first.collect(),
        }
    }
}
