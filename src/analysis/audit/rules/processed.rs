//! Events that a consumer has processed twice.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::model::Task;

/// One event processed twice by one consumer.
pub(super) const TWICE: Rule = Rule {
    name: "processed-twice",
    severity: Severity::Warning,
    title: "Event processed twice by one consumer",
    about: "A consumer has noted the same event as processed more than once.",
    why: "The consumer keeps a list of what it has processed and did not look into it: whatever the handler does was done twice.",
    advice: "Make consumer and event id together a key of that table, and write it in one transaction with the effect. Whether the handler minds, asof project --twice tells.",
    example: "order-service has processed #1020 twice.",
    find,
};

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for (consumer, event) in &facts.twice {
        proofs.other(|proofs| Evidence {
            consumer: Some(consumer.clone()).filter(|name| !name.is_empty()),
            ..proofs.of(*event)
        });
    }
    proofs.found(|count| {
        let events = many(count, "event was", "events were").unwrap_or_default();
        format!("{events} processed more than once by the same consumer.")
    });
    Ok(())
}
