//! The simulated calendar: moments, days of the week, working hours, all in UTC.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, SecondsFormat};

use super::rng::Rng;
use crate::model::Timestamp;

pub(super) const DAY: Duration = Duration::from_hours(24);
const DAY_MICROS: i64 = 86_400_000_000;

/// A minute of the calendar in UTC; the date must exist.
pub(super) fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Timestamp {
    let moment = NaiveDate::from_ymd_opt(year, month, day)
        .and_then(|date| date.and_hms_opt(hour, minute, 0))
        .expect("scenarios name only dates that exist");
    Timestamp::from_micros(moment.and_utc().timestamp_micros())
}

/// The moment so much later.
pub(super) const fn after(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_micros(at.micros() + by.as_micros() as i64)
}

/// The moment so much earlier.
pub(super) const fn before(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_micros(at.micros() - by.as_micros() as i64)
}

/// The day's beginning.
pub(super) const fn midnight(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.micros() - at.micros().rem_euclid(DAY_MICROS))
}

/// 0 is Monday, 6 is Sunday (the epoch began on a Thursday).
pub(super) const fn weekday(at: Timestamp) -> usize {
    (at.micros().div_euclid(DAY_MICROS) + 3).rem_euclid(7) as usize
}

/// 0 to 23.
pub(super) const fn hour(at: Timestamp) -> usize {
    (at.micros().rem_euclid(DAY_MICROS) / 3_600_000_000) as usize
}

/// RFC 3339 with microseconds: `2024-12-31T20:46:41.318204Z`.
pub(super) fn rfc3339(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.micros())
        .expect("simulated moments lie within the calendar")
        .to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A chance moment after `at` on one of the week's first `days` days, between two hours.
pub(super) fn working_moment(
    rng: &mut Rng,
    at: Timestamp,
    days: usize,
    hours: std::ops::Range<u64>,
) -> Timestamp {
    let mut day = midnight(at);
    loop {
        let length = Duration::from_hours(hours.end - hours.start);
        let within = rng.delay(Duration::ZERO, length);
        let moment = after(day, Duration::from_hours(hours.start) + within);
        if moment > at && weekday(day) < days {
            return moment;
        }
        day = after(day, DAY);
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Seed;
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
    fn moments_are_written_with_microseconds() {
        let at = Timestamp::from_micros(1_735_678_001_318_204);
        assert_eq!(rfc3339(at), "2024-12-31T20:46:41.318204Z");
    }
}
