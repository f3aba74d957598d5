//! Read models against their events: rows of a table that are not what the events come to.
//!
//! # How it works
//!
//! Nobody says what a table holds, so it is found out (`table`): its key is the name of a stream, or a
//! field of payloads that is called like it. Of all events with such a key each field is noted
//! (`seen`). A column is then *explained* (`columns`) by the simplest thing that nearly all rows agree
//! with: the last value of some fields, a sum or a count. What few rows disagree with in a column that all
//! others agree with is drift; in a small table few are many, but then all of them are as they were some time
//! ago. What more rows disagree with is a note, as long as most agree and another column
//! of the table is understood; what many do is not understood, and left alone.
//!
//! A table is as it is now, so it is compared at the head only. Who keeps it may be behind: what a
//! checkpoint does not cover yet is waited for, and no drift.

mod agreement;
mod columns;
mod seen;
mod table;
mod worth;

use super::error::AuditError;
use super::facts::Facts;
use crate::log::{Bound, Says, SideKind};
use crate::model::{EventIx, Task};
use columns::Explained;
use seen::Seen;

/// A row that is not what its events come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drifted {
    /// What its key says.
    pub row: String,
    /// The columns that differ.
    pub columns: Vec<String>,
    /// The first event that it has missed, where it is as it was before that; else it never was so.
    pub missed: Option<EventIx>,
    /// The last event about it.
    pub last: EventIx,
    /// How sure it is.
    pub proof: Proof,
}

/// How sure it is that a row differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nearly all other rows agree in one of these columns.
    Sure,
    /// Most other rows do.
    Likely,
}

/// A table of which it was found out what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    /// Its name.
    pub table: String,
    /// The columns that were compared.
    pub columns: Vec<String>,
    /// How many rows were.
    pub rows: u64,
    /// Those that differ.
    pub drifted: Vec<Drifted>,
}

/// Compares the tables of a store.
pub(super) fn compared(facts: &Facts<'_>, task: &Task) -> Result<Vec<Compared>, AuditError> {
    if facts.whole.cut.bound() != Bound::Head {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for found in table::read_models(facts, task)? {
        let seen = Seen::gather(facts, &found, task)?;
        let explained = Explained::find(&found, &seen, task)?;
        if explained.is_empty() {
            continue;
        }
        let covered = covered(facts, &found.name, task)?;
        let mut drifted = Vec::new();
        for (key, row) in found.rows.iter().enumerate() {
            if key % 1024 == 0 {
                task.check()?;
            }
            let columns = explained.differing(&seen, key, row);
            let Some(last) = seen.last(key).filter(|_| !columns.is_empty()) else {
                continue;
            };
            let missed = explained.missed(&seen, key, row, task)?;
            // Perhaps it only waits for its turn.
            if covered.is_none_or(|covered| missed.unwrap_or(last) < covered) {
                let proof = match columns.iter().all(|at| explained.is_likely(*at)) {
                    true => Proof::Likely,
                    false => Proof::Sure,
                };
                let columns = columns.into_iter().map(|at| found.columns[at].clone());
                drifted.push(Drifted {
                    proof,
                    row: row.key.clone(),
                    columns: columns.collect(),
                    missed,
                    last,
                });
            }
        }
        all.push(Compared {
            columns: explained.names(&found),
            rows: found.rows.len() as u64,
            table: found.name,
            drifted,
        });
    }
    Ok(all)
}

/// The first event that whoever keeps a table has not processed: the consumer that is called like it, or
/// else the one that is furthest behind. None where no consumer is known.
fn covered(facts: &Facts<'_>, table: &str, task: &Task) -> Result<Option<EventIx>, AuditError> {
    let mut all: Vec<(String, EventIx)> = Vec::new();
    facts.rows(SideKind::Checkpoints, task, &mut |file, says| {
        let Says::Checkpoint(row) = says else { return };
        let reached = row.reached.as_ref();
        let next = match reached.and_then(|mark| facts.whole.log.reached(file, mark)) {
            Some(Bound::Event(event)) => EventIx(event.0 + 1),
            Some(Bound::Start) => EventIx(0),
            _ => return,
        };
        all.push((plain(&row.consumer), next));
    })?;
    let table = plain(table);
    let mut named: Vec<EventIx> = all
        .iter()
        .filter(|(name, _)| name.contains(&table) || table.contains(name.as_str()))
        .map(|(_, next)| *next)
        .collect();
    if named.is_empty() {
        named.extend(all.iter().map(|(_, next)| *next));
    }
    Ok(named.into_iter().min())
}

/// A name without case and what joins its words.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
