//! What people type for a moment: into the time field, and after `--at`, `--from` and `--to`.
//! The rules are those of the semantics page; every reading is echoed with its zone.

use super::civil::{DAY, date_of, day_number, month_start};
use super::error::excerpt;
use super::iso::{self, Detail, Fault};
use super::loose::{self, Loose};
use super::place::{self, Place};
use super::step;
use super::{InputError, TimeEncoding, TimeError, Timestamp, Zone, ZoneNote};
use crate::model::{Position, PositionName, Version};

/// Which end of a typed day, month or year is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Its first microsecond (`--from`).
    Start,
    /// Its last microsecond (`--at`, `--to`).
    End,
}

/// What typed moments are relative to.
#[derive(Clone, Copy, Debug)]
pub struct InputContext {
    /// The clock.
    pub now: Timestamp,
    /// The time of the store's head; none for a store without times.
    pub head: Option<Timestamp>,
    /// The cursor, where it stands at a time: a bare `14:34` is on its day, else on the head's,
    /// else today.
    pub cursor: Option<Timestamp>,
    /// The zone of times typed without one.
    pub zone: Zone,
    /// What a bare date means.
    pub edge: Edge,
}

/// A place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A time, inclusive.
    Time(Timestamp),
    /// A global position, inclusive; that of a file where one is named.
    Position(PositionName),
    /// A version of the selected stream.
    Version(Version),
    /// The end of the log, wherever it moves.
    Head,
}

/// A moment as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The moment.
    pub moment: Moment,
    /// What the zone made of it, if that needs saying.
    pub note: Option<ZoneNote>,
    /// The reading for people: `2024-12-31 23:59:59.999999999 UTC`, `#1042`, `v7`, `head`.
    pub echo: String,
}

/// The microseconds that begin the year 1 and end the year 9999: no other year has four digits, as
/// times are written.
const FIRST: i64 = day_number(1, 1, 1) * DAY;
const LAST: i64 = day_number(10_000, 1, 1) * DAY - 1;

/// A date or time before it is placed in a zone.
struct Body {
    day: Day,
    length: Length,
    /// Microseconds of the day.
    clock: i64,
    nanos: u16,
    offset: Option<i64>,
}

enum Day {
    Number(i64),
    Today,
    Yesterday,
    Cursor,
}

enum Length {
    Instant,
    Day,
    Month,
    Year,
}

/// Reads what was typed.
///
/// # Errors
/// If nothing was typed, it cannot be understood, could mean two things, counts from a head that has
/// no time, or lies beyond the years that can be written.
pub fn parse(text: &str, context: &InputContext) -> Result<Typed, InputError> {
    let typed = understood(text.trim(), context)?;
    match typed.moment {
        Moment::Time(time) if !(FIRST..=LAST).contains(&time.micros()) => Err(InputError::Beyond {
            text: excerpt(text.trim().as_bytes()),
        }),
        _ => Ok(typed),
    }
}

fn understood(text: &str, context: &InputContext) -> Result<Typed, InputError> {
    if text.is_empty() {
        return Err(InputError::Empty);
    }
    let zone = Place::Zone(context.zone);
    if let Some(moment) = address(text) {
        let echo = match &moment {
            Moment::Position(position) => position.to_string(),
            Moment::Version(version) => version.to_string(),
            Moment::Time(_) | Moment::Head => "head".to_owned(),
        };
        return Ok(Typed {
            moment,
            note: None,
            echo,
        });
    }
    if text.eq_ignore_ascii_case("now") {
        return Ok(at(context.now, None, zone, context.zone));
    }
    if let Some(span) = step::ago(text) {
        return Ok(at(
            context.now.saturating_add(-span?),
            None,
            zone,
            context.zone,
        ));
    }
    if let Some(step) = step::step(text) {
        let head = context.head.ok_or_else(|| InputError::NoTimes {
            text: excerpt(text.as_bytes()),
        })?;
        return Ok(at(head.saturating_add(step?), None, zone, context.zone));
    }
    if let Some(moment) = number(text) {
        return Ok(at(moment?, None, zone, context.zone));
    }
    let (body, place) = placed_body(text, context)?;
    Ok(resolve(&body, place, context))
}

fn at(moment: Timestamp, note: Option<ZoneNote>, place: Place, shown: Zone) -> Typed {
    let mut echo = place.echo(moment);
    let here = Place::Zone(shown);
    if here.offset(moment.micros()) != place.offset(moment.micros()) {
        echo.push_str(" = ");
        echo.push_str(&here.echo(moment));
    }
    Typed {
        moment: Moment::Time(moment),
        note,
        echo,
    }
}

/// `#184,203`, `#orders:12`, `v7`, `head`.
fn address(text: &str) -> Option<Moment> {
    if text.eq_ignore_ascii_case("head") {
        return Some(Moment::Head);
    }
    if let Some(position) = position(text) {
        return Some(Moment::Position(position));
    }
    let digits = text.strip_prefix(['v', 'V'])?;
    integer(digits).map(|number| Moment::Version(Version(number)))
}

/// A position as it is shown: `#1042`, `#orders:12`.
#[must_use]
pub fn position(text: &str) -> Option<PositionName> {
    let text = text.trim().strip_prefix('#')?;
    let (file, digits) = match text.rsplit_once(':') {
        Some((file, _)) if file.trim().is_empty() => return None,
        Some((file, digits)) => (Some(file.trim().into()), digits),
        None => (None, text),
    };
    let position = Position(integer(digits)?);
    Some(PositionName { file, position })
}

/// A whole number, perhaps with thousands separators.
fn integer(text: &str) -> Option<i64> {
    let separator = |c: char| matches!(c, ',' | '_' | '\'' | '’') || c.is_whitespace();
    let text = text.trim();
    if text.starts_with(separator) || text.ends_with(separator) {
        return None;
    }
    text.replace(separator, "").parse().ok()
}

/// Epoch numbers; none for what is no number or a date without dashes.
fn number(text: &str) -> Option<Result<Timestamp, InputError>> {
    let digits = integer(text);
    let whole = text.split('.').next().unwrap_or_default();
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fractional = text.len() > whole.len() && plain(&text.replacen('.', "", 1));
    if digits.is_none() && !fractional {
        return None;
    }
    if plain(text) && (year(text).is_some() || iso::read(text.as_bytes()).is_ok()) {
        return None;
    }
    if whole.len() >= 9 && (plain(text) || fractional) {
        let read = TimeEncoding::Auto.read_text(text);
        return Some(read.map_err(|error| date_error(&error)));
    }
    let digits = digits.map_or_else(|| whole.to_owned(), |number| number.to_string());
    Some(Err(InputError::PlainNumber {
        number: excerpt(text.as_bytes()),
        digits: excerpt(digits.as_bytes()),
    }))
}

/// A date or time with the place where it holds: its own offset or zone name, else the chosen zone.
fn placed_body(text: &str, context: &InputContext) -> Result<(Body, Place), InputError> {
    let whole = match body(text) {
        Ok(body) => {
            let place = body.offset.map_or(Place::Zone(context.zone), Place::Fixed);
            return Ok((body, place));
        }
        Err(error) => error,
    };
    let Some((before, name)) = text.rsplit_once(char::is_whitespace) else {
        return Err(whole);
    };
    let name = name.trim_matches(['(', ')']);
    let Ok(body) = body(before.trim_end()) else {
        return Err(whole);
    };
    if !name.starts_with(char::is_alphabetic) {
        return Err(whole);
    }
    let wall = match body.day {
        Day::Number(day) => day.saturating_mul(DAY),
        _ => context.now.micros(),
    };
    let place = place::named(text, name, wall, context.zone)?;
    match body.offset {
        // An offset is exact; the name after it only repeats it.
        Some(offset) => Ok((body, Place::Fixed(offset))),
        None => Ok((body, place)),
    }
}

/// Reads a date, a time or both, without a zone name.
fn body(text: &str) -> Result<Body, InputError> {
    let plainer = || loose::plainer(text).and_then(|plain| plain_body(&plain).ok());
    plain_body(text).or_else(|error| plainer().ok_or(error))
}

fn plain_body(text: &str) -> Result<Body, InputError> {
    let not_understood = || InputError::NotUnderstood {
        text: excerpt(text.as_bytes()),
    };
    let fault = match shorter_than_day(text).map_or_else(|| day_word(text), Ok) {
        Ok(body) => return Ok(body),
        Err(Fault::Shape) => match iso::read(text.as_bytes()) {
            Ok(spelled) => return Ok(of_spelled(spelled)),
            Err(fault) => fault,
        },
        Err(fault) => fault,
    };
    match loose::read(text) {
        Some(Ok(Loose::Spelled(spelled))) => Ok(of_spelled(spelled)),
        Some(Ok(Loose::Moment(moment))) => Ok(Body {
            day: Day::Number(moment.micros().div_euclid(DAY)),
            length: Length::Instant,
            clock: moment.micros().rem_euclid(DAY),
            nanos: moment.sub_micro_nanos(),
            offset: Some(0),
        }),
        Some(Err(error)) => Err(date_error(&error)),
        None => match fault {
            Fault::Shape => Err(not_understood()),
            Fault::Field(field, value) => Err(InputError::Date {
                reason: format!("“{}” has no {field} {value}", excerpt(text.as_bytes())),
            }),
        },
    }
}

fn date_error(error: &TimeError) -> InputError {
    let reason = match error {
        TimeError::Ambiguous {
            text,
            day_first,
            month_first,
        } => format!("“{text}” could be {day_first} or {month_first}"),
        error => error.to_string(),
    };
    InputError::Date { reason }
}

fn of_spelled(spelled: iso::Spelled) -> Body {
    Body {
        day: Day::Number(spelled.wall.div_euclid(DAY)),
        length: match spelled.detail {
            Detail::Day => Length::Day,
            Detail::Clock => Length::Instant,
        },
        clock: spelled.wall.rem_euclid(DAY),
        nanos: spelled.nanos,
        offset: spelled.offset,
    }
}

/// A year of four digits, near enough not to be a count of something.
fn year(text: &str) -> Option<i64> {
    let year = Some(text).filter(|text| text.len() == 4)?.parse().ok()?;
    (1900..2200).contains(&year).then_some(year)
}

/// `2024-12`, `Dec 2024` and `2024`.
fn shorter_than_day(text: &str) -> Option<Body> {
    let named = text.split_once(' ');
    let named = named.and_then(|(name, year)| Some((loose::month_named(name)?, year)));
    let (year, month, length) = match (named, text.split_once(['-', '/'])) {
        (Some((month, of)), _) => (year(of)?, i64::try_from(month).ok()?, Length::Month),
        (None, Some((before, month))) if month.len() == 2 => {
            let month = month.parse().ok().filter(|m| (1..=12).contains(m))?;
            (year(before)?, month, Length::Month)
        }
        (None, Some(_)) => return None,
        (None, None) => (year(text)?, 1, Length::Year),
    };
    Some(Body {
        day: Day::Number(day_number(year, month, 1)),
        length,
        clock: 0,
        nanos: 0,
        offset: None,
    })
}

/// `today`, `yesterday 14:34`, `14:34`, each perhaps with an offset.
fn day_word(text: &str) -> Result<Body, Fault> {
    let word_end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(word_end);
    let day = match word.to_ascii_lowercase().as_str() {
        "today" => Day::Today,
        "yesterday" => Day::Yesterday,
        "" if is_clock(text) => Day::Cursor,
        _ => return Err(Fault::Shape),
    };
    // A leading space lets a bare clock time stand where a date would be.
    let clock = format!(" {rest}");
    let spelled = iso::read_after_date(0, clock.as_bytes())?;
    Ok(Body {
        day,
        // Not only the rest within the day: 24:00 is the next.
        clock: spelled.wall,
        ..of_spelled(spelled)
    })
}

/// Whether a text begins like `14:34` or `9:05`.
fn is_clock(text: &str) -> bool {
    let run = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&run) && text.as_bytes().get(run) == Some(&b':')
}

fn resolve(body: &Body, place: Place, context: &InputContext) -> Typed {
    let day_of = |moment: Timestamp| place.wall(moment).div_euclid(DAY);
    let day = match body.day {
        Day::Number(day) => day,
        Day::Today => day_of(context.now),
        Day::Yesterday => day_of(context.now) - 1,
        Day::Cursor => day_of(context.cursor.or(context.head).unwrap_or(context.now)),
    };
    let (year, month, _) = date_of(day);
    let next = match body.length {
        Length::Instant => {
            let wall = day.saturating_mul(DAY).saturating_add(body.clock);
            let (micros, note) = place.resolve(wall);
            let moment = Timestamp::with_nanos(micros, body.nanos);
            return at(moment, note, place, context.zone);
        }
        Length::Day => day + 1,
        Length::Month => month_start(year * 12 + month),
        Length::Year => day_number(year + 1, 1, 1),
    };
    match context.edge {
        Edge::Start => {
            let (micros, note) = place.resolve(day.saturating_mul(DAY));
            at(Timestamp::from_micros(micros), note, place, context.zone)
        }
        // A day ends where the next begins, whatever its clocks show there: nothing to note.
        Edge::End => {
            let next = place.resolve(next.saturating_mul(DAY)).0;
            let moment = Timestamp::with_nanos(next.saturating_sub(1), 999);
            at(moment, None, place, context.zone)
        }
    }
}
