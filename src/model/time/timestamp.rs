//! A moment in UTC, to the digits that the store has.

/// A moment: microseconds since 1970-01-01T00:00:00Z plus a nanosecond remainder of 0 to 999.
///
/// Ordered by time. Range: about ±292,000 years; leap seconds are not represented (as in POSIX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
    nanos: u16,
}

impl Timestamp {
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
}
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(self.micros)
    }
}
