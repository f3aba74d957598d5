//! Typed steps from the head (`-2h`, `+15m`), or from now (`2 hours ago`). Only units of fixed length: a month is none.

use super::civil::{DAY, HOUR, MINUTE, SECOND};
use super::error::excerpt;
use super::{InputError, Span};

/// `-2h`, `-1d 2h`, `+15m`, `-1.5 hours`; none if there is no sign before a digit.
pub(super) fn step(text: &str) -> Option<Result<Span, InputError>> {
    let (backwards, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    let total = total(rest.trim(), text)?;
    Some(total.map(|total| if backwards { -total } else { total }))
}

/// `2 hours ago`; none if nothing of the kind is ago.
pub(super) fn ago(text: &str) -> Option<Result<Span, InputError>> {
    let (rest, word) = text.rsplit_once(char::is_whitespace)?;
    let is_ago = word.eq_ignore_ascii_case("ago");
    is_ago.then(|| total(rest.trim(), text)).flatten()
}

/// Numbers with their units, of a whole step; none if there is no digit first.
fn total(mut rest: &str, whole: &str) -> Option<Result<Span, InputError>> {
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut total = Span::ZERO;
    while !rest.is_empty() {
        match part(rest, whole) {
            Ok((span, after)) => {
                total = total.saturating_add(span);
                rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            }
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(total))
}

/// One number with its unit, of a whole step, and what follows them.
fn part<'a>(text: &'a str, whole: &str) -> Result<(Span, &'a str), InputError> {
    let unknown = || InputError::Unit {
        text: excerpt(whole.as_bytes()),
    };
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(unknown)?;
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let unit = match name.to_lowercase().as_str() {
        "us" | "µs" | "μs" => 1,
        "ms" => 1000,
        "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "wk" | "wks" | "week" | "weeks" => 7 * DAY,
        "mo" | "month" | "months" | "y" | "yr" | "year" | "years" => {
            return Err(InputError::UnevenUnit {
                text: excerpt(whole.as_bytes()),
            });
        }
        _ => return Err(unknown()),
    };
    let micros = match number.parse::<i64>() {
        Ok(whole) => whole.saturating_mul(unit),
        // The cast saturates, so that any number of digits stays a span.
        Err(_) => (number.parse::<f64>().map_err(|_| unknown())? * unit as f64).round() as i64,
    };
    Ok((Span::from_micros(micros), rest))
}
