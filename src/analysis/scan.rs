//! Going through a log's columns: with a look at the task now and then, as of a cut. What several
//! analyses need to see of all events, and nothing that any of them concludes.

use std::ops::Range;

use crate::log::{Cut, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Rows between two looks at the task: well below a millisecond.
const STRIDE: u32 = 1 << 13;

/// Calls `each` for all of `events`, in log order.
pub(super) fn rows(
    events: Range<u32>,
    task: &Task,
    mut each: impl FnMut(EventIx),
) -> Result<(), Cancelled> {
    let mut start = events.start;
    while start < events.end {
        task.check()?;
        let end = start.saturating_add(STRIDE).min(events.end);
        for event in start..end {
            each(EventIx(event));
        }
        task.advance(u64::from(end - start));
        start = end;
    }
    task.check()
}

/// Calls `each` for those of `events` that are known at `cut`, in log order.
pub(super) fn known(
    log: &Log,
    cut: &Cut,
    events: Range<u32>,
    task: &Task,
    mut each: impl FnMut(EventIx),
) -> Result<(), Cancelled> {
    let events = events.start..events.end.min(cut.outside().0);
    if cut.is_prefix() {
        return rows(events, task, each);
    }
    rows(events, task, |event| {
        if cut.holds(log, event) {
            each(event);
        }
    })
}

/// All events below this one are known at `cut`.
pub(super) fn surely_known(cut: &Cut) -> u32 {
    cut.inside().0
}

/// Where events stand in streams beside their own, by event. Empty, at the price of a look at every
/// stream, in the usual store, which has no links.
pub(super) fn links(log: &Log, task: &Task) -> Result<Vec<(EventIx, StreamIx)>, Cancelled> {
    let streams = || (0..log.streams().len()).map(StreamIx::from_usize);
    let standing: usize = streams()
        .filter_map(|stream| log.stream_extent(stream))
        .map(|(_, _, events)| events)
        .sum();
    let mut links = Vec::new();
    if standing == log.len() {
        return Ok(links);
    }
    for stream in streams() {
        task.check()?;
        let events = log.stream_events(stream);
        let linked = events
            .into_iter()
            .filter(|&event| log.stream(event) != stream);
        links.extend(linked.map(|event| (event, stream)));
    }
    links.sort_unstable();
    Ok(links)
}
