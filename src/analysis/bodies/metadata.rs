//! What metadata says of who recorded an event and of its logical clocks, under the names that are usual.

use std::borrow::Cow;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::format::Kind;
use super::{BATCH, BodiesError};
use crate::log::{Log, Payload, PayloadReader, Unreadable};
use crate::model::json::{members, string};
use crate::model::{EventIx, Task};

/// Keys of the service, the better ones first.
const SERVICE: [&str; 9] = [
    "service",
    "service_name",
    "serviceName",
    "service.name",
    "producer",
    "application",
    "app",
    "origin",
    "source",
];
const REPLICA: [&str; 4] = ["replica", "replica_id", "device", "node"];
const VECTOR: [&str; 4] = ["vector", "vector_clock", "vectorClock", "version_vector"];
const HYBRID: [&str; 2] = ["hlc", "hybrid_logical_clock"];
const EXPECTED: [&str; 4] = [
    "expected_version",
    "expectedVersion",
    "based_on_version",
    "if_match",
];
/// Metadata without one of these has nothing of interest.
const CLUES: [&str; 6] = ["vector", "hlc", "hybrid", "xpected", "based_on", "if_match"];

/// Logical clocks of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The replica that wrote it.
    pub replica: Option<u32>,
    /// How many events of each replica were known, by the replica's number, ascending.
    pub vector: Vec<(u32, u64)>,
    /// The hybrid logical clock, as written; such texts sort by time.
    pub hybrid: Option<Box<str>>,
    /// The version that the writer took for the last one.
    pub expected: Option<i64>,
}

impl Stamp {
    /// Whether the writer of this one knew all that the writer of `other` knew, by their vectors.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.vector.iter().all(|(replica, count)| {
            let own = self.vector.iter().find(|(own, _)| own == replica);
            own.map_or(0, |(_, count)| *count) >= *count
        })
    }

    /// Whether neither writer knew of the other, by their vectors.
    #[must_use]
    pub fn is_concurrent_to(&self, other: &Self) -> bool {
        !self.vector.is_empty()
            && !other.vector.is_empty()
            && !self.covers(other)
            && !other.covers(self)
    }
}

/// What metadata calls a text, with the first event that has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedText {
    /// The key.
    pub key: String,
    /// The format of the first such text.
    pub kind: Kind,
    /// The event.
    pub first: EventIx,
}

/// More keys are taken for data and not for names.
const MOST_KEYS: usize = 64;

/// Gathers what metadata says.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub services: Vec<String>,
    pub replicas: Vec<String>,
    pub stamps: Vec<(EventIx, Stamp)>,
    pub commands: Vec<EventIx>,
    /// What it calls texts.
    pub texts: Vec<NamedText>,
    /// The service of the event last taken; 0 for none.
    pub service: u32,
    numbers: HashMap<Box<str>, u32, FixedState>,
    /// Metadata is mostly the same as some before.
    last: HashMap<Box<str>, (u32, Role), FixedState>,
}

/// What an event says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Event,
    Command,
}

impl Metadata {
    pub fn take(&mut self, event: EventIx, metadata: &Payload) {
        self.service = 0;
        let Some(json) = metadata.json() else { return };
        // What has clocks is never kept.
        if let Some(&(service, role)) = self.last.get(json) {
            self.service = service;
            if role == Role::Command {
                self.commands.push(event);
            }
            return;
        }
        let clocked = CLUES.iter().any(|clue| json.contains(clue));
        let Ok(members) = members(json) else { return };
        self.name_texts(event, &members);
        let of = |names: &[&str]| {
            let mut names = names.iter();
            names.find_map(|name| {
                let mut own = members.iter();
                own.find(|(key, _)| key == name).map(|(_, value)| *value)
            })
        };
        let text = |names: &[&str]| of(names).and_then(string);
        if let Some(name) = text(&SERVICE) {
            self.service = number(&mut self.services, &mut self.numbers, &name);
        }
        let role = match text(&["kind"]).as_deref() {
            Some("command") => Role::Command,
            _ => Role::Event,
        };
        if role == Role::Command {
            self.commands.push(event);
        }
        if !clocked {
            if self.last.len() < 1 << 12 {
                self.last.insert(json.into(), (self.service, role));
            }
            return;
        }
        let stamp = Stamp {
            replica: text(&REPLICA).map(|name| replica(&mut self.replicas, &name)),
            vector: of(&VECTOR).map_or_else(Vec::new, |text| self.vector(text)),
            hybrid: text(&HYBRID).map(|text| text.as_ref().into()),
            expected: of(&EXPECTED).and_then(|text| text.trim().parse().ok()),
        };
        if stamp != Stamp::default() {
            self.stamps.push((event, stamp));
        }
    }

    fn name_texts(&mut self, event: EventIx, members: &[(Cow<'_, str>, &str)]) {
        for (key, value) in members {
            let text = value
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            let Some(text) = text.filter(|_| self.texts.len() < MOST_KEYS) else {
                continue;
            };
            if !self.texts.iter().any(|own| own.key == *key) {
                self.texts.push(NamedText {
                    key: key.to_string(),
                    kind: Kind::of_text(text.as_bytes()),
                    first: event,
                });
            }
        }
    }

    fn vector(&mut self, text: &str) -> Vec<(u32, u64)> {
        let Ok(members) = members(text) else {
            return Vec::new();
        };
        let counts = members.into_iter().filter_map(|(name, count)| {
            let count = count.trim().parse().ok()?;
            Some((replica(&mut self.replicas, &name), count))
        });
        let mut counts: Vec<(u32, u64)> = counts.collect();
        counts.sort_unstable();
        counts
    }
}

/// Who recorded an event, and its logical clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The service, if the metadata tells one.
    pub service: Option<String>,
    /// The clocks, if it has some; replicas by their place in those that came with them.
    pub stamp: Option<Stamp>,
}

/// Reads the metadata of a few events: what each says, in their order, and the names of replicas.
///
/// # Errors
/// [`BodiesError`] when the task was called off or the store was rewritten meanwhile.
pub fn provenance(
    log: &Log,
    events: &[EventIx],
    payloads: &dyn PayloadReader,
    task: &Task,
) -> Result<(Vec<Provenance>, Vec<String>), BodiesError> {
    let mut metadata = Metadata::default();
    let (mut all, mut rewritten) = (Vec::with_capacity(events.len()), false);
    for batch in events.chunks(BATCH) {
        payloads.read(log, batch, task, &mut |event, body| {
            let mut own = Provenance::default();
            match body {
                Ok(body) => {
                    let stamps = metadata.stamps.len();
                    metadata.take(event, &body.metadata);
                    let service = (metadata.service as usize).checked_sub(1);
                    own.service = service.map(|at| metadata.services[at].clone());
                    own.stamp = metadata.stamps.get(stamps).map(|(_, stamp)| stamp.clone());
                }
                Err(Unreadable::Damaged(_)) => {}
                Err(Unreadable::Rewritten) => rewritten = true,
            }
            all.push(own);
        })?;
    }
    match rewritten {
        true => Err(BodiesError::Rewritten),
        false => Ok((all, metadata.replicas)),
    }
}

fn replica(names: &mut Vec<String>, name: &str) -> u32 {
    let at = names.iter().position(|own| own == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    at as u32
}

/// The number of a service, from 1 on.
fn number(
    names: &mut Vec<String>,
    numbers: &mut HashMap<Box<str>, u32, FixedState>,
    name: &str,
) -> u32 {
    if let Some(number) = numbers.get(name) {
        return *number;
    }
    names.push(name.to_owned());
    let number = names.len() as u32;
    numbers.insert(name.into(), number);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_clock_is_a_clue() {
        for key in VECTOR.iter().chain(&HYBRID).chain(&EXPECTED) {
            assert!(CLUES.iter().any(|clue| key.contains(clue)), "{key}");
        }
    }
}
