//! Moments: from what was typed to a bound of the log, and back to words with their zone.

use super::open::{CliError, Opened};
use crate::analysis::replay::at_version;
use crate::log::{AsOf, Bound, Clock, Cut};
use crate::model::time::{Edge, InputContext, InputError, Moment, Zone, input};
use crate::model::{Position, StreamIx, Timestamp, Version};

/// What typed moments are read against.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// The computer's clock.
    pub now: Timestamp,
    /// The zone of times typed without one.
    pub zone: Zone,
    /// The stream whose versions count.
    pub stream: Option<StreamIx>,
}

impl Opened {
    /// The cut at a typed moment; everything without one.
    pub fn cut(&mut self, typed: Option<&str>, reading: Reading) -> Result<Cut, CliError> {
        let bound = match typed {
            None => Bound::Head,
            Some(text) => self.bound(text, Edge::End, reading)?,
        };
        Ok(self.log.cut(self.clock, bound))
    }

    /// What a typed moment means in this store. What the zone made of it joins the notes.
    pub fn bound(&mut self, text: &str, edge: Edge, reading: Reading) -> Result<Bound, CliError> {
        if let Some(bound) = self.log.at_position_name(text) {
            return Ok(bound);
        }
        let context = InputContext {
            now: reading.now,
            head: self.log.head_time(self.clock),
            cursor: None,
            zone: reading.zone,
            edge,
        };
        let typed = input::parse(text, &context)?;
        self.notes.extend(typed.note.map(|note| note.to_string()));
        match typed.moment {
            Moment::Head => Ok(Bound::Head),
            Moment::Time(_) if !self.log.has_clock(self.clock) => Err(InputError::NoTimes {
                text: text.to_owned(),
            }
            .into()),
            Moment::Time(time) => Ok(Bound::Time(time)),
            Moment::Position(position) => self.at_position(position),
            Moment::Version(version) => self.at_version(version, reading.stream),
        }
    }

    fn at_position(&self, position: Position) -> Result<Bound, CliError> {
        if let Some(source) = self.log.sources().first() {
            let (file, position) = (&source.name, position.0);
            return Err(CliError::Other(format!(
                "several files are open, so a position needs its file: #{file}:{position}"
            )));
        }
        let found = self.log.at_position(position);
        Ok(found.map_or(Bound::Start, Bound::Event))
    }

    fn at_version(&self, version: Version, stream: Option<StreamIx>) -> Result<Bound, CliError> {
        let Some(stream) = stream else {
            return Err(CliError::Other(format!(
                "{version} is a version, which needs a stream; type a time or #position"
            )));
        };
        let found = at_version(&self.log, stream, version).ok_or_else(|| {
            let name = self.log.stream_name(stream);
            let events = self.log.stream_events(stream);
            let ends = [events.first(), events.last()]
                .map(|event| event.and_then(|event| self.log.version_in(*event, stream)));
            CliError::Other(match ends {
                [Some(first), Some(last)] => {
                    format!("{name} has no {version}; its versions go from {first} to {last}")
                }
                _ => format!("{name} has no {version}"),
            })
        })?;
        Ok(Bound::Event(found))
    }

    /// A moment in words: `2024-12-31 23:59:59 UTC`, `#1042`, `the head`.
    pub fn words(&self, bound: Bound, zone: Zone) -> String {
        match bound {
            Bound::Head => "the head".to_owned(),
            Bound::Start => "before the first event".to_owned(),
            Bound::Event(event) => self.log.position_name(event).to_string(),
            Bound::Time(time) => zone.say(time),
        }
    }
}

/// What an `as_of` names, in words.
pub(super) fn words(as_of: &AsOf, zone: Zone) -> String {
    match (as_of.time, &as_of.position) {
        (Some(time), _) => zone.say(time),
        (None, Some(position)) => position.to_string(),
        (None, None) => "before the first event".to_owned(),
    }
}

/// The clock's name in words.
pub(super) const fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Recorded => "recorded",
        Clock::Occurred => "occurred",
    }
}
