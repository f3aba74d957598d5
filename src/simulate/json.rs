//! Writes a log as JSON lines, one event on each.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::Value;

use super::calendar::rfc3339;
use super::journal::Event;

#[derive(Serialize)]
struct Line<'a> {
    position: i64,
    stream: &'a str,
    category: &'a str,
    version: i64,
    #[serde(rename = "type")]
    event_type: &'a str,
    event_id: &'a str,
    recorded_at: String,
    correlation_id: &'a str,
    causation_id: Option<&'a str>,
    data: &'a Value,
    metadata: &'a Value,
}

/// Writes all events in log order.
pub(super) fn write_lines(out: impl Write, events: &[Event]) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    for event in events {
        let line = Line {
            position: event.position.0,
            stream: &event.stream,
            category: event.category,
            version: event.version.0,
            event_type: event.event_type,
            event_id: &event.event_id,
            recorded_at: rfc3339(event.recorded_at),
            correlation_id: &event.correlation_id,
            causation_id: event.causation_id.as_deref(),
            data: &event.data,
            metadata: &event.metadata,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
