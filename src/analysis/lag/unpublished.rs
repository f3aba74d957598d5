//! What nobody has published as of a moment, for those who only want to know of some events whether others can
//! have heard of them.

use std::cell::OnceCell;

use hashbrown::{HashMap, HashSet};

use super::course::Course;
use super::outbox::Outbox;
use crate::log::{Bound, Clock, Cut, Log, RowSource, RowsError};
use crate::model::{EventIx, Task, Timestamp};

/// That nobody has published an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpublished {
    /// Since when its message waits in the outbox; none where there is no message, although nearly all of its
    /// kind have one.
    pub since: Option<Timestamp>,
    /// Since when the relay has published nothing although something waited; none where it publishes others.
    pub relay_since: Option<Timestamp>,
}

/// What was published as of a cut: found out when somebody asks for it.
#[derive(Debug)]
pub struct Publications<'a> {
    course: &'a Course,
    cut: Cut,
    pending: OnceCell<HashMap<EventIx, Timestamp>>,
    missing: OnceCell<HashSet<EventIx>>,
    relay_since: OnceCell<Option<Timestamp>>,
}

impl Course {
    /// What a store tells of publications, and of nothing else; none where it has no outbox.
    ///
    /// # Errors
    /// [`RowsError`]; single rows that cannot be read are left out.
    pub fn of_outbox(
        log: &Log,
        rows: &dyn RowSource,
        clock: Clock,
        task: &Task,
    ) -> Result<Option<Self>, RowsError> {
        let outbox = Outbox::read(log, rows, clock, task)?;
        Ok(outbox.map(|outbox| Self {
            log: log.clone(),
            clock,
            tails: Vec::new(),
            consumers: Vec::new(),
            letters: Vec::new(),
            outbox: Some(outbox),
        }))
    }
}

impl<'a> Publications<'a> {
    /// As of a cut.
    #[must_use]
    pub const fn new(course: &'a Course, cut: Cut) -> Self {
        Self {
            course,
            cut,
            pending: OnceCell::new(),
            missing: OnceCell::new(),
            relay_since: OnceCell::new(),
        }
    }

    /// Whether nobody has published an event; none where somebody has, or nobody can tell.
    #[must_use]
    pub fn missed(&self, event: EventIx) -> Option<Unpublished> {
        if let Some(since) = self.pending.get_or_init(|| self.pending()).get(&event) {
            return Some(Unpublished {
                since: Some(*since),
                relay_since: *self.relay_since.get_or_init(|| self.relay_since()),
            });
        }
        let outbox = self.course.outbox.as_ref()?;
        if outbox.has_message(&self.course.log, &self.cut, event) {
            return None;
        }
        let missing = self.missing.get_or_init(|| {
            let all = self.course.without_message(&self.cut);
            all.into_iter().flatten().collect()
        });
        missing.contains(&event).then_some(Unpublished {
            since: None,
            relay_since: None,
        })
    }

    /// Events of which messages wait, and none was published.
    fn pending(&self) -> HashMap<EventIx, Timestamp> {
        let time = match self.cut.bound() {
            Bound::Head => None,
            _ => Some(self.cut.time(&self.course.log).unwrap_or(Timestamp::MIN)),
        };
        let mut pending: HashMap<EventIx, Timestamp> = HashMap::new();
        let known = self.course.known_messages(&self.cut);
        for message in known {
            let Some((event, created)) = message.event.zip(message.created_at) else {
                continue;
            };
            if message.is_published(time) == Some(false) && self.cut.holds(&self.course.log, event)
            {
                let since = pending.entry(event).or_insert(created);
                *since = created.min(*since);
            }
        }
        if !pending.is_empty() {
            for message in known
                .iter()
                .filter(|own| own.is_published(time) != Some(false))
            {
                if let Some(event) = message.event {
                    pending.remove(&event);
                }
            }
        }
        pending
    }

    fn relay_since(&self) -> Option<Timestamp> {
        let outages = self
            .course
            .outages(&self.cut, self.cut.time(&self.course.log));
        let open = outages.last().filter(|outage| outage.to.is_none());
        open.map(|outage| outage.from)
    }
}
