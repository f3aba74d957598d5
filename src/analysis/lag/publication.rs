//! Who goes by publications: a consumer that was never done with an event before the relay had published it.
//! What nobody published is not in its hands, and that it stands before such an event is no fault of its own.

use hashbrown::HashMap;

use super::course::Course;
use super::progress::Progress;
use super::tail::{Known, Tail};
use crate::log::{Bound, Cut};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

impl Course {
    /// When the events known at a cut were published by then, for the first time.
    pub(super) fn publications(&self, cut: &Cut) -> HashMap<EventIx, Timestamp> {
        let mut published: HashMap<EventIx, Timestamp> = HashMap::new();
        for message in self.known_messages(cut) {
            let event = message.event.filter(|event| cut.holds(&self.log, *event));
            let at = message.published_at.filter(|at| self.is_by(cut, *at));
            if let Some((event, at)) = event.zip(at) {
                let first = published.entry(event).or_insert(at);
                *first = at.min(*first);
            }
        }
        published
    }

    /// Whether a moment had come by a cut.
    pub(super) fn is_by(&self, cut: &Cut, at: Timestamp) -> bool {
        match cut.bound() {
            Bound::Head => true,
            _ => cut.time(&self.log).is_some_and(|now| at <= now),
        }
    }

    /// Notes the steps by which each consumer was done with an event that nobody had published by then. That
    /// is settled with the step: what is published later comes too late for it.
    pub(super) fn find_readers_of_the_log(&mut self, task: &Task) -> Result<(), Cancelled> {
        let Some(outbox) = &self.outbox else {
            return Ok(());
        };
        let published = &outbox.published;
        let mut all = Vec::with_capacity(self.consumers.len());
        for own in &self.consumers {
            task.check()?;
            let mut reads = Vec::new();
            if let Some((trace, tail)) = own.by_event().zip(own.tail.map(|at| &self.tails[at])) {
                for (number, step) in trace.steps.iter().enumerate() {
                    let place = step.covers.and_then(|covers| covers.checked_sub(1));
                    let event = place.and_then(|place| tail.event(place));
                    let published = event.and_then(|event| published.get(&event));
                    if published.is_none_or(|published| Some(*published) > step.at) {
                        reads.push(number as u32);
                    }
                }
            }
            all.push(reads);
        }
        for (own, reads) in self.consumers.iter_mut().zip(all) {
            own.reads_log = reads;
        }
        Ok(())
    }

    /// Whether a consumer had been done, by a cut, with nothing but what was published to it.
    pub(super) fn goes_by_publications(&self, own: &Progress, cut: &Cut) -> bool {
        self.outbox.is_some()
            && own.by_event().is_some_and(|trace| {
                let mut reads = own
                    .reads_log
                    .iter()
                    .filter_map(|at| trace.steps.get(*at as usize));
                trace.tells(&self.log, cut) && !reads.any(|step| step.is_known(&self.log, cut))
            })
    }

    /// The first event from a place of its tail on that a consumer waits for: of who goes by publications, one
    /// with a message in the outbox, since the others never come to it.
    pub(super) fn first_that_comes(
        &self,
        own: &Progress,
        (tail, covers): (&Tail, usize),
        (cut, known): (&Cut, Known),
    ) -> Option<usize> {
        let next = |from: usize| tail.first(&self.log, from, known);
        let mut waiting = std::iter::successors(next(covers), |at| next(at + 1));
        match &self.outbox {
            Some(outbox) if self.goes_by_publications(own, cut) => waiting.find(|at| {
                let event = tail.event(*at);
                event.is_some_and(|event| outbox.has_message(&self.log, cut, event))
            }),
            _ => waiting.next(),
        }
    }
}
