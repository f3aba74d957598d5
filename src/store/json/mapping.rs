//! From the text of a record to its values by role, as a layout says.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::bodies::{Part, Standing};
use super::explicit::Known;
use super::join::Join;
use super::judge::Judge;
use super::outline::unescaped;
use super::wanted::{Raws, Wanted};
use super::{Context, Member};
use crate::model::json::{Pointer, scalar, string, walk};
use crate::store::layout::{Events, Layout, Role, Source, Within};
use crate::store::row::{Found, Value};

/// A layout made ready for reading records: a mapping for each of its sources.
#[derive(Clone, Debug)]
pub(super) struct Mappings {
    pub layout: Layout,
    pub all: Vec<Mapping>,
}

impl Mappings {
    /// `known` has the values of the layout's look-ups.
    pub fn new(layout: Layout, known: &BTreeMap<String, Arc<Known>>) -> Self {
        let all = layout.sources().map(|events| Mapping::new(events, known));
        Self {
            all: all.collect(),
            layout,
        }
    }
}

/// A source of a layout made ready.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    /// The source; what is looked up stands in it as if it were found.
    pub events: Events,
    pub(super) record: Wanted,
    constants: Vec<(Role, String)>,
    /// What is looked for in the payload and in the metadata.
    pub(super) inner: [Wanted; 2],
    /// Names of what stands around, each with its place among the fallbacks.
    context: Vec<(Role, Vec<(u8, String)>)>,
    /// Where the payload and the metadata stand in the record.
    pub(super) bodies: [Standing; 2],
    pub(super) joins: Vec<Join>,
    /// What is looked up of what was found: of its own column, or of the stream.
    lookups: Vec<(Role, Role, Arc<Known>)>,
    links: Option<Links>,
    pub(super) native: Option<Join>,
}

/// The further streams of an event.
#[derive(Clone, Debug)]
struct Links {
    path: Vec<String>,
    /// The categories of streams, if they are looked up.
    categories: Option<Arc<Known>>,
}

/// What one walk over a record has come by.
pub(super) struct Taken<'r> {
    /// The record.
    pub text: &'r str,
    record: Raws<'r>,
    /// What may be payload and metadata, where they stand in the record.
    pub bodies: [Raws<'r>; 2],
    /// The first top-level key that stands twice.
    pub repeated: Option<String>,
}

impl Mapping {
    fn new(events: &Events, known: &BTreeMap<String, Arc<Known>>) -> Self {
        let envelope = || {
            Role::ALL
                .into_iter()
                .filter(|role| !matches!(role, Role::Payload | Role::Metadata))
        };
        let source = |role: &Role| Some((*role, &events.columns.get(role)?.source));
        let within = |wanted: Within| Wanted::new(events, wanted, envelope());
        let (mut context, mut constants, mut joins) = (Vec::new(), Vec::new(), Vec::new());
        for (role, source) in envelope().filter_map(|role| source(&role)) {
            match source {
                Source::At(own, spots) => {
                    let around = (0..).zip(spots).filter_map(|(rank, spot)| {
                        let around = spot.within.unwrap_or(*own) == Within::Context;
                        let name = spot.pointer.keys().first().filter(|_| around)?;
                        Some((rank, name.clone()))
                    });
                    let names: Vec<(u8, String)> = around.collect();
                    if !names.is_empty() {
                        context.push((role, names));
                    }
                }
                Source::Constant(text) => constants.push((role, text.clone())),
                Source::Join(within, pieces) => joins.push(Join::new(role, *within, pieces)),
                _ => {}
            }
        }
        let record = within(Within::Record);
        let found = |name: &Option<String>| known.get(name.as_ref()?).cloned();
        let lookups = events.columns.iter().filter_map(|(role, column)| {
            let of = match column.source {
                Source::StreamName => Role::Stream,
                _ => *role,
            };
            Some((*role, of, found(&column.lookup)?))
        });
        let links = events.links.as_ref().map(|links| Links {
            path: Pointer::from(links.stream.as_str()).keys().to_vec(),
            categories: found(&links.category),
        });
        Self {
            record,
            constants,
            inner: [within(Within::Payload), within(Within::Metadata)],
            context,
            bodies: Standing::of(events),
            joins,
            lookups: lookups.collect(),
            links,
            native: events
                .native_position
                .as_ref()
                .and_then(|column| match &column.source {
                    Source::Join(within, pieces) => {
                        Some(Join::new(Role::Position, *within, pieces))
                    }
                    _ => None,
                }),
            events: as_found(events),
        }
    }

    /// Walks over a record once.
    ///
    /// # Errors
    /// What is wrong with the record, where it is no JSON object.
    pub fn take<'r>(&self, judge: &mut Judge, text: &'r str) -> Result<Taken<'r>, String> {
        let room = |standing: &Standing| match standing {
            Standing::At(wanted) => wanted.room(text),
            _ => Raws::new(),
        };
        let (mut record, mut bodies) = (self.record.room(text), self.bodies.each_ref().map(room));
        let repeated = judge.object(text, &mut |Member { key, value }| {
            let unescaped = key.contains('\\').then(|| unescaped(key.as_bytes()));
            let key = unescaped.as_deref().unwrap_or(key);
            self.record.take(key, value, &mut record);
            for (standing, raws) in self.bodies.iter().zip(&mut bodies) {
                if let Standing::At(wanted) = standing {
                    wanted.take(key, value, raws);
                }
            }
        })?;
        Ok(Taken {
            text,
            record,
            bodies,
            repeated,
        })
    }

    /// The position as the record has it, where that is a text.
    pub fn written_position(&self, taken: &Taken<'_>) -> Option<String> {
        let mut slots = self.record.slots.iter();
        let at = slots.position(|slot| slot.role == Role::Position)?;
        taken.record[at].and_then(string).map(Cow::into_owned)
    }

    /// Fills `found` from a record and what stands around it.
    pub fn find<'r>(&'r self, taken: &Taken<'r>, around: &'r Context, found: &mut Found<'r>) {
        self.record.fill(&taken.record, found);
        for (role, names) in &self.context {
            for (rank, name) in names {
                found.offer_as(*role, *rank, || named(around, name));
            }
            // One stream a file, if nothing around it says another.
            if *role == Role::Stream {
                found.offer_as(*role, u8::MAX, || named(around, "file"));
            }
        }
        for (role, text) in &self.constants {
            found.set(*role, Value::Text(text.as_str().into()));
        }
        for join in self
            .joins
            .iter()
            .filter(|join| join.within == Within::Record)
        {
            join.fill(taken.text, around, found);
        }
    }

    /// Replaces what was found by what it is looked up as; what is not known is not found, but a type
    /// stays as it is written.
    pub fn look_up<'r>(&'r self, found: &mut Found<'r>) {
        for (role, of, known) in &self.lookups {
            let value = found.get(*of).name().and_then(|name| known.get(&*name));
            if value.is_none() && *role == Role::Type {
                continue;
            }
            found.set(
                *role,
                value.map_or(Value::Null, |value| Value::Text(value.as_str().into())),
            );
        }
    }

    /// The streams that an event is linked into, each once.
    pub fn links<'r>(&self, text: &'r str) -> Vec<Cow<'r, str>> {
        let mut streams: Vec<Cow<'r, str>> = Vec::new();
        let Some(links) = &self.links else {
            return streams;
        };
        // That it is JSON was seen before.
        let _ = walk(text, &links.path, &mut Vec::new(), &mut |raw, _| {
            let stream = scalar(raw).filter(|stream| !stream.is_empty());
            if let Some(stream) = stream.filter(|stream| !streams.contains(stream)) {
                streams.push(stream);
            }
        });
        streams
    }

    /// Whether the first link is the event's own stream.
    pub fn is_first_link_own(&self) -> bool {
        self.events.is_linked()
    }

    /// What is wrong with the links of an event: the first that is not among what is looked up.
    pub fn unknown_link(&self, links: &[Cow<'_, str>]) -> Option<String> {
        let known = self.links.as_ref()?.categories.as_ref()?;
        let unknown = links.iter().find(|link| !known.contains_key(&***link))?;
        let message = format!("It is linked to “{unknown}”, which the document does not have");
        (!known.is_empty()).then_some(message)
    }

    /// The category of a stream that an event is linked into, if it is looked up.
    pub fn category_of_link(&self, stream: &str) -> Option<&str> {
        let known = self.links.as_ref()?.categories.as_ref()?;
        known.get(stream).map(String::as_str)
    }

    /// Adds what stands in the payload and the metadata, and what it says that the payload is null.
    pub fn find_inside<'r>(
        &self,
        taken: &Taken<'_>,
        parts: &'r [Part<'_>; 2],
        around: &Context,
        found: &mut Found<'r>,
    ) {
        if self.events.null_payload.is_some() && parts[0].is_absent() && self.is_null(taken) {
            found.ends = self.events.null_payload;
        }
        for (wanted, part) in self.inner.iter().zip(parts) {
            let Some(text) = part.json().filter(|_| !wanted.slots.is_empty()) else {
                continue;
            };
            let mut slots = vec![None; wanted.picker.slots()];
            if wanted.picker.pick(text, &mut slots).is_ok() {
                wanted.fill(&slots, found);
            }
        }
        for join in &self.joins {
            let part = match join.within {
                Within::Payload => &parts[0],
                Within::Metadata => &parts[1],
                Within::Record | Within::Context => continue,
            };
            if let Some(text) = part.json() {
                join.fill(text, around, found);
            }
        }
    }
}

/// What is looked up, and links, as if they were found in the record itself.
fn as_found(events: &Events) -> Events {
    let mut events = events.clone();
    let category = events.columns.get_mut(&Role::Category);
    if let Some(column) = category.filter(|column| column.lookup.is_some()) {
        column.source = Source::At(Within::Record, Vec::new());
    }
    events
}

/// What stands around a record under `name`; `file` is the name of its file, `stream` may be the key
/// that its array came under.
pub(super) fn named<'c>(around: &'c Context, name: &str) -> Option<Value<'c>> {
    if let Some((_, raw)) = around.fields.iter().find(|(key, _)| key == name) {
        return scalar(raw).map(Value::Text);
    }
    let text = match name {
        "item" => return around.item.map(|nth| Value::Integer(nth.into())),
        "stream" | "key" => around.key.as_deref()?,
        "file" => around.file.as_deref()?,
        _ => return None,
    };
    Some(Value::Text(text.into()))
}
