//! Guessing from JSON records: their keys, and what stands around them.

use std::collections::BTreeMap;

use super::field::Field;
use super::names;
use super::score::{self, Part};
use super::streams::{self, Before, Naming};
use super::telling::{self, Told};
use super::within::{Member, Members, fields_of, members, members_of};
use super::{Guess, tagged, type_by_category};
use crate::model::json::{Picker, Pointer};
use crate::store::decode::{Decoder, is_of_dynamodb, is_of_mongo};
use crate::store::layout::evidence::{Candidate, JsonFacts};
use crate::store::layout::{Column, Encoding, Medium, OrderBy, Piece, Role, Source, Within};

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

fn guess(facts: &JsonFacts, own: &[Field<'_>]) -> Option<Candidate> {
    let members = members_of(own);
    let further = members.iter().map(Member::field);
    let fields: Vec<Field<'_>> = own.iter().cloned().chain(further).collect();
    let fields = &fields[..];
    let mut parts = score::cast(fields);
    let mut around = facts.around.iter();
    let told = match around.any(|name| names::name_points(Role::Type, name) > 0) {
        true => Told::Around,
        false => Told::Not,
    };
    telling::drop_weak_type(&mut parts, fields, None, told);
    let naming = streams::name(&mut parts, fields);
    if !telling::tells_of_events(&parts, fields, None) {
        return None;
    }
    let mut around = from_around(facts, &parts);
    if !around.iter().any(|(role, _)| *role == Role::Type) {
        around.extend(tagged::columns(&mut parts, fields));
    }
    let column = |part: &Part| Column::at(fields[part.field].pointer());
    if !around.iter().any(|(role, _)| *role == Role::Type) {
        around.extend(type_by_category(&parts, fields, column));
    }
    let mut guess = Guess::assemble(Medium::Json, &parts, fields, "the records", column, around)?;
    guess.join_streams(&naming, &parts, |field| fields[field].pointer());
    guess.look_within(&parts, fields);
    guess.stream_by_category(&parts, fields);
    if !guess.has(Role::Payload) {
        // Where the envelope stands in an object of its own, the payload is that.
        let outer = parts.iter().find_map(|part| fields[part.field].outer);
        let payload = match outer {
            Some(outer) => Column::at(Pointer::through([outer])),
            None => Source::Rest.into(),
        };
        guess.events.columns.insert(Role::Payload, payload);
    }
    guess.read_typed(facts);
    // A UUID or a ULID is a name for a position, though no order.
    let named = fields.iter().find(|field| {
        let looks = field.looks();
        let text = looks.is_unique() && looks.name.nearly() && !looks.integer.nearly();
        let free = !parts
            .iter()
            .any(|part| fields[part.field].name == field.name);
        let position = names::name_points(Role::Position, field.name) >= POSITION;
        position && free && text && looks.count == looks.asked && !looks.time
    });
    if let (Some(field), false) = (named, guess.has(Role::Position)) {
        guess
            .events
            .columns
            .insert(Role::Position, Column::at(field.pointer()));
    }
    let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
    let clashing = fields.iter().any(|field| {
        let looks = field.looks();
        names::name_points(Role::Position, field.name) > 0
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

impl Guess {
    /// Payload and metadata as DynamoDB and MongoDB write them are read without their types.
    fn read_typed(&mut self, facts: &JsonFacts) {
        for role in [Role::Payload, Role::Metadata] {
            let Some(column) = self.events.columns.get_mut(&role) else {
                continue;
            };
            let pointer = match &column.source {
                Source::Rest => None,
                Source::At(Within::Record, spots) if spots.len() == 1 => Some(&spots[0].pointer),
                _ => continue,
            };
            let picker = Picker::new(pointer);
            let value = |record: &String| {
                let mut slots = vec![None; picker.slots()];
                picker.pick(record, &mut slots).ok()?;
                let value = match pointer {
                    Some(_) => slots[0].filter(|raw| *raw != "null")?,
                    None => record,
                };
                Some((is_of_dynamodb(value), is_of_mongo(value)))
            };
            let values: Vec<(bool, bool)> = facts.records.iter().filter_map(value).collect();
            if values.is_empty() {
                continue;
            }
            if values.iter().all(|(dynamodb, _)| *dynamodb) {
                column.encoding = Some(Encoding::Data(Decoder::Dynamodb));
            } else if values.iter().any(|(_, mongo)| *mongo) {
                // Relaxed, most values are as they are everywhere.
                column.encoding = Some(Encoding::Data(Decoder::Mongo));
            }
        }
    }

    /// Puts before the ids of streams what tells those of one id apart.
    fn join_streams(
        &mut self,
        naming: &Naming,
        parts: &[Part],
        pointer: impl Fn(usize) -> Pointer,
    ) {
        for sentence in &naming.told {
            self.add(0, sentence.clone());
        }
        let Some(stream) = parts.iter().find(|part| part.role == Role::Stream) else {
            return;
        };
        let mut pieces = Vec::new();
        for before in &naming.before {
            let (field, between) = match before {
                Before::Kind(field) => (*field, "-"),
                Before::Number(field) => (*field, "-"),
                Before::Tenant(field) => (*field, "/"),
            };
            pieces.push(Piece::At(vec![pointer(field)]));
            pieces.push(Piece::Text(between.to_owned()));
        }
        if !pieces.is_empty() {
            pieces.push(Piece::At(vec![pointer(stream.field)]));
            let source = Source::Join(Within::Record, pieces);
            self.events.columns.insert(Role::Stream, source.into());
        }
    }
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
        // An id that is another one around other records names what they belong to.
        let points = |name: &String| {
            let id = STREAM_IDS.contains(&name.to_lowercase().as_str());
            let apart = role == Role::Stream && id && facts.apart.contains(name);
            // What the file is called is no stream.
            let named = match role == Role::Stream && name.eq_ignore_ascii_case("id") {
                true => 0,
                false => names::name_points(role, name),
            };
            (apart, named)
        };
        let names = facts.around.iter().map(|name| (points(name), name));
        let best = names
            .filter(|((apart, points), _)| *apart || *points > 0)
            .max_by_key(|(points, _)| *points);
        let file = facts
            .around
            .iter()
            .find(|name| *name == "file" && role == Role::Stream);
        let found = best.map(|(_, name)| name).or(file);
        columns.extend(found.map(|name| (role, within(name))));
    }
    columns.extend(
        of_commits(facts, parts)
            .into_iter()
            .map(|(role, name)| (role, within(name))),
    );
    columns
}

/// What commits have around their events, and not these: a time, and what they belong to. What is the
/// same around all events is that of the file.
fn of_commits<'f>(facts: &'f JsonFacts, parts: &[Part]) -> Vec<(Role, &'f String)> {
    const TIMES: [Role; 2] = [Role::RecordedAt, Role::OccurredAt];
    let has = |role: &Role| parts.iter().any(|part| part.role == *role);
    // When something was begun that has events is not when they were.
    let begun = |name: &&String| {
        let name = names::normal(name);
        ["creat", "updat", "modif", "start", "open"]
            .iter()
            .any(|word| name.starts_with(word))
    };
    let best = |role: Role| {
        let names = facts
            .apart
            .iter()
            .filter(|name| !begun(name))
            .map(|name| (names::name_points(role, name), name));
        let best = names
            .filter(|(points, _)| *points > 0)
            .max_by_key(|own| own.0);
        best.map(|(_, name)| (role, name))
    };
    let time = match TIMES.iter().any(has) {
        true => None,
        false => TIMES.into_iter().find_map(best),
    };
    let ids = [Role::CorrelationId, Role::CausationId];
    let ids: Vec<Role> = ids.into_iter().filter(|role| !has(role)).collect();
    let ids = ids.into_iter().filter_map(best);
    time.into_iter().chain(ids).collect()
}
