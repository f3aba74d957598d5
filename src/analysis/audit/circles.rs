//! Events that cause each other in circles.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use crate::model::{Cancelled, EventIx, Task};

/// A longer way back is taken for no circle.
const FARTHEST: usize = 10_000;

/// The circles among events, each in log order; `cause` is the known event that caused one.
pub(super) fn circles(
    events: impl Iterator<Item = EventIx>,
    cause: impl Fn(EventIx) -> Option<EventIx>,
    task: &Task,
) -> Result<Vec<Vec<EventIx>>, Cancelled> {
    let mut found: Vec<Vec<EventIx>> = Vec::new();
    let mut known: HashSet<EventIx, FixedState> = HashSet::default();
    for (nth, start) in events.enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        // In every circle one event at least names one that does not stand before it.
        let Some(mut at) = cause(start).filter(|cause| *cause >= start) else {
            continue;
        };
        if known.contains(&start) {
            continue;
        }
        let mut way = vec![start];
        while at != start && way.len() < FARTHEST && !known.contains(&at) {
            way.push(at);
            match cause(at) {
                Some(cause) => at = cause,
                None => break,
            }
        }
        if at == start {
            known.extend(&way);
            way.sort_unstable();
            found.push(way);
        }
    }
    Ok(found)
}
