//! What of a run stands in tables of their own: what it was begun with, what came of it, and that it failed.

use super::super::score::normal;
use super::cast::{Cast, Elsewhere, WORDS};
use crate::store::layout::sql::quoted;
use crate::store::layout::tables::{SqliteFacts, TableFacts};

/// What a table of a run may hold of it.
const PARTS: [&str; 3] = ["input", "output", "error"];

/// What tables of runs are called that failed.
const FAILED: [&str; 3] = ["fail", "dead", "error"];

/// Inputs and outcomes in tables whose whole key is that of the runs; `may` says which tables may be such.
pub(super) fn outcomes<'f>(
    runs: &Cast<'f>,
    may: impl Fn(&str) -> bool,
    facts: &'f SqliteFacts,
) -> Vec<Elsewhere<'f>> {
    let mut found = Vec::new();
    for table in others(runs, facts).filter(|table| may(&table.name)) {
        let [key] = &table.key[..] else { continue };
        if !names_run(runs, table, key) {
            continue;
        }
        let own = Cast::of(table, &WORDS.run, &[("id", key)]);
        let parts = PARTS
            .into_iter()
            .filter_map(|part| Some((part, own.column(part)?)));
        found.extend(parts.map(|(part, column)| Elsewhere {
            part,
            column,
            sql: format!(
                "(SELECT a.{} FROM {} a WHERE a.{} = {}.{})",
                quoted(column),
                quoted(&table.name),
                quoted(key),
                quoted(&runs.table.name),
                runs.sql("id"),
            ),
        }));
    }
    found
}

/// Tables of runs that failed, each with the column that names the run: what went wrong, and when.
pub(super) fn failures<'f>(runs: &Cast<'f>, facts: &'f SqliteFacts) -> Vec<(Cast<'f>, &'f str)> {
    let called = |table: &&TableFacts| {
        let name = table.name.to_lowercase();
        FAILED.iter().any(|word| name.contains(word))
    };
    let tables = others(runs, facts).filter(called);
    let found = tables.filter_map(|table| {
        let mut columns = table.columns.iter().map(|(name, _)| name.as_str());
        let run = columns.find(|column| names_run(runs, table, column))?;
        let own = Cast::of(table, &WORDS.run, &[("id", run)]);
        (table.has_rowid && own.has(&["error", "started"])).then_some((own, run))
    });
    found.collect()
}

fn others<'f>(runs: &Cast<'f>, facts: &'f SqliteFacts) -> impl Iterator<Item = &'f TableFacts> {
    let own = &runs.table.name;
    let tables = facts.tables.iter();
    tables.filter(move |table| !table.is_view && table.name != *own)
}

/// Whether a column names runs: it refers to them, or is called as their key or after their table, and what
/// stands in it are runs that there are.
fn names_run(runs: &Cast<'_>, table: &TableFacts, column: &str) -> bool {
    let Some(id) = runs.column("id") else {
        return false;
    };
    let mut references = table.references.iter();
    let refers = references.any(|own| {
        own.column.eq_ignore_ascii_case(column) && own.table.eq_ignore_ascii_case(&runs.table.name)
    });
    let (own, id) = (normal(column), normal(id));
    let plain = matches!(&*id, "id" | "uuid");
    let listed = WORDS.step["run"].contains(&own);
    if !refers && !(if plain { listed } else { own == id }) {
        return false;
    }
    let ids = runs.values("id");
    let at = table.column(column);
    let values = || {
        table
            .sample
            .iter()
            .filter_map(|row| row.get(at?)?.as_deref())
    };
    let enough = runs.table.rows > ids.len() as u64;
    values().next().is_none() || enough || values().any(|value| ids.contains(&value))
}
