//! The questions that follow from the model alone, so that a view that shows an answer and a command
//! that copies it ask the same.

use super::{Model, StreamEvents};
use crate::log::Bound;
use crate::worker::{AskEvent, AskOverview, AskState};

impl Model {
    /// The state of the selected stream at the cursor. While the store is indexed the question stays as it
    /// is for as long as its answer does.
    #[must_use]
    pub fn ask_state(&self) -> Option<AskState> {
        let question = self.ask_newest_state()?;
        let before = self.answers.state.asked();
        let before = before.filter(|before| holds_on(before, &question));
        Some(before.cloned().unwrap_or(question))
    }

    fn ask_newest_state(&self) -> Option<AskState> {
        let session = self.session.as_ref().filter(|open| !open.log.is_empty())?;
        let log = &session.log;
        let stream = self.selection.stream;
        Some(AskState {
            subject: session.subject(),
            stream: stream.filter(|stream| stream.at() < log.streams().len())?,
            cut: *self.cursor.cut(),
            compare: self.compare.map(|bound| log.cut(self.clock(), bound)),
            field: self.selection.field.clone(),
            zone: self.zone(),
            projection: self.fold_by.clone(),
        })
    }

    /// What the store is and holds at the cursor.
    #[must_use]
    pub fn ask_overview(&self) -> Option<AskOverview> {
        let session = self.session.as_ref().filter(|open| !open.log.is_empty())?;
        Some(AskOverview {
            subject: session.subject(),
            cut: *self.cursor.cut(),
            zone: self.zone(),
        })
    }

    /// What an event carries.
    #[must_use]
    pub fn ask_event(&self, event: crate::model::EventIx) -> Option<AskEvent> {
        let session = self.session.as_ref()?;
        (event.at() < session.log.len()).then(|| AskEvent {
            subject: session.subject(),
            event,
        })
    }
}

/// Whether a question that was asked of an earlier snapshot of a log being indexed has the answer that
/// the newest would give: of a moment that is indexed nothing is to be waited for.
fn holds_on(before: &AskState, now: &AskState) -> bool {
    let (old, new) = (&before.subject.log, &now.subject.log);
    if new.is_complete()
        || before.cut.bound() == Bound::Head
        || old.generation() != new.generation()
    {
        return false;
    }
    let same_but_the_log = *before
        == AskState {
            subject: before.subject.clone(),
            ..now.clone()
        };
    let same_store = before.subject.session == now.subject.session;
    if !same_store || !same_but_the_log {
        return false;
    }
    let count = |log| StreamEvents::of(log, now.stream).len();
    let known = StreamEvents::of(old, now.stream).below(now.cut.outside());
    // What came next was known, or has not come yet.
    count(old) > known || count(new) == count(old)
}
