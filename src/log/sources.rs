//! A log made of several files' logs: which of its events is which event of which file, how they
//! stand among each other, and what positions are called there. Opens and reads nothing.

use std::fmt;
use std::sync::Arc;

use super::{Bound, Clock, Log, Place};
use crate::model::time::{Style, Zone};
use crate::model::{EventIx, Position, PositionName, Timestamp};

/// One of the files that a log was made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is called: no two files of a log have the same name.
    pub name: Arc<str>,
    /// Its own log, in its own order.
    pub log: Log,
    /// The clock by which its events stand among those of the others; none where the files stand one
    /// after the other.
    pub clock: Option<Clock>,
}

/// Where an event of a file stands among those of all files.
pub type Standing = (Option<Timestamp>, u32, EventIx);

impl Source {
    /// Where `event` of this file, which is the one numbered `file`, stands: by time, then by file,
    /// then by its place in the file's own log.
    #[must_use]
    pub fn standing(&self, file: u32, event: EventIx) -> Standing {
        let time = self.clock.and_then(|clock| self.log.time(event, clock));
        (time, file, event)
    }
}

/// Why a position is none of a log. Each sentence says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Which file's?
    #[error("several files are open, so a position needs its file: #{file}:{position}")]
    WithoutFile {
        /// The first file.
        file: Arc<str>,
        /// The position as written.
        position: i64,
    },
    /// No open file has that name.
    #[error("no file that is open is called {file}: write {known}")]
    NoSuchFile {
        /// The name as written.
        file: Arc<str>,
        /// The same position in those that are.
        known: String,
    },
    /// A single file has no name in positions.
    #[error("only one file is open, so its positions have no name before them: #{0}")]
    SingleFile(i64),
}

/// That a position lies beyond the last one, which is this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndsBefore(pub PositionName);

impl fmt::Display for EndsBefore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(last) = self;
        match &last.file {
            None => write!(f, "the log ends at {last}"),
            Some(file) => write!(f, "{file} ends at {last}"),
        }
    }
}

/// That a moment lies after the last event, which has this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndsBeforeTime {
    /// The time of the last event.
    pub end: Timestamp,
    /// The moment asked about.
    pub asked: Timestamp,
}

impl EndsBeforeTime {
    /// As a sentence without its stop.
    #[must_use]
    pub fn say(self, zone: Zone) -> String {
        let end = zone.format(self.end, Style::AsNeeded);
        format!("the log ends at {end}, {} earlier", self.asked - self.end)
    }
}

/// The place, in a log of several files, of an event of one of them.
pub(super) fn place(file: u32, event: EventIx) -> Place {
    Place {
        at: i64::from(event.0),
        extent: file,
    }
}

impl Log {
    /// The files that this log was made of; none where it is that of a single file.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The file that `event` is in and which of its events it is; `None` in a log of a single file.
    #[must_use]
    pub fn source(&self, event: EventIx) -> Option<(&Source, EventIx)> {
        if self.sources.is_empty() {
            return None;
        }
        let place = self.place(event);
        let source = self.sources.get(place.extent as usize)?;
        Some((source, EventIx(u32::try_from(place.at).ok()?)))
    }

    /// How the event's position is written.
    #[must_use]
    pub fn position_name(&self, event: EventIx) -> PositionName {
        match self.source(event) {
            None => PositionName {
                file: None,
                position: self.position(event),
            },
            Some((source, own)) => PositionName {
                file: Some(Arc::clone(&source.name)),
                position: source.log.position(own),
            },
        }
    }

    /// The moment that a position is: up to it and with it.
    ///
    /// # Errors
    /// It is none of this log.
    pub fn at_position_name(&self, name: &PositionName) -> Result<Bound, PositionError> {
        let (file, log) = self.file_of(name)?;
        let last = log.at_position(name.position);
        let last = last.and_then(|own| self.in_all(file, own));
        Ok(last.map_or(Bound::Start, Bound::Event))
    }

    /// Where a range that begins with a position begins: with the first event at it or, where there is
    /// none, after it. A position beyond the last one is that of the last event.
    ///
    /// # Errors
    /// It is none of this log.
    pub fn from_position_name(&self, name: &PositionName) -> Result<Bound, PositionError> {
        let (file, log) = self.file_of(name)?;
        let last = || log.len.checked_sub(1).map(EventIx);
        let first = log.from_position(name.position).or_else(last);
        let first = first.and_then(|own| self.in_all(file, own));
        Ok(first.map_or(Bound::Head, Bound::Event))
    }

    /// The event of a position, if one has it.
    #[must_use]
    pub fn event_at(&self, name: &PositionName) -> Option<EventIx> {
        match self.at_position_name(name) {
            Ok(Bound::Event(event)) if self.position_name(event) == *name => Some(event),
            _ => None,
        }
    }

    /// The last position there is, of the file that is named where several are open, if `name` lies
    /// beyond it: what is asked for has not come yet, and the moment is that of everything there is.
    #[must_use]
    pub fn ends_before(&self, name: &PositionName) -> Option<EndsBefore> {
        let (_, log) = self.file_of(name).ok()?;
        let last = log.position(EventIx(log.len.checked_sub(1)?));
        (last < name.position).then(|| {
            EndsBefore(PositionName {
                file: name.file.clone(),
                position: last,
            })
        })
    }

    /// The time of the last event by `clock`, if `asked` lies after it.
    #[must_use]
    pub fn ends_before_time(&self, clock: Clock, asked: Timestamp) -> Option<EndsBeforeTime> {
        let end = self.head_time(clock).filter(|end| *end < asked)?;
        Some(EndsBeforeTime { end, asked })
    }

    /// The position that is written `orders:12`, as programs get it where several files are open. Not
    /// any text of this form, since times have colons, too: the file has to be one of them.
    #[must_use]
    pub fn written_position(&self, text: &str) -> Option<PositionName> {
        let (file, digits) = text.trim().rsplit_once(':')?;
        let source = self.sources.iter().find(|source| *source.name == *file)?;
        Some(PositionName {
            file: Some(Arc::clone(&source.name)),
            position: Position(digits.parse().ok()?),
        })
    }

    /// The number of the file that a position is of, and that file's own log.
    fn file_of(&self, name: &PositionName) -> Result<(u32, &Self), PositionError> {
        let position = name.position.0;
        match (&name.file, &self.sources[..]) {
            (None, []) => Ok((0, self)),
            (Some(_), []) => Err(PositionError::SingleFile(position)),
            (None, [first, ..]) => Err(PositionError::WithoutFile {
                file: Arc::clone(&first.name),
                position,
            }),
            (Some(file), all) => {
                let own = all.iter().zip(0..).find(|(one, _)| one.name == *file);
                own.map(|(one, number)| (number, &one.log)).ok_or_else(|| {
                    let known = all.iter().map(|one| format!("#{}:{position}", one.name));
                    PositionError::NoSuchFile {
                        file: Arc::clone(file),
                        known: known.collect::<Vec<_>>().join(" or "),
                    }
                })
            }
        }
    }

    /// Which event of this log an event of one of its files is; the event itself in a log of a single
    /// file. Of one that this log does not have, the last before it.
    pub(super) fn in_all(&self, file: u32, event: EventIx) -> Option<EventIx> {
        let Some(source) = self.sources.get(file as usize) else {
            return Some(event);
        };
        let wanted = source.standing(file, event);
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            let place = self.place(EventIx(middle));
            let at = self.sources.get(place.extent as usize)?;
            if at.standing(place.extent, EventIx(place.at as u32)) <= wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).map(EventIx)
    }
}
