//! Times in which consumers did not get on, over all of their history, as the audit tells them: what befell
//! them (`spells`), each with the event that waited.

use super::course::Course;
use super::progress::{Evidence, Progress, Way};
use super::spells::{Spell, SpellKind};
use super::tail::Known;
use crate::log::Cut;
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp};

/// A time in which a consumer was stalled, stopped or rewound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldUp {
    /// The consumer's name.
    pub consumer: String,
    /// What befell it.
    pub kind: SpellKind,
    /// Since when; while it was stalled or stopped, since an event waited.
    pub from: Timestamp,
    /// Until when; the moment itself where it still goes on.
    pub to: Timestamp,
    /// The first event that waited; of one that went back, the first that it processed again.
    pub event: EventIx,
    /// Its checkpoint; of one that went back, the one to which.
    pub position: Option<PositionName>,
    /// Of one that went back, the checkpoint that it had.
    pub before: Option<PositionName>,
    /// Where in its tail the event stands.
    place: (usize, usize),
}

impl HoldUp {
    /// How long it lasted.
    #[must_use]
    pub fn lasted(&self) -> Span {
        self.to - self.from
    }
}

impl Course {
    /// The times up to a cut in which consumers did not get on, consumer by consumer, each in order. Of
    /// consumers that keep a history of their checkpoints only.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn hold_ups(&self, cut: &Cut, task: &Task) -> Result<Vec<HoldUp>, Cancelled> {
        let now = cut.time(&self.log);
        let mut all = Vec::new();
        for (number, own, way) in self.known(cut) {
            if way.evidence != Evidence::CheckpointHistory {
                continue;
            }
            for spell in self.spells(number, cut, now, task)? {
                all.extend(self.hold_up((own, &way), spell, cut));
            }
        }
        all.sort_by(|a, b| (&a.consumer, a.from, a.to).cmp(&(&b.consumer, b.from, b.to)));
        Ok(all)
    }

    /// The events that had waited by the end of a time in which a consumer did not get on, with when each was
    /// recorded, in the order in which it would process them.
    pub fn waited<'a>(
        &'a self,
        own: &HoldUp,
        cut: &Cut,
    ) -> impl Iterator<Item = (EventIx, Timestamp)> + 'a {
        let (tail, first) = own.place;
        let known = Known::at(cut).by(own.to);
        self.tails.get(tail).into_iter().flat_map(move |tail| {
            let next = move |at: usize| tail.first(&self.log, at, known);
            let all = std::iter::successors(next(first), move |at| next(at + 1));
            all.filter_map(move |at| Some((tail.event(at)?, tail.time(&self.log, at)?)))
        })
    }

    /// The event that waited meanwhile. That it catches up is no trouble of its own.
    fn hold_up(
        &self,
        (own, way): (&Progress, &Way<'_>),
        spell: Spell,
        cut: &Cut,
    ) -> Option<HoldUp> {
        let Spell { kind, step, .. } = spell;
        let to = spell.to.or(cut.time(&self.log))?;
        let tail = self.tails.get(own.tail?)?;
        let (covers, known) = (way.covers(step)?, Known::at(cut).by(to));
        let first = match kind {
            SpellKind::Rewound => tail.first(&self.log, covers, known),
            _ => self.first_that_comes(own, (tail, covers), (cut, known)),
        }?;
        let (from, before) = match kind {
            SpellKind::CatchingUp => return None,
            SpellKind::Rewound => (
                spell.from,
                self.place_at(own, way, step.checked_sub(1)?, cut),
            ),
            _ => (spell.from.max(tail.time(&self.log, first)?), None),
        };
        Some(HoldUp {
            consumer: own.id.name.clone(),
            kind,
            from,
            to,
            event: tail.event(first)?,
            position: self.place_at(own, way, step, cut),
            before,
            place: (own.tail?, first),
        })
    }
}
