//! What an instance waits for may never have heard of it: its message waits in the outbox, or is not there.

use serde::Serialize;

use super::instances::Seen;
use super::standings::{Status, Waiting};
use super::status::Judged;
use crate::analysis::lag::{Publications, Unpublished};
use crate::log::Log;
use crate::model::{EventIx, PositionName, Timestamp};

/// The event on which an instance hangs, which nobody has published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unheard {
    /// The event.
    pub position: PositionName,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Since when its message waits in the outbox; null where there is none, although nearly all of its kind
    /// have one.
    pub since: Option<Timestamp>,
    /// Since when the relay has published nothing at all; null where it publishes others.
    pub relay_since: Option<Timestamp>,
}

impl Unheard {
    /// It in words, `time` being how moments are written.
    #[must_use]
    pub fn words(&self, time: impl Fn(Timestamp) -> String) -> String {
        let Self {
            position,
            event_type,
            ..
        } = self;
        match (self.since, self.relay_since) {
            (None, _) => format!(
                "nobody can have heard of {event_type} ({position}): the outbox has no message of it"
            ),
            (Some(since), None) => format!(
                "the relay has not published {event_type} ({position}), which waits in the outbox since {}",
                time(since)
            ),
            (Some(_), Some(relay)) => format!(
                "{event_type} ({position}) waits in the outbox: the relay has published nothing since {}",
                time(relay)
            ),
        }
    }
}

impl Judged {
    /// The event on which an instance hangs, where it waits and nobody has published that: what begins the
    /// step that is waited for, else its last for which anything waits.
    pub(super) fn unheard(
        &self,
        log: &Log,
        seen: &Seen,
        outbox: Option<&Publications<'_>>,
    ) -> Option<Unheard> {
        let outbox = outbox?;
        let verdict = self.verdict(seen);
        let process = self.process(seen)?;
        if !matches!(verdict.status, Status::Running | Status::Compensating) {
            return None;
        }
        let kind = |event: &EventIx| log.event_type(*event).0;
        let events = || {
            let all = self.at.events_of(seen).iter().rev();
            all.map(|event| EventIx(*event))
        };
        let begins = match verdict.waiting {
            Waiting::Step(step) => {
                let begins = |event: &EventIx| {
                    let mut begun = process.machine.all_begun_by(kind(event));
                    begun.any(|own| own == step)
                };
                events().find(begins)
            }
            Waiting::Undo(_) | Waiting::Nothing => None,
        };
        let last = || events().find(|event| !process.machine.is_beside(kind(event)));
        let event = begins.or_else(last)?;
        let Unpublished { since, relay_since } = outbox.missed(event)?;
        Some(Unheard {
            position: log.position_name(event),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            since,
            relay_since,
        })
    }
}
