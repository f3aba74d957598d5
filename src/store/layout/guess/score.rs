//! How well a field plays a part: points for its name and for what its values look like, and a veto
//! where they cannot be that. The names are data: `assets/layouts/roles/names.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::field::{Field, Looks};
use crate::store::layout::Role;

/// Names by role, best first.
static NAMES: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/names.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// What the best name brings, and the last of a list at least.
const BEST_NAME: i32 = 60;
const LEAST_NAME: i32 = 20;

/// Below this a field is nothing in particular.
const ENOUGH: i32 = 15;

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

/// Gives each role the field that fits best; each field plays one part.
pub(super) fn cast(fields: &[Field<'_>]) -> Vec<Part> {
    let looks: Vec<Looks> = fields.iter().map(Field::looks).collect();
    let mut offers: Vec<Part> = Vec::new();
    for role in Role::ALL {
        for (field, looks) in looks.iter().enumerate() {
            let named = name_points(role, fields[field].name);
            let Some((points, because)) =
                of_values(role, looks).or_else(|| by_name(role, named, looks))
            else {
                continue;
            };
            let points = points + named;
            let may = looks.is_common() || (named > 0 && may_be_rare(role));
            if points >= ENOUGH && may {
                offers.push(Part {
                    role,
                    field,
                    points,
                    because,
                });
            }
        }
    }
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
    parts.sort_by_key(|part| part.role);
    parts
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

/// Points for a name; 0 where no list of that role has it.
pub(super) fn name_points(role: Role, name: &str) -> i32 {
    let (names, name) = (NAMES.get(&role), normal(name));
    let rank = names.and_then(|names| names.iter().position(|own| *own == name));
    rank.map_or(0, |rank| (BEST_NAME - rank as i32 * 2).max(LEAST_NAME))
}

/// The role that a name alone speaks for most: the one in whose list it comes first.
pub(in crate::store) fn role_named(name: &str) -> Option<Role> {
    static ROLES: LazyLock<HashMap<&'static str, Role>> = LazyLock::new(|| {
        let mut ranked: Vec<(usize, Role, &str)> = Vec::new();
        for (&role, names) in NAMES.iter() {
            ranked.extend(
                names
                    .iter()
                    .enumerate()
                    .map(|(rank, name)| (rank, role, &**name)),
            );
        }
        ranked.sort_unstable();
        // Of one name the first counts.
        let best_last = ranked.into_iter().rev();
        best_last.map(|(_, role, name)| (name, role)).collect()
    });
    ROLES.get(&*normal(name)).copied()
}

/// Lower case, without anything between the words.
pub(super) fn normal(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Points and what they are for; none where the values cannot be that. Without values to go by
/// the name alone decides.
fn of_values(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
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
    Some(match looks.repeats() {
        true if looks.uuid.nearly() => (18, " and its ids repeat"),
        true if looks.name.nearly() => (12, " and its values repeat"),
        true => (4, " and its values repeat"),
        false if looks.is_unique() && looks.count >= 8 => (-15, ", though no value stands twice"),
        false => (0, ""),
    })
}

fn of_type(looks: &Looks) -> Option<(i32, &'static str)> {
    if looks.json != super::field::Share::None || looks.uuid.nearly() || looks.time {
        return None;
    }
    let words = looks.word.nearly() && looks.name.nearly();
    Some(match (words, looks.repeats()) {
        (true, true) => (14, " and its few words repeat"),
        (true, false) if looks.is_unique() && looks.count >= 8 => (-10, ", though none repeats"),
        (true, false) => (4, " and its values are words"),
        (false, true) => (-4, " and its values repeat"),
        (false, false) => (-20, ", though its values are no names"),
    })
}

fn of_data(role: Role, looks: &Looks) -> Option<(i32, &'static str)> {
    let own = if role == Role::Payload { 16 } else { 6 };
    if looks.json.nearly() {
        return Some((own, " and its values are JSON"));
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
                declared: "",
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
                (Role::RecordedAt, "moment"),
                (Role::Payload, "event"),
            ]
        );
    }
}
