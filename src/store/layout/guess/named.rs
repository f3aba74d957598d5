//! Streams whose names stand in a table of their own: events have a number there, by a foreign key.

use super::Guess;
use super::field::Field;
use super::names::{name_points, normal};
use super::table::fields_of;
use crate::store::layout::sql::quoted;
use crate::store::layout::tables::{Reference, SqliteFacts, TableFacts};
use crate::store::layout::{Column, Role, Source};

/// Takes for the stream its name in the table that the events refer to, where there is one.
pub(super) fn streams(best: &mut Guess, taken: &TableFacts, facts: &SqliteFacts) {
    let Some(Source::Sql(stream)) = best.events.column(Role::Stream).map(|own| &own.source) else {
        return;
    };
    let refers = |own: &&Reference| quoted(&own.column) == *stream;
    let Some(reference) = taken.references.iter().find(refers) else {
        return;
    };
    let mut tables = facts.tables.iter();
    let Some(table) = tables.find(|own| own.name.eq_ignore_ascii_case(&reference.table)) else {
        return;
    };
    let key = match (&reference.to, &table.key[..]) {
        (Some(to), _) => to,
        (None, [key]) => key,
        (None, _) => return,
    };
    let Some(name) = name(table, key, &reference.column) else {
        return;
    };
    let sql = format!(
        "(SELECT named.{} FROM {} named WHERE named.{} = {}.{})",
        quoted(name),
        quoted(&table.name),
        quoted(key),
        quoted(&taken.name),
        quoted(&reference.column)
    );
    let (column, table) = (&reference.column, &table.name);
    let sentence = format!("`{name}` of `{table}`, which `{column}` refers to, names the streams");
    best.add(0, sentence);
    best.events.columns.insert(Role::Stream, Column::sql(sql));
}

/// The column that names its rows: a text of which no value stands twice, called as what refers to it or
/// as streams are.
fn name<'t>(table: &'t TableFacts, key: &str, refers: &str) -> Option<&'t str> {
    let fields = fields_of(table);
    let named = fields.iter().enumerate().filter(|(_, field)| {
        let looks = field.looks();
        let text = looks.name.nearly() && !looks.integer.nearly() && !looks.json.nearly();
        let whole = looks.count > 0 && looks.count == looks.asked && looks.is_unique();
        !field.name.eq_ignore_ascii_case(key) && text && whole && !looks.time
    });
    let points = |field: &Field<'_>| match normal(field.name) == normal(refers) {
        true => i32::MAX,
        false => name_points(Role::Stream, field.name),
    };
    let best = named.max_by_key(|(_, field)| points(field))?;
    (points(best.1) > 0).then(|| table.columns[best.0].0.as_str())
}
