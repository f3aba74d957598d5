//! What layouts can say: one small store for each thing, written by hand.

use asof::log::{IdRef, Payload, StreamEnd};
use asof::model::{EventIx, Version};
use asof::store::OpenOptions;
use rusqlite::Connection;
use serde_json::json;

use crate::made::{layout, made, read};
use crate::opened::{Opened, counted};

/// As NEventStore has them: a row is a commit, its payload an array of events.
#[test]
fn a_commit_of_many_events() {
    let (store, _made) = read(
        r#"create table Commits (CheckpointNumber integer primary key, StreamIdOriginal text,
             StreamRevision integer, Items integer, CommitStamp text, Payload blob);
           insert into Commits values
             (1, 'order-1', 2, 2, '2024-01-01 10:00:00',
              '[{"Headers":{"t":"Placed"},"Body":{"n":1}},{"Headers":{"t":"Paid"},"Body":{"n":2}}]'),
             (2, 'order-2', 1, 1, '2024-01-01 10:01:00', '[{"Headers":{"t":"Placed"},"Body":{"n":3}}]'),
             (5, 'order-1', 5, 3, '2024-01-01 10:02:00',
              '[{"Headers":{"t":"Sent"},"Body":{"n":4}},{"Headers":{"t":"Sent"},"Body":{"n":5}},{"Headers":{"t":"Sent"},"Body":{"n":6}}]');"#,
        r#"
        [events]
        from = "Commits c, json_each(CAST(c.Payload AS TEXT)) item"
        key = "c.CheckpointNumber"
        part = "item.key"
        order = "key"
        [events.columns]
        stream = "c.StreamIdOriginal"
        version = "c.StreamRevision - c.Items + 1 + item.key"
        type = "item.value ->> '$.Headers.t'"
        recorded_at = "c.CommitStamp"
        payload = "item.value -> '$.Body'"
        "#,
    );
    assert_eq!(store.problems(), [""; 0]);
    let events: Vec<EventIx> = store.log.events().collect();
    let known: Vec<_> = events
        .iter()
        .map(|event| {
            (
                store.log.version(*event).0,
                store.kind(*event),
                store.data(*event)["n"].clone(),
            )
        })
        .collect();
    let expected = [
        (1, "Placed", json!(1)),
        (2, "Paid", json!(2)),
        (1, "Placed", json!(3)),
        (3, "Sent", json!(4)),
        (4, "Sent", json!(5)),
        (5, "Sent", json!(6)),
    ];
    assert_eq!(known, expected);
    // In any order, and some only.
    let some = [EventIx(4), EventIx(0), EventIx(5), EventIx(1)];
    let bodies = store.bodies(&some).into_iter();
    let numbers: Vec<_> = bodies
        .map(|body| body.unwrap().data.value().unwrap()["n"].clone())
        .collect();
    assert_eq!(numbers, [5, 1, 6, 2]);
}

/// As Rails Event Store has them: an event may be linked into further streams.
#[test]
fn events_linked_into_further_streams() {
    let (mut store, made) = read(
        "create table event_store_events (id integer primary key, event_id text unique, event_type text, data blob, created_at text);
         create table event_store_events_in_streams (id integer primary key, stream text, position integer, event_id text);
         insert into event_store_events values
           (1, 'a', 'Placed', '{\"n\":1}', '2024-01-01 10:00:00.000001'),
           (2, 'b', 'Paid', '{\"n\":2}', '2024-01-01 10:00:01.000001'),
           (3, 'c', 'Placed', '{\"n\":3}', '2024-01-01 10:00:02.000001');
         insert into event_store_events_in_streams values
           (1, 'Order$1', 0, 'a'), (2, '$by_type_Placed', NULL, 'a'), (3, 'Order$1', 1, 'b'),
           (4, 'Order$2', 0, 'c'), (5, '$by_type_Placed', NULL, 'c'), (6, 'vip', 7, 'c');",
        r#"
        [events]
        from = "event_store_events e"
        key = "e.id"
        [events.columns]
        stream = "(SELECT s.stream FROM event_store_events_in_streams s WHERE s.event_id = e.event_id ORDER BY s.id LIMIT 1)"
        version = "(SELECT s.position FROM event_store_events_in_streams s WHERE s.event_id = e.event_id ORDER BY s.id LIMIT 1)"
        type = "e.event_type"
        event_id = "e.event_id"
        recorded_at = "e.created_at"
        payload = "e.data"
        [events.links]
        from = "event_store_events_in_streams s JOIN event_store_events e ON e.event_id = s.event_id"
        key = "e.id"
        stream = "s.stream"
        version = "s.position"
        "#,
    );
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(store.log.len(), 3);
    assert_eq!(store.log.streams().len(), 4);
    assert_eq!(store.events("Order$1"), [EventIx(0), EventIx(1)]);
    assert_eq!(store.events("$by_type_Placed"), [EventIx(0), EventIx(2)]);
    assert_eq!(store.events("vip"), [EventIx(2)]);
    let vip = store.stream("vip");
    assert_eq!(store.log.version_in(EventIx(2), vip), Some(Version(7)));
    let by_type = store.stream("$by_type_Placed");
    assert_eq!(store.log.version_in(EventIx(2), by_type), None);
    assert_eq!(
        store
            .log
            .category_name(store.log.category(store.stream("Order$2"))),
        "Order"
    );
    assert_eq!(store.at_head("vip").state.unwrap(), json!({"n": 3}));

    let writer = Connection::open(&made.path).unwrap();
    writer
        .execute_batch(
            "insert into event_store_events values (4, 'd', 'Paid', '{\"n\":4}', '2024-01-01 10:00:03');
             insert into event_store_events_in_streams values (7, 'Order$2', 1, 'd'), (8, 'vip', 8, 'd')",
        )
        .unwrap();
    store.follow();
    assert_eq!(store.events("vip"), [EventIx(2), EventIx(3)]);
}

/// As Eventuous has them: all tables begin with a name of the user's choice.
#[test]
fn tables_with_a_prefix() {
    let made = made(
        "create table shop_streams (stream_id integer primary key, stream_name text, version integer);
         create table shop_messages (message_id text, message_type text, stream_id integer, stream_position integer,
           global_position integer primary key, json_data text, json_metadata text, created text);
         create table shop_checkpoints (id text primary key, position integer);
         insert into shop_streams values (1, 'Booking-7', 1);
         insert into shop_messages values
           ('a', 'V1.RoomBooked', 1, 0, 1, '{\"n\":1}', '{\"$correlationId\":\"x\"}', '2024-01-01T10:00:00Z'),
           ('b', 'V1.Paid', 1, 1, 2, '{\"n\":2}', '{}', '2024-01-01T11:00:00Z');
         insert into shop_checkpoints values ('mailer', 2);",
    );
    let layout = layout(
        r#"
        [[evidence]]
        table = "*_messages"
        columns = ["message_id", "global_position", "json_data"]
        points = 90
        required = true
        [events]
        from = "{*}_messages m JOIN {*}_streams s ON s.stream_id = m.stream_id"
        key = "m.global_position"
        filter = "EXISTS (SELECT 1 FROM {*}_streams)"
        [events.columns]
        position = "m.global_position"
        stream = "s.stream_name"
        version = "m.stream_position"
        type = "m.message_type"
        event_id = "m.message_id"
        recorded_at = "m.created"
        correlation_id = { within = "metadata", at = ["/$correlationId"] }
        payload = "m.json_data"
        metadata = "m.json_metadata"
        [side.checkpoints]
        from = "{*}_checkpoints"
        columns = { consumer = "id", position = "position" }
        "#,
    );
    let facts = asof::store::sqlite::facts_of(&made.path, &asof::model::Task::new()).unwrap();
    let found = asof::store::layout::recognise_sqlite(&facts, &[layout])
        .unwrap()
        .best;
    assert_eq!(found.layout.id, "test");
    let store = Opened::by(&made.path, found.layout);
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(store.events("Booking-7"), [EventIx(0), EventIx(1)]);
    assert_eq!(store.log.correlation(EventIx(0)), Some(IdRef::new("x")));
    assert_eq!(store.data(EventIx(1)), json!({"n": 2}));
    let checkpoints = asof::store::layout::SideKind::Checkpoints;
    assert_eq!(store.store.side_rows(checkpoints), counted(1));
}

#[test]
fn times_in_two_parts_and_ids_in_bytes() {
    let (store, _made) = read(
        "create table e (id blob primary key, kind text, who blob, ts integer, ms integer, cursor text, data blob);
         insert into e values
           (x'00112233445566778899aabbccddeeff', 'A', x'a0', 1727771398, 800, 'eyJwb3MiOjd9', jsonb('{\"n\":1,\"list\":[1.50]}')),
           (x'10112233445566778899aabbccddeeff', 'B', x'a0', 1727771399, 7, 'eyJwb3MiOjh9', jsonb('[1]'));",
        r#"
        [events]
        from = "e"
        key = "rowid"
        [events.columns]
        stream = "who"
        type = "kind"
        event_id = "id"
        recorded_at = { sql = "ts * 1000 + ms", encoding = "epoch_millis" }
        correlation_id = "unbase64(cursor) ->> '$.pos'"
        causation_id = "uuid_text_net(id)"
        schema_version = { within = "payload", at = ["/n"] }
        payload = "data"
        "#,
    );
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(store.time(EventIx(0)), "2024-10-01T08:29:58.800000Z");
    assert_eq!(store.time(EventIx(1)), "2024-10-01T08:29:59.007000Z");
    assert_eq!(store.id(EventIx(0)), "00112233-4455-6677-8899-aabbccddeeff");
    assert_eq!(store.log.streams().get(0), "a0");
    assert_eq!(store.log.correlation(EventIx(1)), Some(IdRef::new("8")));
    // Binary JSON is looked into as text is, with its digits.
    assert_eq!(store.log.schema_version(EventIx(0)), Some("1"));
    let body = store.try_body(EventIx(0)).unwrap();
    assert_eq!(body.data.json(), Some(r#"{"n":1,"list":[1.50]}"#));
    assert_eq!(store.try_body(EventIx(1)).unwrap().data.json(), Some("[1]"));
}

#[test]
fn values_that_are_no_values() {
    let (store, _made) = read(
        "create table e (n integer primary key, stream, version, type, id, at, data);
         insert into e values
           (1, 's', 1, NULL, 'a', '2024-01-01', '{}'),
           (2, NULL, 2, 'T', 'b', 'soon', '{}'),
           (3, 's', 3.0, 'T', 12345678901234567890, NULL, 7),
           (4, 17, '4', 'T', 'd', '2024-01-02', 1.25),
           (5, 's', 'five', cast(x'54ff' as text), x'01', '2024-01-03', cast(x'ff' as text)),
           (6, 's', 6, 'T', 'f', '2024-01-03', NULL);",
        r#"
        [events]
        from = "e"
        key = "n"
        [events.columns]
        position = "n"
        stream = "stream"
        version = "version"
        type = "type"
        event_id = "id"
        recorded_at = "at"
        payload = "data"
        "#,
    );
    assert_eq!(store.log.len(), 6);
    let problems: Vec<String> = store
        .problems()
        .iter()
        .map(|p| p.split(" (").next().unwrap().to_owned())
        .collect();
    assert_eq!(problems[0], "row 1: It has no event type");
    assert!(problems[1].starts_with("row 2: Its recorded time cannot be read"));
    assert_eq!(problems[2], "row 5: Its event type is not in UTF-8");
    assert!(problems[3].starts_with("row 5: Its version “five” is not a whole number"));
    assert_eq!(problems.len(), 4);
    let notes = store.log.known_notes(&store.log.at_head());
    assert_eq!(notes.first[0].place, "row 2");
    let versions: Vec<i64> = store
        .log
        .events()
        .map(|event| store.log.version(event).0)
        .collect();
    assert_eq!(versions, [1, 2, 3, 4, 4, 6]);
    assert_eq!(store.log.stream_name(store.log.stream(EventIx(3))), "17");
    assert_eq!(store.kind(EventIx(4)), "T\u{fffd}");
    let events: Vec<EventIx> = store.log.events().collect();
    let bodies: Vec<_> = store
        .bodies(&events)
        .into_iter()
        .map(|body| body.unwrap().data)
        .collect();
    assert_eq!(bodies[2].json(), Some("7"));
    assert_eq!(bodies[3].json(), Some("1.25"));
    assert!(matches!(&bodies[4], Payload::Opaque(bytes) if bytes == &[0xff]));
    assert!(matches!(bodies[5], Payload::Absent));
}

/// As in a store of JSON a text is a text, and not bytes to be shown as digits.
#[test]
fn payloads_that_are_plain_text() {
    let (store, _made) = read(
        "create table e (n integer primary key, type, data);
         insert into e values (1, 'Said', 'good \"morning\"'), (2, 'Said', x'00ff');",
        r#"
        [events]
        from = "e"
        key = "n"
        columns = { type = "type", payload = "data" }
        "#,
    );
    let events: Vec<EventIx> = store.log.events().collect();
    let bodies = store.bodies(&events);
    assert_eq!(
        bodies[0].as_ref().unwrap().data.value(),
        Some(json!("good \"morning\""))
    );
    assert!(
        matches!(&bodies[1].as_ref().unwrap().data, Payload::Opaque(bytes) if bytes == &[0, 0xff])
    );
}

/// A row may say how its own payload is written.
#[test]
fn payloads_encoded_each_in_its_way() {
    let (store, _made) = read(
        "create table e (n integer primary key, type, how, data);
         insert into e values
           (1, 'A', 'json', '{\"n\":1}'), (2, 'A', 'base64', 'eyJuIjoyfQ=='), (3, 'A', 'hex', '7b226e223a337d'),
           (4, 'A', 'kryo', '{\"n\":4}'), (5, 'A', NULL, '{\"n\":5}');",
        r#"
        [events]
        from = "e"
        key = "n"
        [events.columns]
        type = "type"
        version = { within = "payload", at = ["/n"] }
        payload = { sql = "data", encoding_sql = "how" }
        "#,
    );
    let events: Vec<EventIx> = store.log.events().collect();
    let numbers: Vec<_> = store
        .bodies(&events)
        .into_iter()
        .map(|body| body.unwrap().data.value().map(|value| value["n"].clone()))
        .collect();
    let expected = [
        Some(json!(1)),
        Some(json!(2)),
        Some(json!(3)),
        None,
        Some(json!(5)),
    ];
    assert_eq!(numbers, expected);
    // What nobody can decode is not looked into either: its version is counted.
    let versions: Vec<i64> = events
        .iter()
        .map(|event| store.log.version(*event).0)
        .collect();
    assert_eq!(versions, [1, 2, 3, 4, 5]);
}

/// Two tables of a kind and one of another make one log, which is followed in all of them.
#[test]
fn several_sources_make_one_log() {
    let (mut store, made) = read(
        "create table order_log (id integer primary key, who text, what text, at text, note text, amount real);
         create table stock_log (id integer primary key, who text, what text, at text, shelf text);
         create table other_log (id integer primary key, kind text);
         create table notes (at text, body text);
         insert into order_log values (1, 'a', 'Placed', '2024-01-01 10:00:00', NULL, 1.5), (2, 'a', 'Paid', '2024-01-01 12:00:00', 'n', 2);
         insert into stock_log values (1, 'a', 'Taken', '2024-01-01 11:00:00', x'0a');
         insert into notes values ('2024-01-01 11:30:00', '{\"text\":\"hello\"}');",
        r#"
        [[events]]
        each = { table = "*_log", columns = ["who", "what"] }
        from = "{table}"
        key = "id"
        [events.columns]
        stream = "'{name}-' || who"
        type = "what"
        recorded_at = "at"
        payload = { of = "rest" }
        [[events]]
        from = "notes"
        key = "rowid"
        [events.columns]
        stream = { constant = "notes" }
        type = { constant = "Noted" }
        recorded_at = "at"
        payload = "body"
        "#,
    );
    let told = |store: &Opened| -> Vec<String> {
        let events: Vec<EventIx> = store.log.events().collect();
        let bodies = store.bodies(&events);
        let line = |(event, body): (&EventIx, Result<asof::log::Body, _>)| {
            let body = body.unwrap();
            format!("{} {}", store.kind(*event), body.data.json().unwrap())
        };
        events.iter().zip(bodies).map(line).collect()
    };
    assert_eq!(store.problems(), [""; 0]);
    let expected = [
        r#"Placed {"note":null,"amount":1.5}"#,
        r#"Taken {"shelf":"0A"}"#,
        r#"Noted {"text":"hello"}"#,
        r#"Paid {"note":"n","amount":2.0}"#,
    ];
    assert_eq!(told(&store), expected);
    let streams: Vec<&str> = store.log.streams().iter().collect();
    assert_eq!(streams, ["order-a", "stock-a", "notes"]);

    let writer = Connection::open(&made.path).unwrap();
    writer
        .execute_batch(
            "insert into stock_log values (2, 'a', 'Taken', '2024-01-01 13:00:00', NULL);
             insert into notes values ('2024-01-01 10:30:00', '{}');",
        )
        .unwrap();
    assert_eq!(store.follow(), asof::store::Followed::Appended);
    let after: Vec<String> = told(&store);
    assert_eq!(after.len(), 6);
    assert_eq!(
        (&*after[1], &*after[5]),
        ("Noted {}", r#"Taken {"shelf":null}"#)
    );
    assert_eq!(
        store.dump(),
        Opened::by(&made.path, store.store.layout().clone()).dump()
    );
}

#[test]
fn constants_ends_and_metadata_in_the_payload() {
    let (store, _made) = read(
        "create table e (n integer primary key, stream text, kind text, gone integer, doc text);
         insert into e values
           (1, 'a', 'Made', 0, '{\"n\":1,\"meta\":{\"cause\":\"x\",\"corr\":\"c\"}}'),
           (2, 'a', 'Closed', 0, '{\"meta\":null}'),
           (3, 'b', 'Made', 1, '{}');",
        r#"
        [events]
        from = "e"
        key = "n"
        ended_means = "archived"
        ends = { Closed = "tombstoned" }
        [events.columns]
        stream = "stream"
        type = "kind"
        category = { constant = "it's" }
        correlation_id = { within = "metadata", at = ["/corr"] }
        causation_id = { within = "metadata", at = ["/cause"] }
        payload = "doc"
        metadata = { within = "payload", at = ["/meta"] }
        ended = "gone"
        "#,
    );
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(store.log.categories().iter().collect::<Vec<_>>(), ["it's"]);
    assert_eq!(store.log.correlation(EventIx(0)), Some(IdRef::new("c")));
    assert!(store.log.cause(EventIx(0)).is_some());
    assert_eq!(
        store.metadata(EventIx(0)),
        json!({"cause": "x", "corr": "c"})
    );
    assert!(matches!(
        store.try_body(EventIx(1)).unwrap().metadata,
        Payload::Absent
    ));
    assert_eq!(
        store.log.stream_end(EventIx(1)),
        Some(StreamEnd::Tombstoned)
    );
    assert_eq!(store.log.stream_end(EventIx(0)), None);
    // What a column says is a fact of the present, not the event's doing.
    assert_eq!(store.log.stream_end(EventIx(2)), None);
    let ended = store.log.stream_ended(EventIx(2)).unwrap();
    assert_eq!((ended.how, ended.since), (StreamEnd::Archived, None));
    assert_eq!(store.log.stream_ended(EventIx(0)), None);
}

#[test]
fn a_mapping_that_does_not_fit_is_heard_of_at_once() {
    let made = made("create table e (n integer primary key)");
    let layout = Some(layout(
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\ntype = 'nowhere'",
    ));
    let error = Opened::with(&made.path, &OpenOptions { layout })
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("no such column: nowhere"), "{error}");
}
