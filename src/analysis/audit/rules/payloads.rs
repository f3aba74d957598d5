//! Payloads and records that cannot be read.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::model::Task;

/// A payload that is no JSON.
pub(super) const NOT_JSON: Rule = Rule {
    name: "payload-not-json",
    severity: Severity::Error,
    title: "Payload is not valid JSON",
    about: "The payload of an event cannot be read, though those of other events of its type can, or those of nearly all and it begins like them.",
    why: "Whoever handles this event fails or passes over it; a rebuilt read model will differ from the one that is there.",
    advice: "See whether the payload was cut off, by a column that is too short or a crash while writing. Record what it meant to say as a new event.",
    example: "The payload of #412 ends in the middle of a text.",
    find: not_json,
};

/// A record that is damaged.
pub(super) const DAMAGED: Rule = Rule {
    name: "damaged-record",
    severity: Severity::Error,
    title: "Record cannot be read",
    about: "A row, line or part of the file could not be read, or not wholly.",
    why: "What is not read is missing in every answer, and whoever wrote the store did not mean it to be there like this.",
    advice: "Restore the record from a copy of the store. Of SQLite, run PRAGMA integrity_check on a copy.",
    example: "Row 88412 has no event type.",
    find: damaged,
};

fn not_json(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let log = facts.whole.log;
    let (mut read, mut opaque) = (
        vec![0_u64; log.types().len()],
        vec![0_u64; log.types().len()],
    );
    for shape in facts.bodies.shapes().all() {
        let group = &facts.bodies.shapes().groups()[shape.group.0 as usize];
        read[group.event_type.at()] += shape.events;
    }
    for event in facts.bodies.opaque() {
        opaque[log.event_type(*event).at()] += 1;
    }
    let unread = facts.bodies.opaque().len() as u64;
    let is_json = unread * 10 <= read.iter().sum::<u64>();
    for event in facts.bodies.opaque() {
        let kind = log.event_type(*event).at();
        // A type of which none or few can be read is written in an encoding of its own, but for one that begins
        // like JSON where all others are.
        let begins = || facts.bodies.broken().binary_search(event).is_ok();
        if opaque[kind] <= read[kind] || is_json && begins() {
            proofs.case(&[*event]);
        }
    }
    proofs.found(|count| {
        let payloads = many(count, "payload cannot", "payloads cannot").unwrap_or_default();
        format!("{payloads} be read, though others can.")
    });
    Ok(())
}

fn damaged(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for (event, reason) in facts.bodies.damaged() {
        proofs.noted(*event, || reason.clone());
    }
    for problem in &facts.problems {
        proofs.other(|_| Evidence {
            note: Some(format!("{}: {}", problem.place, problem.message)),
            ..Evidence::default()
        });
    }
    proofs.count_more(facts.problem_count - facts.problems.len() as u64);
    proofs.found(|count| {
        let records = many(count, "record", "records").unwrap_or_default();
        format!("{records} could not be read, or not wholly.")
    });
    Ok(())
}
