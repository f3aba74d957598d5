//! Stores whose tables say by their keys, their neighbours and their values what they are.

use asof::log::{Bound, CauseRef, Says, SideKind, SideRow};
use serde_json::json;

use crate::foreign::{category, kinds, opened, streams, versions};
use crate::opened::Opened;

/// The rows of a kind; none of them may be in doubt.
fn rows(store: &Opened, kind: SideKind) -> Vec<SideRow> {
    let mut rows = Vec::new();
    let each = &mut |row: Result<SideRow, _>| rows.push(row.unwrap());
    store.store.rows().rows(kind, &store.task, each).unwrap();
    rows
}

/// Each consumer with the place in the log that it has come to.
fn consumers(store: &Opened) -> Vec<(String, Option<usize>)> {
    let consumer = |row: &SideRow| {
        let Says::Checkpoint(own) = &row.says else {
            return None;
        };
        let mark = own.reached.as_ref();
        let bound = mark.and_then(|mark| store.log.reached(row.file, mark));
        let at = match bound {
            Some(Bound::Event(event)) => Some(event.at()),
            _ => None,
        };
        Some((own.consumer.clone(), at))
    };
    let all = rows(store, SideKind::Checkpoints);
    all.iter().filter_map(consumer).collect()
}

#[test]
fn a_run_does_not_end_before_it_begins() {
    let store = opened(
        "CREATE TABLE workflow_runs (run_id TEXT PRIMARY KEY, name TEXT, status TEXT, created_at INTEGER, started_at INTEGER, updated_at INTEGER);
         CREATE TABLE run_steps (run_id TEXT, step_id INTEGER, step_name TEXT, output TEXT, PRIMARY KEY (run_id, step_id)); INSERT INTO run_steps VALUES ('r1', 1, 'send', '1');
         INSERT INTO workflow_runs VALUES ('r1', 'mail', 'SUCCESS', 1709280000000, 1709280001357, 1709280001000), ('r2', 'mail', 'ERROR', 1709280002000, 1709280002100, 1709280004000);",
    );
    assert_eq!(kinds(&store, "r1"), ["mail started", "mail completed"]);
    let end = store.events("r1")[1];
    assert_eq!(store.time(end), "2024-03-01T08:00:01.357000Z");
    let end = store.events("r2")[1];
    assert_eq!(store.time(end), "2024-03-01T08:00:04.000000Z");
}

#[test]
fn what_runs_were_begun_with_and_what_came_of_them_may_stand_in_tables_of_their_own() {
    let store = opened(
        "CREATE TABLE workflow_runs (id TEXT PRIMARY KEY, parent_run_id TEXT REFERENCES workflow_runs(id), workflow_name TEXT, status TEXT, correlation_id TEXT, inputs TEXT, started_at TEXT, finished_at TEXT);
         CREATE TABLE run_inputs (run_id TEXT PRIMARY KEY, inputs TEXT); CREATE TABLE run_outputs (run_id TEXT PRIMARY KEY, output TEXT, error TEXT);
         CREATE TABLE workflow_steps (id INTEGER PRIMARY KEY, run_id TEXT, step_name TEXT, status TEXT, started_at TEXT, finished_at TEXT);
         INSERT INTO workflow_runs VALUES ('r0', NULL, 'order', 'succeeded', 'c0', NULL, '2024-03-01 08:00:00.1', '2024-03-01 08:50:00.1'), ('r1', 'r0', 'mail', 'failed', 'c0', NULL, '2024-03-01 09:00:00.1', '2024-03-01 09:50:00.1');
         INSERT INTO run_inputs VALUES ('r0', '{\"n\":0}'), ('r1', '{\"n\":1}'); INSERT INTO run_outputs VALUES ('r0', '7', NULL), ('r1', NULL, '{\"m\":\"x\"}');
         INSERT INTO workflow_steps VALUES (1, 'r0', 'pay', 'succeeded', '2024-03-01 08:05:00.1', '2024-03-01 08:08:00.1');",
    );
    let of = |stream: &str| -> Vec<_> { store.events(stream) };
    assert_eq!(store.data(of("r0")[0])["inputs"], json!({"n": 0}));
    let [start, end] = of("r1")[..] else {
        panic!("a beginning and an end");
    };
    assert_eq!(store.data(end)["error"], json!({"m": "x"}));
    assert_eq!(store.data(start).get("correlation_id"), None);
    // All of both, the step included.
    assert_eq!(store.log.correlated(start).len(), 6);
    match store.log.cause(start) {
        Some(CauseRef::Event(cause)) => assert_eq!(cause, of("r0")[0]),
        _ => panic!("caused by the run that began it"),
    }
}

#[test]
fn jobs_without_a_status_end_or_stand_among_those_that_failed() {
    let store = opened(
        "CREATE TABLE solid_queue_jobs (id INTEGER PRIMARY KEY, class_name TEXT, arguments TEXT, finished_at TEXT, created_at TEXT, updated_at TEXT);
         CREATE TABLE solid_queue_failed_executions (id INTEGER PRIMARY KEY, job_id INT UNIQUE, error TEXT, created_at TEXT);
         INSERT INTO solid_queue_jobs VALUES (1, 'PayJob', '{\"n\":0}', '2024-03-01 08:00:30.123456', '2024-03-01 08:00:00.123456', '2024-03-01 08:00:30.123456'), (2, 'MailJob', '{\"n\":1}', NULL, '2024-03-01 08:07:00.123456', '2024-03-01 08:07:00.123456');
         INSERT INTO solid_queue_failed_executions VALUES (1, 2, '{\"message\":\"boom\"}', '2024-03-01 08:09:00.123456');",
    );
    assert_eq!(store.layout(), "workflow-tables");
    // Nothing says how it ended.
    assert_eq!(kinds(&store, "1"), ["PayJob started", "PayJob ended"]);
    assert_eq!(kinds(&store, "2"), ["MailJob started", "MailJob failed"]);
    let failed = store.data(store.events("2")[1]);
    assert_eq!(failed["error"], json!({"message": "boom"}));
    assert_eq!(category(&store, "2"), "MailJob");
}

#[test]
fn a_counter_is_no_table_of_events() {
    let store = opened(
        "CREATE TABLE app_event (id INTEGER PRIMARY KEY, channel TEXT, type TEXT, data TEXT, eid INTEGER, created TEXT);
         CREATE TABLE app_eventcounter (id INTEGER PRIMARY KEY, name TEXT UNIQUE, value INTEGER, updated TEXT);
         INSERT INTO app_eventcounter VALUES (1, 'order-0', 2, '2024-03-01 08:30:00.1'), (2, 'order-1', 2, '2024-03-01 08:30:00.1'), (3, 'order-2', 2, '2024-03-01 08:30:00.1');
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 8)
         INSERT INTO app_event SELECT n + 1, 'order-' || (n % 3), iif(n < 3, '', 'message'), iif(n < 3, '', json_object('n', n)), n / 3, printf('2024-03-01 08:%02d:00.1', n) FROM i;",
    );
    assert_eq!(store.log.len(), 9);
    assert_eq!(streams(&store), ["order-0", "order-1", "order-2"]);
    assert_eq!(store.kind(store.events("order-1")[2]), "message");
}

#[test]
fn a_number_beside_an_id_may_be_its_kind_in_a_table_of_kinds() {
    let store = opened(
        "CREATE TABLE auditlog_logentry (id INTEGER PRIMARY KEY, object_id BIGINT, action SMALLINT, changes TEXT, timestamp TEXT, content_type_id INTEGER);
         CREATE TABLE django_content_type (id INTEGER PRIMARY KEY, app_label TEXT, model TEXT);
         INSERT INTO django_content_type VALUES (7, 'shop', 'order'), (8, 'shop', 'user');
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 11)
         INSERT INTO auditlog_logentry SELECT n + 1, n % 2, n / 4, json_object('n', n), printf('2024-03-01 08:%02d:00.1', n), 7 + (n / 2) % 2 FROM i;",
    );
    assert_eq!(streams(&store), ["order-0", "order-1", "user-0", "user-1"]);
    assert_eq!(category(&store, "user-0"), "user");
}

#[test]
fn the_primary_key_says_which_number_counts_within_what() {
    let store = opened(
        "CREATE TABLE burr_state (partition_key TEXT, app_id TEXT NOT NULL, sequence_id INTEGER NOT NULL, position TEXT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL, created_at TIMESTAMP, PRIMARY KEY (partition_key, app_id, sequence_id, position));
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 11)
         INSERT INTO burr_state SELECT 'user-' || (n / 4 % 2), 'app-' || (n / 4), n % 4, iif(n % 4 = 3, 'fin', 'inc'), 'completed', json_object('n', n), printf('2024-03-01 08:%02d:00', n) FROM i;",
    );
    assert_eq!(streams(&store), ["app-0", "app-1", "app-2"]);
    assert_eq!(versions(&store, "app-1"), [0, 1, 2, 3]);
    assert_eq!(kinds(&store, "app-2"), ["inc", "inc", "inc", "fin"]);
}

#[test]
fn six_roles_by_their_values_are_enough() {
    let sql = "CREATE TABLE ereignisse (lfdnr INTEGER PRIMARY KEY, vorgang TEXT, nr INTEGER, art TEXT, inhalt TEXT, zeitpunkt TEXT);
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 11)
         INSERT INTO ereignisse SELECT n + 1, 'auftrag-' || (n % 3), n / 3 + 1, json_extract('[\"OrderPlaced\",\"ItemAdded\",\"OrderPaid\",\"OrderShipped\"]', '$[' || (n / 3) || ']'), json_object('n', n), printf('2024-03-01 08:%02d:00.1', n) FROM i;";
    let store = opened(sql);
    assert_eq!(streams(&store), ["auftrag-0", "auftrag-1", "auftrag-2"]);
    assert_eq!(versions(&store, "auftrag-1"), [1, 2, 3, 4]);
    assert_eq!(store.kind(store.events("auftrag-0")[3]), "OrderShipped");
    assert_eq!(store.log.position(store.events("auftrag-0")[1]).0, 4);
}

#[test]
fn histories_of_rows_have_their_times_in_the_table_of_changes() {
    let store = opened(
        "CREATE TABLE REVINFO (REV INTEGER PRIMARY KEY, REVTSTMP BIGINT);
         CREATE TABLE CUSTOMER_AUD (ID BIGINT NOT NULL, REV INTEGER NOT NULL, REVTYPE TINYINT, NAME TEXT, PRIMARY KEY(ID, REV));
         CREATE TABLE ORDERS_AUD (ID BIGINT NOT NULL, REV INTEGER NOT NULL, REVEND INTEGER, REVTYPE TINYINT, TOTAL DECIMAL, PRIMARY KEY(ID, REV));
         INSERT INTO REVINFO VALUES (1, 1709280000123), (2, 1709280420124), (3, 1709280840125);
         INSERT INTO CUSTOMER_AUD VALUES (1, 1, 0, 'Ann'), (1, 3, 2, NULL); INSERT INTO ORDERS_AUD VALUES (1, 1, 2, 0, 10), (1, 2, NULL, 1, 30);",
    );
    assert_eq!(streams(&store), ["CUSTOMER-1", "ORDERS-1"]);
    let expected = ["ORDERS inserted", "ORDERS updated"];
    assert_eq!(kinds(&store, "ORDERS-1"), expected);
    let expected = ["CUSTOMER inserted", "CUSTOMER deleted"];
    assert_eq!(kinds(&store, "CUSTOMER-1"), expected);
    let orders = store.events("ORDERS-1");
    assert_eq!(store.time(orders[1]), "2024-03-01T08:07:00.124000Z");
    // When a state came to an end is not known before that.
    assert_eq!(store.data(orders[0]), json!({"TOTAL": 10}));
}

#[test]
fn offsets_as_texts_are_positions() {
    let store = opened(
        "CREATE TABLE event_store (global_offset INTEGER PRIMARY KEY, stream_id TEXT, stream_version INTEGER, event_type TEXT, payload TEXT, created_at TEXT);
         CREATE TABLE projection_offset_store (projection_name TEXT, projection_key TEXT, current_offset TEXT, manifest TEXT, mergeable INT, last_updated INTEGER, PRIMARY KEY(projection_name, projection_key));
         INSERT INTO event_store VALUES (1, 'order-1', 1, 'OrderPlaced', '{}', '2024-03-01 08:00:00'), (2, 'order-1', 2, 'OrderPaid', '{}', '2024-03-01 08:01:00'), (3, 'order-2', 1, 'OrderPlaced', '{}', '2024-03-01 08:02:00'), (4, 'order-2', 2, 'OrderPaid', '{}', '2024-03-01 08:03:00');
         INSERT INTO projection_offset_store VALUES ('mailer', 'all', '3', 'SEQ', 0, 1709280000123);",
    );
    assert_eq!(consumers(&store), [("mailer".to_owned(), Some(2))]);
}

/// Marten 7 and later have no snapshots among their streams.
#[test]
fn a_side_table_of_which_the_newer_versions_have_no_columns_is_absent() {
    let store = opened(
        "CREATE TABLE mt_streams (id varchar PRIMARY KEY, type varchar, version bigint, timestamp timestamptz, created timestamptz, tenant_id varchar, is_archived bool DEFAULT 0);
         CREATE TABLE mt_events (seq_id bigint PRIMARY KEY, id uuid, stream_id varchar, version bigint, data jsonb, type varchar, timestamp timestamptz, tenant_id varchar, mt_dotnet_type varchar, is_archived bool DEFAULT 0);
         CREATE TABLE mt_event_progression (name varchar PRIMARY KEY, last_seq_id bigint, last_updated timestamptz);
         INSERT INTO mt_streams VALUES ('order-1', 'order', 1, '2024-03-01 08:00:00+00', '2024-03-01 08:00:00+00', '*DEFAULT*', 0);
         INSERT INTO mt_events VALUES (1, 'c9f80afe-ab7d-54ba-87a3-c7af16363e6f', 'order-1', 1, '{}', 'order_placed', '2024-03-01 08:00:00+00', '*DEFAULT*', 'A, B', 0);
         INSERT INTO mt_event_progression VALUES ('HighWaterMark', 1, NULL), ('Orders:All', 1, NULL);",
    );
    assert_eq!(store.layout(), "marten");
    assert_eq!(store.problems(), [""; 0]);
    assert_eq!(rows(&store, SideKind::Snapshots).len(), 0);
    assert_eq!(consumers(&store), [("Orders:All".to_owned(), Some(0))]);
}

/// As Polecat has them, and whoever lays out their tables so.
#[test]
fn the_head_of_a_store_is_no_consumer() {
    let store = opened(
        "CREATE TABLE pc_events (seq_id INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER, type TEXT, data TEXT, timestamp TEXT);
         CREATE TABLE pc_event_progression (name TEXT PRIMARY KEY, last_seq_id INTEGER, last_updated TEXT);
         INSERT INTO pc_events VALUES (1, 'order-1', 1, 'OrderPlaced', '{}', '2024-03-01 08:00:00'), (2, 'order-1', 2, 'OrderPaid', '{}', '2024-03-01 08:01:00'), (3, 'order-2', 1, 'OrderPlaced', '{}', '2024-03-01 08:02:00'), (4, 'order-2', 2, 'OrderPaid', '{}', '2024-03-01 08:03:00');
         INSERT INTO pc_event_progression VALUES ('HighWaterMark', 4, '2024-03-01 08:03:00'), ('Orders:All', 3, '2024-03-01 08:02:00');",
    );
    assert_eq!(consumers(&store), [("Orders:All".to_owned(), Some(2))]);
}

/// The messages in which consumers of message-db write down their places are none that they wait for.
#[test]
fn the_places_of_consumers_are_no_category_of_theirs() {
    let store =
        opened(&std::fs::read_to_string(crate::opened::fixture("layouts/message-db.sql")).unwrap());
    let all = rows(&store, SideKind::Checkpoints);
    let categories = all.into_iter().filter_map(|row| match row.says {
        Says::Checkpoint(own) => Some(own.categories),
        _ => None,
    });
    let categories: Vec<String> = categories.flatten().collect();
    assert_eq!(categories, ["account:command", "account"]);
}

#[test]
fn numbers_for_what_was_done_are_read_as_words() {
    let store = opened(
        "CREATE TABLE auditlog_logentry (id INTEGER PRIMARY KEY, object_pk TEXT, object_id BIGINT, action SMALLINT, changes TEXT, timestamp TEXT, content_type_id INTEGER);
         CREATE TABLE django_content_type (id INTEGER PRIMARY KEY, app_label TEXT, model TEXT);
         INSERT INTO django_content_type VALUES (7, 'shop', 'order');
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 5)
         INSERT INTO auditlog_logentry SELECT n + 1, n % 2, n % 2, n / 2, json_object('n', n), printf('2024-03-01 08:%02d:00.1', n), 7 FROM i;",
    );
    assert_eq!(kinds(&store, "order-1"), ["inserted", "updated", "deleted"]);
}

/// django-pghistory: what is added to each row is called alike.
#[test]
fn what_was_done_may_stand_in_columns_with_a_prefix() {
    let store = opened(
        "CREATE TABLE orders_orderevent (pgh_id INTEGER PRIMARY KEY, pgh_created_at TEXT NOT NULL, pgh_label TEXT NOT NULL, id INTEGER NOT NULL, status TEXT, pgh_context_id TEXT, pgh_obj_id INTEGER);
         CREATE TABLE pghistory_context (id TEXT PRIMARY KEY, created_at TEXT, updated_at TEXT, metadata TEXT);
         INSERT INTO pghistory_context VALUES ('f36d7104-1e10-52c8-849d-e95d297498b4', '2024-03-01 08:00:00.1', '2024-03-01 08:00:00.1', '{}');
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 5)
         INSERT INTO orders_orderevent SELECT n + 1, printf('2024-03-01 08:%02d:00.1', n), iif(n < 2, 'insert', 'update'), n % 2, 'paid', 'f36d7104-1e10-52c8-849d-e95d297498b4', n % 2 FROM i;",
    );
    assert_eq!(store.log.len(), 6);
    assert_eq!(kinds(&store, "1"), ["insert", "update", "update"]);
    let own = store.events("1")[1];
    assert_eq!(store.time(own), "2024-03-01T08:03:00.100000Z");
    assert_eq!(store.data(own)["status"], json!("paid"));
    assert_eq!(store.log.correlated(own).len(), 6);
}

/// Agents: what was said is told apart by who said it.
#[test]
fn sessions_of_agents_are_streams() {
    let store = opened(
        "CREATE TABLE agent_sessions (session_id TEXT PRIMARY KEY, created_at TIMESTAMP, updated_at TIMESTAMP);
         CREATE TABLE agent_messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, message_data TEXT NOT NULL, created_at TIMESTAMP, FOREIGN KEY (session_id) REFERENCES agent_sessions (session_id));
         INSERT INTO agent_sessions (session_id) VALUES ('sess-0'), ('sess-1');
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 7)
         INSERT INTO agent_messages SELECT n + 1, 'sess-' || (n % 2), json_object('role', iif(n / 2 % 2, 'assistant', 'user'), 'content', 'hi ' || n), printf('2024-03-01 08:%02d:00', n) FROM i;",
    );
    assert_eq!(streams(&store), ["sess-0", "sess-1"]);
    let expected = ["user", "assistant", "user", "assistant"];
    assert_eq!(kinds(&store, "sess-1"), expected);
}

/// Eventuate Tram: the date among the headers is that of a relay that sent all at once.
#[test]
fn a_time_that_all_have_loses_to_one_that_goes_on() {
    let store = opened(
        r#"CREATE TABLE message (id VARCHAR(767) PRIMARY KEY, destination VARCHAR(1000), headers VARCHAR(1000), payload VARCHAR(1000), published SMALLINT, creation_time BIGINT);
         WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 7)
         INSERT INTO message SELECT printf('0000018df906f87b-0242ac13000%05d', n), 'shop.Order',
           json_object('PARTITION_ID', n % 2 || '', 'event-aggregate-type', 'shop.Order', 'event-aggregate-id', n % 2 || '', 'event-type', 'shop.' || iif(n < 2, 'OrderPlaced', 'OrderPaid'), 'DATE', 'Fri, 1 Mar 2024 08:00:00 GMT'),
           json_object('n', n), 1, 1709280000123 + n * 60000 FROM i;"#,
    );
    let last = asof::model::EventIx(7);
    assert_eq!(store.time(last), "2024-03-01T08:07:00.123000Z");
    assert_eq!(streams(&store), ["shop.Order-0", "shop.Order-1"]);
}

#[test]
fn eventsourcing_before_9_writes_times_as_decimals_and_names_with_a_hash() {
    let store = opened(
        "CREATE TABLE stored_events (application_name TEXT NOT NULL, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, pipeline_id INTEGER, notification_id INTEGER, topic TEXT NOT NULL, state BLOB, PRIMARY KEY (application_name, originator_id, originator_version));
         CREATE TABLE notification_tracking (application_name TEXT, upstream_application_name TEXT, pipeline_id INTEGER, notification_id INTEGER);
         INSERT INTO stored_events VALUES ('shop', 'b6d1d6400c4f464ca416e7ba4420ccc9', 0, 0, 1, 'shop.domain#Order.Created', '{\"timestamp\":{\"__decimal__\":\"1709280000.123456\"},\"n\":1}'), ('shop', 'b6d1d6400c4f464ca416e7ba4420ccc9', 1, 0, 2, 'shop.domain#Order.Paid', '{\"timestamp\":1709280060.5,\"n\":2}');
         INSERT INTO notification_tracking VALUES ('mailer', 'shop', 0, 1);",
    );
    assert_eq!(store.layout(), "eventsourcing-python");
    let events: Vec<_> = store.log.events().collect();
    assert_eq!(store.kind(events[0]), "Order.Created");
    assert_eq!(store.time(events[0]), "2024-03-01T08:00:00.123456Z");
    assert_eq!(store.time(events[1]), "2024-03-01T08:01:00.500000Z");
    let stream = store.log.stream(events[0]);
    assert_eq!(store.log.category_name(store.log.category(stream)), "Order");
    assert_eq!(consumers(&store), [("mailer".to_owned(), Some(0))]);
}
