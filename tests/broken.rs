//! Damaged and odd files: what must be seen of each, and that none ends the program.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "stores/opened.rs"]
mod opened;

#[path = "broken/any_bytes.rs"]
mod any_bytes;
#[path = "broken/any_content.rs"]
mod any_content;
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
fn json_that_holds_no_events_is_called_what_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let shapes = [
        ("{\"a\":1}\n{\"a\":2}\n", "a file of JSON lines with a"),
        (
            "{\"a\":\n1}\n{\"a\":\n2}\n",
            "a file of JSON objects with a",
        ),
        ("[{\"a\":1},{\"b\":2}]", "a JSON array of objects with a, b"),
        ("{\"a\":1}", "a JSON object with a"),
        (
            "{\"name\":\"x\",\"version\":\"1.0.0\",\"type\":\"module\",\"scripts\":{},\"license\":\"MIT\",\"private\":true}",
            "a JSON object with name, version, type, scripts, license and 1 more",
        ),
        (
            "{\"sagas\":[{\"id\":\"a\",\"type\":\"order\",\"started\":\"2024-01-01T00:00:00Z\",\"steps\":[]}]}",
            "a JSON object of arrays of objects with id, type, started, steps",
        ),
    ];
    for (text, called) in shapes {
        std::fs::write(file.path(), text).unwrap();
        let error = Opened::with(file.path(), &OpenOptions::default())
            .err()
            .unwrap()
            .to_string();
        let sentence = format!("This is {called}, which do not look like events; events have ");
        assert!(error.starts_with(&sentence), "{error}");
    }
}

#[test]
fn recognising_a_file_can_be_called_off() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let members: Vec<String> = (0..50_000).map(|n| format!("\"id-{n}\":{{}}")).collect();
    for text in [
        format!("{{{}}}", members.join(",")),
        "{\"stream\":\"a\",\"type\":\"T\"}\n".repeat(9),
    ] {
        std::fs::write(file.path(), text).unwrap();
        let task = asof::model::Task::new();
        task.cancel();
        let ended = asof::store::Store::open(file.path(), &OpenOptions::default(), &task);
        assert!(matches!(ended, Err(asof::store::OpenError::Cancelled(_))));
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
        "This SQLite database has one table, goods, which does not look like events; events have";
    assert!(error().to_string().starts_with(found), "{}", error());
    writer.execute_batch("drop table goods").unwrap();
    assert!(
        error()
            .to_string()
            .starts_with("This SQLite database has no tables;")
    );
}
