//! One event id twice.

use serde_json::Value;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use super::super::window::Window;
use crate::analysis::projection::differing;
use crate::analysis::words::many;
use crate::model::{EventIx, Task};

/// The same event stored twice.
pub(super) const SAME: Rule = Rule {
    name: "duplicate-id-same-content",
    severity: Severity::Warning,
    title: "Event stored twice under one id",
    about: "Two events have the same id, the same type and the same payload, however it is written: keys in another order and 19 for 19.0 are no difference.",
    why: "Whoever counts or adds up events counts this one twice. A retry went past the check that should have stopped it.",
    advice: "Put a unique constraint on the event id, and let consumers pass over ids that they have seen.",
    example: "Event 0192f58b-… stands at #120 and again at #134.",
    find: same,
};

/// One id for two different facts.
pub(super) const DIFFERENT: Rule = Rule {
    name: "duplicate-id-different-content",
    severity: Severity::Error,
    title: "One event id, two contents",
    about: "Two events have the same id and differ in type or payload.",
    why: "A consumer that remembers ids never sees the second content; one that does not sees both. Two copies of the truth come out of one log.",
    advice: "Find out which of the two is right and record a correction. Derive ids from the content or draw them anew for every event.",
    example: "Event 0192f58b-… has the amount 41.00 at #120 and 14.00 at #134.",
    find: different,
};

/// An event and the first with its id.
type Pair = (EventIx, EventIx);

/// Pairs whose payloads are read, where they are not written alike; of further ones how they are written
/// decides.
const READ: usize = 2_000;

/// The events that have the id of an earlier one: those that say the same, and the others. Two payloads whose
/// keys stand in another order, or whose numbers are written otherwise, say the same.
fn parted(facts: &Facts<'_>, task: &Task) -> Result<[Vec<Pair>; 2], AuditError> {
    let log = facts.whole.log;
    let (mut same, mut different, mut read) = (Vec::new(), Vec::new(), 0);
    for &(event, first) in facts.repeated() {
        let one_type = log.event_type(event) == log.event_type(first);
        let alike = facts.bodies.digest(event) == facts.bodies.digest(first);
        let is_same = one_type
            && (alike || {
                read += 1;
                read <= READ && says_the_same(facts, [first, event], task)?
            });
        match is_same {
            true => same.push((event, first)),
            false => different.push((event, first)),
        }
    }
    Ok([same, different])
}

fn says_the_same(facts: &Facts<'_>, pair: [EventIx; 2], task: &Task) -> Result<bool, AuditError> {
    let values = facts.values(facts.whole.payloads, &pair, task)?;
    Ok(match &values[..] {
        [Some(one), Some(two)] => differing(one, two).is_empty(),
        _ => false,
    })
}

fn same(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut window = Window::default();
    let [same, _] = parted(facts, task)?;
    for (event, first) in same {
        window.see(facts, first, event);
        proofs.case(&[first, event]);
    }
    proofs.found(|count| {
        let events = many(count, "event is", "events are").unwrap_or_default();
        format!(
            "{events} stored once more under the id of an earlier one, with the same content.{}",
            window.words()
        )
    });
    Ok(())
}

fn different(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let [_, differ] = parted(facts, task)?;
    for (nth, (event, first)) in differ.into_iter().enumerate() {
        let note = match nth < SHOWN {
            true => difference(facts, [first, event], task)?,
            false => String::new(),
        };
        proofs.case(&[first]);
        proofs.show(event, || note);
    }
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} the id of an earlier one, and another content.")
    });
    Ok(())
}

/// Pairs of which it is told in what they differ.
const SHOWN: usize = 200;
/// A value is told with so many letters at most.
const LONGEST: usize = 40;

/// `/amount 14.00, before 41.00`: the first place in which the second of two differs.
fn difference(facts: &Facts<'_>, pair: [EventIx; 2], task: &Task) -> Result<String, AuditError> {
    let log = facts.whole.log;
    let [one, two] = pair.map(|event| log.type_name(log.event_type(event)));
    if one != two {
        return Ok(format!("{two}, before {one}"));
    }
    let values = facts.values(facts.whole.shown, &pair, task)?;
    let [Some(one), Some(two)] = &values[..] else {
        return Ok(String::new());
    };
    let told = |value: Option<Value>| {
        let text = value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let first = differing(one, two).into_iter().next();
    Ok(first.map_or_else(String::new, |place| {
        format!("{} {}, before {}", place.path, told(place.b), told(place.a))
    }))
}
