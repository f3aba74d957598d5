//! SQLite stores with a writer at work.

use std::fs;
use std::path::{Path, PathBuf};

use asof::log::Unreadable;
use asof::model::EventIx;
use asof::store::Followed;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::opened::Opened;

struct Writer {
    connection: Connection,
    path: PathBuf,
    folder: TempDir,
}

impl Writer {
    fn new(journal: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "journal_mode", journal)
            .unwrap();
        connection
            .execute_batch(
                "create table events (position integer primary key, stream text, version integer,
                 type text, event_id text, correlation_id text, causation_id text, at integer, data text)",
            )
            .unwrap();
        Self {
            connection,
            path,
            folder,
        }
    }

    /// Writes the events `from..to`, in one transaction.
    fn write(&self, from: i64, to: i64) {
        let transaction = self.connection.unchecked_transaction().unwrap();
        for n in from..to {
            let insert = "insert into events values (?, 's-' || (? % 5), ? / 5, 'T' || (? % 3), 'e' || ?, 'c' || (? % 4), 'e' || (? - 3), ?, json_object('n', ?))";
            let at = 1_700_000_000_000 + n;
            transaction
                .execute(insert, params![n, n, n, n, n, n, n, at, n])
                .unwrap();
        }
        transaction.commit().unwrap();
    }

    fn run(&self, sql: &str) {
        self.connection.execute_batch(sql).unwrap();
    }

    fn opened(&self) -> Opened {
        Opened::open(&self.path)
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }
}

fn as_if_opened_now(followed: &Opened, path: &Path) {
    let now = Opened::open(path);
    assert_eq!(followed.dump(), now.dump());
    for event in now.log.events() {
        assert_eq!(followed.log.correlated(event), now.log.correlated(event));
        assert_eq!(followed.log.cause(event), now.log.cause(event));
    }
}

#[test]
fn appended_rows_come_in() {
    for journal in ["delete", "truncate", "persist", "wal"] {
        let writer = Writer::new(journal);
        writer.write(1, 50);
        let mut store = writer.opened();
        assert_eq!(store.log.len(), 49);
        assert_eq!(store.follow(), Followed::Same, "{journal}");
        for (from, to) in [(50, 51), (51, 300), (300, 1200)] {
            writer.write(from, to);
            assert_eq!(store.follow(), Followed::Appended, "{journal}");
            assert_eq!(store.log.len() as i64, to - 1);
            let last = EventIx(to as u32 - 2);
            assert_eq!(store.data(last), serde_json::json!({"n": to - 1}));
            assert_eq!(store.follow(), Followed::Same, "{journal}");
        }
        as_if_opened_now(&store, &writer.path);
    }
}

#[test]
fn an_empty_store_fills() {
    let writer = Writer::new("wal");
    let mut store = writer.opened();
    assert_eq!(store.log.len(), 0);
    assert_eq!(store.follow(), Followed::Same);
    writer.write(1, 10);
    assert_eq!(store.follow(), Followed::Appended);
    writer.write(10, 20);
    assert_eq!(store.follow(), Followed::Appended);
    as_if_opened_now(&store, &writer.path);
}

#[test]
fn what_is_not_committed_is_not_there() {
    let writer = Writer::new("wal");
    writer.write(1, 10);
    let mut store = writer.opened();
    writer.run("begin; insert into events (position, stream, type) values (10, 's', 'T')");
    assert_eq!(store.follow(), Followed::Same);
    writer.run("rollback");
    assert_eq!(store.follow(), Followed::Same);
    assert_eq!(store.log.len(), 9);
}

/// An open reader would make the last writer leave its log beside the file.
#[test]
fn a_writer_that_closes_can_tidy_up() {
    let writer = Writer::new("wal");
    writer.write(1, 10);
    let mut store = writer.opened();
    assert!(store.store.access().contains("its writer"));
    writer.write(10, 20);
    assert_eq!(store.follow(), Followed::Appended);
    store.data(EventIx(0));
    assert!(writer.beside("-wal").exists());
    let Writer {
        connection,
        path,
        folder,
    } = writer;
    drop(connection);
    let names = fs::read_dir(folder.path()).unwrap();
    assert_eq!(names.count(), 1);
    assert_eq!(store.follow(), Followed::Same);
    assert_eq!(store.data(EventIx(18)), serde_json::json!({"n": 19}));
    as_if_opened_now(&store, &path);
}

#[test]
fn a_store_at_rest_that_a_writer_opens_again() {
    let writer = Writer::new("wal");
    writer.write(1, 10);
    let (path, _folder) = {
        let Writer {
            connection,
            path,
            folder,
        } = writer;
        drop(connection);
        (path, folder)
    };
    let mut store = Opened::open(&path);
    assert!(
        store
            .store
            .access()
            .starts_with("Read in place; no program has")
    );
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("insert into events (position, stream, version, type, data) values (10, 's-0', 2, 'T0', '{}')")
        .unwrap();
    assert_eq!(store.follow(), Followed::Appended);
    as_if_opened_now(&store, &path);
}

#[test]
fn a_rewritten_store_says_so() {
    let rewritings: [(&str, &[&str]); 6] = [
        (
            "rows deleted at the front",
            &["delete from events where position < 30"],
        ),
        (
            "rows deleted at the end",
            &["delete from events where position > 90"],
        ),
        ("all rows deleted", &["delete from events"]),
        (
            "all rows replaced by as many",
            &["update events set stream = 'x-' || position, event_id = 'y' || position"],
        ),
        (
            "vacuumed after retention",
            &["delete from events where position < 50", "vacuum"],
        ),
        ("vacuumed", &["vacuum"]),
    ];
    for journal in ["delete", "wal"] {
        for (what, steps) in rewritings {
            let writer = Writer::new(journal);
            writer.write(1, 100);
            let mut store = writer.opened();
            steps.iter().for_each(|step| writer.run(step));
            assert_eq!(store.follow(), Followed::Rewritten, "{what} ({journal})");
        }
    }
}

#[test]
fn a_replaced_file_says_so() {
    let [writer, other] = [Writer::new("delete"), Writer::new("delete")];
    writer.write(1, 100);
    other.write(1, 200);
    let mut store = writer.opened();
    fs::rename(&other.path, &writer.path).unwrap();
    assert_eq!(store.follow(), Followed::Rewritten);
}

#[test]
fn a_body_is_that_of_the_indexed_event_or_none() {
    for journal in ["delete", "wal"] {
        let writer = Writer::new(journal);
        writer.write(1, 100);
        let store = writer.opened();
        // Retention that counts its rows anew.
        writer.run(
            "delete from events where position <= 40;
             update events set position = position - 40;
             insert into events (position, stream, version, type, event_id, data)
             values (99, 's-4', 19, 'T0', 'e99', json_object('n', 99))",
        );
        let events: Vec<EventIx> = store.log.events().collect();
        let bodies = store.bodies(&events);
        for (event, body) in events.iter().zip(bodies) {
            match body {
                Err(Unreadable::Rewritten) => assert_ne!(event.0, 98),
                Ok(body) => {
                    let n = body.data.value().unwrap();
                    assert_eq!((event.0, n), (98, serde_json::json!({"n": 99})));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn keys_may_lie_far_apart() {
    let writer = Writer::new("delete");
    let insert = "insert into events (position, stream, version, type, event_id, data) values (?, 's', ?, 'T', ?, json_object('n', ?))";
    let keys = [-9_000_000_000_i64, -5, 1, 2, 7_000_000_000_000_000_000];
    for (n, key) in keys.into_iter().enumerate() {
        writer
            .connection
            .execute(insert, params![key, n as i64, format!("e{n}"), n as i64])
            .unwrap();
    }
    let mut store = writer.opened();
    assert_eq!(store.positions(), keys);
    writer
        .connection
        .execute(insert, params![i64::MAX, 5, "e5", 5])
        .unwrap();
    assert_eq!(store.follow(), Followed::Appended);
    assert_eq!(store.data(EventIx(5)), serde_json::json!({"n": 5}));
    as_if_opened_now(&store, &writer.path);
}
