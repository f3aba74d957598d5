//! Whatever JSON or tables a store has, opening it ends in events or in one clear sentence.

use std::path::Path;

use asof::log::LogBuilder;
use asof::model::{EventIx, Task};
use asof::store::{Followed, OpenError, OpenOptions, Store, Tail};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Names that some layout or the guess knows, and others.
const NAMES: &[&str] = &[
    "type",
    "eventType",
    "event",
    "name",
    "time",
    "timestamp",
    "stream",
    "streamId",
    "stream_name",
    "key",
    "id",
    "eventId",
    "version",
    "eventNumber",
    "position",
    "offset",
    "data",
    "payload",
    "metadata",
    "headers",
    "events",
    "objects",
    "eventTypes",
    "objectTypes",
    "relationships",
    "objectId",
    "attributes",
    "value",
    "ocel:events",
    "ocel:objects",
    "ocel:omap",
    "ocel:activity",
    "ocel:timestamp",
    "ocel:type",
    "entries",
    "title",
    "hits",
    "_source",
    "specversion",
    "source",
    "subject",
    "topic",
    "partition",
    "ts",
    "eventTime",
    "taskId",
    "aEventAttributes",
    "history",
    "aggregateId",
    "correlation_id",
    "a",
    "",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
        1 => "[a-zé*/~ .\"{}]{0,6}",
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..20_i64).prop_map(Value::from),
        (1_600_000_000..1_800_000_000_i64).prop_map(Value::from),
        (1..28_u32).prop_map(|day| Value::from(format!("2024-01-{day:02}T00:00:00Z"))),
        prop::sample::select(vec![
            "Opened",
            "a-1",
            "1.0",
            "3@a",
            "A#1",
            "{\"type\":1}",
            "[",
            "---\na: 1",
            "<a/>",
            "\u{0}"
        ])
        .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((name(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Values as a file: one pretty, an array, lines, columns of nothing.
fn files(values: &[Value]) -> Vec<String> {
    let lines: Vec<String> = values.iter().map(Value::to_string).collect();
    let first = values.first().cloned().unwrap_or_default();
    vec![
        serde_json::to_string_pretty(&first).unwrap_or_default(),
        format!("[{}]", lines.join(",")),
        lines.join("\n"),
        format!("{{\"events\":[{}]}}", lines.join(",")),
        format!(
            "{{\"eventTypes\":[],\"objectTypes\":[],\"objects\":[{0}],\"events\":[{0}]}}",
            lines.join(",")
        ),
        format!("{{\"ocel:objects\":{first},\"ocel:events\":{first}}}"),
    ]
}

fn opened(path: &Path) -> Result<(Store, LogBuilder), OpenError> {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task)?;
    let mut builder = store.builder();
    while store.index(&mut builder, Tail::AtRest, &task, &mut |_| {})? == Followed::Rewritten {
        builder = store.builder();
    }
    Ok((store, builder))
}

/// Events whose bodies can be read, or a sentence; problems have places, and are sentences too.
fn ends_well(path: &Path) -> Result<(), TestCaseError> {
    let is_sentence = |text: &str| text.len() > 10 && !text.contains('\n');
    match opened(path) {
        Err(error) => {
            let sentence = error.to_string();
            prop_assert!(
                is_sentence(&sentence) && sentence.contains(": "),
                "{}",
                sentence
            );
        }
        Ok((store, mut builder)) => {
            let (log, _) = builder.finish();
            for problem in log.problems() {
                prop_assert!(
                    !problem.place.is_empty() && is_sentence(&problem.message),
                    "{:?}",
                    problem
                );
            }
            let events: Vec<EventIx> = log.events().collect();
            let mut read = 0;
            let each = &mut |_, body: Result<asof::log::Body, asof::log::Unreadable>| {
                read += usize::from(body.is_ok());
            };
            let called = store.payloads().read(&log, &events, &Task::new(), each);
            prop_assert!(called.is_ok());
            // A file at rest has not been rewritten.
            prop_assert_eq!(read, events.len());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn whatever_json_there_is_ends_in_events_or_in_one_sentence(values in prop::collection::vec(value(), 0..5)) {
        let folder = tempfile::tempdir().unwrap();
        for (at, text) in files(&values).iter().enumerate() {
            let path = folder.path().join(format!("{at}.json"));
            std::fs::write(&path, text).unwrap();
            ends_well(&path)?;
        }
    }

    #[test]
    fn whatever_tables_there_are_end_in_events_or_in_one_sentence(
        tables in prop::collection::vec((name(), prop::collection::vec(name(), 1..7), prop::collection::vec(prop::collection::vec(scalar(), 7), 0..6)), 0..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.db");
        let database = rusqlite::Connection::open(&path).unwrap();
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        for (table, columns, rows) in &tables {
            let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
            // Names that stand twice, or are none, make no table.
            let made = database.execute(&format!("CREATE TABLE {} ({})", quoted(table), names.join(",")), []);
            for row in rows.iter().filter(|_| made.is_ok()) {
                let values = row.iter().take(names.len()).map(|value| match value {
                    Value::Null => rusqlite::types::Value::Null,
                    Value::Number(number) => rusqlite::types::Value::from(number.as_i64()),
                    Value::String(text) => rusqlite::types::Value::from(text.clone()),
                    other => rusqlite::types::Value::from(other.to_string().into_bytes()),
                });
                let marks = vec!["?"; names.len()].join(",");
                let sql = format!("INSERT INTO {} VALUES ({marks})", quoted(table));
                database.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
            }
        }
        drop(database);
        ends_well(&path)?;
    }
}
