//! Causes that are not there, and causes in circles.

use std::collections::HashSet;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::log::{CauseRef, IdRef, Says, SideKind};
use crate::model::Task;

/// A cause that is not in the store.
pub(super) const ORPHAN: Rule = Rule {
    name: "orphan-causation",
    severity: Severity::Warning,
    title: "Cause is not in the store",
    about: "An event names a cause that is neither an event of this store nor a command or message beside it. Nothing is said where half of all causes are elsewhere: then they are ids of something else.",
    why: "The story of why this happened ends here. A cause that was lost or never written cannot be replayed either.",
    advice: "Keep causes in one store with their effects, or keep the ids of commands beside the events. Look whether the event was removed.",
    example: "ShipmentCreated at #423 names 018e0963-… as its cause, which nothing has.",
    find: orphan,
};

/// Causes in a circle.
pub(super) const CYCLE: Rule = Rule {
    name: "causation-cycle",
    severity: Severity::Error,
    title: "Events cause each other in a circle",
    about: "Going from an event to its cause and on comes back to the event. The evidence are the events of the circle.",
    why: "Something that caused itself cannot have happened: an id was taken from the wrong message. What walks along causes may never end.",
    advice: "Let the framework that handles a message set the causation id of all that it sends, to the id of that message.",
    example: "#120 names #121 as its cause, and #121 names #120.",
    find: cycle,
};

fn orphan(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let (mut caused, mut orphans) = (0_usize, Vec::new());
    for event in facts.events() {
        let Some(cause) = facts.cause(event) else {
            continue;
        };
        caused += 1;
        if let CauseRef::Elsewhere(id) = cause {
            let is_own = facts.whole.log.correlation(event) == Some(id)
                || facts.whole.log.event_id(event) == Some(id);
            if !is_own {
                orphans.push((event, id));
            }
        }
    }
    if !orphans.is_empty() {
        let beside = ids_beside(facts, task)?;
        orphans.retain(|(_, id)| !beside.contains(&id.to_string().to_lowercase()));
    }
    if orphans.len() > caused / 2 {
        return Ok(());
    }
    for (event, id) in orphans {
        proofs.noted(event, || format!("its cause is {id}"));
    }
    proofs.found(|count| {
        let events = many(count, "event names", "events name").unwrap_or_default();
        format!("{events} a cause that is not in the store.")
    });
    Ok(())
}

/// Ids of commands and messages.
fn ids_beside(facts: &Facts<'_>, task: &Task) -> Result<HashSet<String>, AuditError> {
    let mut ids = HashSet::new();
    for kind in [SideKind::Commands, SideKind::Outbox] {
        facts.rows(kind, task, &mut |_, says| {
            let id = match says {
                Says::Command(row) => row.id,
                Says::Outbox(row) => row.id,
                _ => None,
            };
            ids.extend(id.map(|id| IdRef::new(&id).to_string().to_lowercase()));
        })?;
    }
    Ok(ids)
}

fn cycle(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for cycle in facts.cycles() {
        proofs.case(cycle);
    }
    proofs.found(|count| {
        let circles = many(count, "circle", "circles").unwrap_or_default();
        format!("{circles} of events that name each other as their cause.")
    });
    Ok(())
}
