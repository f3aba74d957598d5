//! What values fields had around a step from one version to the next: a field that goes where another one
//! with the same values comes is likely to be that one under a new name. Only payloads around steps at which
//! fields went and came are read.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde_json::Value;

use super::field::Field;
use super::version::VersionSchema;
use crate::analysis::bodies::{Bodies, EACH, NO_SHAPE};
use crate::log::{Log, PayloadReader};
use crate::model::{Cancelled, EventIx, Task};

/// So many events at each end of a version are looked at.
const EVENTS: usize = 100;
/// So many are looked for them among, where the shapes of versions are mixed.
const AMONG: usize = 10_000;
/// Of fewer values chance is to be expected: of small numbers, such as quantities and ratings, sooner than of
/// texts.
const LEAST: usize = 3;
const LEAST_NUMBERS: usize = 12;

/// The values of a field near the ends of a version, each by its hash, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    hashes: Vec<u64>,
    /// Numbers are among them.
    numbers: bool,
}

impl Sample {
    /// How many values are the same, of how many, where most are.
    pub(super) fn like(&self, other: &Self) -> Option<(usize, usize)> {
        let is_same = |value: &&u64| other.hashes.binary_search(value).is_ok();
        let shared = self.hashes.iter().filter(is_same).count();
        let most = self.hashes.len().max(other.hashes.len());
        let least = match self.numbers || other.numbers {
            true => LEAST_NUMBERS,
            false => LEAST,
        };
        (shared >= least && shared * 2 > most).then_some((shared, most))
    }

    /// Of values as JSON has them.
    pub(super) fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut own = Self::default();
        for value in values {
            own.numbers |= value.is_number();
            own.hashes.extend(hash(value));
        }
        own.hashes.sort_unstable();
        own.hashes.dedup();
        own
    }
}

/// Nothing is told by what is true, false or nothing, nor by what holds other values.
fn hash(value: &Value) -> Option<u64> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let mut hasher = FixedState::default().build_hasher();
    (value.is_string(), text).hash(&mut hasher);
    Some(std::hash::Hasher::finish(&hasher))
}

/// Notes the values of fields that not all of these versions of a type have.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub(super) fn note(
    log: &Log,
    bodies: &Bodies,
    payloads: &dyn PayloadReader,
    versions: &mut [VersionSchema],
    task: &Task,
) -> Result<(), Cancelled> {
    let paths = versions.iter().flat_map(|version| &version.fields);
    let mut counts: indexmap::IndexMap<String, usize> = indexmap::IndexMap::new();
    for field in paths.filter(|field| is_plain(field)) {
        *counts.entry(field.path.clone()).or_default() += 1;
    }
    let all = versions.len();
    let partial: HashSet<String> = counts
        .into_iter()
        .filter_map(|(path, count)| (count < all).then_some(path))
        .collect();
    if partial.len() < 2 {
        return Ok(());
    }
    for version in versions {
        let mut wanted: Vec<&mut Field> = {
            let fields = version.fields.iter_mut();
            fields
                .filter(|field| partial.contains(&field.path))
                .collect()
        };
        if wanted.is_empty() {
            continue;
        }
        task.check()?;
        let events = near_the_ends(bodies, version.first, version.last, &version.shapes);
        let mut read: Vec<Value> = Vec::with_capacity(events.len());
        payloads.read(log, &events, task, &mut |_, body| {
            let json = body.as_ref().ok().and_then(|body| body.data.json());
            read.extend(json.and_then(|json| serde_json::from_str(json).ok()));
        })?;
        for field in &mut wanted {
            let values = read.iter().filter_map(|whole| whole.pointer(&field.path));
            field.sample = Sample::of(values);
        }
    }
    Ok(())
}

/// Whether a field has one place and a value of its own.
fn is_plain(field: &Field) -> bool {
    let mut keys = field.path.split('/');
    keys.all(|key| key != EACH)
        && field
            .types
            .iter()
            .any(|kind| matches!(*kind, "string" | "number" | "integer"))
}

/// Events of these shapes: the first ones and the last ones.
fn near_the_ends(
    bodies: &Bodies,
    first: EventIx,
    last: EventIx,
    shapes: &[crate::analysis::bodies::ShapeIx],
) -> Vec<EventIx> {
    let is_own = |event: &EventIx| shapes.contains(&bodies.shape(*event));
    // Others there may be that are not known at the cut.
    let all = || {
        (first.0..=last.0)
            .map(EventIx)
            .filter(|event| bodies.shape(*event) != NO_SHAPE)
    };
    let mut events: Vec<EventIx> = all().take(AMONG).filter(is_own).take(EVENTS).collect();
    events.extend(all().rev().take(AMONG).filter(is_own).take(EVENTS));
    events.sort_unstable();
    events.dedup();
    events
}
