//! Streams whose names stand in a table of their own: events have a number there, by a foreign key.

use super::Guess;
use super::field::Field;
use super::names::{name_points, normal, numbers_kinds};
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

/// What columns are called that name a kind, best first.
const KINDS: [&str; 5] = ["model", "typename", "type", "name", "class"];

/// Takes for the category what names the kinds of ids that a number stands for, in a table of kinds: as in
/// `object_id` beside `content_type_id`. The same ids are of several kinds.
pub(super) fn kinds(best: &mut Guess, taken: &TableFacts, facts: &SqliteFacts) {
    let Some(Source::Sql(stream)) = best.events.column(Role::Stream).map(|own| &own.source) else {
        return;
    };
    let names = || taken.columns.iter().map(|(name, _)| name.as_str());
    // Behind that of a tenant, where there are several, and perhaps named by the number of its kind.
    let numbered = names().find(|name| numbers_kinds(name));
    let before = |name: &str| {
        let id = format!("uuid_text({})", quoted(name));
        let of_kind = numbered.map(|kind| format!("coalesce({} || '-', '') || {id}", quoted(kind)));
        let mut named = of_kind.iter().chain([&id]);
        let before = named.find_map(|named| stream.strip_suffix(named.as_str()));
        let before = before.filter(|before| before.is_empty() || before.ends_with(" || "));
        let before = before.map(str::to_owned);
        before.or_else(|| (quoted(name) == *stream).then(String::new))
    };
    let Some((id, before)) = names().find_map(|name| Some((name, before(name)?))) else {
        return;
    };
    let plain = quoted(id);
    let own = normal(id);
    let ends = ["uuid", "id", "pk", "key"];
    let stem = ends.iter().find_map(|end| own.strip_suffix(end));
    let Some(stem) = stem.filter(|stem| !stem.is_empty()) else {
        return;
    };
    let is_kind = |name: &&str| {
        let name = normal(name);
        name == format!("{stem}typeid") || name == "contenttypeid"
    };
    let Some(kind) = names().find(is_kind) else {
        return;
    };
    let Some((table, key, name)) = table_of_kinds(taken, kind, facts) else {
        return;
    };
    let number = format!("{}.{}", quoted(&taken.name), quoted(kind));
    let sql = format!(
        "coalesce((SELECT kinds.{} FROM {} kinds WHERE kinds.{} = {number}), {number})",
        quoted(name),
        quoted(&table.name),
        quoted(key),
    );
    let named = format!("{before}stream_name({sql}, {plain})");
    let sentence = format!(
        "Streams are named by `{name}` of `{}`, which `{kind}` refers to, and `{id}`",
        table.name
    );
    best.add(0, sentence);
    best.events.columns.insert(Role::Stream, Column::sql(named));
    best.events.columns.insert(Role::Category, Column::sql(sql));
}

/// The table that a column's numbers are keys of, its key, and the text that names a kind in it.
fn table_of_kinds<'t>(
    taken: &TableFacts,
    column: &str,
    facts: &'t SqliteFacts,
) -> Option<(&'t TableFacts, &'t str, &'t str)> {
    let reference = taken.references.iter().find(|own| own.column == column);
    let called = normal(column);
    let called = called.strip_suffix("id").unwrap_or(&called);
    let is_it = |table: &&TableFacts| match reference {
        Some(reference) => table.name.eq_ignore_ascii_case(&reference.table),
        None => {
            let name = normal(&table.name);
            name.ends_with(called)
                || name
                    .strip_suffix('s')
                    .is_some_and(|own| own.ends_with(called))
        }
    };
    let table = facts.tables.iter().find(is_it)?;
    let [key] = &table.key[..] else { return None };
    let fields = fields_of(table);
    let words = fields.iter().filter(|field| {
        let looks = field.looks();
        field.name != key && looks.count > 0 && looks.word.nearly() && looks.name.nearly()
    });
    let rank = |field: &&Field<'_>| {
        let name = normal(field.name);
        KINDS
            .iter()
            .position(|own| *own == name)
            .unwrap_or(KINDS.len())
    };
    let name = words.min_by_key(rank)?.name;
    let at = table.column(name)?;
    Some((table, key.as_str(), table.columns[at].0.as_str()))
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
