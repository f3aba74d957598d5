//! Stream versions that are missing or stand twice.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::model::Task;

/// A version that no event has.
pub(super) const GAP: Rule = Rule {
    name: "version-gap",
    severity: Severity::Warning,
    title: "Versions are missing in a stream",
    about: "Between two events of a stream a version is missing. The evidence is the event behind the gap. Nothing is said of a store in which versions do not count by one in most streams.",
    why: "An event was lost, deleted by hand, or never written: every state of this stream from there on may be wrong, and nobody can tell by how much.",
    advice: "Look for the missing version in backups, copies and consumers that have seen it. Let the store refuse a write whose version is not the next.",
    example: "order-1042 goes from v6 to v8.",
    find: gap,
};

/// A version that two events have.
pub(super) const FORK: Rule = Rule {
    name: "version-fork",
    severity: Severity::Error,
    title: "Two events have one stream version",
    about: "Two or more events of a stream have the same version. One event that is stored twice under its id is told as that.",
    why: "Two writers each believed to be next, and neither has seen what the other decided. Which of the two a reader takes for the last is chance.",
    advice: "Put a unique constraint on stream and version, and let a writer that comes second read again and decide anew.",
    example: "cart-307 has two events of v3, one by the phone and one by the laptop.",
    find: fork,
};

fn gap(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let streams = &facts.streams;
    // Where most streams have gaps, versions are something else than a count.
    if streams.gapped > 2 && streams.gapped > streams.several / 2 {
        return Ok(());
    }
    let mut missing_in_all = 0_u64;
    for &(event, missing) in &streams.gaps {
        missing_in_all += missing.unsigned_abs();
        proofs.noted(event, || match missing {
            1 => "1 version is missing before it".to_owned(),
            missing => format!("{missing} versions are missing before it"),
        });
    }
    proofs.found(|_| {
        let versions = many(missing_in_all, "version is", "versions are").unwrap_or_default();
        let in_streams = many(u64::from(streams.gapped), "stream", "streams").unwrap_or_default();
        format!("{versions} missing in {in_streams}.")
    });
    Ok(())
}

fn fork(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for fork in &facts.streams.forks {
        // One event that is stored twice is told as that.
        let ids = || fork.iter().map(|event| facts.whole.log.event_id(*event));
        let is_one = ids()
            .next()
            .flatten()
            .is_some_and(|first| ids().all(|id| id == Some(first)));
        if !is_one {
            proofs.case(fork);
        }
    }
    proofs.found(|count| {
        let versions = many(count, "version stands", "versions stand").unwrap_or_default();
        format!("{versions} more than once in a stream.")
    });
    Ok(())
}
