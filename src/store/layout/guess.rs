//! Unknown stores: which column plays which part, by names and by what the values look like. The
//! names are data: `assets/layouts/roles/names.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::evidence::{Candidate, JsonFacts, SqliteFacts, TableFacts};
use super::{Column, Events, Layout, Medium, OrderBy, Role, Source, Spot};
use crate::model::json::Pointer;

/// Names by role, best first.
static NAMES: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/names.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// What each role found is worth. A guess never reaches a recognised layout's certainty.
const fn worth(role: Role) -> u32 {
    match role {
        Role::Type => 20,
        Role::Stream => 14,
        Role::Payload => 12,
        Role::RecordedAt | Role::OccurredAt => 8,
        Role::Version | Role::Position => 6,
        Role::EventId => 3,
        _ => 1,
    }
}

const MOST: u32 = 70;

/// The table of a SQLite file that looks most like events.
pub(super) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    facts
        .tables
        .iter()
        .filter_map(table)
        .max_by_key(|candidate| candidate.confidence)
}

fn table(table: &TableFacts) -> Option<Candidate> {
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut roles = assign(&names);
    let integer_key = match &table.key[..] {
        [only] => table
            .columns
            .iter()
            .any(|(name, kind)| name == only && kind.to_ascii_uppercase().contains("INT")),
        _ => false,
    };
    if integer_key && !roles.contains_key(&Role::Position) {
        roles.insert(Role::Position, table.key[0].clone());
    }
    let quoted = |name: &String| Column::sql(format!("\"{}\"", name.replace('"', "\"\"")));
    let columns: BTreeMap<Role, Column> = roles
        .iter()
        .map(|(role, name)| (*role, quoted(name)))
        .collect();
    let key = if table.has_rowid {
        Some("rowid".to_owned())
    } else {
        None
    };
    let from = format!("\"{}\"", table.name.replace('"', "\"\""));
    let events = Events {
        from,
        key,
        columns,
        order: OrderBy::Position,
        ..Events::default()
    };
    candidate(
        Medium::Sqlite,
        events,
        &roles,
        &format!("table `{}`", table.name),
    )
}

/// The records of a JSON file as events.
pub(super) fn json(facts: &JsonFacts) -> Option<Candidate> {
    let keys = keys_of(&facts.records);
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut roles = assign(&names);
    let around: Vec<&str> = facts.around.iter().map(String::as_str).collect();
    let outer = assign(&around);
    let mut columns: BTreeMap<Role, Column> = roles
        .iter()
        .map(|(role, name)| (*role, Column::at(Pointer::through([name.clone()]))))
        .collect();
    for role in [Role::Stream, Role::Category, Role::Type] {
        if let (None, Some(name)) = (roles.get(&role), outer.get(&role)) {
            let at = Source::At(
                super::Within::Context,
                vec![Spot {
                    pointer: Pointer::through([name.clone()]),
                    decoder: None,
                }],
            );
            columns.insert(
                role,
                Column {
                    source: at,
                    capture: None,
                    encoding: None,
                },
            );
            roles.insert(role, name.clone());
        }
    }
    if !roles.contains_key(&Role::Payload) && roles.contains_key(&Role::Type) {
        columns.insert(
            Role::Payload,
            Column {
                source: Source::Rest,
                capture: None,
                encoding: None,
            },
        );
    }
    let events = Events {
        columns,
        ..Events::default()
    };
    candidate(Medium::Json, events, &roles, "the records")
}

fn candidate(
    medium: Medium,
    events: Events,
    roles: &BTreeMap<Role, String>,
    place: &str,
) -> Option<Candidate> {
    let some = |role| roles.contains_key(&role);
    let timed = some(Role::RecordedAt) || some(Role::OccurredAt);
    if !some(Role::Type) || !(some(Role::Stream) || some(Role::Payload) || timed) {
        return None;
    }
    let points: u32 = roles.keys().map(|role| worth(*role)).sum();
    let mut reasons: Vec<(String, u32)> = roles
        .iter()
        .map(|(role, name)| {
            (
                format!("`{name}` of {place} reads like the {}", role.name()),
                worth(*role),
            )
        })
        .collect();
    let missing = [Role::Stream, Role::Version, Role::Payload]
        .into_iter()
        .filter(|role| !some(*role));
    reasons.extend(missing.map(|role| {
        (
            format!("Nothing in {place} reads like the {}", role.name()),
            0,
        )
    }));
    let name = match medium {
        Medium::Sqlite => "Generic event table",
        Medium::Json => "Generic JSON events",
    };
    let layout = Layout {
        id: "generic".to_owned(),
        name: name.to_owned(),
        medium,
        notes: "Guessed from the names of the columns; correct it where it is wrong.".to_owned(),
        evidence: Vec::new(),
        events,
        side: BTreeMap::new(),
    };
    Some(Candidate {
        layout,
        confidence: points.min(MOST) as u8,
        reasons,
    })
}

/// Gives each role the best of `names` that is left.
fn assign(names: &[&str]) -> BTreeMap<Role, String> {
    let mut left: Vec<(String, &str)> = names.iter().map(|name| (normal(name), *name)).collect();
    let mut roles = BTreeMap::new();
    // The telling roles choose first, so that `id` does not become a stream while `stream_id` waits.
    let mut order = Role::ALL;
    order.sort_by_key(|role| std::cmp::Reverse(worth(*role)));
    for role in order {
        let wanted = NAMES.get(&role).into_iter().flatten();
        let found = wanted
            .filter_map(|name| left.iter().position(|(own, _)| own == name))
            .next();
        if let Some(at) = found {
            roles.insert(role, left.swap_remove(at).1.to_owned());
        }
    }
    roles
}

/// Lower case, without anything between the words.
fn normal(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The keys that occur in at least a third of the records, in order of appearance.
fn keys_of(records: &[String]) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for record in records {
        let Ok(keys) = serde_json::from_str::<Keys>(record) else {
            continue;
        };
        for key in keys.0 {
            match counts.iter_mut().find(|(name, _)| *name == key) {
                Some((_, count)) => *count += 1,
                None => counts.push((key, 1)),
            }
        }
    }
    let third = records.len().div_ceil(3);
    counts
        .into_iter()
        .filter(|(_, count)| *count >= third)
        .map(|(name, _)| name)
        .collect()
}

/// The keys of an object, its values skipped over.
struct Keys(Vec<String>);

impl<'de> serde::Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map: BTreeMapOfIgnored = serde::Deserialize::deserialize(deserializer)?;
        Ok(Self(map.into_keys().collect()))
    }
}

type BTreeMapOfIgnored = BTreeMap<String, serde::de::IgnoredAny>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_go_to_the_most_telling_names() {
        let roles = assign(&[
            "id",
            "aggregate_id",
            "aggregateVersion",
            "event_type",
            "body",
            "createdAt",
        ]);
        let name = |role| roles.get(&role).map(String::as_str);
        assert_eq!(name(Role::Stream), Some("aggregate_id"));
        assert_eq!(name(Role::Version), Some("aggregateVersion"));
        assert_eq!(name(Role::Type), Some("event_type"));
        assert_eq!(name(Role::Payload), Some("body"));
        assert_eq!(name(Role::RecordedAt), Some("createdAt"));
    }

    #[test]
    fn a_table_without_types_is_no_event_table() {
        let columns = ["id", "name", "price"].map(|name| (name.to_owned(), "TEXT".to_owned()));
        let goods = TableFacts {
            name: "goods".to_owned(),
            columns: columns.to_vec(),
            ..TableFacts::default()
        };
        assert!(table(&goods).is_none());
    }
}
