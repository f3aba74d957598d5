//! Reads bodies back from the file that each event is in.

use std::sync::Arc;

use crate::log::{Body, Log, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// Events read at a time, each file's in one go: neighbours in time are seldom of one file.
const BATCH: usize = 512;

/// The readers of the files, in their order.
pub(super) struct Payloads(pub Vec<Arc<dyn PayloadReader>>);

impl std::fmt::Debug for Payloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payloads of {} files", self.0.len())
    }
}

impl PayloadReader for Payloads {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        for batch in events.chunks(BATCH) {
            let mut bodies: Vec<Option<Result<Body, Unreadable>>> = Vec::new();
            bodies.resize_with(batch.len(), || None);
            for (reader, file) in self.0.iter().zip(0_u32..) {
                let Some(source) = log.sources().get(file as usize) else {
                    continue;
                };
                let of_file = |event: EventIx| log.place(event).extent == file;
                let places = (0..batch.len()).filter(|&at| of_file(batch[at]));
                let places: Vec<usize> = places.collect();
                let own = places
                    .iter()
                    .filter_map(|&at| Some(log.source(batch[at])?.1));
                let own: Vec<EventIx> = own.collect();
                let mut next = places.into_iter();
                reader.read(&source.log, &own, task, &mut |_, body| {
                    if let Some(at) = next.next() {
                        bodies[at] = Some(body);
                    }
                })?;
            }
            for (&event, body) in batch.iter().zip(bodies) {
                each(event, body.unwrap_or(Err(Unreadable::Rewritten)));
            }
        }
        Ok(())
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        let mut found = Vec::new();
        for (reader, file) in self.0.iter().zip(0_u32..) {
            let Some(source) = log.sources().get(file as usize) else {
                continue;
            };
            let of_file = events
                .iter()
                .filter(|event| log.place(**event).extent == file);
            let (whole, own): (Vec<EventIx>, Vec<EventIx>) = of_file
                .filter_map(|&event| Some((event, log.source(event)?.1)))
                .unzip();
            let likely = reader.likely(&source.log, &own, task, may)?;
            let mut likely = likely.into_iter().peekable();
            let pairs = whole.into_iter().zip(own);
            found.extend(
                pairs
                    .filter(|(_, own)| likely.next_if_eq(own).is_some())
                    .map(|(event, _)| event),
            );
        }
        found.sort_unstable();
        Ok(found)
    }
}
