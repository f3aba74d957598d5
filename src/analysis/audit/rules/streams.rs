//! Streams that only grow.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::words::{grouped, many};
use crate::log::SideKind;
use crate::model::{EventIx, Task};

/// A long stream without a snapshot.
pub(super) const UNBOUNDED: Rule = Rule {
    name: "unbounded-stream",
    severity: Severity::Warning,
    title: "Long streams without snapshots",
    about: "A stream has 100 events and more that no snapshot covers. Streams that have been ended count for nothing. Of a file that has no place for snapshots it is a note.",
    why: "Each time its state is needed, all of these events are read. It grows slower with every event, for ever.",
    advice: "Take snapshots, or end such streams and begin anew with a summary: a year's account instead of a lifetime's.",
    example: "activity-1 has 218 events and no snapshot.",
    find,
};

/// So many events can be read in no time.
const LONG: u64 = 100;

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let long = facts.long.iter().map(|own| (own.since.events, own.last));
    let long: Vec<(u64, EventIx)> = long.filter(|(rest, _)| *rest >= LONG).collect();
    let longest = long.first().map_or(0, |(rest, _)| *rest);
    for (rest, last) in long {
        proofs.other(|proofs| Evidence {
            note: Some(format!("{} events without a snapshot", grouped(rest))),
            ..proofs.of(last)
        });
    }
    // A file that has no place for snapshots says nothing of those that are kept elsewhere.
    let (severity, more) = match facts.has(SideKind::Snapshots) {
        true => (Severity::Warning, ""),
        false => (
            Severity::Info,
            " This file has no place for snapshots; they may be kept elsewhere.",
        ),
    };
    proofs.found_as(severity, |count| {
        let streams = many(count, "stream has", "streams have").unwrap_or_default();
        let longest = grouped(longest);
        format!("{streams} up to {longest} events that no snapshot covers.{more}")
    });
    Ok(())
}
