//! Unknown stores: which column plays which part, by names and by what the values look like. Every
//! point is given for a reason that is shown.

mod field;
mod records;
mod score;

pub(super) use records::json;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;
use std::sync::LazyLock;

use field::Field;
use indexmap::IndexMap;
use score::Part;
use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::evidence::{Candidate, SqliteFacts, TableFacts};
use super::{Column, Events, Layout, Medium, OrderBy, Role, Source, Spot, Within};
use crate::model::json::{Pointer, scalar};

/// What tables of events are called, and what those that stand beside them.
#[derive(Debug, Default, Deserialize)]
struct TableNames {
    events: Vec<String>,
    beside: Vec<String>,
}

static TABLES: LazyLock<TableNames> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/tables.toml"
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

/// What a table's name brings, or takes.
const TABLE_NAME: u32 = 8;

/// A mapping as it grows.
struct Guess {
    medium: Medium,
    events: Events,
    points: u32,
    reasons: Vec<(String, u32)>,
}

/// The table of a SQLite file that looks most like events; of equals the longest.
pub(super) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    let guesses = facts
        .tables
        .iter()
        .filter_map(|facts| Some((table(facts)?, facts.rows)));
    let best = guesses.max_by_key(|(guess, rows)| (guess.points, *rows));
    best.map(|(guess, _)| guess.candidate())
}

fn table(facts: &TableFacts) -> Option<Guess> {
    let of = |at: usize| -> Vec<Option<&str>> {
        let values = facts.sample.iter().map(|row| row.get(at)?.as_deref());
        values.collect()
    };
    let fields: Vec<Field<'_>> = facts
        .columns
        .iter()
        .enumerate()
        .map(|(at, (name, declared))| Field {
            name,
            declared,
            values: of(at),
        })
        .collect();
    let parts = score::cast(&fields);
    let place = format!("table `{}`", facts.name);
    let column = |part: &Part| Column::sql(quoted(fields[part.field].name));
    let further = type_by_category(&parts, &fields, column)
        .into_iter()
        .collect();
    let mut guess = Guess::assemble(Medium::Sqlite, &parts, &fields, &place, column, further)?;
    guess.look_into_metadata(&parts, &fields);
    let own_key = integer_key(facts);
    if let (Some(key), None) = (own_key, guess.events.columns.get(&Role::Position)) {
        let free = parts.iter().all(|part| fields[part.field].name != key);
        if free || guess.drop_role(Role::EventId, key, &parts, &fields) {
            let column = Column::sql(quoted(key));
            guess.events.columns.insert(Role::Position, column);
            guess.add(
                worth(Role::Position),
                format!("`{key}` of {place} is its integer key"),
            );
        }
    }
    guess.events.from = quoted(&facts.name);
    guess.events.key = match own_key {
        _ if facts.has_rowid => Some(rowid(facts).to_owned()),
        own_key => own_key.map(quoted),
    };
    // Without rowids rows come in the order of their key, which says nothing of when they came.
    let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
    if guess.events.key.is_none() && !guess.has(Role::Position) && timed {
        guess.events.order = OrderBy::Time;
    }
    guess.weigh_name(&facts.name);
    Some(guess)
}

/// The one column of the primary key, if it is an integer.
fn integer_key(facts: &TableFacts) -> Option<&str> {
    let [key] = &facts.key[..] else { return None };
    let (_, declared) = facts.columns.iter().find(|(name, _)| name == key)?;
    declared
        .to_ascii_uppercase()
        .contains("INT")
        .then_some(key.as_str())
}

/// A column may have taken the name.
fn rowid(facts: &TableFacts) -> &'static str {
    let free = |name: &&str| {
        let mut columns = facts.columns.iter();
        !columns.any(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(free)
        .unwrap_or("rowid")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// kcat and the like tell topics apart and no types: better those than none.
fn type_by_category(
    parts: &[Part],
    fields: &[Field<'_>],
    column: impl Fn(&Part) -> Column,
) -> Option<(Role, Column)> {
    if parts.iter().any(|part| part.role == Role::Type) {
        return None;
    }
    let mut topics = parts.iter().filter(|part| {
        part.role == Role::Category && fields[part.field].name.to_lowercase().contains("topic")
    });
    Some((Role::Type, column(topics.next()?)))
}

impl Guess {
    fn assemble(
        medium: Medium,
        parts: &[Part],
        fields: &[Field<'_>],
        place: &str,
        column: impl Fn(&Part) -> Column,
        further: Vec<(Role, Column)>,
    ) -> Option<Self> {
        let mut guess = Self {
            medium,
            events: Events::default(),
            points: 0,
            reasons: Vec::new(),
        };
        for part in parts {
            let name = fields[part.field].name;
            let sentence = format!(
                "`{name}` of {place} reads like the {}{}",
                part.role.name(),
                part.because
            );
            guess.add(worth(part.role), sentence);
            guess.events.columns.insert(part.role, column(part));
        }
        for (role, column) in further {
            let sentence = format!("The {} is taken from {column}", role.name());
            guess.add(worth(role) / 2, sentence);
            guess.events.columns.insert(role, column);
        }
        let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
        let more = guess.has(Role::Stream) || guess.has(Role::Payload) || timed;
        if !guess.has(Role::Type) || !more {
            return None;
        }
        for role in [Role::Stream, Role::Version, Role::Payload] {
            if !guess.has(role) {
                let sentence = format!("Nothing in {place} reads like the {}", role.name());
                guess.add(0, sentence);
            }
        }
        Some(guess)
    }

    fn has(&self, role: Role) -> bool {
        self.events.columns.contains_key(&role)
    }

    fn add(&mut self, points: u32, sentence: String) {
        self.points += points;
        self.reasons.push((sentence, points));
    }

    /// Takes a role back from the field called `name`; whether it had it.
    fn drop_role(&mut self, role: Role, name: &str, parts: &[Part], fields: &[Field<'_>]) -> bool {
        let has = |part: &Part| part.role == role && fields[part.field].name == name;
        if !parts.iter().any(has) {
            return false;
        }
        self.events.columns.remove(&role);
        self.points -= worth(role);
        self.reasons
            .retain(|(sentence, _)| !sentence.starts_with(&format!("`{name}` of")));
        true
    }

    /// Ids that stand in the metadata rather than beside it.
    fn look_into_metadata(&mut self, parts: &[Part], fields: &[Field<'_>]) {
        let Some(metadata) = parts.iter().find(|part| part.role == Role::Metadata) else {
            return;
        };
        let values = fields[metadata.field].values.iter().flatten();
        let objects: Vec<_> = values.filter_map(|text| members(text)).collect();
        for role in [Role::CorrelationId, Role::CausationId] {
            let found = keys_of(&objects)
                .into_iter()
                .max_by_key(|name| score::name_points(role, name))
                .filter(|name| score::name_points(role, name) > 0);
            if let (Some(name), false) = (found, self.has(role)) {
                let pointer = Pointer::through([name]);
                let spot = Spot {
                    pointer,
                    decoder: None,
                };
                let column = Column {
                    source: Source::At(Within::Metadata, vec![spot]),
                    capture: None,
                    encoding: None,
                };
                let sentence = format!("`{name}` in the metadata reads like the {}", role.name());
                self.add(worth(role), sentence);
                self.events.columns.insert(role, column);
            }
        }
    }

    fn weigh_name(&mut self, table: &str) {
        let name = table.to_lowercase();
        let has = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
        if has(&TABLES.beside) {
            self.points = self.points.saturating_sub(2 * TABLE_NAME);
            let sentence = format!("`{table}` is what tables beside events are called");
            self.reasons.push((sentence, 0));
        } else if has(&TABLES.events) {
            self.add(
                TABLE_NAME,
                format!("`{table}` is what tables of events are called"),
            );
        }
    }

    fn candidate(mut self) -> Candidate {
        let name = match self.medium {
            Medium::Sqlite => "Generic event table",
            Medium::Json => "Generic JSON events",
        };
        self.reasons.sort_by_key(|(_, points)| Reverse(*points));
        let layout = Layout {
            id: "generic".to_owned(),
            name: name.to_owned(),
            medium: self.medium,
            notes:
                "Guessed from the names and values of the columns; correct it where it is wrong."
                    .to_owned(),
            evidence: Vec::new(),
            events: self.events,
            side: std::collections::BTreeMap::new(),
        };
        Candidate {
            layout,
            confidence: self.points.min(MOST) as u8,
            reasons: self.reasons,
        }
    }
}

type Members = IndexMap<String, String>;

/// The members of an object: texts without quotes, other values as written, nulls left out.
fn members(text: &str) -> Option<Members> {
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Members;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
            let mut members = Members::new();
            while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
                if raw.get() != "null" {
                    let text = scalar(raw.get());
                    members.insert(name, text.unwrap_or(Cow::Borrowed(raw.get())).into_owned());
                }
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(text)
        .deserialize_map(Object)
        .ok()
}

/// The keys that occur in at least a third of the records, in order of appearance.
fn keys_of(records: &[Members]) -> Vec<&str> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for name in records.iter().flat_map(IndexMap::keys) {
        *counts.entry(name).or_default() += 1;
    }
    let third = records.len().div_ceil(3);
    let often = counts.into_iter().filter(|(_, count)| *count >= third);
    often.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::layout::JsonFacts;

    fn facts(name: &str, columns: &[&str], rows: u64) -> TableFacts {
        TableFacts {
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|name| ((*name).to_owned(), "TEXT".to_owned()))
                .collect(),
            rows,
            ..TableFacts::default()
        }
    }

    #[test]
    fn a_table_without_types_is_no_event_table() {
        assert!(table(&facts("goods", &["id", "name", "price"], 9)).is_none());
    }

    #[test]
    fn events_beat_their_copies() {
        let columns = [
            "event_id",
            "aggregate_id",
            "event_type",
            "payload",
            "created_at",
        ];
        let tables = ["dead_letter_queue", "event_outbox", "journal"]
            .into_iter()
            .map(|name| facts(name, &columns, 100));
        let facts = SqliteFacts {
            tables: tables.collect(),
        };
        let found = sqlite(&facts).expect("a guess");
        assert_eq!(found.layout.events.from, "\"journal\"");
    }

    #[test]
    fn of_two_like_tables_the_longer_one_is_taken() {
        let columns = ["stream", "type", "data"];
        let tables = vec![
            facts("a_events", &columns, 3),
            facts("b_events", &columns, 300),
            facts("c_events", &columns, 30),
        ];
        let found = sqlite(&SqliteFacts { tables }).expect("a guess");
        assert_eq!(found.layout.events.from, "\"b_events\"");
    }

    #[test]
    fn ids_are_found_in_the_metadata() {
        let record = |n| {
            format!(
                r#"{{"type":"A","stream":"s","data":{{}},"meta":"{{\"$correlationId\":\"{n}\"}}"}}"#
            )
        };
        let facts = JsonFacts {
            records: (0..5).map(record).collect(),
            around: Vec::new(),
        };
        let found = json(&facts).expect("a guess");
        let column = found.layout.column(Role::CorrelationId).expect("found");
        assert_eq!(column.to_string(), "metadata /$correlationId");
    }
}
