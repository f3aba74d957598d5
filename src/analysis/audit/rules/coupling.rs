//! Consumers that fail where the order of events changes.

use std::collections::BTreeSet;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::lag::SpellKind;
use crate::analysis::words::many;
use crate::log::{Clock, Says, SideKind};
use crate::model::{EventIx, Task};

/// A consumer that failed on an event which came before its time.
pub(super) const ORDER: Rule = Rule {
    name: "temporal-coupling",
    severity: Severity::Info,
    title: "Consumer may depend on the order of events",
    about: "A consumer gave up on an event, or was held up by it, and something that belongs before it came only later: its cause, or an event of the same stream that had happened earlier. Of an event whose payload cannot be read nothing is said. The evidence are the event that failed and the one that came too late.",
    why: "The handler takes for granted that another event was there first. No transport promises that across streams, and it breaks whenever somebody is slow.",
    advice: "Let the handler keep what comes too early and look again when the rest is there, or create what it misses.",
    example: "mailer gave up on OrderShipped at #386; OrderPaid of the same order, which had happened before it, came at #391.",
    find,
};

/// So many events behind the one that failed are looked at.
const AHEAD: usize = 200;

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut failed: BTreeSet<(EventIx, String)> = BTreeSet::new();
    facts.rows(SideKind::DeadLetters, task, &mut |file, says| {
        let Says::DeadLetter(row) = says else { return };
        if let Some(event) = facts.known_event(file, row.of.as_ref()) {
            failed.insert((event, row.consumer.unwrap_or_default()));
        }
    })?;
    let stalled = facts
        .hold_ups
        .iter()
        .filter(|own| own.kind == SpellKind::Stalled);
    failed.extend(stalled.map(|own| (own.event, own.consumer.clone())));
    for (event, consumer) in failed {
        task.check()?;
        // What cannot be read fails in any order.
        if facts.is_unreadable(event) {
            continue;
        }
        if let Some(late) = overtaken(facts, event) {
            proofs.other(|proofs| Evidence {
                consumer: Some(consumer.clone()).filter(|name| !name.is_empty()),
                note: Some("it failed".to_owned()),
                ..proofs.of(event)
            });
            proofs.show(late, || "it belongs before, and came later".to_owned());
        }
    }
    proofs.found(|count| {
        let times = many(count, "event", "events").unwrap_or_default();
        format!("Consumers failed on {times} that came before what belongs before them.")
    });
    Ok(())
}

/// What belongs before an event and stands behind it in the log.
fn overtaken(facts: &Facts<'_>, event: EventIx) -> Option<EventIx> {
    let log = facts.whole.log;
    if let Some(cause) = facts.known_cause(event).filter(|cause| *cause > event) {
        return Some(cause);
    }
    let happened = log.own_time(event, Clock::Occurred)?;
    let own = log.stream_events(log.stream(event));
    let from = own.partition_point(|other| *other <= event);
    let mut later = own.into_iter().skip(from).take(AHEAD);
    later.find(|other| {
        let earlier = log.own_time(*other, Clock::Occurred);
        facts.knows(*other) && earlier.is_some_and(|earlier| earlier < happened)
    })
}
