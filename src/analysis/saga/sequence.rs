//! One instance as a sequence diagram: who told whom what, and when.

use super::instances::Seen;
use super::report::Asking;
use super::standings::Outcome;
use super::status::Judged;
use super::steps::Instance;
use crate::log::CauseRef;
use crate::model::{Cancelled, EventIx, Timestamp};

/// What passed between the participants of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// In the order in which they first said something.
    pub participants: Vec<String>,
    /// In log order.
    pub messages: Vec<Message>,
}

/// An event as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The event.
    pub event: EventIx,
    /// Its type.
    pub name: String,
    /// Whose event caused it, by place; none where nothing of the instance did.
    pub from: Option<usize>,
    /// Who recorded it, by place.
    pub to: usize,
    /// When.
    pub time: Option<Timestamp>,
    /// What it means.
    pub meaning: Meaning,
}

/// What an event means for its instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// It goes on.
    #[default]
    Plain,
    /// Something failed, for good or for the moment.
    Failure,
    /// Something was undone, or is to be.
    Undoing,
}

impl Judged {
    /// An instance as a sequence diagram.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn sequence(
        &self,
        asking: Asking<'_>,
        seen: &Seen,
        instance: &Instance,
    ) -> Result<Sequence, Cancelled> {
        let log = asking.log;
        let events = self.at.events_of(seen);
        let whose = self.participants_of(asking, seen)?;
        let mut sequence = Sequence::default();
        let mut places = Vec::with_capacity(events.len());
        for (event, participant) in events.iter().zip(whose) {
            let known = sequence
                .participants
                .iter()
                .position(|own| *own == participant);
            let to = known.unwrap_or_else(|| {
                sequence.participants.push(participant);
                sequence.participants.len() - 1
            });
            places.push(to);
            let event = EventIx(*event);
            let cause = match log.cause(event) {
                Some(CauseRef::Event(cause)) => events.binary_search(&cause.0).ok(),
                _ => None,
            };
            sequence.messages.push(Message {
                event,
                name: log.type_name(log.event_type(event)).to_owned(),
                from: cause.and_then(|cause| places.get(cause).copied()),
                to,
                time: log.time(event, self.at.cut.clock()),
                meaning: meaning(instance, event),
            });
        }
        Ok(sequence)
    }
}

fn meaning(instance: &Instance, event: EventIx) -> Meaning {
    let mut meaning = match instance.wrong == Some(event) {
        true => Meaning::Failure,
        false => Meaning::Plain,
    };
    for step in &instance.steps {
        let failed = step.status == Outcome::Failed && step.events.ended == Some(event);
        let again = step
            .events
            .attempts
            .iter()
            .skip(1)
            .any(|attempt| *attempt == event);
        if failed || again {
            meaning = Meaning::Failure;
        }
        if step
            .events
            .undone
            .is_some_and(|(_, ended)| ended == Some(event))
        {
            return Meaning::Undoing;
        }
    }
    meaning
}
