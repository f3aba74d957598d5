//! Opens a store, indexes it in chunks that are shown as they come, then follows it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::lane::{INDEXING, Shared, SlotId, Turn};
use super::opened::{OpenRequest, Opened, Unread};
use super::outcome::{Outcome, Sender};
use super::subject::SessionId;
use crate::log::{Arrangement, LogBuilder};
use crate::model::Task;
use crate::store::{Followed, Join, OpenError, OpenOptions, Store, Tail};
use crate::workspace::{StorePath, StoreWorkspace};

/// Between two looks for new events.
const POLL: Duration = Duration::from_millis(400);

/// Between two snapshots while indexing; the first is sent at once.
const SNAPSHOT: Duration = Duration::from_millis(120);

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Open a store in place of the one that is open.
    Open(SessionId, Box<OpenRequest>),
    /// Read the store that is open again, after its index was cut short.
    ReadOn,
    /// Let go of the store.
    Close,
}

/// The place of all its work.
pub(super) fn slot() -> SlotId {
    static SLOT: std::sync::OnceLock<SlotId> = std::sync::OnceLock::new();
    *SLOT.get_or_init(SlotId::unique)
}

/// The thread's whole life.
pub(super) fn run(shared: &Shared<Order>, sender: &Sender) {
    let mut session: Option<Session> = None;
    loop {
        match shared.next(POLL) {
            Turn::Closed => return,
            Turn::Idle => {
                if let Some(open) = &mut session {
                    open.follow(shared, sender);
                }
            }
            Turn::Work(Order::Close, _) => session = None,
            Turn::Work(Order::ReadOn, task) => {
                let failed = session.as_mut().and_then(|open| {
                    let error = open.reopen(&task, sender).err()?;
                    Some(Outcome::CutShort {
                        session: open.id,
                        progress: task.progress(),
                        trouble: trouble(&error),
                    })
                });
                if let Some(failed) = failed {
                    sender.send(failed);
                }
            }
            Turn::Work(Order::Open(id, request), task) => {
                // Where the new store cannot be opened, the old one is followed on.
                if let Some(mut opened) = Session::open(*request, id, &task, sender) {
                    drop(session.take());
                    opened.read(&task, sender);
                    session = Some(opened);
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
    standing: Standing,
    /// The last trouble told of, so that it is told once.
    trouble: Option<String>,
}

/// How far a store was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Wholly, so that it can be followed.
    Whole,
    /// In part, and it stays so.
    CutShort,
}

impl Session {
    fn open(mut request: OpenRequest, id: SessionId, task: &Task, sender: &Sender) -> Option<Self> {
        let (remembered, notice) = remembered(&mut request);
        if request.options.layout.is_none() {
            request.options.layout = remembered.mapping.clone();
        }
        let store = match open(&request, task) {
            Ok(store) => store,
            Err(error) => {
                fail((id, &request), error, remembered, sender);
                return None;
            }
        };
        let opened = Opened::of(id, &store, remembered, notice);
        sender.send(Outcome::Opened(Box::new(opened)));
        Some(Self {
            id,
            request,
            builder: store.builder(),
            store,
            standing: Standing::CutShort,
            trouble: None,
        })
    }

    /// Indexes the store; what was read stays useful if that comes to no end.
    fn read(&mut self, task: &Task, sender: &Sender) {
        self.standing = Standing::Whole;
        let Err(error) = self.index(task, sender) else {
            return;
        };
        self.standing = Standing::CutShort;
        let log = Arc::new(self.builder.snapshot());
        sender.send(Outcome::Indexed {
            session: self.id,
            log,
            arrangement: None,
        });
        sender.send(Outcome::CutShort {
            session: self.id,
            progress: task.progress(),
            trouble: trouble(&error),
        });
    }

    fn index(&mut self, task: &Task, sender: &Sender) -> Result<(), OpenError> {
        let Self {
            id, store, builder, ..
        } = self;
        let mut last: Option<Instant> = None;
        let read = store.index(builder, Tail::Following, task, &mut |builder| {
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
        if read == Followed::Rewritten {
            // Its end tells of another store than its beginning did.
            self.begin_again(sender);
            return self.index(task, sender);
        }
        self.finish(sender);
        Ok(())
    }

    /// Begins an index of the store as it is now, which is another session: what was asked of the
    /// one before has no answer any more.
    fn begin_again(&mut self, sender: &Sender) {
        self.builder = self.store.builder();
        let before = std::mem::replace(&mut self.id, SessionId::unique());
        let opened = Opened::of(self.id, &self.store, Default::default(), None);
        sender.send(Outcome::Rewritten {
            before,
            opened: Box::new(opened),
        });
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

    fn follow(&mut self, shared: &Shared<Order>, sender: &Sender) {
        if self.standing == Standing::CutShort {
            return;
        }
        let task = Task::new();
        let found = match self.store.follow(&mut self.builder, &task) {
            Ok(Followed::Same) => Ok(()),
            Ok(Followed::Appended) => {
                self.finish(sender);
                Ok(())
            }
            Ok(Followed::Rewritten) => {
                shared.begin(slot(), INDEXING, &task);
                self.reopen(&task, sender)
            }
            // A writer in the middle of replacing the file; the next look tells.
            Err(error) => Err(error),
        };
        let trouble = found.err().map(|error| error.to_string());
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            sender.send(Outcome::Following {
                session: self.id,
                trouble,
            });
        }
    }

    /// The store was rewritten under us: retention, VACUUM, a copy put in its place.
    fn reopen(&mut self, task: &Task, sender: &Sender) -> Result<(), OpenError> {
        self.store = open(&self.request, task)?;
        self.begin_again(sender);
        self.read(task, sender);
        Ok(())
    }
}

/// What went wrong; nothing where somebody called it off.
fn trouble(error: &OpenError) -> Option<String> {
    match error {
        OpenError::Cancelled(_) => None,
        error => Some(error.to_string()),
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

fn fail(
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
        worker.open(OpenRequest {
            paths: files.map(|file| folder.join(file)).to_vec(),
            options: OpenOptions::default(),
            workspace: Workspace::at(home.path()),
            remembered: None,
        });
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
