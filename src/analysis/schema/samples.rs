//! What values fields had around a step from one version to the next: a field that goes where another one
//! with the same values comes is likely to be that one under a new name. Only payloads around steps at which
//! fields went and came are read.

use std::hash::{BuildHasher, Hash};
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde_json::Value;

use super::field::Field;
use super::version::VersionSchema;
use crate::analysis::bodies::{Bodies, EACH};
use crate::log::{Cut, Log, PayloadReader};
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
    (log, cut): (&Log, &Cut),
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
    let known = cut.known(log);
    for version in versions {
        let is_wanted = |field: &Field| partial.contains(&field.path);
        if !version.fields.iter().any(is_wanted) {
            continue;
        }
        task.check()?;
        let events = near_the_ends(&known, bodies, version);
        let mut read: Vec<Value> = Vec::with_capacity(events.len());
        payloads.read(log, &events, task, &mut |_, body| {
            let json = body.as_ref().ok().and_then(|body| body.data.json());
            read.extend(json.and_then(|json| serde_json::from_str(json).ok()));
        })?;
        for field in version.fields.iter_mut().filter(|field| is_wanted(field)) {
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

/// Events of a version: the first ones and the last ones.
fn near_the_ends(known: &[Range<u32>], bodies: &Bodies, version: &VersionSchema) -> Vec<EventIx> {
    let is_own = |event: &EventIx| version.shapes.contains(&bodies.shape(*event));
    ends(known, version.first.0..version.last.0 + 1, is_own)
}

/// The first and the last of `events` that are among those. Only what is known at the cut is counted on the way:
/// others may stand between, and are as if they were not there.
fn ends(
    known: &[Range<u32>],
    events: Range<u32>,
    is_own: impl Fn(&EventIx) -> bool,
) -> Vec<EventIx> {
    let begin = known.partition_point(|range| range.end <= events.start);
    let end = known.partition_point(|range| range.start < events.end);
    let within = |range: &Range<u32>| range.start.max(events.start)..range.end.min(events.end);
    let all = || known[begin..end].iter().flat_map(within).map(EventIx);
    let mut found: Vec<EventIx> = all().take(AMONG).filter(&is_own).take(EVENTS).collect();
    let from_behind = all().rev().take(AMONG);
    found.extend(from_behind.filter(&is_own).take(EVENTS));
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_ends_of_a_version_are_looked_for_among_known_events_and_not_for_long() {
        let known = [0..10, 12..20, 30..40];
        let numbers = |events: Range<u32>, is_own: fn(&EventIx) -> bool| -> Vec<u32> {
            let found = ends(&known, events, is_own).into_iter();
            found.map(|event| event.0).collect()
        };
        let expected: Vec<u32> = (5..10).chain(12..20).chain(30..34).collect();
        assert_eq!(numbers(5..34, |_| true), expected);
        assert!(numbers(10..12, |_| true).is_empty());
        assert_eq!(numbers(0..40, |event| event.0 % 16 == 0), [0, 16, 32]);
        // Payloads that are no JSON have no shape, whoever's they are.
        let asked = Cell::new(0);
        let is_own = |_: &EventIx| {
            asked.set(asked.get() + 1);
            false
        };
        let all = 0..5_000_000;
        assert!(ends(std::slice::from_ref(&all), all.clone(), is_own).is_empty());
        assert_eq!(asked.get(), 2 * AMONG);
    }
}
