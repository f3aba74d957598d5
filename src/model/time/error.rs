//! What can be wrong with a time that a store holds, a zone that is named or a moment that is
//! typed, as sentences a user can act on.

use thiserror::Error;

use super::TimeEncoding;

/// A value of a store that cannot be read as a time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TimeError {
    /// No known spelling fits.
    #[error("“{text}” is not a time in {}", encoding.label())]
    NotATime {
        /// What was read, shortened.
        text: String,
        /// What was expected.
        encoding: TimeEncoding,
    },
    /// The spelling is right but a part of it does not exist.
    #[error("“{text}” is not a time: there is no {field} {value}")]
    NoSuch {
        /// What was read, shortened.
        text: String,
        /// The part: year, month, day, hour, minute, second or zone.
        field: &'static str,
        /// Its impossible value.
        value: u32,
    },
    /// Day and month could be either way round.
    #[error(
        "“{text}” could be {day_first} or {month_first}: the store should write year-month-day, or the mapping say which"
    )]
    Ambiguous {
        /// What was read, shortened.
        text: String,
        /// The reading as day/month/year.
        day_first: String,
        /// The reading as month/day/year.
        month_first: String,
    },
    /// A number that no unit makes a plausible time.
    #[error(
        "{number} is no time: too small or large for epoch seconds to nanoseconds, .NET ticks or a Julian day"
    )]
    Implausible {
        /// The number as written.
        number: String,
    },
    /// Beyond the years that a moment can have.
    #[error("{number} lies outside the years −290,308 to 294,247 as {}", encoding.label())]
    OutOfRange {
        /// The value as written.
        number: String,
        /// How it was read.
        encoding: TimeEncoding,
    },
    /// The layout says that the store holds no times.
    #[error("this store is mapped as holding no times")]
    NoTimes,
}

impl TimeError {
    pub(super) fn not_a_time(text: &[u8], encoding: TimeEncoding) -> Self {
        Self::NotATime {
            text: excerpt(text),
            encoding,
        }
    }
}

/// At most 40 characters of what was read.
pub(super) fn excerpt(text: &[u8]) -> String {
    let shown = &text[..text.len().min(160)];
    let lossy = String::from_utf8_lossy(shown);
    // A sentence is one line, whatever is quoted in it.
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = lossy.chars().take(40).map(visible).collect();
    if short.len() < lossy.len() || shown.len() < text.len() {
        short.push('…');
    }
    short
}

/// A zone name that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no time zone is called “{name}”: write UTC, local or a name such as {}",
    if suggestions.is_empty() { "Europe/Berlin".to_owned() } else { suggestions.join(", ") }
)]
pub struct ZoneError {
    /// What was written.
    pub name: String,
    /// Up to three zones whose names hold it.
    pub suggestions: Vec<&'static str>,
}

/// A moment that was typed and cannot be taken. Every sentence says what was understood and gives
/// three examples.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InputError {
    /// Nothing was typed.
    #[error("no moment was typed: try 2024-12-31 23:59, yesterday 14:34 or -2h")]
    Empty,
    /// No rule fits.
    #[error("“{text}” is not a moment: try 2024-12-31 23:59, -2h or #1042")]
    NotUnderstood {
        /// What was typed, shortened.
        text: String,
    },
    /// A number without a sign of what it counts.
    #[error(
        "{number} is too small for a time: try #{digits} for a position, v{digits} for a version or 2024-12-31"
    )]
    PlainNumber {
        /// What was typed, shortened.
        number: String,
        /// The same without separators.
        digits: String,
    },
    /// A step whose unit is missing or unknown.
    #[error("“{text}” counts from the head, but its unit is not known: try -2h, -90m or -1d 2h")]
    Unit {
        /// What was typed, shortened.
        text: String,
    },
    /// A step in months or years, which differ in length.
    #[error(
        "“{text}” counts in months or years, which differ in length: try -30d, -52w or 2024-12"
    )]
    UnevenUnit {
        /// What was typed, shortened.
        text: String,
    },
    /// A moment that has no year of four digits.
    #[error("“{text}” lies beyond the years 1 to 9999: try 2024-12-31, -2h or #1042")]
    Beyond {
        /// What was typed, shortened.
        text: String,
    },
    /// A date or clock time with a part that does not exist, or that can be read two ways.
    #[error("{reason}; try 2024-12-31, 2024-12-31 23:59 or yesterday 14:34")]
    Date {
        /// What is wrong with it.
        reason: String,
    },
    /// A zone name that is not known.
    #[error(
        "the time in “{text}” is clear, but {error}; try 14:34 UTC, 14:34 +01:00 or 14:34 Europe/Berlin"
    )]
    UnknownZone {
        /// What was typed, shortened.
        text: String,
        /// What is wrong with the zone.
        error: ZoneError,
    },
    /// A zone abbreviation that stands for several offsets.
    #[error(
        "“{name}” stands for {readings}: say which, as in 14:34 {example}, 14:34 +01:00 or 14:34 UTC"
    )]
    AmbiguousZone {
        /// The abbreviation as typed.
        name: String,
        /// What it may mean, with a zone that uses it so.
        readings: String,
        /// One of these zones.
        example: String,
    },
    /// A time was typed, but the store holds none (callers raise it for absolute times).
    #[error("this store holds no times, so “{text}” has no place in it: try #1042, v7 or head")]
    NoTimes {
        /// What was typed, shortened.
        text: String,
    },
}
