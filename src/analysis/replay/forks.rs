//! Versions that stand twice in a stream, noted in passing. Knows nothing of payloads.

use hashbrown::HashMap;

use crate::log::Log;
use crate::model::{EventIx, StreamIx, Version};

/// One version that two events claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The version.
    pub version: Version,
    /// The first event with it.
    pub first: EventIx,
    /// A later event with it.
    pub again: EventIx,
}

/// Finds forks event by event. Versions that only ascend, as nearly all do, cost one comparison.
#[derive(Clone, Debug, Default)]
pub(super) struct Forks {
    highest: Option<Version>,
    /// First events by version; made once versions have run backwards.
    seen: Option<HashMap<Version, EventIx>>,
    found: Vec<Fork>,
}

impl Forks {
    /// Notes the event that follows `before`.
    pub fn note(&mut self, log: &Log, stream: StreamIx, event: EventIx, before: &[EventIx]) {
        let Some(version) = log.version_in(event, stream) else {
            return;
        };
        if self.highest.is_none_or(|highest| version > highest) {
            self.highest = Some(version);
            if let Some(seen) = &mut self.seen {
                seen.insert(version, event);
            }
            return;
        }
        let seen = self.seen.get_or_insert_with(|| {
            let versions = before.iter().rev();
            versions
                .filter_map(|&e| Some((log.version_in(e, stream)?, e)))
                .collect()
        });
        let first = *seen.entry(version).or_insert(event);
        if first != event {
            self.found.push(Fork {
                version,
                first,
                again: event,
            });
        }
    }

    pub fn found(&self) -> &[Fork] {
        &self.found
    }
}
