//! Several applications, or a table for each kind of aggregate, in one SQLite file: one log, and consumers
//! across them.

use std::path::{Path, PathBuf};

use asof::analysis::lag::{self, ConsumerLag, Course, LagOptions, Samples};
use asof::log::Bound;
use asof::model::Task;
use asof::store::{Join, OpenOptions, Store};
use rusqlite::Connection;

use crate::made::made;
use crate::opened::Opened;

/// A table of events as eventsourcing-sqlalchemy makes one for an application.
fn application(name: &str, kind: &str, events: usize) -> String {
    let mut sql = format!(
        "CREATE TABLE {name}_events (id INTEGER PRIMARY KEY, originator_id BINARY(16) NOT NULL, originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL);
         CREATE TABLE {name}_tracking (application_name VARCHAR(32) PRIMARY KEY, notification_id INTEGER);"
    );
    for n in 1..=events {
        sql.push_str(&format!(
            "INSERT INTO {name}_events VALUES ({n}, x'00112233445566778899aabbccddee0{n}', 1, 'm:{kind}.Made', '{{\"timestamp\":\"2024-03-01T08:00:0{n}Z\"}}');"
        ));
    }
    sql
}

fn consumers(store: &Opened) -> Vec<ConsumerLag> {
    let log = &store.log;
    let clock = log.default_clock();
    let rows = store.store.rows();
    let course = Course::read(log, &*rows, &Samples::default(), clock, &store.task).unwrap();
    let cut = log.cut(clock, Bound::Head);
    let payloads = store.store.payloads();
    lag::report(
        &course,
        &*payloads,
        &cut,
        &LagOptions::default(),
        &store.task,
    )
    .unwrap()
    .consumers
}

fn reasons(store: &Opened) -> String {
    let reasons = store.store.recognition().reasons.iter();
    reasons.map(|(reason, _)| format!("{reason}\n")).collect()
}

#[test]
fn tables_of_two_applications_make_one_log() {
    let sql = application("dogs", "Dog", 4) + &application("counters", "Counter", 2);
    let made = made(&format!(
        "{sql} INSERT INTO counters_tracking VALUES ('dogs', 3);"
    ));
    let mut store = Opened::open(&made.path);
    assert_eq!(store.layout(), "eventsourcing-python");
    assert_eq!(store.log.len(), 6);
    // Both have a stream of that id.
    let both = ["dogs", "counters"].map(|name| {
        let stream = format!("{name}/00112233-4455-6677-8899-aabbccddee01");
        store.events(&stream).len()
    });
    assert_eq!(both, [1, 1]);
    let all = consumers(&store);
    let [one] = &all[..] else { panic!("{all:?}") };
    assert_eq!(one.name, "counters follows dogs");
    assert_eq!(one.lag_events, Some(1));
    assert_eq!(one.head.as_ref().unwrap().to_string(), "#dogs:4");
    // The file counts once, and its tables are there once.
    assert_eq!(
        store.store.size(),
        std::fs::metadata(&made.path).unwrap().len()
    );
    let tables = store.store.tables().tables(&Task::new()).unwrap();
    assert_eq!(tables.len(), 4);

    let writer = Connection::open(&made.path).unwrap();
    writer
        .execute_batch("INSERT INTO dogs_events VALUES (5, x'00112233445566778899aabbccddee05', 1, 'm:Dog.Made', '{\"timestamp\":\"2024-03-01T08:01:00Z\"}')")
        .unwrap();
    store.follow();
    assert_eq!(store.log.len(), 7);
    assert_eq!(consumers(&store)[0].lag_events, Some(2));
}

#[test]
fn beside_other_files_and_in_a_folder_they_are_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let sql = application("dogs", "Dog", 4) + &application("counters", "Counter", 2);
    file("both.db", &sql);
    file("cats.db", &plain("Cat", 7, Some("dogs")));
    let store = Opened::open(folder.path());
    assert_eq!(store.log.len(), 7);
    let all = consumers(&store);
    let names: Vec<&str> = all.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["cats follows dogs"]);
    assert_eq!(all[0].lag_events, Some(3));
}

#[test]
fn a_table_for_each_aggregate_makes_one_log_and_copies_are_left_out() {
    let table = |name: &str, kind: &str| {
        format!(
            "CREATE TABLE {name}(aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence integer NOT NULL, event_type text NOT NULL, event_version text NOT NULL, payload text NOT NULL, metadata text NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence));
             INSERT INTO {name} VALUES ('{kind}', '1', 1, 'Made', '1.0', '{{\"Made\":{{}}}}', '{{}}'), ('{kind}', '1', 2, 'Made', '1.0', '{{\"Made\":{{}}}}', '{{}}');"
        )
    };
    let sql = table("account_events", "account") + &table("customer_events", "customer");
    let made = made(&(sql + &table("archive_events", "account")));
    let store = Opened::open(&made.path);
    assert_eq!(store.layout(), "cqrs-es");
    // None of them has times: they stand one after the other.
    assert_eq!(store.log.len(), 4);
    let streams: Vec<&str> = store.log.streams().iter().collect();
    assert_eq!(streams, ["account-1", "customer-1"]);
    let reasons = reasons(&store);
    assert!(
        reasons.contains("`archive_` are copies by their name"),
        "{reasons}"
    );
}

#[test]
fn a_guessed_table_is_read_rather_than_its_archive() {
    let table = |name: &str, rows: usize| {
        let mut sql = format!(
            "CREATE TABLE {name}(id integer primary key, stream_id text, version int, event_type text, payload text, created_at text);"
        );
        for n in 1..=rows {
            sql.push_str(&format!("INSERT INTO {name} VALUES ({n}, 'order-{}', {n}, 'OrderPlaced', '{{}}', '2024-03-01 08:00:0{n}');", n % 2));
        }
        sql
    };
    let made = made(&(table("event_archive", 9) + &table("events", 4)));
    let store = Opened::open(&made.path);
    assert_eq!(store.log.len(), 4);
    let reasons = reasons(&store);
    assert!(reasons.contains("event_archive"), "{reasons}");
}

#[test]
fn guessed_tables_whose_ids_are_called_after_their_kinds_make_one_log() {
    let table = |kind: &str, second: u32| {
        format!("CREATE TABLE {kind}_events(id integer primary key, {kind}_id text, event_type text, payload text, created_at text);
                 INSERT INTO {kind}_events VALUES (1, '7', '{kind}Made', '{{}}', '2024-03-01 08:00:0{second}'), (2, '7', '{kind}Named', '{{}}', '2024-03-01 08:00:0{}'), (3, '8', '{kind}Made', '{{}}', '2024-03-01 08:00:09');", second + 2)
    };
    let made = made(&(table("order", 1) + &table("payment", 2)));
    let store = Opened::open(&made.path);
    let mut streams: Vec<&str> = store.log.streams().iter().collect();
    streams.sort_unstable();
    assert_eq!(streams, ["order-7", "order-8", "payment-7", "payment-8"]);
    assert_eq!(store.log.len(), 6);
}

/// The tables that eventsourcing makes itself, with what an application has processed of another.
fn plain(kind: &str, second: u32, follows: Option<&str>) -> String {
    let tracking = follows.map_or(String::new(), |name| {
        format!("INSERT INTO tracking VALUES ('{name}', 1);")
    });
    format!(
        "CREATE TABLE IF NOT EXISTS stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, PRIMARY KEY (originator_id, originator_version));
         CREATE TABLE IF NOT EXISTS tracking (application_name TEXT, notification_id INTEGER, PRIMARY KEY (application_name, notification_id)) WITHOUT ROWID;
         INSERT INTO stored_events VALUES ('{kind}1', 1, 'm:{kind}.Made', '{{\"timestamp\":\"2024-03-01T08:00:0{second}Z\"}}'); {tracking}"
    )
}

#[test]
fn events_of_an_application_are_known_by_their_kind_in_the_same_file() {
    let made = made(&(plain("Dog", 1, None) + &plain("Counter", 2, Some("dogs"))));
    let own = &consumers(&Opened::open(&made.path))[0];
    assert_eq!(own.lag_events, Some(1));
    assert_eq!(own.position.as_ref().unwrap().to_string(), "#1");
    assert_eq!(own.note, None);
}

#[test]
fn a_file_is_an_application_s_by_a_word_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, sql: &str| -> PathBuf {
        let path = folder.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let follower = file("a.db", &plain("Counter", 2, Some("animals")));
    let followed = file("prod-animals.db", &plain("Dog", 1, None));
    let other = file("b.db", &plain("Cat", 3, None));
    let read = |paths: &[&Path]| {
        let files: Vec<_> = paths
            .iter()
            .map(|path| (path.to_path_buf(), OpenOptions::default()))
            .collect();
        let task = Task::new();
        let mut store = Store::open_all(&files, Join::Time, &task).unwrap();
        let mut builder = store.builder();
        let tail = asof::store::Tail::AtRest;
        store.index(&mut builder, tail, &task, &mut |_| {}).unwrap();
        let (log, arrangement) = builder.finish();
        let store = Opened {
            store,
            builder,
            log,
            arrangement,
            task,
        };
        consumers(&store).remove(0)
    };
    let known = read(&[&follower, &followed, &other]);
    assert_eq!(known.lag_events, Some(0));
    assert_eq!(known.position.unwrap().to_string(), "#prod-animals:1");
    let unknown = read(&[&follower, &other]);
    assert_eq!(unknown.lag_events, None);
    assert!(unknown.note.unwrap().contains("the application animals"));
}

/// In a stream of links an event has another version than in its own.
#[test]
fn a_consumer_of_links_stands_where_their_own_versions_say() {
    let sql = include_str!("../fixtures/layouts/commanded.sql");
    let made = made(&format!(
        "{sql} INSERT INTO subscriptions VALUES (3, 'vip', 'Bank.Vip', 1, '2024-05-01 09:00:00');"
    ));
    let store = Opened::open(&made.path);
    let all = consumers(&store);
    let lag = |name: &str| {
        all.iter()
            .find(|own| own.name == name)
            .map(|own| own.lag_events)
    };
    assert_eq!(lag("Bank.Vip"), Some(Some(0)));
    assert_eq!(lag("Bank.Mailer"), Some(Some(1)));
}
