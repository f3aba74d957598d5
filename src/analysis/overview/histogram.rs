//! Events over time in buckets that people count in.

use serde::Serialize;

use super::Bucket;
use crate::analysis::scan::{self, Values};
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
    // Bars after the first begin with whole microseconds.
    let bar = |value: i64| {
        let from = |bar: usize| starts.get(bar).map(|start| start.micros());
        let bar = starts.partition_point(|start| start.micros() <= value);
        let bar = bar.max(1) - 1;
        let least = if bar == 0 {
            i64::MIN
        } else {
            from(bar).unwrap_or(i64::MIN)
        };
        Some((bar, least, from(bar + 1).map_or(i64::MAX, |next| next - 1)))
    };
    scan::known(log, cut, 0..cut.outside().0, task, |run| {
        if let Some(times) = run.times(cut.clock()) {
            Values::Times(times)
                .cells(run.len(), bar, |bar, rows| counts[bar] += rows.len() as u64);
        }
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
