//! The simulated calendar: moments, days of the week, working hours, all in UTC.

use std::ops::Range;
use std::time::Duration;

use chrono::NaiveDate;

use super::Rng;
use crate::model::Timestamp;

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);
pub const DAY: Duration = Duration::from_hours(24);
const DAY_MICROS: i64 = 86_400_000_000;

/// A minute of the calendar in UTC; the date must exist.
pub fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Timestamp {
    let moment = NaiveDate::from_ymd_opt(year, month, day)
        .and_then(|date| date.and_hms_opt(hour, minute, 0))
        .expect("scenarios name only dates that exist");
    Timestamp::from_micros(moment.and_utc().timestamp_micros())
}

/// The moment so much later.
pub const fn after(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_micros(at.micros() + by.as_micros() as i64)
}

/// The moment so much earlier.
pub const fn before(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_micros(at.micros() - by.as_micros() as i64)
}

/// Whole seconds from one moment to a later one.
pub const fn seconds_since(earlier: Timestamp, later: Timestamp) -> i64 {
    (later.micros() - earlier.micros()) / 1_000_000
}

/// The day's beginning.
pub const fn midnight(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - at.micros().rem_euclid(DAY_MICROS))
}

/// 0 is Monday, 6 is Sunday (the epoch began on a Thursday).
pub const fn weekday(at: Timestamp) -> usize {
    (at.micros().div_euclid(DAY_MICROS) + 3).rem_euclid(7) as usize
}

/// 0 to 23.
pub const fn hour(at: Timestamp) -> usize {
    (at.micros().rem_euclid(DAY_MICROS) / 3_600_000_000) as usize
}

/// RFC 3339 with microseconds, or in whole seconds where there are none: `2024-12-31T20:46:41.318204Z`.
pub fn rfc3339(at: Timestamp) -> String {
    let text = at.to_string();
    match text.strip_suffix(".000000Z") {
        Some(whole) => format!("{whole}Z"),
        None => text,
    }
}

/// A chance moment after `at` on one of the week's first `days` days, between two hours.
pub fn working_moment(rng: &mut Rng, at: Timestamp, days: usize, hours: Range<u64>) -> Timestamp {
    let mut day = midnight(at);
    loop {
        let length = Duration::from_hours(hours.end - hours.start);
        let within = rng.delay(Duration::ZERO..length);
        let moment = after(day, Duration::from_hours(hours.start) + within);
        if moment > at && weekday(day) < days {
            return moment;
        }
        day = after(day, DAY);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Seed;
    use super::*;

    #[test]
    fn days_of_the_week_are_right() {
        assert_eq!(weekday(utc(2024, 11, 29, 23, 59)), 4, "a Friday");
        assert_eq!(
            weekday(utc(1969, 12, 31, 1, 0)),
            2,
            "a Wednesday before the epoch"
        );
        assert_eq!(hour(utc(2024, 11, 29, 23, 59)), 23);
    }

    #[test]
    fn working_moments_skip_the_weekend() {
        let saturday = utc(2024, 11, 30, 9, 0);
        let moment = working_moment(&mut Rng::new(Seed(1)), saturday, 5, 7..15);
        assert_eq!(midnight(moment), utc(2024, 12, 2, 0, 0));
        assert!((7..15).contains(&hour(moment)));
    }

    #[test]
    fn moments_are_written_with_the_digits_they_have() {
        let at = Timestamp::from_micros(1_735_678_001_318_204);
        assert_eq!(rfc3339(at), "2024-12-31T20:46:41.318204Z");
        assert_eq!(rfc3339(utc(2023, 6, 1, 0, 0)), "2023-06-01T00:00:00Z");
    }
}
