//! Reads bodies back by key, checking that they are still those of the indexed events.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tempfile::NamedTempFile;

use super::connect::Database;
use super::plan::Plan;
use crate::log::{Body, Log, Payload, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};
use crate::store::decode;
use crate::store::row::Value;

/// Runs of keys at most so sparse are read in one go rather than key by key.
const SPARSE: i64 = 4;
const RUN: usize = 16;

/// The bodies of a SQLite store. Owns a connection of its own; readers take turns.
#[derive(Debug)]
pub(super) struct SqlitePayloads {
    plan: Plan,
    path: PathBuf,
    database: Mutex<Option<Database>>,
    /// Kept for as long as anybody reads it.
    _unpacked: Option<Arc<NamedTempFile>>,
}

impl SqlitePayloads {
    pub fn new(plan: Plan, path: PathBuf, unpacked: Option<Arc<NamedTempFile>>) -> Self {
        Self {
            plan,
            path,
            database: Mutex::new(None),
            _unpacked: unpacked,
        }
    }

    fn with<R>(
        &self,
        task: &Task,
        read: impl FnOnce(&Database) -> rusqlite::Result<R>,
    ) -> Result<R, Unreadable> {
        let damaged = |error: &dyn std::fmt::Display| Unreadable::Damaged(error.to_string());
        let mut database = self.database.lock().map_err(|error| damaged(&error))?;
        let open = |task: &Task| -> Result<Database, Unreadable> {
            let database = Database::open(&self.path, task).map_err(|error| damaged(&error))?;
            super::functions::register(database.connection()).map_err(|error| damaged(&error))?;
            Ok(database)
        };
        let current = match database.take() {
            None => open(task)?,
            Some(current) => match current.standing() {
                Ok(super::connect::Standing::Holds) => current,
                _ => open(task)?,
            },
        };
        let current = database.insert(current);
        read(current).map_err(|error| damaged(&current.explain(error)))
    }
}

impl PayloadReader for SqlitePayloads {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for run in runs(log, events, self.plan.key.is_some()) {
            task.check()?;
            let mut done = 0;
            let read = self.with(task, |database| {
                self.read_run(log, run, database.connection(), &mut done, each)
            });
            if let Err(error) = read {
                task.check()?;
                for &event in &run[done..] {
                    each(event, Err(error.clone()));
                }
            }
        }
        Ok(())
    }
}

/// Cuts `events` into runs whose keys ascend and lie close together.
fn runs<'e>(log: &Log, events: &'e [EventIx], keyed: bool) -> impl Iterator<Item = &'e [EventIx]> {
    let near = move |a: &EventIx, b: &EventIx| {
        if !keyed {
            return a <= b;
        }
        let (a, b) = (log.place(*a), log.place(*b));
        (b.at, b.extent) > (a.at, a.extent) && b.at.saturating_sub(a.at) <= SPARSE
    };
    events.chunk_by(near).flat_map(move |run| {
        let most = if keyed { 2048 } else { usize::MAX };
        let least = if keyed && run.len() < RUN { 1 } else { most };
        run.chunks(least)
    })
}

impl SqlitePayloads {
    /// Reads one run; `done` counts the events that `each` was called for.
    fn read_run(
        &self,
        log: &Log,
        run: &[EventIx],
        connection: &Connection,
        done: &mut usize,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> rusqlite::Result<()> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let mut statement = connection.prepare_cached(&self.plan.body_sql())?;
        let mut rows = statement.query([log.place(*first).at, log.place(*last).at])?;
        let mut counted = 0;
        while let (Some(&event), Some(row)) = (run.get(*done), rows.next()?) {
            let mut place = Plan::place(row)?;
            if self.plan.key.is_none() {
                counted += 1;
                place = crate::log::Place {
                    at: counted,
                    extent: 0,
                };
            }
            let wanted = log.place(event);
            let order = (place.at, place.extent).cmp(&(wanted.at, wanted.extent));
            if order.is_lt() {
                continue;
            }
            *done += 1;
            if order.is_gt() || !self.is_same(log, event, row)? {
                each(event, Err(Unreadable::Rewritten));
                if order.is_gt() {
                    break;
                }
                continue;
            }
            let mut body = self.plan.body(row)?;
            unwrap_jsonb(connection, &mut body.data)?;
            unwrap_jsonb(connection, &mut body.metadata)?;
            each(event, Ok(body));
        }
        while let Some(&event) = run.get(*done) {
            *done += 1;
            each(event, Err(Unreadable::Rewritten));
        }
        Ok(())
    }

    /// Whether the row is still the event that was indexed: its stream and its type say so.
    fn is_same(
        &self,
        log: &Log,
        event: EventIx,
        row: &rusqlite::Row<'_>,
    ) -> rusqlite::Result<bool> {
        let [stream, event_type] = Plan::identity(row)?;
        let same = |value: Value<'_>, known: &str| match value {
            Value::Text(text) => text.is_empty() || text == known || text.contains(known),
            // Numbers, bytes and what the layout does not store are compared by nothing here.
            _ => true,
        };
        Ok(same(stream, log.stream_name(log.stream(event)))
            && same(event_type, log.type_name(log.event_type(event))))
    }
}

/// SQLite's own binary JSON becomes text.
fn unwrap_jsonb(connection: &Connection, payload: &mut Payload) -> rusqlite::Result<()> {
    let Payload::Opaque(bytes) = &*payload else {
        return Ok(());
    };
    let sql = "SELECT CASE WHEN json_valid(?1, 8) THEN json(?1) END";
    let mut statement = connection.prepare_cached(sql)?;
    let text: Option<String> = statement.query_row([bytes], |row| row.get(0))?;
    if let Some(text) = text {
        *payload = decode::payload(text.into_bytes());
    }
    Ok(())
}
