//! Whether what a guess found tells of events at all. Much has a type and a name: a package, a map, a
//! schema, a list of goods. Events have names that others have not, or types that say what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::TABLES;
use super::field::Field;
use super::keyed;
use super::names;
use super::score::Part;
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
    let called = is_called(table);
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
    let named = names::normal(kind.name) == "name";
    // What bears a time and its data is a list of events where it is a list.
    let timed = of(Role::RecordedAt).or(of(Role::OccurredAt)).is_some();
    let bearing = of(Role::Payload).is_some_and(|data| DATA.contains(&&*names::normal(data.name)));
    let dated = timed && bearing && (kind.values.len() > 1 || kind.outer.is_some());
    // Nothing else has an id of an event, a type and a time.
    let identified = of(Role::EventId).is_some_and(|id| names::normal(id.name) == "eventid");
    let grouped = grouped && !named;
    called
        || is_weak(kind)
        || is_clear(Role::Type, kind)
        || grouped
        || dated && !named
        || identified && timed && !named
        || timed && tells_of_changes(kind)
        || say_what_happened(kind)
}

/// The most where neither the stream nor the type is called as such things are.
const UNNAMED: u32 = 40;

/// How sure a guess can be at most: less where nothing is called as it should be.
pub(super) fn most(parts: &[Part], fields: &[Field<'_>]) -> u32 {
    let unnamed = |role: Role| {
        let part = parts.iter().find(|part| part.role == role);
        let name = part.map(|part| fields[part.field].name);
        name.is_some_and(|name| names::name_points(role, name) == 0 && !names::is_some_id(name))
    };
    match unnamed(Role::Type) && unnamed(Role::Stream) {
        true => UNNAMED,
        false => super::MOST,
    }
}

/// What data is called that came with an event.
const DATA: [&str; 4] = ["payload", "data", "eventdata", "jsondata"];

/// Whether something else than the fields tells the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// What stands around the records does.
    Around,
    /// Nothing does.
    Not,
}

/// Takes back a type that is a state, a code or whatever else has few words, where nothing else says that
/// there are events, or where the type is told better.
pub(super) fn drop_weak_type(
    parts: &mut Vec<Part>,
    fields: &[Field<'_>],
    table: Option<&str>,
    told: Told,
) {
    let of = |role: Role| {
        let part = parts.iter().find(|part| part.role == role)?;
        Some(&fields[part.field])
    };
    let Some(kind) = of(Role::Type).filter(|kind| is_weak(kind)) else {
        return;
    };
    let unnamed = names::name_points(Role::Type, kind.name) == 0;
    let topic = of(Role::Category).is_some_and(|own| own.name.to_lowercase().contains("topic"));
    let timed = of(Role::RecordedAt).or(of(Role::OccurredAt)).is_some();
    let stream = of(Role::Stream);
    let again = stream.is_some_and(|stream| stream.looks().repeats());
    let clear = stream.is_some_and(|stream| is_clear(Role::Stream, stream));
    let happened = of(Role::Version).is_some() || say_what_happened(kind);
    let clear = clear || keyed::tells(&parts[..], fields);
    // All roles found, by whatever they are called.
    let whole =
        of(Role::Version).is_some() && of(Role::Payload).is_some() && say_what_happened(kind);
    // Who says something in a talk, time and again.
    let talks = |stream: &Field<'_>| TALKS.contains(&&*names::normal(stream.name));
    let talk = names::normal(kind.name) == "role" && stream.is_some_and(talks);
    let enough =
        timed && again && (is_history(table) || whole || talk || clear && (happened || !unnamed));
    if !enough || unnamed && (topic || told == Told::Around) {
        parts.retain(|part| part.role != Role::Type);
    }
}

/// What talks are told apart by.
const TALKS: [&str; 4] = ["sessionid", "threadid", "conversationid", "chatid"];

/// Words for a table of what has happened to things.
const HISTORIES: [&str; 6] = ["event", "history", "journal", "log", "audit", "change"];

fn is_history(table: Option<&str>) -> bool {
    table.is_some_and(|table| {
        let own: Vec<String> = words(table).map(str::to_lowercase).collect();
        let is = |word: &&str| own.iter().any(|own| own.trim_end_matches('s') == *word);
        HISTORIES.iter().any(is)
    })
}

/// Whether a table is called as tables of events are.
fn is_called(table: Option<&str>) -> bool {
    table.is_some_and(|table| {
        let name = table.to_lowercase();
        let mut words = TABLES.events.iter();
        words.any(|word| name.contains(word.as_str()))
    })
}

/// Names of types that anything may have, and any name that is none.
const WEAK: [&str; 13] = [
    "status",
    "state",
    "label",
    "code",
    "class",
    "category",
    "command",
    "tag",
    "message",
    "msg",
    "discriminator",
    "historytype",
    "role",
];

pub(super) fn is_weak(kind: &Field<'_>) -> bool {
    let name = names::normal(kind.name);
    names::name_points(Role::Type, kind.name) == 0 || WEAK.contains(&&*name)
}

/// Whether a name is one of that role and of nothing else.
fn is_clear(role: Role, field: &Field<'_>) -> bool {
    let name = names::normal(field.name);
    let vague = VAGUE.get(&role).is_some_and(|vague| vague.contains(&name));
    !vague && names::name_points(role, field.name) > 0
}

/// Whether half of the different values are what somebody calls an event.
pub(super) fn say_what_happened(kind: &Field<'_>) -> bool {
    let values: BTreeSet<&str> = kind.values.iter().flatten().copied().collect();
    let several = values.len() > 1;
    let happened = values.iter().filter(|value| {
        is_past(value) || several && of_words(value).count() > 1 && !value.contains(' ')
    });
    happened.count() * 2 >= values.len().max(1)
}

/// The words of a name, without numbers and ids that stand beside them.
fn of_words(value: &str) -> impl Iterator<Item = &str> {
    words(value).filter(|word| word.chars().all(char::is_alphabetic))
}

/// What is done to rows, as those write it who watch a database.
const CHANGES: [&str; 13] = [
    "insert", "update", "delete", "create", "remove", "read", "c", "u", "d", "r", "+", "~", "-",
];

/// Whether there are several words, all for what is done to rows.
fn tells_of_changes(kind: &Field<'_>) -> bool {
    let values: BTreeSet<&str> = kind.values.iter().flatten().copied().collect();
    let change = |value: &&str| CHANGES.contains(&&*value.to_lowercase());
    values.len() > 1 && values.iter().all(change)
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
pub(super) fn words(value: &str) -> impl Iterator<Item = &str> {
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
