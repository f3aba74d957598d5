//! What was done to a row, where a number says it: `action` 0, 1, 2 of an audit log.

use super::Guess;
use super::names::normal;
use super::table::fields_of;
use crate::log::StreamEnd;
use crate::store::layout::sql::quoted;
use crate::store::layout::tables::TableFacts;
use crate::store::layout::{Column, Role, Source};

/// What such columns are called, and what their numbers mean in turn from the first on: django-auditlog
/// and Envers begin with 0, the admin of Django with 1.
const NUMBERED: [(&str, i64); 4] = [
    ("action", 0),
    ("operation", 0),
    ("revtype", 0),
    ("actionflag", 1),
];
const MEANT: [&str; 3] = ["inserted", "updated", "deleted"];

/// Words for the numbers of an audit log, where the payload is what has changed.
pub(super) fn name(best: &mut Guess, taken: &TableFacts) {
    let Some(Source::Sql(kind)) = best.events.column(Role::Type).map(|own| &own.source) else {
        return;
    };
    let fields = fields_of(taken);
    let Some(field) = fields.iter().find(|field| quoted(field.name) == *kind) else {
        return;
    };
    let own = normal(field.name);
    let Some((_, first)) = NUMBERED.iter().find(|(name, _)| *name == own) else {
        return;
    };
    let mut numbers = field
        .values
        .iter()
        .flatten()
        .map(|text| text.parse::<i64>());
    let meant = |number: i64| (*first..first + MEANT.len() as i64 + 1).contains(&number);
    let all =
        field.values.iter().flatten().count() > 0 && numbers.all(|number| number.is_ok_and(meant));
    if !all || !tells_of_changes(best, taken) {
        return;
    }
    let mut sql = format!("CASE CAST({kind} AS INTEGER)");
    for (word, number) in MEANT.iter().zip(*first..) {
        sql.push_str(&format!(" WHEN {number} THEN '{word}'"));
    }
    sql.push_str(&format!(" ELSE 'action ' || {kind} END"));
    let sentence = format!(
        "The numbers of `{}` are read as inserted, updated and deleted, from {first} on",
        field.name
    );
    best.add(0, sentence);
    best.events.columns.insert(Role::Type, Column::sql(sql));
    let gone = "deleted".to_owned();
    best.events.ends.insert(gone, StreamEnd::Deleted);
}

/// Whether the payload is called as what has changed is, or the table as an audit log.
fn tells_of_changes(best: &Guess, taken: &TableFacts) -> bool {
    let changes = best.events.column(Role::Payload).is_some_and(|payload| {
        let names = taken.columns.iter().map(|(name, _)| name);
        let mut own = names.filter(|name| payload.source == Source::Sql(quoted(name)));
        own.any(|name| {
            ["change", "diff", "delta"]
                .iter()
                .any(|word| normal(name).contains(word))
        })
    });
    changes || normal(&taken.name).contains("audit") || normal(&taken.name).contains("adminlog")
}
