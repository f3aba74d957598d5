//! What instances are called, and were called before.

use super::definition::Style;
use super::instances::Seen;
use super::status::{Judged, Process};
use crate::log::Log;
use crate::model::EventIx;

/// Whether an instance has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Called {
    /// It is called otherwise.
    Otherwise,
    /// It was called so before.
    Before,
    /// It is called so.
    So,
}

impl Judged {
    /// What an instance is called: by the stream of its first event, with its position where another
    /// one began there before; where somebody leads by theirs, from the first command on.
    #[must_use]
    pub fn id(&self, log: &Log, seen: &Seen, process: &Process) -> String {
        if let Some(stream) = self.at.stream(seen) {
            return log.stream_name(stream).to_owned();
        }
        if let Some(first) = self.first_command(log, seen, process) {
            return log.stream_name(log.stream(first)).to_owned();
        }
        self.begun_as(log, seen)
    }

    /// With what an orchestrator gives its first command: from then on its stream names the instance.
    fn first_command(&self, log: &Log, seen: &Seen, process: &Process) -> Option<EventIx> {
        if process.definition.style == Style::Choreography || self.at.stream(seen).is_some() {
            return None;
        }
        let mut events = (self.at.events_of(seen).iter()).map(|event| EventIx(*event));
        events.find(|event| process.machine.begins(log.event_type(*event).0))
    }

    /// What an instance was called before who leads it gave the first command, and that command; none where it
    /// has had one name.
    #[must_use]
    pub fn called_before(
        &self,
        log: &Log,
        seen: &Seen,
        process: &Process,
    ) -> Option<(String, EventIx)> {
        let command = self.first_command(log, seen, process)?;
        if command.0 == self.at.events_of(seen)[0] {
            return None;
        }
        let before = self.begun_as(log, seen);
        (before != log.stream_name(log.stream(command))).then_some((before, command))
    }

    /// By the stream of its first event.
    fn begun_as(&self, log: &Log, seen: &Seen) -> String {
        let first = EventIx(self.at.events_of(seen)[0]);
        let stream = log.stream(first);
        let name = log.stream_name(stream);
        let kind = log.event_type(first);
        let earlier = log
            .stream_runs(stream)
            .flatten()
            .map(|event| EventIx(*event));
        let mut earlier = earlier.take_while(|event| *event < first);
        match earlier.any(|own| log.event_type(own) == kind && self.at.cut.holds(log, own)) {
            false => name.to_owned(),
            true => format!("{name} {}", log.position_name(first)),
        }
    }

    /// Whether an instance is called by a name, or was.
    pub(super) fn is_named(
        &self,
        log: &Log,
        (seen, process): (&Seen, &Process),
        fits: impl Fn(&str) -> bool,
    ) -> Called {
        if fits(&self.id(log, seen, process)) {
            return Called::So;
        }
        match self.called_before(log, seen, process) {
            Some((before, _)) if fits(&before) => Called::Before,
            _ => Called::Otherwise,
        }
    }
}
