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
            r#"{{"type":"A","stream":"s","data":{{}},"meta":"{{\"$correlationId\":\"{n}\",\"schemaVersion\":2}}"}}"#
        )
    };
    let facts = JsonFacts {
        records: (0..5).map(record).collect(),
        ..JsonFacts::default()
    };
    let found = json(&facts).expect("a guess");
    let column = found.layout.column(Role::CorrelationId).expect("found");
    assert_eq!(column.to_string(), "metadata /$correlationId");
    let column = found.layout.column(Role::SchemaVersion).expect("found");
    assert_eq!(column.to_string(), "metadata /schemaVersion");
}

fn guessed(records: impl Iterator<Item = String>) -> Layout {
    let facts = JsonFacts {
        records: records.collect(),
        ..JsonFacts::default()
    };
    json(&facts).expect("a guess").layout
}

fn column(layout: &Layout, role: Role) -> String {
    let column = layout.column(role);
    column.map_or_else(|| "none".to_owned(), ToString::to_string)
}

#[test]
fn streams_and_their_versions_are_found_in_the_metadata() {
    let layout = guessed((1..9).map(|n| {
        let (stream, version) = (n % 2, (n + 1) / 2);
        format!(
            r#"{{"type":"Added","data":{{"n":{n}}},"metadata":{{"streamName":"cart-{stream}","streamPosition":"{version}","globalPosition":"{n}"}}}}"#
        )
    }));
    let found = [Role::Stream, Role::Version, Role::Position].map(|role| column(&layout, role));
    let wanted = ["streamName", "streamPosition", "globalPosition"];
    assert_eq!(found, wanted.map(|name| format!("metadata /{name}")));
    // Without a stream there it is the version of whatever, and a user is no stream.
    let layout = guessed((1..9).map(|n| {
        let user = n % 2;
        format!(
            r#"{{"type":"Added","data":{{"n":{n}}},"metadata":{{"userId":"ada-{user}","version":"1"}}}}"#
        )
    }));
    let found = [Role::Stream, Role::Version].map(|role| column(&layout, role));
    assert_eq!(found, ["none", "none"]);
}

#[test]
fn a_list_of_tags_is_no_payload() {
    let layout = guessed((1..9).map(|n| {
        let (stream, version) = (n % 2, (n + 1) / 2);
        format!(
            r#"{{"persistenceId":"Order|{stream}","sequenceNr":{version},"event":{{"@type":"com.shop.Paid","n":{n}}},"tags":["t"]}}"#
        )
    }));
    assert_eq!(column(&layout, Role::Payload), "/event");
}

#[test]
fn the_row_is_the_payload_and_not_what_it_was_before() {
    let layout = guessed((1..9).map(|n| {
        let (id, version) = (n % 2, n / 2);
        let (changes, action) = match version {
            0 | 1 => ("null", "insert"),
            _ => (r#"{"amount":1}"#, "update"),
        };
        format!(
            r#"{{"changes":{changes},"record":{{"id":"o-{id}","amount":{n}}},"action":"{action}","at":"2024-03-01T08:0{n}:00Z"}}"#
        )
    }));
    assert_eq!(column(&layout, Role::Payload), "/record");
}

#[test]
fn extended_json_of_mongodb_is_read_without_its_wrappers() {
    let ids = ["A1xOoNc7W969b8gGsE8uww==", "uAyP76Z3U0CF+ywWLXXfAw=="];
    let layout = guessed((1..9).map(|n| {
        let (id, version) = (ids[n % 2], n.div_ceil(2));
        format!(
            r#"{{"aggregateId":{{"$binary":{{"base64":"{id}","subType":"04"}}}},"version":{{"$numberLong":"{version}"}},"eventType":"Paid","payload":{{"n":{{"$numberInt":"{n}"}}}}}}"#
        )
    }));
    let found = [Role::Stream, Role::Version].map(|role| column(&layout, role));
    assert_eq!(found, ["/aggregateId", "/version"]);
    let payload = layout.column(Role::Payload).expect("a payload");
    let mongo = Encoding::Data(crate::store::decode::Decoder::Mongo);
    assert_eq!(payload.encoding, Some(mongo));
}

#[test]
fn classes_of_net_go_by_their_own_names() {
    let layout = guessed((1..9).map(|n| {
        let kind = ["Paid", "Orders.Shipped+Late"][n % 2];
        format!(
            r#"{{"stream":"order-1","type":"Shop.{kind}, Shop, Version=1.0.0.0, Culture=neutral","data":{{"n":{n}}}}}"#
        )
    }));
    let column = layout.column(Role::Type).expect("a type");
    let capture = column.capture.as_ref().expect("a capture");
    assert_eq!(
        capture.of("Shop.Orders.Paid, Shop, Version=1.0.0.0"),
        "Paid"
    );
    assert_eq!(capture.of("Shop.Orders+Late, Shop"), "Late");
}
