//! The proleptic Gregorian calendar over the whole range of a moment. No zones here: "wall" is
//! what a clock on the wall shows, counted in microseconds as if it hung in Greenwich.

use std::fmt;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day of 24 hours.
pub(super) const DAY: i64 = 24 * HOUR;

/// What calendar and clock show at a moment in some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// The year; 0 is 1 BC.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Microseconds of the second, 0 to 999,999.
    pub micros: u32,
}

impl Civil {
    /// From wall microseconds.
    pub(super) fn from_wall(wall: i64) -> Self {
        let (year, month, day) = date_of(wall.div_euclid(DAY));
        let clock = wall.rem_euclid(DAY);
        // Every field below is bounded by the division before it.
        Self {
            year: year as i32,
            month: month as u8,
            day: day as u8,
            hour: (clock / HOUR) as u8,
            minute: (clock / MINUTE % 60) as u8,
            second: (clock / SECOND % 60) as u8,
            micros: (clock % SECOND) as u32,
        }
    }

    /// Wall microseconds, at the ends of the range the nearest there is. Fields beyond their range
    /// carry over (day 32 is the first of the next month).
    pub(super) fn wall(self) -> i64 {
        let month = i64::from(self.year) * 12 + i64::from(self.month) - 1;
        let days = month_start(month) + i64::from(self.day) - 1;
        let clock = i64::from(self.hour) * HOUR
            + i64::from(self.minute) * MINUTE
            + i64::from(self.second) * SECOND
            + i64::from(self.micros);
        days.saturating_mul(DAY).saturating_add(clock)
    }

    /// Writes `2024-12-31`; years outside 0 to 9999 with their sign and six digits.
    pub(super) fn write_date(self, f: &mut impl fmt::Write) -> fmt::Result {
        if (0..=9999).contains(&self.year) {
            write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
        } else {
            write!(f, "{:+07}-{:02}-{:02}", self.year, self.month, self.day)
        }
    }

    /// Writes `23:59:00`.
    pub(super) fn write_clock(self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_date(f)?;
        f.write_str(" ")?;
        self.write_clock(f)?;
        match self.micros {
            0 => Ok(()),
            micros => write!(f, ".{micros:06}"),
        }
    }
}

/// The day number (0 is 1970-01-01) of a valid date; Howard Hinnant's `days_from_civil`.
pub(super) const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day number.
pub(super) const fn date_of(day_number: i64) -> (i64, i64, i64) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The day number of the first day of a month counted from January of the year 0.
pub(super) const fn month_start(month: i64) -> i64 {
    day_number(month.div_euclid(12), month.rem_euclid(12) + 1, 1)
}

/// How many days a month (1 to 12) has.
pub(super) const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
