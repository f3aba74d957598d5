//! Which event a row beside the events is about, and finding it in the log.

use serde::{Deserialize, Serialize};

use crate::log::sources::Source;
use crate::log::{Bound, IdRef, Log};
use crate::model::{EventIx, Position, StreamIx, Version};

/// Which event a row is about, as the store writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Whose events these are, where they are those of another file: its application's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Which of them.
    pub event: Marked,
}

/// How a row names an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marked {
    /// By its global position.
    Position(Position),
    /// By its id.
    Id(String),
    /// By its stream and the version in it.
    Version {
        /// The stream.
        stream: String,
        /// The version.
        version: Version,
    },
}

impl Log {
    /// The event that a row in the file numbered `file` names. `None` where this log has no such event,
    /// or not the file that it is in.
    #[must_use]
    pub fn marked(&self, file: u32, mark: &Mark) -> Option<EventIx> {
        let (file, log) = self.marked_file(file, mark)?;
        let own = log.named(&mark.event)?;
        self.in_all(file, own)
    }

    /// How far somebody has come of whom such a row says that this is the last event: up to it and
    /// with it. A position between those of two events, or beyond the last, is a place, too.
    #[must_use]
    pub fn reached(&self, file: u32, mark: &Mark) -> Option<Bound> {
        let (file, log) = self.marked_file(file, mark)?;
        let own = match mark.event {
            Marked::Position(position) => log.at_position(position),
            _ => Some(log.named(&mark.event)?),
        };
        let event = own.and_then(|own| self.in_all(file, own));
        Some(event.map_or(Bound::Start, Bound::Event))
    }

    /// The number of the file whose events `mark` is about, and that file's own log.
    #[must_use]
    pub fn marked_file(&self, file: u32, mark: &Mark) -> Option<(u32, &Self)> {
        match (&mark.application, self.sources()) {
            (None, []) => Some((0, self)),
            // A single file holds the events of its own only, unless their kind says whose they are.
            (Some(name), []) => self.has_kind(name).then_some((0, self)),
            (None, all) => Some((file, &all.get(file as usize)?.log)),
            (Some(name), all) => {
                let number = of_application(all, name)?;
                Some((u32::try_from(number).ok()?, &all[number].log))
            }
        }
    }

    /// Whether one of its categories is what an application of that name is about: `dogs` about `Dog`.
    fn has_kind(&self, application: &str) -> bool {
        let singular = |name: &str| name.to_lowercase().trim_end_matches('s').to_owned();
        let wanted = singular(application);
        let mut categories = self.categories().iter();
        !wanted.is_empty() && categories.any(|own| singular(own) == wanted)
    }

    /// The event of this file that is named so.
    fn named(&self, marked: &Marked) -> Option<EventIx> {
        match marked {
            Marked::Position(position) => {
                let event = self.at_position(*position)?;
                (self.position(event) == *position).then_some(event)
            }
            Marked::Id(id) => self.find_event(IdRef::new(id)),
            Marked::Version { stream, version } => {
                let stream = StreamIx(self.streams().find(stream)?);
                self.of_version(stream, *version)
            }
        }
    }

    /// The first event of a stream that has that version in it.
    fn of_version(&self, stream: StreamIx, version: Version) -> Option<EventIx> {
        let events = self.stream_events(stream);
        let is = |event: &EventIx| self.version_in(*event, stream) == Some(version);
        if !self.versions_ascend(stream) {
            return events.into_iter().find(is);
        }
        let at = events.partition_point(|event| self.version(*event) < version);
        events.get(at).copied().filter(is)
    }
}

/// Which of the files has the events of an application: the one that is called so; else the only one
/// with that name for a word of its own; else the only one with a category called so.
fn of_application(all: &[Source], name: &str) -> Option<usize> {
    let wanted = name.to_lowercase();
    let called = |own: &Source| own.name.to_lowercase() == wanted;
    let has_word = |own: &Source| {
        let own = own.name.to_lowercase();
        let mut words = own.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word == wanted)
    };
    let has_kind = |own: &Source| own.log.has_kind(name);
    let only = |is: &dyn Fn(&Source) -> bool| {
        let mut those = (0..all.len()).filter(|number| is(&all[*number]));
        those.next().filter(|_| those.next().is_none())
    };
    let ways: [&dyn Fn(&Source) -> bool; 3] = [&called, &has_word, &has_kind];
    ways.into_iter().find_map(only)
}
