//! Stores in which events stand in lists: a row or a record that is a commit of many, rows beside the
//! names of their columns, items that say of what type each value is, and numbers that are none.

use serde_json::{Value, json};

use crate::foreign::{Held, kinds, streams};
use crate::made::made;
use crate::opened::Opened;

fn tables(sql: &str) -> Held {
    let made = made(sql);
    let store = Opened::open(&made.path);
    Held { store, _made: made }
}

fn file(name: &str, text: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    Opened::open(&path)
}

fn versions(store: &Opened, stream: &str) -> Vec<i64> {
    let events = store.events(stream).into_iter();
    events.map(|event| store.log.version(event).0).collect()
}

fn data(store: &Opened) -> Vec<Value> {
    store.log.events().map(|event| store.data(event)).collect()
}

/// As NStore writes them: the list stands in an object, beside columns that `json_each` has, too.
#[test]
fn each_event_of_a_changeset_is_one() {
    let changes = |kinds: &[&str]| {
        let events: Vec<Value> = (kinds.iter())
            .map(|kind| json!({"$type": format!("Shop.{kind}, Shop"), "n": kind.len()}))
            .collect();
        json!({"$type": "NStore.Domain.Changeset, NStore.Domain", "Version": 1, "Events": events})
            .to_string()
    };
    let (first, second) = (
        changes(&["Placed", "ItemAdded"]),
        changes(&["Paid", "Shipped"]),
    );
    let store = tables(&format!(
        "CREATE TABLE Streams (Position INTEGER PRIMARY KEY, PartitionId TEXT, \"Index\" INTEGER, atom TEXT, Payload TEXT);
         INSERT INTO Streams VALUES (1, 'Order_0', 1, 'k', '{first}'), (2, 'Order_1', 1, 'k', '{first}'), (3, 'Order_0', 2, 'k', '{second}'), (4, 'Order_1', 2, 'k', '{second}');"
    ));
    assert_eq!(streams(&store), ["Order_0", "Order_1"]);
    let all = ["Placed", "ItemAdded", "Paid", "Shipped"];
    assert_eq!(kinds(&store, "Order_0"), all);
    // The index counts changesets.
    assert_eq!(versions(&store, "Order_0"), [1, 2, 3, 4]);
    assert_eq!(store.data(store.events("Order_0")[1])["n"], json!(9));
    assert_eq!(store.problems(), [""; 0]);
}

/// The version of a commit is that of its last event, or of its first.
#[test]
fn versions_go_on_within_commits() {
    for (versions_of_commits, expected) in [([2, 3], [1, 2, 3]), ([0, 2], [0, 1, 2])] {
        let [first, second] = versions_of_commits;
        let store = tables(&format!(
            "CREATE TABLE commits (id INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER, committed_at TEXT, events TEXT);
             INSERT INTO commits VALUES (1, 'a-1', {first}, '2024-03-01T08:00:00Z', '[{{\"type\":\"Placed\",\"data\":{{\"n\":1}}}},{{\"type\":\"Paid\",\"data\":{{\"n\":2}}}}]'),
               (2, 'a-1', {second}, '2024-03-01T08:07:00Z', '[{{\"type\":\"Shipped\",\"data\":{{\"n\":3}}}}]'), (3, 'b-1', 0, '2024-03-01T08:08:00Z', '[]');"
        ));
        assert_eq!(streams(&store), ["a-1"]);
        assert_eq!(versions(&store, "a-1"), expected);
        assert_eq!(kinds(&store, "a-1"), ["Placed", "Paid", "Shipped"]);
        assert_eq!(data(&store)[2], json!({"n": 3}));
        assert_eq!(
            store.time(store.events("a-1")[1]),
            store.time(store.events("a-1")[0])
        );
    }
}

/// What an order consists of is no event.
#[test]
fn a_list_of_goods_is_a_payload() {
    let store = tables(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER, type TEXT, items TEXT);
         INSERT INTO events VALUES (1, 'a-1', 1, 'Placed', '[{\"type\":\"book\"},{\"type\":\"pen\"}]'), (2, 'a-1', 2, 'Paid', '[]');",
    );
    assert_eq!(kinds(&store, "a-1"), ["Placed", "Paid"]);
}

#[test]
fn rows_beside_the_names_of_their_columns_are_records() {
    let rows: Vec<Value> = (0..5)
        .map(|n| {
            let kind = ["Placed", "Paid"][n % 2];
            json!([n, format!("o-{}", n % 2), kind, {"n": n}, format!("2024-03-01T08:0{n}:00Z")])
        })
        .collect();
    let names = json!(["id", "stream", "type", "data", "ts"]);
    let named = json!([{"name": "id"}, {"name": "stream"}, {"name": "type"}, {"name": "data"}, {"name": "ts"}]);
    for document in [
        json!({"table": "events", "columns": names, "rows": rows}),
        json!({"columns": names, "index": [0, 1, 2, 3, 4], "data": rows}),
        json!({"fields": named, "values": rows, "took": 3}),
    ] {
        let store = file("rows.json", &document.to_string());
        assert_eq!(streams(&store), ["o-0", "o-1"], "{document}");
        assert_eq!(kinds(&store, "o-1"), ["Paid", "Paid"]);
        assert_eq!(data(&store)[3], json!({"n": 3}));
        assert_eq!(store.problems(), [""; 0]);
    }
}

#[test]
fn numbers_that_are_none_are_told_of_and_the_rest_is_read() {
    let line = |n: u32| {
        format!(
            r#"{{"type":"Noted","stream":"s-1","ts":{},"data":{{"a":NaN,"b":[-Infinity,{n}],"c":"NaN"}}}}"#,
            1_700_000_000_000_u64 + u64::from(n)
        )
    };
    let lines: Vec<String> = (0..3).map(line).collect();
    for text in [
        lines.join("\n"),
        format!("[{}]", lines.join(",")),
        format!(r#"{{"max":Infinity,"events":[{}]}}"#, lines.join(",")),
    ] {
        let store = file("nan.json", &text);
        assert_eq!(kinds(&store, "s-1"), ["Noted"; 3], "{text}");
        assert_eq!(
            data(&store)[2],
            json!({"a": null, "b": [null, 2], "c": "NaN"})
        );
        assert_eq!(store.problems(), [""; 0]);
        let notes = store.log.known_notes(&store.log.at_head());
        assert_eq!(notes.count, 3, "{notes:?}");
        assert_eq!(
            notes.first[0].message,
            "NaN is not JSON; it is read as null"
        );
    }
}

/// As a table of DynamoDB is exported: maps, whole items, and texts that hold JSON.
#[test]
fn values_that_say_of_what_type_they_are_lose_it() {
    let item = |n: usize, more: &str| {
        format!(
            r#"{{"Item":{{"pk":{{"S":"order#{}"}},"sk":{{"N":"{}"}},"eventType":{{"S":"{}"}},"occurredAt":{{"S":"2024-03-01T08:0{n}:00Z"}},{more}}}}}"#,
            n % 2,
            n / 2 + 1,
            ["Placed", "Paid"][n / 2]
        )
    };
    let cases = [
        (
            r#""data":{"M":{"n":{"N":"1.5"},"l":{"L":[{"S":"x"}]}}}"#,
            json!({"n": 1.5, "l": ["x"]}),
        ),
        (r#""data":{"S":"{\"n\":1}"}"#, json!({"n": 1})),
    ];
    for (more, expected) in cases {
        let lines: Vec<String> = (0..4).map(|n| item(n, more)).collect();
        let store = file("export.json", &lines.join("\n"));
        assert_eq!(streams(&store), ["order#0", "order#1"]);
        assert_eq!(kinds(&store, "order#1"), ["Placed", "Paid"]);
        assert_eq!(versions(&store, "order#1"), [1, 2]);
        assert_eq!(data(&store)[0], expected);
    }
    let lines: Vec<String> = (0..4)
        .map(|n| item(n, r#""amount":{"N":"5"},"open":{"BOOL":true}"#))
        .collect();
    let store = file("export.json", &lines.join("\n"));
    let first = &data(&store)[0];
    assert_eq!(
        (&first["amount"], &first["open"]),
        (&json!(5), &json!(true))
    );
}

/// A time and what a commit belongs to stand around its events.
#[test]
fn commits_lend_their_events_what_stands_around_them() {
    let commit = |n: usize| {
        let events =
            json!([{"type": "Placed", "data": {"n": n}}, {"type": "Paid", "data": {"n": n}}]);
        json!({"streamId": format!("a-{n}"), "committedAt": format!("2024-03-01T08:0{n}:00Z"), "correlationId": format!("c{n}"), "exportedBy": "me", "events": events}).to_string()
    };
    let lines: Vec<String> = (0..4).map(commit).collect();
    let store = file("commits.jsonl", &lines.join("\n"));
    assert_eq!(streams(&store), ["a-0", "a-1", "a-2", "a-3"]);
    assert_eq!(kinds(&store, "a-3"), ["Placed", "Paid"]);
    let second = store.events("a-3")[1];
    assert_eq!(store.time(second), "2024-03-01T08:03:00.000000Z");
    assert_eq!(store.log.correlation(second).unwrap().to_string(), "c3");
}
