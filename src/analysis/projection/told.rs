//! What handlers say beside states: what they would write, what they log, which digits they lose, what
//! they look up. The first of each kind is kept in full, and all are counted, so that it can be told as
//! of any moment.

use serde::Serialize;

use super::lookup::{Certainty, LookedUp};
use super::script::{LostDigits, Output};
use crate::model::EventIx;

/// Of each kind so many are kept in full.
pub(super) const KEPT: usize = 1_000;

/// What handlers have said up to a moment.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What they would have written: the first thousand.
    pub outputs: Vec<Output>,
    /// What they logged, with the events they handled: the first thousand lines.
    pub lines: Vec<(EventIx, String)>,
    /// Integers in payloads whose digits JavaScript does not keep: the first thousand.
    pub lost_digits: Vec<LostDigits>,
    /// What they looked up: the first thousand.
    pub lookups: Vec<LookedUp>,
    /// How much of it there is.
    pub totals: Totals,
}

/// How much handlers have said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// What they would have written.
    pub outputs: u64,
    /// What they looked up.
    pub lookups: u64,
    /// Of these, entities without a history: they are told as they are now.
    pub present: u64,
    /// Of these, entities that were not there.
    pub missing: u64,
}

impl Told {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.totals == Totals::default() && self.lines.is_empty() && self.lost_digits.is_empty()
    }

    pub(super) fn output(&mut self, output: Output) {
        self.totals.outputs += 1;
        keep(&mut self.outputs, output);
    }

    pub(super) fn line(&mut self, event: EventIx, line: String) {
        keep(&mut self.lines, (event, line));
    }

    pub(super) fn lost(&mut self, lost: LostDigits) {
        keep(&mut self.lost_digits, lost);
    }

    pub(super) fn lookup(&mut self, looked_up: LookedUp) {
        self.totals.lookups += 1;
        match looked_up.certainty {
            Certainty::History => {}
            Certainty::Present => self.totals.present += 1,
            Certainty::Missing => self.totals.missing += 1,
        }
        keep(&mut self.lookups, looked_up);
    }

    /// What a handler that failed would have written is not written.
    pub(super) fn take_back_outputs(&mut self) {
        self.outputs.clear();
        self.totals.outputs = 0;
    }

    pub(super) fn add(&mut self, further: Self) {
        self.outputs.extend(further.outputs);
        self.lines.extend(further.lines);
        self.lost_digits.extend(further.lost_digits);
        self.lookups.extend(further.lookups);
        self.outputs.truncate(KEPT);
        self.lines.truncate(KEPT);
        self.lost_digits.truncate(KEPT);
        self.lookups.truncate(KEPT);
        self.totals = self.totals.and(further.totals);
    }
}

fn keep<T>(kept: &mut Vec<T>, one: T) {
    if kept.len() < KEPT {
        kept.push(one);
    }
}

impl Totals {
    const fn and(self, other: Self) -> Self {
        Self {
            outputs: self.outputs + other.outputs,
            lookups: self.lookups + other.lookups,
            present: self.present + other.present,
            missing: self.missing + other.missing,
        }
    }
}

/// What is said along a run, event by event.
#[derive(Debug, Default)]
pub(super) struct Record {
    told: Told,
    /// How much there was after each event with which it grew.
    totals: Vec<(EventIx, Totals)>,
}

impl Record {
    /// Adds what was said of an event, which comes after those before it.
    pub fn note(&mut self, event: EventIx, said: Told) {
        let grows = said.totals != Totals::default();
        self.told.add(said);
        if grows {
            self.totals.push((event, self.told.totals));
        }
    }

    /// As if events from `next` on had said nothing.
    pub fn forget_from(&mut self, next: EventIx) {
        self.told = self.before(next);
        self.totals.retain(|(event, _)| *event < next);
    }

    /// All of it.
    pub const fn all(&self) -> &Told {
        &self.told
    }

    /// What was said of the events before `next`.
    pub fn before(&self, next: EventIx) -> Told {
        let all = &self.told;
        let events = self.totals.partition_point(|(event, _)| *event < next);
        let last = events.checked_sub(1).map(|at| self.totals[at].1);
        Told {
            outputs: prefix(&all.outputs, next, |one| one.event),
            lines: prefix(&all.lines, next, |one| one.0),
            lost_digits: prefix(&all.lost_digits, next, |one| one.event),
            lookups: prefix(&all.lookups, next, |one| one.event),
            totals: last.unwrap_or_default(),
        }
    }
}

fn prefix<T: Clone>(all: &[T], next: EventIx, event: impl Fn(&T) -> EventIx) -> Vec<T> {
    all[..all.partition_point(|one| event(one) < next)].to_vec()
}
