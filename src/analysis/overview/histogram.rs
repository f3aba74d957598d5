//! Events over time in buckets that people count in.

use serde::Serialize;

use super::Bucket;
use crate::analysis::scan;
use crate::log::{Cut, Log};
use crate::model::time::Zone;
use crate::model::{Cancelled, Task, Timestamp};

/// Events per hour, day, fortnight…
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// What one bar stands for.
    pub bucket: Bucket,
    /// At most 61 bars, without a hole in time between them.
    pub bars: Vec<Bar>,
    /// The first of the highest bars.
    pub busiest: Bar,
}

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Where it begins; it ends where the next one begins.
    pub from: Timestamp,
    /// How many events.
    pub events: u64,
}

/// Counts the known events between `first` and `last`, the earliest and the latest there are.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn over(
    log: &Log,
    cut: &Cut,
    (first, last): (Timestamp, Timestamp),
    zone: Zone,
    task: &Task,
) -> Result<Histogram, Cancelled> {
    let bucket = Bucket::covering(first, last);
    let starts = bucket.starts(first, last, zone);
    let mut counts = vec![0_u64; starts.len()];
    // Neighbours mostly lie in one bar.
    let (mut bar, mut from, mut to) = (0, Timestamp::MAX, Timestamp::MIN);
    scan::known(log, cut, 0..cut.outside().0, task, |event| {
        let Some(time) = log.time(event, cut.clock()) else {
            return;
        };
        if time < from || time >= to {
            bar = starts.partition_point(|start| *start <= time).max(1) - 1;
            from = starts[bar];
            to = starts.get(bar + 1).copied().unwrap_or(Timestamp::MAX);
        }
        counts[bar] += 1;
    })?;
    let bars = starts.into_iter().zip(counts);
    let bars: Vec<Bar> = bars.map(|(from, events)| Bar { from, events }).collect();
    let mut busiest = bars[0];
    for bar in &bars {
        if bar.events > busiest.events {
            busiest = *bar;
        }
    }
    Ok(Histogram {
        bucket,
        bars,
        busiest,
    })
}
