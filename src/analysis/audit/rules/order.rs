//! Clocks that contradict the order of events.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::rule::{Rule, Severity};
use crate::analysis::words::{grouped, many};
use crate::log::{Arranged, Clock};
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp};

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

fn late(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let copies = copies(facts, task)?;
    for &(event, by) in &facts.streams.late {
        if !copies.contains(&event) {
            let times = [by, event].map(|event| facts.log.own_time(event, Clock::Occurred));
            pair(proofs, [by, event], times);
        }
    }
    proofs.found(|count| {
        let events = many(count, "event", "events").unwrap_or_default();
        let its = if count == 1 { "its" } else { "their" };
        format!("{events} occurred before one that stands earlier in {its} stream.")
    });
    Ok(())
}

/// Events of streams with late ones of which the same thing stands in the stream before: they came in time,
/// and are told as repetitions.
fn copies(facts: &Facts<'_>, task: &Task) -> Result<HashSet<EventIx, FixedState>, Cancelled> {
    let log = facts.log;
    let late = facts.streams.late.iter();
    let mut streams: Vec<StreamIx> = late.map(|(event, _)| log.stream(*event)).collect();
    streams.sort_unstable();
    streams.dedup();
    let mut copies = HashSet::default();
    for stream in streams {
        let (mut contents, mut ids) = (HashSet::new(), HashSet::new());
        for (nth, event) in log.stream_events(stream).into_iter().enumerate() {
            if nth.is_multiple_of(1 << 12) {
                task.check()?;
            }
            if !facts.knows(event) {
                continue;
            }
            let occurred = log.own_time(event, Clock::Occurred);
            let content = (log.event_type(event), occurred, facts.bodies.digest(event));
            let is_new = contents.insert(content);
            let id = log.event_id(event);
            if !id.is_none_or(|id| ids.insert(id)) || !is_new {
                copies.insert(event);
            }
        }
    }
    Ok(copies)
}

/// Counts a pair, the second of which came before the first by these times.
fn pair(proofs: &mut Proofs<'_>, [one, two]: [EventIx; 2], times: [Option<Timestamp>; 2]) {
    proofs.case(&[one]);
    proofs.show(two, || match times {
        [Some(one), Some(two)] => format!("{} earlier", (one - two).abs()),
        _ => String::new(),
    });
}

fn backwards(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    if facts.log.arranged() == Arranged::ByTimeForVersions {
        return Ok(());
    }
    for &(event, by) in &facts.streams.backwards {
        pair(
            proofs,
            [by, event],
            [by, event].map(|event| facts.recorded(event)),
        );
    }
    proofs.found(|count| {
        match many(count, "event", "events") {
            Some(events) if count > 1 => format!(
                "{events} were recorded earlier, by their own stamps, than those before them in the log."
            ),
            _ => "1 event was recorded earlier, by its own stamp, than the one before it in the log."
                .to_owned(),
        }
    });
    Ok(())
}

fn before_cause(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    // Of how many the clocks of two services are the reason, which is told as that.
    let mut skewed = 0;
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        let Some(cause) = facts.known_cause(event) else {
            continue;
        };
        let times = [cause, event].map(|event| facts.recorded(event));
        let is_early = matches!(times, [Some(cause), Some(effect)] if effect < cause);
        if is_early && !facts.is_cyclic(event) {
            let bodies = &facts.bodies;
            let services = bodies.service(cause).zip(bodies.service(event));
            skewed += u64::from(services.is_some_and(|(one, two)| one != two));
            pair(proofs, [cause, event], times);
        }
    }
    proofs.found(|count| {
        let events = match many(count, "event", "events") {
            Some(events) if count > 1 => {
                format!("{events} were recorded before the events that they name as their causes.")
            }
            _ => "1 event was recorded before the event that it names as its cause.".to_owned(),
        };
        match skewed {
            0 => events,
            skewed if skewed == count => format!("{events} The rule clock-skew tells why."),
            skewed => {
                let skewed = grouped(skewed);
                format!("{events} Of {skewed} of them the rule clock-skew tells why.")
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::audit::Audited;
    use crate::analysis::replay::FoldRules;
    use crate::analysis::testing::{MadeUp, log_of, moments, samples};
    use crate::log::{Log, NoRows, NoTables};

    fn with_facts(log: &Log, cut: crate::log::Cut, look: impl FnOnce(&Facts<'_>)) {
        let audited = Audited {
            log,
            cut,
            payloads: &MadeUp,
            rows: &NoRows,
            tables: &NoTables,
            fold: &FoldRules::default(),
        };
        look(&Facts::gather(&audited, &Task::new()).unwrap());
    }

    /// As it is said: whether the same thing stands in the stream before.
    fn is_copy(facts: &Facts<'_>, event: EventIx) -> bool {
        let log = facts.log;
        let what = |event: EventIx| {
            let occurred = log.own_time(event, Clock::Occurred);
            (log.event_type(event), occurred, facts.bodies.digest(event))
        };
        let id = log.event_id(event);
        let before = log.stream_events(log.stream(event)).into_iter();
        let mut before = before.filter(|other| *other < event && facts.knows(*other));
        before.any(|other| what(other) == what(event) || id.is_some() && log.event_id(other) == id)
    }

    proptest! {
        #[test]
        fn a_late_event_is_a_copy_where_it_stands_there_already(samples in samples(60), at in moments()) {
            let log = log_of(&samples, 7);
            with_facts(&log, at.cut(&log, Clock::Recorded), |facts| {
                let copies = copies(facts, &Task::new()).unwrap();
                for (event, _) in &facts.streams.late {
                    assert_eq!(copies.contains(event), is_copy(facts, *event));
                }
            });
        }

        #[test]
        fn looking_for_copies_ends_when_nobody_waits(samples in samples(60)) {
            let log = log_of(&samples, 7);
            with_facts(&log, log.at_head(), |facts| {
                let task = Task::new();
                task.cancel();
                assert_eq!(copies(facts, &task).is_err(), !facts.streams.late.is_empty());
            });
        }
    }
}
