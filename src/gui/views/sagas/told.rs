//! What a row of the list tells of a saga: what it waits for, or what went wrong with it.

use hashbrown::HashMap;

use crate::analysis::saga::{Glance, Judged, Seen, Status, may_come, waits_for};
use crate::log::Log;
use crate::model::EventIx;
use crate::model::time::Span;
use crate::worker::{AskSagaGlances, SagasAt, Slot};

/// What went wrong with those in sight, as far as it has come.
#[derive(Clone, Copy, Default)]
pub(super) struct Glances<'a>(Option<&'a HashMap<EventIx, Glance>>);

impl<'a> Glances<'a> {
    /// What is known for a list of that moment. What another moment tells of a saga, be it one that has ended,
    /// may have come later: nothing is told then until this one has been asked for.
    pub fn new(slot: &'a Slot<AskSagaGlances>, at: &SagasAt) -> Self {
        let known = slot.known().filter(|(asked, _)| asked.at == *at);
        Self(known.map(|(_, glances)| glances))
    }

    /// What went wrong with one, by its first event.
    pub fn of(self, first: EventIx) -> Option<&'a Glance> {
        self.0?.get(&first)
    }
}

/// Whether the list tells what went wrong with those that stand so.
pub(super) const fn tells_failure(status: Status) -> bool {
    matches!(
        status,
        Status::Failed | Status::Compensated | Status::Parked
    )
}

/// How what is waited for is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    /// It takes far longer than is usual, or too long.
    Late,
    /// Nothing more is to come.
    Faint,
}

/// What an instance waits for and what is usual of that, where it takes longer; what went wrong with one that
/// has ended, or that a person has to look after.
pub(super) fn waits(
    log: &Log,
    judged: &Judged,
    (seen, status, glance): (&Seen, Status, Option<&Glance>),
) -> (String, Ink) {
    let wrong = glance.and_then(Glance::words);
    if status.is_end() {
        return match wrong {
            Some(wrong) => (wrong, Ink::Plain),
            None => ("ended".to_owned(), Ink::Faint),
        };
    }
    if judged.may_have_ended(log, seen, status).is_some() {
        return ("may have ended".to_owned(), Ink::Plain);
    }
    let step = judged.waiting_for(log, seen);
    let quiet = judged.quiet(log, seen);
    let may = may_come((status, step.as_deref()), quiet.as_ref());
    let waits = waits_for(status, step.as_deref());
    let waits = waits.or_else(|| Some(format!("usually {}", may?)));
    let mut parts: Vec<String> = waits.into_iter().collect();
    let long = quiet
        .as_ref()
        .filter(|quiet| status == Status::Stuck || quiet.is_long());
    let ink = match long.filter(|_| status != Status::Parked) {
        Some(quiet) => {
            parts.extend(quiet.usual_words(step.as_deref().or(may)));
            let silent = Span::from_millis(quiet.waited_ms);
            let lasts = Span::from_micros(judged.lasts(log, seen));
            parts.extend((!is_nearly(silent, lasts)).then(|| quiet.silent_words()));
            Ink::Late
        }
        None => Ink::Plain,
    };
    parts.extend(wrong);
    (parts.join(", "), ink)
}

/// Whether a silence is nearly all that something lasts: then the one is told by the other.
const fn is_nearly(silent: Span, lasts: Span) -> bool {
    silent.micros().saturating_mul(10) >= lasts.micros().saturating_mul(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_told_beside_how_long_a_saga_lasts_where_that_is_much_more() {
        let hours = |hours: i64| Span::from_millis(hours * 3_600_000);
        assert!(is_nearly(hours(340), hours(341)));
        assert!(is_nearly(hours(9), hours(10)));
        assert!(!is_nearly(hours(8), hours(10)));
    }
}
