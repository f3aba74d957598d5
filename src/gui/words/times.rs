//! How times stand in a table. The zone stands in the column's head.

use crate::gui::model::Model;
use crate::log::{Clock, Log};
use crate::model::time::{Style, Zone};
use crate::model::{EventIx, Timestamp};

/// How times stand in the table: with as many digits as the store has, and with the year only where
/// it has several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::gui) struct TimeFormat {
    zone: Zone,
    style: Style,
    /// The one year of all times.
    year: Option<i32>,
    nanos: bool,
}

/// The format of a log, made once for each of its snapshots.
#[derive(Clone, Debug, Default)]
pub(in crate::gui) struct TimeFormats(Option<((u64, Clock, Zone), TimeFormat)>);

impl TimeFormats {
    /// For the log as it is now.
    pub fn get(&mut self, model: &Model, log: &Log) -> TimeFormat {
        let revision = model.session.as_ref().map_or(0, |session| session.revision);
        let key = (revision, model.clock(), model.zone());
        match self.0 {
            Some((known, times)) if known == key => times,
            _ => {
                let times = TimeFormat::of(log, model.clock(), model.zone());
                self.0 = Some((key, times));
                times
            }
        }
    }
}

/// Events looked at for how many digits times have.
const SAMPLES: u32 = 64;

impl TimeFormat {
    pub fn of(log: &Log, clock: Clock, zone: Zone) -> Self {
        let count = log.len() as u32;
        let step = (count / SAMPLES).max(1) as usize;
        let samples = (0..count).step_by(step).map(EventIx);
        let times = samples.filter_map(|event| log.own_time(event, clock));
        let mut style = Style::Seconds;
        let mut nanos = false;
        for time in times {
            nanos |= time.sub_micro_nanos() != 0;
            style = match time.micros().rem_euclid(1_000_000) {
                0 => style,
                micros if micros % 1000 == 0 && style == Style::Seconds => Style::Millis,
                micros if micros % 1000 == 0 => style,
                _ => Style::Micros,
            };
        }
        let year = |time| zone.civil(time).year;
        let span = log.time_span(clock);
        let years = span.map(|(first, last)| (year(first), year(last)));
        Self {
            zone,
            style: if nanos { Style::Micros } else { style },
            year: years
                .filter(|(first, last)| first == last)
                .map(|(first, _)| first),
            nanos,
        }
    }

    /// Date and clock.
    pub fn parts(&self, time: Timestamp) -> (String, String) {
        let text = self.zone.format_bare(time, self.style);
        let (date, clock) = text.split_once(' ').unwrap_or(("", &text));
        let date = if self.shares_year(self.zone.civil(time).year) {
            // The year may have a sign.
            let rest = date.get(1..).and_then(|rest| rest.split_once('-'));
            rest.map_or(date, |(_, rest)| rest)
        } else {
            date
        };
        (date.to_owned(), clock.to_owned())
    }

    /// Date and clock in one, with as many digits as the table has, or more where it needs them: what
    /// moves on does not grow and shrink.
    pub fn full(&self, time: Timestamp) -> String {
        let exact = self.zone.format_bare(time, Style::AsNeeded);
        let usual = self.zone.format_bare(time, self.style);
        match exact.len() > usual.len() {
            true => exact,
            false => usual,
        }
    }

    /// With no more digits than it needs. A whole day's last microsecond reads as the day.
    pub fn short(&self, time: Timestamp) -> String {
        let civil = self.zone.civil(time);
        let ends_day = (civil.hour, civil.minute, civil.second) == (23, 59, 59);
        let text = if ends_day && civil.micros == 999_999 {
            self.zone.format_bare(time, Style::Date)
        } else {
            let text = self.zone.format_bare(time, Style::AsNeeded);
            let whole = civil.second == 0 && civil.micros == 0 && time.sub_micro_nanos() == 0;
            let short = text.strip_suffix(":00").filter(|_| whole);
            short.map(str::to_owned).unwrap_or(text)
        };
        match text.split_once('-') {
            Some((year, rest)) if self.shares_year(civil.year) && !year.is_empty() => {
                rest.to_owned()
            }
            _ => text,
        }
    }

    /// Whether all times of the log are of this year, so that it need not be said.
    pub fn shares_year(&self, year: i32) -> bool {
        self.year == Some(year)
    }

    /// Of a column of them.
    pub fn width(&self) -> f32 {
        let date = if self.year.is_some() { 5.0 } else { 10.0 };
        let clock = match self.style {
            Style::Micros if self.nanos => 18.0,
            Style::Micros => 15.0,
            Style::Millis => 12.0,
            _ => 8.0,
        };
        // Cells are set in digits 6.6 wide, 6 between date and clock, 6 at either side.
        ((date + clock) * 6.6_f32 + 6.0 + 12.0 + 6.0)
            .ceil()
            .max(104.0)
    }
}
