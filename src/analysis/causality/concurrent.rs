//! Writes to one stream that did not know of each other.

use crate::analysis::bodies::{Bodies, Stamp};
use crate::log::{Cut, Log};
use crate::model::{EventIx, StreamIx};

/// Two writes of which neither writer knew of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concurrent {
    /// The one that stands first in the log.
    pub one: EventIx,
    /// The other.
    pub two: EventIx,
}

/// So many events before one are compared with it.
const BACK: usize = 64;

/// Pairs of concurrent writes among known events, by their vector clocks, or else since both took the same
/// version for the last one. Each event stands in one pair at most as the later one: with the last event
/// before it that it did not know of.
#[must_use]
pub fn concurrent(log: &Log, cut: &Cut, bodies: &Bodies) -> Vec<Concurrent> {
    let mut stamps: Vec<(StreamIx, EventIx, &Stamp)> = bodies
        .stamps()
        .iter()
        .filter(|(event, _)| cut.holds(log, *event))
        .map(|(event, stamp)| (log.stream(*event), *event, stamp))
        .collect();
    stamps.sort_unstable_by_key(|(stream, event, _)| (*stream, *event));
    let mut found = Vec::new();
    for own in stamps.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, two, stamp)) in own.iter().enumerate() {
            let before = own[at.saturating_sub(BACK)..at].iter().rev();
            let mut unknown = before.filter(|(_, _, earlier)| is_concurrent(earlier, stamp));
            if let Some((_, one, _)) = unknown.next() {
                found.push(Concurrent {
                    one: *one,
                    two: *two,
                });
            }
        }
    }
    found.sort_unstable();
    found
}

fn is_concurrent(one: &Stamp, two: &Stamp) -> bool {
    if !one.vector.is_empty() && !two.vector.is_empty() {
        return one.is_concurrent_to(two);
    }
    one.expected.is_some() && one.expected == two.expected
}
