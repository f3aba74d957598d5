//! Stores without an integer that names a row: tables without rowids, and views.

use asof::log::Unreadable;
use asof::model::{EventIx, Task};
use asof::store::{Followed, OpenOptions, Store, Tail};
use rusqlite::Connection;

use crate::made::{layout, made, read};
use crate::opened::Opened;

/// Rows without rowids have no order but what they say; they are read by counting them.
#[test]
fn tables_without_rowids_and_views() {
    let rows = "(stream text, version integer, type text, recorded_at text, payload text, primary key (stream, version))";
    let insert = "insert into t values ('b', 1, 'Made', '2024-01-01T00:00:00Z', '{\"n\":1}'), ('a', 1, 'Made', '2024-01-01T00:00:01Z', '{\"n\":2}'),
        ('b', 2, 'Sold', '2024-01-01T00:00:02Z', '{\"n\":3}'), ('a', 2, 'Sold', '2024-01-01T00:00:03Z', '{\"n\":4}')";
    let shapes = [
        format!("create table t {rows} without rowid; {insert};"),
        format!(
            "create table t {rows}; {insert}; alter table t rename to hidden_; create view events_all as select * from hidden_ order by stream, version; drop table if exists t;"
        ),
    ];
    for sql in shapes {
        let made = made(&sql);
        let mut store = match sql.contains("view") {
            false => Opened::open(&made.path),
            true => {
                let columns = "[events]\nfrom = 'events_all'\norder = 'time'\n[events.columns]\nstream = 'stream'\nversion = 'version'\ntype = 'type'\nrecorded_at = 'recorded_at'\npayload = 'payload'";
                Opened::by(&made.path, layout(columns))
            }
        };
        let numbers: Vec<_> = store
            .log
            .events()
            .map(|event| store.data(event)["n"].clone())
            .collect();
        assert_eq!(numbers, [1, 2, 3, 4], "{sql}");
        let backwards = [EventIx(3), EventIx(0), EventIx(2)];
        let bodies = store.bodies(&backwards).into_iter();
        let numbers: Vec<_> = bodies
            .map(|body| body.unwrap().data.value().unwrap()["n"].clone())
            .collect();
        assert_eq!(numbers, [4, 1, 3]);
        assert_eq!(store.follow(), asof::store::Followed::Same);
        let writer = Connection::open(&made.path).unwrap();
        let table = if sql.contains("view") { "hidden_" } else { "t" };
        writer
            .execute_batch(&format!(
                "insert into {table} values ('c', 1, 'Made', '2024-01-01T00:00:09Z', '{{}}')"
            ))
            .unwrap();
        assert_eq!(store.follow(), asof::store::Followed::Rewritten);
    }
}

/// A covering index holds what the index wants and not what a body wants: rows read through it come
/// in another order.
#[test]
fn a_covering_index_changes_no_order() {
    let rows = "(stream text, version integer, type text, payload text, primary key (stream, version)) without rowid;
        create index by_type on t (type, version, stream);
        insert into t values ('a', 1, 'Z', '{\"n\":1}'), ('a', 2, 'A', '{\"n\":2}'), ('b', 1, 'M', '{\"n\":3}'),
          ('b', 2, 'B', '{\"n\":4}'), ('c', 1, 'K', '{\"n\":5}');";
    let columns = "[events.columns]\nstream = 'stream'\nversion = 'version'\ntype = 'type'\npayload = 'payload'";
    for (sql, rest) in [
        (
            format!("create table t {rows}"),
            format!("[events]\nfrom = 't'\n{columns}"),
        ),
        (
            format!("create table t {rows} create view v as select * from t;"),
            format!("[events]\nfrom = 'v'\n{columns}"),
        ),
    ] {
        let (mut store, _made) = read(&sql, &rest);
        assert_eq!(store.problems(), [""; 0]);
        let told: Vec<(String, serde_json::Value)> = store
            .log
            .events()
            .map(|event| (store.kind(event).to_owned(), store.data(event)["n"].clone()))
            .collect();
        let mut kinds: Vec<_> = told.iter().map(|(kind, n)| format!("{kind}{n}")).collect();
        kinds.sort();
        assert_eq!(kinds, ["A2", "B4", "K5", "M3", "Z1"], "{rest}");
        assert_eq!(store.follow(), Followed::Same);
    }
}

const MANY: &str = "create table t (stream text, version integer, type text, recorded_at integer, payload text,
      primary key (stream, version)) without rowid;
    with recursive n(i) as (select 1 union all select i + 1 from n where i <= 30000)
    insert into t select 's-' || (i % 97), i / 97, 'T' || (i % 3), 1700000000000 + i, json_object('n', i) from n;";

/// Chunk by chunk, so that the first are there at once, a writer gets its turn and it can be called
/// off; and every body is found again by its rank.
#[test]
fn many_rows_are_read_in_pages() {
    let made = made(MANY);
    let task = Task::new();
    let mut store = Store::open(&made.path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let mut lengths = Vec::new();
    let writer = Connection::open(&made.path).unwrap();
    store
        .index(&mut builder, Tail::AtRest, &task, &mut |builder| {
            lengths.push(builder.len());
            // No transaction of ours is open.
            writer.execute_batch("begin exclusive; rollback").unwrap();
        })
        .unwrap();
    assert!(lengths.len() > 2 && lengths[0] <= 1000, "{lengths:?}");
    let opened = Opened::open(&made.path);
    assert_eq!(opened.log.len(), 30_001);
    let some: Vec<EventIx> = (0..30_001).step_by(997).map(EventIx).collect();
    for (event, body) in some.iter().zip(opened.bodies(&some)) {
        let n = i64::from(event.0) + 1;
        assert_eq!(body.unwrap().data.value().unwrap()["n"], n);
    }
    let all: Vec<EventIx> = opened.log.events().collect();
    assert!(opened.bodies(&all).iter().all(Result::is_ok));
}

#[test]
fn reading_in_pages_can_be_called_off() {
    let made = made(MANY);
    let task = Task::new();
    let mut store = Store::open(&made.path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let outcome = store.index(&mut builder, Tail::AtRest, &task, &mut |_| task.cancel());
    assert!(outcome.unwrap_err().to_string().contains("cancelled"));
    assert!(builder.len() < 30_001);
}

/// What eventsourcing's recorder of aggregates alone makes: the same columns and no rowids.
#[test]
fn a_known_library_s_table_without_rowids() {
    let mut store = {
        let made = made(
            "create table stored_events (originator_id text, originator_version integer, topic text, state blob,
               primary key (originator_id, originator_version)) without rowid;
             insert into stored_events values
               ('a', 1, 'bank:Account.Opened', '{\"timestamp\":{\"_type_\":\"datetime_iso\",\"_data_\":\"2024-03-01T08:00:02Z\"},\"n\":1}'),
               ('b', 1, 'bank:Account.Opened', '{\"timestamp\":{\"_type_\":\"datetime_iso\",\"_data_\":\"2024-03-01T08:00:01Z\"},\"n\":2}'),
               ('a', 2, 'bank:Account.Closed', '{\"timestamp\":{\"_type_\":\"datetime_iso\",\"_data_\":\"2024-03-01T08:00:03Z\"},\"n\":3}');",
        );
        (Opened::open(&made.path), made)
    };
    let opened = &mut store.0;
    assert_eq!(opened.layout(), "eventsourcing-python");
    assert_eq!(opened.problems(), [""; 0]);
    let numbers: Vec<_> = opened
        .log
        .events()
        .map(|event| opened.data(event)["n"].clone())
        .collect();
    assert_eq!(numbers, [2, 1, 3]);
    assert!(!opened.log.has_own_positions());
}

#[test]
fn a_row_that_is_gone_is_not_another_one() {
    let made = made(MANY);
    let opened = Opened::open(&made.path);
    let writer = Connection::open(&made.path).unwrap();
    writer
        .execute_batch("delete from t where payload ->> '$.n' = 1000")
        .unwrap();
    let all: Vec<EventIx> = opened.log.events().collect();
    for (event, body) in all.iter().zip(opened.bodies(&all)) {
        match body {
            Ok(body) => assert_eq!(body.data.value().unwrap()["n"], event.0 + 1),
            Err(error) => assert_eq!(error, Unreadable::Rewritten),
        }
    }
}

#[test]
fn damaged_rows_are_stepped_over() {
    let (store, _made) = read(
        "create table t (stream text, version integer, type text, data text, primary key (stream, version)) without rowid;
         insert into t values ('a', 1, 'T', '{\"k\":\"x\"}'), ('a', 2, 'T', 'no json'), ('a', 3, 'T', '{\"k\":\"z\"}'),
           ('b', 1, 'T', 'nor this'), ('b', 2, 'T', '{\"k\":\"y\"}');",
        "[events]\nfrom = 't'\n[events.columns]\nstream = 'stream'\nversion = 'version'\ntype = 'type'\n\
         event_id = \"json_extract(data, '$.k')\"\npayload = 'data'",
    );
    let ids: Vec<String> = store.log.events().map(|event| store.id(event)).collect();
    assert_eq!(ids, ["x", "z", "y"]);
    let bodies: Vec<_> = store
        .log
        .events()
        .map(|event| store.data(event)["k"].clone())
        .collect();
    assert_eq!(bodies, ["x", "z", "y"]);
    let problems = store.problems();
    assert_eq!(
        problems,
        ["row a, 2: malformed JSON", "row b, 1: malformed JSON"]
    );
    let view = "create table t (n integer primary key, data text);
         insert into t values (1, '{\"k\":\"x\"}'), (2, 'no json'), (3, '{\"k\":\"z\"}');
         create view v as select n, json_extract(data, '$.k') kind from t;";
    let (store, _made) = read(
        view,
        "[events]\nfrom = 'v'\n[events.columns]\ntype = 'kind'\nversion = 'n'",
    );
    assert_eq!(store.problems()[0], "row 2: malformed JSON");
    let kinds: Vec<&str> = store.log.events().map(|event| store.kind(event)).collect();
    assert_eq!(kinds, ["x", "z"]);
}
