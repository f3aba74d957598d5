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
        serde_json::json!({"output": {"order": 7}, "status": "SUCCESS"})
    );
    // Of how it ends nothing is known at its start.
    let first = store.events("w-1")[0];
    assert_eq!(
        store.data(first),
        serde_json::json!({"executor_id": "local"})
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

/// What the events of a stream are called.
fn kinds(store: &Opened, stream: &str) -> Vec<String> {
    let events = store.events(stream);
    let kinds = events.iter().map(|event| store.kind(*event).to_owned());
    kinds.collect()
}

fn categories(store: &Opened) -> Vec<&str> {
    store.log.categories().iter().collect()
}

/// DBOS writes of a run whole seconds, and of one that never waited in a queue no start.
#[test]
fn a_run_begins_before_its_steps_and_ends_after_them_whatever_the_digits() {
    let steps = "create table operation_outputs (workflow_uuid text, function_id integer, function_name text, output text, error text,
         started_at_epoch_ms bigint, completed_at_epoch_ms bigint, primary key (workflow_uuid, function_id));
       insert into operation_outputs values ('w-1', 1, 'reserve', NULL, NULL, 1795689052960, 1795689052967),
         ('w-1', 2, 'pay', NULL, NULL, 1795689053020, 1795689053021);";
    let runs = "create table workflow_status (workflow_uuid text primary key, status text, name text, inputs text,
         created_at integer, updated_at integer, started_at_epoch_ms integer, completed_at bigint, recovery_attempts integer);
       insert into workflow_status values ('w-1', 'SUCCESS', 'checkout', '[7]', 1795689052000, 1795689053000, NULL, NULL, 1);";
    let file = made(&format!("{runs}{steps}"));
    let store = Opened::open(&file.path);
    let expected = [
        "checkout started",
        "reserve started",
        "reserve completed",
        "pay started",
        "pay completed",
        "checkout completed",
    ];
    assert_eq!(kinds(&store, "w-1"), expected);
    let data = |at: usize| store.data(store.events("w-1")[at]);
    assert_eq!(data(0), serde_json::json!({"inputs": [7]}));
    assert_eq!(
        data(5),
        serde_json::json!({"status": "SUCCESS", "recovery_attempts": 1})
    );
    // Where nothing tells when steps were done, there are the runs.
    let steps = "create table operation_outputs (workflow_uuid text, function_id integer, function_name text, output text,
         primary key (workflow_uuid, function_id));
       insert into operation_outputs values ('w-1', 1, 'reserve', NULL);
       create table notifications (destination_uuid text, topic text, message text, created_at_epoch_ms integer, message_uuid text);";
    let store = Opened::open(&made(&format!("{runs}{steps}")).path);
    assert_eq!(
        kinds(&store, "w-1"),
        ["checkout started", "checkout completed"]
    );
}

/// Airflow's runs are named by their schedule, so that two workflows have runs of one name; Prefect's
/// have names made up by chance, and their workflow in a table beside.
#[test]
fn runs_are_of_the_workflow_that_their_tables_name() {
    let airflow = "create table dag_run (id integer primary key, dag_id text, execution_date text, start_date text, end_date text, state text, run_id text);
       create table task_instance (task_id text, dag_id text, run_id text, start_date text, end_date text, duration float, state text, try_number integer,
         primary key (dag_id, task_id, run_id));
       create table log (id integer primary key, dttm text, dag_id text, task_id text, event text, owner text);
       insert into log values (1, '2024-03-01 08:00:00', 'etl', 'load', 'cli_task_run', 'airflow'), (2, '2024-03-01 08:00:01', 'etl', 'load', 'running', 'airflow');
       insert into dag_run values (1, 'etl', '2024-03-01 08:00:00', '2024-03-01 08:00:00', '2024-03-01 08:07:00', 'success', 'daily'),
         (2, 'mail', '2024-03-01 08:00:00', '2024-03-01 08:01:00', NULL, 'running', 'daily');
       insert into task_instance values ('load', 'etl', 'daily', '2024-03-01 08:00:30', '2024-03-01 08:01:00', 30, 'failed', 1),
         ('send', 'mail', 'daily', '2024-03-01 08:01:30', NULL, NULL, 'running', 1);";
    let store = Opened::open(&made(airflow).path);
    let expected = [
        "etl started",
        "load started",
        "load failed",
        "etl completed",
    ];
    assert_eq!(kinds(&store, "etl/daily"), expected);
    assert_eq!(
        kinds(&store, "mail/daily"),
        ["mail started", "send started"]
    );
    assert_eq!(categories(&store), ["etl", "mail"]);

    let prefect = "create table flow (id text primary key, name text);
       create table flow_run (id text primary key, created text, updated text, name text, flow_id text, state_type text, start_time text, end_time text);
       create table flow_run_state (id text primary key, created text, flow_run_id text, type text, timestamp text, name text);
       create table task_run (id text primary key, created text, name text, flow_run_id text, task_key text, state_type text, start_time text, end_time text);
       insert into flow values ('f-1', 'nightly');
       insert into flow_run values ('r-1', '2024-03-01T08:00:00Z', '2024-03-01T08:09:00Z', 'brave-otter', 'f-1', 'COMPLETED', '2024-03-01T08:00:00Z', '2024-03-01T08:07:00Z'),
         ('r-2', '2024-03-01T09:00:00Z', '2024-03-01T09:09:00Z', 'calm-ibis', 'f-1', 'CRASHED', '2024-03-01T09:00:00Z', '2024-03-01T09:07:00Z');
       insert into flow_run_state values ('s-1', '2024-03-01T08:00:00Z', 'r-1', 'PENDING', '2024-03-01T08:00:00Z', 'Pending'),
         ('s-2', '2024-03-01T08:07:00Z', 'r-1', 'COMPLETED', '2024-03-01T08:07:00Z', 'Completed');
       insert into task_run values ('t-1', '2024-03-01T08:01:00Z', 'extract-0', 'r-1', 'extract', 'COMPLETED', '2024-03-01T08:01:00Z', '2024-03-01T08:02:00Z');";
    let store = Opened::open(&made(prefect).path);
    let expected = [
        "nightly started",
        "extract started",
        "extract completed",
        "nightly completed",
    ];
    assert_eq!(kinds(&store, "r-1"), expected);
    assert_eq!(kinds(&store, "r-2"), ["nightly started", "nightly failed"]);
    assert_eq!(categories(&store), ["nightly"]);
}

/// Other names, other ways to tell an end.
#[test]
fn runs_and_steps_of_other_names_are_read_alike() {
    let sagas = "create table saga_instances (saga_id text primary key, saga_type text, status text, created_at text, updated_at text);
       create table saga_steps (saga_id text, step_no int, step_name text, status text, executed_at text, compensated_at text);
       insert into saga_instances values ('s-1', 'Order', 'COMPENSATED', '2024-03-01T08:00:00Z', '2024-03-01T08:14:00Z'),
         ('s-2', 'Order', 'RUNNING', '2024-03-01T08:20:00Z', '2024-03-01T08:21:00Z');
       insert into saga_steps values ('s-1', 0, 'reserve', 'COMPENSATED', '2024-03-01T08:01:00Z', '2024-03-01T08:10:00Z'),
         ('s-2', 0, 'reserve', 'COMPLETED', '2024-03-01T08:20:30Z', NULL);";
    let file = made(sagas);
    let store = Opened::open(&file.path);
    let expected = [
        "Order started",
        "reserve completed",
        "reserve compensated",
        "Order compensated",
    ];
    assert_eq!(kinds(&store, "s-1"), expected);
    assert_eq!(kinds(&store, "s-2"), ["Order started", "reserve completed"]);
    // That it was compensated was not known when it was done.
    assert_eq!(store.data(store.events("s-1")[1]), serde_json::json!({}));

    let pipelines = "create table pipeline_runs (id integer primary key, pipeline text, status text, started_at text, duration_ms int);
       create table pipeline_stages (id integer primary key, pipeline_run_id integer, stage text, status text, started_at text, duration_ms int);
       insert into pipeline_runs values (1, 'ci', 'failure', '2024-03-01T08:00:00Z', 60250);
       insert into pipeline_stages values (1, 1, 'build', 'success', '2024-03-01T08:00:01Z', 5000), (2, 1, 'test', 'failure', '2024-03-01T08:00:07Z', 50000);";
    let store = Opened::open(&made(pipelines).path);
    let expected = [
        "ci started",
        "build started",
        "build completed",
        "test started",
        "test failed",
        "ci failed",
    ];
    assert_eq!(kinds(&store, "1"), expected);
    let last = *store.events("1").last().unwrap();
    assert_eq!(store.time(last), "2024-03-01T08:01:00.250000Z");

    let numbered = "create table workflow_instances (instance_id text primary key, workflow_type text, status integer, created text, completed text);
       create table activity_executions (instance_id text, sequence int, activity_name text, status integer, scheduled text, completed text, output text);
       insert into workflow_instances values ('i-1', 'pay', 2, '2024-03-01T08:00:00Z', '2024-03-01T08:07:00Z'), ('i-2', 'pay', 1, '2024-03-01T08:00:00Z', NULL);
       insert into activity_executions values ('i-1', 0, 'charge', 1, '2024-03-01T08:00:10Z', '2024-03-01T08:01:00Z', '1');";
    let store = Opened::open(&made(numbered).path);
    let expected = [
        "pay started",
        "charge started",
        "charge completed",
        "pay ended",
    ];
    assert_eq!(kinds(&store, "i-1"), expected);
    assert_eq!(kinds(&store, "i-2"), ["pay started"]);

    let plain = "create table runs (id integer primary key, flow text, status text, started text, ended text);
       create table steps (id integer primary key, run integer, step text, status text, started text, ended text);
       insert into runs values (1, 'f', 'completed', '2024-03-01T08:00:00Z', '2024-03-01T08:07:00Z');
       insert into steps values (1, 1, 'a', 'completed', '2024-03-01T08:00:01Z', '2024-03-01T08:00:21Z');";
    let store = Opened::open(&made(plain).path);
    assert_eq!(
        kinds(&store, "1"),
        ["f started", "a started", "a completed", "f completed"]
    );
}

/// What belongs to something with a status is no step of it yet.
#[test]
fn an_orders_items_are_no_steps() {
    let made = made(
        "create table orders (id integer primary key, status text, created_at text, updated_at text);
         create table order_items (id integer primary key, order_id integer, name text, created_at text, updated_at text);
         insert into orders values (1, 'completed', '2024-03-01T08:00:00Z', '2024-03-01T08:07:00Z');
         insert into order_items values (1, 1, 'Pen', '2024-03-01T08:00:00Z', '2024-03-01T08:00:00Z');",
    );
    let opened = Opened::with(&made.path, &OpenOptions::default());
    let is_workflow = opened.is_ok_and(|store| store.layout() == "workflow-tables");
    assert!(!is_workflow);
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

/// Streams in rounds: none comes twice among the rows that are looked at, and the version is one all the
/// same, with its gaps.
#[test]
fn versions_of_streams_in_rounds_are_read() {
    let mut sql = String::from(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER, event_type TEXT, data TEXT);",
    );
    let versions = [(1, "Placed"), (2, "Paid"), (4, "Shipped"), (5, "Closed")];
    let mut position = 0;
    for (version, event_type) in versions {
        for stream in 0..200 {
            position += 1;
            sql.push_str(&format!(
                "INSERT INTO events VALUES ({position}, 'order-{stream:03}', {version}, '{event_type}', '{{}}');"
            ));
        }
    }
    let made = made(&sql);
    let store = Opened::open(&made.path);
    let events = store.events("order-007");
    let versions: Vec<i64> = events
        .iter()
        .map(|event| store.log.version(*event).0)
        .collect();
    assert_eq!(versions, [1, 2, 4, 5]);
}

/// A row behind a hole in the keys is looked at once, and changes nothing for other streams.
#[test]
fn a_row_behind_a_hole_in_the_keys_changes_no_other_stream() {
    let mut sql = String::from(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER, event_type TEXT, data TEXT);",
    );
    let mut position = 0;
    for version in [2, 4, 5] {
        for stream in 0..20 {
            position += 1;
            sql.push_str(&format!(
                "INSERT INTO events VALUES ({position}, 'order-{stream:03}', {version}, 'Paid', '{{}}');"
            ));
        }
    }
    sql.push_str("INSERT INTO events VALUES (9999, 'order-x', 1, 'Placed', '{}');");
    let made = made(&sql);
    let store = Opened::open(&made.path);
    let events = store.events("order-007");
    let versions: Vec<i64> = events
        .iter()
        .map(|event| store.log.version(*event).0)
        .collect();
    assert_eq!(versions, [2, 4, 5]);
}
