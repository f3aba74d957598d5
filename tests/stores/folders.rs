//! Folders: one store split over files, or several stores that make one log.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::opened::{Opened, fixture};

fn reasons(store: &Opened) -> Vec<&str> {
    let reasons = store.store.recognition().reasons.iter();
    let passed = reasons.filter(|(sentence, _)| sentence.contains("passed over"));
    passed.map(|(sentence, _)| sentence.as_str()).collect()
}

fn files(store: &Opened) -> Vec<&str> {
    store.store.files().iter().map(|(name, _)| *name).collect()
}

fn kinds(store: &Opened) -> Vec<String> {
    let files = store.store.files();
    let own = files
        .iter()
        .map(|(_, store)| store.recognition().id.clone());
    own.collect()
}

fn event(stream: &str, version: u32, kind: &str) -> String {
    format!(
        r#"{{"stream":"{stream}","version":{version},"type":"{kind}","time":"2024-01-0{version}T00:00:00Z","data":{{}}}}"#
    )
}

#[test]
fn each_file_of_the_samples_is_read_by_its_own_layout() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let store = Opened::open(&samples);
    let expected = [
        "bank",
        "carts",
        "downloads",
        "orders-orchestrated",
        "orders",
        "rides",
        "users",
    ];
    assert_eq!(files(&store), expected);
    assert_eq!(
        kinds(&store)[4..],
        ["asof-sample", "cloudevents", "stream-of-events"]
    );
    let alone: usize = expected
        .iter()
        .map(|name| {
            let ending = [".db", ".jsonl", ".json"].into_iter();
            let mut paths = ending.map(|ending| samples.join(format!("{name}{ending}")));
            let path = paths.find(|path| path.exists()).unwrap();
            Opened::open(&path).log.len()
        })
        .sum();
    assert_eq!(store.log.len(), alone);
    assert_eq!(store.problems(), [""; 0]);
    assert!(
        store.types()["UserCreated"] > 0,
        "and none is without a type"
    );
    assert_eq!(store.store.paths(), [samples]);
}

#[test]
fn a_store_split_over_files_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, lines: &[String]| fs::write(folder.path().join(name), lines.join("\n"));
    write(
        "a.jsonl",
        &[
            event("a-1", 1, "Made"),
            event("a-1", 2, "Sold"),
            event("a-2", 1, "Made"),
        ],
    )
    .unwrap();
    write("b.jsonl", &[event("b-1", 1, "Made")]).unwrap();
    write("c.json", &[event("b-1", 2, "Sold")]).unwrap();
    let store = Opened::open(folder.path());
    assert_eq!(files(&store), [""; 0]);
    assert_eq!((store.log.len(), reasons(&store).len()), (5, 0));
    // What else lies there is passed over.
    fs::write(
        folder.path().join("package.json"),
        r#"{"name":"x","version":"1.0.0","type":"module"}"#,
    )
    .unwrap();
    let store = Opened::open(folder.path());
    assert_eq!((store.log.len(), store.problems().len()), (5, 0));
    assert_eq!(
        reasons(&store),
        ["package.json was passed over: no events as the others have them"]
    );
    // A new file is still seen.
    let mut store = Opened::followed(folder.path());
    write("d.jsonl", &[event("d-1", 1, "Made")]).unwrap();
    assert_eq!(store.follow(), asof::store::Followed::Rewritten);
}

#[test]
fn databases_among_lines_are_opened_too_or_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("lines.jsonl"), event("a-1", 1, "Made")).unwrap();
    Connection::open(path("goods.db"))
        .unwrap()
        .execute_batch("create table goods (id integer, price real)")
        .unwrap();
    let store = Opened::open(folder.path());
    assert_eq!((store.log.len(), files(&store).len()), (1, 0));
    let told = reasons(&store);
    assert!(
        told[0].starts_with("goods.db was passed over: This SQLite database has one table, goods"),
        "{told:?}"
    );
    fs::copy(fixture("es_py_bank/store.db"), path("bank.db")).unwrap();
    let store = Opened::open(folder.path());
    assert_eq!(files(&store), ["bank", "lines"]);
    assert_eq!(store.log.len(), 232);
    // Without a time nothing says where among the others its events belong.
    let untimed = "{\"event_type\":\"Made\",\"stream\":\"x\",\"data\":{\"n\":1}}\n".repeat(3);
    fs::write(path("untimed.jsonl"), untimed).unwrap();
    let store = Opened::open(folder.path());
    assert_eq!(files(&store), ["bank", "lines"]);
    assert!(
        reasons(&store)[1].starts_with("untimed.jsonl was passed over: its events have no times")
    );
}

#[test]
fn a_folder_of_one_database_is_that() {
    let store = Opened::open(&fixture("es_py_bank"));
    assert_eq!(
        (store.layout(), store.log.len()),
        ("eventsourcing-python", 231)
    );
    let system = Opened::open(&fixture("es_py_system"));
    assert_eq!(files(&system), ["orders", "payments", "reservations"]);
}

#[test]
fn a_database_that_appears_is_seen_once_it_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let other = |name: &str| fs::copy(fixture("es_py_system").join(name), path(name)).unwrap();
    other("orders.db");
    other("payments.db");
    let mut store = Opened::followed(folder.path());
    assert_eq!(store.follow(), asof::store::Followed::Same);
    // Its writer has only begun.
    Connection::open(path("new.db"))
        .unwrap()
        .execute_batch("create table goods (id integer, price real)")
        .unwrap();
    assert_eq!(store.follow(), asof::store::Followed::Same);
    other("reservations.db");
    assert_eq!(store.follow(), asof::store::Followed::Rewritten);
    let store = Opened::open(folder.path());
    assert_eq!(files(&store), ["orders", "payments", "reservations"]);
}
