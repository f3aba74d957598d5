//! Moments: from what was typed to a bound of the log, and back to words with their zone.

use super::error::CliError;
use super::open::Opened;
use super::told::ReadAs;
use crate::analysis::replay::{at_version, from_version, no_version, repeated_version};
use crate::log::{AsOf, Bound, Cut};
use crate::model::time::{Edge, InputContext, InputError, Moment, Zone, input};
use crate::model::{PositionName, StreamIx, Timestamp, Version};

/// What typed moments are read against.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// The computer's clock.
    pub now: Timestamp,
    /// The zone of times typed without one.
    pub zone: Zone,
    /// The stream whose versions count.
    pub stream: Versions,
}

/// The stream whose versions count, where versions are typed.
#[derive(Clone, Copy)]
pub(super) enum Versions {
    /// This one.
    Of(StreamIx),
    /// None was named, but could be.
    NoStream,
    /// Several were named.
    Several,
    /// What is asked is of no stream.
    Nothing,
}

/// A moment of an option: the option's name in JSON and what was typed after it.
#[derive(Clone, Copy)]
pub(super) struct TypedBound<'a> {
    /// `at`, `diff_to`.
    pub option: &'static str,
    /// As typed.
    pub text: &'a str,
    /// What a bare date means.
    pub edge: Edge,
}

impl<'a> TypedBound<'a> {
    /// A moment up to which things count.
    pub fn until(option: &'static str, text: &'a str) -> Self {
        Self {
            option,
            text,
            edge: Edge::End,
        }
    }
}

impl Opened {
    /// The cut at a moment; everything without one.
    pub fn cut(
        &mut self,
        asked: Option<TypedBound<'_>>,
        reading: Reading,
    ) -> Result<Cut, CliError> {
        let bound = match asked {
            None => Bound::Head,
            Some(asked) => self.bound(asked, reading)?,
        };
        Ok(self.log.cut(self.clock, bound))
    }

    /// What a moment means in this store. How a time was read is remembered, to be told.
    pub fn bound(&mut self, asked: TypedBound<'_>, reading: Reading) -> Result<Bound, CliError> {
        let context = InputContext {
            now: reading.now,
            head: self.log.head_time(self.clock),
            cursor: None,
            zone: reading.zone,
            edge: asked.edge,
        };
        if let Some(position) = self.log.written_position(asked.text) {
            return self.position(asked, &position);
        }
        let typed = input::parse(asked.text, &context)?;
        if let Moment::Time(time) = typed.moment {
            let ends = self.log.ends_before_time(self.clock, time);
            let ends = ends.map(|ends| ends.say(reading.zone));
            let notes: Vec<String> = typed
                .note
                .iter()
                .map(ToString::to_string)
                .chain(ends)
                .collect();
            self.read_as.push(ReadAs {
                option: asked.option,
                moment: typed.echo,
                time: match typed.moment {
                    Moment::Time(time) => Some(time),
                    _ => None,
                },
                note: (!notes.is_empty()).then(|| notes.join("; ")),
            });
        }
        Ok(match typed.moment {
            Moment::Head => Bound::Head,
            Moment::Time(_) if !self.log.has_clock(self.clock) => {
                return Err(InputError::NoTimes {
                    text: asked.text.to_owned(),
                }
                .into());
            }
            Moment::Time(time) => Bound::Time(time),
            Moment::Position(position) => self.position(asked, &position)?,
            Moment::Version(version) => self.version(asked, version, reading.stream)?,
        })
    }

    /// What a position means. One beyond the end is that of the last event, which is told.
    fn position(
        &mut self,
        asked: TypedBound<'_>,
        position: &PositionName,
    ) -> Result<Bound, CliError> {
        let bound = match asked.edge {
            Edge::Start => self.log.from_position_name(position)?,
            Edge::End => self.log.at_position_name(position)?,
        };
        if let Some(ends) = self.log.ends_before(position) {
            self.read_as.push(ReadAs {
                option: asked.option,
                moment: position.to_string(),
                time: None,
                note: Some(ends.to_string()),
            });
        }
        Ok(bound)
    }

    fn version(
        &mut self,
        asked: TypedBound<'_>,
        version: Version,
        stream: Versions,
    ) -> Result<Bound, CliError> {
        let refused = |why: &str| Err(CliError::Other(format!("{version} is a version, {why}")));
        let stream = match stream {
            Versions::Of(stream) => stream,
            Versions::NoStream => {
                return refused(
                    "which needs its stream: add --stream, or type a time or #position",
                );
            }
            Versions::Several => {
                return refused("which needs a single --stream: type a time or #position");
            }
            Versions::Nothing => {
                return refused("which only a stream has: type a time or #position");
            }
        };
        let find = match asked.edge {
            Edge::Start => from_version,
            Edge::End => at_version,
        };
        let found = find(&self.log, stream, version)
            .ok_or_else(|| CliError::Other(no_version(&self.log, stream, version)))?;
        if let Some(note) = repeated_version(&self.log, stream, version, found) {
            self.read_as.push(ReadAs {
                option: asked.option,
                moment: self.log.position_name(found).to_string(),
                time: None,
                note: Some(note),
            });
        }
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
    match (as_of.say(zone), &as_of.position) {
        (Some(time), _) => time,
        (None, Some(position)) => position.to_string(),
        (None, None) => "before the first event".to_owned(),
    }
}
