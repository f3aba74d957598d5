//! Writes a log and its side tables in Asof's own sample layout: an ordinary SQLite file with a
//! rollback journal. Moments are integers, microseconds since 1970 in UTC.

use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use super::journal::Event;
use super::orders::SideTables;
use crate::model::Timestamp;

/// The sample layout. Everything but `events` may be missing in a store of this layout.
const TABLES: &str = "
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  category TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER,
  event_id TEXT NOT NULL UNIQUE,
  recorded_at INTEGER NOT NULL, -- microseconds since 1970-01-01T00:00:00Z, as all times here
  occurred_at INTEGER,
  correlation_id TEXT,
  causation_id TEXT,
  data TEXT NOT NULL,
  metadata TEXT,
  UNIQUE (stream, version)
);
CREATE TABLE checkpoints (
  consumer TEXT NOT NULL,
  partition TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (consumer, partition)
);
CREATE TABLE checkpoint_history (
  consumer TEXT NOT NULL,
  partition TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE TABLE snapshots (
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  PRIMARY KEY (stream, version)
);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  published_at INTEGER,
  attempts INTEGER NOT NULL
);
CREATE TABLE processed (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  processed_at INTEGER NOT NULL
);
CREATE TABLE dead_letters (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL
);
";

/// Writes the store into the empty file at `path`.
pub(super) fn write(path: &Path, events: &[Event], side: &SideTables) -> rusqlite::Result<()> {
    let mut db = Connection::open(path)?;
    db.execute_batch("PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE;")?;
    let tx = db.transaction()?;
    tx.execute_batch(TABLES)?;
    write_events(&tx, events)?;
    write_side(&tx, side)?;
    tx.commit()?;
    // Rows came in log order, the indexes did not: packed, the file is a quarter smaller.
    db.execute_batch("VACUUM")
}

fn write_events(tx: &Transaction<'_>, events: &[Event]) -> rusqlite::Result<()> {
    let mut insert =
        tx.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for event in events {
        insert.execute(params![
            event.position.0,
            event.stream,
            event.category,
            event.version.0,
            event.event_type,
            event.schema_version,
            event.event_id,
            event.recorded_at.micros(),
            event.occurred_at.micros(),
            event.correlation_id,
            event.causation_id,
            event.data.to_string(),
            event.metadata.to_string(),
        ])?;
    }
    Ok(())
}

fn write_side(tx: &Transaction<'_>, side: &SideTables) -> rusqlite::Result<()> {
    let mut current = tx.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, '', ?, ?)")?;
    let mut history = tx.prepare("INSERT INTO checkpoint_history VALUES (?, '', ?, ?)")?;
    for row in &side.checkpoints {
        let at = row.at.micros();
        history.execute(params![row.consumer, row.position.0, at])?;
        current.execute(params![row.consumer, row.position.0, at])?;
    }
    let mut insert = tx.prepare("INSERT INTO snapshots VALUES (?, ?, ?, ?)")?;
    for row in &side.snapshots {
        let (state, at) = (row.state.to_string(), row.taken_at.micros());
        insert.execute(params![row.stream, row.version.0, state, at])?;
    }
    let mut insert = tx.prepare("INSERT INTO outbox VALUES (NULL, ?, ?, ?, ?)")?;
    for row in &side.outbox {
        let published = row.published_at.map(Timestamp::micros);
        insert.execute(params![
            row.event_id,
            row.created_at.micros(),
            published,
            row.attempts
        ])?;
    }
    let mut insert = tx.prepare("INSERT INTO processed VALUES (?, ?, ?)")?;
    for row in &side.processed {
        insert.execute(params![row.consumer, row.event_id, row.at.micros()])?;
    }
    let mut insert = tx.prepare("INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?)")?;
    for row in &side.dead_letters {
        let at = row.at.micros();
        insert.execute(params![
            row.consumer,
            row.event_id,
            row.error,
            at,
            row.attempts
        ])?;
    }
    Ok(())
}
