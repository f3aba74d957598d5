//! Versions that are missing in a stream, as far as its known events tell. Knows nothing of payloads.

use crate::log::Log;
use crate::model::{EventIx, StreamIx, Version};

/// What is missing between the lowest and the highest version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How many versions.
    pub missing: u64,
    /// The first of them.
    pub from: Version,
    /// The last of those that follow it without one that is there.
    pub to: Version,
    /// The event behind these.
    pub behind: EventIx,
}

impl Gap {
    /// Of a stream with these events. Most count on by one, which is one comparison each.
    pub(super) fn of(
        log: &Log,
        stream: StreamIx,
        events: impl Iterator<Item = EventIx> + Clone,
    ) -> Option<Self> {
        let versions = events.filter_map(|event| Some((log.version_in(event, stream)?, event)));
        let mut pairs = versions.clone().zip(versions.clone().skip(1));
        if pairs.all(|((before, _), (after, _))| before.0.checked_add(1) == Some(after.0)) {
            return None;
        }
        let mut sorted: Vec<(Version, EventIx)> = versions.collect();
        sorted.sort_unstable();
        let mut found: Option<Self> = None;
        for pair in sorted.windows(2) {
            let ((before, _), (after, behind)) = (pair[0], pair[1]);
            // Versions may lie farther apart than an i64 holds, but never farther than a u64.
            let between = (after.0.wrapping_sub(before.0) as u64).saturating_sub(1);
            if between > 0 {
                let gap = found.get_or_insert(Self {
                    missing: 0,
                    from: Version(before.0 + 1),
                    to: Version(after.0 - 1),
                    behind,
                });
                gap.missing = gap.missing.saturating_add(between);
            }
        }
        found
    }
}
