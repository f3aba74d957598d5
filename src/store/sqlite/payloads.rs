//! Reads bodies back by key, checking that they are still those of the indexed events.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::NamedTempFile;

use super::connect::{ConnectError, Database, ReadMode, Standing};
use super::likely;
use super::plan::Plan;
use crate::log::{Body, Log, PayloadReader, Place, Unreadable};
use crate::model::{Cancelled, EventIx, Task};
use crate::store::row::{Found, Interpreter};

/// Runs of keys at most so sparse are read in one go rather than key by key.
const SPARSE: i64 = 4;
const RUN: usize = 16;
const LONGEST_RUN: usize = 256;

/// No read transaction lasts longer, nor are more bytes held back until it is known to count.
const TRANSACTION: Duration = Duration::from_millis(50);
const HELD: usize = 8 << 20;
/// Rows that are only looked at take about a microsecond each.
const JUDGED: usize = 1 << 13;

/// How often a read is tried again because a writer came.
const ATTEMPTS: u32 = 5;

/// The bodies of a SQLite store. Owns a connection of its own; readers take turns.
#[derive(Debug)]
pub(super) struct SqlitePayloads {
    plan: Plan,
    body: String,
    path: PathBuf,
    database: Mutex<Option<Database>>,
    /// Kept for as long as anybody reads it.
    _unpacked: Option<Arc<NamedTempFile>>,
}

/// Bodies of the first events asked for, in their order.
type Bodies = Vec<Result<Body, Unreadable>>;

impl SqlitePayloads {
    pub fn new(plan: Plan, path: PathBuf, unpacked: Option<Arc<NamedTempFile>>) -> Self {
        Self {
            body: plan.body_sql(),
            plan,
            path,
            database: Mutex::new(None),
            _unpacked: unpacked,
        }
    }

    /// The bodies of at least the first of `events`, from one moment of the store.
    fn some(
        &self,
        held: &mut Option<Database>,
        log: &Log,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Bodies, ConnectError> {
        self.moment(held, task, |connection| {
            self.transaction(connection, log, events, task)
        })
    }

    /// Reads something from one moment of the store.
    fn moment<T>(
        &self,
        held: &mut Option<Database>,
        task: &Task,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ConnectError> {
        let database = match held.take() {
            Some(database) if database.standing()? == Standing::Holds => database,
            _ => {
                let database = Database::open(&self.path, task)?;
                super::functions::register(database.connection())
                    .map_err(|error| database.explain(error))?;
                database
            }
        };
        let database = held.insert(database);
        let moment = database.connection().unchecked_transaction();
        let read = moment.and_then(|_moment| read(database.connection()));
        // Where nothing locked a writer out, what was read counts only if none came.
        if database.standing()? == Standing::Lapsed {
            return Err(database.busy());
        }
        read.map_err(|error| database.explain(error))
    }

    fn transaction(
        &self,
        connection: &Connection,
        log: &Log,
        events: &[EventIx],
        task: &Task,
    ) -> rusqlite::Result<Bodies> {
        let began = Instant::now();
        let mut reading = Reading {
            source: self,
            connection,
            log,
            interpreter: Interpreter::new(&self.plan.layout.events, ""),
            bodies: Vec::new(),
            bytes: 0,
        };
        for run in runs(log, events, &self.plan) {
            let before = reading.bodies.len();
            if let Err(error) = reading.run(run) {
                // One damaged row spoils no other.
                let damaged = |error: rusqlite::Error| Err(Unreadable::Damaged(error.to_string()));
                reading.bodies.push(damaged(error));
                let read = reading.bodies.len() - before;
                for event in run.iter().skip(read) {
                    if let Err(error) = reading.run(std::slice::from_ref(event)) {
                        reading.bodies.push(damaged(error));
                    }
                }
            }
            if began.elapsed() > TRANSACTION || reading.bytes > HELD || task.is_cancelled() {
                break;
            }
        }
        Ok(reading.bodies)
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
        // What a panic elsewhere left behind is a connection like any other.
        let mut held = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rest, mut attempts) = (events, 0);
        while !rest.is_empty() {
            task.check()?;
            match self.some(&mut held, log, rest, task) {
                Ok(bodies) => {
                    let (read, more) = rest.split_at(bodies.len().min(rest.len()));
                    for (&event, body) in read.iter().zip(bodies) {
                        each(event, body);
                    }
                    (rest, attempts) = (more, 0);
                }
                Err(ConnectError::Cancelled(cancelled)) => return Err(cancelled),
                Err(ConnectError::Busy { .. }) if attempts < ATTEMPTS => {
                    *held = None;
                    attempts += 1;
                }
                Err(error) => {
                    for &event in rest {
                        each(event, Err(Unreadable::Damaged(error.to_string())));
                    }
                    break;
                }
            }
        }
        let_go(&mut held);
        Ok(())
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let Some(sql) = self.plan.stored_sql() else {
            return Ok(events.to_vec());
        };
        let mut held = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        for some in events.chunks(JUDGED) {
            task.check()?;
            let before = found.len();
            let read = self.moment(&mut held, task, |connection| {
                for run in runs(log, some, &self.plan) {
                    let before = found.len();
                    let judged = match run.len() {
                        RUN.. => likely::judge(connection, &sql, log, run, may, &mut found).is_ok(),
                        _ => false,
                    };
                    // Reading says why.
                    if !judged {
                        found.truncate(before);
                        found.extend_from_slice(run);
                    }
                }
                Ok(())
            });
            // Reading tries again.
            if read.is_err() {
                found.truncate(before);
                found.extend_from_slice(some);
            }
        }
        let_go(&mut held);
        Ok(found)
    }
}

/// An open database makes the last writer leave its log behind when it closes.
fn let_go(held: &mut Option<Database>) {
    if held.as_ref().map(Database::mode) == Some(ReadMode::WalShared) {
        *held = None;
    }
}

/// Cuts `events` into runs whose keys ascend and lie close together.
fn runs<'e>(log: &Log, events: &'e [EventIx], plan: &Plan) -> impl Iterator<Item = &'e [EventIx]> {
    let keyed = plan.key.is_some();
    let near = move |a: &EventIx, b: &EventIx| {
        if !keyed {
            return a < b;
        }
        let (a, b) = (log.place(*a), log.place(*b));
        (b.at, b.extent) > (a.at, a.extent) && b.at.saturating_sub(a.at) <= SPARSE
    };
    events.chunk_by(near).flat_map(move |run| {
        run.chunks(match keyed {
            true if run.len() < RUN => 1,
            true => LONGEST_RUN,
            false => usize::MAX,
        })
    })
}

/// One transaction's reading.
struct Reading<'r> {
    source: &'r SqlitePayloads,
    connection: &'r Connection,
    log: &'r Log,
    interpreter: Interpreter<'r>,
    bodies: Bodies,
    bytes: usize,
}

impl Reading<'_> {
    /// Reads one run; an error comes after the bodies that could be read.
    fn run(&mut self, run: &[EventIx]) -> rusqlite::Result<()> {
        let plan = &self.source.plan;
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let mut statement = self.connection.prepare_cached(&self.source.body)?;
        let mut rows = statement.query([self.log.place(*first).at, self.log.place(*last).at])?;
        let mut wanted = run.iter().copied().peekable();
        let mut counted = 0;
        // Not a row further than asked for: it may be the damaged one.
        while let Some(&event) = wanted.peek() {
            let Some(row) = rows.next()? else { break };
            let mut place = Plan::place(row)?;
            if plan.key.is_none() {
                counted += 1;
                place = Place {
                    at: counted,
                    extent: 0,
                };
            }
            let order = |own: Place| (place.at, place.extent).cmp(&(own.at, own.extent));
            // Rows between those asked for are passed over; those asked for may be gone.
            let mut due = Some(event);
            while let Some(event) = due
                && order(self.log.place(event)).is_gt()
            {
                self.bodies.push(Err(Unreadable::Rewritten));
                wanted.next();
                due = wanted.peek().copied();
            }
            if let Some(event) = due
                && order(self.log.place(event)).is_eq()
            {
                let body = self.body(row, event)?;
                self.bodies.push(body);
                wanted.next();
            }
        }
        let gone = wanted.map(|_| Err(Unreadable::Rewritten));
        self.bodies.extend(gone);
        Ok(())
    }

    fn body(
        &mut self,
        row: &rusqlite::Row<'_>,
        event: EventIx,
    ) -> rusqlite::Result<Result<Body, Unreadable>> {
        let plan = &self.source.plan;
        let texts = plan.texts(row, self.connection)?;
        let mut found = Found::default();
        plan.find(row, &texts, &mut found)?;
        if !self.interpreter.is_same(&found, self.log, event) {
            return Ok(Err(Unreadable::Rewritten));
        }
        let body = plan.body(row, self.connection)?;
        self.bytes += body.data.size() + body.metadata.size();
        Ok(Ok(body))
    }
}
