//! Stores of a plain kind that no layout knows, each with one trap: ids of several kinds, payloads in
//! bytes, numbers that are no versions, columns with names of their own.

use asof::log::{Payload, SideKind};
use asof::store::layout::Role;
use asof::store::{OpenOptions, SideRows};

use crate::made::{Made, made};
use crate::opened::Opened;

/// An opened store, and its file for as long.
struct Held {
    store: Opened,
    _made: Made,
}

impl std::ops::Deref for Held {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.store
    }
}

/// Rows of a table, written by a statement that yields `n` from 1 to 24.
fn table(columns: &str, values: &str) -> Held {
    let made = made(&format!(
        "create table events (id integer primary key, {columns});
         insert into events with recursive i(n) as (select 1 union all select n + 1 from i where n < 24)
         select n, {values} from i;"
    ));
    let store = Opened::open(&made.path);
    assert_eq!(store.layout(), "generic");
    Held { store, _made: made }
}

fn lines(line: impl Fn(u32) -> String) -> Opened {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines: Vec<String> = (0..24).map(line).collect();
    std::fs::write(file.path(), lines.join("\n")).unwrap();
    Opened::open(file.path())
}

fn streams(store: &Opened) -> Vec<&str> {
    let mut names: Vec<&str> = store.log.streams().iter().collect();
    names.sort_unstable();
    names
}

fn versions(store: &Opened, stream: &str) -> Vec<i64> {
    let events = store.events(stream).into_iter();
    events.map(|event| store.log.version(event).0).collect()
}

fn reasons(store: &Opened) -> String {
    let reasons = store.store.recognition().reasons.iter();
    let reasons: Vec<&str> = reasons.map(|(reason, _)| reason.as_str()).collect();
    reasons.join("\n")
}

fn column(store: &Opened, role: Role) -> Option<String> {
    store.store.layout().column(role).map(ToString::to_string)
}

const KIND: &str = "iif(n % 2, 'Placed', 'Paid')";

#[test]
fn ids_of_several_kinds_are_not_one_stream() {
    let store = table(
        "entity_type text, entity_id integer, version integer, event_type text, payload text",
        &format!("iif(n % 2, 'order', 'user'), (n - 1) / 2 % 3, (n - 1) / 6 + 1, {KIND}, '{{}}'"),
    );
    let expected = [
        "order-0", "order-1", "order-2", "user-0", "user-1", "user-2",
    ];
    assert_eq!(streams(&store), expected);
    assert_eq!(versions(&store, "user-1"), [1, 2, 3, 4]);
    assert!(reasons(&store).contains("ids of several kinds may be the same"));

    let store = lines(|n| {
        let kind = ["order", "user"][n as usize % 2];
        format!(
            r#"{{"eventType":"Noted","entityType":"{kind}","entityId":{},"payload":{{}}}}"#,
            n / 2 % 3
        )
    });
    assert_eq!(streams(&store), expected);
}

#[test]
fn tenants_may_have_the_same_ids() {
    let store = table(
        "tenant_id text, stream_id text, version integer, type text, data text",
        &format!("'t' || (n % 2), 'order-1', (n - 1) / 2 + 1, {KIND}, '{{}}'"),
    );
    assert_eq!(streams(&store), ["t0/order-1", "t1/order-1"]);
}

#[test]
fn a_source_that_differs_within_streams_is_no_category() {
    let store = lines(|n| {
        format!(
            r#"{{"type":"Noted","source":"app-{}","streamId":"order-{}","version":{},"data":{{}}}}"#,
            n % 4,
            n % 3,
            n / 3 + 1
        )
    });
    assert_eq!(streams(&store), ["order-0", "order-1", "order-2"]);
    assert!(reasons(&store).contains("`source` is not taken for the category"));
}

#[test]
fn ids_in_bytes_are_uuids() {
    let id = "unhex(printf('f47ac10b58cc4372a5670e02b2c3d4%02x', n % 3))";
    let store = table(
        "aggregate_id blob, aggregate_version integer, event_type text, payload text",
        &format!("{id}, (n - 1) / 3 + 1, {KIND}, '{{}}'"),
    );
    let expected = [0, 1, 2].map(|n| format!("f47ac10b-58cc-4372-a567-0e02b2c3d4{n:02x}"));
    assert_eq!(streams(&store), expected.each_ref().map(String::as_str));
    assert_eq!(versions(&store, &expected[1]), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn payloads_in_bytes_are_decoded_or_opaque() {
    let of = |value: &str| {
        let store = table(
            "stream_id text, event_type text, payload blob",
            &format!("'o-' || (n % 3), {KIND}, {value}"),
        );
        let first = store.log.events().next().unwrap();
        store.try_body(first).unwrap().data
    };
    let expected = Some(r#"{"a":7}"#);
    // As MessagePack, as CBOR, as SQLite's own binary JSON, twice written, and in base64.
    assert_eq!(of("x'81a16107'").json(), expected);
    assert_eq!(of("x'a1616107'").json(), expected);
    assert_eq!(of("jsonb('{\"a\":7}')").json(), expected);
    assert_eq!(of(r#"'"{\"a\":7}"'"#).json(), expected);
    assert_eq!(of("'eyJhIjo3fQ=='").json(), expected);
    let pickle = "x'80049507000000000000007d94732e'";
    assert!(matches!(of(pickle), Payload::Opaque(bytes) if bytes.starts_with(b"\x80\x04\x95")));
}

#[test]
fn a_version_that_is_the_same_everywhere_is_that_of_the_schema() {
    let store = lines(|n| {
        format!(
            r#"{{"type":"Noted","version":1,"streamId":"o-{}","data":{{}}}}"#,
            n % 3
        )
    });
    assert_eq!(versions(&store, "o-1"), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(
        column(&store, Role::SchemaVersion).as_deref(),
        Some("/version")
    );
}

#[test]
fn the_stream_is_what_versions_count_in() {
    let store = table(
        "stream text, aggregate_id text, version integer, event text, payload text",
        &format!("'orders', 'a' || (n % 3), (n - 1) / 3 + 1, {KIND}, '{{}}'"),
    );
    assert_eq!(streams(&store), ["a0", "a1", "a2"]);
    // An id that no list has, too.
    let store = table(
        "widget_id text, gadget_id text, rev integer, event text, payload text",
        &format!("'w' || (n % 5), 'g' || (n % 3), (n - 1) / 3 + 1, {KIND}, '{{}}'"),
    );
    assert_eq!(streams(&store), ["g0", "g1", "g2"]);
    assert_eq!(versions(&store, "g1"), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_position_within_streams_is_the_version() {
    let store = lines(|n| {
        format!(
            r#"{{"stream_name":"cart-{}","position":{},"global_position":{},"type":"Noted","data":{{}}}}"#,
            n % 3,
            n / 3,
            n + 1
        )
    });
    assert_eq!(versions(&store, "cart-1"), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(store.positions(), (1..=24).collect::<Vec<i64>>());
}

#[test]
fn what_came_of_a_change_is_the_payload() {
    let store = table(
        "entity_type text, entity_id integer, action text, old_values text, new_values text",
        &format!("'order', n % 3, {KIND}, iif(n > 3, '{{\"a\":0}}', NULL), '{{\"a\":1}}'"),
    );
    assert_eq!(
        column(&store, Role::Payload).as_deref(),
        Some("\"new_values\"")
    );
    let store = table(
        "item_type text, item_id integer, event text, object text, object_changes text",
        "iif(n % 2, 'Order', 'User'), n % 3, iif(n > 3, 'update', 'create'), iif(n > 3, '{\"a\":0}', NULL), '{\"a\":[0,1]}'",
    );
    assert_eq!(
        column(&store, Role::Payload).as_deref(),
        Some("\"object_changes\"")
    );
    assert_eq!(streams(&store).len(), 6);
}

#[test]
fn times_stand_in_the_metadata() {
    let store = table(
        "stream_id text, type text, data text, metadata text",
        &format!(
            "'o-' || (n % 3), {KIND}, '{{}}', json_object('timestamp', '2024-03-01T08:00:' || printf('%02d', n) || 'Z',
               'correlationId', 'c' || n, 'eventId', 'e' || n)"
        ),
    );
    let first = store.log.events().next().unwrap();
    assert_eq!(store.time(first), "2024-03-01T08:00:01.000000Z");
}

#[test]
fn a_payload_is_what_other_columns_leave() {
    let store = table(
        "order_id text, event text, amount integer, note text, created_at text",
        &format!("'o' || (n % 3), {KIND}, n * 10, 'x', datetime('2024-03-01', n || ' hours')"),
    );
    let first = store.log.events().next().unwrap();
    assert_eq!(
        store.data(first),
        serde_json::json!({"amount": 10, "note": "x"})
    );
    assert!(reasons(&store).contains("The payload is the other columns: `amount`, `note`"));
}

#[test]
fn an_event_may_stand_in_one_column() {
    let store = table(
        "stream text, body text, ts integer",
        "'o-' || (n % 3), json_object('type', iif(n % 2, 'OrderPlaced', 'OrderPaid'), 'data', json_object('n', n)),
         1709280000000000 + n",
    );
    let first = store.log.events().next().unwrap();
    assert_eq!(store.kind(first), "OrderPlaced");
    assert_eq!(store.data(first)["n"], 1);
    assert_eq!(streams(&store), ["o-0", "o-1", "o-2"]);
}

#[test]
fn a_type_that_is_always_the_same_gives_way() {
    let store = lines(|n| {
        format!(
            r#"{{"type":"track","event":"{}","userId":"u{}","properties":{{"n":{n}}},"sentAt":"2024-03-01T08:00:{:02}Z"}}"#,
            ["OrderPlaced", "OrderPaid"][n as usize % 2],
            n % 3,
            n
        )
    });
    assert_eq!(store.types().len(), 2);
    assert_eq!(streams(&store), ["u0", "u1", "u2"]);
}

#[test]
fn classes_of_php_are_called_by_their_last_names() {
    let store = table(
        "aggregate_uuid text, event_class text, event_properties text",
        "'a' || (n % 3), 'App\\Events\\' || iif(n % 2, 'OrderPlaced', 'OrderPaid'), '{}'",
    );
    assert_eq!(
        store.types().into_keys().collect::<Vec<_>>(),
        ["OrderPaid", "OrderPlaced"]
    );
    assert_eq!(streams(&store), ["a0", "a1", "a2"]);
}

#[test]
fn a_history_of_states_is_told_by_its_states() {
    let made = made(
        "create table history (hist_id integer primary key, order_id text, status text, changed_at integer, data blob);
         insert into history with recursive i(n) as (select 1 union all select n + 1 from i where n < 24)
         select n, 'o' || (n % 3), iif(n % 2, 'Placed', 'Paid'), 1709280000 + n, '{}' from i;",
    );
    let store = Opened::open(&made.path);
    assert_eq!(column(&store, Role::Type).as_deref(), Some("\"status\""));
    assert!(store.store.recognition().confidence < 60);
}

/// Orders have a customer, a state and a time, and are no events; nor are goods of a catalogue and tasks of
/// a project.
#[test]
fn a_table_of_things_with_states_is_no_store() {
    for sql in [
        "create table catalog (id integer primary key, shop_id integer, category text, updated_at text)",
        "create table tasks (id integer primary key, project_id integer, state text, due_at text)",
        "create table orders (id integer primary key, customer_id integer, status text, created_at text)",
        "create table tickets (id integer primary key, owner_id integer, label text, updated_at text)",
    ] {
        let made = made(&format!(
            "{sql};
             insert into {} with recursive i(n) as (select 1 union all select n + 1 from i where n < 24)
             select n, n % 3, iif(n % 2, 'placed', 'paid'), datetime('2024-03-01', n || ' hours') from i;",
            sql.split(' ').nth(2).unwrap()
        ));
        let opened = Opened::with(&made.path, &OpenOptions::default());
        assert!(opened.is_err(), "{sql}");
    }
}

#[test]
fn tables_beside_the_events_are_seen() {
    let made = made(
        "create table events (position integer primary key, stream_id text, version integer, event_type text, data text);
         insert into events with recursive i(n) as (select 1 union all select n + 1 from i where n < 24)
         select n, 'o-' || (n % 3), (n - 1) / 3 + 1, 'Noted', '{}' from i;
         create table consumer_offsets (consumer_name text primary key, last_position integer, updated_at text);
         insert into consumer_offsets values ('mailer', 20, '2024-03-01T10:00:00Z'), ('search', 5, NULL);
         create table outbox (id integer primary key, event_id integer, topic text, payload text, published_at text);
         insert into outbox values (1, 3, 'orders', '{}', NULL);
         create table dead_letter_queue (id integer primary key, consumer text, event_id integer, error text, failed_at text);
         insert into dead_letter_queue values (1, 'mailer', 3, 'smtp', '2024-03-01T10:00:00Z');
         create table snapshots (stream_id text, version integer, state text, created_at text);
         insert into snapshots values ('o-1', 3, '{}', '2024-03-01T10:00:00Z');
         create table users (id integer primary key, name text, status text);",
    );
    let store = Opened::open(&made.path);
    assert_eq!(store.problems(), [""; 0]);
    let rows = |kind| store.store.side_rows(kind);
    assert_eq!(rows(SideKind::Checkpoints), Some(SideRows::Exactly(2)));
    assert_eq!(rows(SideKind::Outbox), Some(SideRows::Exactly(1)));
    assert_eq!(rows(SideKind::DeadLetters), Some(SideRows::Exactly(1)));
    assert_eq!(rows(SideKind::Snapshots), Some(SideRows::Exactly(1)));
    assert_eq!(rows(SideKind::Sagas), None);
    let side = &store.store.layout().side[&SideKind::DeadLetters].0[0];
    assert_eq!(side.columns["position"].to_string(), "\"event_id\"");
    assert!(reasons(&store).contains("`consumer_offsets` reads like the table of checkpoints"));
}

fn file(text: &str) -> Opened {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Opened::open(file.path())
}

fn event(n: u32) -> String {
    format!(r#"{{"type":"OrderPlaced","date":"2024-03-01T08:00:0{n}Z","data":{{"n":{n}}}}}"#)
}

#[test]
fn arrays_within_an_object_are_streams() {
    let of = |stream: &str| format!(r#""{stream}":[{},{}]"#, event(1), event(2));
    let store = file(&format!(
        r#"{{"aggregates":{{{},{}}}}}"#,
        of("p0"),
        of("p1")
    ));
    assert_eq!(streams(&store), ["p0", "p1"]);
}

#[test]
fn what_stands_around_several_arrays_tells_their_streams() {
    let of = |stream: &str| {
        format!(
            r#"{{"id":"{stream}","events":[{},{}]}}"#,
            event(1),
            event(2)
        )
    };
    let store = file(&format!(r#"{{"orders":[{},{}]}}"#, of("o-0"), of("o-1")));
    assert_eq!(streams(&store), ["o-0", "o-1"]);
}

#[test]
fn the_members_of_an_aggregate_tell_its_stream() {
    let store = lines(|n| {
        format!(
            r#"{{"type":"Noted","aggregate":{{"type":"{}","id":"{}"}},"ts":{},"payload":{{}}}}"#,
            ["order", "user"][n as usize % 2],
            n / 2 % 3,
            1_709_280_000_000_u64 + u64::from(n)
        )
    });
    assert_eq!(
        streams(&store),
        [
            "order-0", "order-1", "order-2", "user-0", "user-1", "user-2"
        ]
    );
}

#[test]
fn lines_that_only_address_documents_are_no_events() {
    let store = lines(|n| {
        let action = format!(r#"{{"index": {{"_index": "e", "_id": "{n}"}}}}"#);
        format!(
            "{action}\n{{\"type\":\"OrderPlaced\",\"aggregateId\":\"o-{}\",\"payload\":{{}}}}",
            n % 3
        )
    });
    assert_eq!((store.log.len(), store.types().len()), (24, 1));
}

/// Exports of one stream look the same, but for that: there, the stream stands around the events.
#[test]
fn events_that_name_a_stream_of_their_own_are_of_that_stream() {
    for key in ["stream", "stream_id", "aggregate_id", "aggregateId"] {
        let store = lines(|n| {
            format!(
                r#"{{"seq":{n},"event_type":"Noted","{key}":"order-{}","data":{{}},"timestamp":"2024-01-01T00:00:{:02}Z"}}"#,
                n % 3,
                n % 60
            )
        });
        assert_eq!(streams(&store), ["order-0", "order-1", "order-2"], "{key}");
    }
}
