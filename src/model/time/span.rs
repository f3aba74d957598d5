//! Lengths of time, and their form for people. Calendar arithmetic stays in `apart`, `input` and `zone`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::civil::{DAY, HOUR, MINUTE, SECOND};

/// A length of time in microseconds; negative means backwards.
///
/// Its `Display` is for people: at most two units, rounded towards zero (`3 h 12 min`, `1 y 10 mo`,
/// `1.2 s`, `41 ms`). A month is a twelfth of the mean Gregorian year.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Span(i64);

/// Below this, people compare fractions of seconds.
const PRECISE: i64 = 100 * SECOND;
const YEAR: i64 = 31_556_952 * SECOND;
const MONTH: i64 = YEAR / 12;

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds, at most the longest span there is.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// From seconds, at most the longest span there is.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// In microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// In whole milliseconds, rounded towards zero.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0 / 1000
    }

    /// Its length without direction.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Whether it points backwards.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// For people who compare: to a hundredth of a second, where it is not long (`10.46 s`, `−850 ms`).
    #[must_use]
    pub fn precise(self) -> String {
        match self.0.saturating_abs() {
            micros @ SECOND..PRECISE => {
                let sign = if self.is_negative() { "−" } else { "" };
                format!(
                    "{sign}{}.{:02} s",
                    micros / SECOND,
                    micros % SECOND / 10_000
                )
            }
            _ => self.to_string(),
        }
    }

    /// `10.09 s to 10.46 s`, with as many digits as tell the two apart, down to milliseconds.
    #[must_use]
    pub fn to(self, most: Self) -> String {
        let to_digits = |span: Self| {
            let sign = if span.is_negative() { "−" } else { "" };
            let millis = span.millis().unsigned_abs();
            format!("{sign}{}.{:03} s", millis / 1000, millis % 1000)
        };
        let [mut one, mut two] = [self, most].map(Self::precise);
        if one == two {
            [one, two] = [self, most].map(to_digits);
        }
        if one == two {
            one
        } else {
            format!("{one} to {two}")
        }
    }

    /// The sum, at most the longest span there is.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Neg for Span {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            f.write_str("−")?;
        }
        let micros = self.0.saturating_abs();
        match micros {
            0 => f.write_str("0 s"),
            1..1000 => write!(f, "{micros} µs"),
            1000..SECOND => write!(f, "{} ms", micros / 1000),
            SECOND..MINUTE => {
                let tenths = micros / (SECOND / 10);
                if tenths < 100 && tenths % 10 != 0 {
                    write!(f, "{}.{} s", tenths / 10, tenths % 10)
                } else {
                    write!(f, "{} s", tenths / 10)
                }
            }
            MINUTE..HOUR => two(f, micros, (MINUTE, "min"), (SECOND, "s")),
            HOUR..DAY => two(f, micros, (HOUR, "h"), (MINUTE, "min")),
            DAY..MONTH => two(f, micros, (DAY, "d"), (HOUR, "h")),
            MONTH..YEAR => two(f, micros, (MONTH, "mo"), (DAY, "d")),
            _ => two(f, micros, (YEAR, "y"), (MONTH, "mo")),
        }
    }
}

fn two(
    f: &mut fmt::Formatter<'_>,
    micros: i64,
    (large, large_name): (i64, &str),
    (small, small_name): (i64, &str),
) -> fmt::Result {
    write!(f, "{} {large_name}", micros / large)?;
    match micros % large / small {
        0 => Ok(()),
        count => write!(f, " {count} {small_name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn bounds_show_what_tells_them_apart() {
        let between = |one, two| Span::from_millis(one).to(Span::from_millis(two));
        assert_eq!(between(10_090, 10_460), "10.09 s to 10.46 s");
        assert_eq!(between(-850, 210), "−850 ms to 210 ms");
        assert_eq!(between(-1_250, 0), "−1.25 s to 0 s");
        assert_eq!(between(10_451, 10_454), "10.451 s to 10.454 s");
        assert_eq!(between(3_600_100, 3_600_900), "3600.100 s to 3600.900 s");
        assert_eq!(between(90_000_000, 90_000_000), "90000.000 s");
        assert_eq!(between(101_000, 109_000), "1 min 41 s to 1 min 49 s");
    }
}
