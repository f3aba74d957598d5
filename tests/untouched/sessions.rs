//! Whole sessions as the program has them, of stores of every kind: opened, indexed, followed, bodies
//! read from several threads, let go of.

use std::fs;
use std::path::{Path, PathBuf};

use asof::log::{Log, LogBuilder, PayloadReader};
use asof::model::{EventIx, Task};
use asof::store::{Followed, OpenOptions, Store, Tail};
use tempfile::TempDir;

use crate::watch::{look, names, stage};
use crate::writer::Writer;

struct Session {
    store: Store,
    builder: LogBuilder,
    log: Log,
    task: Task,
}

impl Session {
    fn open(path: &Path) -> Self {
        let task = Task::new();
        let mut store = Store::open(path, &OpenOptions::default(), &task).unwrap();
        let mut builder = store.builder();
        store
            .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
            .unwrap();
        let log = builder.finish().0;
        Self {
            store,
            builder,
            log,
            task,
        }
    }

    fn follow(&mut self) -> Followed {
        let followed = self.store.follow(&mut self.builder, &self.task).unwrap();
        self.log = self.builder.finish().0;
        followed
    }

    /// How many bodies can be read, by two threads at once.
    fn bodies(&self) -> usize {
        let reader = self.store.payloads();
        let (log, task) = (&self.log, &self.task);
        let events: Vec<EventIx> = log.events().collect();
        let read = |reader: &dyn PayloadReader| {
            let mut count = 0;
            let outcome = reader.read(log, &events, task, &mut |_, body| {
                count += usize::from(body.is_ok());
            });
            outcome.unwrap();
            count
        };
        let counts = std::thread::scope(|scope| {
            let readers = [0, 1].map(|_| scope.spawn(|| read(&*reader)));
            readers.map(|reader| reader.join().unwrap())
        });
        assert_eq!(counts[0], counts[1]);
        let likely = reader.likely(log, &events, task, &|_| true);
        assert_eq!(likely.unwrap().len(), events.len());
        counts[0]
    }
}

/// A folder with copies of these files, as old as those of [`stage`].
fn copied(files: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files {
        let to = folder.path().join(Path::new(file).file_name().unwrap());
        fs::write(&to, fs::read(root.join(file)).unwrap()).unwrap();
        let then = filetime::FileTime::from_unix_time(1_700_000_000, 0);
        filetime::set_file_mtime(&to, then).unwrap();
    }
    let first = Path::new(files[0]).file_name().unwrap();
    let store = folder.path().join(first);
    (folder, store)
}

#[test]
fn sessions_on_stores_at_rest_leave_no_trace() {
    let stores: [(&[&str], usize); 13] = [
        (&["tests/fixtures/es_py_bank/store.db"], 231),
        (&["tests/fixtures/es_py_bank_zlib/store.db"], 231),
        (&["tests/fixtures/eventsource_py_orders/store.db"], 143),
        (&["tests/fixtures/evento_bank/store.db"], 158),
        (&["sample-data/orders.db"], 0),
        (
            &[
                "tests/fixtures/emmett_cart/store.db",
                "tests/fixtures/emmett_cart/store.db-wal",
                "tests/fixtures/emmett_cart/store.db-shm",
            ],
            119,
        ),
        (
            &[
                "tests/fixtures/broken/hot_journal.db",
                "tests/fixtures/broken/hot_journal.db-journal",
            ],
            100,
        ),
        (
            &[
                "tests/fixtures/broken/uncheckpointed_wal.db",
                "tests/fixtures/broken/uncheckpointed_wal.db-wal",
            ],
            80,
        ),
        (&["tests/fixtures/broken/wal_missing.db"], 245),
        (&["tests/fixtures/broken/truncated_half.db"], 0),
        (&["tests/fixtures/broken/good.jsonl"], 0),
        (&["tests/fixtures/broken/good.jsonl.zst"], 0),
        (&["tests/fixtures/json_shapes/recorded_events.json"], 231),
    ];
    for (files, expected) in stores {
        let (folder, path) = copied(files);
        let before = look(folder.path());
        let mut session = Session::open(&path);
        let bodies = session.bodies();
        assert!(bodies > 0 && bodies <= session.log.len(), "{files:?}");
        if expected > 0 {
            assert_eq!(
                (session.log.len(), bodies),
                (expected, expected),
                "{files:?}"
            );
        }
        assert_eq!(session.follow(), Followed::Same, "{files:?}");
        drop(session);
        assert_eq!(look(folder.path()), before, "{files:?}");
    }
}

/// A packed database is unpacked elsewhere.
#[test]
fn a_session_on_a_packed_database_leaves_no_trace() {
    let (folder, path) = copied(&["tests/fixtures/es_py_bank/store.db"]);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let packed = folder.path().join("store.db.zst");
    fs::write(&packed, zstd::encode_all(&bytes[..], 1).unwrap()).unwrap();
    let before = look(folder.path());
    let session = Session::open(&packed);
    assert_eq!((session.log.len(), session.bodies()), (231, 231));
    drop(session);
    assert_eq!(look(folder.path()), before);
}

#[test]
fn a_session_beside_a_writer_holds_nothing_up_and_leaves_nothing_behind() {
    for journal in ["delete", "persist", "wal"] {
        let (folder, store) = stage(&["empty_tables.db"]);
        let mut writer = Writer::on(&store);
        writer.run(&format!("pragma journal_mode = {journal}"));
        let insert = "insert into events(stream_id, version, type, data, ts) \
             with recursive n(i) as (select 1 union all select i + 1 from n where i < 40) \
             select 's', i, 'New', '{}', '2024-01-01' from n";
        writer.run(insert);
        let theirs = names(folder.path());
        let mut session = Session::open(&store);
        for written in 1..6 {
            assert_eq!(
                (session.log.len(), session.bodies()),
                (40 * written, 40 * written)
            );
            assert_eq!(session.follow(), Followed::Same, "{journal}");
            writer.run(insert);
            assert_eq!(session.follow(), Followed::Appended, "{journal}");
        }
        assert_eq!(names(folder.path()), theirs);
        writer.run("pragma wal_checkpoint(truncate)");
        writer.close();
        assert_eq!(session.bodies(), 240);
        let after = look(folder.path());
        assert_eq!(session.follow(), Followed::Same, "{journal}");
        drop(session);
        assert_eq!(look(folder.path()), after, "{journal}");
        let alone = names(folder.path());
        assert!(
            !alone
                .iter()
                .any(|name| name.ends_with("-wal") || name.ends_with("-shm"))
        );
    }
}
