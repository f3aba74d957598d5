//! Reads bodies back from the file that each event is in.

use std::sync::Arc;

use crate::log::{Body, Log, PayloadReader, Unreadable};
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

impl PayloadReader for Payloads {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        let mut read = |file: usize, events: &[EventIx], take: interleave::Take<'_>| {
            let own = events
                .iter()
                .filter_map(|&event| Some(log.source(event)?.1));
            let own: Vec<EventIx> = own.collect();
            let log = &log.sources()[file].log;
            self.0[file].read(log, &own, task, &mut |_, body| take(body))
        };
        let of = |event| file(log, event).filter(|file| *file < self.0.len());
        interleave::read(events, self.0.len(), &of, &mut read, each)
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let mut likely = |file: usize, events: &[EventIx]| {
            let own = events
                .iter()
                .filter_map(|&event| Some(log.source(event)?.1));
            let own: Vec<EventIx> = own.collect();
            let log = &log.sources()[file].log;
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
