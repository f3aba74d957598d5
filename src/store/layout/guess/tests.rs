//! Guesses from tables and records made up here.

use super::*;
use crate::store::layout::JsonFacts;

fn facts(name: &str, columns: &[&str], rows: u64) -> TableFacts {
    TableFacts {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|name| ((*name).to_owned(), "TEXT".to_owned()))
            .collect(),
        rows,
        ..TableFacts::default()
    }
}

#[test]
fn a_table_without_types_is_no_event_table() {
    assert!(table(&facts("goods", &["id", "name", "price"], 9)).is_none());
}

#[test]
fn events_beat_their_copies() {
    let columns = [
        "event_id",
        "aggregate_id",
        "event_type",
        "payload",
        "created_at",
    ];
    let tables = ["dead_letter_queue", "event_outbox", "journal"]
        .into_iter()
        .map(|name| facts(name, &columns, 100));
    let facts = SqliteFacts {
        tables: tables.collect(),
        ..SqliteFacts::default()
    };
    let found = sqlite(&facts).expect("a guess");
    assert_eq!(found.layout.events.from, "\"journal\"");
}

#[test]
fn tables_that_differ_in_their_names_only_are_read_together() {
    let columns = ["stream", "type", "data"];
    let tables = vec![
        facts("a_events", &columns, 3),
        facts("b_events", &columns, 300),
        facts("old_events", &columns, 30),
    ];
    let facts = SqliteFacts {
        tables,
        ..SqliteFacts::default()
    };
    let found = sqlite(&facts).expect("a guess");
    let from = found.layout.sources().map(|own| own.from.as_str());
    assert_eq!(from.collect::<Vec<_>>(), ["\"b_events\"", "\"a_events\""]);
    let stream = found.layout.column(Role::Stream).expect("a stream");
    assert_eq!(stream.to_string(), "stream_name('b', \"stream\")");
    let told = "`a_events` is laid out as `b_events`, and read with it";
    assert!(found.reasons.contains(&(told.to_owned(), 0)));
    let told = "`old_events` would do as well or nearly so; only `b_events` is read";
    assert!(found.reasons.contains(&(told.to_owned(), 0)));
}

#[test]
fn of_two_like_tables_the_longer_one_is_taken() {
    let columns = ["stream", "type", "data"];
    let tables = vec![
        facts("a_events", &["stream", "type", "data", "a"], 3),
        facts("b_events", &columns, 300),
        facts("c_events", &["stream", "type", "data", "c"], 30),
    ];
    let facts = SqliteFacts {
        tables,
        ..SqliteFacts::default()
    };
    let found = sqlite(&facts).expect("a guess");
    assert_eq!(found.layout.events.from, "\"b_events\"");
    let told = "`c_events`, `a_events` would do as well or nearly so; only `b_events` is read";
    assert!(found.reasons.contains(&(told.to_owned(), 0)));
}

#[test]
fn ids_are_found_in_the_metadata() {
    let record = |n| {
        format!(
            r#"{{"type":"A","stream":"s","data":{{}},"meta":"{{\"$correlationId\":\"{n}\"}}"}}"#
        )
    };
    let facts = JsonFacts {
        records: (0..5).map(record).collect(),
        ..JsonFacts::default()
    };
    let found = json(&facts).expect("a guess");
    let column = found.layout.column(Role::CorrelationId).expect("found");
    assert_eq!(column.to_string(), "metadata /$correlationId");
}
