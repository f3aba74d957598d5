//! Rows that are commits: a column holds a list of events, each of which says of what type it is. Every
//! item of the list is an event of its own.

use std::collections::HashMap;

use super::Guess;
use super::field::Field;
use super::names;
use super::score::{self, Part};
use super::within::{Members, fields_of, members};
use crate::model::json::Pointer;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::TableFacts;
use crate::store::layout::{Column, Key, Role};

/// What lists of events are called, or end in.
const LISTS: [&str; 5] = ["events", "messages", "records", "changes", "commits"];

/// The class of an object as .NET writes it: `Shop.OrderPlaced, Shop`.
const CLASS: &str = "$type";

/// A column of lists of events.
pub(super) struct Commits {
    /// Which of the fields.
    pub field: usize,
    /// By role what each item has, in SQL.
    columns: Vec<(Role, String)>,
    /// How many items each row that was looked at has.
    counts: Vec<Option<usize>>,
}

/// What of an event its item may say.
const OF_ITEMS: [Role; 9] = [
    Role::Version,
    Role::Type,
    Role::SchemaVersion,
    Role::EventId,
    Role::RecordedAt,
    Role::OccurredAt,
    Role::CorrelationId,
    Role::CausationId,
    Role::Payload,
];

/// The column whose values are such lists, if there is one.
pub(super) fn find(fields: &[Field<'_>]) -> Option<Commits> {
    let called = |field: &Field<'_>| {
        let name = names::normal(field.name);
        LISTS.iter().any(|list| name.ends_with(list))
    };
    let lists = fields.iter().enumerate().filter(|(_, own)| called(own));
    lists.filter_map(|(at, own)| of_field(at, own)).next()
}

fn of_field(field: usize, own: &Field<'_>) -> Option<Commits> {
    let (mut items, mut counts) = (Vec::new(), Vec::new());
    for value in &own.values {
        let list = value.map(serde_json::from_str::<Vec<&serde_json::value::RawValue>>);
        let Some(list) = list else {
            counts.push(None);
            continue;
        };
        let list = list.ok()?;
        counts.push(Some(list.len()));
        for item in list {
            items.push(members(item.get())?);
        }
    }
    if items.is_empty() {
        return None;
    }
    let columns = of_items(&items)?;
    Some(Commits {
        field,
        columns,
        counts,
    })
}

/// What each item has by role; nothing where they do not say of what type they are.
fn of_items(items: &[Members]) -> Option<Vec<(Role, String)>> {
    let inner = fields_of(items, None);
    let parts = score::cast(&inner);
    let at = |name: &str| {
        let pointer = Pointer::through([name]).to_string();
        format!("json_at(item.value, {})", literal(&pointer))
    };
    let whole = |field: &Field<'_>| field.looks().count == items.len();
    let class = inner.iter().find(|own| own.name == CLASS && whole(own));
    let told = parts.iter().find(|own| own.role == Role::Type);
    let told = told.filter(|own| {
        let field = &inner[own.field];
        names::name_points(Role::Type, field.name) > 0 && whole(field)
    });
    let kind = match (class, told) {
        (Some(class), _) => format!("part(part({}, ',', 1), '.', -1)", at(class.name)),
        (None, told) => at(inner[told?.field].name),
    };
    let others = parts
        .iter()
        .filter(|part| part.role != Role::Type && OF_ITEMS.contains(&part.role));
    let others = others.filter(|part| names::name_points(part.role, inner[part.field].name) > 0);
    // What is the same in all of them is that of a schema.
    let others = others
        .filter(|part| part.role != Role::Version || !inner[part.field].looks().is_constant());
    let mut columns: Vec<(Role, String)> = others
        .map(|part| (part.role, at(inner[part.field].name)))
        .collect();
    columns.push((Role::Type, kind));
    if !columns.iter().any(|(role, _)| *role == Role::Payload) {
        columns.push((Role::Payload, "item.value".to_owned()));
    }
    Some(columns)
}

/// How the versions of commits are to those of their events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    /// That of the first of them.
    First,
    /// That of the last.
    Last,
    /// They count commits.
    Commits,
}

impl Commits {
    /// What each event has by itself.
    pub fn columns(&self) -> Vec<(Role, Column)> {
        let columns = self.columns.iter();
        columns
            .map(|(role, sql)| (*role, Column::sql(sql.clone())))
            .collect()
    }

    /// Takes back the parts that are those of items, and what commits have that is no event's own.
    pub fn leave(&self, parts: &mut Vec<Part>) {
        let no = [Role::Type, Role::Payload, Role::EventId, Role::Position];
        parts.retain(|part| !no.contains(&part.role) && part.field != self.field);
    }

    /// By the versions of rows within streams, what these count.
    fn counted(&self, fields: &[Field<'_>], stream: usize, version: usize) -> Counted {
        let mut last: HashMap<&str, (i64, i64)> = HashMap::new();
        let (mut first, mut end) = (true, true);
        for (row, count) in self.counts.iter().enumerate() {
            let value = |field: usize| fields[field].values.get(row).copied().flatten();
            let version = value(version).and_then(|text| text.parse::<i64>().ok());
            let (Some(stream), Some(version), Some(count)) = (value(stream), version, *count)
            else {
                continue;
            };
            let count = count as i64;
            if let Some((before, had)) = last.insert(stream, (version, count)) {
                first &= version.checked_sub(before) == Some(had);
                end &= version.checked_sub(before) == Some(count);
            }
        }
        let single = self.counts.iter().flatten().all(|count| *count == 1);
        match (first, end) {
            _ if single => Counted::Last,
            (_, true) => Counted::Last,
            (true, false) => Counted::First,
            (false, false) => Counted::Commits,
        }
    }
}

impl Guess {
    /// Makes an event of each item of the lists.
    pub(super) fn take_commits(
        &mut self,
        commits: &Commits,
        facts: &TableFacts,
        (parts, fields): (&[Part], &[Field<'_>]),
        list: &str,
    ) {
        let part = |role: Role| parts.iter().find(|part| part.role == role);
        let name = fields[commits.field].name;
        self.add(0, format!("Each item of `{name}` is an event of its own"));
        let own: Vec<Role> = commits.columns.iter().map(|(role, _)| *role).collect();
        if let (Some(stream), Some(version), false) = (
            part(Role::Stream),
            part(Role::Version),
            own.contains(&Role::Version),
        ) {
            let sql = quoted(fields[version.field].name);
            match commits.counted(fields, stream.field, version.field) {
                Counted::First => self.put(Role::Version, format!("{sql} + item.key")),
                Counted::Last => {
                    let count = format!("json_array_length(json_items({list}))");
                    self.put(Role::Version, format!("{sql} - {count} + 1 + item.key"));
                }
                Counted::Commits => {
                    let version = fields[version.field].name;
                    self.add(
                        0,
                        format!("`{version}` counts commits, so that versions are counted"),
                    );
                    self.events.columns.remove(&Role::Version);
                }
            }
        }
        self.events.part = Some("item.key".to_owned());
        // What `json_each` yields has names that columns have, too.
        let names: Vec<String> = facts.columns.iter().map(|(name, _)| quoted(name)).collect();
        let mut qualify = |sql: &mut String| {
            for name in &names {
                *sql = sql.replace(name, &format!("kept.{name}"));
            }
        };
        let mut list = list.to_owned();
        qualify(&mut list);
        self.events.from = String::new();
        self.events.for_sql(&mut qualify);
        self.events.from = format!(
            "{} kept, json_each(json_items({list})) item",
            quoted(&facts.name)
        );
        // A commit without events is none; what cannot be read is one that says so.
        self.events.filter = Some(format!("item.type <> 'null' OR NOT json_valid({list})"));
        let keys = self.events.key.iter_mut().flat_map(Key::parts_mut);
        for key in keys.filter(|key| !key.contains("kept.")) {
            *key = format!("kept.{key}");
        }
    }

    fn put(&mut self, role: Role, sql: String) {
        self.events.columns.insert(role, Column::sql(sql));
    }
}
