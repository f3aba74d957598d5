//! The fast way through a column of times: the fixed ISO forms with the minute remembered, since
//! neighbours in a log share it. Everything else goes to `encoding`; the answers are the same.

use super::civil::{HOUR, MINUTE, SECOND};
use super::iso;
use super::{TimeEncoding, TimeError, Timestamp};

/// Reads one column of times, value by value, without allocating (errors do).
#[derive(Clone, Debug)]
pub struct TimeReader {
    encoding: TimeEncoding,
    /// The text up to the minute that was read last.
    minute: Option<[u8; 16]>,
    /// Its wall microseconds.
    wall: i64,
}

impl TimeReader {
    /// A reader of times in this encoding.
    #[must_use]
    pub const fn new(encoding: TimeEncoding) -> Self {
        Self {
            encoding,
            minute: None,
            wall: 0,
        }
    }

    /// The encoding that it reads.
    #[must_use]
    pub const fn encoding(&self) -> TimeEncoding {
        self.encoding
    }

    /// Reads a text, as [`TimeEncoding::read_text`].
    ///
    /// # Errors
    /// As [`TimeEncoding::read_text`].
    pub fn read_text(&mut self, text: &str) -> Result<Timestamp, TimeError> {
        match self.read_fixed(text.as_bytes()) {
            Some(moment) => Ok(moment),
            None => self.encoding.read_text(text),
        }
    }

    /// Reads text that is not known to be UTF-8.
    ///
    /// # Errors
    /// As [`TimeEncoding::read_text`]; also if it is not UTF-8.
    pub fn read_bytes(&mut self, text: &[u8]) -> Result<Timestamp, TimeError> {
        if let Some(moment) = self.read_fixed(text) {
            return Ok(moment);
        }
        match std::str::from_utf8(text) {
            Ok(text) => self.encoding.read_text(text),
            Err(_) => Err(TimeError::not_a_time(text, self.encoding)),
        }
    }

    /// Reads an integer.
    ///
    /// # Errors
    /// As [`TimeEncoding::read_integer`].
    pub fn read_integer(&self, number: i64) -> Result<Timestamp, TimeError> {
        self.encoding.read_integer(number)
    }

    /// Reads a real number.
    ///
    /// # Errors
    /// As [`TimeEncoding::read_real`].
    pub fn read_real(&self, number: f64) -> Result<Timestamp, TimeError> {
        self.encoding.read_real(number)
    }

    /// `2024-03-01T08:00:00`, with a space for the T, up to nine fraction digits, and Z, ±hh:mm or
    /// no zone; anything else is none.
    fn read_fixed(&mut self, text: &[u8]) -> Option<Timestamp> {
        let (minute, rest) = text.split_first_chunk::<16>()?;
        if self.minute.as_ref() != Some(minute) {
            if !matches!(self.encoding, TimeEncoding::Auto | TimeEncoding::Iso8601) {
                return None;
            }
            let fixed = minute[13] == b':' && matches!(minute[10], b'T' | b' ' | b't');
            let spelled = iso::read(minute).ok().filter(|_| fixed)?;
            // Seconds may not follow the end of a day, nor an offset in these 16 bytes.
            if spelled.offset.is_some() || &minute[11..13] == b"24" {
                return None;
            }
            self.minute = Some(*minute);
            self.wall = spelled.wall;
        }
        let &[b':', tens, ones, ref rest @ ..] = rest else {
            return None;
        };
        let mut rest = rest;
        let mut micros = self.wall + two(tens, ones).filter(|s| *s < 60)? * SECOND;
        let mut nanos = 0;
        if let [b'.', after @ ..] = rest {
            let run = after.iter().take_while(|b| b.is_ascii_digit()).count();
            if !(1..=9).contains(&run) {
                return None;
            }
            let (digits, after) = after.split_at(run);
            let value = digits
                .iter()
                .fold(0_u32, |value, b| value * 10 + u32::from(b - b'0'));
            let value = value * 10_u32.pow(9 - run as u32);
            micros += i64::from(value / 1000);
            nanos = (value % 1000) as u16;
            rest = after;
        }
        let offset = match rest {
            [] | b"Z" | b"+00:00" => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let hours = two(*h1, *h2).filter(|h| *h <= 18)? * HOUR;
                let offset = hours + two(*m1, *m2).filter(|m| *m < 60)? * MINUTE;
                if *sign == b'-' { -offset } else { offset }
            }
            _ => return None,
        };
        Some(Timestamp::with_nanos(micros - offset, nanos))
    }
}

/// Two digits as a number.
fn two(tens: u8, ones: u8) -> Option<i64> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}
