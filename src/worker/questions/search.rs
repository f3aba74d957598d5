//! The events of a filter, said as they are found. What a filter means is `analysis::events`'s to say.

use std::time::{Duration, Instant};

use crate::analysis::events::{self, EventFilter};
use crate::log::{Bound, Clock};
use crate::model::{EventIx, Task};
use crate::worker::{Subject, Unanswered};

/// Between two sendings of what was found; the first find is sent at once.
const PAUSE: Duration = Duration::from_millis(60);

/// A search through the log, the future included: the window fades it.
#[derive(Clone, Debug)]
pub struct Search {
    /// The log.
    pub subject: Subject,
    /// What to look for.
    pub filter: EventFilter,
    /// The clock of its bounds.
    pub clock: Clock,
    /// The event to begin with: an earlier search has seen all before it.
    pub first: EventIx,
}

/// What was found since the last part, in log order.
#[derive(Clone, Debug)]
pub struct SearchPart {
    /// The events.
    pub events: Vec<EventIx>,
    /// With the last of it.
    pub end: Option<SearchEnd>,
}

/// The end of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchEnd {
    /// How many events of the log were looked at, from its beginning.
    pub searched: u32,
    /// Events whose text could not be looked at.
    pub unread: u64,
}

impl Search {
    /// Searches, saying what it finds.
    ///
    /// # Errors
    /// When it is called off.
    pub fn run(self, task: &Task, say: &mut dyn FnMut(SearchPart)) -> Result<(), Unanswered> {
        let log = &*self.subject.log;
        let search = events::Search {
            log,
            cut: &log.cut(self.clock, Bound::Head),
            filter: &self.filter,
            payloads: &*self.subject.payloads,
        };
        let mut unsaid = Vec::new();
        let mut said: Option<Instant> = None;
        let found = search.run_from(self.first, task, &mut |events| {
            unsaid.extend_from_slice(events);
            if said.is_none_or(|said| said.elapsed() > PAUSE) {
                let events = std::mem::take(&mut unsaid);
                say(SearchPart { events, end: None });
                said = Some(Instant::now());
            }
        })?;
        say(SearchPart {
            events: unsaid,
            end: Some(SearchEnd {
                searched: found.searched,
                unread: found.unread,
            }),
        });
        Ok(())
    }
}
