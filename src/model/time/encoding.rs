//! How stores write times, and one value read at a time. What a whole column is written in is
//! guessed in `detect`; the fast way through a column is `reader`.

use serde::{Deserialize, Serialize};

use super::error::excerpt;
use super::iso::{self, Fault, Spelled};
use super::loose::{self, Loose};
use super::{TimeError, Timestamp};

/// How a store writes a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeEncoding {
    /// Each value says what it is, by its spelling or its magnitude.
    #[default]
    Auto,
    /// ISO 8601 text in its usual spellings; without a zone it is UTC.
    Iso8601,
    /// Seconds since 1970, with or without a fraction.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Microseconds since 1970.
    EpochMicros,
    /// Nanoseconds since 1970.
    EpochNanos,
    /// Units of 100 ns since 0001-01-01 (.NET `DateTime.Ticks`).
    DotnetTicks,
    /// Days since noon of 24 November 4714 BC, read to the millisecond (as SQLite does).
    JulianDay,
    /// The store holds no times.
    None,
}

/// .NET ticks at 1970-01-01.
const TICKS_AT_EPOCH: i64 = 621_355_968_000_000_000;
/// The Julian day of 1970-01-01T00:00:00Z.
const JULIAN_AT_EPOCH: f64 = 2_440_587.5;
/// Beyond this a real number of any unit, microseconds included, is no moment.
const REAL_LIMIT: f64 = 9.2e18;

impl TimeEncoding {
    /// Its name for people, as it stands in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Auto => "any known spelling",
            Self::Iso8601 => "ISO 8601",
            Self::EpochSeconds => "epoch seconds",
            Self::EpochMillis => "epoch milliseconds",
            Self::EpochMicros => "epoch microseconds",
            Self::EpochNanos => "epoch nanoseconds",
            Self::DotnetTicks => ".NET ticks",
            Self::JulianDay => "Julian days",
            Self::None => "no encoding",
        }
    }

    /// Reads a text. Numbers may be written as text in every encoding but ISO 8601.
    ///
    /// # Errors
    /// If it is no time in this encoding, names something that does not exist, or could mean two
    /// things.
    pub fn read_text(self, text: &str) -> Result<Timestamp, TimeError> {
        let text = text.trim_ascii();
        match self {
            Self::Auto => read_any(text),
            Self::Iso8601 => match iso::read(text.as_bytes()) {
                Ok(spelled) => in_utc(spelled, text, self),
                Err(Fault::Shape) => Err(TimeError::not_a_time(text.as_bytes(), self)),
                Err(fault) => Err(no_such(fault, text)),
            },
            Self::None => Err(TimeError::NoTimes),
            _ => self
                .read_number(text)
                .unwrap_or_else(|| Err(TimeError::not_a_time(text.as_bytes(), self))),
        }
    }

    /// Reads an integer.
    ///
    /// # Errors
    /// If the encoding is text or none, or the number is no moment in it.
    pub fn read_integer(self, number: i64) -> Result<Timestamp, TimeError> {
        let micros = match self {
            Self::Auto => {
                if let Some(moment) = loose::run_together(number) {
                    return Ok(moment);
                }
                let unit = unit_of(number).ok_or_else(|| implausible(&number))?;
                return unit.read_integer(number);
            }
            Self::Iso8601 => {
                return Err(TimeError::not_a_time(number.to_string().as_bytes(), self));
            }
            Self::EpochSeconds => number.checked_mul(1_000_000),
            Self::EpochMillis => number.checked_mul(1000),
            Self::EpochMicros => Some(number),
            Self::EpochNanos => return Ok(hundreds(number, 1000, 1)),
            Self::DotnetTicks => {
                let since = number.checked_sub(TICKS_AT_EPOCH);
                return since
                    .map(|ticks| hundreds(ticks, 10, 100))
                    .ok_or_else(|| self.out_of_range(&number));
            }
            Self::JulianDay => return self.read_real(number as f64),
            Self::None => return Err(TimeError::NoTimes),
        };
        micros
            .map(Timestamp::from_micros)
            .ok_or_else(|| self.out_of_range(&number))
    }

    /// Reads a real number, to the microsecond as far as its digits go.
    ///
    /// # Errors
    /// As [`TimeEncoding::read_integer`]; also if it is infinite or no number.
    pub fn read_real(self, number: f64) -> Result<Timestamp, TimeError> {
        let micros = match self {
            Self::Auto => {
                let within = Some(number).filter(|number| number.abs() < REAL_LIMIT);
                let unit = within.and_then(|number| unit_of(number as i64));
                return unit.ok_or_else(|| implausible(&number))?.read_real(number);
            }
            Self::EpochSeconds => scaled(number, 1e6),
            Self::EpochMillis => scaled(number, 1e3),
            Self::EpochMicros => number.round(),
            Self::EpochNanos => number / 1e3,
            Self::DotnetTicks => (number - TICKS_AT_EPOCH as f64) / 10.0,
            // Finer than a millisecond is noise: these numbers step in 40 µs.
            Self::JulianDay => ((number - JULIAN_AT_EPOCH) * 86_400_000.0).round() * 1e3,
            Self::Iso8601 => {
                return Err(TimeError::not_a_time(number.to_string().as_bytes(), self));
            }
            Self::None => return Err(TimeError::NoTimes),
        };
        if micros.abs() < REAL_LIMIT {
            Ok(Timestamp::from_micros(micros.round() as i64))
        } else {
            Err(self.out_of_range(&number))
        }
    }

    /// Reads a number written as text, exactly; none if the text is no number.
    fn read_number(self, text: &str) -> Option<Result<Timestamp, TimeError>> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = fraction.bytes().all(|b| b.is_ascii_digit());
        let Some(number) = whole.parse::<i64>().ok().filter(|_| plain) else {
            return real(text).map(|number| self.read_real(number));
        };
        let unit = match self {
            Self::Auto if fraction.is_empty() && loose::run_together(number).is_some() => {
                return Some(self.read_integer(number));
            }
            Self::Auto => match unit_of(number) {
                Some(unit) => unit,
                None => return Some(Err(implausible(&text))),
            },
            unit => unit,
        };
        if unit == Self::JulianDay {
            return real(text).map(|number| unit.read_real(number));
        }
        let read = unit.read_integer(number);
        if fraction.is_empty() {
            return Some(read);
        }
        Some(read.and_then(|start| {
            unit.after(start, whole, fraction)
                .ok_or_else(|| unit.out_of_range(&text))
        }))
    }

    /// The moment so many decimal digits of a unit beyond `start` (before it, if negative).
    fn after(self, start: Timestamp, whole: &str, fraction: &str) -> Option<Timestamp> {
        let unit: i128 = match self {
            Self::EpochSeconds => 1_000_000_000,
            Self::EpochMillis => 1_000_000,
            Self::EpochMicros => 1000,
            Self::DotnetTicks => 100,
            _ => 1,
        };
        let digits = &fraction[..fraction.len().min(18)];
        let part = digits.parse::<i128>().ok()? * unit / 10_i128.pow(digits.len() as u32);
        let part = if whole.starts_with('-') { -part } else { part };
        let nanos = i128::from(start.micros()) * 1000 + i128::from(start.sub_micro_nanos());
        Timestamp::from_unix_nanos(nanos + part)
    }

    fn out_of_range(self, number: &impl std::fmt::Display) -> TimeError {
        TimeError::OutOfRange {
            number: excerpt(number.to_string().as_bytes()),
            encoding: self,
        }
    }
}

/// Reads a text of any known kind.
fn read_any(text: &str) -> Result<Timestamp, TimeError> {
    let auto = TimeEncoding::Auto;
    let fault = match iso::read(text.as_bytes()) {
        Ok(spelled) => return in_utc(spelled, text, auto),
        Err(fault) => fault,
    };
    if let Some(read) = auto.read_number(text) {
        return read;
    }
    match loose::read(text) {
        Some(Ok(Loose::Spelled(spelled))) => in_utc(spelled, text, auto),
        Some(Ok(Loose::Moment(moment))) => Ok(moment),
        Some(Err(error)) => Err(error),
        None => Err(no_such(fault, text)),
    }
}

fn no_such(fault: Fault, text: &str) -> TimeError {
    match fault {
        Fault::Shape => TimeError::not_a_time(text.as_bytes(), TimeEncoding::Auto),
        Fault::Field(field, value) => TimeError::NoSuch {
            text: excerpt(text.as_bytes()),
            field,
            value,
        },
    }
}

/// The moment of a spelling; without an offset it is UTC.
fn in_utc(spelled: Spelled, text: &str, encoding: TimeEncoding) -> Result<Timestamp, TimeError> {
    spelled
        .wall
        .checked_sub(spelled.offset.unwrap_or(0))
        .map(|micros| Timestamp::with_nanos(micros, spelled.nanos))
        .ok_or_else(|| encoding.out_of_range(&text))
}

/// What a number counts, by its magnitude alone.
const fn unit_of(number: i64) -> Option<TimeEncoding> {
    match number {
        // 1858 to 2132.
        2_400_000..2_500_000 => Some(TimeEncoding::JulianDay),
        // From 1973 on; each range ends in the year 5138.
        100_000_000..100_000_000_000 => Some(TimeEncoding::EpochSeconds),
        100_000_000_000..100_000_000_000_000 => Some(TimeEncoding::EpochMillis),
        100_000_000_000_000..100_000_000_000_000_000 => Some(TimeEncoding::EpochMicros),
        // 1965 to 2219; as nanoseconds these would be 1989 to 1992.
        620_000_000_000_000_000..700_000_000_000_000_000 => Some(TimeEncoding::DotnetTicks),
        100_000_000_000_000_000.. => Some(TimeEncoding::EpochNanos),
        _ => None,
    }
}

fn implausible(number: &impl std::fmt::Display) -> TimeError {
    TimeError::Implausible {
        number: excerpt(number.to_string().as_bytes()),
    }
}

/// A count of units, `per_micro` to the microsecond, each of `nanos` nanoseconds.
const fn hundreds(count: i64, per_micro: i64, nanos: i64) -> Timestamp {
    let rest = count.rem_euclid(per_micro) * nanos;
    Timestamp::with_nanos(count.div_euclid(per_micro), rest as u16)
}

/// `number` × `factor`, rounded, with the whole part exact.
fn scaled(number: f64, factor: f64) -> f64 {
    let whole = number.floor();
    whole * factor + ((number - whole) * factor).round()
}

/// A real number in plain or exponent notation (not `inf`, not `nan`).
fn real(text: &str) -> Option<f64> {
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    if !text.bytes().all(numeric) {
        return None;
    }
    text.parse().ok()
}
