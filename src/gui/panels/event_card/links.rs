//! What an event hangs together with: its cause, its effects, the events of its correlation. Looked
//! up once per event, never per frame. Nothing here draws.

use hashbrown::HashSet;

use crate::log::{CauseRef, Cut, Log};
use crate::model::EventIx;

/// Effects kept; more are only counted.
pub(super) const EFFECTS: usize = 64;
/// Events of a correlation that are looked at for the count.
const CORRELATED: usize = 10_000;

/// What caused an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nothing is said, or nothing is known yet.
    #[default]
    None,
    /// An event of this store.
    Event(EventIx),
    /// Something elsewhere, by its id.
    Elsewhere(String),
}

/// What an event hangs together with.
#[derive(Debug, Default)]
pub(super) struct Links {
    key: Option<(u64, EventIx)>,
    pub cause: Cause,
    pub effects: Vec<EventIx>,
    pub effects_in_all: usize,
    correlated: Vec<EventIx>,
    correlated_in_all: usize,
    counted: Option<(Cut, Correlated)>,
}

/// How many events share a correlation, as of a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Correlated {
    /// Events known at the cut.
    pub known: usize,
    /// The streams that these stand in.
    pub streams: usize,
    /// Events after it.
    pub later: usize,
    /// Events that were too many to be looked at.
    pub beyond: usize,
}

impl Links {
    /// Looks up what `event` hangs together with, unless that is known.
    pub fn load(&mut self, log: &Log, revision: u64, event: EventIx) {
        let key = Some((revision, event));
        if self.key == key {
            return;
        }
        let mut effects = log.effects(event);
        let effects_in_all = effects.len();
        effects.truncate(EFFECTS);
        let mut correlated = log.correlated(event);
        let correlated_in_all = correlated.len();
        correlated.truncate(CORRELATED);
        let cause = match log.cause(event) {
            None => Cause::None,
            Some(CauseRef::Event(cause)) => Cause::Event(cause),
            Some(CauseRef::Elsewhere(id)) => Cause::Elsewhere(id.to_owned()),
        };
        *self = Self {
            key,
            cause,
            effects,
            effects_in_all,
            correlated,
            correlated_in_all,
            counted: None,
        };
    }

    /// How many events share the correlation, as of `cut`.
    pub fn correlated(&mut self, log: &Log, cut: &Cut) -> Correlated {
        if let Some((_, known)) = self.counted.filter(|(at, _)| at == cut) {
            return known;
        }
        let known = || {
            self.correlated
                .iter()
                .copied()
                .filter(|event| cut.holds(log, *event))
        };
        let streams: HashSet<_> = known().map(|event| log.stream(event)).collect();
        let count = known().count();
        let counted = Correlated {
            known: count,
            streams: streams.len(),
            later: self.correlated.len() - count,
            beyond: self.correlated_in_all - self.correlated.len(),
        };
        self.counted = Some((*cut, counted));
        counted
    }
}
