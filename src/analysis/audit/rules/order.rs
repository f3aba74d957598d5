//! Clocks that contradict the order of events.

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::rule::{Rule, Severity};
use crate::analysis::words::many;
use crate::log::{Arranged, Clock};
use crate::model::{EventIx, Task};

/// An event that arrived after a later one of its stream.
pub(super) const LATE: Rule = Rule {
    name: "out-of-order",
    severity: Severity::Warning,
    title: "Events of a stream arrived out of order",
    about: "An event occurred before one that stands before it in its stream. The evidence are both.",
    why: "A state that is folded in log order lets the older fact win over the newer one.",
    advice: "Let handlers compare the time at which things occurred, or keep a version by entity and hold back what comes early.",
    example: "DeliveryChosen at #150 occurred 40 s before the event of cart-314 that stands before it.",
    find: late,
};

/// Recorded times that run backwards in the log.
pub(super) const BACKWARDS: Rule = Rule {
    name: "recorded-backwards",
    severity: Severity::Warning,
    title: "Recorded time runs backwards",
    about: "An event was recorded earlier, by its own stamp, than the one before it in the log.",
    why: "Whoever reads on from a time instead of a position misses events, and a look at a moment of the past has holes.",
    advice: "Read on from positions. Let one clock stamp what is recorded: the store's.",
    example: "#1204 was recorded 8.2 s before #1203.",
    find: backwards,
};

/// An effect that was recorded before its cause.
pub(super) const BEFORE_CAUSE: Rule = Rule {
    name: "effect-before-cause",
    severity: Severity::Error,
    title: "Recorded before its cause",
    about: "An event was recorded earlier, by its stamp, than the event that it names as its cause. The evidence are both.",
    why: "At moments between the two the effect is there and its cause is not. Delays measured from these stamps are wrong.",
    advice: "Set the clocks of the services right (the rule clock-skew tells how far they are off), or order by position or a logical clock.",
    example: "InventoryReserved at #88 was recorded 5.9 s before OrderPlaced at #87, which caused it.",
    find: before_cause,
};

fn late(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for &(event, by) in &facts.streams.late {
        if !is_copy(facts, event) {
            proofs.case(&[by, event]);
        }
    }
    proofs.found(|count| {
        let events = many(count, "event", "events").unwrap_or_default();
        format!("{events} occurred before one that stands before in its stream.")
    });
    Ok(())
}

/// Whether the same thing stands in the stream before: then it came in time, and this is told as a repetition.
fn is_copy(facts: &Facts<'_>, event: EventIx) -> bool {
    let log = facts.log;
    let what = |event: EventIx| {
        let occurred = log.own_time(event, Clock::Occurred);
        (log.event_type(event), occurred, facts.bodies.digest(event))
    };
    let id = log.event_id(event);
    let before = log.stream_events(log.stream(event)).into_iter();
    let mut before = before.take_while(|other| *other < event);
    before.any(|other| {
        facts.knows(other)
            && (what(other) == what(event) || id.is_some() && log.event_id(other) == id)
    })
}

fn backwards(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    if facts.log.arranged() == Arranged::ByTimeForVersions {
        return Ok(());
    }
    for &(event, by) in &facts.streams.backwards {
        proofs.case(&[by, event]);
    }
    proofs.found(|count| {
        let events = many(count, "event was", "events were").unwrap_or_default();
        format!("{events} recorded earlier, by its own stamp, than the one before it in the log.")
    });
    Ok(())
}

fn before_cause(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for event in facts.events() {
        let Some(cause) = facts.known_cause(event) else {
            continue;
        };
        let times = facts.recorded(cause).zip(facts.recorded(event));
        if times.is_some_and(|(cause, effect)| effect < cause) && !facts.is_cyclic(event) {
            proofs.case(&[cause, event]);
        }
    }
    proofs.found(|count| {
        let events = many(count, "event was", "events were").unwrap_or_default();
        format!("{events} recorded before the event that it names as its cause.")
    });
    Ok(())
}
