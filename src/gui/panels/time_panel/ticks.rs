//! Where the axis has its marks and what they say: round moments of the chosen zone, close enough to
//! read and far enough apart. Pure.

use crate::analysis::density::{Axis, Scale};
use crate::gui::words;
use crate::log::Log;
use crate::model::time::{Civil, Style, Zone};
use crate::model::{EventIx, Timestamp};

/// A mark of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Where.
    pub value: i64,
    /// What it says.
    pub label: String,
}

/// The least distance of two marks in points.
const APART: f64 = 84.0;
/// A bound for windows at the ends of time.
const MOST: usize = 400;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 1970-01-05, the first Monday.
const MONDAY: i64 = 4 * DAY;

/// From a mark to the next, in wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stride {
    Micros(i64),
    Months(i64),
}

impl Stride {
    /// About how long it is, in microseconds.
    fn length(self) -> f64 {
        match self {
            Self::Micros(micros) => micros as f64,
            Self::Months(months) => months as f64 * 30.4 * DAY as f64,
        }
    }

    fn ladder() -> impl Iterator<Item = Self> {
        let fractions = (0..6).flat_map(|power| [1, 2, 5].map(|n| n * 10_i64.pow(power)));
        let clock = [1, 2, 5, 10, 15, 30];
        let seconds = clock.map(|n| n * SECOND);
        let minutes = clock.map(|n| n * MINUTE);
        let hours = [1, 2, 3, 6, 12].map(|n| n * HOUR);
        let days = [1, 2, 7, 14].map(|n| n * DAY);
        let micros = fractions
            .chain(seconds)
            .chain(minutes)
            .chain(hours)
            .chain(days);
        let years = (0..6).flat_map(|power| [1, 2, 5].map(|n| n * 12 * 10_i64.pow(power)));
        let months = [1, 3, 6].into_iter().chain(years);
        micros.map(Self::Micros).chain(months.map(Self::Months))
    }
}

/// A stretch that is not drawn short.
struct Busy {
    from: i64,
    to: i64,
}

fn busy(axis: &Axis) -> (Vec<Busy>, f64) {
    let (mut at, mut left, mut width) = (axis.from(), 0.0, 0.0);
    let mut stretches = Vec::new();
    let ends = [(axis.to(), axis.to(), 1.0, 1.0)];
    let gaps = axis
        .gaps()
        .map(|(gap, left, right)| (gap.from, gap.to, left, right));
    for (from, to, gap_left, gap_right) in gaps.chain(ends) {
        if from > at {
            stretches.push(Busy { from: at, to: from });
            width += gap_left - left;
        }
        (at, left) = (to, gap_right);
    }
    (stretches, width)
}

/// The marks of an axis that is `width` points wide, from the left.
pub(super) fn ticks(axis: &Axis, log: &Log, zone: Zone, width: f32) -> Vec<Tick> {
    let (stretches, share) = busy(axis);
    let length: f64 = stretches
        .iter()
        .map(|busy| busy.to as f64 - busy.from as f64)
        .sum();
    let least = APART * length / (f64::from(width) * share).max(1.0);
    match axis.scale() {
        Scale::Order => ranks(axis, log, least),
        Scale::Time(_) => {
            let mut ladder = Stride::ladder();
            let Some(stride) = ladder.find(|stride| stride.length() >= least) else {
                return Vec::new();
            };
            let mut marks = Marks {
                zone,
                stride,
                year: None,
                day: None,
                ticks: Vec::new(),
            };
            for busy in &stretches {
                marks.stretch(busy);
            }
            marks.ticks
        }
    }
}

/// Round ranks, by the positions of the events there.
fn ranks(axis: &Axis, log: &Log, least: f64) -> Vec<Tick> {
    let mut steps = (0..10).flat_map(|power| [1, 2, 5].map(|n| n * 10_i64.pow(power)));
    let Some(step) = steps.find(|&step| step as f64 >= least) else {
        return Vec::new();
    };
    let first = axis.from().max(0) + 1;
    let rank = (first + step - 1).div_euclid(step) * step;
    let last = axis.to().saturating_add(1).min(log.len() as i64);
    let ranks = (0..MOST as i64)
        .map(|n| rank + n * step)
        .take_while(|&rank| rank <= last);
    let tick = |rank: i64| Tick {
        value: rank - 1,
        label: words::position(log, EventIx((rank - 1) as u32)),
    };
    ranks.map(tick).collect()
}

/// Marks on their way through the stretches of a window.
struct Marks {
    zone: Zone,
    stride: Stride,
    /// Of the mark before.
    year: Option<i32>,
    /// The day of the mark before.
    day: Option<(i32, u8, u8)>,
    ticks: Vec<Tick>,
}

impl Marks {
    fn stretch(&mut self, busy: &Busy) {
        let start = self.zone.civil(Timestamp::from_micros(busy.from));
        let wall = wall(start);
        let first = match self.stride {
            Stride::Micros(step) => {
                let phase = if step % (7 * DAY) == 0 { MONDAY } else { 0 };
                let Some(from) = wall.checked_sub(phase) else {
                    return;
                };
                from.div_euclid(step) * step + phase
            }
            Stride::Months(step) => {
                let month = i64::from(start.year) * 12 + i64::from(start.month) - 1;
                month.div_euclid(step) * step
            }
        };
        for n in 0..MOST as i64 {
            let (civil, value) = match self.stride {
                Stride::Micros(step) => {
                    let Some(wall) = first.checked_add(n * step) else {
                        return;
                    };
                    let civil = Zone::Utc.civil(Timestamp::from_micros(wall));
                    (civil, self.zone.moment(civil).0.micros())
                }
                Stride::Months(step) => {
                    let civil = month(first + n * step);
                    (civil, self.zone.moment(civil).0.micros())
                }
            };
            if value > busy.to {
                return;
            }
            let after = self.ticks.last().is_none_or(|last| last.value < value);
            if value >= busy.from && after {
                let label = self.label(civil);
                self.ticks.push(Tick { value, label });
                self.year = Some(civil.year);
                self.day = Some((civil.year, civil.month, civil.day));
            }
        }
    }

    fn label(&self, civil: Civil) -> String {
        let new_year = self.year.is_some_and(|year| year != civil.year);
        let date = || {
            if new_year {
                format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
            } else {
                format!("{:02}-{:02}", civil.month, civil.day)
            }
        };
        let midnight =
            civil.hour == 0 && civil.minute == 0 && civil.second == 0 && civil.micros == 0;
        let clock = format!("{:02}:{:02}", civil.hour, civil.minute);
        match self.stride {
            Stride::Months(months) if months % 12 == 0 => format!("{:04}", civil.year),
            Stride::Months(_) => format!("{:04}-{:02}", civil.year, civil.month),
            Stride::Micros(step) if step >= DAY || midnight => date(),
            // The first of a day says which day it is, and where seconds are split which minute.
            Stride::Micros(step) => {
                let new_day = self.day != Some((civil.year, civil.month, civil.day));
                let seconds = if step >= MINUTE {
                    clock
                } else if step >= SECOND || new_day {
                    format!("{clock}:{:02}", civil.second)
                } else if step >= 1_000 {
                    format!("{:02}.{:03}", civil.second, civil.micros / 1_000)
                } else {
                    format!("{:02}.{:06}", civil.second, civil.micros)
                };
                match new_day {
                    true => format!("{} {seconds}", date()),
                    false => seconds,
                }
            }
        }
    }
}

fn wall(civil: Civil) -> i64 {
    Zone::Utc.moment(civil).0.micros()
}

fn month(month: i64) -> Civil {
    Civil {
        year: month.div_euclid(12) as i32,
        month: month.rem_euclid(12) as u8 + 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        micros: 0,
    }
}

/// A moment on the cursor's flag: as much of it as a window of that length needs.
pub(super) fn flag(time: Timestamp, zone: Zone, length: i128) -> String {
    let days = length / i128::from(DAY);
    if days > 300 {
        zone.format_bare(time, Style::Seconds)
    } else if days >= 1 {
        zone.format_bare(time, Style::Short)
    } else if length > i128::from(2 * HOUR) {
        zone.format_bare(time, Style::Clock)
    } else {
        let whole = zone.format_bare(time, Style::Millis);
        whole
            .split_once(' ')
            .map_or(whole.clone(), |(_, clock)| clock.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::density::Gap;
    use crate::log::Clock;

    const RECORDED: Scale = Scale::Time(Clock::Recorded);

    fn micros(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().micros()
    }

    fn labels(axis: &Axis, zone: Zone, width: f32) -> Vec<String> {
        let ticks = ticks(axis, &Log::default(), zone, width);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    fn between(from: &str, to: &str, width: f32) -> Vec<String> {
        let axis = Axis::new(RECORDED, micros(from), micros(to));
        labels(&axis, Zone::Utc, width)
    }

    proptest! {
        #[test]
        fn marks_rise_and_keep_apart(from in any::<i64>(), length in 1..4_000_000_000_000_000_i64, width in 50.0..3000.0_f32) {
            let axis = Axis::new(RECORDED, from, from.saturating_add(length));
            let ticks = ticks(&axis, &Log::default(), Zone::Utc, width);
            prop_assert!(ticks.len() as f32 <= width / 60.0 + 2.0, "{}", ticks.len());
            for pair in ticks.windows(2) {
                prop_assert!(pair[0].value < pair[1].value);
            }
            prop_assert!(ticks.iter().all(|tick| axis.contains(tick.value)));
        }
    }

    #[test]
    fn marks_are_round_moments() {
        assert_eq!(
            between("2024-12-30T06:00:00Z", "2025-01-02T06:00:00Z", 400.0),
            ["12-31", "2025-01-01", "01-02"]
        );
        assert_eq!(
            between("2024-11-29T13:58:00Z", "2024-11-29T14:12:00Z", 400.0),
            ["11-29 14:00", "14:05", "14:10"]
        );
        assert_eq!(
            between("2024-11-29T22:00:00Z", "2024-11-30T03:00:00Z", 600.0),
            ["11-29 22:00", "23:00", "11-30", "01:00", "02:00", "03:00"]
        );
        assert_eq!(
            between("2023-05-01T00:00:00Z", "2025-05-01T00:00:00Z", 250.0),
            ["2024", "2025"]
        );
        assert_eq!(
            between("2024-01-01T00:00:01.5Z", "2024-01-01T00:00:01.501Z", 200.0),
            ["01-01 00:00:01", "01.500500", "01.501000"]
        );
    }

    #[test]
    fn marks_stand_at_round_times_of_the_zone() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let axis = Axis::new(
            RECORDED,
            micros("2024-03-30T12:00:00Z"),
            micros("2024-04-01T12:00:00Z"),
        );
        let ticks = ticks(&axis, &Log::default(), zone, 250.0);
        let at: Vec<i64> = ticks.iter().map(|tick| tick.value).collect();
        // The clock went forward on the 31st.
        assert_eq!(
            at,
            [
                micros("2024-03-30T23:00:00Z"),
                micros("2024-03-31T22:00:00Z")
            ]
        );
    }

    #[test]
    fn idle_stretches_have_no_marks() {
        let day = |n: i64| n * DAY;
        let gap = Gap {
            from: day(2),
            to: day(5000),
        };
        let axis = Axis::with_gaps(RECORDED, 0, day(5002), &[gap]);
        let ticks = ticks(&axis, &Log::default(), Zone::Utc, 600.0);
        assert!(ticks.len() <= 7);
        assert!(
            ticks
                .iter()
                .all(|tick| tick.value <= day(2) || tick.value >= day(5000))
        );
    }

    #[test]
    fn the_flag_says_as_much_as_the_window_needs() {
        let time: Timestamp = "2024-12-31T23:59:00.1234Z".parse().unwrap();
        let flag = |length: i64| flag(time, Zone::Utc, length.into());
        assert_eq!(flag(HOUR), "23:59:00.123");
        assert_eq!(flag(5 * HOUR), "23:59:00");
        assert_eq!(flag(5 * DAY), "12-31 23:59:00");
        assert_eq!(flag(900 * DAY), "2024-12-31 23:59:00");
    }
}
