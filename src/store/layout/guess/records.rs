//! Guessing from JSON records: their keys, and what stands around them.

use std::collections::BTreeMap;

use super::field::Field;
use super::score::{self, Part};
use super::{Guess, Members, keys_of, members, telling, type_by_category};
use crate::model::json::Pointer;
use crate::store::layout::evidence::{Candidate, JsonFacts};
use crate::store::layout::{Column, Medium, OrderBy, Role, Source, Within};

/// The records of a JSON file as events: as they are, or by an object that stands in each of them, as
/// a search engine or a client wraps what it gives.
pub(in crate::store::layout) fn json(facts: &JsonFacts) -> Option<Candidate> {
    let records: Vec<Members> = facts
        .records
        .iter()
        .filter_map(|text| members(text))
        .collect();
    let own = fields_of(&records, None);
    if let Some(guess) = guess(facts, &own) {
        return Some(guess);
    }
    let objects = own.iter().filter(|field| {
        let values = field.values.iter().flatten();
        values.filter(|value| value.starts_with('{')).count() * 5 >= records.len() * 4
    });
    let unwrapped = objects.filter_map(|outer| {
        let inner: Vec<Members> = outer
            .values
            .iter()
            .map(|value| value.and_then(members).unwrap_or_default())
            .collect();
        let mut fields = fields_of(&inner, Some(outer.name));
        // What the object does not have may stand beside it.
        let beside = own.iter().filter(|field| field.name != outer.name);
        fields.extend(beside.cloned());
        guess(facts, &fields)
    });
    unwrapped.max_by_key(|candidate| candidate.confidence)
}

/// What each key of the records reads like, whether or not they are events.
pub(in crate::store::layout) fn proposals(facts: &JsonFacts) -> BTreeMap<Role, Column> {
    let records = facts.records.iter().filter_map(|text| members(text));
    let records: Vec<Members> = records.collect();
    let fields = fields_of(&records, None);
    let parts = score::cast(&fields).into_iter();
    let column = |part: &Part| Column::at(Pointer::through([fields[part.field].name]));
    let mut proposals: BTreeMap<Role, Column> =
        parts.map(|part| (part.role, column(&part))).collect();
    proposals
        .entry(Role::Payload)
        .or_insert_with(|| Source::Rest.into());
    proposals
}

/// The keys of some objects with their values.
fn fields_of<'r>(objects: &'r [Members], outer: Option<&'r str>) -> Vec<Field<'r>> {
    let field = |name: &'r str| Field {
        name,
        outer,
        declared: "",
        values: objects
            .iter()
            .map(|object| object.get(name).map(String::as_str))
            .collect(),
    };
    keys_of(objects).into_iter().map(field).collect()
}

fn guess(facts: &JsonFacts, fields: &[Field<'_>]) -> Option<Candidate> {
    let parts = score::cast(fields);
    if !telling::tells_of_events(&parts, fields, None) {
        return None;
    }
    let mut around = from_around(facts, &parts);
    let pointer = |field: &Field<'_>| Pointer::through(field.outer.into_iter().chain([field.name]));
    let column = |part: &Part| Column::at(pointer(&fields[part.field]));
    if !around.iter().any(|(role, _)| *role == Role::Type) {
        around.extend(type_by_category(&parts, fields, column));
    }
    let mut guess = Guess::assemble(Medium::Json, &parts, fields, "the records", column, around)?;
    guess.look_into_metadata(&parts, fields);
    if !guess.has(Role::Payload) {
        // Where the envelope stands in an object of its own, the payload is that.
        let outer = parts.iter().find_map(|part| fields[part.field].outer);
        let payload = match outer {
            Some(outer) => Column::at(Pointer::through([outer])),
            None => Source::Rest.into(),
        };
        guess.events.columns.insert(Role::Payload, payload);
    }
    // A UUID or a ULID is a name for a position, though no order.
    let named = fields.iter().find(|field| {
        let looks = field.looks();
        let text = looks.is_unique() && looks.name.nearly() && !looks.integer.nearly();
        let free = !parts
            .iter()
            .any(|part| fields[part.field].name == field.name);
        let position = score::name_points(Role::Position, field.name) >= POSITION;
        position && free && text && looks.count == looks.asked && !looks.time
    });
    if let (Some(field), false) = (named, guess.has(Role::Position)) {
        guess
            .events
            .columns
            .insert(Role::Position, Column::at(pointer(field)));
    }
    let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
    let clashing = fields.iter().any(|field| {
        let looks = field.looks();
        score::name_points(Role::Position, field.name) > 0
            && looks.integer.nearly()
            && !looks.is_unique()
            && !parts
                .iter()
                .any(|part| fields[part.field].name == field.name)
    });
    // Positions that count within partitions: the file has one after the other, in no order of all.
    let partitioned = fields.iter().any(|field| {
        let name = field.name.to_lowercase();
        name.contains("partition") && !field.looks().is_unique()
    });
    if clashing && partitioned && timed && !guess.has(Role::Position) {
        guess.events.order = OrderBy::Time;
    }
    Some(guess.candidate())
}

/// What the name of a stream is called in an object that is the stream.
const STREAM_IDS: [&str; 4] = ["id", "name", "key", "uuid"];

/// Points of a name that speaks of a position and of nothing else.
const POSITION: i32 = 56;

/// What the fields around the records tell that the records do not.
fn from_around(facts: &JsonFacts, parts: &[Part]) -> Vec<(Role, Column)> {
    let within = |name: &str| Column::within(Within::Context, Pointer::through([name]));
    let mut columns = Vec::new();
    for role in [Role::Stream, Role::Category, Role::Type] {
        if parts.iter().any(|part| part.role == role) {
            continue;
        }
        let names = facts
            .around
            .iter()
            .map(|name| (score::name_points(role, name), name));
        let best = names
            .filter(|(points, _)| *points > 0)
            .max_by_key(|(points, _)| *points);
        let file = facts
            .around
            .iter()
            .find(|name| *name == "file" && role == Role::Stream);
        // An id that is another one around other records names what they belong to.
        let names = facts.apart.iter().filter(|_| role == Role::Stream);
        let mut names = names.filter(|name| STREAM_IDS.contains(&name.to_lowercase().as_str()));
        let own = names.next();
        // One key around all of them names no stream of theirs.
        let shared = |name: &str| name == "stream" && !facts.apart.iter().any(|own| own == name);
        let best = best.filter(|(_, name)| own.is_none() || !shared(name));
        let found = best.map(|(_, name)| name).or(own).or(file);
        columns.extend(found.map(|name| (role, within(name))));
    }
    columns
}
