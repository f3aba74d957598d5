//! How a store grows, and where that leads.

use super::report::{Amount, Growth, GrowthPoint};
use super::{Compacted, CompactionError};
use crate::analysis::scan;
use crate::model::time::Span;
use crate::model::{EventIx, Task, Timestamp};

/// Points of the curve.
const POINTS: usize = 24;
/// A day, and a year of them, in microseconds.
const DAY: i128 = 86_400_000_000;
const YEAR: i128 = 365 * DAY;

/// Of events with a time of their own; none where these are of less than a day.
pub(super) fn growth(of: Compacted<'_>, task: &Task) -> Result<Option<Growth>, CompactionError> {
    let mut ends: Option<(Timestamp, Timestamp)> = None;
    each(of, task, &mut |_, at| {
        let (first, last) = ends.unwrap_or((at, at));
        ends = Some((first.min(at), last.max(at)));
    })?;
    let Some((first, last)) = ends else {
        return Ok(None);
    };
    let length = i128::from((last - first).micros());
    if length < DAY {
        return Ok(None);
    }
    let mut buckets = [Amount::default(); POINTS];
    each(of, task, &mut |event, at| {
        let part = i128::from((at - first).micros()) * POINTS as i128 / (length + 1);
        buckets[part as usize] += Amount::one(of.bodies.size(event));
    })?;
    let mut so_far = Amount::default();
    let points = buckets.iter().enumerate().map(|(nth, bucket)| {
        so_far += *bucket;
        let part = length * (nth as i128 + 1) / POINTS as i128;
        GrowthPoint {
            at: first.saturating_add(Span::from_micros(part as i64)),
            amount: so_far,
        }
    });
    let points: Vec<GrowthPoint> = points.collect();
    let mut lately = Amount::default();
    for bucket in &buckets[POINTS * 3 / 4..] {
        lately += *bucket;
    }
    let rate = |amount: u64, time: i128| u64::try_from(i128::from(amount) * time * 4 / length);
    let over = |time: i128| Amount {
        events: rate(lately.events, time).unwrap_or(u64::MAX),
        bytes: rate(lately.bytes, time).unwrap_or(u64::MAX),
    };
    let mut in_a_year = so_far;
    in_a_year += over(YEAR);
    Ok(Some(Growth {
        points,
        a_day: over(DAY),
        in_a_year,
    }))
}

/// All known events that have a time.
fn each(
    of: Compacted<'_>,
    task: &Task,
    see: &mut dyn FnMut(EventIx, Timestamp),
) -> Result<(), CompactionError> {
    let (log, end) = (of.whole.log, of.whole.cut.outside().0);
    Ok(scan::known(log, &of.whole.cut, 0..end, task, |run| {
        let Some(times) = run.times(of.whole.cut.clock()) else {
            return;
        };
        for row in 0..run.len() {
            if let Some(at) = times.own(row) {
                see(EventIx(run.events().start + row as u32), at);
            }
        }
    })?)
}
