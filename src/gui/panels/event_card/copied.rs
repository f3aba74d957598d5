//! An event as JSON for the clipboard, in the words of `asof events --json`.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::gui::model::Inspected;
use crate::log::{CauseRef, Clock, Log, Payload};
use crate::model::{EventIx, Position, Timestamp, Version};

#[derive(Serialize)]
struct Copied<'a> {
    position: Position,
    native_position: Option<&'a str>,
    stream: &'a str,
    category: &'a str,
    version: Version,
    r#type: &'a str,
    schema_version: Option<&'a str>,
    id: Option<String>,
    recorded_at: Option<Timestamp>,
    occurred_at: Option<Timestamp>,
    correlation_id: Option<&'a str>,
    causation_id: Option<String>,
    data: Option<&'a RawValue>,
    metadata: Option<&'a RawValue>,
}

/// The event with its payload, indented. Bytes of no known encoding are left out.
pub(super) fn json(log: &Log, inspected: &Inspected) -> Option<String> {
    let event = inspected.event;
    let body = inspected.body.as_ref().ok();
    let stream = log.stream(event);
    let copied = Copied {
        position: log.position(event),
        native_position: body.and_then(|body| body.native_position.as_deref()),
        stream: log.stream_name(stream),
        category: log.category_name(log.category(stream)),
        version: log.version(event),
        r#type: log.type_name(log.event_type(event)),
        schema_version: log.schema_version(event),
        id: log.event_id(event).map(|id| id.to_string()),
        recorded_at: log.own_time(event, Clock::Recorded),
        occurred_at: log.own_time(event, Clock::Occurred),
        correlation_id: log.correlation(event),
        causation_id: cause(log, event),
        data: body.and_then(|body| raw(&body.data)),
        metadata: body.and_then(|body| raw(&body.metadata)),
    };
    serde_json::to_string_pretty(&copied).ok()
}

fn cause(log: &Log, event: EventIx) -> Option<String> {
    match log.cause(event)? {
        CauseRef::Event(cause) => log.event_id(cause).map(|id| id.to_string()),
        CauseRef::Elsewhere(id) => Some(id.to_owned()),
    }
}

fn raw(payload: &Payload) -> Option<&RawValue> {
    match payload {
        Payload::Json(raw) => Some(raw),
        Payload::Absent | Payload::Opaque(_) => None,
    }
}
