//! Reads bodies back, by key or by rank, checking that they are still those of the indexed events.

use std::sync::Arc;

use rusqlite::{Connection, Row, Rows};

use super::connect::{ConnectError, Moment};
use super::damage::is_of_a_row;
use super::likely;
use super::picks::Picks;
use super::place::At;
use super::plan::{Plan, Way, What};
use super::pool::Pool;
use super::scan::Landmarks;
use crate::log::{Body, Log, PayloadReader, Picked, Place, Unreadable};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};
use crate::store::row::{Found, Interpreter};

/// Runs of keys at most so sparse are read in one go rather than key by key.
const SPARSE: i64 = 4;
const RUN: usize = 16;
const LONGEST_RUN: usize = 256;
/// Rows that only counting finds are passed over however many they are.
const LONGEST_COUNTED_RUN: usize = 4096;

/// No more bytes are held back until it is known whether they count.
const HELD: usize = 8 << 20;
/// Rows that are only looked at take about a microsecond each.
const JUDGED: usize = 1 << 13;

/// The bodies of a SQLite store.
#[derive(Debug)]
pub(super) struct SqlitePayloads {
    plan: Plan,
    /// What of it tells an event, and its payload.
    slim: Plan,
    landmarks: Arc<Landmarks>,
    pool: Arc<Pool>,
}

/// Bodies of the first events asked for, in their order.
type Bodies = Vec<Result<Body, Unreadable>>;

impl SqlitePayloads {
    pub fn new(plan: Plan, landmarks: Arc<Landmarks>, pool: Arc<Pool>) -> Self {
        Self {
            slim: plan.slim(),
            plan,
            landmarks,
            pool,
        }
    }

    /// The bodies of at least the first of `events`.
    fn transaction(
        &self,
        (connection, moment): (&Connection, &Moment<'_>),
        log: &Log,
        events: &[EventIx],
        task: &Task,
    ) -> rusqlite::Result<Bodies> {
        let mut reading = Reading {
            source: self,
            connection,
            log,
            interpreter: Interpreter::new(&self.plan.events, ""),
            bodies: Vec::new(),
            bytes: 0,
        };
        for run in runs(log, events, &self.plan) {
            let before = reading.bodies.len();
            if let Err(error) = reading.run(run) {
                if !is_of_a_row(&error) {
                    return Err(error);
                }
                let read = reading.bodies.len() - before;
                reading.one_by_one(&run[read..])?;
            }
            if moment.is_over() || reading.bytes > HELD || task.is_cancelled() {
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
        let mut held = None;
        let mut rest = events;
        while !rest.is_empty() {
            task.check()?;
            let read = self.pool.moment(&mut held, task, |database, moment| {
                self.transaction((database.connection(), moment), log, rest, task)
            });
            match read {
                Ok(bodies) => {
                    let (read, more) = rest.split_at(bodies.len().min(rest.len()));
                    for (&event, body) in read.iter().zip(bodies) {
                        each(event, body);
                    }
                    rest = more;
                }
                Err(ConnectError::Cancelled(cancelled)) => return Err(cancelled),
                Err(error) => {
                    for &event in rest {
                        each(event, Err(Unreadable::Damaged(error.to_string())));
                    }
                    break;
                }
            }
        }
        self.pool.give_back(held);
        Ok(())
    }

    fn pick(
        &self,
        log: &Log,
        events: &[EventIx],
        picker: &Picker,
        task: &Task,
        each: &mut dyn FnMut(EventIx, Picked<'_>),
    ) -> Result<(), Cancelled> {
        let picks = Picks {
            slim: &self.slim,
            pool: &self.pool,
            log,
            picker,
        };
        // Whatever is the matter with an event, reading tells.
        let mut pending: Vec<EventIx> = Vec::new();
        let rest = |pending: &mut Vec<EventIx>, each: &mut dyn FnMut(EventIx, Picked<'_>)| {
            let events = std::mem::take(pending);
            self.read(log, &events, task, &mut |event, body| {
                each(event, Picked::Body(body));
            })
        };
        picks.read(events, task, &mut |event, values| {
            let Some(values) = values else {
                pending.push(event);
                return match pending.len() {
                    LONGEST_COUNTED_RUN.. => rest(&mut pending, each),
                    _ => Ok(()),
                };
            };
            if !pending.is_empty() {
                rest(&mut pending, each)?;
            }
            each(event, Picked::Values(values));
            Ok(())
        })?;
        rest(&mut pending, each)
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
        let mut held = None;
        let mut found = Vec::new();
        for some in events.chunks(JUDGED) {
            task.check()?;
            let before = found.len();
            let read = self.pool.moment(&mut held, task, |database, _| {
                found.truncate(before);
                let statement = likely::Statement {
                    connection: database.connection(),
                    sql: &sql,
                    plan: &self.plan,
                };
                for run in runs(log, some, &self.plan) {
                    let before = found.len();
                    let judged = match run.len() {
                        RUN.. => statement.judge(log, run, may, &mut found).is_ok(),
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
        self.pool.give_back(held);
        Ok(found)
    }
}

/// Cuts `events` into runs whose places ascend and lie close together.
fn runs<'e>(
    log: &'e Log,
    events: &'e [EventIx],
    plan: &'e Plan,
) -> impl Iterator<Item = &'e [EventIx]> {
    let counted = plan.way == Way::Counted;
    let near = move |a: &EventIx, b: &EventIx| {
        let (a, b) = (plan.place(log, *a), plan.place(log, *b));
        (b.at, b.extent) > (a.at, a.extent) && (counted || b.at.saturating_sub(a.at) <= SPARSE)
    };
    events.chunk_by(near).flat_map(move |run| {
        run.chunks(match counted {
            true => LONGEST_COUNTED_RUN,
            false if run.len() < RUN => 1,
            false => LONGEST_RUN,
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
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let plan = &self.source.plan;
        let [first, last] = [first, last].map(|event| plan.place(self.log, *event));
        if let Some(sql) = plan.body_sql() {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query(plan.between(first, last))?;
            return self.find(run, rows, &mut At::place);
        }
        let before = self.source.landmarks.before(first.at);
        let mut rank = first.at - 1;
        let (count, skipped) = (last.at - rank, rank - before.rank);
        let sql = plan.page_sql(What::Bodies, before.key.as_deref());
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query(before.params(&count, &skipped))?;
        self.find(run, rows, &mut |_| {
            rank += 1;
            let at = rank;
            Ok(Some(Place { at, extent: 0 }))
        })
    }

    /// Takes the bodies of `run` from rows in the order of their places.
    fn find(
        &mut self,
        run: &[EventIx],
        mut rows: Rows<'_>,
        place: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<Option<Place>>,
    ) -> rusqlite::Result<()> {
        let own = |event| self.source.plan.place(self.log, event);
        let mut wanted = run.iter().copied().peekable();
        // Not a row further than asked for: it may be the damaged one.
        while let Some(&event) = wanted.peek() {
            let Some(row) = rows.next()? else { break };
            let Some(place) = place(row)? else { continue };
            let order = |own: Place| (place.at, place.extent).cmp(&(own.at, own.extent));
            // Rows between those asked for are passed over; those asked for may be gone.
            let mut due = Some(event);
            while let Some(event) = due
                && order(own(event)).is_gt()
            {
                self.bodies.push(Err(Unreadable::Rewritten));
                wanted.next();
                due = wanted.peek().copied();
            }
            if let Some(event) = due
                && order(own(event)).is_eq()
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

    /// Seeks each event by itself, since damage between two of them is neither's.
    fn one_by_one(&mut self, events: &[EventIx]) -> rusqlite::Result<()> {
        for event in events {
            match self.run(std::slice::from_ref(event)) {
                Ok(()) => {}
                Err(error) if is_of_a_row(&error) => {
                    let damaged = Unreadable::Damaged(error.to_string());
                    self.bodies.push(Err(damaged));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn body(
        &mut self,
        row: &Row<'_>,
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
