//! What comes into the log after its time: copies, events that were overtaken, and those that were kept
//! back or promised an effect in vain.

use std::time::Duration;

use super::entry::Entry;
use super::event::{EventId, Stream};
use super::system::System;
use crate::model::Timestamp;
use crate::simulate::chance::after;
use crate::simulate::fault::Fault;
use crate::simulate::truth::Finding;

/// What comes into the log after its time.
#[derive(Debug)]
pub enum Later {
    /// An event again, with the position of the first.
    Copy(Fault, Box<Entry>, i64),
    /// One that was overtaken, with the position of the event that overtook it.
    Overtaken(Box<Entry>, i64),
    /// One that waits for that, if it still does.
    NotOvertaken(Stream, EventId),
    /// An event that names its effect as its cause, if that has not come.
    Effectless(EventId),
}

/// What makes a fault of a preparation is waited for this part of the story's time.
const PATIENCE: u64 = 12;

impl System {
    /// What was to come late comes now.
    pub(super) fn come_late(&mut self, due: Timestamp, later: Later) {
        let (fault, entry, other) = match later {
            Later::Copy(fault, entry, first) => (fault, entry, first),
            Later::Overtaken(entry, by) => (Fault::OutOfOrder, entry, by),
            Later::NotOvertaken(stream, id) => {
                if self
                    .held
                    .get(&stream)
                    .is_some_and(|held| held.event.id == id)
                {
                    self.let_go(stream, due);
                }
                return;
            }
            Later::Effectless(id) => {
                if let Some((_, finding)) = self.promised.remove(&id) {
                    self.orphaned(finding);
                    self.plan.give_back(Fault::CausationCycle, self.position);
                }
                return;
            }
        };
        let at = self.next_moment(due);
        if self.is_full() {
            return;
        }
        let finding = Finding::of(fault.name(), &entry.event);
        let position = self.admit(*entry, at);
        self.inject(finding.at([other, position]));
    }

    /// Names an event's first effect as its cause, before that has happened.
    pub(super) fn promise(&mut self, mut entry: Entry, at: Timestamp) {
        let id = entry.event.id;
        let effect = EventId::new(at, self.dice.bits());
        entry.event.causation = Some(effect);
        let finding = Finding::of(Fault::CausationCycle.name(), &entry.event);
        let position = self.admit(entry, at);
        self.promised.insert(id, (effect, finding.at([position])));
        self.later.plan(self.patience(at), Later::Effectless(id));
    }

    /// Until when it is waited for what makes a fault of a preparation.
    pub(super) fn patience(&self, at: Timestamp) -> Timestamp {
        let span = self.world.span.end.micros() - self.world.span.start.micros();
        after(at, Duration::from_micros(span.unsigned_abs() / PATIENCE))
    }

    /// Records an event that waits to be overtaken, since nothing will overtake it.
    pub(super) fn let_go(&mut self, stream: Stream, at: Timestamp) {
        if let Some(held) = self.held.remove(&stream) {
            self.admit_beside(held, at);
        }
    }

    pub(super) fn let_all_go(&mut self, at: Timestamp) {
        let held = self.held.iter();
        let mut held: Vec<_> = held
            .map(|(stream, held)| (held.event.id, *stream))
            .collect();
        held.sort_unstable();
        for (_, stream) in held {
            self.let_go(stream, at);
        }
    }

    /// What is left of a cycle whose effect has not come: a cause that is not there.
    pub(super) fn orphaned(&mut self, finding: Finding) {
        let kind = Fault::OrphanCausation.name();
        self.inject(Finding { kind, ..finding });
    }
}
