//! Stores that no program has open.

use std::fs;
use std::path::{Path, PathBuf};

use asof::model::Task;
use asof::store::sqlite::connect::{ConnectError, Damage, Database, ReadMode, Refreshed};

use crate::watch::{look, names, stage};
use crate::writer::Writer;
use crate::{events, number, open, refused};

/// A whole session: open, a second connection, reads, marks, a refresh, close.
fn session(store: &Path, count: &str) -> (ReadMode, i64) {
    let mut database = open(store);
    let found = number(&database, count);
    let sibling = database.sibling().unwrap();
    assert_eq!(number(&sibling, count), found);
    assert_eq!(sibling.mode(), database.mode());
    let mark = database.changed().unwrap();
    assert_eq!(database.refresh(&Task::new()).unwrap(), Refreshed::Same);
    let again = database.changed().unwrap();
    assert_eq!(
        (again.schema_cookie, again.file, again.length),
        (mark.schema_cookie, mark.file, mark.length)
    );
    (database.mode(), found)
}

#[track_caller]
fn untouched(folder: &Path, store: &Path, count: &str) -> (ReadMode, i64) {
    let before = look(folder);
    let answer = session(store, count);
    assert_eq!(look(folder), before);
    answer
}

const EVENTS: &str = "select count(*) from events";

#[test]
fn rollback_journal_at_rest() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let answer = untouched(folder.path(), &store, EVENTS);
    assert_eq!(answer, (ReadMode::Rollback, 0));
}

#[test]
fn rollback_with_a_persistent_journal() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut writer = Writer::on(&store);
    writer.run("pragma journal_mode = persist; insert into events(type) values ('A'), ('B')");
    writer.close();
    assert_eq!(
        names(folder.path()),
        ["empty_tables.db", "empty_tables.db-journal"]
    );
    let answer = untouched(folder.path(), &store, EVENTS);
    assert_eq!(answer, (ReadMode::Rollback, 2));
}

#[test]
fn hot_journal() {
    let (folder, store) = stage(&["hot_journal.db", "hot_journal.db-journal"]);
    let (mode, count) = untouched(folder.path(), &store, EVENTS);
    let bytes = fs::metadata(&store).unwrap().len() + 9728;
    assert_eq!((mode, count), (ReadMode::PrivateCopy { bytes }, 100));
    let never = "select count(*) from events where type = 'NeverCommitted'";
    assert_eq!(untouched(folder.path(), &store, never).1, 0);
}

#[test]
fn wal_format_without_a_wal() {
    let (folder, store) = stage(&["wal_missing.db"]);
    let answer = untouched(
        folder.path(),
        &store,
        "select count(*) from eventcore_events",
    );
    assert_eq!(answer, (ReadMode::WalImmutable, 245));
}

#[test]
fn wal_without_its_index() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let answer = untouched(folder.path(), &store, EVENTS);
    let expected = if cfg!(unix) {
        ReadMode::WalPrivate
    } else {
        ReadMode::PrivateCopy { bytes: 131_824 }
    };
    assert_eq!(answer, (expected, 80));
}

#[test]
fn wal_and_index_of_a_dead_writer() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let mut writer = Writer::on(&store);
    writer.run("insert into events(type) values ('A')");
    writer.kill();
    assert_eq!(names(folder.path()).len(), 3);
    let answer = untouched(folder.path(), &store, EVENTS);
    assert_eq!(answer, (ReadMode::WalShared, 81));
}

#[test]
fn an_empty_wal_left_behind() {
    let (folder, store) = stage(&["wal_missing.db"]);
    fs::write(folder.path().join("wal_missing.db-wal"), b"").unwrap();
    let count = "select count(*) from eventcore_events";
    let answer = untouched(folder.path(), &store, count);
    assert_eq!(answer, (ReadMode::WalImmutable, 245));
    fs::write(folder.path().join("wal_missing.db-shm"), [0; 32_768]).unwrap();
    let answer = untouched(folder.path(), &store, count);
    assert_eq!(answer, (ReadMode::WalShared, 245));
}

#[test]
fn an_index_that_is_garbage_or_a_leftover() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    fs::write(folder.path().join("uncheckpointed_wal.db-shm"), [7; 32_768]).unwrap();
    assert_eq!(untouched(folder.path(), &store, EVENTS).1, 80);
    fs::write(folder.path().join("uncheckpointed_wal.db-shm"), b"").unwrap();
    assert_eq!(untouched(folder.path(), &store, EVENTS).1, 80);
}

#[cfg(unix)]
#[test]
fn through_a_symbolic_link_the_real_files_neighbours_count() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.db");
    std::os::unix::fs::symlink(&store, &link).unwrap();
    let answer = untouched(folder.path(), &link, EVENTS);
    assert_eq!(answer, (ReadMode::WalPrivate, 80));
    assert_eq!(names(elsewhere.path()), ["link.db"]);
}

#[test]
fn names_that_mean_something_in_a_uri() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut odd: Vec<PathBuf> = ["a b%20c.db", "50%.db", "x#y&mode=rwc.db", "ünï-日本.db"]
        .map(PathBuf::from)
        .into();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        odd.push("what?mode=rwc.db".into());
        odd.push(std::ffi::OsString::from_vec(b"latin-\xe9\xff.db".to_vec()).into());
        odd.push("back\\slash and \"quote\"\n.db".into());
    }
    for name in odd {
        let path = folder.path().join(&name);
        fs::copy(&store, &path).unwrap();
        let answer = untouched(folder.path(), &path, EVENTS);
        assert_eq!(answer, (ReadMode::Rollback, 0), "{}", name.display());
    }
}

#[cfg(unix)]
#[test]
fn a_path_longer_than_sqlite_takes() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let deep = (0..6).fold(folder.path().to_path_buf(), |p, _| p.join("d".repeat(100)));
    fs::create_dir_all(&deep).unwrap();
    let path = deep.join("store.db");
    fs::copy(&store, &path).unwrap();
    let answer = untouched(&deep, &path, EVENTS);
    assert_eq!(answer, (ReadMode::PrivateCopy { bytes: 8192 }, 0));
}

#[test]
fn a_file_cut_in_half_shows_what_is_left() {
    let (folder, store) = stage(&["truncated_half.db"]);
    let before = look(folder.path());
    let database = open(&store);
    let Some(Damage::CutShort { promised, found }) = database.damage() else {
        panic!("{:?}", database.damage());
    };
    assert_eq!(*found, 57_344);
    assert!(promised > found);
    let mut statement = database
        .connection()
        .prepare("select event_id from eventcore_events not indexed")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut readable = 0;
    while let Ok(Some(_)) = rows.next() {
        readable += 1;
    }
    assert_eq!(readable, 106);
    drop(rows);
    assert!(
        database
            .connection()
            .execute("delete from eventcore_events", [])
            .is_err()
    );
    drop(statement);
    drop(database);
    assert_eq!(look(folder.path()), before);
}

#[test]
fn what_is_no_database_is_named() {
    let (folder, store) = stage(&["not_sqlite.db", "zero.db"]);
    fs::write(folder.path().join("a.json"), b"[{\"type\": \"A\"}]").unwrap();
    fs::write(folder.path().join("a.db"), b"SQLite format 3\0 and no more").unwrap();
    let before = look(folder.path());
    assert!(matches!(refused(&store), ConnectError::NotADatabase { .. }));
    let json = refused(&folder.path().join("a.json")).to_string();
    assert!(
        json.starts_with("This is JSON or other text, not an SQLite database: "),
        "{json}"
    );
    assert!(json.ends_with("a.json"), "{json}");
    let zero = refused(&folder.path().join("zero.db"));
    assert!(matches!(zero, ConnectError::Empty { .. }));
    let short = refused(&folder.path().join("a.db"));
    assert!(matches!(short, ConnectError::Damaged { .. }));
    let none = refused(&folder.path().join("none.db"));
    assert!(matches!(none, ConnectError::Missing { .. }));
    assert!(matches!(
        refused(folder.path()),
        ConnectError::NotADatabase { .. }
    ));
    assert_eq!(look(folder.path()), before);
}

#[test]
fn an_empty_file_with_journals_keeps_them() {
    let (folder, store) = stage(&["zero.db"]);
    // SQLite itself deletes these as leftovers.
    fs::write(folder.path().join("zero.db-wal"), b"leftover").unwrap();
    fs::write(folder.path().join("zero.db-journal"), b"leftover").unwrap();
    let before = look(folder.path());
    assert!(matches!(refused(&store), ConnectError::Empty { .. }));
    assert_eq!(look(folder.path()), before);
}

#[test]
fn a_private_copy_is_counted_shared_and_removed() {
    let (_folder, store) = stage(&["hot_journal.db", "hot_journal.db-journal"]);
    let task = Task::new();
    let database = Database::open(&store, &task).unwrap();
    let ReadMode::PrivateCopy { bytes } = database.mode() else {
        panic!("{:?}", database.mode());
    };
    assert_eq!(
        (task.progress().done, task.progress().total),
        (bytes, bytes)
    );
    let copy = |database: &Database| {
        let connection = database.connection();
        PathBuf::from(connection.path().unwrap())
    };
    let sibling = database.sibling().unwrap();
    let path = copy(&database);
    assert_eq!(copy(&sibling), path);
    drop(database);
    assert!(path.exists());
    assert_eq!(events(&sibling), 100);
    drop(sibling);
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn a_cancelled_copy_ends() {
    let (folder, store) = stage(&["hot_journal.db", "hot_journal.db-journal"]);
    let before = look(folder.path());
    let task = Task::new();
    task.cancel();
    let error = Database::open(&store, &task).unwrap_err();
    assert!(matches!(error, ConnectError::Cancelled(_)));
    assert_eq!(look(folder.path()), before);
}

#[test]
fn nothing_can_be_written_or_attached() {
    let (folder, _) = stage(&[
        "empty_tables.db",
        "wal_missing.db",
        "uncheckpointed_wal.db",
        "uncheckpointed_wal.db-wal",
        "hot_journal.db",
        "hot_journal.db-journal",
    ]);
    let before = look(folder.path());
    for name in [
        "empty_tables.db",
        "wal_missing.db",
        "uncheckpointed_wal.db",
        "hot_journal.db",
    ] {
        let database = open(&folder.path().join(name));
        let other = folder.path().join("other.db");
        for sql in [
            "create table t(a)".to_owned(),
            "pragma query_only = off; create table t(a)".to_owned(),
            "pragma query_only = off; vacuum".to_owned(),
            format!("attach '{}' as other", other.display()),
            format!("vacuum into '{}'", other.display()),
        ] {
            let outcome = database.connection().execute_batch(&sql);
            let copied = matches!(database.mode(), ReadMode::PrivateCopy { .. });
            // A private copy is ours, so writing there harms nobody.
            assert!(outcome.is_err() || copied, "{name}: {sql}");
        }
        let _ = database.connection().execute_batch(
            "pragma wal_checkpoint(truncate); pragma journal_mode = delete; pragma optimize",
        );
        drop(database);
        assert_eq!(look(folder.path()), before, "{name}");
    }
}

const ALL: [&str; 6] = [
    "empty_tables.db",
    "hot_journal.db",
    "hot_journal.db-journal",
    "uncheckpointed_wal.db",
    "uncheckpointed_wal.db-wal",
    "wal_missing.db",
];

fn read_all(folder: &Path) {
    let before = look(folder);
    for (name, count, expected) in [
        ("empty_tables.db", EVENTS, 0),
        ("hot_journal.db", EVENTS, 100),
        ("uncheckpointed_wal.db", EVENTS, 80),
        (
            "wal_missing.db",
            "select count(*) from eventcore_events",
            245,
        ),
    ] {
        assert_eq!(session(&folder.join(name), count).1, expected, "{name}");
    }
    assert_eq!(look(folder), before);
}

#[cfg(unix)]
#[test]
fn in_a_read_only_folder_with_read_only_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _) = stage(&ALL);
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ALL {
        set(&folder.path().join(name), 0o444);
    }
    set(folder.path(), 0o555);
    read_all(folder.path());
    set(folder.path(), 0o755);
}

/// Unmounts when the test ends, however it ends.
#[cfg(target_os = "linux")]
struct Mount(PathBuf);

#[cfg(target_os = "linux")]
impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: another test that starts a process just now holds everything open for a moment.
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_read_only_mount() {
    let (folder, _) = stage(&ALL);
    let mount = |arguments: &[&str]| {
        let status = std::process::Command::new("mount")
            .args(arguments)
            .stderr(std::process::Stdio::null())
            .arg(folder.path())
            .status();
        status.is_ok_and(|s| s.success())
    };
    let source = folder.path().display().to_string();
    if !mount(&["--bind", &source]) {
        println!("skipped: mounting is not permitted here");
        return;
    }
    let _mounted = Mount(folder.path().to_path_buf());
    if !mount(&["-o", "remount,bind,ro"]) {
        println!("skipped: a read-only mount is not permitted here");
        return;
    }
    assert!(fs::write(folder.path().join("x"), b"").is_err());
    read_all(folder.path());
}
