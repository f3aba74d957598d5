//! Stores that no layout knows, read by what their columns are called and look like.

use asof::model::{EventIx, Task};
use asof::store::layout::{Role, built_in, recognise_sqlite};
use asof::store::sqlite::facts_of;
use asof::store::{OpenOptions, Store};

use crate::made::made;
use crate::opened::{Opened, fixture};

#[test]
fn positions_that_come_again_leave_the_order_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let order = |name: &str, versions: [i64; 4]| {
        let rows = [(1, "a", 50), (1, "b", 10), (2, "a", 40), (2, "b", 20)];
        let lines = rows.iter().zip(versions).zip(0..).map(|((row, version), n)| {
            let (position, stream, second) = row;
            format!(
                r#"{{"position":{position},"stream":"{stream}-1","version":{version},"type":"Noted","time":"2024-01-01T12:00:{second}Z","data":{{"n":{n}}}}}"#
            )
        });
        let path = folder.path().join(name);
        std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
        let store = Opened::open(&path);
        assert!(!store.log.has_own_positions());
        let read = store
            .log
            .events()
            .map(|event| store.data(event)["n"].clone());
        serde_json::Value::from_iter(read).to_string()
    };
    assert_eq!(order("ascending.jsonl", [1, 1, 2, 2]), "[0,1,2,3]");
    // Versions that run backwards tell that the file has no order.
    assert_eq!(order("backwards.jsonl", [2, 1, 1, 2]), "[1,3,2,0]");
}

/// Without its own layout, the copies of events in the outbox and among the dead letters are decoys.
#[test]
fn eventsource_py_is_told_from_its_decoys() {
    let path = fixture("eventsource_py_orders/store.db");
    let facts = facts_of(&path, &Task::new()).unwrap();
    let others: Vec<_> = built_in()
        .into_iter()
        .filter(|layout| layout.id != "eventsource-py")
        .collect();
    let best = recognise_sqlite(&facts, &others).unwrap().best;
    assert_eq!(best.layout.id, "generic");
    assert_eq!(best.layout.events.from, "\"events\"");
    let column = |role| best.layout.column(role).map(ToString::to_string);
    assert_eq!(column(Role::Stream).as_deref(), Some("\"aggregate_id\""));
    assert_eq!(
        column(Role::Category).as_deref(),
        Some("\"aggregate_type\"")
    );
    assert_eq!(column(Role::Type).as_deref(), Some("\"event_type\""));
    assert_eq!(column(Role::Version).as_deref(), Some("\"version\""));
    assert_eq!(column(Role::EventId).as_deref(), Some("\"event_id\""));
    assert_eq!(column(Role::RecordedAt).as_deref(), Some("\"timestamp\""));
    assert_eq!(column(Role::Payload).as_deref(), Some("\"payload\""));
    assert!(
        best.reasons
            .iter()
            .any(|(reason, _)| reason.contains("its ids repeat"))
    );

    let guessed = Opened::by(&path, best.layout);
    assert_eq!((guessed.log.len(), guessed.log.streams().len()), (143, 29));
}

#[test]
fn every_known_store_says_why_and_what_it_would_be_otherwise() {
    let open = |name: &str| Store::open(&fixture(name), &OpenOptions::default(), &Task::new());
    let store = open("es_py_bank/store.db").unwrap();
    let recognition = store.recognition();
    assert!(recognition.confidence > 90);
    assert!(
        recognition
            .reasons
            .iter()
            .any(|(reason, _)| reason.contains("stored_events"))
    );
    let (runner_up, confidence) = recognition.runner_up.as_ref().unwrap();
    assert_eq!(runner_up, "Generic event table");
    assert!(*confidence <= 70);
    // Correlation and causation ids are looked for within the states, so they are not lacking.
    let lacks = [
        "schema version",
        "event id",
        "occurred time",
        "metadata",
        "checkpoints",
        "checkpoint history",
        "outbox",
        "processed messages",
        "dead letters",
        "saga states",
        "schema registry",
        "commands",
    ];
    assert_eq!(store.lacks(), lacks);
}

/// As DBOS and its like have them: a row for each run, written over, and one for each of its steps.
#[test]
fn runs_and_steps_of_workflows_are_events() {
    let made = made(
        r#"create table workflow_status (workflow_uuid text primary key, status text, name text, output text, error text,
             created_at bigint, updated_at bigint, executor_id text);
           create table operation_outputs (workflow_uuid text not null, function_id integer not null, function_name text,
             output text, error text, started_at_epoch_ms bigint, completed_at_epoch_ms bigint, primary key (workflow_uuid, function_id));
           insert into workflow_status values
             ('w-1', 'SUCCESS', 'checkout', '{"order":7}', NULL, 1714557600000, 1714557605000, 'local'),
             ('w-2', 'ERROR', 'checkout', NULL, 'no stock', 1714557601000, 1714557603000, 'local'),
             ('w-3', 'PENDING', 'refund', NULL, NULL, 1714557602000, 1714557602000, 'local');
           insert into operation_outputs values
             ('w-1', 0, 'reserve', '1', NULL, 1714557600100, 1714557600500),
             ('w-1', 1, 'pay', '{"paid":true}', NULL, 1714557600600, 1714557604000),
             ('w-2', 0, 'reserve', NULL, 'no stock', 1714557601100, 1714557602900);"#,
    );
    let mut store = Opened::open(&made.path);
    assert_eq!(store.layout(), "workflow-tables");
    assert_eq!(store.problems(), [""; 0]);
    let told = |store: &Opened, stream: &str| -> Vec<String> {
        let events = store.events(stream);
        let told = events
            .iter()
            .map(|event| format!("{} {}", store.kind(*event), &store.time(*event)[14..23]));
        told.collect()
    };
    let expected = [
        "checkout started 00:00.000",
        "reserve started 00:00.100",
        "reserve completed 00:00.500",
        "pay started 00:00.600",
        "pay completed 00:04.000",
        "checkout completed 00:05.000",
    ];
    assert_eq!(
        told(&store, "w-1")
            .iter()
            .map(|line| line.replace("10:", ""))
            .collect::<Vec<_>>(),
        expected
    );
    assert_eq!(told(&store, "w-2").len(), 4);
    assert!(told(&store, "w-2")[2].starts_with("reserve failed"));
    assert!(told(&store, "w-2")[3].starts_with("checkout failed"));
    assert_eq!(told(&store, "w-3").len(), 1);
    let categories: Vec<&str> = store.log.categories().iter().collect();
    assert_eq!(categories, ["checkout", "refund"]);
    let last = store.events("w-1")[5];
    assert_eq!(
        store.data(last),
        serde_json::json!({"output": {"order": 7}})
    );
    let failed = store.events("w-2")[2];
    assert_eq!(store.data(failed), serde_json::json!({"error": "no stock"}));
    assert_eq!(store.metadata(failed), serde_json::json!({"step": 0}));

    // A run that goes on is written over: what was read is read anew.
    let writer = rusqlite::Connection::open(&made.path).unwrap();
    let go_on = "update workflow_status set status = 'CANCELLED', updated_at = 1714557609000 where workflow_uuid = 'w-3'";
    writer.execute_batch(go_on).unwrap();
    assert_eq!(store.follow(), asof::store::Followed::Rewritten);
    let again = Opened::open(&made.path);
    assert!(told(&again, "w-3")[1].starts_with("refund cancelled"));
}

/// A fifth of the values may say something else: they are told of, and the rest is the time.
#[test]
fn a_time_with_odd_values_is_the_time_all_the_same() {
    let store = |time: &str| {
        let made = made(&format!(
            "create table events (id integer primary key, stream text, event_type text, data text, {time} text);
             insert into events with recursive i(n) as (select 1 union all select n + 1 from i where n < 40)
             select n, 'thing-' || (n % 4), iif(n % 2, 'Paid', 'Placed'), '{{}}',
               iif(n % 5, datetime('2024-01-01', n || ' hours'), 'n/a') from i;"
        ));
        Opened::open(&made.path)
    };
    for name in ["created_at", "stamped"] {
        let store = store(name);
        assert_eq!(
            store.time(EventIx(0)),
            "2024-01-01T01:00:00.000000Z",
            "{name}"
        );
        let problems = store.problems();
        let expected =
            "row 5: Its recorded time cannot be read: “n/a” is not a time in any known spelling";
        assert_eq!((problems.len(), problems[0].as_str()), (8, expected));
    }
}

/// Half of them are too few where nothing says that it should be a time: then that is said.
#[test]
fn a_column_that_is_no_time_is_named() {
    let made = made(
        "create table events (id integer primary key, stream text, event_type text, data text, due text);
         insert into events with recursive i(n) as (select 1 union all select n + 1 from i where n < 40)
         select n, 'thing-' || (n % 4), iif(n % 2, 'Paid', 'Placed'), '{}',
           iif(n % 2, datetime('2024-01-01', n || ' hours'), 'soon') from i;",
    );
    let store = Opened::open(&made.path);
    let told = "`due` of table `events` is not taken for the time, since ";
    let reasons = &store.store.recognition().reasons;
    let told = |(reason, points): &(String, u32)| reason.starts_with(told) && *points == 0;
    assert!(reasons.iter().any(told), "{reasons:?}");
}
