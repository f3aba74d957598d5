//! How far apart two moments are, as people count it on a calendar: a month runs to the same day of the
//! next one, however long it is.

use std::fmt::Write as _;

use super::civil::{Civil, DAY, HOUR, days_in_month};
use super::{Span, Timestamp, Zone};

impl Zone {
    /// The time between two moments, whichever is the earlier: `3 h 12 min`; from a month on in whole
    /// months of this zone's calendar, `2 mo 16 d`, `1 y 10 mo`. Rounded towards zero, at most two units.
    #[must_use]
    pub fn apart(self, one: Timestamp, other: Timestamp) -> String {
        let span = (other - one).abs();
        let (from, to) = (self.wall(one.min(other)), self.wall(one.max(other)));
        let (months, rest) = months(from, to);
        match months {
            // A month that is longer than the mean one is none yet.
            0 if span == Span::ZERO && one != other => "less than 1 µs".to_owned(),
            0 if span.micros() >= 30 * DAY => two((rest / DAY, "d"), (rest % DAY / HOUR, "h")),
            0 => span.to_string(),
            1..12 => two((months, "mo"), (rest / DAY, "d")),
            _ => two((months / 12, "y"), (months % 12, "mo")),
        }
    }
}

/// Where a moment lies as seen from the cursor: `3 h 12 min before cursor`, `in 1 min`, `at cursor`.
#[must_use]
pub fn relative(moment: Timestamp, cursor: Timestamp, zone: Zone) -> String {
    let far = zone.apart(moment, cursor);
    match moment.cmp(&cursor) {
        std::cmp::Ordering::Less => format!("{far} before cursor"),
        std::cmp::Ordering::Equal => "at cursor".to_owned(),
        std::cmp::Ordering::Greater => format!("in {far}"),
    }
}

/// The whole months between two walls, and the microseconds that are left. The 31st and a month is the
/// last day of a shorter one.
fn months(from: i64, to: i64) -> (i64, i64) {
    let [begin, end] = [from, to].map(Civil::from_wall);
    let number = |civil: Civil| i64::from(civil.year) * 12 + i64::from(civil.month) - 1;
    let after = |months: i64| {
        let month = number(begin) + months;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let day = i64::from(begin.day).min(days_in_month(year, month));
        // A year of a moment that there is, and a day of a month.
        let (year, month, day) = (year as i32, month as u8, day as u8);
        Civil {
            year,
            month,
            day,
            ..begin
        }
        .wall()
    };
    let mut months = (number(end) - number(begin)).max(0);
    if months > 0 && after(months) > to {
        months -= 1;
    }
    (months, to.saturating_sub(after(months)).max(0))
}

fn two((large, large_name): (i64, &str), (small, small_name): (i64, &str)) -> String {
    let mut text = format!("{large} {large_name}");
    if small > 0 {
        // Writing to a string does not fail.
        let _ = write!(text, " {small} {small_name}");
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::civil::DAY;
    use super::*;

    fn apart(zone: &str, one: &str, other: &str) -> String {
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let zone: Zone = zone.parse().unwrap();
        zone.apart(moment(one), moment(other))
    }

    #[test]
    fn a_month_runs_to_the_same_day_of_the_next() {
        let table = [
            (
                "UTC",
                "2023-09-15T00:00:00Z",
                "2023-12-01T23:59:59Z",
                "2 mo 16 d",
            ),
            (
                "UTC",
                "2024-01-15T00:00:01Z",
                "2023-10-15T00:00:00Z",
                "3 mo",
            ),
            (
                "UTC",
                "2024-01-31T12:00:00Z",
                "2024-02-29T12:00:00Z",
                "1 mo",
            ),
            (
                "UTC",
                "2024-01-31T12:00:00Z",
                "2024-02-29T11:00:00Z",
                "28 d 23 h",
            ),
            (
                "UTC",
                "2024-01-01T00:00:00Z",
                "2024-01-31T23:00:00Z",
                "30 d 23 h",
            ),
            (
                "UTC",
                "2023-03-01T00:00:00Z",
                "2025-02-28T00:00:00Z",
                "1 y 11 mo",
            ),
            (
                "UTC",
                "2023-03-01T00:00:00Z",
                "2023-03-01T03:12:00Z",
                "3 h 12 min",
            ),
            // 02:00 there, in summer; the clocks went back in between.
            (
                "Europe/Berlin",
                "2023-09-15T00:00:00Z",
                "2023-10-29T00:30:00Z",
                "1 mo 14 d",
            ),
        ];
        for (zone, one, other, text) in table {
            assert_eq!(apart(zone, one, other), text, "{one} to {other}");
        }
    }

    proptest! {
        #[test]
        fn months_and_rest_make_the_whole(from in -400_000_i64..400_000, days in 0_i64..40_000) {
            let (from, to) = (from * DAY, (from + days) * DAY);
            let (months, rest) = months(from, to);
            prop_assert!(months >= 0 && (0..31 * DAY).contains(&rest));
            prop_assert!((days / 31..=days / 28).contains(&months));
        }
    }
}
