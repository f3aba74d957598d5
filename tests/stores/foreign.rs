//! Stores of libraries that no layout knows, laid out as those lay them out: what their columns say
//! together is more than what each is called.

use asof::log::{Published, Says, SideKind, SideRow};
use serde_json::json;

use crate::made::{Made, made};
use crate::opened::Opened;

/// An opened store, and its file for as long.
pub struct Held {
    pub store: Opened,
    pub _made: Made,
}

impl std::ops::Deref for Held {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.store
    }
}

/// A store of these tables and rows.
pub fn opened(sql: &str) -> Held {
    let made = made(sql);
    let store = Opened::open(&made.path);
    Held { store, _made: made }
}

/// Twelve events of three streams in turn, `n` from 0 to 11: `s` is the stream, `v` the version, `kind` the
/// event type, `at` the time, `data` the payload.
const TWELVE: &str = "WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 11), \
     e AS (SELECT n, n % 3 AS s, n / 3 + 1 AS v, \
     json_extract('[\"OrderPlaced\",\"ItemAdded\",\"OrderPaid\",\"OrderShipped\"]', '$[' || (n / 3) || ']') AS kind, \
     printf('2024-03-01T08:%02d:00.123Z', n * 4) AS at, json_object('n', n) AS data FROM i)";

/// A store of `tables`, in whose table `table` twelve rows of these values are.
fn store(tables: &str, table: &str, values: &str) -> Held {
    let sql = format!("{tables}; INSERT INTO {table} {TWELVE} SELECT {values} FROM e ORDER BY n;");
    opened(&sql)
}

pub fn streams(store: &Opened) -> Vec<&str> {
    let mut names: Vec<&str> = store.log.streams().iter().collect();
    names.sort_unstable();
    names
}

pub fn kinds<'s>(store: &'s Opened, stream: &str) -> Vec<&'s str> {
    let events = store.events(stream).into_iter();
    events.map(|event| store.kind(event)).collect()
}

pub fn versions(store: &Opened, stream: &str) -> Vec<i64> {
    let events = store.events(stream).into_iter();
    events.map(|event| store.log.version(event).0).collect()
}

pub fn category<'s>(store: &'s Opened, stream: &str) -> &'s str {
    let stream = store.stream(stream);
    store.log.category_name(store.log.category(stream))
}

fn rows(store: &Opened, kind: SideKind) -> Vec<SideRow> {
    let mut rows = Vec::new();
    let each = &mut |row: Result<SideRow, _>| rows.push(row.unwrap());
    store.store.rows().rows(kind, &store.task, each).unwrap();
    rows
}

fn consumers(store: &Opened) -> Vec<String> {
    let rows = rows(store, SideKind::Checkpoints).into_iter();
    let name = |row: SideRow| match row.says {
        Says::Checkpoint(checkpoint) => checkpoint.consumer,
        other => panic!("a checkpoint, not {other:?}"),
    };
    rows.map(name).collect()
}

const ALL: [&str; 4] = ["OrderPlaced", "ItemAdded", "OrderPaid", "OrderShipped"];

#[test]
fn a_list_with_the_newest_first_is_read_from_its_end() {
    let events: Vec<_> = (0..12)
        .rev()
        .map(|n| json!({"id": format!("e{n}"), "stream": format!("order-{}", n % 3), "type": ALL[n / 3], "created_at": format!("2024-03-01T08:{:02}:00Z", n * 4), "data": {"n": n}}))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newest.json");
    std::fs::write(&path, json!(events).to_string()).unwrap();
    let store = Opened::open(&path);
    assert_eq!(kinds(&store, "order-0"), ALL);
    let state = store.at_head("order-0").state.unwrap();
    assert_eq!(serde_json::to_value(state).unwrap(), json!({"n": 9}));
}

#[test]
fn a_kind_is_what_tells_ids_with_versions_apart() {
    let named = "iif(s = 2, 'Invoice', 'Order'), iif(s = 2, 0, s)";
    let one = store(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, context TEXT, stream_name TEXT, stream_id TEXT, stream_revision INTEGER, type TEXT, data TEXT, created_at TEXT)",
        "events",
        &format!("n + 1, 'Shop', {named}, v - 1, kind, data, at"),
    );
    assert_eq!(streams(&one), ["Invoice-0", "Order-0", "Order-1"]);
    assert_eq!(versions(&one, "Invoice-0"), [0, 1, 2, 3]);
    assert_eq!(category(&one, "Order-0"), "Order");
    let other = store(
        "CREATE TABLE messages (seq INTEGER PRIMARY KEY, kind TEXT, name TEXT, entity TEXT, entity_id INTEGER, revision INTEGER, body TEXT, at TEXT)",
        "messages",
        &format!("n + 1, 'event', kind, {named}, v, data, at"),
    );
    assert_eq!(streams(&other), ["Invoice-0", "Order-0", "Order-1"]);
    assert_eq!(kinds(&other, "Order-1"), ALL);
    let ids = store(
        "CREATE TABLE eventstore (id INTEGER PRIMARY KEY, aggregate TEXT, aggregate_id TEXT, playhead INTEGER, event TEXT, payload TEXT, recorded_on TEXT)",
        "eventstore",
        "n + 1, iif(s = 2, 'invoice', 'order'), 'a' || s, v, kind, data, at",
    );
    assert_eq!(category(&ids, "a2"), "invoice");
}

#[test]
fn a_type_that_never_changes_is_the_kind_of_stream() {
    let store = store(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT, version INTEGER, reason TEXT, type TEXT, timestamp TEXT, data BLOB)",
        "events",
        "n + 1, '6af613b6-569c-5c22-9c37-2ed93f31d3a' || s, v, kind, 'Order', at, data",
    );
    let stream = "6af613b6-569c-5c22-9c37-2ed93f31d3a0";
    assert_eq!(kinds(&store, stream), ALL);
    assert_eq!(category(&store, stream), "Order");
}

#[test]
fn a_column_says_more_than_a_member_of_the_payload() {
    // Some rows have no step; the object in `event` repeats what the columns say, under other names.
    let store = store(
        "CREATE TABLE event_logs (id INTEGER PRIMARY KEY, run_id TEXT, event TEXT, dagster_event_type TEXT, timestamp TEXT, step_key TEXT)",
        "event_logs",
        "n + 1, '2bcfb648-5eb5-4a58-9cff-c0ae7da830a6', json_object('__class__', 'EventLogEntry', 'message', '', 'timestamp', 1.5), iif(n = 3, NULL, kind), at, iif(n % 2, NULL, 'load')",
    );
    assert_eq!(streams(&store), ["2bcfb648-5eb5-4a58-9cff-c0ae7da830a6"]);
    let first = store.log.events().next().unwrap();
    assert_eq!(store.kind(first), "OrderPlaced");
    assert_eq!(store.data(first)["__class__"], json!("EventLogEntry"));
}

#[test]
fn an_id_is_no_type() {
    let store = store(
        "CREATE TABLE events (id TEXT PRIMARY KEY, app_name TEXT, user_id TEXT, session_id TEXT, invocation_id TEXT, timestamp TEXT, event_data TEXT)",
        "events",
        "'e' || n, 'shop', 'u' || s, 's' || s, 'inv' || (n / 6), at, json_object('author', iif(n % 2, 'user', 'agent'), 'text', 'hello ' || n)",
    );
    assert_eq!(streams(&store), ["s0", "s1", "s2"]);
    assert_eq!(kinds(&store, "s0"), ["agent", "user", "agent", "user"]);
}

#[test]
fn a_stream_and_an_id_with_the_type_in_the_payload() {
    let store = store(
        "CREATE TABLE bookmarks (bookmark TEXT PRIMARY KEY, position INTEGER); INSERT INTO bookmarks VALUES ('mailer', 8);
         CREATE TABLE events (stream TEXT NOT NULL, position INTEGER PRIMARY KEY, version INTEGER NOT NULL, timestamp DATETIME NOT NULL, event TEXT NOT NULL, aggregateId TEXT NOT NULL)",
        "events",
        "iif(s = 2, 'users', 'orders'), n + 1, v, 1709280000123 + n * 420000, json_object('type', kind, 'n', n), iif(s = 1, 'a2', 'a1')",
    );
    assert_eq!(streams(&store), ["orders-a1", "orders-a2", "users-a1"]);
    assert_eq!(kinds(&store, "users-a1"), ALL);
    assert_eq!(versions(&store, "orders-a2"), [1, 2, 3, 4]);
    assert_eq!(consumers(&store), ["mailer"]);
}

#[test]
fn an_id_that_is_one_within_a_run_only_is_that_of_an_event() {
    let store = store(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, type TEXT NOT NULL, payload TEXT, timestamp TEXT, run_id TEXT NOT NULL, UNIQUE(id, run_id))",
        "events",
        "n + 1, printf('evt_%03d', v), kind, data, at, 'run_' || s",
    );
    assert_eq!(streams(&store), ["run_0", "run_1", "run_2"]);
    assert_eq!(kinds(&store, "run_2"), ALL);
}

#[test]
fn streams_are_called_as_the_table_that_has_them_calls_them() {
    let store = store(
        "CREATE TABLE sourced_streams (id INTEGER PRIMARY KEY AUTOINCREMENT, stream_id TEXT NOT NULL, seq bigint); INSERT INTO sourced_streams VALUES (11, 'cart-0', 4), (12, 'cart-1', 4), (13, 'cart-2', 4);
         CREATE TABLE sourced_consumer_groups (id INTEGER PRIMARY KEY, group_id TEXT, status TEXT, highest_global_seq bigint); INSERT INTO sourced_consumer_groups VALUES (1, 'Listings', 'active', 9);
         CREATE TABLE sourced_events (id TEXT PRIMARY KEY, global_seq INTEGER UNIQUE, seq bigint, stream_id bigint REFERENCES sourced_streams(id), type TEXT, created_at TEXT, payload json)",
        "sourced_events",
        "'e' || n, n * 10 + 10, v, 11 + s, kind, at, data",
    );
    assert_eq!(streams(&store), ["cart-0", "cart-1", "cart-2"]);
    assert_eq!(kinds(&store, "cart-1"), ALL);
    let last = store.events("cart-2")[3];
    assert_eq!(store.log.position(last).0, 120);
    assert_eq!(consumers(&store), ["Listings"]);
}

#[test]
fn tables_of_topics_are_one_log() {
    let table = |topic: &str| {
        format!(
            "CREATE TABLE watermill_{topic} (\"offset\" INTEGER PRIMARY KEY, uuid TEXT, created_at TEXT, payload BLOB, metadata JSON)"
        )
    };
    let store = store(
        &format!(
            "{}; {}; INSERT INTO watermill_payments {TWELVE} SELECT n + 1, 'p' || n, at, data, json_object('name', kind) FROM e WHERE s = 2",
            table("orders"),
            table("payments")
        ),
        "watermill_orders",
        "n + 1, 'o' || n, at, data, json_object('name', kind)",
    );
    assert_eq!(store.log.len(), 16);
    let categories: Vec<&str> = streams(&store)
        .iter()
        .map(|stream| category(&store, stream))
        .collect();
    assert_eq!(categories, ["orders", "payments"]);
}

#[test]
fn what_was_dispatched_is_not_pending() {
    let store = store(
        "CREATE TABLE Outbox (MessageId TEXT PRIMARY KEY, MessageType TEXT, Topic TEXT, Timestamp TEXT, CorrelationId TEXT, PartitionKey TEXT, Dispatched TEXT, HeaderBag TEXT, Body TEXT)",
        "Outbox",
        "'m' || n, 'MT_EVENT', 'shop.' || kind, at, 'c' || s, 'o' || s, iif(n < 9, at, NULL), '{}', data",
    );
    assert_eq!(streams(&store), ["o0", "o1", "o2"]);
    let expected = ALL.map(|kind| format!("shop.{kind}"));
    assert_eq!(kinds(&store, "o0"), expected);
    let published = rows(&store, SideKind::Outbox)
        .iter()
        .filter(|row| match &row.says {
            Says::Outbox(message) => {
                message.published_at.is_some() || message.published == Some(Published::Yes)
            }
            other => panic!("a message, not {other:?}"),
        })
        .count();
    assert_eq!(published, 9);
}

#[test]
fn a_subscription_is_called_by_its_key_and_not_by_its_group() {
    let store = store(
        "CREATE TABLE subscriptions (id TEXT PRIMARY KEY, group_name TEXT, position INTEGER); INSERT INTO subscriptions VALUES ('profiles', 'projector', 7), ('mailer', 'projector', 5);
         CREATE TABLE event_store (id INTEGER PRIMARY KEY, stream TEXT, playhead INTEGER, event_name TEXT, event_payload TEXT, recorded_on TEXT, custom_headers TEXT)",
        "event_store",
        "n + 1, 'order-' || s, v, kind, data, at, json_object('correlationId', 'c' || s)",
    );
    let mut consumers = consumers(&store);
    consumers.sort_unstable();
    assert_eq!(consumers, ["mailer", "profiles"]);
    let first = store.log.events().next().unwrap();
    let correlation = store.log.correlation(first).map(|id| id.to_string());
    assert_eq!(correlation.as_deref(), Some("c0"));
}

#[test]
fn what_was_changed_is_the_payload() {
    let store = store(
        "CREATE TABLE audits (id INTEGER PRIMARY KEY, auditable_id INTEGER, auditable_type TEXT, action TEXT, audited_changes TEXT, version INTEGER, remote_address TEXT, created_at TEXT)",
        "audits",
        "n + 1, s, 'Order', iif(n < 3, 'create', 'update'), '---' || char(10) || 'amount: ' || n || char(10), v, '1.1.1.1', at",
    );
    let first = store.log.events().next().unwrap();
    assert_eq!(store.data(first), json!({"amount": 0}));
}

#[test]
fn extensions_of_cloudevents_name_streams() {
    let event = |n: usize| {
        json!({"id": format!("e{n}"), "specversion": "1.0", "source": "urn:shop", "type": ALL[n / 3], "time": format!("2024-03-01T08:{:02}:00Z", n * 4), "streamid": format!("order-{}", n % 3), "streamversion": n / 3 + 1, "data": {"n": n}}).to_string()
    };
    let lines: Vec<String> = (0..12).map(event).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("occurrent.jsonl");
    std::fs::write(&path, lines.join("\n")).unwrap();
    let store = Opened::open(&path);
    assert_eq!(store.layout(), "cloudevents");
    assert_eq!(streams(&store), ["order-0", "order-1", "order-2"]);
    assert_eq!(versions(&store, "order-1"), [1, 2, 3, 4]);
}

#[test]
fn transitions_say_to_which_state() {
    let store = store(
        "CREATE TABLE order_transitions (id INTEGER PRIMARY KEY, to_state TEXT, metadata TEXT, sort_key INTEGER, order_id INTEGER, most_recent INTEGER, created_at TEXT)",
        "order_transitions",
        "n + 1, lower(kind), '{}', v * 10, s, v = 4, at",
    );
    assert_eq!(streams(&store), ["0", "1", "2"]);
    assert_eq!(kinds(&store, "1"), ALL.map(str::to_lowercase));
    assert_eq!(versions(&store, "1"), [1, 2, 3, 4]);
}

#[test]
fn what_has_an_id_of_an_event_a_type_and_a_time_is_one() {
    let message = |n: usize| json!({"type": "m.room.message", "room_id": format!("!r{}:x", n % 3), "sender": "@a:x", "content": {"body": format!("b{n}")}, "origin_server_ts": 1_709_280_000_000_i64 + n as i64 * 420_000, "event_id": format!("$e{n}")});
    let chunk: Vec<_> = (0..12).rev().map(message).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.json");
    std::fs::write(
        &path,
        json!({"start": "t1", "end": "t2", "chunk": chunk}).to_string(),
    )
    .unwrap();
    let store = Opened::open(&path);
    assert_eq!(streams(&store), ["!r0:x", "!r1:x", "!r2:x"]);
    assert_eq!(store.data(store.events("!r0:x")[0]), json!({"body": "b0"}));
}

#[test]
fn an_event_is_in_the_stream_of_each_of_its_tags() {
    let store = store(
        "CREATE TABLE dcb_events (sequence_number INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, data TEXT, tags TEXT, recorded_at TEXT)",
        "dcb_events",
        "n + 1, kind, data, json_array('order:' || s, 'customer:' || (n % 2)), at",
    );
    let expected = ["customer-0", "customer-1", "order-0", "order-1", "order-2"];
    assert_eq!(streams(&store), expected);
    assert_eq!(kinds(&store, "order-1"), ALL);
    assert_eq!(store.events("customer-0").len(), 6);
    assert_eq!(category(&store, "customer-0"), "customer");
}
