//! What caused what among the events known at a cut. Of several events with one id the first that is known
//! counts as the cause, as the first of all does in the log.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::log::{CauseRef, Cut, Log};
use crate::model::{Cancelled, EventIx, Task};

/// Which known events share an id, and what that means for causes.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    /// Events whose id an earlier known event has, with the first that has it.
    repeated: Vec<(EventIx, EventIx)>,
    /// By the first event with an id, which is not known: the first known one.
    stand_ins: HashMap<EventIx, EventIx, FixedState>,
    /// The same the other way round.
    firsts: HashMap<EventIx, EventIx, FixedState>,
}

impl Causes {
    /// Looks at the repeated ids of a log as of a cut.
    ///
    /// # Errors
    /// [`Cancelled`] when nobody waits any more.
    pub fn known(log: &Log, cut: &Cut, task: &Task) -> Result<Self, Cancelled> {
        let mut known = Self::default();
        for (nth, event) in log.repeated_ids().enumerate() {
            if nth.is_multiple_of(1 << 12) {
                task.check()?;
            }
            let first = log.event_id(event).and_then(|id| log.find_event(id));
            let Some(first) = first.filter(|_| cut.holds(log, event)) else {
                continue;
            };
            if cut.holds(log, first) {
                known.repeated.push((event, first));
            } else if let Some(stands_in) = known.stand_ins.get(&first) {
                known.repeated.push((event, *stands_in));
            } else {
                known.stand_ins.insert(first, event);
                known.firsts.insert(event, first);
            }
        }
        Ok(known)
    }

    /// Known events whose id an earlier known event has, with the first that has it.
    #[must_use]
    pub fn repeated(&self) -> &[(EventIx, EventIx)] {
        &self.repeated
    }

    /// What caused a known event: a known event, or an id that no known event has.
    #[must_use]
    pub fn of<'a>(&self, log: &'a Log, cut: &Cut, event: EventIx) -> Option<CauseRef<'a>> {
        match log.cause(event)? {
            CauseRef::Event(cause) if cut.holds(log, cause) => Some(CauseRef::Event(cause)),
            CauseRef::Event(cause) => match self.stand_ins.get(&cause) {
                Some(stands_in) => Some(CauseRef::Event(*stands_in)),
                None => log.causation(event).map(CauseRef::Elsewhere),
            },
            elsewhere => Some(elsewhere),
        }
    }

    /// The known effects of a known event, in log order.
    #[must_use]
    pub fn effects(&self, log: &Log, cut: &Cut, event: EventIx) -> Vec<EventIx> {
        let first = self.firsts.get(&event).copied().unwrap_or(event);
        let mut effects = log.effects(first);
        effects.retain(|effect| cut.holds(log, *effect));
        effects
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::testing::{log_of, moments, samples};
    use crate::log::Clock;

    proptest! {
        #[test]
        fn effects_are_those_whose_cause_it_is(samples in samples(60), at in moments(), chunk in 1..20_usize) {
            let log = log_of(&samples, chunk);
            let cut = at.cut(&log, Clock::Recorded);
            let causes = Causes::known(&log, &cut, &Task::new()).unwrap();
            let known: Vec<EventIx> = log.events().filter(|event| cut.holds(&log, *event)).collect();
            for cause in &known {
                let caused = |event: &&EventIx| {
                    matches!(causes.of(&log, &cut, **event), Some(CauseRef::Event(own)) if own == *cause)
                };
                let expected: Vec<EventIx> = known.iter().filter(caused).copied().collect();
                prop_assert_eq!(causes.effects(&log, &cut, *cause), expected);
            }
        }

        #[test]
        fn the_first_known_event_of_an_id_is_its_cause(samples in samples(60), at in moments()) {
            let log = log_of(&samples, 7);
            let cut = at.cut(&log, Clock::Recorded);
            let causes = Causes::known(&log, &cut, &Task::new()).unwrap();
            for event in log.events().filter(|event| cut.holds(&log, *event)) {
                let Some(id) = log.causation(event) else { continue };
                let mut known = log.events().filter(|event| cut.holds(&log, *event));
                let first = known.find(|other| log.event_id(*other) == Some(id));
                let found = match causes.of(&log, &cut, event) {
                    Some(CauseRef::Event(cause)) => Some(cause),
                    _ => None,
                };
                prop_assert_eq!(found, first);
            }
        }
    }
}
