//! Writes to one stream of which nobody can tell which came first: two services made them whose clocks are
//! apart, and their stamps differ by about as much. Position says which was stored first, and no more.

use hashbrown::HashSet;

use super::facts::Facts;
use crate::analysis::causality::{Conflict, Side, ToldBy};
use crate::model::{Cancelled, EventIx, Task};

/// Causes of causes are looked at up to here.
const FAR: usize = 32;

/// Such neighbours in a stream, in log order, but for those that hang together by a cause and those that other
/// conflicts tell of.
pub(super) fn undecided(facts: &Facts<'_>, task: &Task) -> Result<Vec<Conflict>, Cancelled> {
    if !facts.clocks.is_any_bounded() {
        return Ok(Vec::new());
    }
    let log = facts.whole.log;
    let known = facts.conflicts.iter().flat_map(|own| &own.sides);
    let known: HashSet<EventIx> = known.flat_map(|side| &side.events).copied().collect();
    let mut last: Vec<Option<EventIx>> = vec![None; log.streams().len()];
    let mut found = Vec::new();
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        let stream = log.stream(event);
        let Some(before) = last
            .get_mut(stream.at())
            .and_then(|last| last.replace(event))
        else {
            continue;
        };
        let pair = [before, event];
        let Some(services) = blurred(facts, pair) else {
            continue;
        };
        let told = |event: &EventIx| known.contains(event) || is_stamped(facts, *event);
        if pair.iter().any(told) || hang_together(facts, pair) {
            continue;
        }
        let side = |(service, event): (u32, EventIx)| Side {
            name: facts.bodies.service_name(service).to_owned(),
            events: vec![event],
        };
        found.push(Conflict {
            stream,
            sides: services.into_iter().zip(pair).map(side).collect(),
            told_by: ToldBy::Clocks,
        });
    }
    Ok(found)
}

/// The services of two events whose clocks do not tell which came first.
fn blurred(facts: &Facts<'_>, pair: [EventIx; 2]) -> Option<[u32; 2]> {
    let stamped = |event| facts.bodies.service(event).zip(facts.recorded(event));
    let (one, two) = stamped(pair[0]).zip(stamped(pair[1]))?;
    facts.clocks.blur(one, two).then_some([one.0, two.0])
}

/// Whether an event says by a logical clock, or by the version that it expected, what its writer knew.
fn is_stamped(facts: &Facts<'_>, event: EventIx) -> bool {
    let stamps = facts.bodies.stamps();
    let found = stamps.binary_search_by_key(&event, |(stamped, _)| *stamped);
    found.is_ok_and(|at| {
        let stamp = &stamps[at].1;
        !stamp.vector.is_empty() || stamp.expected.is_some()
    })
}

/// Whether the second is an effect of the first, or of an effect of it.
fn hang_together(facts: &Facts<'_>, [one, two]: [EventIx; 2]) -> bool {
    let causes = std::iter::successors(Some(two), |event| facts.known_cause(*event));
    causes.take(FAR).any(|event| event == one)
}
