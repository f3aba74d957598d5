//! A log made of several files' logs: which of its events is which event of which file, how they
//! stand among each other, and what positions are called there. Opens and reads nothing.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Bound, Clock, Log, Place};
use crate::model::{EventIx, Position, Timestamp};

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

/// A position as it is written: a number in a single file, `file:number` where several are open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PositionName {
    /// The file, where several are open.
    pub file: Option<Arc<str>>,
    /// The position in it.
    pub position: Position,
}

impl std::fmt::Display for PositionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            None => self.position.fmt(f),
            Some(file) => write!(f, "#{file}:{}", self.position.0),
        }
    }
}

impl From<Position> for PositionName {
    fn from(position: Position) -> Self {
        Self {
            file: None,
            position,
        }
    }
}

impl Serialize for PositionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.file {
            None => self.position.serialize(serializer),
            Some(file) => serializer.collect_str(&format_args!("{file}:{}", self.position.0)),
        }
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

    /// The last event at or before a position.
    #[must_use]
    pub fn event_at(&self, position: &PositionName) -> Option<EventIx> {
        match self.at_position_name(&position.to_string()) {
            Some(Bound::Event(event)) => Some(event),
            Some(_) => None,
            None => self.at_position(position.position),
        }
    }

    /// What a position as [`PositionName`] shows it (`#payments:12`) is as a moment: the file's last
    /// event at or before it. `None` where the text is nothing of the kind.
    #[must_use]
    pub fn at_position_name(&self, text: &str) -> Option<Bound> {
        let (file, position) = text.trim().strip_prefix('#')?.rsplit_once(':')?;
        let position = Position(position.trim().parse().ok()?);
        let file = self.sources.iter().position(|one| *one.name == *file)?;
        let source = &self.sources[file];
        let Some(own) = source.log.at_position(position) else {
            return Some(Bound::Start);
        };
        let wanted = source.standing(file as u32, own);
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
        Some(
            low.checked_sub(1)
                .map_or(Bound::Start, |event| Bound::Event(EventIx(event))),
        )
    }
}
