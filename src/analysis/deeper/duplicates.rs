//! What a window of remembered ids would have caught, by how long after the first of two the second came;
//! and what it costs to remember.

use serde::Serialize;

use crate::analysis::audit::{AuditError, Facts, Rule, USUAL, findings};
use crate::analysis::scan;
use crate::log::Clock;
use crate::model::time::Span;
use crate::model::{EventIx, Task, Timestamp};

/// Points of the curve.
const POINTS: usize = 400;

/// The findings that name copies, each by the first and the copy.
const SAME_ID: &str = "duplicate-id-same-content";
const NEW_ID: &str = "duplicate-content-new-id";

/// Copies of events, and what would have caught them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Duplicates {
    /// Events stored again under their id.
    pub same_id: u64,
    /// Events stored again under an id of their own: no window of ids catches these, one of contents does.
    pub new_id: u64,
    /// Copies of both kinds of which it is not told when they came.
    pub untimed: u64,
    /// How many copies a window of so many milliseconds catches, where that changes.
    pub curve: Vec<Caught>,
    /// The usual windows.
    pub windows: Vec<WindowFigures>,
    /// What a sequence by entity would keep instead: a number for each stream.
    pub sequences: u64,
    /// How many events there are: what remembering all ids would keep.
    pub events: u64,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Caught {
    /// The length of the window.
    pub window_ms: i64,
    /// The copies that came within it.
    pub caught: u64,
}

/// A usual window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WindowFigures {
    /// Its length in words.
    pub name: &'static str,
    /// Its length.
    pub window_ms: i64,
    /// The copies that came within it.
    pub caught: u64,
    /// The most ids that had to be remembered at a time.
    pub remembered: u64,
}

impl Duplicates {
    /// Copies of which it is told when they came.
    #[must_use]
    pub fn timed(&self) -> u64 {
        (self.same_id + self.new_id).saturating_sub(self.untimed)
    }
}

pub(super) fn duplicates(facts: &Facts<'_>, task: &Task) -> Result<Duplicates, AuditError> {
    let (log, cut) = (facts.whole.log, &facts.whole.cut);
    let tells = |rule: &Rule| [SAME_ID, NEW_ID].contains(&rule.name);
    let findings = findings(facts, usize::MAX, tells, task)?;
    let mut found = Duplicates {
        sequences: facts.streams.lengths.iter().filter(|own| **own > 0).count() as u64,
        events: u64::from(cut.count()),
        ..Duplicates::default()
    };
    let mut distances: Vec<Span> = Vec::new();
    for finding in &findings {
        match finding.rule {
            SAME_ID => found.same_id += finding.count,
            _ => found.new_id += finding.count,
        }
        let events: Vec<EventIx> = finding
            .evidence
            .iter()
            .filter_map(|own| own.event)
            .collect();
        let times = |pair: &[EventIx]| facts.time(pair[0]).zip(facts.time(pair[1]));
        let timed = events.chunks_exact(2).filter_map(times);
        distances.extend(timed.map(|(one, two)| (two - one).abs()));
    }
    distances.sort_unstable();
    found.untimed = (found.same_id + found.new_id).saturating_sub(distances.len() as u64);
    found.curve = curve(&distances);
    let mut times: Vec<i64> = Vec::with_capacity(cut.count() as usize);
    scan::known(log, cut, 0..cut.outside().0, task, |run| {
        let (recorded, occurred) = (run.times(Clock::Recorded), run.times(Clock::Occurred));
        for row in 0..run.len() {
            let own = recorded.as_ref().and_then(|times| times.own(row));
            let own = own.or_else(|| occurred.as_ref().and_then(|times| times.own(row)));
            times.extend(own.map(Timestamp::micros));
        }
    })?;
    times.sort_unstable();
    for (window, name) in USUAL {
        task.check()?;
        found.windows.push(WindowFigures {
            name,
            window_ms: window.millis(),
            caught: distances.partition_point(|distance| *distance <= window) as u64,
            remembered: most_within(&times, window.micros()),
        });
    }
    Ok(found)
}

/// Where the number of copies caught changes; of very many, as many as can be drawn.
fn curve(distances: &[Span]) -> Vec<Caught> {
    let step = distances.len().div_ceil(POINTS).max(1);
    let mut points: Vec<Caught> = Vec::new();
    for (at, distance) in distances.iter().enumerate() {
        let is_last = at + 1 == distances.len();
        if !(at + 1).is_multiple_of(step) && !is_last {
            continue;
        }
        let point = Caught {
            // A window that catches it has at least its length.
            window_ms: (distance.micros().max(0) as u64).div_ceil(1000) as i64,
            caught: at as u64 + 1,
        };
        match points.last_mut() {
            Some(last) if last.window_ms == point.window_ms => *last = point,
            _ => points.push(point),
        }
    }
    points
}

/// The most of ascending times that lie within a window, in microseconds.
fn most_within(times: &[i64], window: i64) -> u64 {
    let (mut from, mut most) = (0, 0);
    for (to, time) in times.iter().enumerate() {
        while time.saturating_sub(times[from]) > window {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_rises_where_a_copy_came() {
        let spans = [1, 1, 3].map(Span::from_secs);
        let points: Vec<(i64, u64)> = curve(&spans)
            .iter()
            .map(|point| (point.window_ms, point.caught))
            .collect();
        assert_eq!(points, [(1000, 2), (3000, 3)]);
        assert!(curve(&[]).is_empty());
    }

    #[test]
    fn of_very_many_copies_the_last_stays() {
        let spans: Vec<Span> = (1..=10_007).map(Span::from_secs).collect();
        let points = curve(&spans);
        assert!(points.len() <= POINTS + 1);
        let last = points.last().copied().map(|point| point.caught);
        assert_eq!(last, Some(10_007));
    }

    #[test]
    fn what_is_remembered_is_the_fullest_window() {
        assert_eq!(most_within(&[0, 1, 2, 10, 11, 30], 2), 3);
        assert_eq!(most_within(&[0, 1, 2, 10, 11, 30], 0), 1);
        assert_eq!(most_within(&[], 5), 0);
    }
}
