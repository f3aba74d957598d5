//! Reads payloads back: bodies in transactions so short that no writer is held up, or no more of them than
//! is asked for.

use std::sync::Arc;

use super::bodies::{Bodies, LONGEST_RUN, RUN, Reading};
use super::connect::{ConnectError, Database, Moment};
use super::known::Before;
use super::likely;
use super::picks::Picks;
use super::plan::{Plan, Way};
use super::pool::Pool;
use super::scan::Landmarks;
use crate::log::{Body, Log, PayloadReader, Picked, Unreadable};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};

/// Runs of keys at most so sparse are read in one go rather than key by key.
const SPARSE: i64 = 4;
/// Rows that are passed over however many they are: those that only counting finds, and those of a walk over
/// pages.
const LONGEST_WALK: usize = 4096;

/// Rows that are only looked at take about a microsecond each.
const JUDGED: usize = 1 << 13;

/// The bodies of a SQLite store.
#[derive(Debug)]
pub(super) struct SqlitePayloads {
    plan: Plan,
    /// What of it tells an event, and its payload.
    slim: Plan,
    /// The same with what else a body is made of.
    bodies: Plan,
    landmarks: Arc<Landmarks>,
    before: Arc<Before>,
    pool: Arc<Pool>,
}

impl SqlitePayloads {
    pub fn new(
        plan: Plan,
        landmarks: Arc<Landmarks>,
        before: Arc<Before>,
        pool: Arc<Pool>,
    ) -> Self {
        Self {
            slim: plan.slim(),
            bodies: plan.bodies(),
            plan,
            landmarks,
            before,
            pool,
        }
    }

    /// The bodies of at least the first of `events`.
    fn transaction(
        &self,
        (database, moment): (&Database, &Moment<'_>),
        log: &Log,
        events: &[EventIx],
        task: &Task,
    ) -> rusqlite::Result<Bodies> {
        let plan = &self.bodies;
        let mut reading = Reading::new(plan, &self.landmarks, (database, moment), log);
        let longest = match plan.way {
            Way::Keyed { .. } if database.bytes().is_none() => LONGEST_RUN,
            _ => LONGEST_WALK,
        };
        for run in runs(log, events, plan, longest) {
            reading.read(run)?;
            if reading.is_over() || task.is_cancelled() {
                break;
            }
        }
        Ok(reading.into_bodies())
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
                self.transaction((database, moment), log, rest, task)
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
            before: &self.before,
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
                    LONGEST_WALK.. => rest(&mut pending, each),
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
                for run in runs(log, some, &self.plan, LONGEST_RUN) {
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

/// Cuts `events` into runs whose places ascend and lie close together; those that only counting finds may be
/// longer than `longest`.
fn runs<'e>(
    log: &'e Log,
    events: &'e [EventIx],
    plan: &'e Plan,
    longest: usize,
) -> impl Iterator<Item = &'e [EventIx]> {
    let counted = plan.way == Way::Counted;
    let near = move |a: &EventIx, b: &EventIx| {
        let (a, b) = (plan.place(log, *a), plan.place(log, *b));
        (b.at, b.extent) > (a.at, a.extent) && (counted || b.at.saturating_sub(a.at) <= SPARSE)
    };
    events.chunk_by(near).flat_map(move |run| {
        run.chunks(match counted {
            true => LONGEST_WALK,
            false if run.len() < RUN => 1,
            false => longest,
        })
    })
}
