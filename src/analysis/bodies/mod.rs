//! What one pass over all payloads and metadata gathers, for the analyses that need to see every one
//! of them: the shape of each payload, a digest of its content, its size, and what the metadata says of
//! the service and its logical clocks. Columns by event; no analysis reads the payloads again, but for
//! the few that it shows. Nothing is concluded here.
//!
//! # How it works
//!
//! A payload is walked once as text, without a tree and without going down by recursion. Each place in
//! it (`/customer/name`, `/lines/*/sku`) has a number in the dictionary of its event type; what kind of
//! value stands there is one of sixteen, texts told apart by their format. The set of places with their
//! kinds is the payload's **shape**, whatever the order of keys and the length of arrays; a store of
//! millions of events has some dozens. So a schema is what shapes were seen when, and costs nothing
//! more to ask for.
//!
//! Gathered from the events known at a cut only, so that nothing can learn from the future.

mod format;
mod metadata;
mod paths;
mod shapes;
#[cfg(test)]
mod tests;
mod values;
mod walk;

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::ops::Range;

use foldhash::fast::FixedState;
use serde_json::Value;

pub use format::Kind;
pub use metadata::{NamedText, Provenance, Stamp, provenance};
pub use paths::{EACH, Keys, PathIx, Paths};
pub use shapes::{Group, GroupIx, Shape, ShapeIx, Shapes};
pub use values::{MOST_VALUES, Values};

use crate::analysis::replay::FoldRules;
use crate::log::{Cut, Log, Payload, PayloadReader, Unreadable};
use crate::model::json::members;
use crate::model::{Cancelled, EventIx, Task, beside};
use metadata::Metadata;
use walk::Walker;

/// Events read at a time.
const BATCH: usize = 4096;
/// The same where they are kept until it is their turn.
const READ_AHEAD: u32 = 2048;

/// The shape of a payload that could not be read as JSON, or that there is none of.
pub const NO_SHAPE: ShapeIx = ShapeIx(u32::MAX);

/// Why there is nothing to analyse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodiesError {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The store is no longer the one that was indexed.
    #[error("the store was rewritten since it was indexed; it has to be indexed again")]
    Rewritten,
}

/// What the pass found. Columns go by [`EventIx`], up to the last event known at the cut.
#[derive(Debug, Default)]
pub struct Bodies {
    shape: Vec<ShapeIx>,
    digest: Vec<u64>,
    size: Vec<u32>,
    service: Vec<u32>,
    /// Names of services by number, from 1 on; 0 is none.
    services: Vec<String>,
    shapes: Shapes,
    values: Values,
    stamps: Vec<(EventIx, Stamp)>,
    replicas: Vec<String>,
    commands: Vec<EventIx>,
    texts: Vec<NamedText>,
    damaged: Vec<(EventIx, String)>,
    opaque: Vec<EventIx>,
    broken: Vec<EventIx>,
}

impl Bodies {
    /// Reads the payloads of all events known at `cut`, without what `rules` say is a copy of the envelope.
    /// Progress is in events.
    ///
    /// # Errors
    /// [`BodiesError`] when the task was called off or the store was rewritten meanwhile.
    pub fn gather(
        log: &Log,
        cut: &Cut,
        payloads: &dyn PayloadReader,
        rules: &FoldRules,
        task: &Task,
    ) -> Result<Self, BodiesError> {
        let len = cut.outside().at();
        let mut bodies = Self {
            shape: vec![NO_SHAPE; len],
            digest: vec![0; len],
            size: vec![0; len],
            service: vec![0; len],
            ..Self::default()
        };
        task.set_total(u64::from(cut.count()));
        let mut reader = Reader::default();
        let batches = batches(log, cut);
        let read = |at: usize| -> Result<_, BodiesError> {
            let batch: Vec<EventIx> = batches[at].clone().map(EventIx).collect();
            let mut read = Vec::with_capacity(batch.len());
            let mut each = |event, body| read.push((event, body));
            payloads.read(log, &batch, task, &mut each)?;
            Ok(read)
        };
        beside::ahead(batches.len(), read, |batch| {
            task.check()?;
            task.advance(batch.len() as u64);
            for (event, body) in batch {
                let event = *event;
                match body {
                    Ok(body) => {
                        bodies.take(log, event, &body.data, rules, &mut reader);
                        reader.metadata.take(event, &body.metadata);
                        bodies.service[event.at()] = reader.metadata.service;
                    }
                    Err(Unreadable::Damaged(reason)) => {
                        bodies.damaged.push((event, reason.clone()));
                    }
                    Err(Unreadable::Rewritten) => return Err(BodiesError::Rewritten),
                }
            }
            Ok(())
        })?;
        bodies.finish(reader);
        Ok(bodies)
    }

    fn take(
        &mut self,
        log: &Log,
        event: EventIx,
        data: &Payload,
        rules: &FoldRules,
        reader: &mut Reader,
    ) {
        let at = event.at();
        self.size[at] = u32::try_from(data.size()).unwrap_or(u32::MAX);
        let Some(json) = data.json() else {
            if let Payload::Opaque(bytes) = data {
                self.opaque.push(event);
                self.digest[at] = reader.hasher.hash_one(bytes);
            }
            return;
        };
        let json = &*own(json, &rules.drop_keys);
        self.digest[at] = reader.hasher.hash_one(json.as_bytes());
        // A text that is no JSON is read as a JSON text; one that begins like an object was to be one.
        if json.starts_with("\"{") || json.starts_with("\"[") {
            self.opaque.push(event);
            self.broken.push(event);
            return;
        }
        let group = self.shapes.group(log, event);
        let root = self.shapes.root(group);
        let Self { shapes, values, .. } = self;
        let walked = reader
            .walker
            .walk(json, root, &mut shapes.paths, &mut |path, text| {
                values.see(group, path, text);
            });
        if walked {
            self.shape[at] = self.shapes.intern(group, reader.walker.found());
        }
    }

    fn finish(&mut self, reader: Reader) {
        let Metadata {
            services,
            replicas,
            stamps,
            commands,
            texts,
            ..
        } = reader.metadata;
        self.texts = texts;
        (self.services, self.replicas) = (services, replicas);
        (self.stamps, self.commands) = (stamps, commands);
        self.shapes.count(&self.shape);
    }

    /// The shape of an event's payload; [`NO_SHAPE`] where it is no JSON.
    #[must_use]
    pub fn shape(&self, event: EventIx) -> ShapeIx {
        self.shape.get(event.at()).copied().unwrap_or(NO_SHAPE)
    }

    /// Equal for payloads that are written alike; 0 where there is none.
    #[must_use]
    pub fn digest(&self, event: EventIx) -> u64 {
        self.digest.get(event.at()).copied().unwrap_or(0)
    }

    /// The payload's size in bytes, as decoded.
    #[must_use]
    pub fn size(&self, event: EventIx) -> u32 {
        self.size.get(event.at()).copied().unwrap_or(0)
    }

    /// The number of the service that recorded the event, if the metadata tells one.
    #[must_use]
    pub fn service(&self, event: EventIx) -> Option<u32> {
        self.service.get(event.at()).copied().filter(|&n| n != 0)
    }

    /// A service's name.
    #[must_use]
    pub fn service_name(&self, service: u32) -> &str {
        let name = (service as usize).checked_sub(1);
        name.and_then(|at| self.services.get(at))
            .map_or("", String::as_str)
    }

    /// How many services there are.
    #[must_use]
    pub fn services(&self) -> usize {
        self.services.len()
    }

    /// All shapes.
    #[must_use]
    pub const fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Texts that occur in few forms.
    #[must_use]
    pub const fn values(&self) -> &Values {
        &self.values
    }

    /// Logical clocks of the events that carry some, in log order.
    #[must_use]
    pub fn stamps(&self) -> &[(EventIx, Stamp)] {
        &self.stamps
    }

    /// Names of replicas, by the numbers in [`Stamp::vector`].
    #[must_use]
    pub fn replicas(&self) -> &[String] {
        &self.replicas
    }

    /// Events that their own metadata calls commands, in log order.
    #[must_use]
    pub fn commands(&self) -> &[EventIx] {
        &self.commands
    }

    /// What metadata calls texts, in the order in which they were met.
    #[must_use]
    pub fn metadata_texts(&self) -> &[NamedText] {
        &self.texts
    }

    /// Events whose record is damaged, with the reason.
    #[must_use]
    pub fn damaged(&self) -> &[(EventIx, String)] {
        &self.damaged
    }

    /// Events whose payload is there and is no JSON, however it is encoded, or was to be an object and is a
    /// text.
    #[must_use]
    pub fn opaque(&self) -> &[EventIx] {
        &self.opaque
    }

    /// Those of them that were to be an object or a list and are a text.
    #[must_use]
    pub fn broken(&self) -> &[EventIx] {
        &self.broken
    }
}

/// All events known at a cut, in stretches that are read at a time.
fn batches(log: &Log, cut: &Cut) -> Vec<Range<u32>> {
    let known = cut.known(log).into_iter();
    let batches = known.flat_map(|known| {
        let starts = known.clone().step_by(READ_AHEAD as usize);
        starts.map(move |start| start..start.saturating_add(READ_AHEAD).min(known.end))
    });
    batches.collect()
}

/// What the pass works with.
#[derive(Default)]
struct Reader {
    walker: Walker,
    metadata: Metadata,
    hasher: FixedState,
}

/// A payload without copies of the envelope, which would make each look like no other.
fn own<'a>(json: &'a str, copies: &[String]) -> Cow<'a, str> {
    if copies.is_empty() || !json.trim_start().starts_with('{') {
        return Cow::Borrowed(json);
    }
    let Ok(members) = members(json) else {
        return Cow::Borrowed(json);
    };
    let mut text = String::with_capacity(json.len());
    for (key, value) in &members {
        if copies.iter().any(|copy| copy == key) {
            continue;
        }
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&Value::from(&**key).to_string());
        text.push(':');
        text.push_str(value);
    }
    if text.is_empty() {
        text.push('{');
    }
    text.push('}');
    Cow::Owned(text)
}
