//! What the state view shows together: heading, tree, history and card are of one answer, and another
//! one takes their place only when all that is drawn of it has come. So no picture of the view has one
//! part of one moment and another of the next, however fast a followed store grows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Ui;

use crate::gui::model::{Model, Session};
use crate::gui::views::Standing;
use crate::log::{AsOf, Cut, Log};
use crate::model::EventIx;
use crate::model::time::Zone;
use crate::worker::{Found, FoundState, Question, Slot};

/// The state whose parts are on screen.
#[derive(Default)]
pub(super) struct Shown {
    state: Option<FoundState>,
    /// Since when a newer one is held back.
    held: Option<Instant>,
}

/// So long a newer state is held back at most. Where a store grows faster than the parts of its states come,
/// there would never be one with all of them.
const HELD: Duration = Duration::from_millis(400);

/// Whether all that is drawn of a newer state is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// All of it.
    There,
    /// Some is on its way, and nobody has waited long for it.
    Coming,
    /// Some is on its way, and what is on screen has grown old.
    Late,
}

impl Parts {
    /// How far the answer is that is drawn of a state: `is_it` says whether a question is about that.
    pub fn of<Q: Question>(ui: &Ui, slot: &Slot<Q>, is_it: impl Fn(&Q) -> bool) -> Self {
        if slot.known().is_some_and(|(question, _)| is_it(question)) {
            return Self::There;
        }
        match Standing::of(ui, slot) {
            Standing::Current => Self::Coming,
            Standing::Late | Standing::Unanswered(_) => Self::Late,
        }
    }
}

impl Shown {
    /// The event that made it.
    pub fn last(&self) -> Option<EventIx> {
        self.state.as_ref().and_then(|found| found.at.last)
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.state.is_some()
    }

    /// The newer state where its parts are there, or where they take their time: then they fade. Until
    /// then the one before, as long as it is about the same; or one between them, `whole`, whose parts are
    /// there.
    pub fn take(
        &mut self,
        newest: Option<FoundState>,
        parts: Parts,
        whole: Option<&FoundState>,
    ) -> Option<FoundState> {
        let stays = match (&self.state, &newest) {
            (Some(shown), Some(newest)) => parts == Parts::Coming && is_same(shown, newest),
            _ => false,
        };
        let moment = |found: &FoundState| found.at.cut.bound();
        let between = |whole: &&FoundState, newest: &FoundState| {
            let grown = |shown: &FoundState| shown.log.len() < whole.log.len();
            let newer = |shown: &FoundState| moment(shown) != moment(whole) || grown(shown);
            is_same(whole, newest)
                && moment(whole) == moment(newest)
                && self.state.as_ref().is_none_or(newer)
        };
        let whole = whole.zip(newest.as_ref());
        let whole = whole.filter(|(whole, newest)| parts != Parts::There && between(whole, newest));
        if let Some((whole, _)) = whole {
            self.state = Some(whole.clone());
            self.held = None;
        } else if !stays || self.held.is_some_and(|since| since.elapsed() >= HELD) {
            self.state = newest;
            self.held = None;
        } else {
            self.held.get_or_insert_with(Instant::now);
        }
        self.state.clone()
    }
}

/// Whether two states are of one stream, folded alike, in one order of the log.
fn is_same(a: &Found, b: &Found) -> bool {
    (a.at.stream, a.log.generation()) == (b.at.stream, b.log.generation())
        && a.projection == b.projection
}

/// The log and the moment that the history is drawn of.
#[derive(Clone)]
pub(super) struct Seen {
    pub log: Arc<Log>,
    pub cut: Cut,
    pub as_of: AsOf,
    /// By whose calendar distances are told.
    pub zone: Zone,
}

impl Seen {
    /// Those of the state that is shown, while it is of another moment than the newest log's.
    pub fn of(model: &Model, session: &Session, shown: Option<&FoundState>) -> Self {
        match shown {
            Some(found) if found.at.cut != *model.cursor.cut() => Self {
                log: Arc::clone(&found.log),
                cut: found.at.cut,
                as_of: found.at.cut.as_of(&found.log),
                zone: model.zone(),
            },
            _ => Self {
                log: Arc::clone(&session.log),
                cut: *model.cursor.cut(),
                as_of: model.cursor.as_of().clone(),
                zone: model.zone(),
            },
        }
    }
}

/// The last answer about a state, until that about the next one is shown.
pub(super) struct Of<A>(Option<(FoundState, Arc<A>)>);

impl<A> Default for Of<A> {
    fn default() -> Self {
        Self(None)
    }
}

impl<A> Of<A> {
    /// The answer about the state that is shown, or that about the one before of the same stream.
    pub fn take(
        &mut self,
        known: Option<(&FoundState, &Arc<A>)>,
        shown: &FoundState,
    ) -> Option<(FoundState, Arc<A>)> {
        if let Some((of, answer)) = known.filter(|(of, _)| *of == shown) {
            self.0 = Some((of.clone(), Arc::clone(answer)));
        }
        let kept = self.0.clone();
        kept.filter(|(of, _)| is_same(of, shown))
    }
}
