//! What an event carries, taken out of its record: where payload and metadata stand, and how they are
//! decoded.

use super::Context;
use super::mapping::{Mapping, Taken};
use super::wanted::Wanted;
use crate::log::{Body, Payload};
use crate::model::json::{Name, Pointer, string};
use crate::store::decode::{self, Decoder};
use crate::store::layout::{Encoding, Events, Piece, Role, Source, Within};

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
    /// All of the record but these keys, and how it is decoded.
    Rest(Vec<Name>, Option<Decoder>),
}

impl Standing {
    /// Payload and metadata of a source.
    pub fn of(events: &Events) -> [Self; 2] {
        [Role::Payload, Role::Metadata].map(|role| {
            let decoder = match events.columns.get(&role).and_then(|own| own.encoding) {
                Some(Encoding::Data(decoder)) => Some(decoder),
                _ => None,
            };
            match events.columns.get(&role).map(|column| &column.source) {
                Some(Source::At(Within::Payload, _)) => {
                    Self::InPayload(Wanted::new(events, Within::Payload, [role]))
                }
                Some(Source::At(Within::Metadata, _)) => {
                    Self::InMetadata(Wanted::new(events, Within::Metadata, [role]))
                }
                Some(Source::At(_, _)) => Self::At(Wanted::new(events, Within::Record, [role])),
                Some(Source::Rest) => Self::Rest(used_keys(events), decoder),
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
            Standing::Rest(..) => false,
            Standing::At(wanted) | Standing::InPayload(wanted) | Standing::InMetadata(wanted) => {
                wanted
                    .slots
                    .iter()
                    .all(|slot| matches!(slot.decoder, None | Some(Decoder::JsonString)))
            }
        })
    }

    /// What has to be looked into to index a record: the payload, the metadata.
    fn inside(&self) -> [bool; 2] {
        let joined = |within: Within| self.joins.iter().any(|join| join.within == within);
        let [mut data, mut metadata] = [Within::Payload, Within::Metadata].map(joined);
        data |= !self.inner[0].slots.is_empty() || self.events.null_payload.is_some();
        metadata |= !self.inner[1].slots.is_empty();
        [
            data || metadata && matches!(self.bodies[1], Standing::InPayload(_)),
            metadata || data && matches!(self.bodies[0], Standing::InMetadata(_)),
        ]
    }

    /// Payload and metadata of a record as far as they are looked into to index it.
    pub fn parts_inside<'r>(&self, taken: &Taken<'r>) -> [Part<'r>; 2] {
        self.parts(taken, self.inside())
    }

    /// Payload and metadata of a record.
    pub fn all_parts<'r>(&self, taken: &Taken<'r>) -> [Part<'r>; 2] {
        self.parts(taken, [true; 2])
    }

    fn parts<'r>(&self, taken: &Taken<'r>, wanted: [bool; 2]) -> [Part<'r>; 2] {
        let part = |which: usize, other: &Part<'_>| match wanted[which] {
            true => self.part(which, taken, other),
            false => Part::ABSENT,
        };
        match &self.bodies[0] {
            Standing::InMetadata(_) => {
                let metadata = part(1, &Part::ABSENT);
                [part(0, &metadata), metadata]
            }
            _ => {
                let data = part(0, &Part::ABSENT);
                let metadata = part(1, &data);
                [data, metadata]
            }
        }
    }

    /// The body that parts of a record make up.
    pub fn body(&self, taken: &Taken<'_>, [data, metadata]: [Part<'_>; 2]) -> Body {
        let native = self.native.as_ref();
        let native = native.and_then(|join| join.put_together(taken.text, &Context::default()));
        Body {
            data: data.into_payload(),
            metadata: metadata.into_payload(),
            native_position: native.or_else(|| self.written_position(taken)),
        }
    }

    /// Whether the payload is there, and is null.
    pub fn is_null(&self, taken: &Taken<'_>) -> bool {
        let which = match &self.bodies {
            [Standing::At(_), _] => 0,
            [Standing::InMetadata(_), Standing::At(_)] => 1,
            _ => return false,
        };
        let mut raws = taken.bodies[which].iter().flatten();
        raws.any(|raw| *raw == "null")
    }

    /// The payload (0) or the metadata (1), one of which may stand in the other.
    fn part<'r>(&self, which: usize, taken: &Taken<'r>, other: &Part<'_>) -> Part<'r> {
        let wanted = match &self.bodies[which] {
            Standing::Nowhere => return Part::ABSENT,
            Standing::Rest(keys, decoder) => {
                let rest = rest(taken.text, keys);
                return Part::Decoded(match (rest.json(), decoder) {
                    (Some(json), Some(decoder)) => decode::payload_by(*decoder, json.into()),
                    _ => rest,
                });
            }
            Standing::At(wanted) => {
                return match chosen(which, wanted, &taken.bodies[which]) {
                    None => Part::ABSENT,
                    // A string may hold something else.
                    Some((raw, None)) if !raw.starts_with('"') => Part::Written(raw),
                    Some((raw, decoder)) => Part::Decoded(decoded(raw, decoder)),
                };
            }
            Standing::InPayload(wanted) | Standing::InMetadata(wanted) => wanted,
        };
        let Some(text) = other.json() else {
            return Part::ABSENT;
        };
        let mut raws = vec![None; wanted.picker.slots()];
        if wanted.picker.pick(text, &mut raws).is_err() {
            return Part::Decoded(Payload::Opaque(text.as_bytes().to_vec()));
        }
        let chosen = chosen(which, wanted, &raws);
        chosen.map_or(Part::ABSENT, |(raw, decoder)| {
            Part::Decoded(decoded(raw, decoder))
        })
    }
}

/// The first of the values that is there, and how it is decoded.
fn chosen<'r>(
    which: usize,
    wanted: &Wanted,
    raws: &[Option<&'r str>],
) -> Option<(&'r str, Option<Decoder>)> {
    // Empty metadata is how some writers say that there is none.
    let none = |raw: &str| raw == "null" || (which == 1 && raw == "\"\"");
    let filled = raws.iter().zip(&wanted.slots);
    let mut filled = filled.filter_map(|(raw, slot)| Some(((*raw)?, slot.decoder)));
    filled.find(|(raw, _)| !none(raw))
}

/// A payload or metadata of a record that is being looked into.
pub(super) enum Part<'r> {
    /// JSON as it stands in the record.
    Written(&'r str),
    Decoded(Payload),
}

impl Part<'_> {
    const ABSENT: Self = Self::Decoded(Payload::Absent);

    /// The written JSON, if it is JSON.
    pub fn json(&self) -> Option<&str> {
        match self {
            Self::Written(raw) => Some(raw),
            Self::Decoded(payload) => payload.json(),
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Decoded(Payload::Absent))
    }

    pub fn into_payload(self) -> Payload {
        match self {
            Self::Written(raw) => Payload::from_text(raw.to_owned()),
            Self::Decoded(payload) => payload,
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
    for (role, column) in &events.columns {
        // What a column takes a part of, or only for want of better, is told nowhere else.
        let whole = match role {
            Role::Payload | Role::Metadata => usize::MAX,
            _ if column.capture.is_some() => 0,
            _ => 1,
        };
        let pointers: Vec<&Pointer> = match &column.source {
            Source::At(Within::Record, spots) => {
                let spots = spots.iter().take(whole);
                spots.map(|spot| &spot.pointer).collect()
            }
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
