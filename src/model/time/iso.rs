//! ISO 8601 as stores and people really write it: one tolerant reader over bytes, without
//! allocation. It knows no zone names; a zone other than an offset is the caller's.

use super::civil::{DAY, HOUR, MINUTE, SECOND, day_number, days_in_month};

/// A date, perhaps with a clock time and an offset, as it was spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    /// Wall microseconds: what the text says, as if in UTC.
    pub wall: i64,
    /// Nanoseconds beyond, 0 to 999.
    pub nanos: u16,
    /// Microseconds east of Greenwich, where the text says so.
    pub offset: Option<i64>,
    /// Whether there was a clock time.
    pub detail: Detail,
}

/// How far a spelling goes into detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    Day,
    Clock,
}

/// Why a text is no such spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not look like one at all.
    Shape,
    /// It does, but this part does not exist.
    Field(&'static str, u32),
}

/// Reads a date with whatever follows: `2024-03-01`, `20240301T080000Z`, `2024-03-01 08:00 +0100`.
pub(super) fn read(text: &[u8]) -> Result<Spelled, Fault> {
    let mut scan = Scan { rest: text };
    let day = scan.date()?;
    read_after_date(day, scan.rest)
}

/// Reads what follows a date whose day number is known: nothing, a clock time, an offset.
pub(super) fn read_after_date(day: i64, rest: &[u8]) -> Result<Spelled, Fault> {
    let mut scan = Scan { rest };
    if let [b'T' | b't', after @ ..] = rest {
        scan.rest = after;
        if !scan.at_digit() {
            return Err(Fault::Shape);
        }
    } else {
        let separated = scan.skip_spaces();
        if scan.at_digit() && !separated {
            return Err(Fault::Shape);
        }
    }
    let mut spelled = Spelled {
        wall: day * DAY,
        nanos: 0,
        offset: None,
        detail: Detail::Day,
    };
    if scan.at_digit() {
        let (clock, nanos) = scan.clock()?;
        spelled.wall += clock;
        spelled.nanos = nanos;
        spelled.detail = Detail::Clock;
    }
    spelled.offset = scan.zone()?;
    Ok(spelled)
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn at_digit(&self) -> bool {
        self.rest.first().is_some_and(u8::is_ascii_digit)
    }

    /// Passes over spaces; whether there were any.
    fn skip_spaces(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_ascii_start();
        self.rest.len() < before
    }

    fn take(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Passes over a word in any case.
    fn take_word(&mut self, word: &[u8]) -> bool {
        match self.rest.split_at_checked(word.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(word) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn digit_run(&self) -> usize {
        self.rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }

    /// The next `count` digits (at most 9) as a number.
    fn digits(&mut self, count: usize) -> Result<u32, Fault> {
        let (digits, rest) = self.rest.split_at_checked(count).ok_or(Fault::Shape)?;
        let mut value = 0;
        for &byte in digits {
            if !byte.is_ascii_digit() {
                return Err(Fault::Shape);
            }
            value = value * 10 + u32::from(byte - b'0');
        }
        self.rest = rest;
        Ok(value)
    }

    /// A number of so many digits up to `most`.
    fn field(&mut self, count: usize, name: &'static str, most: u32) -> Result<i64, Fault> {
        let value = self.digits(count)?;
        if value > most {
            return Err(Fault::Field(name, value));
        }
        Ok(i64::from(value))
    }

    fn date(&mut self) -> Result<i64, Fault> {
        let year = self.digits(4)?;
        let separator = match self.rest.first() {
            Some(&byte @ (b'-' | b'/')) => Some(byte),
            Some(b'0'..=b'9') => None,
            _ => return Err(Fault::Shape),
        };
        let between = |scan: &mut Self| match separator {
            Some(byte) if !scan.take(byte) => Err(Fault::Shape),
            _ => Ok(()),
        };
        // People leave out zeros (`2024-3-1`); without separators that would be guesswork.
        let short = |scan: &mut Self| match separator {
            Some(_) => scan.digits(scan.digit_run().clamp(1, 2)),
            None => scan.digits(2),
        };
        between(self)?;
        let month = short(self)?;
        between(self)?;
        let day = short(self)?;
        valid_day(year, month, day)
    }

    /// A clock time as microseconds of the day and nanoseconds beyond.
    fn clock(&mut self) -> Result<(i64, u16), Fault> {
        let run = self.digit_run();
        let extended = self.rest.get(run) == Some(&b':');
        let hour = match (run, extended) {
            (1 | 2, true) => self.digits(run)?,
            (2 | 4 | 6, false) => self.digits(2)?,
            _ => return Err(Fault::Shape),
        };
        let mut micros = 0;
        let mut nanos = 0;
        if extended || run >= 4 {
            let _ = self.take(b':');
            micros += self.field(2, "minute", 59)? * MINUTE;
        }
        let seconds = if extended { self.take(b':') } else { run == 6 };
        if seconds {
            // A leap second counts as the first of the next minute.
            micros += self.field(2, "second", 60)? * SECOND;
            if self.take(b'.') || self.take(b',') {
                let fraction = self.fraction()?;
                micros += fraction / 1000;
                nanos = (fraction % 1000) as u16;
            }
        }
        let hour = self.half_of_day(hour)?;
        if hour > 24 || (hour == 24 && (micros, nanos) != (0, 0)) {
            return Err(Fault::Field("hour", hour));
        }
        Ok((i64::from(hour) * HOUR + micros, nanos))
    }

    /// Fraction digits as nanoseconds; what lies beyond nine digits is dropped.
    fn fraction(&mut self) -> Result<i64, Fault> {
        let run = self.digit_run();
        if run == 0 {
            return Err(Fault::Shape);
        }
        let kept = run.min(9);
        let value = i64::from(self.digits(kept)?) * 10_i64.pow(9 - kept as u32);
        self.rest = &self.rest[run - kept..];
        Ok(value)
    }

    /// The hour on a 24-hour clock, if `am` or `pm` follows.
    fn half_of_day(&mut self, hour: u32) -> Result<u32, Fault> {
        let before = self.rest;
        self.skip_spaces();
        let noon = if self.take_word(b"am") {
            0
        } else if self.take_word(b"pm") {
            12
        } else {
            self.rest = before;
            return Ok(hour);
        };
        match hour {
            1..=12 => Ok(hour % 12 + noon),
            _ => Err(Fault::Field("hour", hour)),
        }
    }

    /// An offset and nothing after it but remarks that repeat it (`+0100 CET`, `+01:00[Europe/Berlin]`).
    fn zone(&mut self) -> Result<Option<i64>, Fault> {
        self.skip_spaces();
        let offset = if self.rest.is_empty() {
            return Ok(None);
        } else if self.take_word(b"utc") || self.take_word(b"gmt") || self.take_word(b"z") {
            0
        } else if self.take(b'+') {
            self.offset()?
        } else if self.take(b'-') || self.take_word("−".as_bytes()) {
            -self.offset()?
        } else {
            return Err(Fault::Shape);
        };
        self.skip_spaces();
        match self.rest {
            [] | [b'[', .., b']'] => Ok(Some(offset)),
            word if word.len() <= 5 && word.iter().all(u8::is_ascii_alphabetic) => Ok(Some(offset)),
            _ => Err(Fault::Shape),
        }
    }

    /// `01`, `0100`, `01:00` or (old local mean times) `00:53:28` in microseconds.
    fn offset(&mut self) -> Result<i64, Fault> {
        let run = self.digit_run();
        let mut offset = self.field(2, "offset hour", 18)? * HOUR;
        if run == 4 || (run == 2 && self.take(b':')) {
            offset += self.field(2, "offset minute", 59)? * MINUTE;
        } else if run != 2 {
            return Err(Fault::Shape);
        }
        if self.take(b':') {
            offset += self.field(2, "offset second", 59)? * SECOND;
        }
        Ok(offset)
    }
}

/// The day number of a date, if there is such a day.
pub(super) fn valid_day(year: u32, month: u32, day: u32) -> Result<i64, Fault> {
    if !(1..=12).contains(&month) {
        return Err(Fault::Field("month", month));
    }
    let (y, m, d) = (i64::from(year), i64::from(month), i64::from(day));
    if d < 1 || d > days_in_month(y, m) {
        return Err(Fault::Field("day", day));
    }
    Ok(day_number(y, m, d))
}
