//! The questions that follow from the model alone, so that a view that shows an answer and a command
//! that copies it ask the same.

use super::Model;
use crate::worker::{AskEvent, AskOverview, AskState};

impl Model {
    /// The state of the selected stream at the cursor.
    #[must_use]
    pub fn ask_state(&self) -> Option<AskState> {
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
