//! Damaged and odd files: what must be seen of each, and that none ends the program.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "stores/opened.rs"]
mod opened;

#[path = "broken/databases.rs"]
mod databases;
#[path = "broken/lines.rs"]
mod lines;

use asof::store::OpenOptions;
use opened::{Opened, fixture};

fn broken(name: &str) -> Opened {
    Opened::fixture(&format!("broken/{name}"))
}

fn refused(name: &str) -> String {
    let path = fixture(&format!("broken/{name}"));
    match Opened::with(&path, &OpenOptions::default()) {
        Ok(opened) => panic!("{name} opened with {} events", opened.log.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_no_store_gets_one_sentence() {
    let expected = [
        (
            "zero.db",
            "This is an empty file; Asof opens SQLite and JSON event stores",
        ),
        (
            "zero.json",
            "This is an empty file; Asof opens SQLite and JSON event stores",
        ),
        (
            "zero.jsonl",
            "This is an empty file; Asof opens SQLite and JSON event stores",
        ),
        (
            "png_named.json",
            "This is a PNG picture; Asof opens SQLite and JSON event stores",
        ),
        (
            "just_string.json",
            "This is a single JSON string, number or literal; Asof opens SQLite and JSON event stores",
        ),
        (
            "not_sqlite.db",
            "This is a file that begins as SQLite's do and then makes no sense, not an SQLite database",
        ),
        (
            "scalar_array.json",
            "This is a JSON array without a single object in it",
        ),
        (
            "empty_array.json",
            "This is a JSON array without a single object in it",
        ),
        (
            "empty_object.json",
            "This is JSON without a single object in it",
        ),
    ];
    for (name, sentence) in expected {
        let refused = refused(name);
        assert!(refused.starts_with(sentence), "{name}: {refused}");
        assert!(refused.ends_with(name), "{name}: {refused}");
        assert!(!refused.contains('\n'));
    }
}

#[test]
fn a_database_without_events_says_what_it_has() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let writer = rusqlite::Connection::open(file.path()).unwrap();
    let error = || {
        Opened::with(file.path(), &OpenOptions::default())
            .err()
            .unwrap()
    };
    assert!(
        error().to_string().starts_with("The file is empty")
            || error().to_string().starts_with("This is an empty file")
    );
    writer
        .execute_batch("create table goods (name text, price real)")
        .unwrap();
    let found =
        "This SQLite database has the tables goods, none of which looks like events; expected";
    assert!(error().to_string().starts_with(found), "{}", error());
    writer.execute_batch("drop table goods").unwrap();
    assert!(
        error()
            .to_string()
            .starts_with("This SQLite database has no tables;")
    );
}
