//! SQLite stores with a writer at work.

use std::fs;
use std::path::{Path, PathBuf};

use asof::log::{LogBuilder, Unreadable};
use asof::model::{EventIx, Task};
use asof::store::layout::{Layout, from_toml};
use asof::store::{Followed, OpenOptions, Store, Tail};
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
    // Not every one of many: a correlation may have thousands.
    for event in now.log.events().step_by(1 + now.log.len() / 500) {
        assert_eq!(followed.log.correlated(event), now.log.correlated(event));
        assert_eq!(followed.log.cause(event), now.log.cause(event));
        assert_eq!(followed.log.effects(event), now.log.effects(event));
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

/// A row put in behind the reader, or taken out, moves neither the first nor the last.
#[test]
fn what_changes_in_the_middle_is_noticed() {
    let changes = [
        "insert into events values (15, 's-0', 9, 'T0', 'e15', null, null, null, '{}')",
        "insert into events values (15, 's-0', 9, 'T0', 'e15', null, null, null, '{}');
         insert into events values (21, 's-0', 10, 'T0', 'e21', null, null, null, '{}')",
        "delete from events where position = 5",
        "delete from events where position = 5;
         insert into events values (15, 's-0', 9, 'T0', 'e15', null, null, null, '{}')",
        "update events set position = 16 where position = 5",
    ];
    for journal in ["delete", "wal"] {
        for change in changes {
            let writer = Writer::new(journal);
            writer.write(1, 11);
            writer.write(20, 21);
            let mut store = writer.opened();
            assert_eq!(store.follow(), Followed::Same);
            writer.run(change);
            assert_eq!(store.follow(), Followed::Rewritten, "{change} ({journal})");
        }
    }
}

/// Of a large store a part is counted at a look.
#[test]
fn what_changes_far_back_is_noticed_in_time() {
    let writer = Writer::new("wal");
    writer.write(1, 2_000);
    writer.run(
        "with recursive n(i) as (select 2000 union all select i + 1 from n where i < 400000)
         insert into events (position, stream, version, type) select i, 's-' || (i % 5), i / 5, 'T' from n",
    );
    let mut store = writer.opened();
    writer.run("delete from events where position = 1000");
    let mut looks = 0;
    // It is looked for also where something comes each time.
    let found = loop {
        looks += 1;
        writer.write(400_000 + looks, 400_001 + looks);
        match store.follow() {
            Followed::Appended if looks < 10 => {}
            found => break found,
        }
    };
    assert_eq!(found, Followed::Rewritten);
    assert!(looks > 1, "all was counted at once");
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

/// What is done to a store the first time that a part of it was read.
fn indexed_while(path: &Path, act: &mut dyn FnMut()) -> Opened {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
    let mut builder = store.builder();
    let mut acted = false;
    let mut publish = |_: &mut LogBuilder| {
        if !std::mem::replace(&mut acted, true) {
            act();
        }
    };
    store
        .index(&mut builder, Tail::AtRest, &task, &mut publish)
        .unwrap();
    let (log, arrangement) = builder.finish();
    Opened {
        store,
        builder,
        log,
        arrangement,
        task,
    }
}

#[test]
fn a_store_rewritten_while_it_is_indexed_is_indexed_again() {
    let rewritings = [
        "delete from events where position < 30",
        "update events set stream = 'x-' || (position % 7), event_id = 'y' || position",
        "delete from events where position <= 5000; update events set position = position - 5000",
        "delete from events; insert into events (position, stream, type) values (1, 'only', 'One')",
        "delete from events where position % 2; vacuum",
    ];
    for journal in ["delete", "wal"] {
        for rewriting in rewritings {
            let writer = Writer::new(journal);
            writer.write(1, 12_000);
            let mut store = indexed_while(&writer.path, &mut || writer.run(rewriting));
            as_if_opened_now(&store, &writer.path);
            assert_eq!(store.problems(), [""; 0]);
            assert_eq!(store.follow(), Followed::Same, "{rewriting} ({journal})");
        }
    }
}

/// Two readers are ahead of what was taken when the rewriting comes.
#[test]
fn so_is_a_big_one() {
    let writer = Writer::new("delete");
    writer.write(1, 80_000);
    let rewriting = "update events set stream = 'x-' || (position % 7), event_id = 'y' || position";
    let store = indexed_while(&writer.path, &mut || writer.run(rewriting));
    assert_eq!(store.log.len(), 79_999);
    let streams = store.log.streams().iter();
    let live = streams.filter(|name| !store.events(name).is_empty());
    assert!(live.into_iter().all(|name| name.starts_with("x-")));
}

/// A store at rest is read without locks, so reading has to begin anew to see what came.
#[test]
fn a_store_at_rest_that_is_rewritten_while_it_is_indexed() {
    let writer = Writer::new("wal");
    writer.write(1, 12_000);
    let Writer {
        connection,
        path,
        folder: _folder,
    } = writer;
    drop(connection);
    let mut store = indexed_while(&path, &mut || {
        let connection = Connection::open(&path).unwrap();
        let rewriting = "update events set stream = 'x-' || (position % 7)";
        connection.execute_batch(rewriting).unwrap();
    });
    as_if_opened_now(&store, &path);
    assert_eq!(store.follow(), Followed::Same);
}

#[test]
fn what_is_added_while_a_store_is_indexed_begins_nothing_again() {
    for journal in ["delete", "wal"] {
        let writer = Writer::new(journal);
        writer.write(1, 12_000);
        let mut store = indexed_while(&writer.path, &mut || writer.write(12_000, 13_000));
        assert_eq!(store.log.generation(), 0);
        store.follow();
        as_if_opened_now(&store, &writer.path);
    }
}

#[test]
fn a_store_without_keys_that_is_rewritten_while_it_is_indexed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let writer = Connection::open(&path).unwrap();
    writer
        .execute_batch(
            "create table events (stream text, version integer, type text, at integer, data text,
               primary key (stream, version)) without rowid;
             with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000)
             insert into events select 's-' || (i % 50), i / 50, 'T', 1700000000000 + i, json_object('n', i) from n",
        )
        .unwrap();
    let rewriting = "update events set type = 'U'; delete from events where version = 3";
    let mut store = indexed_while(&path, &mut || writer.execute_batch(rewriting).unwrap());
    as_if_opened_now(&store, &path);
    assert_eq!(store.follow(), Followed::Same);
}

const LINKED: &str = "create table events (id integer primary key, event_id text unique, type text, stream text, data text);
    create table links (id integer primary key, stream text, position integer, event_id text);";

fn linked(row: &str) -> Layout {
    let text = format!(
        "id = 'test'\nname = 'Test'\nmedium = 'sqlite'\n[events]\nfrom = 'events e'\nkey = 'e.id'\n\
         [events.columns]\nstream = 'e.stream'\ntype = 'e.type'\nevent_id = 'e.event_id'\npayload = 'e.data'\n\
         [events.links]\nfrom = 'links s JOIN events e ON e.event_id = s.event_id'\nkey = 'e.id'\n\
         stream = 's.stream'\nversion = 's.position'\n{row}"
    );
    from_toml("test", &text).unwrap()
}

fn standings(opened: &Opened) -> Vec<String> {
    let mut standings = Vec::new();
    for name in opened.log.streams().iter() {
        let stream = opened.stream(name);
        for event in opened.events(name) {
            let version = opened.log.version_in(event, stream);
            standings.push(format!("{name} {} {version:?}", event.0));
        }
    }
    standings.sort();
    standings
}

/// A process manager links what happened long ago.
#[test]
fn links_made_later_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch(LINKED).unwrap();
    let run = |sql: &str| writer.execute_batch(sql).unwrap();
    run(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
         insert into events select i, 'e' || i, 'T', 's-' || (i % 9), '{}' from n;
         insert into links values (1, 'vip', 0, 'e5'), (2, 'vip', 1, 'e2000')",
    );
    let layout = linked("row = 's.id'");
    let mut store = Opened::by(&path, layout.clone());
    assert_eq!(store.follow(), Followed::Same);
    for sql in [
        "insert into links values (3, 'vip', 2, 'e3'), (4, 'new', 0, 'e3'), (5, 'vip', 2, 'e3')",
        "insert into events values (3001, 'e3001', 'T', 's-1', '{}');
         insert into links values (6, 'vip', 3, 'e3001'), (7, 'new', 1, 'e1')",
        "insert into links values (8, 'vip', 4, 'not there')",
    ] {
        run(sql);
        store.follow();
        let now = Opened::by(&path, layout.clone());
        assert_eq!(standings(&store), standings(&now), "{sql}");
        assert_eq!(store.log.len(), now.log.len());
    }
    // Seen by nobody who does not know their rows.
    let mut blind = Opened::by(&path, linked(""));
    run("insert into links values (9, 'vip', 5, 'e7')");
    assert_eq!(blind.follow(), Followed::Same);
}
