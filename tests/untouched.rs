//! The user's files are never touched: bytes, times and names in the folder are the same after a
//! session as before, in every case of "Reading without touching", and no writer is locked out.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "untouched/watch.rs"]
mod watch;
#[path = "untouched/writer.rs"]
mod writer;

#[path = "untouched/at_rest.rs"]
mod at_rest;
#[path = "untouched/live.rs"]
mod live;
#[path = "untouched/sessions.rs"]
mod sessions;

use std::path::Path;

use asof::model::Task;
use asof::store::sqlite::connect::{ConnectError, Database};

fn open(store: &Path) -> Database {
    Database::open(store, &Task::new()).unwrap()
}

fn refused(store: &Path) -> ConnectError {
    Database::open(store, &Task::new()).unwrap_err()
}

fn number(database: &Database, sql: &str) -> i64 {
    database
        .connection()
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

fn events(database: &Database) -> i64 {
    number(database, "select count(*) from events")
}

/// Not a test: the process that [`writer::Writer`] starts.
#[test]
#[ignore = "started by the other tests as a process of its own"]
fn writer_process() {
    writer::serve();
}
