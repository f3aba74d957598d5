//! Where a typed time was meant to hold: a zone, or a bare offset; and what a typed zone name
//! means, abbreviations included.

use chrono::{Offset as _, TimeZone as _};
use chrono_tz::{OffsetName as _, TZ_VARIANTS, Tz};

use super::civil::{DAY, SECOND, date_of, day_number};
use super::zone::{bare, offset_text};
use super::{InputError, Style, Timestamp, Zone, ZoneNote};

/// A zone or a fixed offset in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Zone(Zone),
    Fixed(i64),
}

impl Place {
    pub(super) fn offset(self, micros: i64) -> i64 {
        match self {
            Self::Zone(zone) => zone.offset(micros),
            Self::Fixed(offset) => offset,
        }
    }

    /// Wall microseconds at a moment.
    pub(super) fn wall(self, moment: Timestamp) -> i64 {
        let micros = moment.micros();
        micros.saturating_add(self.offset(micros))
    }

    /// The moment of a wall time, in microseconds.
    pub(super) fn resolve(self, wall: i64) -> (i64, Option<ZoneNote>) {
        match self {
            Self::Zone(zone) => zone.resolve(wall),
            Self::Fixed(offset) => (wall.saturating_sub(offset), None),
        }
    }

    /// A moment with its place: `2024-12-31 23:59:00 +01:00 (Europe/Berlin)`.
    pub(super) fn echo(self, moment: Timestamp) -> String {
        let clock = bare(self.wall(moment), moment.sub_micro_nanos(), Style::AsNeeded);
        match self {
            Self::Fixed(0) | Self::Zone(Zone::Utc) => format!("{clock} UTC"),
            Self::Fixed(offset) => format!("{clock} {}", offset_text(offset)),
            Self::Zone(zone) => format!("{clock} {} ({zone})", zone.label(moment)),
        }
    }
}

/// Zones that most people mean by an abbreviation, named first where it has several meanings.
const WELL_KNOWN: [Tz; 10] = [
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Los_Angeles,
    Tz::Europe__London,
    Tz::Europe__Dublin,
    Tz::Asia__Kolkata,
    Tz::Asia__Jerusalem,
    Tz::Asia__Shanghai,
    Tz::Asia__Manila,
];

/// What a typed zone name means around a wall time. An abbreviation means its literal offset
/// (CET is +01:00 in summer too), first as the chosen zone uses it, else if all zones agree.
pub(super) fn named(text: &str, name: &str, wall: i64, chosen: Zone) -> Result<Place, InputError> {
    let parsed = name.parse::<Zone>();
    match parsed {
        Ok(zone @ (Zone::Utc | Zone::Local)) => return Ok(Place::Zone(zone)),
        Ok(zone) if name.contains('/') => return Ok(Place::Zone(zone)),
        _ => {}
    }
    let (year, ..) = date_of(wall.div_euclid(DAY));
    if let Zone::Named(tz) = chosen
        && let Some(offset) = abbreviated(tz, name, year)
    {
        return Ok(Place::Fixed(offset));
    }
    let mut meanings: Vec<(i64, Tz)> = Vec::new();
    for &tz in WELL_KNOWN.iter().chain(TZ_VARIANTS.iter()) {
        if let Some(offset) = abbreviated(tz, name, year)
            && meanings.iter().all(|(known, _)| *known != offset)
        {
            meanings.push((offset, tz));
        }
    }
    match meanings[..] {
        [] => match parsed {
            Ok(zone) => Ok(Place::Zone(zone)),
            Err(error) => Err(InputError::UnknownZone {
                text: super::error::excerpt(text.as_bytes()),
                error,
            }),
        },
        [(offset, _)] => Ok(Place::Fixed(offset)),
        [(_, first), ..] => Err(InputError::AmbiguousZone {
            name: name.to_owned(),
            readings: readings(&meanings),
            example: first.name().to_owned(),
        }),
    }
}

/// `-06:00 (America/Chicago), +08:00 (Asia/Shanghai) or -05:00 (America/Havana)`
fn readings(meanings: &[(i64, Tz)]) -> String {
    let mut text = String::new();
    for (at, (offset, tz)) in meanings.iter().enumerate() {
        text.push_str(match at {
            0 => "",
            at if at + 1 == meanings.len() => " or ",
            _ => ", ",
        });
        text.push_str(&format!("{} ({})", offset_text(*offset), tz.name()));
    }
    text
}

/// The offset for which a zone uses this abbreviation in winter or summer of a year.
fn abbreviated(tz: Tz, name: &str, year: i64) -> Option<i64> {
    [(1, 1), (7, 1)].into_iter().find_map(|(month, day)| {
        let moment = Timestamp::from_micros(day_number(year, month, day) * DAY);
        let offset = tz.offset_from_utc_datetime(&moment.to_chrono()?.naive_utc());
        let same = offset.abbreviation()?.eq_ignore_ascii_case(name);
        same.then(|| i64::from(offset.fix().local_minus_utc()) * SECOND)
    })
}
