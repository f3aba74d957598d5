//! A moment in UTC, to the digits that the store has.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::civil::Civil;
use super::{Span, TimeEncoding, TimeError};

/// A moment: microseconds since 1970-01-01T00:00:00Z plus a nanosecond remainder of 0 to 999.
///
/// Ordered by time. Range: about ±292,000 years; leap seconds are not represented (as in POSIX).
/// `Display` and serde write RFC 3339 in UTC with six digits, or nine where there are nanoseconds;
/// `FromStr` and serde read any ISO-8601 spelling (no zone means UTC; years 0 to 9999).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
    nanos: u16,
}

impl Timestamp {
    /// The earliest moment there is.
    pub const MIN: Self = Self::from_micros(i64::MIN);
    /// The latest moment there is.
    pub const MAX: Self = Self::with_nanos(i64::MAX, 999);

    /// From whole microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros, nanos: 0 }
    }

    /// From microseconds since the epoch and a remainder in nanoseconds (0 to 999).
    #[must_use]
    pub const fn with_nanos(micros: i64, nanos: u16) -> Self {
        debug_assert!(nanos < 1000);
        Self { micros, nanos }
    }

    /// From nanoseconds since the epoch; none outside the range of a moment.
    #[must_use]
    pub fn from_unix_nanos(nanos: i128) -> Option<Self> {
        let micros = i64::try_from(nanos.div_euclid(1000)).ok()?;
        Some(Self::with_nanos(micros, nanos.rem_euclid(1000) as u16))
    }

    /// Whole microseconds since the epoch, rounded down.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The nanoseconds beyond [`Timestamp::micros`], 0 to 999.
    #[must_use]
    pub const fn sub_micro_nanos(self) -> u16 {
        self.nanos
    }

    /// This much later, at most the latest moment there is.
    #[must_use]
    pub const fn saturating_add(self, span: Span) -> Self {
        match self.micros.checked_add(span.micros()) {
            Some(micros) => Self { micros, ..self },
            None if span.is_negative() => Self::MIN,
            None => Self::MAX,
        }
    }

    /// This much earlier, at least the earliest moment there is.
    #[must_use]
    pub const fn saturating_sub(self, span: Span) -> Self {
        match self.micros.checked_sub(span.micros()) {
            Some(micros) => Self { micros, ..self },
            None if span.is_negative() => Self::MAX,
            None => Self::MIN,
        }
    }

    /// The same moment for chrono; none beyond chrono's ±262,000 years.
    #[must_use]
    pub fn to_chrono(self) -> Option<DateTime<Utc>> {
        let subsec = self.micros.rem_euclid(1_000_000) as u32 * 1000 + u32::from(self.nanos);
        DateTime::from_timestamp(self.micros.div_euclid(1_000_000), subsec)
    }
}

impl<Tz: chrono::TimeZone> From<DateTime<Tz>> for Timestamp {
    fn from(moment: DateTime<Tz>) -> Self {
        // A leap second stands as nanoseconds beyond 999,999,999 and flows into the next second.
        let subsec = moment.timestamp_subsec_nanos();
        let micros = moment.timestamp() * 1_000_000 + i64::from(subsec / 1000);
        Self::with_nanos(micros, (subsec % 1000) as u16)
    }
}

impl std::ops::Sub for Timestamp {
    type Output = Span;

    /// The time from the right moment to the left, in whole microseconds rounded down; at most the
    /// longest span there is.
    fn sub(self, earlier: Self) -> Span {
        let borrow = i64::from(self.nanos < earlier.nanos);
        let micros = self.micros.saturating_sub(earlier.micros);
        Span::from_micros(micros.saturating_sub(borrow))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = Civil::from_wall(self.micros);
        civil.write_date(f)?;
        f.write_str("T")?;
        civil.write_clock(f)?;
        write!(f, ".{:06}", civil.micros)?;
        match self.nanos {
            0 => f.write_str("Z"),
            nanos => write!(f, "{nanos:03}Z"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        TimeEncoding::Iso8601.read_text(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
