//! What a view offers by name while it is shown: for the palette, which knows nothing of views.

use super::Command;
use crate::analysis::saga::Status;

/// Something that the view which is shown can do now.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What it does, in the imperative.
    pub title: String,
    /// What is to be known of it beside that; empty where nothing is.
    pub note: String,
    /// The command.
    pub command: Command,
}

impl Offer {
    /// One without a note.
    pub fn new(title: impl Into<String>, command: Command) -> Self {
        Self {
            title: title.into(),
            note: String::new(),
            command,
        }
    }

    /// What is to be known of it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// What can be done in the Sagas view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SagaAct {
    /// List those with that status only; all of them where none is said.
    List(Option<Status>),
    /// Copy what is shown as text that Mermaid draws.
    CopyMermaid,
    /// Write down what was mined as a definition.
    WriteDefinition,
}
