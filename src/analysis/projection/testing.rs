//! Small stores in memory, for the tests of projections.

use std::sync::Arc;

use super::Reading;
use crate::log::{
    Body, Clock, Log, LogBuilder, Order, Payload, PayloadReader, Place, RawChunk, Row, StreamEnd,
    Unreadable,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// An event of a made-up store.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub stream: String,
    pub event_type: String,
    pub payload: String,
    pub schema: Option<String>,
    /// In seconds.
    pub time: Option<i64>,
    /// How it ends its stream, if it does.
    pub ends: Option<StreamEnd>,
}

impl Made {
    pub fn new(stream: &str, event_type: &str, payload: &str) -> Self {
        Self {
            stream: stream.to_owned(),
            event_type: event_type.to_owned(),
            payload: payload.to_owned(),
            schema: None,
            time: None,
            ends: None,
        }
    }

    pub fn deletes(mut self) -> Self {
        self.ends = Some(StreamEnd::Deleted);
        self
    }

    pub fn schema(mut self, version: &str) -> Self {
        self.schema = Some(version.to_owned());
        self
    }

    pub fn at(mut self, seconds: i64) -> Self {
        self.time = Some(seconds);
        self
    }
}

struct Bodies(Vec<String>);

impl PayloadReader for Bodies {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for &event in events {
            task.check()?;
            let body = Body {
                data: Payload::from_text(self.0[log.place(event).at as usize].clone()),
                metadata: Payload::Absent,
                native_position: None,
            };
            each(event, Ok(body));
        }
        Ok(())
    }
}

/// The first of these events and then all of them, in one log that has grown.
pub(super) fn grown(events: &[Made], first: usize) -> (Reading, Reading) {
    let mut builder = LogBuilder::new(Order::Given);
    let payloads: Arc<dyn PayloadReader> = Arc::new(Bodies(
        events.iter().map(|event| event.payload.clone()).collect(),
    ));
    let mut parts = [&events[..first], &events[first..]].into_iter().enumerate();
    let mut read = || {
        if let Some((n, part)) = parts.next() {
            builder.append(raw(part, n * first));
        }
        Reading {
            log: builder.finish().0,
            payloads: Arc::clone(&payloads),
            clock: Clock::Recorded,
        }
    };
    (read(), read())
}

/// A store of these events, a minute apart where they have no times.
pub(super) fn reading(events: &[Made]) -> Reading {
    let mut builder = LogBuilder::new(Order::Given);
    builder.append(raw(events, 0));
    let payloads = events.iter().map(|event| event.payload.clone()).collect();
    Reading {
        log: builder.finish().0,
        payloads: Arc::new(Bodies(payloads)),
        clock: Clock::Recorded,
    }
}

/// Events as they are read, the first of them at this place.
fn raw(events: &[Made], first: usize) -> RawChunk {
    let mut raw = RawChunk::default();
    for (at, event) in (first..).zip(events) {
        let seconds = event.time.unwrap_or(1_700_000_000 + 60 * at as i64);
        let row = Row {
            stream: &event.stream,
            event_type: &event.event_type,
            position: Some(at as i64 + 1),
            recorded: Some(Timestamp::from_micros(seconds * 1_000_000)),
            schema_version: event.schema.as_deref(),
            ends: event.ends,
            place: Place {
                at: at as i64,
                extent: 0,
            },
            ..Row::default()
        };
        let category = event.stream.split('-').next().unwrap_or_default();
        raw.push(&row, || category.to_owned());
    }
    raw
}
