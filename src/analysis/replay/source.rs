//! How a replay reads: in batches, until cancelled, and never past a sign that the store is another.

use crate::log::{Log, Payload, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// Events read at a time, so that a cancelled task ends soon.
const BATCH: usize = 512;

/// What a replay reads from, and the task on whose behalf.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The index.
    pub log: &'a Log,
    /// The payloads behind it.
    pub payloads: &'a dyn PayloadReader,
    /// Progress (in events) and cancellation.
    pub task: &'a Task,
}

/// Why a replay came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The store is no longer the one that was indexed.
    #[error("the store was rewritten since it was indexed; it has to be indexed again")]
    Rewritten,
}

pub(super) type Each<'a> = dyn FnMut(EventIx, Result<Payload, String>, &str) + 'a;

/// Reads the payloads of `events` in order. Stops at a rewritten store.
pub(super) fn read(
    source: Source<'_>,
    events: &[EventIx],
    each: &mut Each<'_>,
) -> Result<(), ReplayError> {
    let Source {
        log,
        payloads,
        task,
    } = source;
    for batch in events.chunks(BATCH) {
        task.check()?;
        let mut rewritten = false;
        payloads.read(log, batch, task, &mut |event, body| {
            let payload = match body {
                Ok(body) => Ok(body.data),
                Err(Unreadable::Damaged(reason)) => Err(reason),
                Err(Unreadable::Rewritten) => {
                    rewritten = true;
                    return;
                }
            };
            if !rewritten {
                each(event, payload, log.type_name(log.event_type(event)));
            }
        })?;
        if rewritten {
            return Err(ReplayError::Rewritten);
        }
        task.advance(batch.len() as u64);
    }
    Ok(())
}
