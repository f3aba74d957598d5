//! Event ids that stand more than once as of a moment. What the copies carry is the audit's matter.

use std::collections::HashSet;

use crate::log::{Cut, Log};

/// How many known events have an id that an earlier known event has; `None` until ids are indexed.
pub(super) fn count(log: &Log, cut: &Cut) -> Option<u64> {
    if !log.is_complete() {
        return None;
    }
    // Where clocks run backwards, the first event of an id may be unknown and a later one known.
    let mut first_known = HashSet::new();
    let mut repeated = 0;
    for event in log.repeated_ids().filter(|&event| cut.holds(log, event)) {
        let Some(id) = log.event_id(event) else {
            continue;
        };
        let first = log.find_event(id);
        let alone = first.is_none_or(|first| !cut.holds(log, first)) && first_known.insert(id);
        repeated += u64::from(!alone);
    }
    Some(repeated)
}
