//! Clocks that contradict the order of events.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::bodies::Stamp;
use crate::analysis::words::many;
use crate::log::{Arranged, Clock};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp};

/// An event that arrived after a later one of its stream.
pub(super) const LATE: Rule = Rule {
    name: "out-of-order",
    severity: Severity::Warning,
    title: "Events of a stream arrived out of order",
    about: "An event occurred before one that stands before it in its stream, or the writer of that one knew of it already, by their vector clocks. What follows from a clock that the rule clock-skew tells of is a note. The evidence are both.",
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
    about: "An event was recorded earlier, by its own stamp, than the one before it in the log. What follows from a clock that the rule clock-skew tells of is a note.",
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
    about: "An event was recorded earlier, by its stamp, than the event that it names as its cause. What follows from a clock that the rule clock-skew tells of is a note. The evidence are both.",
    why: "At moments between the two the effect is there and its cause is not. Delays measured from these stamps are wrong.",
    advice: "Set the clocks of the services right (the rule clock-skew tells how far they are off), or order by position or a logical clock.",
    example: "InventoryReserved at #88 was recorded 5.9 s before OrderPlaced at #87, which caused it.",
    find: before_cause,
};

fn late(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let (log, stamped) = (facts.whole.log, overtaken(facts, task)?);
    let known: HashSet<EventIx, FixedState> = stamped.iter().map(|(event, _)| *event).collect();
    let mut late: Vec<(EventIx, EventIx)> = facts.streams.late.clone();
    late.extend(stamped);
    // The times tell by how much.
    late.sort_by_key(|(event, _)| *event);
    late.dedup_by_key(|(event, _)| *event);
    let copies = copies(facts, &late, task)?;
    late.retain(|(event, _)| !copies.contains(event));
    let is_followed = |&(event, by): &(EventIx, EventIx)| {
        !known.contains(&event) && is_late_by_clock(facts, [by, event])
    };
    let (follow, own): (Vec<_>, Vec<_>) = late.into_iter().partition(is_followed);
    let show = |proofs: &mut Proofs<'_>, (event, by): (EventIx, EventIx)| match [by, event]
        .map(|event| log.own_time(event, Clock::Occurred))
    {
        [Some(one), Some(two)] if two < one => {
            pair(proofs, [by, event], [Some(one), Some(two)]);
        }
        _ => {
            proofs.case(&[by]);
            proofs.show(event, || "known to the writer of the other".to_owned());
        }
    };
    let words = |count| {
        let events = many(count, "event", "events").unwrap_or_default();
        let its = if count == 1 { "its" } else { "their" };
        format!("{events} occurred before one that stands earlier in {its} stream.")
    };
    own.into_iter().for_each(|late| show(proofs, late));
    proofs.found(words);
    follow.into_iter().for_each(|late| show(proofs, late));
    proofs.about(BY_CLOCK);
    proofs.found_as(Severity::Info, |count| by_clock(&words(count), count));
    Ok(())
}

/// What occurs is recorded by the same clock within that time.
const SOON: Span = Span::from_secs(1);

/// Whether the second of two events of a stream only looks as if it had occurred before the first: their
/// stamps of recording, which a wrong clock made, are as far apart.
fn is_late_by_clock(facts: &Facts<'_>, pair: [EventIx; 2]) -> bool {
    let times = |clock| {
        let [one, two] = pair.map(|event| facts.whole.log.own_time(event, clock));
        Some(one? - two?)
    };
    let apart = times(Clock::Occurred).zip(times(Clock::Recorded));
    let alike = apart.is_some_and(|(occurred, recorded)| occurred <= recorded.saturating_add(SOON));
    alike && facts.is_clocks_fault(pair)
}

/// So many events before one are compared with it.
const BACK: usize = 16;

/// Events of which the writer of one that stands before them in their stream knew, by vector clocks, each with
/// that one.
fn overtaken(facts: &Facts<'_>, task: &Task) -> Result<Vec<(EventIx, EventIx)>, Cancelled> {
    let log = facts.whole.log;
    let mut stamps: Vec<(StreamIx, EventIx, &Stamp)> = (facts.bodies.stamps().iter())
        .filter(|(event, stamp)| !stamp.vector.is_empty() && facts.knows(*event))
        .map(|(event, stamp)| (log.stream(*event), *event, stamp))
        .collect();
    stamps.sort_unstable_by_key(|(stream, event, _)| (*stream, *event));
    let mut found = Vec::new();
    for own in stamps.chunk_by(|a, b| a.0 == b.0) {
        task.check()?;
        for (at, (_, event, stamp)) in own.iter().enumerate() {
            let mut before = own[at.saturating_sub(BACK)..at].iter().rev();
            let knew = |before: &&(StreamIx, EventIx, &Stamp)| {
                before.2.covers(stamp) && !stamp.covers(before.2)
            };
            found.extend(before.find(knew).map(|(_, by, _)| (*event, *by)));
        }
    }
    Ok(found)
}

/// Events of streams with late ones of which the same thing stands in the stream before: they came in time,
/// and are told as repetitions.
fn copies(
    facts: &Facts<'_>,
    late: &[(EventIx, EventIx)],
    task: &Task,
) -> Result<HashSet<EventIx, FixedState>, Cancelled> {
    let log = facts.whole.log;
    let mut streams: Vec<StreamIx> = late.iter().map(|(event, _)| log.stream(*event)).collect();
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
    if facts.whole.log.arranged() == Arranged::ByTimeForVersions {
        return Ok(());
    }
    let pairs = facts.streams.backwards.iter();
    tell(
        facts,
        proofs,
        pairs.map(|&(event, by)| [by, event]),
        |count| match many(count, "event", "events") {
            Some(events) if count > 1 => format!(
                "{events} were recorded earlier, by their own stamps, than those before them in the log."
            ),
            _ => {
                "1 event was recorded earlier, by its own stamp, than the one before it in the log."
                    .to_owned()
            }
        },
    );
    Ok(())
}

fn before_cause(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    tell(
        facts,
        proofs,
        facts.clocks.early.iter().copied(),
        |count| match many(count, "event", "events") {
            Some(events) if count > 1 => {
                format!("{events} were recorded before the events that they name as their causes.")
            }
            _ => "1 event was recorded before the event that it names as its cause.".to_owned(),
        },
    );
    Ok(())
}

/// Tells of pairs of which the second has the earlier stamp. What follows from a clock that is off is a note
/// beside the finding of that clock.
fn tell(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    pairs: impl Iterator<Item = [EventIx; 2]>,
    words: impl Fn(u64) -> String,
) {
    let (follow, own): (Vec<[EventIx; 2]>, Vec<[EventIx; 2]>) =
        pairs.partition(|pair| facts.is_clocks_fault(*pair));
    for events in own {
        pair(proofs, events, events.map(|event| facts.recorded(event)));
    }
    proofs.found(&words);
    for events in follow {
        pair(proofs, events, events.map(|event| facts.recorded(event)));
    }
    proofs.about(BY_CLOCK);
    proofs.found_as(Severity::Info, |count| by_clock(&words(count), count));
}

/// What findings of that are about.
const BY_CLOCK: &str = "by a clock";

/// What is said of events that only a wrong clock makes remarkable.
fn by_clock(words: &str, count: u64) -> String {
    let these = match count {
        1 => "it follows",
        _ => "they follow",
    };
    format!("{words} The rule clock-skew says why: {these} from a clock that is wrong.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::audit::Audited;
    use crate::analysis::replay::FoldRules;
    use crate::analysis::testing::{MadeUp, log_of, moments, samples};
    use crate::analysis::whole::Whole;
    use crate::log::{Log, NoRows, NoTables};

    fn with_facts(log: &Log, cut: crate::log::Cut, look: impl FnOnce(&Facts<'_>)) {
        let audited = Audited {
            whole: Whole {
                log,
                cut,
                payloads: &MadeUp,
                shown: &MadeUp,
                rows: &NoRows,
                fold: &FoldRules::default(),
            },
            tables: &NoTables,
        };
        look(&Facts::gather(&audited, &Task::new()).unwrap());
    }

    /// As it is said: whether the same thing stands in the stream before.
    fn is_copy(facts: &Facts<'_>, event: EventIx) -> bool {
        let log = facts.whole.log;
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
                let copies = copies(facts, &facts.streams.late, &Task::new()).unwrap();
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
                assert_eq!(copies(facts, &facts.streams.late, &task).is_err(), !facts.streams.late.is_empty());
            });
        }
    }
}
