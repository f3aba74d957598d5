//! How well a field plays a part: points for its name and for what its values look like, and a veto
//! where they cannot be that.

use super::field::{Field, Looks};
use super::names::{is_some_id, name_points, names_id, names_somebody};
use super::pairs;
use crate::store::layout::Role;

pub(super) use super::names::normal;

/// Below this a field is nothing in particular.
pub(super) const ENOUGH: i32 = 15;

/// What a field is taken for, and why.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub role: Role,
    /// Which of the fields.
    pub field: usize,
    pub points: i32,
    /// What its values add to its name, as the end of a sentence.
    pub because: &'static str,
}

/// What is found for an id that no list has: it may be the stream's, where nothing says that better.
const SOME_ID: i32 = 6;

/// What it takes a stream that some events have none, and that it is called as somebody who does things
/// to others.
const PARTLY: i32 = 8;
const SOMEBODY: i32 = 3;

/// Gives each role the field that fits best; each field plays one part.
pub(super) fn cast(fields: &[Field<'_>]) -> Vec<Part> {
    let looks: Vec<Looks> = fields.iter().map(Field::looks).collect();
    let mut offers: Vec<Part> = Vec::new();
    for role in Role::ALL {
        for (field, looks) in looks.iter().enumerate() {
            // Names of things, each of them once, are ids.
            let ids = looks.is_unique() && looks.count >= 3 && fields[field].names_things();
            if role != Role::Type || !ids {
                offers.extend(offer(role, field, fields[field].name, looks));
            }
        }
    }
    pairs::weigh(fields, &looks, &mut offers);
    drop_what_was(fields, &looks, &mut offers);
    offers.retain(|offer| offer.points >= ENOUGH);
    // Where two parts would suit a field alike, the more telling one gets it.
    // What only a few records have plays no part that another can play.
    let rank = |part: &Part| {
        let common = looks[part.field].is_common();
        std::cmp::Reverse((common, part.points, super::worth(part.role)))
    };
    offers.sort_by_key(rank);
    let mut parts: Vec<Part> = Vec::new();
    for offer in offers {
        let taken = |part: &Part| part.role == offer.role || part.field == offer.field;
        if !parts.iter().any(taken) {
            parts.push(offer);
        }
    }
    if parts.iter().all(|part| part.role != Role::Type) {
        parts.extend(words_that_repeat(fields, &looks, &parts));
    }
    if parts.iter().all(|part| part.role != Role::Stream) {
        parts.extend(things_that_repeat(fields, &looks, &parts));
    }
    parts.sort_by_key(|part| part.role);
    parts
}

/// What a row is, and what it was, where both stand in a record of a change.
const ROWS: [&str; 5] = ["record", "row", "after", "new", "newvalues"];
const ROWS_BEFORE: [&str; 6] = [
    "changes",
    "before",
    "old",
    "oldvalues",
    "previous",
    "olddata",
];

/// What a row was before is no payload beside what it is.
fn drop_what_was(fields: &[Field<'_>], looks: &[Looks], offers: &mut Vec<Part>) {
    let is = |field: usize, names: &[&str]| {
        names.contains(&&*normal(fields[field].name)) && looks[field].json.nearly()
    };
    if (0..fields.len()).any(|field| is(field, &ROWS)) {
        offers.retain(|part| part.role != Role::Payload || !is(part.field, &ROWS_BEFORE));
    }
}

/// A part that a field may play, if its name or its values speak for that.
fn offer(role: Role, field: usize, name: &str, looks: &Looks) -> Option<Part> {
    let listed = name_points(role, name);
    let named = match (role, listed) {
        (Role::Stream, 0) if is_some_id(name) && looks.distinct < looks.count => SOME_ID,
        _ => listed,
    };
    // Whose all of it is tells nothing apart.
    let of_one = role == Role::Stream && names_somebody(name) && looks.distinct == 1;
    if of_one && looks.count >= 8 {
        return None;
    }
    let (points, because) = of_values(role, looks).or_else(|| by_name(role, named, looks))?;
    let may = looks.is_common() || (named > 0 && may_be_rare(role));
    let less = match role {
        Role::Stream if looks.count + looks.bytes < looks.asked => PARTLY,
        Role::Stream if names_somebody(name) => SOMEBODY,
        _ => 0,
    };
    may.then_some(Part {
        role,
        field,
        points: points + named - less,
        because,
    })
}

/// A type that nothing in its name speaks for: the field whose few words say most what happened.
fn words_that_repeat(fields: &[Field<'_>], looks: &[Looks], parts: &[Part]) -> Option<Part> {
    let free = |field: &usize| parts.iter().all(|part| part.field != *field);
    let few = (0..fields.len()).filter(free).filter(|field| {
        let (looks, field) = (&looks[*field], &fields[*field]);
        let (_, because) = of_type(looks).unwrap_or((0, ""));
        let id = names_id(field.name) || field.names_with_numbers();
        because == REPEATS && looks.distinct > 1 && looks.is_common() && !id
    });
    let field = few.max_by_key(|field| {
        let happened = super::telling::say_what_happened(&fields[*field]);
        (happened, std::cmp::Reverse(*field))
    })?;
    Some(Part {
        role: Role::Type,
        field,
        points: ENOUGH,
        because: ", by its few words that repeat, though not by its name",
    })
}

/// A stream that nothing in its name speaks for: the only field whose values are called as things of a
/// kind are, `order-7`, and come again.
fn things_that_repeat(fields: &[Field<'_>], looks: &[Looks], parts: &[Part]) -> Option<Part> {
    let free = |field: &usize| parts.iter().all(|part| part.field != *field);
    let mut things = (0..fields.len()).filter(free).filter(|field| {
        let (looks, field) = (&looks[*field], &fields[*field]);
        looks.repeats() && looks.distinct > 1 && looks.is_common() && field.names_things()
    });
    let field = things.next()?;
    things.next().is_none().then_some(Part {
        role: Role::Stream,
        field,
        points: ENOUGH,
        because: ", by its values that come again, though not by its name",
    })
}

/// Roles that make sense where only a few records have them.
const fn may_be_rare(role: Role) -> bool {
    matches!(
        role,
        Role::RecordedAt
            | Role::OccurredAt
            | Role::EventId
            | Role::CorrelationId
            | Role::CausationId
            | Role::SchemaVersion
            | Role::Metadata
    )
}

/// What a name speaks for although not all values are like that: then those that are not are told of.
fn by_name(role: Role, named: i32, looks: &Looks) -> Option<(i32, &'static str)> {
    match role {
        Role::RecordedAt | Role::OccurredAt if named > 0 && looks.half_time() => {
            Some((4, ", though not all of its values are times"))
        }
        Role::RecordedAt if looks.mostly_time() => {
            Some((ENOUGH, ", though not all of its values are times"))
        }
        Role::EventId if named > 0 && !looks.json.nearly() => {
            let mostly_new = looks.distinct * 3 >= looks.count * 2;
            mostly_new.then_some((0, ", though some values stand twice"))
        }
        _ => None,
    }
}

/// Points and what they are for; none where the values cannot be that. Without values to go by
/// the name alone decides.
fn of_values(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
    if looks.bytes > 0 {
        return of_bytes(role, looks);
    }
    if looks.count == 0 {
        let data = matches!(role, Role::Payload | Role::Metadata);
        return Some(match data && looks.declared_data {
            true => (10, " and is declared as data"),
            false => (0, ""),
        });
    }
    match role {
        Role::Position => of_position(looks),
        Role::Version | Role::SchemaVersion => of_number(role, looks),
        Role::Stream => of_stream(looks),
        Role::Type => of_type(looks),
        Role::Category => match looks.json.nearly() || looks.uuid.nearly() || looks.time {
            true => None,
            false if looks.repeats() => Some((5, " and its values repeat")),
            false => Some((0, "")),
        },
        Role::EventId => match (looks.json.nearly(), looks.is_unique()) {
            (true, _) => None,
            (_, true) => Some((10, " and no value stands twice")),
            (_, false) if looks.distinct * 10 >= looks.count * 9 => Some((0, "")),
            (_, false) => None,
        },
        Role::RecordedAt | Role::OccurredAt => {
            let own = if role == Role::RecordedAt { 16 } else { 4 };
            looks.time.then_some((own, " and its values are times"))
        }
        Role::CorrelationId | Role::CausationId => (!looks.json.nearly()).then_some((0, "")),
        Role::Payload | Role::Metadata => of_data(role, looks),
        Role::Ended => Some((0, "")),
        Role::EndedAt => looks.time.then_some((0, "")),
    }
}

fn of_position(looks: &Looks) -> Option<(i32, &'static str)> {
    match (looks.integer.nearly(), looks.is_unique()) {
        (true, true) => Some((10, " and its numbers are unique")),
        // A UUID or ULID shows a position without being its order.
        _ => None,
    }
}

fn of_number(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
    let plain = looks.integer.nearly() && !looks.time && !looks.negative.nearly();
    match (role, plain) {
        (Role::Version, true) => Some((8, " and its values are numbers")),
        (Role::Version, false) => None,
        _ if looks.json.nearly() || looks.longest > 40 => None,
        _ => Some((0, "")),
    }
}

fn of_stream(looks: &Looks) -> Option<(i32, &'static str)> {
    if looks.json.nearly() || looks.time || looks.mostly_long {
        return None;
    }
    if looks.distinct == 1 && looks.count >= 8 {
        return Some((0, ", though there is but one"));
    }
    Some(match looks.repeats() {
        true if looks.uuid.nearly() => (18, " and its ids repeat"),
        true if looks.name.nearly() => (12, " and its values repeat"),
        true => (4, " and its values repeat"),
        false if looks.is_unique() && looks.count >= 8 => (-15, ", though no value stands twice"),
        false => (0, ""),
    })
}

const REPEATS: &str = " and its few words repeat";

/// Bytes are data, and nothing else.
fn of_bytes(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
    match role {
        Role::Payload if looks.declared_data => Some((12, " and its values are bytes")),
        Role::Payload => Some((6, " and its values are bytes")),
        Role::Metadata => Some((0, " and its values are bytes")),
        _ => None,
    }
}

fn of_type(looks: &Looks) -> Option<(i32, &'static str)> {
    if looks.json != super::field::Share::None || looks.uuid.nearly() || looks.time {
        return None;
    }
    let words = looks.word.nearly() && looks.name.nearly();
    Some(match (words, looks.repeats()) {
        (true, true) => (14, REPEATS),
        (true, false) if looks.is_unique() && looks.count >= 8 => (-10, ", though none repeats"),
        (true, false) => (4, " and its values are words"),
        (false, true) => (-4, " and its values repeat"),
        (false, false) => (-20, ", though its values are no names"),
    })
}

fn of_data(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
    let own = if role == Role::Payload { 16 } else { 6 };
    if looks.list.nearly() {
        // Tags and the like, unless its name says that it is more.
        return Some((4, " and its values are lists"));
    }
    if looks.json.nearly() {
        return Some((own, " and its values are JSON"));
    }
    if looks.packed.is_some() {
        return Some((own, " and its values are packed JSON"));
    }
    if looks.yaml.nearly() && looks.count > 0 {
        return Some((own, " and its values are YAML"));
    }
    if looks.integer.nearly() || looks.time || looks.uuid.nearly() {
        return None;
    }
    Some(match looks.declared_data {
        true => (8, " and is declared as data"),
        false => (-6, ", though its values are no JSON"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(fields: &[(&'static str, &[&'static str])]) -> Vec<(Role, &'static str)> {
        let fields: Vec<Field<'_>> = fields
            .iter()
            .map(|(name, values)| Field {
                name,
                outer: None,
                under: None,
                declared: "",
                bytes: Default::default(),
                in_key: None,
                values: values.iter().copied().map(Some).collect(),
            })
            .collect();
        let parts = cast(&fields);
        parts
            .iter()
            .map(|part| (part.role, fields[part.field].name))
            .collect()
    }

    #[test]
    fn names_alone_decide_in_an_empty_table() {
        let names = [
            "id",
            "aggregate_id",
            "aggregateVersion",
            "event_type",
            "body",
            "createdAt",
        ];
        let found = parts(&names.map(|name| (name, &[][..])));
        assert_eq!(
            found,
            [
                (Role::Stream, "aggregate_id"),
                (Role::Version, "aggregateVersion"),
                (Role::Type, "event_type"),
                (Role::EventId, "id"),
                (Role::RecordedAt, "createdAt"),
                (Role::Payload, "body"),
            ]
        );
    }

    /// One name of a stream that is a page long says nothing about the others.
    #[test]
    fn a_single_long_name_of_a_stream_leaves_the_others_their_column() {
        let long: &'static str = Box::leak("x".repeat(700).into_boxed_str());
        let values: [&[&str]; 2] = [&["a-1", long], &["a-1", "a-1", long]];
        for values in values {
            assert_eq!(parts(&[("stream", values)]), [(Role::Stream, "stream")]);
        }
        let texts: &[&str] = &[long, long, "a-1"];
        assert!(!parts(&[("stream", texts)]).contains(&(Role::Stream, "stream")));
    }

    #[test]
    fn what_is_called_as_a_thing_of_a_kind_and_comes_again_is_a_stream() {
        let events = [
            ("what", &["paid", "closed", "paid", "closed"][..]),
            ("obj", &["order-1", "order-2", "order-2", "order-1"]),
            ("at", &["2024-01-01T00:00:00Z"; 4]),
        ];
        assert!(parts(&events).contains(&(Role::Stream, "obj")));
        let by = ("by", &["clerk-1", "clerk-2", "clerk-1", "clerk-2"][..]);
        let either = [events[0], events[1], events[2], by];
        let named = |parts: &[(Role, &str)]| parts.iter().any(|(role, _)| *role == Role::Stream);
        assert!(!named(&parts(&either)), "nothing tells which");
        let once = [
            events[0],
            ("obj", &["order-1", "order-2", "order-3", "order-4"]),
        ];
        assert!(!named(&parts(&once)));
    }

    #[test]
    fn values_overrule_names() {
        let found = parts(&[
            ("seq", &["1", "2", "1", "2", "3", "4"]),
            ("key", &["a", "a", "b", "b", "b", "b"]),
            ("event", &["{}", "{}", "{}", "{}", "{}", "{}"]),
            ("what", &["Made", "Sold", "Made", "Sold", "Sold", "Sold"]),
            ("moment", &["2024-01-01T00:00:00Z"; 6]),
        ]);
        assert_eq!(
            found,
            [
                (Role::Stream, "key"),
                (Role::Version, "seq"),
                (Role::Type, "what"),
                (Role::RecordedAt, "moment"),
                (Role::Payload, "event"),
            ]
        );
    }
}
