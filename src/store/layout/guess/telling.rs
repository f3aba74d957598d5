//! Whether what a guess found tells of events at all. Much has a type and a name: a package, a map, a
//! schema, a list of goods. Events have names that others have not, or types that say what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::TABLES;
use super::field::Field;
use super::score::{self, Part};
use crate::store::layout::Role;

static VAGUE: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/vague.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// Whether these parts are more than what anything has. `table` is where they stand, if it has a name.
pub(super) fn tells_of_events(parts: &[Part], fields: &[Field<'_>], table: Option<&str>) -> bool {
    let of = |role: Role| {
        let part = parts.iter().find(|part| part.role == role)?;
        Some(&fields[part.field])
    };
    let called = table.is_some_and(|table| {
        let name = table.to_lowercase();
        TABLES
            .events
            .iter()
            .any(|word| name.contains(word.as_str()))
    });
    let beside = [
        Role::Version,
        Role::RecordedAt,
        Role::OccurredAt,
        Role::Payload,
    ];
    let grouped = of(Role::Stream).is_some_and(|stream| is_clear(Role::Stream, stream))
        && beside.into_iter().any(|role| of(role).is_some());
    let Some(kind) = of(Role::Type) else {
        // What stands around the records told the type.
        return true;
    };
    let named = score::normal(kind.name) == "name";
    // What bears a time and its data is a list of events where it is a list.
    let timed = of(Role::RecordedAt).or(of(Role::OccurredAt)).is_some();
    let bearing = of(Role::Payload).is_some_and(|data| DATA.contains(&&*score::normal(data.name)));
    let dated = timed && bearing && (kind.values.len() > 1 || kind.outer.is_some());
    let grouped = grouped && !named;
    called || is_clear(Role::Type, kind) || grouped || dated && !named || say_what_happened(kind)
}

/// What data is called that came with an event.
const DATA: [&str; 4] = ["payload", "data", "eventdata", "jsondata"];

/// Whether a name is one of that role and of nothing else.
fn is_clear(role: Role, field: &Field<'_>) -> bool {
    let name = score::normal(field.name);
    let vague = VAGUE.get(&role).is_some_and(|vague| vague.contains(&name));
    !vague && score::name_points(role, field.name) > 0
}

/// Whether half of the different values are what somebody calls an event.
fn say_what_happened(kind: &Field<'_>) -> bool {
    let values: BTreeSet<&str> = kind.values.iter().flatten().copied().collect();
    let several = values.len() > 1;
    let happened = values.iter().filter(|value| {
        is_past(value) || several && words(value).count() > 1 && !value.contains(' ')
    });
    happened.count() * 2 >= values.len().max(1)
}

/// Past participles that do not end in -ed.
const IRREGULAR: [&str; 24] = [
    "sent",
    "paid",
    "sold",
    "bought",
    "made",
    "lost",
    "found",
    "begun",
    "done",
    "taken",
    "given",
    "written",
    "drawn",
    "withdrawn",
    "broken",
    "chosen",
    "shown",
    "built",
    "held",
    "left",
    "set",
    "put",
    "won",
    "met",
];

/// Whether a name ends in what has happened: `OrderPlaced`, `order.paid`, `ITEM_ADDED`, `AddressChangedV2`.
fn is_past(value: &str) -> bool {
    let all: Vec<String> = words(value).map(str::to_lowercase).collect();
    let versioned = |word: &&String| {
        !word
            .trim_start_matches('v')
            .chars()
            .all(|c| c.is_ascii_digit())
    };
    all.iter().rfind(versioned).is_some_and(|last| {
        let regular = last.len() > 3 && last.ends_with("ed");
        regular || IRREGULAR.contains(&last.as_str())
    })
}

/// The words of a name, as people and programs write several in one.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split(|c: char| !c.is_alphanumeric());
    parts.flat_map(humps).filter(|word| !word.is_empty())
}

/// `OrderPlaced` as its two words.
fn humps(word: &str) -> Vec<&str> {
    let mut from = 0;
    let mut found = Vec::new();
    let pairs = word.char_indices().zip(word.chars().skip(1));
    for ((at, before), after) in pairs {
        if before.is_lowercase() && after.is_uppercase() {
            let next = at + before.len_utf8();
            found.push(&word[from..next]);
            from = next;
        }
    }
    found.push(&word[from..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_happened() {
        for name in [
            "OrderPlaced",
            "order.paid",
            "ITEM_ADDED",
            "AddressChangedV2",
            "Withdrawn",
            "payment-sent",
            "com.example.bank.Opened",
            "fermé.Closed",
        ] {
            assert!(is_past(name), "{name}");
        }
        for name in [
            "module", "Feature", "object", "library", "red", "Bug", "", "v2", "é",
        ] {
            assert!(!is_past(name), "{name}");
        }
    }
}
