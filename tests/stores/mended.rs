//! Stores as other libraries, versions and tools write them, that are read as what they are.

use std::fs;

use asof::analysis::overview;
use asof::log::Bound;
use asof::model::time::Zone;
use serde_json::json;

use crate::made::made;
use crate::opened::Opened;

fn written(name: &str, text: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    Opened::open(&path)
}

#[test]
fn attributes_of_objects_without_a_time_were_always_there() {
    // As pm4py writes a log in which no object of a type changes.
    let made = made(
        r#"CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
        CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT); CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE event_Take (ocel_id TEXT, "ocel:activity" TEXT, ocel_time TIMESTAMP, nurse TEXT);
        CREATE TABLE object_Sample (ocel_id TEXT, ml REAL);
        CREATE TABLE object_Patient (ocel_id TEXT, age REAL, ocel_time TIMESTAMP, ocel_changed_field TEXT);
        INSERT INTO event VALUES ('e1', 'Take'); INSERT INTO event_map_type VALUES ('Take', 'Take');
        INSERT INTO object VALUES ('s1', 'Sample'), ('p1', 'Patient'); INSERT INTO object_map_type VALUES ('Sample', 'Sample'), ('Patient', 'Patient');
        INSERT INTO event_object VALUES ('e1', 's1', 'taken');
        INSERT INTO event_Take VALUES ('e1', 'Take', '2023-05-05 07:31:37', 'N0');
        INSERT INTO object_Sample VALUES ('s1', 5.5);
        INSERT INTO object_Patient VALUES ('p1', 20, '1970-01-01 00:00:00', NULL), ('p1', 21, '2023-05-06 00:00:00', 'age');"#,
    );
    let store = Opened::open(&made.path);
    assert_eq!(store.layout(), "ocel2");
    assert_eq!(store.log.len(), 4);
    let events = store.events("s1");
    let kinds: Vec<&str> = events.iter().map(|event| store.kind(*event)).collect();
    assert_eq!(kinds, ["Sample (attributes)", "Take"]);
    assert_eq!(store.data(events[0]), json!({"ml": 5.5}));
    // The copy of the type is no part of the event.
    assert_eq!(store.data(events[1]), json!({"nurse": "N0"}));
    let patient = store.events("p1");
    assert_eq!(store.time(patient[1]), "2023-05-06T00:00:00.000000Z");
    let first = store.log.own_time(patient[0], store.log.default_clock());
    assert_eq!(first, None);
}

#[test]
fn attributes_of_objects_of_the_first_standard_are_there() {
    let made = made(
        r#"CREATE TABLE EVENTS ("ocel:eid" TEXT, "ocel:activity" TEXT, "ocel:timestamp" TIMESTAMP, cost REAL);
        CREATE TABLE RELATIONS ("ocel:eid" TEXT, "ocel:activity" TEXT, "ocel:timestamp" TIMESTAMP, "ocel:oid" TEXT, "ocel:type" TEXT);
        CREATE TABLE OBJECTS ("ocel:oid" TEXT, "ocel:type" TEXT, age REAL, ml REAL);
        INSERT INTO EVENTS VALUES ('e1', 'Take', '2023-05-05 07:31:37', 3);
        INSERT INTO RELATIONS VALUES ('e1', 'Take', '2023-05-05 07:31:37', 'p1', 'Patient');
        INSERT INTO OBJECTS VALUES ('p1', 'Patient', 20, NULL), ('p2', 'Patient', NULL, NULL);"#,
    );
    let store = Opened::open(&made.path);
    assert_eq!(store.layout(), "ocel1");
    let events = store.events("p1");
    assert_eq!((events.len(), store.log.len()), (2, 2));
    assert_eq!(store.data(events[0]), json!({"age": 20.0}));
}

#[test]
fn castore_under_another_name_is_castore() {
    let made = made(
        "CREATE TABLE pokemon_events(id INTEGER PRIMARY KEY, aggregate_name VARCHAR(32), aggregate_id VARCHAR(64), version BIGINT, type VARCHAR(64), data TEXT, metadata TEXT, timestamp TEXT);
         INSERT INTO pokemon_events VALUES (1, 'ORDERS', '0', 1, 'Placed', '{}', NULL, '2024-03-01T08:00:00.123Z'), (2, 'USERS', '0', 1, 'Made', '{}', NULL, '2024-03-01T08:00:01.123Z');",
    );
    let store = Opened::open(&made.path);
    let streams: Vec<&str> = store.log.streams().iter().collect();
    assert_eq!(
        (store.layout(), streams),
        ("castore", vec!["ORDERS-0", "USERS-0"])
    );
}

#[test]
fn events_at_the_level_of_a_module_have_no_category_of_their_type() {
    let made = made(
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, PRIMARY KEY (originator_id, originator_version));
         INSERT INTO stored_events VALUES ('dog-1', 1, 'myapp.domain:DogRegistered', '{}'), ('156821d82d524093bc6103414ad32f89', 1, 'myapp.domain:DogRegistered', '{}'), ('b', 1, 'm:Cat.Born', '{}');",
    );
    let store = Opened::open(&made.path);
    let category = |name: &str| {
        let stream = store.stream(name);
        store
            .log
            .category_name(store.log.category(stream))
            .to_owned()
    };
    assert_eq!(category("dog-1"), "dog");
    assert_eq!(category("156821d82d524093bc6103414ad32f89"), "(none)");
    assert_eq!(category("b"), "Cat");
}

#[test]
fn a_store_that_cannot_be_read_says_so_and_what_no_event_has() {
    let made = made(
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, PRIMARY KEY (originator_id, originator_version));
         INSERT INTO stored_events VALUES ('a', 1, 'm:Dog.Registered', x'80ff1203aabb'), ('a', 2, 'm:Dog.Named', x'90fe1203aabb');",
    );
    let store = Opened::open(&made.path);
    let payloads = store.store.payloads();
    let cut = store.log.cut(store.log.default_clock(), Bound::Head);
    let facts = overview::StoreFacts {
        lacks: store.store.lacks(),
        ..overview::StoreFacts::default()
    };
    let info =
        overview::info(&store.log, &*payloads, &cut, &facts, Zone::Utc, &store.task).unwrap();
    let warnings: Vec<&str> = info
        .warnings
        .iter()
        .map(|own| own.message.as_str())
        .collect();
    assert_eq!(
        warnings,
        ["No payload can be read: encrypted, or in an encoding that is not known"]
    );
    for lack in ["recorded time", "correlation id", "occurred time"] {
        assert!(
            info.lacks.iter().any(|own| own == lack),
            "{lack}: {:?}",
            info.lacks
        );
    }
}

#[test]
fn events_under_an_object_are_those_of_that_object() {
    let event = |kind: &str, minute: u32| json!({"type": kind, "date": format!("2024-03-01T08:0{minute}:00Z"), "data": {"n": minute}});
    let text = json!({"orders": [
        {"id": "o-0", "events": [event("OrderPlaced", 0), event("OrderPaid", 2)]},
        {"id": "o-1", "events": [event("OrderPlaced", 1), event("OrderPaid", 3)]},
        {"id": "o-2", "events": [event("OrderPlaced", 4)]},
    ]});
    let store = written("w.json", &text.to_string());
    let streams: Vec<&str> = store.log.streams().iter().collect();
    assert_eq!(streams, ["o-0", "o-1", "o-2"]);
}

#[test]
fn histories_of_temporal_in_python_s_spelling() {
    let text = json!({"events": [
        {"event_id": 1, "event_time": "2024-03-01T08:00:00Z", "event_type": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", "task_id": 100, "workflow_execution_started_event_attributes": {"workflow_type": {"name": "Pay"}}},
        {"event_id": 2, "event_time": "2024-03-01T08:01:00Z", "event_type": "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED", "task_id": 101, "activity_task_scheduled_event_attributes": {"activity_id": "1"}},
        {"event_id": 3, "event_time": "2024-03-01T08:02:00Z", "event_type": "EVENT_TYPE_ACTIVITY_TASK_STARTED", "task_id": 102, "activity_task_started_event_attributes": {"scheduled_event_id": 2}},
    ]});
    let store = written("pay.json", &text.to_string());
    assert_eq!(store.layout(), "temporal");
    let last = store.events("pay")[2];
    assert_eq!(store.kind(last), "ActivityTaskStarted");
    assert_eq!(
        store
            .log
            .causation(last)
            .map(|id| id.to_string())
            .as_deref(),
        Some("pay#2")
    );
}

#[test]
fn names_of_types_are_no_part_of_a_state() {
    let made = made(
        r#"CREATE TABLE Commits(BucketId varchar(40) NOT NULL, StreamId char(40) NOT NULL, StreamIdOriginal text NOT NULL, StreamRevision int NOT NULL, Items int NOT NULL, CommitId guid NOT NULL, CommitSequence int NOT NULL, CommitStamp datetime NOT NULL, CheckpointNumber INTEGER PRIMARY KEY AUTOINCREMENT, Headers blob NULL, Payload blob NOT NULL);
        INSERT INTO Commits VALUES ('default', 'x', 'cart-0', 1, 1, 'c', 1, '2024-03-01 08:00:00', 1, NULL, '[{"Headers": {}, "Body": {"$type": "Shop.OrderPlaced, Shop", "$id": "1", "n": 0}}]');"#,
    );
    let store = Opened::open(&made.path);
    assert_eq!(
        (store.layout(), store.store.recognition().confidence),
        ("neventstore", 96)
    );
    let state = store.at_head("cart-0").state.unwrap();
    assert_eq!(serde_json::to_value(state).unwrap(), json!({"n": 0}));
}

#[test]
fn only_a_payload_that_is_null_ends_a_key() {
    let message = |offset: u32, rest: serde_json::Value| {
        let mut message = json!({"topic": "orders", "partition": 0, "offset": offset.to_string(), "timestamp": "1709280000000", "key": format!("o-{offset}"), "headers": {}});
        message
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        message.to_string()
    };
    let placed = json!({"value": "{\"type\":\"Placed\"}"});
    let lines = [
        message(0, placed.clone()),
        message(1, placed),
        message(2, json!({})),
        message(3, json!({"value": null})),
    ];
    let store = written("m.jsonl", &lines.join("\n"));
    assert_eq!(store.layout(), "kcat");
    let exist = ["o-0", "o-1", "o-2", "o-3"].map(|key| store.at_head(key).exists);
    assert_eq!(exist, [true, true, true, false]);
}

#[test]
fn a_time_that_kafka_does_not_know_is_none() {
    let line = |n: u32| {
        json!({"topic": "orders", "partition": 0, "offset": n, "tstype": "unknown", "ts": -1, "broker": 1, "headers": ["ce_type", "Placed"], "key": "o-0", "payload": "{}"}).to_string()
    };
    let store = written("m.jsonl", &[line(0), line(1)].join("\n"));
    assert_eq!((store.layout(), store.log.len()), ("kcat", 2));
    assert!(!store.log.has_clock(store.log.default_clock()));
    assert_eq!(store.problems(), [""; 0]);
}

#[test]
fn a_view_of_a_table_is_not_read_beside_it() {
    let made = made(
        "CREATE TABLE pokemon_events(id INTEGER PRIMARY KEY, aggregate_name VARCHAR(32), aggregate_id VARCHAR(64), version BIGINT, type VARCHAR(64), data TEXT, metadata TEXT, timestamp TEXT);
         INSERT INTO pokemon_events VALUES (1, 'ORDERS', '0', 1, 'Placed', '{}', NULL, '2024-03-01T08:00:00.123Z');
         CREATE VIEW event AS SELECT * FROM pokemon_events;",
    );
    let store = Opened::open(&made.path);
    assert_eq!((store.layout(), store.log.len()), ("castore", 1));
}
