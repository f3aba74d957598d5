//! Where events went when a log was put in another order: a late one came before the head, or the order
//! turned from provisional to final. An event's place in the old log means nothing in the new one. Pure.

use std::sync::Arc;

use crate::analysis::events::EventFilter;
use crate::log::{Bound, Log};
use crate::model::EventIx;

/// The log before and after.
#[derive(Clone, Debug)]
pub struct Reordered {
    before: Arc<Log>,
    now: Arc<Log>,
}

impl Reordered {
    /// From the one log to the other.
    #[must_use]
    pub const fn new(before: Arc<Log>, now: Arc<Log>) -> Self {
        Self { before, now }
    }

    /// The log as it is now.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.now
    }

    /// The same event, by its id, else by its position; none where it is not there any more.
    #[must_use]
    pub fn event(&self, event: EventIx) -> Option<EventIx> {
        let Self { before, now } = self;
        if event.at() >= before.len() {
            return None;
        }
        let by_id = before.event_id(event).and_then(|id| now.find_event(id));
        by_id.or_else(|| now.at_position(before.position(event)))
    }

    /// The same moment; `otherwise` where its event is not there any more.
    #[must_use]
    pub fn bound(&self, bound: Bound, otherwise: Bound) -> Bound {
        match bound {
            Bound::Event(event) => self.event(event).map_or(otherwise, Bound::Event),
            bound => bound,
        }
    }

    /// A filter between the same events.
    pub fn filter(&self, filter: &mut EventFilter) {
        filter.from = self.bound(filter.from, Bound::Start);
        filter.to = self.bound(filter.to, Bound::Head);
    }
}
