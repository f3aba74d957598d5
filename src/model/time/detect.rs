//! Guessing what a column of an unknown store is written in, from a handful of its values.

use super::civil::{DAY, day_number};
use super::{TimeEncoding, TimeError};

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample<'a> {
    /// Text, or a number in its written digits.
    Text(&'a str),
    /// An integer.
    Integer(i64),
    /// A real number.
    Real(f64),
}

/// In order of preference where several fit equally well.
const CANDIDATES: [TimeEncoding; 7] = [
    TimeEncoding::Iso8601,
    TimeEncoding::EpochSeconds,
    TimeEncoding::EpochMillis,
    TimeEncoding::EpochMicros,
    TimeEncoding::DotnetTicks,
    TimeEncoding::EpochNanos,
    TimeEncoding::JulianDay,
];

/// The encoding that reads at least nine in ten samples as moments between 1990 and 2100;
/// `Auto` if only a mixture does so (dates that could be read two ways count as dates), else
/// `None`. Leave null values out.
#[must_use]
pub fn detect(samples: &[Sample<'_>]) -> TimeEncoding {
    let enough = |encoding: TimeEncoding| {
        let read = samples.iter().filter(|s| plausible(encoding, **s)).count();
        !samples.is_empty() && read * 10 >= samples.len() * 9
    };
    let best = CANDIDATES.into_iter().find(|encoding| enough(*encoding));
    best.unwrap_or(if enough(TimeEncoding::Auto) {
        TimeEncoding::Auto
    } else {
        TimeEncoding::None
    })
}

fn plausible(encoding: TimeEncoding, sample: Sample<'_>) -> bool {
    const FIRST: i64 = day_number(1990, 1, 1) * DAY;
    const END: i64 = day_number(2101, 1, 1) * DAY;
    let read = match sample {
        Sample::Text(text) => encoding.read_text(text),
        Sample::Integer(number) => encoding.read_integer(number),
        Sample::Real(number) => encoding.read_real(number),
    };
    match read {
        // Whole numbers of this size are far more often ids than noons.
        Ok(_) if is_like_an_id(sample) => false,
        Ok(moment) => (FIRST..END).contains(&moment.micros()),
        Err(TimeError::Ambiguous { .. }) => encoding == TimeEncoding::Auto,
        Err(_) => false,
    }
}

/// Whether a sample is a whole number of the size of a Julian day.
fn is_like_an_id(sample: Sample<'_>) -> bool {
    match sample {
        Sample::Text(text) => text.len() == 7 && text.bytes().all(|b| b.is_ascii_digit()),
        Sample::Integer(number) => number < 10_000_000,
        Sample::Real(_) => false,
    }
}
