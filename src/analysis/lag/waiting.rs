//! What waits for one consumer at one moment, where nothing else of it is wanted than where it stands.

use super::course::scope;
use super::tail::{Known, Tail};
use crate::log::{Cut, KnownCheckpoint, Log};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// What a consumer has not processed yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many events of its tail; none where these are not open.
    pub events: Option<u64>,
    /// The first of them.
    pub first: Option<EventIx>,
    /// Its lag in milliseconds; 0 where nothing waits, none in a store without times.
    pub lag_ms: Option<i64>,
}

/// What waits behind the event that a consumer has processed last. Its checkpoint says what it reads.
///
/// # Errors
/// The task was called off.
pub fn waiting(
    log: &Log,
    cut: &Cut,
    (own, reached): (&KnownCheckpoint, Option<EventIx>),
    task: &Task,
) -> Result<Waiting, Cancelled> {
    let mark = own.checkpoint.reached.as_ref();
    let file = match mark {
        None => Some(own.file),
        Some(mark) => log.marked_file(own.file, mark).map(|(file, _)| file),
    };
    let Some(file) = file else {
        return Ok(Waiting::default());
    };
    let scope = scope(file, Some(&own.checkpoint), mark);
    let tail = Tail::new(log, cut.clock(), scope, task)?;
    let in_file = |event| log.source(event).map_or(event, |(_, own)| own);
    let covers = reached.map_or(0, |event| tail.up_to(in_file(event)));
    let known = Known::at(cut);
    let first = tail.first(log, covers, known);
    let since = first.and_then(|first| tail.time(log, first));
    Ok(Waiting {
        events: Some(tail.count(log, covers, known) as u64),
        first: first.and_then(|first| tail.event(first)),
        lag_ms: lag_ms(first, since, cut.time(log)),
    })
}

/// From when the first event waits to the moment. Where clocks ran backwards, what waits may be of later:
/// nothing waits for less than no time.
pub(super) fn lag_ms(
    first: Option<usize>,
    since: Option<Timestamp>,
    now: Option<Timestamp>,
) -> Option<i64> {
    if first.is_none() {
        return Some(0);
    }
    Some((now? - since?).millis().max(0))
}
