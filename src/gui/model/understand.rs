//! What a typed moment means in the open store.

use super::Model;
use crate::analysis::replay;
use crate::log::Bound;
use crate::model::StreamIx;
use crate::model::time::{InputError, Moment, input};

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// The moment.
    pub bound: Bound,
    /// The reading for people.
    pub echo: String,
    /// What the zone or the log made of it, if that needs saying.
    pub note: Option<String>,
}

impl Model {
    /// What a typed moment means, with what to tell about it.
    ///
    /// # Errors
    /// Why it means nothing, in a sentence.
    pub fn understand(&self, text: &str) -> Result<Understood, String> {
        let Some(log) = self.log() else {
            return Err("No store is open".to_owned());
        };
        let typed = input::parse(text, &self.input_context()).map_err(|error| error.to_string())?;
        let mut echo = typed.echo;
        let mut note = None;
        let bound = match typed.moment {
            Moment::Head => Bound::Head,
            Moment::Time(_) if !log.has_clock(self.clock()) => {
                return Err(InputError::NoTimes {
                    text: text.to_owned(),
                }
                .to_string());
            }
            Moment::Time(time) => Bound::Time(time),
            Moment::Position(position) => {
                note = log
                    .ends_before(&position)
                    .map(|ends| format!("There is no {position}: {ends}"));
                let found = log.at_position_name(&position);
                found.map_err(|error| error.to_string())?
            }
            Moment::Version(version) => {
                let Some(stream) = self.shown_stream() else {
                    return Err("A version needs a selected stream; select one first".to_owned());
                };
                let found = replay::at_version(log, stream, version);
                let name = log.stream_name(stream);
                echo = format!("{echo} of {name}");
                let found = found.ok_or_else(|| replay::no_version(log, stream, version))?;
                note = replay::repeated_version(log, stream, version, found);
                Bound::Event(found)
            }
        };
        let note = note.or_else(|| typed.note.map(|note| note.to_string()));
        Ok(Understood { bound, echo, note })
    }

    /// The stream that is on screen: that of the selected event, which a step through the log leads out
    /// of the selected stream.
    fn shown_stream(&self) -> Option<StreamIx> {
        let selected = self.selection.stream;
        let (Some(log), Some(event)) = (self.log(), self.selection.event) else {
            return selected;
        };
        if event.at() >= log.len() {
            return selected;
        }
        let stands = |stream: &StreamIx| log.version_in(event, *stream).is_some();
        selected.filter(stands).or(Some(log.stream(event)))
    }
}
