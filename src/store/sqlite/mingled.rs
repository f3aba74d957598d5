//! The bodies of a store, of whichever of its sources of events.

use super::lot::Lot;
use super::payloads::SqlitePayloads;
use crate::log::{Body, Log, PayloadReader, Picked, Unreadable};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};
use crate::store::interleave;

/// The readers of the sources, by their numbers.
#[derive(Debug)]
pub(super) struct Mingled(pub Vec<SqlitePayloads>);

impl Mingled {
    fn of<'m>(&'m self, log: &'m Log) -> impl Fn(EventIx) -> Option<usize> + 'm {
        move |event| Some(Lot::number(log.place(event))).filter(|number| *number < self.0.len())
    }
}

impl PayloadReader for Mingled {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        if let [only] = &self.0[..] {
            return only.read(log, events, task, each);
        }
        let mut read = |source: usize, events: &[EventIx], take: interleave::Take<'_>| {
            self.0[source].read(log, events, task, &mut |_, body| take(body))
        };
        interleave::read(events, self.0.len(), &self.of(log), &mut read, each)
    }

    fn pick(
        &self,
        log: &Log,
        events: &[EventIx],
        picker: &Picker,
        task: &Task,
        each: &mut dyn FnMut(EventIx, Picked<'_>),
    ) -> Result<(), Cancelled> {
        if let [only] = &self.0[..] {
            return only.pick(log, events, picker, task, each);
        }
        let mut pick = |source: usize, events: &[EventIx], take: &mut dyn FnMut(Picked<'_>)| {
            let own = &self.0[source];
            own.pick(log, events, picker, task, &mut |_, picked| take(picked))
        };
        interleave::pick(events, self.0.len(), &self.of(log), &mut pick, each)
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        if let [only] = &self.0[..] {
            return only.likely(log, events, task, may);
        }
        let mut likely =
            |source: usize, events: &[EventIx]| self.0[source].likely(log, events, task, may);
        interleave::likely(events, self.0.len(), &self.of(log), &mut likely)
    }
}
