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
    if let Some(written) = by_a_program(text).or_else(|| by_name(text)) {
        return match iso::read(written.as_bytes()) {
            Ok(spelled) => Some(Ok(Loose::Spelled(spelled))),
            Err(Fault::Shape) => None,
            Err(Fault::Field(field, value)) => Some(Err(TimeError::NoSuch {
                text: excerpt(text.as_bytes()),
                field,
                value,
            })),
        };
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

/// What programs print where nobody told them how, as ISO 8601: Go's `2024-03-01 08:00:00 +0000 UTC m=+0.1`,
/// JavaScript's `Fri Mar 01 2024 08:00:00 GMT+0000 (…)`, C's `Fri Mar  1 08:00:00 2024`.
fn by_a_program(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().take(8).collect();
    if let [date, clock, offset, ..] = words[..]
        && is_offset(offset)
        && date.len() == 10
    {
        return Some(format!("{date}T{clock}{offset}"));
    }
    let [day, month, date, rest @ ..] = &words[..] else {
        return None;
    };
    let named = |name: &&str| month.len() == 3 && name.starts_with(month);
    let month = MONTHS.iter().position(named)? + 1;
    if day.len() != 3 || !day.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let date: u32 = date.parse().ok()?;
    let (year, clock, offset) = match rest {
        [year, clock, zone, ..] if clock.contains(':') => {
            let offset = zone
                .strip_prefix("GMT")
                .or_else(|| zone.strip_prefix("UTC"))?;
            (year, clock, if offset.is_empty() { "Z" } else { offset })
        }
        [clock, year] => (year, clock, ""),
        [clock, "UTC" | "GMT", year] => (year, clock, "Z"),
        _ => return None,
    };
    (year.len() == 4).then(|| format!("{year}-{month:02}-{date:02}T{clock}{offset}"))
}

/// `1 Dec 2023`, `1 December 2023 14:30`, `Dec 1, 2023`, as ISO 8601.
fn by_name(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().take(5).collect();
    let [one, two, year, rest @ ..] = &words[..] else {
        return None;
    };
    let day = |word: &str| word.trim_end_matches(',').parse::<u8>().ok();
    let (day, month) = match (month_named(one), month_named(two)) {
        (None, Some(month)) => (day(one)?, month),
        (Some(month), None) => (day(two)?, month),
        _ => return None,
    };
    let year = year.trim_end_matches(',');
    if year.len() != 4 || rest.len() > 2 {
        return None;
    }
    let clock = rest.join("");
    let joint = if clock.is_empty() { "" } else { "T" };
    Some(format!("{year}-{month:02}-{day:02}{joint}{clock}"))
}

/// The number of a month by its name: `December`, `dec`, `Sept`.
pub(super) fn month_named(word: &str) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    let is_it = |name: &&str| {
        let name = name.to_ascii_lowercase();
        word == name || word.len() == 3 && name.starts_with(&word)
    };
    let at = MONTHS.iter().position(is_it);
    at.or((word == "sept").then_some(8)).map(|at| at + 1)
}

/// What was typed as people speak, in plainer words: `2023-12-01, 2pm` is `2023-12-01 2:00 pm`, and `1st` is
/// `1`. None if there is nothing to make plainer.
pub(super) fn plainer(text: &str) -> Option<String> {
    let is_small = |text: &str| small(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_end_matches(',');
        let end = word.find(|c: char| !c.is_ascii_digit() && c != ':');
        let (digits, name) = word.split_at(end.unwrap_or(word.len()));
        let is = |names: &[&str]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        if is(&["am", "pm"]) {
            if !digits.is_empty() {
                words.push(digits.to_owned());
            }
            if let Some(hour) = words.last_mut().filter(|own| is_small(own)) {
                hour.push_str(":00");
            }
            words.push(name.to_owned());
        } else if is(&["st", "nd", "rd", "th"]) && is_small(digits) {
            words.push(digits.to_owned());
        } else {
            words.push(word.to_owned());
        }
    }
    let plain = words.join(" ");
    (plain != text).then_some(plain)
}

/// `+0200`
fn is_offset(word: &str) -> bool {
    let digits = word.strip_prefix(['+', '-']);
    digits.is_some_and(|own| own.len() == 4 && own.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A moment written as one number, `20240301080000`, or with its milliseconds behind; it would be beyond
/// the year 2500 in any unit.
pub(super) fn run_together(number: i64) -> Option<Timestamp> {
    const FIRST: i64 = 19_900_101_000_000;
    const END: i64 = 21_010_101_000_000;
    let (number, millis) = match number {
        FIRST..END => (number, 0),
        _ if number / 1000 >= FIRST && number / 1000 < END => (number / 1000, number % 1000),
        _ => return None,
    };
    let (date, clock) = (number / 1_000_000, number % 1_000_000);
    let written = format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}.{millis:03}",
        date / 10_000,
        date / 100 % 100,
        date % 100,
        clock / 10_000,
        clock / 100 % 100,
        clock % 100
    );
    let spelled = iso::read(written.as_bytes()).ok()?;
    Some(Timestamp::with_nanos(spelled.wall, spelled.nanos))
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
    let mut behind_sign = inner.char_indices().skip(1);
    let offset = behind_sign.find(|(_, c)| matches!(c, '+' | '-'));
    let end = offset.map_or(inner.len(), |(at, _)| at);
    let millis: i64 = inner.get(..end)?.parse().ok()?;
    millis.checked_mul(1000).map(Timestamp::from_micros)
}
