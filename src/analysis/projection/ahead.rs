//! Bodies read ahead of the events that are folded, and those of the events just before, which may be
//! folded again.

use hashbrown::HashMap;

use super::Reading;
use crate::log::{Body, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

type Read = Result<Body, Unreadable>;

/// The bodies of the last two batches.
#[derive(Default)]
pub(super) struct Ahead {
    now: HashMap<EventIx, Read>,
    before: HashMap<EventIx, Read>,
}

impl Ahead {
    /// Reads the bodies of another batch.
    pub fn read(
        &mut self,
        reading: &Reading,
        events: &[EventIx],
        task: &Task,
    ) -> Result<(), Cancelled> {
        std::mem::swap(&mut self.now, &mut self.before);
        let now = &mut self.now;
        now.clear();
        now.reserve(events.len());
        (reading.payloads).read(&reading.log, events, task, &mut |event, body| {
            now.insert(event, body);
        })
    }

    /// A body, if it was read.
    pub fn get(&self, event: EventIx) -> Option<&Read> {
        self.now.get(&event).or_else(|| self.before.get(&event))
    }
}
