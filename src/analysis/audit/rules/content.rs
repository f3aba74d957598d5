//! One content under two ids.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use super::super::window::Window;
use crate::analysis::words::many;
use crate::log::{CauseRef, Clock};
use crate::model::time::Span;
use crate::model::{EventIx, Task, Timestamp};

/// The same fact recorded twice.
pub(super) const NEW_ID: Rule = Rule {
    name: "duplicate-content-new-id",
    severity: Severity::Warning,
    title: "Same content under a new id",
    about: "Two events of one stream have the same type and payload and different ids, and were recorded within an hour or for the same cause. Types of which more than a tenth of all events repeat an earlier one, of few events more than a quarter, are left out: for them it is no accident. What happened at the same moment for the same cause, and was stored at another, is told in any case.",
    why: "No consumer can tell that the second is a copy, so its effect happens twice: two charges, two shipments.",
    advice: "Let the producer draw the id before its first attempt and keep it through all retries; let the stream refuse a command that it has carried out.",
    example: "PaymentTaken of 132.90 stands in payment-1001 at #88 and, under another id, at #91.",
    find,
};

const NEAR: Span = Span::from_secs(3600);

/// How many of a type's events may repeat an earlier one before that is its way: so many of a hundred; where
/// there are few, a tenth is less than one, and so many of a hundred.
const SHARE: u64 = 10;
const FEW: u64 = 4;
const SHARE_OF_FEW: u64 = 25;

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let (log, bodies) = (facts.whole.log, &facts.bodies);
    let mut last = Contents::of(facts);
    let mut found: Vec<(EventIx, EventIx)> = Vec::new();
    let mut copies: Vec<(EventIx, EventIx)> = Vec::new();
    let mut of_type = vec![(0_u64, 0_u64); log.types().len()];
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        let (stream, kind) = (log.stream(event), log.event_type(event));
        of_type[kind.at()].0 += 1;
        // An empty object says too little to be the same.
        if facts.streams.lengths[stream.at()] < 2 || bodies.size(event) <= 2 {
            continue;
        }
        let Some(before) = last.replace(facts, event) else {
            continue;
        };
        let ids = log.event_id(before).zip(log.event_id(event));
        if ids.is_some_and(|(one, two)| one == two) {
            continue;
        }
        // What happened at the very moment of an earlier one and was stored again later is a copy by whatever way.
        let stored_again = is_stored_again(facts, before, event);
        of_type[kind.at()].1 += u64::from(!stored_again);
        if stored_again {
            copies.push((before, event));
        } else if is_near(facts, before, event) {
            found.push((before, event));
        }
    }
    let mut window = Window::default();
    found.retain(|(_, event)| {
        let (all, repeats) = of_type[log.event_type(*event).at()];
        let share = if repeats <= FEW { SHARE_OF_FEW } else { SHARE };
        repeats * 100 <= all * share
    });
    found.append(&mut copies);
    found.sort_unstable_by_key(|(_, event)| *event);
    for (before, event) in found {
        window.see(facts, before, event);
        proofs.case(&[before, event]);
    }
    proofs.found(|count| {
        let events = many(count, "event repeats", "events repeat").unwrap_or_default();
        format!(
            "{events} the content of an earlier one of its stream under an id of its own.{}",
            window.words()
        )
    });
    Ok(())
}

/// The last event of each stream, type and content. Holds the events only, and asks the columns what is the same:
/// for millions of events a table of the keys would be most of what the rule costs.
struct Contents {
    events: HashTable<EventIx>,
    hasher: FixedState,
}

impl Contents {
    /// With room for all that may come, so that nothing is ever moved.
    fn of(facts: &Facts<'_>) -> Self {
        let several = facts.streams.lengths.iter().filter(|length| **length > 1);
        let events: usize = several.map(|length| *length as usize).sum();
        Self {
            events: HashTable::with_capacity(events),
            hasher: FixedState::default(),
        }
    }

    /// Puts an event in the place of the last one that was like it, and gives that.
    fn replace(&mut self, facts: &Facts<'_>, event: EventIx) -> Option<EventIx> {
        let (log, bodies) = (facts.whole.log, &facts.bodies);
        let key = |event: EventIx| {
            let (stream, kind) = (log.stream(event), log.event_type(event));
            (stream.0, kind.0, bodies.digest(event))
        };
        let own = key(event);
        let hash = |own: (u32, u32, u64)| self.hasher.hash_one(own);
        let entry = self.events.entry(
            hash(own),
            |other| key(*other) == own,
            |other| hash(key(*other)),
        );
        match entry {
            Entry::Occupied(mut same) => Some(std::mem::replace(same.get_mut(), event)),
            Entry::Vacant(place) => {
                place.insert(event);
                None
            }
        }
    }
}

/// Whether both happened at one moment for one cause, and were recorded at two.
fn is_stored_again(facts: &Facts<'_>, before: EventIx, event: EventIx) -> bool {
    let occurred = |event| facts.whole.log.own_time(event, Clock::Occurred);
    let one = |both: Option<(Timestamp, Timestamp)>| both.map(|(one, two)| one == two);
    one(occurred(before).zip(occurred(event))) == Some(true)
        && one(facts.recorded(before).zip(facts.recorded(event))) == Some(false)
        && has_same_cause(facts, before, event)
}

fn has_same_cause(facts: &Facts<'_>, before: EventIx, event: EventIx) -> bool {
    let cause = |event| match facts.cause(event) {
        Some(CauseRef::Event(cause)) => Some(cause),
        _ => None,
    };
    cause(before).zip(cause(event)).is_some_and(|(a, b)| a == b)
}

fn is_near(facts: &Facts<'_>, before: EventIx, event: EventIx) -> bool {
    let times = facts.time(before).zip(facts.time(event));
    has_same_cause(facts, before, event) || times.is_none_or(|(one, two)| (two - one).abs() <= NEAR)
}
