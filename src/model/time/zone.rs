//! Time zones: wall time to moments and back, and moments as people read them. The only module
//! that asks the machine for its local zone.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use chrono::{Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};

use super::civil::{DAY, HOUR, MINUTE, SECOND, day_number};
use super::{Civil, Timestamp, ZoneError};

/// The zone in which moments are shown and typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Zone {
    /// Universal time.
    #[default]
    Utc,
    /// The machine's zone.
    Local,
    /// A zone of the IANA database.
    Named(Tz),
}

/// How much of a moment is shown. Digits that are left out are cut, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `2024-12-31 23:59:00`
    Seconds,
    /// `2024-12-31 23:59:00.123`
    Millis,
    /// `2024-12-31 23:59:00.123456`, with nine digits if there are nanoseconds.
    Micros,
    /// With 0, 3, 6 or 9 fraction digits: as many as say it exactly.
    AsNeeded,
    /// `2024-12-31`
    Date,
    /// `12-31 23:59:00`
    Short,
    /// `23:59:00`
    Clock,
}

/// Something about a wall time that needs saying, as a sentence in its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneNote {
    /// The clock showed it twice; the earlier was taken.
    Twice {
        /// What was asked for.
        wall: Civil,
        /// Where.
        zone: Zone,
        /// The moment that was taken.
        earlier: Timestamp,
        /// The other.
        later: Timestamp,
    },
    /// The clock jumped over it; the moment as far after the jump was taken.
    Skipped {
        /// What was asked for.
        wall: Civil,
        /// Where.
        zone: Zone,
        /// The moment that was taken.
        taken: Timestamp,
    },
}

/// How a wall time maps to moments, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wall {
    Once(i64),
    Twice { earlier: i64, later: i64 },
    Skipped(i64),
}

impl Zone {
    /// What calendar and clock show at a moment.
    #[must_use]
    pub fn civil(self, moment: Timestamp) -> Civil {
        Civil::from_wall(self.wall(moment))
    }

    /// The moment at which calendar and clock show this. A wall time that occurs twice takes the
    /// earlier, one that does not exist moves forward; both are noted.
    #[must_use]
    pub fn moment(self, civil: Civil) -> (Timestamp, Option<ZoneNote>) {
        let (micros, note) = self.resolve(civil.wall());
        (Timestamp::from_micros(micros), note)
    }

    /// A moment for people, with its zone: `2024-12-31 23:59:00.123456 UTC`, `… +01:00`.
    #[must_use]
    pub fn format(self, moment: Timestamp, style: Style) -> String {
        let mut text = self.format_bare(moment, style);
        text.push(' ');
        text.push_str(&self.label(moment));
        text
    }

    /// A moment that was asked for as a sentence has it: the end of a second, which is how a bare date
    /// is taken and nobody typed, stays unsaid. Times of events are told in full.
    #[must_use]
    pub fn say(self, moment: Timestamp) -> String {
        let is_end =
            moment.micros().rem_euclid(1_000_000) == 999_999 && moment.sub_micro_nanos() == 999;
        self.format(
            moment,
            if is_end {
                Style::Seconds
            } else {
                Style::AsNeeded
            },
        )
    }

    /// A moment for people, in views that name the zone once elsewhere.
    #[must_use]
    pub fn format_bare(self, moment: Timestamp, style: Style) -> String {
        bare(self.wall(moment), moment.sub_micro_nanos(), style)
    }

    /// What to write beside a time: `UTC`, else the offset at that moment (`+01:00`), since names
    /// and abbreviations do not tell the two hours of an autumn night apart. The zone's name is
    /// its `Display`.
    #[must_use]
    pub fn label(self, moment: Timestamp) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            zone => offset_text(zone.offset(moment.micros())),
        }
    }

    /// Wall microseconds at a moment.
    pub(super) fn wall(self, moment: Timestamp) -> i64 {
        let micros = moment.micros();
        micros.saturating_add(self.offset(micros))
    }

    /// The moment of a wall time, in microseconds.
    pub(super) fn resolve(self, wall: i64) -> (i64, Option<ZoneNote>) {
        if self == Self::Utc {
            return (wall, None);
        }
        let (zone, asked) = (self, Civil::from_wall(wall));
        match resolve(wall, |micros| self.offset(micros)) {
            Wall::Once(micros) => (micros, None),
            Wall::Twice { earlier, later } => {
                let note = ZoneNote::Twice {
                    wall: asked,
                    zone,
                    earlier: Timestamp::from_micros(earlier),
                    later: Timestamp::from_micros(later),
                };
                (earlier, Some(note))
            }
            Wall::Skipped(micros) => {
                let note = ZoneNote::Skipped {
                    wall: asked,
                    zone,
                    taken: Timestamp::from_micros(micros),
                };
                (micros, Some(note))
            }
        }
    }

    /// Microseconds ahead of UTC at a moment in microseconds.
    pub(super) fn offset(self, micros: i64) -> i64 {
        // Zone rules are asked only for years in which the libraries surely answer; beyond them
        // the nearest rule goes on.
        const FIRST: i64 = day_number(1, 1, 2) * DAY;
        const LAST: i64 = day_number(9999, 12, 30) * DAY;
        let clamped = Timestamp::from_micros(micros.clamp(FIRST, LAST));
        let Some(utc) = clamped.to_chrono().map(|moment| moment.naive_utc()) else {
            return 0;
        };
        let offset = match self {
            Self::Utc => return 0,
            Self::Local => chrono::Local.offset_from_utc_datetime(&utc),
            Self::Named(tz) => tz.offset_from_utc_datetime(&utc).fix(),
        };
        i64::from(offset.local_minus_utc()) * SECOND
    }
}

/// Finds the moments at which a wall clock shows `wall`, given the offset at any moment. Works for
/// one jump of the clock within a day on either side, which is all that any zone has had.
pub(super) fn resolve(wall: i64, offset: impl Fn(i64) -> i64) -> Wall {
    let before = offset(wall.saturating_sub(DAY));
    let after = offset(wall.saturating_add(DAY));
    let at = |shift: i64| wall.saturating_sub(shift);
    let fits = |shift: i64| offset(at(shift)) == shift;
    match (fits(before), fits(after)) {
        (true, true) if before != after => Wall::Twice {
            earlier: at(before.max(after)),
            later: at(before.min(after)),
        },
        (true, _) => Wall::Once(at(before)),
        (false, true) => Wall::Once(at(after)),
        (false, false) => Wall::Skipped(at(before.min(after))),
    }
}

/// Wall microseconds and nanoseconds as text.
pub(super) fn bare(wall: i64, nanos: u16, style: Style) -> String {
    let mut text = String::with_capacity(32);
    // Writing to a String cannot fail.
    let _ = write_bare(&mut text, Civil::from_wall(wall), nanos, style);
    text
}

fn write_bare(f: &mut String, civil: Civil, nanos: u16, style: Style) -> fmt::Result {
    match style {
        Style::Clock => return civil.write_clock(f),
        Style::Short => write!(f, "{:02}-{:02}", civil.month, civil.day)?,
        _ => civil.write_date(f)?,
    }
    if style == Style::Date {
        return Ok(());
    }
    f.write_char(' ')?;
    civil.write_clock(f)?;
    let micros = civil.micros;
    let digits = match (style, nanos) {
        (Style::Micros | Style::AsNeeded, 1..) => 9,
        (Style::Micros, 0) => 6,
        (Style::AsNeeded, 0) if !micros.is_multiple_of(1000) => 6,
        (Style::AsNeeded, 0) if micros != 0 => 3,
        (Style::Millis, _) => 3,
        _ => 0,
    };
    match digits {
        9 => write!(f, ".{micros:06}{nanos:03}"),
        6 => write!(f, ".{micros:06}"),
        3 => write!(f, ".{:03}", micros / 1000),
        _ => Ok(()),
    }
}

/// `+01:00`; `-00:44:30` where a zone kept local mean time.
pub(super) fn offset_text(offset: i64) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let size = offset.abs();
    let mut text = format!("{sign}{:02}:{:02}", size / HOUR, size / MINUTE % 60);
    if size % MINUTE != 0 {
        let _ = write!(text, ":{:02}", size / SECOND % 60);
    }
    text
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utc => "UTC",
            Self::Local => "local",
            Self::Named(tz) => tz.name(),
        })
    }
}

impl fmt::Display for ZoneNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice {
                wall,
                zone,
                earlier,
                later,
            } => write!(
                f,
                "{wall} occurs twice in {}: the earlier ({}) is taken, not {} later ({})",
                place_name(*zone),
                zone.label(*earlier),
                *later - *earlier,
                zone.label(*later),
            ),
            Self::Skipped { wall, zone, taken } => write!(
                f,
                "{wall} does not exist in {}: moved forward to {}",
                place_name(*zone),
                zone.format(*taken, Style::AsNeeded),
            ),
        }
    }
}

/// The zone as it stands after “in”.
fn place_name(zone: Zone) -> String {
    match zone {
        Zone::Local => "local time".to_owned(),
        zone => zone.to_string(),
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        let text = text.trim();
        let is = |name: &str| name.eq_ignore_ascii_case(text);
        if is("UTC") || is("GMT") || is("Z") {
            return Ok(Self::Utc);
        }
        if is("local") {
            return Ok(Self::Local);
        }
        let name = text.replace(' ', "_");
        let known = |tz: &&Tz| tz.name().eq_ignore_ascii_case(&name);
        if let Some(tz) = TZ_VARIANTS.iter().find(known) {
            return Ok(Self::Named(*tz));
        }
        Err(ZoneError {
            name: super::error::excerpt(text.as_bytes()),
            suggestions: suggestions(&name.to_ascii_lowercase()),
        })
    }
}

/// Up to three zones whose names hold what was written.
fn suggestions(lower: &str) -> Vec<&'static str> {
    if lower.len() < 3 {
        return Vec::new();
    }
    let names = TZ_VARIANTS.iter().map(|tz| tz.name());
    let alike = names.filter(|name| name.to_ascii_lowercase().contains(lower));
    alike.take(3).collect()
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(text: String) -> Result<Self, ZoneError> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}
