//! Writes what is to be remembered: on a thread of its own, so that nothing waits for a slow disk, in
//! order, and to the end even when the window closes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::lane::SlotId;
use super::outcome::{Outcome, Sender};
use crate::store::layout::Layout;
use crate::workspace::{
    ProjectionFile, SagaFile, Settings, StorePath, StoreWorkspace, Workspace, WorkspaceError,
};

/// What to write into the workspace.
#[derive(Clone, Debug)]
pub enum Keep {
    /// The settings.
    Settings(Box<Settings>),
    /// What is remembered of a store.
    Store(StorePath, Box<StoreWorkspace>),
    /// The mapping of one of several files, or that it has none any more; what else is remembered of the
    /// file stays.
    Mapping(StorePath, Option<Box<Layout>>),
    /// A projection that the user has written.
    Projection(ProjectionFile),
    /// A process that the user has declared.
    Saga(SagaFile),
}

impl Keep {
    pub(super) fn write(&self, workspace: &Workspace, sender: &Sender) {
        let written: Result<(), WorkspaceError> = match self {
            Self::Settings(settings) => workspace.save_settings(settings),
            Self::Store(path, store) => workspace.save_store(path, store),
            Self::Mapping(path, mapping) => workspace.load_store(path).and_then(|loaded| {
                let mapping = mapping.as_deref().cloned();
                let remembered = StoreWorkspace {
                    mapping,
                    ..loaded.value
                };
                workspace.save_store(path, &remembered)
            }),
            Self::Projection(file) => workspace.save_projection(file),
            Self::Saga(file) => workspace.save_saga(file),
        };
        if let Err(error) = written {
            sender.send(Outcome::NotSaved(error.to_string()));
        }
    }
}

/// The place of each file, so that of several versions that wait only the last is written.
#[derive(Debug, Default)]
pub(super) struct Files(Mutex<HashMap<File, SlotId>>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum File {
    Settings,
    Store(StorePath),
    Mapping(StorePath),
    Projection(String),
    Saga(String),
}

impl Files {
    pub fn slot(&self, keep: &Keep) -> SlotId {
        let file = match keep {
            Keep::Settings(_) => File::Settings,
            Keep::Store(path, _) => File::Store(path.clone()),
            Keep::Mapping(path, _) => File::Mapping(path.clone()),
            Keep::Projection(file) => File::Projection(file.name.clone()),
            Keep::Saga(file) => File::Saga(file.name.clone()),
        };
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slots.entry(file).or_insert_with(SlotId::unique)
    }
}
