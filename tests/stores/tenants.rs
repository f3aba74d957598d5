//! Streams of one id that several tenants have, of several kinds, or that were begun again: none is read as
//! another.

use crate::foreign::{category, opened, streams, versions};

/// Marten with a sequence for each tenant, written out by PostgreSQL: truth is a letter.
#[test]
fn numbers_that_begin_anew_for_each_tenant_lead_to_their_own_events() {
    let store = opened(
        "CREATE TABLE mt_streams (id varchar, type varchar, version bigint, timestamp timestamptz, created timestamptz, tenant_id varchar, is_archived text, PRIMARY KEY (tenant_id, id));
         CREATE TABLE mt_events (seq_id bigint, id uuid, stream_id varchar, version bigint, data jsonb, type varchar, timestamp timestamptz, tenant_id varchar, mt_dotnet_type varchar, is_archived text, PRIMARY KEY (tenant_id, seq_id));
         CREATE TABLE mt_event_progression (name varchar PRIMARY KEY, last_seq_id bigint, last_updated timestamptz);
         INSERT INTO mt_streams SELECT 'order-1', value || '-order', 3, '2024-03-01 08:00:00+00', '2024-03-01 08:00:00+00', value, 'f' FROM json_each('[\"acme\",\"globex\"]');
         INSERT INTO mt_events SELECT n.value, printf('c9f80afe-ab7d-54ba-87a3-c7af1636%02d%02d', t.key, n.value), 'order-1', n.value, json_object('of', t.value, 'n', n.value), 'order_placed', printf('2024-03-01 08:%02d:00+00', n.value * 2 + t.key), t.value, 'A, B', iif(t.value = 'globex', 't', 'f') FROM json_each('[\"acme\",\"globex\"]') t, json_each('[1,2,3]') n;
         INSERT INTO mt_event_progression VALUES ('HighWaterMark:acme', 3, NULL), ('HighWaterMark:globex', 3, NULL);",
    );
    assert_eq!(store.layout(), "marten");
    assert_eq!(streams(&store), ["acme/order-1", "globex/order-1"]);
    for tenant in ["acme", "globex"] {
        let stream = format!("{tenant}/order-1");
        assert_eq!(category(&store, &stream), format!("{tenant}-order"));
        let of: Vec<_> = store
            .events(&stream)
            .into_iter()
            .map(|event| store.data(event)["of"].clone())
            .collect();
        assert_eq!(of, [tenant; 3]);
    }
    assert_eq!(store.problems(), [""; 0]);
    let exists = |stream: &str| store.at_head(stream).exists;
    assert!(exists("acme/order-1") && !exists("globex/order-1"));
}

#[test]
fn partitions_and_second_lives_of_emmett_are_streams_of_their_own() {
    let store = opened(
        "CREATE TABLE emt_streams (stream_id TEXT, stream_position BIGINT, partition TEXT DEFAULT 'global', stream_type TEXT, stream_metadata JSONB, is_archived BOOLEAN DEFAULT FALSE, PRIMARY KEY (stream_id, partition, is_archived));
         CREATE TABLE emt_messages (stream_id TEXT, stream_position BIGINT, partition TEXT DEFAULT 'global', message_kind CHAR(1) DEFAULT 'E', message_data JSONB, message_metadata JSONB, message_schema_version TEXT, message_type TEXT, message_id TEXT, is_archived BOOLEAN DEFAULT FALSE, global_position INTEGER PRIMARY KEY, created DATETIME);
         INSERT INTO emt_streams VALUES ('cart-1', 2, 'acme', 'cart', '{}', 0), ('cart-1', 2, 'global', 'basket', '{}', 1), ('cart-1', 2, 'global', 'cart', '{}', 0), ('cart-2', 2, 'global', 'cart', '{}', 1);
         WITH of(stream, partition, archived, at) AS (VALUES ('cart-1', 'acme', 0, 0), ('cart-1', 'global', 1, 1), ('cart-1', 'global', 0, 2), ('cart-2', 'global', 1, 3))
         INSERT INTO emt_messages SELECT stream, n.value, partition, 'E', json_object('n', n.value), '{}', '1', 'ItemAdded', printf('m-%d-%d', at, n.value), archived, at * 2 + n.value, '2024-03-01 08:00:00' FROM of, json_each('[1,2]') n;",
    );
    assert_eq!(store.layout(), "emmett");
    let all = ["acme/cart-1", "cart-1", "cart-1 (archived)", "cart-2"];
    assert_eq!(streams(&store), all);
    assert!(all.iter().all(|stream| versions(&store, stream) == [1, 2]));
    assert_eq!(category(&store, "cart-1"), "cart");
    assert_eq!(category(&store, "cart-1 (archived)"), "basket");
}

#[test]
fn ids_of_kinds_of_tenants_are_told_apart_where_no_layout_says_how() {
    // Neither tenant nor kind alone tells them apart.
    let rows = "WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 31), \
         e AS (SELECT n, n % 2 AS tenant, n / 2 % 2 AS kind, n / 4 % 2 + 1 AS id, n / 8 AS version FROM i)";
    let text = format!(
        "CREATE TABLE domain_events (tenant_id TEXT, aggregate_type TEXT, aggregate_id INTEGER, version INTEGER, type TEXT, payload TEXT, created_at TEXT, PRIMARY KEY (tenant_id, aggregate_type, aggregate_id, version));
         INSERT INTO domain_events {rows} SELECT iif(tenant, 'acme', 'globex'), iif(kind, 'order', 'invoice'), id, version, 'ThingHappened', json_object('n', n), printf('2024-03-01 08:%02d:00', n) FROM e;"
    );
    let numbers = format!(
        "CREATE TABLE stream_types (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO stream_types VALUES (1, 'order'), (2, 'invoice');
         CREATE TABLE domain_events (id INTEGER PRIMARY KEY, tenant TEXT, stream_type_id INTEGER REFERENCES stream_types(id), stream_id INTEGER, stream_version INTEGER, event_name TEXT, body TEXT, recorded TEXT);
         INSERT INTO domain_events {rows} SELECT n + 1, iif(tenant, 'acme', 'globex'), iif(kind, 1, 2), id, version, 'thing_happened', json_object('n', n), printf('2024-03-01 08:%02d:00', n) FROM e;"
    );
    // Nothing says what the numbers stand for.
    let alone = numbers
        .replace("stream_types", "other")
        .replace("REFERENCES other(id)", "");
    let alone = opened(&alone);
    assert!(alone.log.streams().iter().any(|name| name == "acme/1-1"));
    assert_eq!(alone.log.streams().len(), 8);
    for sql in [text, numbers] {
        let store = opened(&sql);
        let all: Vec<&str> = streams(&store);
        assert_eq!(all.len(), 8, "{all:?}");
        assert!(
            all.contains(&"acme/order-1") && all.contains(&"globex/invoice-2"),
            "{all:?}"
        );
        assert!(
            all.iter()
                .all(|stream| versions(&store, stream) == [0, 1, 2, 3]),
            "{all:?}"
        );
    }
}
