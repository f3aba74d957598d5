//! Whether what stands beside the events is dated by their clock: tables of a store whose events have
//! simulated or imported times are dated when the program ran, and a difference of the two is no delay.

use serde::Serialize;

use super::course::Course;
use crate::log::{Bound, Cut};
use crate::model::time::Span;
use crate::model::{EventIx, Timestamp};

/// By what clocks a delay was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clocks {
    /// One, or two that go alike.
    #[default]
    Same,
    /// Two that are further apart than all events: their difference says nothing.
    Apart,
}

/// Nobody calls clocks apart by less than this.
const LEAST: Span = Span::from_secs(86_400);

impl Course {
    /// By what clocks these delays were measured, in microseconds from an event to what befell it. One that
    /// is short tells that they go alike.
    pub(super) fn clocks(&self, cut: &Cut, delays: impl Iterator<Item = i64>) -> Clocks {
        let first = cut.known(&self.log).into_iter().flatten().next();
        let first = first.and_then(|first| self.log.time(EventIx(first), cut.clock()));
        let Some((first, last)) = first.zip(cut.time(&self.log)) else {
            return Clocks::Same;
        };
        let apart = (last - first).max(LEAST).micros().unsigned_abs();
        match delays.map(i64::unsigned_abs).min() {
            Some(least) if least > apart => Clocks::Apart,
            _ => Clocks::Same,
        }
    }

    /// The last date of what is told at the head, where that is after the moment itself: another answer
    /// than that of the head's time, which leaves it out.
    pub(super) fn tables_until(&self, cut: &Cut, now: Option<Timestamp>) -> Option<Timestamp> {
        if cut.bound() != Bound::Head {
            return None;
        }
        let messages = self.known_messages(cut).iter();
        let messages = messages.flat_map(|message| [message.created_at, message.published_at]);
        let letters = self.letters.iter().map(|letter| letter.at);
        let consumers = self.consumers.iter().flat_map(|own| {
            let last = own.traces.iter().filter_map(|trace| trace.steps.last());
            last.chain(&own.current).map(|step| step.at)
        });
        let last = messages.chain(letters).chain(consumers).flatten().max();
        last.filter(|last| now.is_some_and(|now| *last > now))
    }
}
