//! Streams that only grow.

use hashbrown::HashMap;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::report::Evidence;
use super::super::rule::{Rule, Severity};
use crate::analysis::words::{grouped, many};
use crate::log::{Says, SideKind};
use crate::model::{EventIx, StreamIx, Task};

/// A long stream without a snapshot.
pub(super) const UNBOUNDED: Rule = Rule {
    name: "unbounded-stream",
    severity: Severity::Warning,
    title: "Long streams without snapshots",
    about: "A stream has 100 events and more that no snapshot covers. Streams that have been ended count for nothing.",
    why: "Each time its state is needed, all of these events are read. It grows slower with every event, for ever.",
    advice: "Take snapshots, or end such streams and begin anew with a summary: a year's account instead of a lifetime's.",
    example: "activity-1 has 218 events and no snapshot.",
    find,
};

/// So many events can be read in no time.
const LONG: u64 = 100;

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let log = facts.log;
    let mut covered: HashMap<StreamIx, i64> = HashMap::new();
    facts.rows(SideKind::Snapshots, task, &mut |file, says| {
        let Says::Snapshot(row) = says else { return };
        let reached = row.reached.as_ref().and_then(|mark| log.marked(file, mark));
        let stream = match (reached, &row.stream) {
            (Some(event), _) => Some(log.stream(event)),
            (None, Some(name)) => log.streams().find(name).map(StreamIx),
            (None, None) => None,
        };
        let version = row
            .version
            .or_else(|| reached.map(|event| log.version(event)));
        if let (Some(stream), Some(version)) = (stream, version) {
            let last = covered.entry(stream).or_insert(version.0);
            *last = version.0.max(*last);
        }
    })?;
    let mut long: Vec<(u64, EventIx)> = Vec::new();
    for (at, length) in facts.streams.lengths.iter().enumerate() {
        if u64::from(*length) < LONG {
            continue;
        }
        let stream = StreamIx::from_usize(at);
        let own = log.stream_events(stream).into_iter();
        let own: Vec<EventIx> = own.filter(|event| facts.knows(*event)).collect();
        let ended = own.iter().any(|event| log.stream_end(*event).is_some());
        let rest = match covered.get(&stream) {
            None => own.len(),
            Some(last) => own
                .iter()
                .filter(|event| log.version(**event).0 > *last)
                .count(),
        };
        if let (false, Some(last)) = (ended, own.last())
            && rest as u64 >= LONG
        {
            long.push((rest as u64, *last));
        }
    }
    long.sort_by(|a, b| b.cmp(a));
    let longest = long.first().map_or(0, |(rest, _)| *rest);
    for (rest, last) in long {
        proofs.other(|proofs| Evidence {
            note: Some(format!("{} events without a snapshot", grouped(rest))),
            ..proofs.of(last)
        });
    }
    proofs.found(|count| {
        let streams = many(count, "stream has", "streams have").unwrap_or_default();
        format!(
            "{streams} up to {} events that no snapshot covers.",
            grouped(longest)
        )
    });
    Ok(())
}
