//! Events of a log as rows again, from which another log is built: a merged one, or one cut short.

use super::event::linked;
use super::raw::{RawChunk, Row};
use super::sources::{self, Source};
use super::{Clock, Log};
use crate::model::{EventIx, StreamIx};

impl Log {
    /// Calls `with` with the event as a reader would have delivered it, positions and versions that
    /// were counted included.
    pub fn with_row<R>(&self, event: EventIx, with: impl FnOnce(Row<'_>) -> R) -> R {
        let id = self.event_id(event).map(|id| id.to_string());
        let causation = self.causation(event).map(|id| id.to_string());
        let correlation = self.correlation(event).map(|id| id.to_string());
        with(Row {
            stream: self.stream_name(self.stream(event)),
            event_type: self.type_name(self.event_type(event)),
            position: Some(self.position(event).0),
            version: Some(self.version(event).0),
            recorded: self.own_time(event, Clock::Recorded),
            occurred: self.own_time(event, Clock::Occurred),
            schema_version: self.schema_version(event),
            event_id: id.as_deref(),
            correlation: correlation.as_deref(),
            causation: causation.as_deref(),
            place: self.place(event),
            ends: self.stream_end(event),
            ended: self.stream_ended(event),
        })
    }

    /// Puts the event last added to `raw`, which is `event`, into the further streams that it stands
    /// in here, under the names that `name` gives them.
    pub fn copy_links(
        &self,
        event: EventIx,
        raw: &mut RawChunk,
        name: &dyn Fn(StreamIx) -> String,
    ) {
        for link in linked(self, event) {
            let stream = StreamIx(link.stream);
            raw.link(&name(stream), link.known_version(), || {
                self.category_name(self.category(stream)).to_owned()
            });
        }
    }
}

impl Source {
    /// Adds `event` of this file, which is the one numbered `file`, to `raw` for the log of all
    /// files. `name` gives the streams the names that they have there.
    pub fn copy(
        &self,
        file: u32,
        event: EventIx,
        raw: &mut RawChunk,
        name: &dyn Fn(StreamIx) -> String,
    ) {
        let log = &self.log;
        let stream = log.stream(event);
        let named = name(stream);
        log.with_row(event, |row| {
            let row = Row {
                stream: &named,
                // Positions of several files are no numbers of one log.
                position: None,
                place: sources::place(file, event),
                ..row
            };
            raw.push(&row, || log.category_name(log.category(stream)).to_owned());
        });
        log.copy_links(event, raw, name);
    }
}
