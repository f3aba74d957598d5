//! Who goes by publications: a consumer that was never done with an event before the relay had published it.
//! What nobody published is not in its hands, and that it stands before such an event is no fault of its own.

use hashbrown::HashMap;

use super::course::Course;
use super::delays::processed;
use super::progress::{Progress, Trace};
use super::tail::{Known, Tail};
use crate::log::{Bound, Cut};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

impl Course {
    /// When the events known at a cut were published by then.
    pub(super) fn publications(&self, cut: &Cut) -> HashMap<EventIx, Timestamp> {
        let (log, now) = (&self.log, cut.time(&self.log));
        let head = cut.bound() == Bound::Head;
        let mut published = HashMap::new();
        for message in self.known_messages(cut) {
            let event = message.event.filter(|event| cut.holds(log, *event));
            let by = |at: &Timestamp| head || now.is_some_and(|now| *at <= now);
            if let Some((event, at)) = event.zip(message.published_at.filter(by)) {
                published.entry(event).or_insert(at);
            }
        }
        published
    }

    /// Notes of each consumer when it was first done with an event that nobody had published by then.
    pub(super) fn find_readers_of_the_log(&mut self, task: &Task) -> Result<(), Cancelled> {
        if self.outbox.is_none() {
            return Ok(());
        }
        let head = self.log.cut(self.clock, Bound::Head);
        let published = self.publications(&head);
        let mut all = Vec::with_capacity(self.consumers.len());
        for own in &self.consumers {
            let mut first: Option<Timestamp> = None;
            if let Some((trace, tail)) = own.by_event().zip(own.tail.map(|at| &self.tails[at])) {
                processed(&trace.way(&self.log, &head), task, &mut |at, when| {
                    let published = tail.event(at).and_then(|event| published.get(&event));
                    if published.is_none_or(|published| *published > when) {
                        first = Some(first.map_or(when, |first| first.min(when)));
                    }
                })?;
            }
            all.push(first);
        }
        for (own, first) in self.consumers.iter_mut().zip(all) {
            own.reads_log = first;
        }
        Ok(())
    }

    /// Whether a consumer had been done, by a cut, with nothing but what was published to it.
    pub(super) fn goes_by_publications(&self, own: &Progress, cut: &Cut) -> bool {
        let known = |at: Timestamp| match cut.bound() {
            Bound::Head => true,
            _ => cut.time(&self.log).is_some_and(|now| at <= now),
        };
        let tells = |trace: &Trace| trace.tells(&self.log, cut);
        self.outbox.is_some()
            && own.by_event().is_some_and(tells)
            && !own.reads_log.is_some_and(known)
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
