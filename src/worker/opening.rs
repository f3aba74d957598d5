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

/// Opens the store, each file by its own mapping, if it has one.
pub(super) fn open(request: &OpenRequest, task: &Task) -> Result<Store, OpenError> {
    let kept = |path: &StorePath| {
        let remembered = request.workspace.load_store(path).ok()?;
        remembered.value.mapping
    };
    let own = |path: &PathBuf| {
        let path = StorePath::of(path);
        match &request.corrected {
            Some((corrected, mapping)) if *corrected == path => mapping.clone(),
            _ => kept(&path),
        }
    };
    let options = |path| OpenOptions { layout: own(path) };
    let files = request
        .paths
        .iter()
        .map(|path| (path.clone(), options(path)));
    Store::open_all(&files.collect::<Vec<_>>(), Join::Time, task)
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
    let is_corrected = |path: &&PathBuf| {
        let corrected = request.corrected.as_ref();
        corrected.is_some_and(|(corrected, _)| *corrected == StorePath::of(path))
    };
    let corrected = request.paths.iter().find(is_corrected);
    let path = match &error {
        OpenError::NoEvents { path, .. } => path.clone(),
        _ => (corrected.or(request.paths.first()).cloned()).unwrap_or_default(),
    };
    let message = error.to_string();
    let mapped = corrected.is_some() || remembered.mapping.is_some();
    let contents = match error {
        OpenError::NoEvents { contents, .. } => Some(*contents),
        _ => None,
    };
    // Also where a mapping of before does not fit (any more).
    let unread = (contents.is_some() || mapped).then(|| {
        Box::new(Unread {
            path: path.clone(),
            // A file of a folder is mapped by itself.
            paths: match request.paths.contains(&path) {
                true => request.paths.clone(),
                false => vec![path.clone()],
            },
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
