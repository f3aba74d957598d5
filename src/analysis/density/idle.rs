//! Which stretches of a window are idle enough to be drawn short.
//!
//! A stretch without events between two events of the window is a gap if it is at least a 25th of the
//! window long and ten times as long as the usual distance from an event to the next. The usual
//! distance is the median, so that a store with an event a month has no gaps, and one with a busy hour
//! a week has one between any two of them. Found through a histogram, without sorting: events within
//! one of its cells count as evenly spread over the time between the first and the last of them.

use super::axis::{Axis, Gap};
use super::bins;
use crate::log::{Cut, Log};
use crate::model::{Cancelled, Task};

/// Cells in a window: enough to see a 25th of it to within a percent.
const CELLS: usize = 4096;
/// The shortest gap is this part of the window.
const SHARE: i64 = 25;
/// And this many usual distances long.
const UNUSUAL: i64 = 10;
/// On either side of a gap, so much of the window stays outside it, for the events there to be seen.
const MARGIN: i64 = 500;

#[derive(Clone, Copy)]
struct Cell {
    events: u32,
    first: i64,
    last: i64,
}

/// The gaps of `window` (whose own gaps do not matter), from the events known at `cut`.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn idle(log: &Log, cut: &Cut, window: &Axis, task: &Task) -> Result<Vec<Gap>, Cancelled> {
    let (from, to) = (window.from(), window.to());
    let mut cells = vec![
        Cell {
            events: 0,
            first: i64::MAX,
            last: i64::MIN,
        };
        CELLS
    ];
    let span = i128::from(to) - i128::from(from);
    let start = |cell: usize| (i128::from(from) + span * cell as i128 / CELLS as i128) as i64;
    let starts: Vec<i64> = (0..CELLS).map(start).collect();
    let cell = |value: i64| {
        (from..=to).contains(&value).then(|| {
            let cell = starts.partition_point(|start| *start <= value).max(1) - 1;
            let next = starts.get(cell + 1).map_or(to, |next| next - 1);
            (cell, starts[cell], next)
        })
    };
    bins::each_within(log, cut, window, task, |run, values| {
        values.cells(run.len(), cell, |at, rows| {
            let (first, last) = values.ends(rows.clone());
            let cell = &mut cells[at];
            cell.events += rows.len() as u32;
            cell.first = cell.first.min(first);
            cell.last = cell.last.max(last);
        });
    })?;
    cells.retain(|cell| cell.events > 0);
    let Some(usual) = usual_distance(&cells) else {
        return Ok(Vec::new());
    };
    let margin = (span / i128::from(MARGIN)) as i64;
    let least = ((span / i128::from(SHARE)) as i64).max(usual.saturating_mul(UNUSUAL));
    let pairs = cells.windows(2).map(|pair| (pair[0].last, pair[1].first));
    let gaps = pairs.filter(|&(last, next)| next.saturating_sub(last) >= least.max(2));
    Ok(gaps
        .map(|(last, next)| Gap {
            from: last + margin,
            to: next - margin,
        })
        .collect())
}

/// The median of the distances from an event to the next; `None` if there are not two events.
fn usual_distance(cells: &[Cell]) -> Option<i64> {
    let within = cells.iter().map(|cell| {
        let others = cell.events - 1;
        let spread = cell.last.saturating_sub(cell.first);
        (spread / i64::from(others.max(1)), u64::from(others))
    });
    let between = cells
        .windows(2)
        .map(|pair| (pair[1].first.saturating_sub(pair[0].last), 1));
    let mut distances: Vec<(i64, u64)> = within.chain(between).collect();
    distances.sort_unstable();
    let all: u64 = distances.iter().map(|&(_, count)| count).sum();
    let mut seen = 0;
    let mut distances = distances.into_iter();
    distances
        .find(|&(_, count)| {
            seen += count;
            count > 0 && seen * 2 >= all
        })
        .map(|(distance, _)| distance)
}
