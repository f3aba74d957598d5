//! Guessing from JSON records: their keys, and what stands around them.

use super::field::Field;
use super::score::{self, Part};
use super::{Guess, Members, keys_of, members, type_by_category};
use crate::model::json::Pointer;
use crate::store::layout::evidence::{Candidate, JsonFacts};
use crate::store::layout::{Column, Medium, OrderBy, Role, Source, Spot, Within};

/// The records of a JSON file as events.
pub(in crate::store::layout) fn json(facts: &JsonFacts) -> Option<Candidate> {
    let records: Vec<Members> = facts
        .records
        .iter()
        .filter_map(|text| members(text))
        .collect();
    let names = keys_of(&records);
    let fields: Vec<Field<'_>> = names
        .iter()
        .map(|name| Field {
            name,
            declared: "",
            values: records
                .iter()
                .map(|record| record.get(*name).map(String::as_str))
                .collect(),
        })
        .collect();
    let parts = score::cast(&fields);
    let mut around = from_around(facts, &parts);
    let column = |part: &Part| Column::at(Pointer::through([fields[part.field].name]));
    if !around.iter().any(|(role, _)| *role == Role::Type) {
        around.extend(type_by_category(&parts, &fields, column));
    }
    let mut guess = Guess::assemble(Medium::Json, &parts, &fields, "the records", column, around)?;
    guess.look_into_metadata(&parts, &fields);
    if !guess.has(Role::Payload) {
        let rest = Column {
            source: Source::Rest,
            capture: None,
            encoding: None,
        };
        guess.events.columns.insert(Role::Payload, rest);
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
    // A position that comes again (one per partition) says so: the file's order is none.
    if clashing && timed && !guess.has(Role::Position) {
        guess.events.order = OrderBy::Time;
    }
    Some(guess.candidate())
}

/// What the fields around the records tell that the records do not.
fn from_around(facts: &JsonFacts, parts: &[Part]) -> Vec<(Role, Column)> {
    let within = |name: &str| Column {
        source: Source::At(
            Within::Context,
            vec![Spot {
                pointer: Pointer::through([name]),
                decoder: None,
            }],
        ),
        capture: None,
        encoding: None,
    };
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
        let found = best.map(|(_, name)| name).or(file);
        columns.extend(found.map(|name| (role, within(name))));
    }
    columns
}
