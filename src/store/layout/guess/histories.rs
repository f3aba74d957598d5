//! Histories of rows: tables that keep what the rows of another were, with what was done to them and in which
//! set of changes, whose time stands in a table of those.

use std::collections::BTreeMap;

use super::field::Field;
use super::names::{name_points, normal};
use super::table::fields_of;
use crate::log::StreamEnd;
use crate::store::layout::evidence::Candidate;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::{SqliteFacts, TableFacts};
use crate::store::layout::{Column, Events, Layout, Medium, OrderBy, Role, Source};

/// How sure: nothing else is laid out so.
const CONFIDENCE: u8 = 58;

/// What columns are called that say what was done to a row.
const OPERATIONS: [&str; 7] = [
    "revtype",
    "operationtype",
    "operation",
    "changetype",
    "historytype",
    "op",
    "action",
];

/// What was done, as the tables have it, and as it is shown.
const DONE: [(&str, &[&str]); 3] = [
    (
        "inserted",
        &[
            "0", "i", "c", "+", "insert", "inserted", "create", "created", "add", "added",
        ],
    ),
    (
        "updated",
        &[
            "1", "u", "~", "update", "updated", "modify", "modified", "mod", "change", "changed",
        ],
    ),
    (
        "deleted",
        &[
            "2", "d", "-", "delete", "deleted", "remove", "removed", "del",
        ],
    ),
];

/// Ends of the names of such tables.
const ENDS: [&str; 9] = [
    "_aud",
    "_audit",
    "_versions",
    "_version",
    "_history",
    "_histories",
    "_revisions",
    "_log",
    "_changes",
];

/// A table of what rows were.
struct History<'f> {
    table: &'f TableFacts,
    id: &'f str,
    operation: &'f str,
    /// The number of the set of changes.
    set: &'f str,
    sets: Sets<'f>,
}

/// A table of sets of changes.
struct Sets<'f> {
    table: &'f TableFacts,
    key: &'f str,
    time: &'f str,
}

/// The histories of a file, as one log.
pub(in crate::store::layout) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    let all = facts
        .tables
        .iter()
        .filter_map(|table| History::of(table, facts));
    let all: Vec<History<'_>> = all.collect();
    let reasons = all.iter().map(|own| {
        let (table, set, sets) = (&own.table.name, own.set, &own.sets.table.name);
        let sentence = format!(
            "`{table}` reads like a history of rows: `{}` says what was done, and `{set}` names a row of `{sets}`, which has the time",
            own.operation
        );
        (sentence, u32::from(CONFIDENCE))
    });
    let reasons = reasons.collect();
    let mut events = all.iter().map(History::events);
    let mut first = events.next()?;
    first.further = events.collect();
    let layout = Layout {
        id: "row-histories".to_owned(),
        name: "Histories of rows".to_owned(),
        medium: Medium::Sqlite,
        notes: "Guessed: a row is a stream, and each time that it was written an event with what it was then."
            .to_owned(),
        about: None,
        evidence: Vec::new(),
        events: first,
        lookup: BTreeMap::new(),
        side: BTreeMap::new(),
        odd: Vec::new(),
    };
    Some(Candidate {
        layout,
        confidence: CONFIDENCE,
        reasons,
        alike: Vec::new(),
    })
}

impl<'f> History<'f> {
    fn of(table: &'f TableFacts, facts: &'f SqliteFacts) -> Option<Self> {
        if table.is_view || !table.has_rowid {
            return None;
        }
        let [one, other] = &table.key[..] else {
            return None;
        };
        let (set, id, sets) = [(other, one), (one, other)]
            .into_iter()
            .find_map(|(set, id)| {
                let sets = facts
                    .tables
                    .iter()
                    .find_map(|own| Sets::of(own, table, set))?;
                Some((set, id, sets))
            })?;
        let fields = fields_of(table);
        let says = |field: &&Field<'_>| {
            let mut values = field.values.iter().flatten();
            let any = values.clone().next().is_some();
            any && values.all(|value| done(value).is_some())
        };
        let named = |name: &str| OPERATIONS.iter().position(|own| *own == normal(name));
        let operations = fields.iter().filter(says);
        let operation = operations.filter(|field| named(field.name).is_some());
        let operation = operation.min_by_key(|field| named(field.name))?;
        Some(Self {
            table,
            id,
            operation: column(table, operation.name)?,
            set,
            sets,
        })
    }

    /// What the rows are that it is the history of.
    fn kind(&self) -> &'f str {
        let name = &self.table.name;
        let lower = name.to_ascii_lowercase();
        let end = ENDS.iter().find(|end| lower.ends_with(**end));
        end.map_or(name, |end| &name[..name.len() - end.len()])
    }

    fn events(&self) -> Events {
        let (kind, own) = (self.kind(), quoted(&self.table.name));
        let sets = &self.sets;
        let mut events = Events {
            from: own.clone(),
            key: self.table.own_key(),
            order: OrderBy::Time,
            ..Events::default()
        };
        let operation = quoted(self.operation);
        let mut type_of = format!("CASE lower({operation})");
        for (done, words) in DONE {
            let shown = literal(&format!("{kind} {done}"));
            for word in words {
                type_of.push_str(&format!(" WHEN {} THEN {shown}", literal(word)));
            }
        }
        type_of.push_str(" END");
        let time = format!(
            "(SELECT changes.{} FROM {} changes WHERE changes.{} = {own}.{})",
            quoted(sets.time),
            quoted(&sets.table.name),
            quoted(sets.key),
            quoted(self.set)
        );
        let mut put = |role: Role, sql: String| {
            events.columns.insert(role, Column::sql(sql));
        };
        put(
            Role::Stream,
            format!("stream_name({}, {})", literal(kind), quoted(self.id)),
        );
        put(Role::Type, type_of);
        put(Role::RecordedAt, time);
        // What was written in one set belongs together.
        put(Role::CorrelationId, quoted(self.set));
        put(
            Role::Payload,
            format!("json_patch({{rest}}, {})", self.later()),
        );
        let category = Source::Constant(kind.to_owned());
        events.columns.insert(Role::Category, category.into());
        let gone = format!("{kind} deleted");
        events.ends.insert(gone, StreamEnd::Deleted);
        events
    }

    /// As JSON, nothing in place of what is written into a row when the next one comes: `end_transaction_id`.
    fn later(&self) -> String {
        let set = normal(self.set);
        let columns = self.table.columns.iter().map(|(name, _)| name);
        let later = columns.filter(|name| {
            let own = normal(name);
            own == format!("end{set}") || own.starts_with(&set) && own.ends_with("end")
        });
        let nothing: serde_json::Map<String, serde_json::Value> = later
            .map(|name| (name.clone(), serde_json::Value::Null))
            .collect();
        literal(&serde_json::Value::Object(nothing).to_string())
    }
}

impl<'f> Sets<'f> {
    /// The table as that of the sets of changes which `column` of `history` numbers.
    fn of(table: &'f TableFacts, history: &TableFacts, column: &str) -> Option<Self> {
        let [key] = &table.key[..] else { return None };
        if table.is_view || table.name == history.name {
            return None;
        }
        let own = normal(column);
        let refers = history.references.iter().any(|reference| {
            reference.column.eq_ignore_ascii_case(column)
                && reference.table.eq_ignore_ascii_case(&table.name)
        });
        let called = own == normal(key) && own != "id" || own == normal(&table.name) + "id";
        let known: Vec<&str> = values(table, key).collect();
        let whole = table.rows <= known.len() as u64;
        let found = values(history, column).filter(|value| known.contains(value));
        let holds = match whole {
            true => found.count() == values(history, column).count(),
            false => found.count() > 0,
        };
        let fields = fields_of(table);
        let times = fields
            .iter()
            .filter(|field| field.name != key && field.looks().time);
        let time = times.max_by_key(|field| name_points(Role::RecordedAt, field.name))?;
        let time = self::column(table, time.name)?;
        ((refers || called) && holds && !known.is_empty()).then_some(Self { table, key, time })
    }
}

/// What a value says was done.
fn done(value: &str) -> Option<&'static str> {
    let value = value.to_lowercase();
    let mut all = DONE.iter();
    let found = all.find(|(_, words)| words.contains(&&*value))?;
    Some(found.0)
}

/// The name of a column, as the table has it.
fn column<'f>(table: &'f TableFacts, name: &str) -> Option<&'f str> {
    let mut names = table.columns.iter().map(|(name, _)| name.as_str());
    names.find(|own| *own == name)
}

fn values<'f>(table: &'f TableFacts, column: &str) -> impl Iterator<Item = &'f str> {
    let at = table.column(column);
    let rows = table.sample.iter();
    rows.filter_map(move |row| row.get(at?)?.as_deref())
}
