//! What an event carries, taken out of its record: where payload and metadata stand, and how they are
//! decoded.

use std::borrow::Cow;

use super::Context;
use super::mapping::Mapping;
use super::wanted::Wanted;
use crate::log::{Body, Payload};
use crate::model::json::{Name, Pointer, string};
use crate::store::decode::{self, Decoder};
use crate::store::layout::{Events, Piece, Role, Source, Within};

/// Where a payload or metadata stands.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    Nowhere,
    /// In the record.
    At(Wanted),
    /// In the decoded payload.
    InPayload(Wanted),
    /// In the decoded metadata.
    InMetadata(Wanted),
    /// All of the record but these keys.
    Rest(Vec<Name>),
}

impl Standing {
    /// Payload and metadata of a source.
    pub fn of(events: &Events) -> [Self; 2] {
        [Role::Payload, Role::Metadata].map(|role| {
            match events.columns.get(&role).map(|column| &column.source) {
                Some(Source::At(Within::Payload, _)) => {
                    Self::InPayload(Wanted::new(events, Within::Payload, [role]))
                }
                Some(Source::At(Within::Metadata, _)) => {
                    Self::InMetadata(Wanted::new(events, Within::Metadata, [role]))
                }
                Some(Source::At(_, _)) => Self::At(Wanted::new(events, Within::Record, [role])),
                Some(Source::Rest) => Self::Rest(used_keys(events)),
                _ => Self::Nowhere,
            }
        })
    }
}

impl Mapping {
    /// Whether bodies are parts of their records as they are written, but for escapes.
    pub fn is_verbatim(&self) -> bool {
        self.bodies.iter().all(|standing| match standing {
            Standing::Nowhere => true,
            Standing::Rest(_) => false,
            Standing::At(wanted) | Standing::InPayload(wanted) | Standing::InMetadata(wanted) => {
                wanted
                    .slots
                    .iter()
                    .all(|slot| matches!(slot.decoder, None | Some(Decoder::JsonString)))
            }
        })
    }

    /// The body of a record.
    pub fn body(&self, text: &str) -> Body {
        let (data, metadata) = match &self.bodies[0] {
            Standing::InMetadata(_) => {
                let metadata = self.part(1, text, None);
                (self.part(0, text, Some(&metadata)), metadata)
            }
            _ => {
                let data = self.part(0, text, None);
                let metadata = self.part(1, text, Some(&data));
                (data, metadata)
            }
        };
        let native = self.native.as_ref();
        let native = native.and_then(|join| join.put_together(text, &Context::default()));
        let native = native.or_else(|| {
            self.events.columns.get(&Role::Position)?;
            let mut slots = vec![None; self.record.picker.slots()];
            self.record.picker.pick(text, &mut slots).ok()?;
            let at = self
                .record
                .slots
                .iter()
                .position(|slot| slot.role == Role::Position)?;
            slots[at].and_then(string).map(Cow::into_owned)
        });
        Body {
            data,
            metadata,
            native_position: native,
        }
    }

    /// Whether the payload is there, and is null.
    pub fn is_null(&self, text: &str) -> bool {
        let ([Standing::At(wanted), _] | [Standing::InMetadata(_), Standing::At(wanted)]) =
            &self.bodies
        else {
            return false;
        };
        let mut slots = vec![None; wanted.picker.slots()];
        let read = wanted.picker.pick(text, &mut slots).is_ok();
        read && slots.iter().flatten().any(|raw| *raw == "null")
    }

    /// The payload (0) or the metadata (1), one of which may stand in the other.
    fn part(&self, which: usize, text: &str, other: Option<&Payload>) -> Payload {
        let (wanted, text) = match &self.bodies[which] {
            Standing::Nowhere => return Payload::Absent,
            Standing::Rest(keys) => return rest(text, keys),
            Standing::At(wanted) => (wanted, text),
            Standing::InPayload(wanted) | Standing::InMetadata(wanted) => {
                match other.and_then(Payload::json) {
                    Some(text) => (wanted, text),
                    None => return Payload::Absent,
                }
            }
        };
        let mut slots = vec![None; wanted.picker.slots()];
        if wanted.picker.pick(text, &mut slots).is_err() {
            return Payload::Opaque(text.as_bytes().to_vec());
        }
        let mut filled = slots
            .iter()
            .zip(&wanted.slots)
            .filter_map(|(raw, slot)| Some(((*raw)?, slot.decoder)));
        // Empty metadata is how some writers say that there is none.
        let none = |raw: &str| raw == "null" || (which == 1 && raw == "\"\"");
        match filled.find(|(raw, _)| !none(raw)) {
            None => Payload::Absent,
            Some((raw, decoder)) => decoded(raw, decoder),
        }
    }
}

/// A value as a payload. A string that holds an object or an array is taken for what it holds.
fn decoded(raw: &str, decoder: Option<Decoder>) -> Payload {
    match decoder {
        None => match string(raw) {
            Some(inner) if inner.trim_start().starts_with(['{', '[']) => {
                match Payload::from_text(inner.into_owned()) {
                    Payload::Opaque(_) => Payload::from_text(raw.to_owned()),
                    payload => payload,
                }
            }
            // What was written as a text, and then as a text again.
            Some(inner) if is_text_twice(&inner) => decoded(&inner, None),
            // YAML or XML in a string.
            Some(inner) if inner.starts_with(['-', '<']) => {
                match decode::of_text(inner.into_owned()) {
                    viewed @ Payload::Viewed(_) => viewed,
                    _ => Payload::from_text(raw.to_owned()),
                }
            }
            _ => Payload::from_text(raw.to_owned()),
        },
        Some(Decoder::JsonString) => {
            decode::payload_by(Decoder::JsonString, raw.as_bytes().to_vec())
        }
        Some(decoder) => {
            let bytes = string(raw).map_or_else(
                || raw.as_bytes().to_vec(),
                |text| text.into_owned().into_bytes(),
            );
            decode::payload_by(decoder, bytes)
        }
    }
}

/// Whether a text is a JSON string that holds an object or an array.
fn is_text_twice(text: &str) -> bool {
    let inner = string(text);
    inner.is_some_and(|inner| inner.trim_start().starts_with(['{', '[']))
}

/// The record without `keys`.
fn rest(text: &str, keys: &[Name]) -> Payload {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
        Ok(mut map) => {
            map.retain(|key, _| !keys.iter().any(|name| name.is(key)));
            Payload::from_text(serde_json::Value::Object(map).to_string())
        }
        // Nested too deeply to be taken apart: better whole than not at all.
        Err(_) => Payload::from_text(text.to_owned()),
    }
}

/// The keys of a record that columns use.
fn used_keys(events: &Events) -> Vec<Name> {
    let mut keys = Vec::new();
    for column in events.columns.values() {
        let pointers: Vec<&Pointer> = match &column.source {
            Source::At(Within::Record, spots) => spots.iter().map(|spot| &spot.pointer).collect(),
            Source::Join(Within::Record, pieces) => {
                pieces.iter().flat_map(Piece::pointers).collect()
            }
            _ => continue,
        };
        let first = |pointer: &Pointer| pointer.keys().first().map(|key| Name::from(key.as_str()));
        keys.extend(pointers.into_iter().filter_map(first));
    }
    keys
}
