//! Where the orders of some events by different clocks disagree.

use serde::Serialize;

use crate::analysis::bodies::Provenance;
use crate::log::{Clock, Log};
use crate::model::time::Span;
use crate::model::{EventIx, PositionName};

/// Two events that stand in the log one after the other, and the other way round by another order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// Which order says so: `recorded`, `occurred`, `hybrid` or `vector`.
    pub by: &'static str,
    /// The event that stands first in the log.
    pub first: PositionName,
    /// The one that stands behind it, and comes before it by the other order.
    pub second: PositionName,
    /// By how many microseconds, of an order by time; null of others.
    pub apart_us: Option<Span>,
}

/// The disagreements among `events`, which are in log order, between each event and the one before it that
/// has such a clock.
pub(super) fn disagreements(
    log: &Log,
    events: &[EventIx],
    provenance: &[Provenance],
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut note = |by, [first, second]: [EventIx; 2], apart_us| {
        found.push(Disagreement {
            by,
            first: log.position_name(first),
            second: log.position_name(second),
            apart_us,
        });
    };
    for (by, clock) in [("recorded", Clock::Recorded), ("occurred", Clock::Occurred)] {
        let timed = events
            .iter()
            .filter_map(|&event| Some((event, log.own_time(event, clock)?)));
        let timed: Vec<_> = timed.collect();
        for pair in timed.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
            note(by, [pair[0].0, pair[1].0], Some(pair[0].1 - pair[1].1));
        }
    }
    let stamped = events.iter().zip(provenance);
    let stamped: Vec<_> = stamped
        .filter_map(|(event, own)| Some((*event, own.stamp.as_ref()?)))
        .collect();
    let hybrid = stamped
        .iter()
        .filter_map(|(event, stamp)| Some((*event, stamp.hybrid.as_deref()?)));
    let hybrid: Vec<_> = hybrid.collect();
    for pair in hybrid.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
        note("hybrid", [pair[0].0, pair[1].0], None);
    }
    for pair in stamped.windows(2) {
        let ((one, first), (two, second)) = (pair[0], pair[1]);
        let same = log.stream(one) == log.stream(two);
        if same && !second.vector.is_empty() && first.covers(second) && !second.covers(first) {
            note("vector", [one, two], None);
        }
    }
    found
}
