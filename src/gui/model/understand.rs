//! What a typed moment means in the open store.

use super::Model;
use crate::analysis::replay;
use crate::log::Bound;
use crate::model::time::{InputError, Moment, input};

impl Model {
    /// What a typed moment means, with what to tell about it.
    ///
    /// # Errors
    /// Why it means nothing, in a sentence.
    pub fn understand(&self, text: &str) -> Result<(Bound, String), String> {
        let Some(log) = self.log() else {
            return Err("No store is open".to_owned());
        };
        let typed = input::parse(text, &self.input_context()).map_err(|error| error.to_string())?;
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
                let found = log.at_position_name(&position);
                found.map_err(|error| error.to_string())?
            }
            Moment::Version(version) => {
                let Some(stream) = self.selection.stream else {
                    return Err("A version needs a selected stream; select one first".to_owned());
                };
                let found = replay::at_version(log, stream, version);
                Bound::Event(
                    found.ok_or_else(|| format!("{} has no {version}", log.stream_name(stream)))?,
                )
            }
        };
        let note = typed.note;
        let note = note.map(|note| format!(" {note}")).unwrap_or_default();
        Ok((bound, format!("{}{note}", typed.echo)))
    }
}
