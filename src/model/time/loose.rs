//! Dates that are not ISO 8601: slashes, dots, mail headers, old .NET JSON. Tried last, and strict
//! about what could mean two things.

use super::civil::date_of;
use super::error::excerpt;
use super::iso::{self, Fault, Spelled};
use super::{TimeError, Timestamp};

/// What a loose spelling turned out to be.
pub(super) enum Loose {
    /// A wall time, perhaps with an offset.
    Spelled(Spelled),
    /// A moment.
    Moment(Timestamp),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a loose spelling; none if it is nothing of the kind.
pub(super) fn read(text: &str) -> Option<Result<Loose, TimeError>> {
    if let Some(spelled) = day_month_year(text) {
        return Some(spelled.map(Loose::Spelled));
    }
    let moment = dotnet_json(text).or_else(|| {
        chrono::DateTime::parse_from_rfc2822(text)
            .ok()
            .map(Into::into)
    })?;
    Some(Ok(Loose::Moment(moment)))
}

/// `31/12/2024 23:59`, `12-31-2024`, `31.12.2024` (dots mean day first), if only one reading exists.
fn day_month_year(text: &str) -> Option<Result<Spelled, TimeError>> {
    let bytes = text.as_bytes();
    let (first, rest) = small(bytes)?;
    let (&separator, rest) = rest.split_first()?;
    if !matches!(separator, b'/' | b'.' | b'-') {
        return None;
    }
    let (second, rest) = small(rest)?;
    let rest = rest.strip_prefix(&[separator])?;
    let (year, rest) = rest.split_at_checked(4)?;
    let year: u32 = std::str::from_utf8(year).ok()?.parse().ok()?;
    let day_first = iso::valid_day(year, second, first);
    let month_first = iso::valid_day(year, first, second);
    let day = match (separator, day_first, month_first) {
        (b'.', day_first, _) => day_first,
        (_, Ok(one), Ok(other)) if one != other => {
            return Some(Err(TimeError::Ambiguous {
                text: excerpt(bytes),
                day_first: in_words(one),
                month_first: in_words(other),
            }));
        }
        (_, Ok(day), _) | (_, Err(_), Ok(day)) => Ok(day),
        (_, Err(fault), Err(_)) => Err(fault),
    };
    match day.and_then(|day| iso::read_after_date(day, rest)) {
        Ok(spelled) => Some(Ok(spelled)),
        Err(Fault::Shape) => None,
        Err(Fault::Field(field, value)) => Some(Err(TimeError::NoSuch {
            text: excerpt(bytes),
            field,
            value,
        })),
    }
}

/// A number of one or two digits.
fn small(text: &[u8]) -> Option<(u32, &[u8])> {
    let run = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=2).contains(&run) {
        return None;
    }
    let (digits, rest) = text.split_at(run);
    let value = digits
        .iter()
        .fold(0, |value, b| value * 10 + u32::from(b - b'0'));
    Some((value, rest))
}

fn in_words(day_number: i64) -> String {
    let (year, month, day) = date_of(day_number);
    let month = usize::try_from(month - 1)
        .ok()
        .and_then(|at| MONTHS.get(at))
        .unwrap_or(&"");
    format!("{day} {month} {year}")
}

/// `/Date(1709280000993)/`, in milliseconds.
fn dotnet_json(text: &str) -> Option<Timestamp> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    // An offset after the number is only a wish for display.
    let end = inner[1.min(inner.len())..]
        .find(['+', '-'])
        .map_or(inner.len(), |at| at + 1);
    let millis: i64 = inner.get(..end)?.parse().ok()?;
    millis.checked_mul(1000).map(Timestamp::from_micros)
}
