//! From the text of a record to its values by role, as a layout says.

use std::borrow::Cow;

use crate::log::{Body, Payload};
use crate::model::json::{Picker, Pointer, scalar, string};
use crate::store::decode::{self, Decoder};
use crate::store::layout::{Layout, Role, Source, Spot, Within};
use crate::store::row::{Found, Value};

use super::outline::unescaped;
use super::scan::Judge;
use super::{Context, Member};

/// A layout made ready for reading records.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub layout: Layout,
    record: Wanted,
    /// The first key of each of the record's slots.
    tops: Vec<Top>,
    constants: Vec<(Role, String)>,
    /// What is looked for in the payload and in the metadata.
    inner: [Wanted; 2],
    context: Vec<(Role, Vec<String>)>,
    /// Where the payload and the metadata stand in the record.
    bodies: [Standing; 2],
}

/// Slots of a picker: the role of each, and how it is decoded.
#[derive(Clone, Debug, Default)]
struct Wanted {
    pointers: Vec<Pointer>,
    picker: Picker,
    slots: Vec<(Role, Option<Decoder>)>,
}

/// A top-level key, and the slots that its value fills.
#[derive(Clone, Debug)]
struct Top {
    key: String,
    /// Slots of the value itself.
    whole: Vec<usize>,
    /// Slots of what stands deeper in it.
    deeper: Picker,
    deeper_slots: Vec<usize>,
}

/// Slots that a record has without allocating.
const SLOTS: usize = 32;

#[derive(Clone, Debug)]
enum Standing {
    Nowhere,
    /// In the record.
    At(Wanted),
    /// In the decoded payload.
    InPayload(Wanted),
    /// All of the record but these keys.
    Rest(Vec<String>),
}

impl Mapping {
    pub fn new(layout: Layout) -> Self {
        let envelope = || {
            Role::ALL
                .into_iter()
                .filter(|role| !matches!(role, Role::Payload | Role::Metadata))
        };
        let within = |wanted: Within| Wanted::new(&layout, wanted, envelope());
        let context = envelope().filter_map(|role| match &layout.column(role)?.source {
            Source::At(Within::Context, spots) => {
                let names = spots
                    .iter()
                    .filter_map(|spot| spot.pointer.keys().first().cloned());
                Some((role, names.collect()))
            }
            _ => None,
        });
        let bodies = [Role::Payload, Role::Metadata].map(|role| {
            match layout.column(role).map(|c| &c.source) {
                Some(Source::At(Within::Payload, _)) => {
                    Standing::InPayload(Wanted::new(&layout, Within::Payload, [role]))
                }
                Some(Source::At(_, _)) => {
                    Standing::At(Wanted::new(&layout, Within::Record, [role]))
                }
                Some(Source::Rest) => Standing::Rest(used_keys(&layout)),
                _ => Standing::Nowhere,
            }
        });
        let constants = envelope().filter_map(|role| match &layout.column(role)?.source {
            Source::Constant(text) => Some((role, text.clone())),
            _ => None,
        });
        let record = within(Within::Record);
        Self {
            tops: tops(&record),
            record,
            constants: constants.collect(),
            inner: [within(Within::Payload), within(Within::Metadata)],
            context: context.collect(),
            bodies,
            layout,
        }
    }

    /// Whether payload or metadata must be decoded to index a record.
    pub fn looks_inside(&self) -> bool {
        self.inner.iter().any(|wanted| !wanted.slots.is_empty())
    }

    /// Fills `found` from a record and what stands around it; the first key that stands twice.
    ///
    /// # Errors
    /// What is wrong with the record, where it is no JSON object.
    pub fn find<'r>(
        &'r self,
        judge: &mut Judge,
        text: &'r str,
        around: &'r Context,
        found: &mut Found<'r>,
    ) -> Result<Option<String>, String> {
        let (mut few, mut many) = ([None; SLOTS], Vec::new());
        let slots = match few.get_mut(..self.record.slots.len()) {
            Some(slots) => slots,
            None => {
                many.resize(self.record.slots.len(), None);
                &mut many[..]
            }
        };
        let repeated = judge.object(text, &mut |member| self.fill(member, slots))?;
        self.record.fill(slots, found);
        for (role, names) in &self.context {
            let values = names.iter().filter_map(|name| named(around, name));
            if let Some(value) = values.into_iter().next() {
                found.set(*role, value);
            }
        }
        for (role, text) in &self.constants {
            found.set(*role, Value::Text(text.as_str().into()));
        }
        Ok(repeated)
    }

    fn fill<'r>(&self, member: Member<'r>, slots: &mut [Option<&'r str>]) {
        let top = if member.key.contains('\\') {
            let key = unescaped(member.key.as_bytes());
            self.tops.iter().find(|top| top.key == key)
        } else {
            self.tops.iter().find(|top| top.key == member.key)
        };
        let Some(top) = top else { return };
        for &slot in &top.whole {
            slots[slot] = Some(member.value);
        }
        if !top.deeper_slots.is_empty() {
            let mut inner = vec![None; top.deeper.slots()];
            // The walk has found it to be JSON.
            let _ = top.deeper.pick(member.value, &mut inner);
            for (&slot, value) in top.deeper_slots.iter().zip(inner) {
                slots[slot] = value;
            }
        }
    }

    /// Adds what stands in the payload and the metadata of `body`.
    pub fn find_inside<'r>(&self, body: &'r Body, found: &mut Found<'r>) {
        for (wanted, payload) in self.inner.iter().zip([&body.data, &body.metadata]) {
            let Some(text) = payload.json().filter(|_| !wanted.slots.is_empty()) else {
                continue;
            };
            let mut slots = vec![None; wanted.picker.slots()];
            if wanted.picker.pick(text, &mut slots).is_ok() {
                wanted.fill(&slots, found);
            }
        }
    }

    /// Whether bodies are parts of their records as they are written, but for escapes.
    pub fn is_verbatim(&self) -> bool {
        self.bodies.iter().all(|standing| match standing {
            Standing::Nowhere => true,
            Standing::Rest(_) => false,
            Standing::At(wanted) | Standing::InPayload(wanted) => wanted
                .slots
                .iter()
                .all(|(_, decoder)| matches!(decoder, None | Some(Decoder::JsonString))),
        })
    }

    /// The body of a record.
    pub fn body(&self, text: &str) -> Body {
        let data = self.part(0, text, None);
        let metadata = self.part(1, text, Some(&data));
        let native = self.layout.column(Role::Position).and_then(|_| {
            let mut slots = vec![None; self.record.picker.slots()];
            self.record.picker.pick(text, &mut slots).ok()?;
            let at = self
                .record
                .slots
                .iter()
                .position(|(role, _)| *role == Role::Position)?;
            slots[at].and_then(string).map(Cow::into_owned)
        });
        Body {
            data,
            metadata,
            native_position: native,
        }
    }

    fn part(&self, which: usize, text: &str, data: Option<&Payload>) -> Payload {
        let (wanted, text) = match &self.bodies[which] {
            Standing::Nowhere => return Payload::Absent,
            Standing::Rest(keys) => return rest(text, keys),
            Standing::At(wanted) => (wanted, text),
            Standing::InPayload(wanted) => match data.and_then(Payload::json) {
                Some(text) => (wanted, text),
                None => return Payload::Absent,
            },
        };
        let mut slots = vec![None; wanted.picker.slots()];
        if wanted.picker.pick(text, &mut slots).is_err() {
            return Payload::Opaque(text.as_bytes().to_vec());
        }
        let mut filled = slots
            .iter()
            .zip(&wanted.slots)
            .filter_map(|(raw, (_, decoder))| Some(((*raw)?, *decoder)));
        match filled.find(|(raw, _)| *raw != "null") {
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

/// The record without `keys`.
fn rest(text: &str, keys: &[String]) -> Payload {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
        Ok(mut map) => {
            map.retain(|key, _| !keys.contains(key));
            Payload::from_text(serde_json::Value::Object(map).to_string())
        }
        // Nested too deeply to be taken apart: better whole than not at all.
        Err(_) => Payload::from_text(text.to_owned()),
    }
}

/// The slots of `wanted` by the first keys of their pointers.
fn tops(wanted: &Wanted) -> Vec<Top> {
    let mut tops: Vec<(Top, Vec<Pointer>)> = Vec::new();
    for (slot, pointer) in wanted.pointers.iter().enumerate() {
        let Some((key, deeper)) = pointer.keys().split_first() else {
            continue;
        };
        let at = tops.iter().position(|(top, _)| top.key == *key);
        let at = at.unwrap_or_else(|| {
            let top = Top {
                key: key.clone(),
                whole: Vec::new(),
                deeper: Picker::default(),
                deeper_slots: Vec::new(),
            };
            tops.push((top, Vec::new()));
            tops.len() - 1
        });
        let (top, pointers) = &mut tops[at];
        if deeper.is_empty() {
            top.whole.push(slot);
        } else {
            top.deeper_slots.push(slot);
            pointers.push(Pointer::through(deeper.iter().cloned()));
        }
    }
    let finish = |(top, pointers): (Top, Vec<Pointer>)| Top {
        deeper: Picker::new(&pointers),
        ..top
    };
    tops.into_iter().map(finish).collect()
}

fn used_keys(layout: &Layout) -> Vec<String> {
    let mut keys = Vec::new();
    for column in layout.events.columns.values() {
        if let Source::At(Within::Record, spots) = &column.source {
            keys.extend(
                spots
                    .iter()
                    .filter_map(|spot| spot.pointer.keys().first().cloned()),
            );
        }
    }
    keys
}

/// What stands around a record under `name`; `file` is the name of its file, `stream` may be the key
/// that its array came under.
fn named<'c>(around: &'c Context, name: &str) -> Option<Value<'c>> {
    if let Some((_, raw)) = around.fields.iter().find(|(key, _)| key == name) {
        return scalar(raw).map(Value::Text);
    }
    let text = match name {
        "stream" => around.stream_key.as_deref()?,
        "file" => around.file.as_deref()?,
        _ => return None,
    };
    Some(Value::Text(text.into()))
}

impl Wanted {
    fn new(layout: &Layout, within: Within, roles: impl IntoIterator<Item = Role>) -> Self {
        let (mut spots, mut slots): (Vec<&Spot>, Vec<_>) = (Vec::new(), Vec::new());
        for role in roles {
            let Some(column) = layout.column(role) else {
                continue;
            };
            let named = column.encoding.as_deref().and_then(Decoder::named);
            if let Source::At(own, at) = &column.source
                && *own == within
            {
                slots.extend(at.iter().map(|spot| (role, spot.decoder.or(named))));
                spots.extend(at);
            }
        }
        let pointers: Vec<Pointer> = spots.iter().map(|spot| spot.pointer.clone()).collect();
        Self {
            picker: Picker::new(&pointers),
            pointers,
            slots,
        }
    }

    /// Of several spots of one role the first that holds a value counts.
    fn fill<'r>(&self, raws: &[Option<&'r str>], found: &mut Found<'r>) {
        for ((role, _), raw) in self.slots.iter().zip(raws) {
            let Some(raw) = *raw else { continue };
            found.offer(*role, || match integer(raw) {
                Some(number) => Some(Value::Integer(number)),
                None => plain(raw).or_else(|| scalar(raw)).map(Value::Text),
            });
        }
    }
}

/// The content of a string without escapes, which the walk has found to be one.
fn plain(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\\')).then_some(Cow::Borrowed(inner))
}

/// Only a number that an integer holds exactly; anything else keeps its written text.
fn integer(raw: &str) -> Option<i64> {
    let number: i64 = raw.parse().ok()?;
    (raw.len() < 19).then_some(number)
}
