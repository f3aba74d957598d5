//! A projection as a consumer sees it: over the events up to its checkpoint, as far as that was known at
//! the moment, and how stale that is. How lag is counted: `docs/semantics.md`, "Lag".

use serde::Serialize;

use super::Known;
use crate::analysis::lag::waiting;
use crate::log::{
    Bound, Cut, KnownCheckpoint, Log, RowSource, RowsError, SideKind, checkpoints_at,
};
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

/// How far a consumer has come, and what it has not seen yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConsumerReport {
    /// Its name.
    pub name: String,
    /// Its checkpoint: the last event that it has processed; null where it has not begun. Of several
    /// parts of its work that of the one furthest behind.
    pub position: Option<PositionName>,
    /// When it was stored.
    pub updated_at: Option<Timestamp>,
    /// How many parts its work has.
    pub parts: u64,
    /// Events in its tail that it has not processed; null where these are not open.
    pub lag_events: Option<u64>,
    /// From the first of them to the moment, in milliseconds; 0 where there are none, null in a store
    /// without times.
    pub lag_ms: Option<i64>,
    /// The first of them.
    pub first_waiting: Option<PositionName>,
}

/// Why there is nothing to see.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsumerError {
    /// There is none of that name.
    #[error("there is no consumer {name}{}", others(.consumers))]
    NoConsumer {
        /// As it was asked for.
        name: String,
        /// Those that there are.
        consumers: Vec<String>,
    },
    /// The store does not tell of the moment.
    #[error("how far {name} had come then is not known: the store has its present checkpoint only")]
    Unknown {
        /// The consumer.
        name: String,
    },
    /// Its rows cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn others(consumers: &[String]) -> String {
    match consumers {
        [] => "; the store has no checkpoints".to_owned(),
        consumers => format!("; there are {}", consumers.join(", ")),
    }
}

/// The events that a consumer had processed at a cut, and what is to be told of that.
///
/// # Errors
/// See [`ConsumerError`].
pub fn as_consumer(
    log: &Log,
    cut: &Cut,
    rows: &dyn RowSource,
    name: &str,
    task: &Task,
) -> Result<(Known, ConsumerReport), ConsumerError> {
    let own = |all: Vec<KnownCheckpoint>| -> Vec<KnownCheckpoint> {
        let called = |one: &KnownCheckpoint| one.checkpoint.consumer.eq_ignore_ascii_case(name);
        all.into_iter().filter(called).collect()
    };
    let now = checkpoints_at(rows, log, &log.cut(cut.clock(), Bound::Head), task)?;
    let mut consumers: Vec<String> = now
        .iter()
        .map(|one| one.checkpoint.consumer.clone())
        .collect();
    let of_now = own(now);
    let Some(first) = of_now.first() else {
        consumers.sort();
        consumers.dedup();
        return Err(ConsumerError::NoConsumer {
            name: name.to_owned(),
            consumers,
        });
    };
    let name = first.checkpoint.consumer.clone();
    let then = own(checkpoints_at(rows, log, cut, task)?);
    let all = Known::at(cut, log);
    if then.is_empty() && !rows.kinds().contains(&SideKind::CheckpointHistory) && all.count() > 0 {
        return Err(ConsumerError::Unknown { name });
    }
    let behind = then.iter().min_by_key(|one| reached(log, one));
    let reached = behind.and_then(|one| reached(log, one));
    let updated = then
        .iter()
        .filter_map(|one| one.checkpoint.updated_at)
        .max();
    let known = all.up_to(reached);
    // What it reads is told of the present one.
    let is_behind = |one: &&KnownCheckpoint| {
        behind.is_some_and(|behind| {
            let part = |one: &KnownCheckpoint| (one.file, one.checkpoint.partition.clone());
            part(one) == part(behind)
        })
    };
    let own = of_now.iter().find(is_behind).unwrap_or(first);
    let waits = waiting(log, cut, (own, reached), task)?;
    let report = ConsumerReport {
        position: reached.map(|event| log.position_name(event)),
        updated_at: updated,
        parts: then.len() as u64,
        lag_events: waits.events,
        lag_ms: waits.lag_ms,
        first_waiting: waits.first.map(|event| log.position_name(event)),
        name,
    };
    Ok((known, report))
}

/// The consumers that store checkpoints, by name: those known at a cut, or all of them where the store
/// does not tell of the past.
///
/// # Errors
/// The rows cannot be read.
pub fn consumers(
    log: &Log,
    cut: &Cut,
    rows: &dyn RowSource,
    task: &Task,
) -> Result<Vec<String>, RowsError> {
    let cut = match rows.kinds().contains(&SideKind::CheckpointHistory) {
        true => *cut,
        false => log.cut(cut.clock(), Bound::Head),
    };
    let known = checkpoints_at(rows, log, &cut, task)?;
    let names = known.into_iter().map(|one| one.checkpoint.consumer);
    let names: std::collections::BTreeSet<String> = names.collect();
    Ok(names.into_iter().collect())
}

/// The last event that was processed.
fn reached(log: &Log, known: &KnownCheckpoint) -> Option<EventIx> {
    let mark = known.checkpoint.reached.as_ref()?;
    match log.reached(known.file, mark)? {
        Bound::Event(event) => Some(event),
        _ => None,
    }
}
