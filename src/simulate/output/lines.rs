//! JSON lines: the columns of the sample layout's log, or CloudEvents. Other tables have no place
//! here.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::{Row, Sink, WriteError};
use crate::simulate::chance::rfc3339;
use crate::simulate::json::{number, quoted};
use crate::simulate::kernel::{Event, Payload};

pub struct Lines {
    out: BufWriter<File>,
    line: String,
    shape: Shape,
}

enum Shape {
    Plain,
    /// With what stands before the service in the source.
    CloudEvents(&'static str),
}

impl Lines {
    pub fn plain(file: File) -> Self {
        Self::new(file, Shape::Plain)
    }

    pub fn cloud_events(file: File, scenario: &'static str) -> Self {
        Self::new(file, Shape::CloudEvents(scenario))
    }

    fn new(file: File, shape: Shape) -> Self {
        Self {
            out: BufWriter::with_capacity(1 << 18, file),
            line: String::new(),
            shape,
        }
    }
}

impl Sink for Lines {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), WriteError> {
        for row in rows {
            if let Row::Event(event) = row {
                self.line.clear();
                match self.shape {
                    Shape::Plain => plain(&mut self.line, &event),
                    Shape::CloudEvents(scenario) => cloud_event(&mut self.line, &event, scenario),
                }
                self.line.push('\n');
                self.out.write_all(self.line.as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        Ok(self.out.flush()?)
    }
}

fn plain(line: &mut String, event: &Event) {
    line.push_str("{\"position\":");
    number(line, event.position);
    member(line, "stream", &event.stream.to_string());
    member(line, "category", event.stream.category);
    line.push_str(",\"version\":");
    number(line, event.version);
    member(line, "type", event.kind.name);
    line.push_str(",\"schema_version\":");
    number(line, event.kind.version.into());
    member(line, "event_id", &event.id.to_string());
    member(line, "recorded_at", &rfc3339(event.recorded_at));
    member(line, "occurred_at", &rfc3339(event.occurred_at));
    member(line, "correlation_id", &event.correlation.to_string());
    match event.causation {
        Some(cause) => member(line, "causation_id", &cause.to_string()),
        None => line.push_str(",\"causation_id\":null"),
    }
    line.push_str(",\"data\":");
    data(line, event);
    line.push_str(",\"metadata\":");
    metadata(line, event);
    line.push('}');
}

fn cloud_event(line: &mut String, event: &Event, scenario: &str) {
    line.push_str("{\"specversion\":\"1.0\"");
    member(line, "id", &event.id.to_string());
    let source = format!(
        "/{}/{scenario}/{}",
        event.stream.category, event.kind.service
    );
    member(line, "source", &source);
    member(line, "type", event.kind.name);
    member(line, "subject", &event.stream.to_string());
    member(line, "time", &rfc3339(event.occurred_at));
    member(line, "recordedtime", &rfc3339(event.recorded_at));
    member(line, "sequence", &event.version.to_string());
    member(line, "correlationid", &event.correlation.to_string());
    if let Some(cause) = event.causation {
        member(line, "causationid", &cause.to_string());
    }
    let schema = format!("/schemas/{}/{}", event.kind.name, event.kind.version);
    member(line, "dataschema", &schema);
    member(line, "datacontenttype", "application/json");
    line.push_str(",\"data\":");
    data(line, event);
    line.push('}');
}

fn member(line: &mut String, key: &str, value: &str) {
    line.push_str(",\"");
    line.push_str(key);
    line.push_str("\":");
    quoted(line, value);
}

/// The payload; one that is no JSON as a text.
pub fn data(line: &mut String, event: &Event) {
    match event.payload {
        Payload::Json => line.push_str(&event.data),
        Payload::Broken => quoted(line, &event.data),
    }
}

/// The metadata as an object.
pub fn metadata(line: &mut String, event: &Event) {
    line.push_str("{\"service\":");
    quoted(line, event.kind.service);
    line.push_str(&event.metadata);
    line.push('}');
}
