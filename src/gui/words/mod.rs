//! How things are named wherever the window names one: an event's type, version, position, distance in
//! time; times in columns. Pure text; nothing here draws.

mod times;

pub(in crate::gui) use times::{TimeFormat, TimeFormats};

use crate::log::{Clock, Log};
use crate::model::time::{Zone, relative};
use crate::model::{EventIx, PositionName, StreamIx, Timestamp};
use crate::render::grouped;

/// The event's type.
pub(in crate::gui) fn type_of(log: &Log, event: EventIx) -> &str {
    log.type_name(log.event_type(event))
}

/// An event's position with its digits in groups: `#184,171`, `#orders:105`.
pub(in crate::gui) fn position(log: &Log, event: EventIx) -> String {
    position_named(&log.position_name(event))
}

/// The same of a position that is known by its name.
pub(in crate::gui) fn position_named(name: &PositionName) -> String {
    format!("#{}", bare_position(name))
}

/// The same in a column that is headed "Position": without its sign.
pub(in crate::gui) fn bare_position(name: &PositionName) -> String {
    let position = name.position.0;
    let sign = if position < 0 { "−" } else { "" };
    let digits = grouped(position.unsigned_abs());
    match &name.file {
        Some(file) => format!("{file}:{sign}{digits}"),
        None => format!("{sign}{digits}"),
    }
}

/// The event's version in a stream: `v41`; empty where it has none there.
pub(in crate::gui) fn version(log: &Log, stream: StreamIx, event: EventIx) -> String {
    log.version_in(event, stream)
        .map_or_else(String::new, |version| version.to_string())
}

/// Version and position: `v41 · #184,171`.
pub(in crate::gui) fn place(log: &Log, stream: StreamIx, event: EventIx) -> String {
    let position = position(log, event);
    match log.version_in(event, stream) {
        Some(version) => format!("{version} · {position}"),
        None => position,
    }
}

/// How long before the cursor the event was, or how soon after it comes, for a column headed
/// "before cursor": `3 h 12 min`, `in 1 min`. Its position in a store without times.
pub(in crate::gui) fn age(
    log: &Log,
    clock: Clock,
    event: EventIx,
    (now, zone): (Option<Timestamp>, Zone),
) -> String {
    match (log.time(event, clock), now) {
        (Some(time), Some(now)) if time > now => format!("in {}", zone.apart(now, time)),
        (Some(time), Some(now)) if time == now => "at cursor".to_owned(),
        (Some(time), Some(now)) => zone.apart(time, now),
        _ => position(log, event),
    }
}

/// The same in a sentence: `3 h 12 min before cursor`; nothing in a store without times.
pub(in crate::gui) fn distance(
    time: Option<Timestamp>,
    now: Option<Timestamp>,
    zone: Zone,
) -> Option<String> {
    Some(relative(time?, now?, zone))
}

/// How long before or after `this` another event was: `212 ms before`.
pub(in crate::gui) fn delay(log: &Log, clock: Clock, other: EventIx, this: EventIx) -> String {
    let (Some(at), Some(this)) = (log.time(other, clock), log.time(this, clock)) else {
        return position(log, other);
    };
    match at.cmp(&this) {
        std::cmp::Ordering::Less => format!("{} before", this - at),
        std::cmp::Ordering::Equal => "at the same time".to_owned(),
        std::cmp::Ordering::Greater => format!("{} after", at - this),
    }
}

/// A count with its noun: `1 event`, `1,204 events`.
pub(in crate::gui) fn counted(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(count as u64))
}
