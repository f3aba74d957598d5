//! Opens a store, indexes it in chunks that are shown as they come, then follows it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::{Job, OpenRequest, Opened, SessionId, Unread};
use super::lane::{Queued, Sender, Shared, Turn};
use super::outcome::Outcome;
use crate::log::{Arrangement, LogBuilder};
use crate::model::Task;
use crate::store::{Followed, Join, OpenError, OpenOptions, Store};
use crate::workspace::{StorePath, StoreWorkspace};

/// Between two looks for new events.
const POLL: Duration = Duration::from_millis(400);

/// Between two snapshots while indexing; the first is sent at once.
const SNAPSHOT: Duration = Duration::from_millis(120);

/// The thread's whole life.
pub(super) fn run(shared: &Shared, sender: &Sender) {
    let mut session: Option<Session> = None;
    loop {
        match shared.next(POLL) {
            Turn::Closed => return,
            Turn::Idle => {
                if let Some(open) = &mut session {
                    open.follow(sender);
                }
            }
            Turn::Work(queued) => {
                let Queued { number, job, task } = *queued;
                match job {
                    Job::Open(request) => {
                        // The old store is let go of before the new one is read.
                        drop(session.take());
                        session = Session::open(*request, number, &task, sender);
                    }
                    Job::Close => session = None,
                    // Nothing else is sent here.
                    _ => {}
                }
            }
        }
    }
}

/// An open store with the index being built of it.
struct Session {
    id: SessionId,
    request: OpenRequest,
    store: Store,
    builder: LogBuilder,
    /// The last trouble told of, so that it is told once.
    trouble: Option<String>,
}

impl Session {
    fn open(request: OpenRequest, number: u64, task: &Task, sender: &Sender) -> Option<Self> {
        let id = SessionId(number);
        let mut request = request;
        let (remembered, notice) = remembered(&mut request);
        if request.options.layout.is_none() {
            request.options.layout = remembered.mapping.clone();
        }
        let store = match open(&request, task) {
            Ok(store) => store,
            Err(error) => {
                fail(&request, error, remembered, sender);
                return None;
            }
        };
        sender.send(Outcome::Opened(Box::new(Opened::of(
            id,
            &store,
            remembered.clone(),
            notice,
        ))));
        let builder = store.builder();
        let mut session = Self {
            id,
            request: request.clone(),
            store,
            builder,
            trouble: None,
        };
        match session.index(task, sender) {
            Ok(()) => Some(session),
            Err(OpenError::Cancelled(_)) => {
                // What was read stays useful; it is only not all of it.
                let log = Arc::new(session.builder.snapshot());
                sender.send(Outcome::Indexed {
                    session: id,
                    log,
                    arrangement: None,
                });
                sender.send(Outcome::IndexCancelled { session: id });
                None
            }
            Err(error) => {
                fail(&request, error, remembered, sender);
                None
            }
        }
    }

    fn index(&mut self, task: &Task, sender: &Sender) -> Result<(), OpenError> {
        let Self {
            id, store, builder, ..
        } = self;
        let mut last: Option<Instant> = None;
        store.index(builder, task, &mut |builder| {
            if last.is_none_or(|last| last.elapsed() > SNAPSHOT) {
                let log = Arc::new(builder.snapshot());
                sender.send(Outcome::Indexed {
                    session: *id,
                    log,
                    arrangement: None,
                });
                last = Some(Instant::now());
            }
        })?;
        self.finish(sender);
        Ok(())
    }

    fn finish(&mut self, sender: &Sender) {
        let (log, arrangement) = self.builder.finish();
        let arrangement: Option<Arrangement> = Some(arrangement);
        sender.send(Outcome::Indexed {
            session: self.id,
            log: Arc::new(log),
            arrangement,
        });
    }

    fn follow(&mut self, sender: &Sender) {
        let task = Task::new();
        match self.store.follow(&mut self.builder, &task) {
            Ok(Followed::Same) => {}
            Ok(Followed::Appended) => self.finish(sender),
            Ok(Followed::Rewritten) => self.reindex(&task, sender),
            Err(error) => {
                // A writer in the middle of replacing the file; the next look tells.
                let trouble = error.to_string();
                if self.trouble.as_ref() != Some(&trouble) {
                    sender.send(Outcome::Following {
                        session: self.id,
                        trouble: Some(trouble.clone()),
                    });
                    self.trouble = Some(trouble);
                }
                return;
            }
        }
        if self.trouble.take().is_some() {
            sender.send(Outcome::Following {
                session: self.id,
                trouble: None,
            });
        }
    }

    /// The store was rewritten under us: retention, VACUUM, a copy put in its place.
    fn reindex(&mut self, task: &Task, sender: &Sender) {
        let Ok(store) = open(&self.request, task) else {
            return;
        };
        self.store = store;
        self.builder = self.store.builder();
        sender.send(Outcome::Rewritten(Box::new(Opened::of(
            self.id,
            &self.store,
            Default::default(),
            None,
        ))));
        if let Err(error) = self.index(task, sender) {
            sender.send(Outcome::Following {
                session: self.id,
                trouble: Some(error.to_string()),
            });
        }
    }
}

/// Opens the store. The mapping at hand is that of the first file; each other has its own.
fn open(request: &OpenRequest, task: &Task) -> Result<Store, OpenError> {
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

fn fail(request: &OpenRequest, error: OpenError, remembered: StoreWorkspace, sender: &Sender) {
    if let OpenError::Cancelled(_) = error {
        return sender.send(Outcome::OpenCancelled);
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
        path,
        message,
        unread,
    });
}

/// What is remembered of the store, and what went wrong with that.
fn remembered(request: &mut OpenRequest) -> (StoreWorkspace, Option<String>) {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Worker;
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn several_files_are_opened_as_one() {
        let (wake, woken) = crossbeam_channel::unbounded();
        let wake: crate::worker::Wake = Arc::new(move || {
            let _ = wake.send(());
        });
        let worker = Worker::start(&wake).unwrap();
        let home = tempfile::tempdir().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/es_py_system");
        let files = ["orders.db", "reservations.db", "payments.db"];
        worker.submit(Job::Open(Box::new(OpenRequest {
            paths: files.map(|file| folder.join(file)).to_vec(),
            options: OpenOptions::default(),
            workspace: Workspace::at(home.path()),
            remembered: None,
        })));
        let mut opened = None;
        let log = loop {
            woken.recv().unwrap();
            match worker.next().unwrap() {
                Outcome::Opened(new) => opened = Some(new),
                Outcome::Indexed {
                    log,
                    arrangement: Some(_),
                    ..
                } => break log,
                Outcome::Indexed { .. } => {}
                other => panic!("{other:?}"),
            }
        };
        let opened = opened.unwrap();
        assert_eq!((log.len(), log.sources().len()), (187, 3));
        assert_eq!((opened.paths.len(), opened.files.len()), (3, 3));
        assert_eq!(opened.store_path, StorePath::of_all(&opened.paths));
        assert_ne!(opened.store_path, StorePath::of(&opened.path));
    }
}
