//! What caused what among the known events, as a column, and where that goes in circles. Needs no payloads.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::circles::circles;
use crate::analysis::causes::Causes;
use crate::log::{CauseRef, Cut, Log};
use crate::model::{Cancelled, EventIx, Task};

/// An event without a cause, and one whose cause is no known event.
const NO_CAUSE: u32 = u32::MAX;
const ELSEWHERE: u32 = u32::MAX - 1;

/// Causes of all known events.
#[derive(Debug)]
pub(super) struct Links {
    causes: Causes,
    /// By event, what caused it.
    caused: Vec<u32>,
    /// Events that cause each other in circles, each circle in log order.
    cycles: Vec<Vec<EventIx>>,
    cyclic: HashSet<EventIx, FixedState>,
}

impl Links {
    pub fn gather(log: &Log, cut: &Cut, task: &Task) -> Result<Self, Cancelled> {
        let causes = Causes::known(log, cut, task)?;
        let mut links = Self {
            caused: caused(log, cut, &causes, task)?,
            causes,
            cycles: Vec::new(),
            cyclic: HashSet::default(),
        };
        let events = cut.known(log).into_iter().flatten().map(EventIx);
        links.cycles = circles(events, |event| links.known_cause(event), task)?;
        links.cyclic = links.cycles.iter().flatten().copied().collect();
        Ok(links)
    }

    /// What caused an event, among what is known: an event, or an id that no known event has.
    pub fn cause<'a>(&self, log: &'a Log, event: EventIx) -> Option<CauseRef<'a>> {
        match self.caused.get(event.at()).copied()? {
            NO_CAUSE => None,
            ELSEWHERE => log.causation(event).map(CauseRef::Elsewhere),
            cause => Some(CauseRef::Event(EventIx(cause))),
        }
    }

    /// The same, if it is a known event.
    pub fn known_cause(&self, event: EventIx) -> Option<EventIx> {
        let cause = self.caused.get(event.at()).copied()?;
        (cause < ELSEWHERE).then_some(EventIx(cause))
    }

    /// Events whose id an earlier known event has, with the first that has it.
    pub fn repeated(&self) -> &[(EventIx, EventIx)] {
        self.causes.repeated()
    }

    /// The circles.
    pub fn cycles(&self) -> &[Vec<EventIx>] {
        &self.cycles
    }

    /// Whether an event stands in one of them.
    pub fn is_cyclic(&self, event: EventIx) -> bool {
        self.cyclic.contains(&event)
    }
}

/// What caused each known event, by its place.
fn caused(log: &Log, cut: &Cut, known: &Causes, task: &Task) -> Result<Vec<u32>, Cancelled> {
    let mut causes = vec![NO_CAUSE; cut.outside().at()];
    for event in cut.known(log).into_iter().flatten().map(EventIx) {
        if event.0.is_multiple_of(1 << 14) {
            task.check()?;
        }
        causes[event.at()] = match known.of(log, cut, event) {
            None => NO_CAUSE,
            Some(CauseRef::Event(cause)) => cause.0,
            Some(CauseRef::Elsewhere(_)) => ELSEWHERE,
        };
    }
    Ok(causes)
}
