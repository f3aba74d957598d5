//! Outbox and events that disagree, and a relay that could not publish.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::outbox::{Fate, Troubled};
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::model::Task;

/// An event that never came into the outbox.
pub(super) const LOST: Rule = Rule {
    name: "outbox-missing",
    severity: Severity::Warning,
    title: "Event never came into the outbox",
    about: "An event has no row in the outbox, though nearly all others of its type or of its category have one, and the outbox keeps what it has published.",
    why: "It was recorded and never published: whoever waits for it waits for ever, and no retry will mend that.",
    advice: "Write the event and its outbox row in one transaction, or publish from the log itself. Publish this one by hand.",
    example: "ShipmentCreated at #423 has no row in the outbox; the other 158 have one.",
    find: lost,
};

/// A time in which nothing could be published.
pub(super) const OUTAGE: Rule = Rule {
    name: "relay-outage",
    severity: Severity::Warning,
    title: "The outbox could not be published for a time",
    about: "Messages of the outbox took several attempts, or wait still and could not be published when they were tried, or were given up.",
    why: "Everybody downstream stood still for that time, and looked as if they had failed.",
    advice: "Watch the age of the oldest message that waits. See what the relay or the broker said at that time.",
    example: "38 messages between 02:10 and 05:40 took up to 42 attempts.",
    find: outage,
};

/// A message that is twice in the outbox.
pub(super) const REPEATED: Rule = Rule {
    name: "outbox-duplicate",
    severity: Severity::Info,
    title: "Event is more than once in the outbox",
    about: "The outbox has several rows for one event id.",
    why: "It was or will be published more than once. At least once is what an outbox promises, so consumers have to expect it.",
    advice: "Make the event id unique in the outbox, if nothing speaks against it.",
    example: "Event 0192f58b-… has two rows in the outbox.",
    find: repeated,
};

fn lost(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let course = facts.course.as_ref();
    let lost = course.and_then(|course| course.without_message(&facts.whole.cut));
    let mut lost = lost.unwrap_or_default();
    lost.sort_unstable();
    lost.iter().for_each(|event| proofs.case(&[*event]));
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} no row in the outbox, though nearly all others of the type or the category have one.")
    });
    Ok(())
}

/// `given up after 3 attempts: broker down`.
fn note(row: &Troubled) -> String {
    let tried = match (row.fate, row.attempts) {
        (Fate::GivenUp, None) => "given up".to_owned(),
        (Fate::GivenUp, Some(attempts)) => format!("given up after {attempts} attempts"),
        (_, None) => "waits".to_owned(),
        (_, Some(attempts)) => format!("{attempts} attempts"),
    };
    match &row.error {
        Some(error) => format!("{tried}: {error}"),
        None => tried,
    }
}

fn outage(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let troubled = facts.outbox.iter().flat_map(|outbox| &outbox.troubled);
    let troubled: Vec<&Troubled> = troubled.collect();
    for row in &troubled {
        proofs.noted(row.event, || note(row));
    }
    let most = troubled.iter().filter_map(|row| row.attempts).max();
    let with = |fate| troubled.iter().filter(|row| row.fate == fate).count() as u64;
    let given_up = many(with(Fate::GivenUp), "was given up", "were given up");
    let waiting = many(with(Fate::Waits), "waits still", "wait still");
    proofs.found(|count| {
        let messages = many(count, "message", "messages").unwrap_or_default();
        let took = match most {
            Some(most) => format!("{messages} took up to {most} attempts to publish"),
            None => format!("{messages} could not be published"),
        };
        let told: Vec<String> = given_up.into_iter().chain(waiting).collect();
        match told.is_empty() {
            true => format!("{took}."),
            false => format!("{took}: {}.", told.join(", ")),
        }
    });
    Ok(())
}

fn repeated(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let again = facts.outbox.iter().flat_map(|outbox| &outbox.again);
    again.for_each(|event| proofs.case(&[*event]));
    proofs.found(|count| {
        let events = many(count, "event has", "events have").unwrap_or_default();
        format!("{events} a further row in the outbox.")
    });
    Ok(())
}
