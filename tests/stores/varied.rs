//! Stores of known layouts as other people have them: mirrored without keys, with a prefix, in other
//! letters, behind views, with columns of their own, and still empty.

use std::collections::BTreeMap;
use std::fs;

use rusqlite::Connection;

use crate::made::made;
use crate::opened::{Opened, fixture};

/// What stays the same however the tables are laid out.
#[derive(Debug, PartialEq)]
struct Told {
    layout: String,
    events: usize,
    types: BTreeMap<String, usize>,
    streams: Vec<String>,
}

fn told(store: &Opened) -> Told {
    let types = store.types().into_iter();
    let mut streams: Vec<String> = store.log.streams().iter().map(str::to_owned).collect();
    streams.sort();
    Told {
        layout: store.layout().to_owned(),
        events: store.log.len(),
        types: types
            .map(|(name, count)| (name.to_owned(), count))
            .collect(),
        streams,
    }
}

/// The tables of a file with their columns.
fn tables(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let columns = |table: &String| -> Vec<String> {
        connection
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .unwrap()
            .query_map([table], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    names
        .iter()
        .map(|name| (name.clone(), columns(name)))
        .collect()
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

type Change = fn(&str, &[String]) -> String;

/// As an import has it: columns in another order, and no key.
fn mirrored(table: &str, columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().rev().map(|name| quoted(name)).collect();
    let (columns, table) = (columns.join(", "), quoted(table));
    format!(
        "CREATE TABLE \"a copy\" AS SELECT {columns} FROM {table}; DROP TABLE {table};
         ALTER TABLE \"a copy\" RENAME TO {table};"
    )
}

fn in_capitals(table: &str, columns: &[String]) -> String {
    let rename = |name: &String| {
        let (table, old, new) = (quoted(table), quoted(name), quoted(&name.to_uppercase()));
        format!("ALTER TABLE {table} RENAME COLUMN {old} TO {new};")
    };
    let columns: String = columns.iter().map(rename).collect();
    let (old, new) = (quoted(table), quoted(&table.to_uppercase()));
    format!(
        "{columns} ALTER TABLE {old} RENAME TO \"for a moment\"; ALTER TABLE \"for a moment\" RENAME TO {new};"
    )
}

fn behind_views(table: &str, _: &[String]) -> String {
    // Nothing that a layout would take for a table of its own.
    let hidden: String = table.chars().rev().collect();
    let (old, new) = (quoted(table), quoted(&hidden));
    format!("ALTER TABLE {old} RENAME TO {new}; CREATE VIEW {old} AS SELECT * FROM {new};")
}

fn with_further_columns(table: &str, _: &[String]) -> String {
    let table = quoted(table);
    format!(
        "ALTER TABLE {table} ADD COLUMN imported_by TEXT DEFAULT 'etl'; ALTER TABLE {table} ADD COLUMN zz INTEGER;"
    )
}

fn with_a_prefix(table: &str, _: &[String]) -> String {
    format!(
        "ALTER TABLE {} RENAME TO {};",
        quoted(table),
        quoted(&format!("shop_{table}"))
    )
}

fn emptied(table: &str, _: &[String]) -> String {
    format!("DELETE FROM {};", quoted(table))
}

/// Each store, what it told before a change and what it tells after it.
fn changed(change: Change) -> Vec<(String, Told, Result<Told, String>)> {
    let files = fs::read_dir(fixture("layouts")).unwrap();
    let mut paths: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .collect();
    paths.sort();
    let told_of = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let made = made(&fs::read_to_string(path).unwrap());
        let before = told(&Opened::open(&made.path));
        let writer = Connection::open(&made.path).unwrap();
        let quiet = "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;";
        writer.execute_batch(quiet).unwrap();
        for (table, columns) in tables(&writer) {
            let done = writer.execute_batch(&change(&table, &columns));
            done.unwrap_or_else(|error| panic!("{name} {table}: {error}"));
        }
        drop(writer);
        let after = Opened::with(&made.path, &Default::default());
        let after = after
            .map(|store| told(&store))
            .map_err(|error| error.to_string());
        (name, before, after)
    };
    paths.iter().map(told_of).collect()
}

/// The stores that are read otherwise after a change, each with what has become of it, but those of
/// which `inherent` says that they have to be.
fn read_otherwise(change: Change, inherent: &[&str]) -> Vec<String> {
    let all = changed(change).into_iter();
    let otherwise = all.filter(|(name, before, after)| {
        after.as_ref() != Ok(before) && !inherent.contains(&name.as_str())
    });
    otherwise
        .map(|(name, before, after)| format!("{name}: {before:?}\n  became {after:?}"))
        .collect()
}

#[test]
fn mirrored_without_keys_and_in_another_order() {
    assert_eq!(read_otherwise(mirrored, &[]), [""; 0]);
}

#[test]
fn in_capital_letters() {
    // Names of columns and of tables are those of streams.
    let named = ["disintegrate", "prooph", "watermill"];
    assert_eq!(read_otherwise(in_capitals, &named), [""; 0]);
}

#[test]
fn views_of_the_tables() {
    // Their rows or links are told apart by rowids, which a view has not.
    let by_rowid = ["commanded", "nservicebus", "ocel1", "ocel2", "prooph"];
    assert_eq!(read_otherwise(behind_views, &by_rowid), [""; 0]);
}

#[test]
fn columns_of_somebody_else() {
    // Every further column is a kind of stream, or an attribute of an object.
    assert_eq!(
        read_otherwise(with_further_columns, &["disintegrate", "ocel1"]),
        [""; 0]
    );
}

#[test]
fn behind_the_prefix_of_a_schema() {
    // Of these a star stands for the other end of the name, or names are found in a table.
    // CAP has such a prefix itself.
    let ends = ["cap", "debezium-outbox", "ocel2", "prooph", "watermill"];
    assert_eq!(read_otherwise(with_a_prefix, &ends), [""; 0]);
}

#[test]
fn nothing_in_them_yet() {
    for (name, before, after) in changed(emptied) {
        let after = after.unwrap();
        assert_eq!((after.layout, after.events), (before.layout, 0), "{name}");
    }
}
