//! From a request to a store: with what is remembered of it, and what is said where it cannot be opened.

use std::path::PathBuf;

use super::MISTAKE;
use super::opened::{OpenRequest, Unread};
use super::outcome::{Outcome, Sender};
use super::subject::SessionId;
use crate::model::Task;
use crate::store::{Join, OpenError, OpenOptions, Store};
use crate::workspace::{StorePath, StoreWorkspace};

/// What opens a store.
pub(super) type Opener = fn(&OpenRequest, &Task) -> Result<Store, OpenError>;

/// Opens the store. The mapping at hand is that of the first file; each other has its own.
pub(super) fn open(request: &OpenRequest, task: &Task) -> Result<Store, OpenError> {
    let own = |path: &PathBuf| OpenOptions {
        layout: request
            .workspace
            .load_store(&StorePath::of(path))
            .ok()
            .and_then(|loaded| loaded.value.mapping),
    };
    let mut files: Vec<(PathBuf, OpenOptions)> = Vec::with_capacity(request.paths.len());
    for path in &request.paths {
        // What was handed on about the first file counts, also that it has no mapping any more.
        let options = if files.is_empty() {
            request.options.clone()
        } else {
            own(path)
        };
        files.push((path.clone(), options));
    }
    Store::open_all(&files, Join::Time, task)
}

/// Says why there is no store.
pub(super) fn fail(
    (session, request): (SessionId, &OpenRequest),
    error: OpenError,
    remembered: StoreWorkspace,
    sender: &Sender,
) {
    if let OpenError::Cancelled(_) = error {
        return sender.send(Outcome::OpenCancelled(session));
    }
    let path = match &error {
        OpenError::NoEvents { path, .. } => path.clone(),
        _ => request.paths.first().cloned().unwrap_or_default(),
    };
    let message = error.to_string();
    let mapped = request.options.layout.is_some();
    let contents = match error {
        OpenError::NoEvents { contents, .. } => Some(*contents),
        _ => None,
    };
    // Also where a mapping of before does not fit (any more).
    let unread = (contents.is_some() || mapped).then(|| {
        Box::new(Unread {
            path: path.clone(),
            store_path: StorePath::of(&path),
            message: message.clone(),
            contents,
            remembered,
        })
    });
    sender.send(Outcome::OpenFailed {
        session,
        path,
        message,
        unread,
    });
}

/// What is remembered of the store, and what went wrong with that.
pub(super) fn remembered(request: &mut OpenRequest) -> (StoreWorkspace, Option<String>) {
    if let Some(remembered) = request.remembered.take() {
        return (*remembered, None);
    }
    match request
        .workspace
        .load_store(&StorePath::of_all(&request.paths))
    {
        Ok(loaded) => {
            let notice = loaded.notice();
            (loaded.value, notice)
        }
        Err(error) => (StoreWorkspace::default(), Some(error.to_string())),
    }
}

/// Says that a mistake in the program keeps a store from being opened.
pub(super) fn fail_by_mistake(session: SessionId, path: PathBuf, sender: &Sender) {
    sender.send(Outcome::OpenFailed {
        session,
        path,
        message: MISTAKE.to_owned(),
        unread: None,
    });
}
