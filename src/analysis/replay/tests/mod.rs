//! Tests of replay: the laws over random histories, and told examples. Stores are made in memory.

mod ends;
mod examples;
mod flaws;
mod laws;
mod series;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::log::{
    Body, Bound, Clock, Cut, Ended, Log, LogBuilder, Order, Payload, PayloadReader, Place,
    RawChunk, Row, StreamEnd, Unreadable,
};
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp};

/// One event of a made-up store.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub stream: &'static str,
    pub event_type: &'static str,
    pub version: Option<i64>,
    pub time: Option<Timestamp>,
    pub id: Option<String>,
    pub ends: Option<StreamEnd>,
    pub ended: Option<Ended>,
    pub payload: String,
}

/// A store in memory.
pub(super) struct Store {
    pub log: Log,
    payloads: Vec<Result<String, Unreadable>>,
    task: Task,
    pub reads: AtomicUsize,
}

impl Store {
    pub fn new(events: &[Made]) -> Self {
        let mut raw = RawChunk::default();
        for (at, event) in events.iter().enumerate() {
            let row = Row {
                stream: event.stream,
                event_type: event.event_type,
                version: event.version,
                recorded: event.time,
                event_id: event.id.as_deref(),
                place: Place {
                    at: at as i64,
                    extent: 0,
                },
                ends: event.ends,
                ended: event.ended,
                ..Row::default()
            };
            raw.push(&row, || {
                event
                    .stream
                    .split('-')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            });
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        let payloads = events
            .iter()
            .map(|event| Ok(event.payload.clone()))
            .collect();
        Self {
            log: builder.finish().0,
            payloads,
            task: Task::new(),
            reads: AtomicUsize::new(0),
        }
    }

    pub fn spoil(&mut self, at: usize, how: Unreadable) {
        self.payloads[at] = Err(how);
    }

    pub fn source(&self) -> Source<'_> {
        Source {
            log: &self.log,
            payloads: self,
            task: &self.task,
        }
    }

    pub fn stream(&self, name: &str) -> StreamIx {
        StreamIx(self.log.streams().find(name).unwrap())
    }

    pub fn series(&self, name: &str) -> Series {
        Series::new(self.stream(name), FoldRules::default())
    }

    pub fn at(&self, series: &Series, cut: Cut) -> StateAt {
        StateAt::find(series, self.source(), cut).unwrap()
    }

    pub fn cut(&self, bound: Bound) -> Cut {
        self.log.cut(Clock::Recorded, bound)
    }
}

impl PayloadReader for Store {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for &event in events {
            task.check()?;
            self.reads.fetch_add(1, Ordering::Relaxed);
            let body = self.payloads[log.place(event).at as usize]
                .clone()
                .map(|text| Body {
                    data: Payload::from_text(text),
                    metadata: Payload::Absent,
                    native_position: None,
                });
            each(event, body);
        }
        Ok(())
    }
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
