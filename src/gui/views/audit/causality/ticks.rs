//! The marks of a trace's time axis: round times after its first event.

use crate::analysis::density::Axis;
use crate::model::time::Span;

/// Marks are as far apart as that, in points.
const APART: f32 = 96.0;
/// No more than so many.
const MOST: i64 = 64;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// From about here on a span tells no hours.
const MONTH: i64 = 30 * DAY;

/// A mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Where, as a value of the axis.
    pub at: i64,
    /// How long after the first event.
    pub words: String,
}

/// Distances that are round, in microseconds, the least first.
fn round() -> impl Iterator<Item = i64> {
    let decimal = |powers: std::ops::Range<u32>| {
        powers.flat_map(|power| [1, 2, 5].map(|n| n * 10_i64.pow(power)))
    };
    let clock = [10, 15, 30, 60, 120, 300, 600, 900, 1800].map(|seconds| seconds * SECOND);
    let hours = [1, 2, 3, 6, 12].map(|hours| hours * HOUR);
    let days = decimal(0..6).map(|days| days * DAY);
    decimal(0..7).chain(clock).chain(hours).chain(days)
}

/// The marks of an axis that is `width` points wide, from the first event at `first` on to the `last` one.
/// Nothing is marked in a wait that is drawn short.
pub(super) fn ticks(axis: &Axis, width: f32, [first, last]: [i64; 2]) -> Vec<Tick> {
    let mut ticks = vec![Tick {
        at: first,
        words: "0".to_owned(),
    }];
    if first == last {
        return ticks;
    }
    let (mut length, mut share, mut busy) = (0, 0.0, Vec::new());
    let (mut from, mut left) = (axis.from(), 0.0);
    let end = (axis.to(), axis.to(), 1.0, 1.0);
    let gaps = axis
        .gaps()
        .map(|(gap, left, right)| (gap.from, gap.to, left, right));
    for (to, next, right, after) in gaps.chain([end]) {
        length += to - from;
        share += right - left;
        busy.push([from, to]);
        (from, left) = (next, after);
    }
    let least = length as f64 * f64::from(APART) / (f64::from(width) * share).max(1.0);
    let Some(step) = round().find(|step| *step as f64 >= least) else {
        return ticks;
    };
    for [from, to] in busy {
        let nth = ((from - first).max(1) + step - 1) / step;
        let times = (nth..nth + MOST).map(|nth| nth * step);
        for after in times.take_while(|after| first + after <= to) {
            let before = ticks.last().map_or(first, |tick| tick.at);
            let apart = axis.place(first + after) - axis.place(before);
            let words = words(after);
            // What would say the same as the one before says nothing.
            let is_new = ticks.last().is_none_or(|tick| tick.words != words);
            // Two sides of a wait may be near to each other.
            if is_new && apart * f64::from(width) >= f64::from(APART) * 0.75 {
                ticks.push(Tick {
                    at: first + after,
                    words,
                });
            }
        }
    }
    ticks
}

/// `+3 h 30 min`; `+1 d 23 h 30 min`, of which a span by itself leaves out the minutes.
fn words(after: i64) -> String {
    let span = Span::from_micros(after);
    match after % HOUR / MINUTE {
        minutes @ 1.. if (DAY..MONTH).contains(&after) => {
            let whole = Span::from_micros(after - after % HOUR);
            format!("+{whole} {minutes} min")
        }
        _ => format!("+{span}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::density::{Gap, Scale};
    use crate::log::Clock;

    const SCALE: Scale = Scale::Time(Clock::Recorded);

    fn told(axis: &Axis, width: f32, ends: [i64; 2]) -> Vec<String> {
        let found = ticks(axis, width, ends).into_iter();
        found.map(|tick| tick.words).collect()
    }

    #[test]
    fn marks_stand_at_round_times_after_the_first_event() {
        let axis = Axis::new(SCALE, -375_000, 12_375_000);
        let marks = told(&axis, 800.0, [0, 12_000_000]);
        assert_eq!(
            marks,
            ["0", "+2 s", "+4 s", "+6 s", "+8 s", "+10 s", "+12 s"]
        );
    }

    #[test]
    fn beyond_a_day_half_hours_are_told_apart() {
        let gap = Gap {
            from: 10 * MINUTE,
            to: 47 * HOUR,
        };
        let end = 48 * HOUR + 10 * MINUTE;
        let axis = Axis::with_gaps(SCALE, 0, end, &[gap]);
        let marks = told(&axis, 400.0, [0, end]);
        assert_eq!(marks, ["0", "+1 d 23 h 30 min", "+2 d"]);
        assert_eq!(words(31 * DAY + MINUTE), "+1 mo");
    }

    #[test]
    fn one_moment_has_one_mark() {
        let axis = Axis::new(SCALE, 7_000_000 - 31, 7_000_031);
        assert_eq!(told(&axis, 800.0, [7_000_000; 2]), ["0"]);
    }

    #[test]
    fn a_wait_that_is_drawn_short_has_no_marks() {
        let hour = 3600 * 1_000_000;
        let gap = Gap {
            from: 10_000_000,
            to: hour,
        };
        let axis = Axis::with_gaps(SCALE, 0, hour + 10_000_000, &[gap]);
        for tick in ticks(&axis, 1000.0, [0, hour + 10_000_000]) {
            assert!(tick.at <= gap.from || tick.at >= gap.to, "{tick:?}");
        }
    }
}
