//! One JSON object that holds an array of events for each stream, as the classic example has it for
//! one. What the first schema version of a type recorded is the four keys of that example; later ones
//! say more.

use std::fs::File;
use std::io::{BufWriter, Write};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde_json::{Map, Value, json};

use super::lines::{data, metadata};
use super::{Row, Sink, WriteError};
use crate::simulate::chance::rfc3339;
use crate::simulate::kernel::{Event, Stream};

/// Streams come in pieces and are written whole, so that they have to be held; no more than this.
const MOST: usize = 100_000;

pub struct Streams {
    out: BufWriter<File>,
    places: HashMap<Stream, usize, FixedState>,
    streams: Vec<(String, Vec<Value>)>,
    events: usize,
}

impl Streams {
    pub fn new(file: File) -> Self {
        Self {
            out: BufWriter::new(file),
            places: HashMap::with_hasher(FixedState::default()),
            streams: Vec::new(),
            events: 0,
        }
    }

    fn take(&mut self, event: &Event) -> Result<(), WriteError> {
        self.events += 1;
        if self.events > MOST {
            return Err(WriteError::TooMany(MOST));
        }
        let streams = &mut self.streams;
        let place = *self.places.entry(event.stream).or_insert_with(|| {
            streams.push((event.stream.to_string(), Vec::new()));
            streams.len() - 1
        });
        streams[place].1.push(value(event));
        Ok(())
    }
}

impl Sink for Streams {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), WriteError> {
        for row in rows {
            if let Row::Event(event) = row {
                self.take(&event)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        let streams = std::mem::take(&mut self.streams).into_iter();
        let store: Map<String, Value> = streams
            .map(|(name, events)| (name, Value::Array(events)))
            .collect();
        writeln!(self.out, "{:#}", Value::Object(store))?;
        Ok(self.out.flush()?)
    }
}

fn value(event: &Event) -> Value {
    let read = |write: fn(&mut String, &Event)| -> Value {
        let mut text = String::new();
        write(&mut text, event);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    };
    let mut value = json!({
        "seq": event.version,
        "event_type": event.kind.name,
        "data": read(data),
        "timestamp": rfc3339(event.recorded_at),
    });
    if event.kind.version > 1 {
        value["schema_version"] = json!(event.kind.version);
        value["event_id"] = json!(event.id);
        value["correlation_id"] = json!(event.correlation);
        if let Some(cause) = event.causation {
            value["causation_id"] = json!(cause);
        }
        value["metadata"] = read(metadata);
    }
    value
}
