//! Stores that another process writes to while they are read.

use std::fs;

use asof::model::Task;
use asof::store::sqlite::connect::{ConnectError, Database, ReadMode, Refreshed, Standing};

use crate::watch::{look, names, stage};
use crate::writer::Writer;
use crate::{events, open, refused};

const INSERT: &str = "insert into events(type) values ('New')";

fn refresh(database: &mut Database) -> Refreshed {
    database.refresh(&Task::new()).unwrap()
}

#[test]
fn a_rollback_writer_between_our_reads_is_never_held_up() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut database = open(&store);
    let sibling = database.sibling().unwrap();
    let mut writer = Writer::on(&store);
    for written in 0..20 {
        assert_eq!(refresh(&mut database), Refreshed::Same);
        assert_eq!(events(&database), written);
        assert_eq!(events(&sibling), written);
        let before = database.changed().unwrap();
        writer.run(INSERT);
        assert_ne!(
            database.changed().unwrap().data_version,
            before.data_version
        );
        assert_eq!(names(folder.path()), ["empty_tables.db"]);
    }
    let still = look(folder.path());
    writer.close();
    assert_eq!(events(&database), 20);
    drop((database, sibling));
    assert_eq!(look(folder.path()), still);
}

/// Pages are read straight from the file only for as long as this holds.
#[test]
fn a_mark_taken_within_a_transaction_keeps_the_file_as_it_is() {
    let (_folder, store) = stage(&["empty_tables.db"]);
    let database = open(&store);
    let mut writer = Writer::on(&store);
    database.connection().execute_batch("begin").unwrap();
    database.changed().unwrap();
    let error = writer.try_run(INSERT).unwrap_err();
    assert!(error.contains("locked"), "{error}");
    database.connection().execute_batch("commit").unwrap();
    writer.run(INSERT);
}

#[test]
fn a_transaction_under_way_is_not_a_hot_journal() {
    let (_folder, store) = stage(&["empty_tables.db"]);
    let mut writer = Writer::on(&store);
    writer.run("begin immediate; insert into events(type) values ('Pending')");
    let mut database = open(&store);
    assert_eq!(database.mode(), ReadMode::Rollback);
    assert_eq!(events(&database), 0);
    assert_eq!(refresh(&mut database), Refreshed::Same);
    writer.run("commit");
    assert_eq!(refresh(&mut database), Refreshed::Same);
    assert_eq!(events(&database), 1);
}

#[test]
fn a_writer_that_holds_the_whole_file_is_waited_for_only_shortly() {
    let (_folder, store) = stage(&["empty_tables.db"]);
    let database = open(&store);
    let mut writer = Writer::on(&store);
    writer.run("begin exclusive; insert into events(type) values ('Pending')");
    assert!(matches!(refused(&store), ConnectError::Busy { .. }));
    assert!(matches!(database.changed(), Err(ConnectError::Busy { .. })));
    writer.run("commit");
    assert_eq!(events(&database), 1);
    assert_eq!(events(&open(&store)), 1);
}

#[test]
fn a_writer_that_dies_in_a_transaction_while_we_watch() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut database = open(&store);
    let mut writer = Writer::on(&store);
    // A tiny cache makes it write pages before the commit.
    writer.run("pragma cache_size = 1; begin");
    writer.run(
        "insert into events(type, data) with recursive n(i) as (select 1 union all select i + 1 \
         from n where i < 500) select 'NeverCommitted', hex(randomblob(500)) from n",
    );
    writer.kill();
    let before = look(folder.path());
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert!(matches!(database.mode(), ReadMode::PrivateCopy { .. }));
    assert_eq!(events(&database), 0);
    assert_eq!(look(folder.path()), before);
    // The next writer recovers; then the file is read in place again.
    let mut writer = Writer::on(&store);
    writer.run(INSERT);
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert_eq!(database.mode(), ReadMode::Rollback);
    assert_eq!(events(&database), 1);
}

#[test]
fn a_wal_writer_is_read_along_with_and_never_held_up() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut writer = Writer::on(&store);
    writer.run("pragma journal_mode = wal");
    writer.run(INSERT);
    let mut database = open(&store);
    assert_eq!(database.mode(), ReadMode::WalShared);
    let all = [
        "empty_tables.db",
        "empty_tables.db-shm",
        "empty_tables.db-wal",
    ];
    for written in 1..20 {
        assert_eq!(refresh(&mut database), Refreshed::Same);
        let before = look(folder.path());
        assert_eq!(events(&database), written);
        let mark = database.changed().unwrap();
        assert_eq!(look(folder.path()), before);
        writer.run(INSERT);
        assert_ne!(database.changed().unwrap().data_version, mark.data_version);
        // Also a log that is reset and cut to nothing between our reads.
        writer.run("pragma wal_checkpoint(truncate)");
        assert_eq!(names(folder.path()), all);
    }
    assert_eq!(events(&database), 20);
    assert_eq!(database.mode(), ReadMode::WalShared);
}

#[test]
fn a_checkpoint_while_we_read_changes_nothing_we_see() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut writer = Writer::on(&store);
    writer.run("pragma journal_mode = wal");
    writer.run(INSERT);
    let mut database = open(&store);
    database.connection().execute_batch("begin").unwrap();
    assert_eq!(events(&database), 1);
    writer.run(INSERT);
    writer.run("pragma wal_checkpoint(passive)");
    // To cut the log while it is being read takes the end of the read, not of the writer.
    assert!(writer.try_run("pragma wal_checkpoint(truncate)").is_err());
    writer.run(INSERT);
    assert_eq!(events(&database), 1);
    database.connection().execute_batch("commit").unwrap();
    writer.run("pragma wal_checkpoint(truncate)");
    assert_eq!(refresh(&mut database), Refreshed::Same);
    assert_eq!(events(&database), 3);
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn a_wal_writer_that_dies_and_comes_back_while_we_watch() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let mut writer = Writer::on(&store);
    writer.run(INSERT);
    let mut database = open(&store);
    assert_eq!(database.mode(), ReadMode::WalShared);
    writer.kill();
    let before = look(folder.path());
    refresh(&mut database);
    assert_eq!(events(&database), 81);
    assert_eq!(look(folder.path()), before);
    let mut writer = Writer::on(&store);
    writer.run(INSERT);
    refresh(&mut database);
    assert_eq!(events(&database), 82);
    writer.run("pragma wal_checkpoint(truncate)");
    writer.run(INSERT);
    refresh(&mut database);
    assert_eq!(events(&database), 83);
}

#[test]
fn a_wal_that_appears_after_we_opened_the_file_as_immutable() {
    let (folder, store) = stage(&["wal_missing.db"]);
    let count = "select count(*) from eventcore_subscription_versions";
    let mut database = open(&store);
    assert_eq!(database.mode(), ReadMode::WalImmutable);
    assert_eq!(crate::number(&database, count), 2);
    let mut writer = Writer::on(&store);
    writer.run("delete from eventcore_subscription_versions");
    assert_eq!(database.standing().unwrap(), Standing::Lapsed);
    assert!(matches!(database.sibling(), Err(ConnectError::Busy { .. })));
    let before = look(folder.path());
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert_eq!(database.mode(), ReadMode::WalShared);
    assert_eq!(crate::number(&database, count), 0);
    assert_eq!(look(folder.path()), before);
}

#[test]
fn a_wal_that_came_and_went_between_two_reads() {
    let (_folder, store) = stage(&["wal_missing.db"]);
    let count = "select count(*) from eventcore_subscription_versions";
    let mut database = open(&store);
    let mut writer = Writer::on(&store);
    writer.run("delete from eventcore_subscription_versions");
    writer.close();
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert_eq!(database.mode(), ReadMode::WalImmutable);
    assert_eq!(crate::number(&database, count), 0);
}

#[cfg(unix)]
#[test]
fn a_wal_writer_that_keeps_its_index_to_itself() {
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let mut writer = Writer::on(&store);
    writer.run("pragma locking_mode = exclusive");
    writer.run(INSERT);
    let mut database = open(&store);
    assert_eq!(database.mode(), ReadMode::WalPrivate);
    assert_eq!(events(&database), 81);
    writer.run(INSERT);
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert_eq!(events(&database), 82);
    let expected = ["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"];
    assert_eq!(names(folder.path()), expected);
}

#[test]
fn retention_and_vacuum_while_open() {
    for journal in ["delete", "wal"] {
        let (folder, store) = stage(&["empty_tables.db"]);
        let mut writer = Writer::on(&store);
        writer.run(&format!("pragma journal_mode = {journal}"));
        writer.run(
            "insert into events(type, data) with recursive n(i) as (select 1 union all select \
             i + 1 from n where i < 2000) select 'Old', hex(randomblob(100)) from n",
        );
        writer.run("pragma wal_checkpoint(truncate)");
        let mut database = open(&store);
        assert_eq!(events(&database), 2000);
        let before = database.changed().unwrap();
        let names_before = names(folder.path());
        writer.run("delete from events where id <= 1900");
        writer.run("vacuum");
        writer.run("pragma wal_checkpoint(truncate)");
        assert_eq!(refresh(&mut database), Refreshed::Same, "{journal}");
        assert_eq!(events(&database), 100);
        let after = database.changed().unwrap();
        assert_ne!(after.schema_cookie, before.schema_cookie);
        assert_eq!(after.file, before.file);
        assert!(after.length < before.length);
        assert_eq!(names(folder.path()), names_before);
    }
}

#[test]
fn a_file_put_in_the_place_of_another() {
    let (folder, store) = stage(&["empty_tables.db", "hot_journal.db"]);
    let mut database = open(&store);
    let before = database.changed().unwrap();
    fs::rename(folder.path().join("hot_journal.db"), &store).unwrap();
    assert_ne!(database.changed().unwrap().file, before.file);
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    fs::remove_file(&store).unwrap();
    let error = database.refresh(&Task::new()).unwrap_err();
    assert!(matches!(error, ConnectError::Missing { .. }));
}

#[test]
fn a_rollback_store_that_turns_into_a_wal_store() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let mut database = open(&store);
    let mut writer = Writer::on(&store);
    writer.run("pragma journal_mode = wal");
    writer.run(INSERT);
    let before = look(folder.path());
    assert_eq!(refresh(&mut database), Refreshed::Reopened);
    assert_eq!(database.mode(), ReadMode::WalShared);
    assert_eq!(events(&database), 1);
    assert_eq!(look(folder.path()), before);
}

#[test]
fn looking_at_the_file_again_does_not_unlock_a_reader_of_ours() {
    let (_folder, store) = stage(&["empty_tables.db"]);
    let reader = open(&store);
    reader.connection().execute_batch("begin").unwrap();
    assert_eq!(events(&reader), 0);
    // On Unix, closing any handle of the file by hand would drop the reader's lock.
    let mut other = open(&store);
    refresh(&mut other);
    drop(other.sibling().unwrap());
    drop(other);
    let mut writer = Writer::on(&store);
    let error = writer.try_run(INSERT).unwrap_err();
    assert!(error.contains("locked"), "{error}");
    reader.connection().execute_batch("commit").unwrap();
    writer.run(INSERT);
}

#[cfg(target_os = "linux")]
#[test]
fn closing_a_lockless_connection_does_not_unlock_its_sibling() {
    use std::os::unix::fs::MetadataExt;
    let (folder, store) = stage(&["uncheckpointed_wal.db", "uncheckpointed_wal.db-wal"]);
    let mut first = open(&store);
    let mut second = first.sibling().unwrap();
    assert_eq!(second.mode(), ReadMode::WalPrivate);
    let mut writer = Writer::on(&store);
    writer.run(INSERT);
    assert_eq!(refresh(&mut first), Refreshed::Reopened);
    assert_eq!(first.mode(), ReadMode::WalShared);
    assert_eq!(refresh(&mut second), Refreshed::Reopened);
    // Only the system can tell: today's SQLite guards its log against a lost lock, older ones not.
    let ours = std::process::id().to_string();
    let inode = format!(":{}", fs::metadata(&store).unwrap().ino());
    let listed = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.contains(&ours.as_str()) && words.iter().any(|word| word.ends_with(&inode))
    };
    // The list skips lines while others change it; a lost lock is in none of many readings.
    let locked = (0..200).any(|_| {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(listed)
    });
    assert!(locked);
    writer.close();
    assert_eq!(names(folder.path()).len(), 3);
    assert_eq!((events(&first), events(&second)), (81, 81));
}

#[test]
fn a_reader_that_forgets_to_refresh_still_creates_nothing() {
    let (folder, store) = stage(&["empty_tables.db"]);
    let database = open(&store);
    let mut writer = Writer::on(&store);
    writer.run("pragma journal_mode = wal");
    writer.run(INSERT);
    writer.close();
    assert_eq!(names(folder.path()), ["empty_tables.db"]);
    let before = look(folder.path());
    // Here SQLite itself wants to create a -wal and a -shm.
    let count = "select count(*) from events";
    let read = database
        .connection()
        .query_row(count, [], |row| row.get::<_, i64>(0));
    assert!(read.is_err());
    assert_eq!(look(folder.path()), before);
    drop(database);
    assert_eq!(look(folder.path()), before);
}
