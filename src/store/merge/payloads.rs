//! Reads bodies back from the file that each event is in.

use std::sync::Arc;

use crate::log::{Body, Log, PayloadReader, Picked, Unreadable};
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task};
use crate::store::interleave;

/// The readers of the files, in their order.
pub(super) struct Payloads(pub Vec<Arc<dyn PayloadReader>>);

impl std::fmt::Debug for Payloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payloads of {} files", self.0.len())
    }
}

/// Which file an event is in.
fn file(log: &Log, event: EventIx) -> Option<usize> {
    let file = log.place(event).extent as usize;
    (file < log.sources().len()).then_some(file)
}

/// The same events in the logs of their files.
fn own(log: &Log, events: &[EventIx]) -> Vec<EventIx> {
    let own = events.iter().filter_map(|event| log.source(*event));
    own.map(|(_, event)| event).collect()
}

impl PayloadReader for Payloads {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        let mut read = |file: usize, events: &[EventIx], take: interleave::Take<'_>| {
            let (own, log) = (own(log, events), &log.sources()[file].log);
            self.0[file].read(log, &own, task, &mut |_, body| take(body))
        };
        let of = |event| file(log, event).filter(|file| *file < self.0.len());
        interleave::read(events, self.0.len(), &of, &mut read, each)
    }

    fn pick(
        &self,
        log: &Log,
        events: &[EventIx],
        picker: &Picker,
        task: &Task,
        each: &mut dyn FnMut(EventIx, Picked<'_>),
    ) -> Result<(), Cancelled> {
        let mut pick = |file: usize, events: &[EventIx], take: &mut dyn FnMut(Picked<'_>)| {
            let (own, log) = (own(log, events), &log.sources()[file].log);
            let reader = &self.0[file];
            reader.pick(log, &own, picker, task, &mut |_, picked| take(picked))
        };
        let of = |event| file(log, event).filter(|file| *file < self.0.len());
        interleave::pick(events, self.0.len(), &of, &mut pick, each)
    }

    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        let file = file(log, event)?;
        let (_, own) = log.source(event)?;
        self.0.get(file)?.file(&log.sources().get(file)?.log, own)
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let mut likely = |file: usize, events: &[EventIx]| {
            let (own, log) = (own(log, events), &log.sources()[file].log);
            let found = self.0[file].likely(log, &own, task, may)?;
            let mut found = found.into_iter().peekable();
            let pairs = events.iter().zip(own);
            let likely = pairs.filter(|(_, own)| found.next_if_eq(own).is_some());
            Ok(likely.map(|(event, _)| *event).collect())
        };
        let of = |event| file(log, event).filter(|file| *file < self.0.len());
        interleave::likely(events, self.0.len(), &of, &mut likely)
    }
}
