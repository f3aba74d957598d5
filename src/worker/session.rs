//! Opens a store, indexes it in chunks that are shown as they come, then follows it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::lane::{INDEXING, Shared, SlotId, Turn};
use super::opened::{OpenRequest, Opened};
use super::opening::{self, Opener};
use super::outcome::{Outcome, Sender};
use super::sampler::Sampler;
use super::subject::SessionId;
use super::{MISTAKE, Mistake, survived};
use crate::log::{Arrangement, LogBuilder};
use crate::model::{Progress, Task};
use crate::store::{Followed, OpenError, Store, Tail};

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
pub(super) fn run(shared: &Shared<Order>, sender: &Sender, opener: Opener) {
    let mut session: Option<Session> = None;
    loop {
        match shared.next(POLL) {
            Turn::Closed => return,
            Turn::Idle => {
                if let Some(open) = &mut session {
                    open.unless_mistaken(sender, |open| open.follow(shared, sender));
                }
            }
            Turn::Work(Order::Close, _) => session = None,
            Turn::Work(Order::ReadOn, task) => {
                if let Some(open) = &mut session {
                    open.unless_mistaken(sender, |open| open.read_again(&task, sender));
                }
            }
            Turn::Work(Order::Open(id, request), task) => {
                let path = request.paths.first().cloned().unwrap_or_default();
                let opened = survived(|| Session::open(*request, id, opener, &task, sender));
                match opened {
                    Ok(Some((opened, told))) => {
                        drop(session.take());
                        let open = session.insert(opened);
                        open.unless_mistaken(sender, |open| open.begin(told, &task, sender));
                    }
                    // Where the new store cannot be opened, the old one is followed on.
                    Ok(None) => {}
                    Err(Mistake) => opening::fail_by_mistake(id, path, sender),
                }
            }
        }
    }
}

/// An open store with the index being built of it.
struct Session {
    id: SessionId,
    request: OpenRequest,
    opener: Opener,
    store: Store,
    builder: LogBuilder,
    /// None where there is nothing to be seen.
    sampler: Option<Sampler>,
    standing: Standing,
    /// The last trouble told of, so that it is told once.
    trouble: Option<String>,
}

/// How far a store was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Wholly, so that it can be followed.
    Whole,
    /// Wholly, until following was called off in the middle: what came may be in the log twice.
    Interrupted,
    /// In part, and it stays so.
    CutShort,
}

impl Session {
    /// Opens a store, and what the window is to be told of it.
    fn open(
        mut request: OpenRequest,
        id: SessionId,
        opener: Opener,
        task: &Task,
        sender: &Sender,
    ) -> Option<(Self, Opened)> {
        let (remembered, notice) = opening::remembered(&mut request);
        let store = match opener(&request, task) {
            Ok(store) => store,
            Err(error) => {
                opening::fail((id, &request), error, remembered, sender);
                return None;
            }
        };
        let opened = Opened::of(id, &store, remembered, notice);
        let session = Self {
            id,
            request,
            opener,
            sampler: None,
            builder: store.builder(),
            store,
            standing: Standing::CutShort,
            trouble: None,
        };
        Some((session, opened))
    }

    /// Tells that it is open, and reads it.
    fn begin(&mut self, opened: Opened, task: &Task, sender: &Sender) {
        sender.send(Outcome::Opened(Box::new(opened)));
        self.sampler = Sampler::new(&self.store, &self.request, (self.id, sender));
        self.read(task, sender);
    }

    /// Does some work of which a mistake ends no more than the reading of this store.
    fn unless_mistaken(&mut self, sender: &Sender, work: impl FnOnce(&mut Self)) {
        if let Err(Mistake) = survived(|| work(self)) {
            self.cut_short(Progress::default(), Some(MISTAKE.to_owned()), sender);
        }
    }

    /// Says that what was read is not all, and stays so until somebody asks for the rest.
    fn cut_short(&mut self, progress: Progress, trouble: Option<String>, sender: &Sender) {
        self.standing = Standing::CutShort;
        sender.send(Outcome::CutShort {
            session: self.id,
            progress,
            trouble,
        });
    }

    /// Reads the store from its beginning, after its index was cut short.
    fn read_again(&mut self, task: &Task, sender: &Sender) {
        if let Err(error) = self.reopen(task, sender) {
            self.cut_short(task.progress(), trouble(&error), sender);
        }
    }

    /// Indexes the store; what was read stays useful if that comes to no end.
    fn read(&mut self, task: &Task, sender: &Sender) {
        self.standing = Standing::Whole;
        let Err(error) = self.index(task, sender) else {
            return;
        };
        let log = Arc::new(self.builder.snapshot());
        sender.send(Outcome::Indexed {
            session: self.id,
            log,
            arrangement: None,
        });
        self.cut_short(task.progress(), trouble(&error), sender);
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
        let task = Task::new();
        let followed = match self.standing {
            Standing::CutShort => return,
            Standing::Interrupted => Ok(Followed::Rewritten),
            Standing::Whole => {
                shared.begin_aside(slot(), &task);
                self.store.follow(&mut self.builder, &task)
            }
        };
        let came = followed.as_ref().ok().copied();
        let found = match followed {
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
        if let Err(OpenError::Cancelled(_)) = found {
            return self.called_off(&task, shared, sender);
        }
        if let (Some(came), Some(sampler)) = (came, &mut self.sampler) {
            sampler.look(&self.store, came, &task, (self.id, sender));
        }
        let trouble = found.err().map(|error| error.to_string());
        self.tell(trouble.or_else(|| self.store.trouble()), sender);
    }

    /// Somebody has called off a look for news: for something else, or to have no more of it.
    fn called_off(&mut self, task: &Task, shared: &Shared<Order>, sender: &Sender) {
        match shared.is_waited_for() {
            true => self.standing = Standing::Interrupted,
            false => self.cut_short(task.progress(), None, sender),
        }
    }

    /// Tells of trouble with following, or that there is none any more.
    fn tell(&mut self, trouble: Option<String>, sender: &Sender) {
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
        self.store = (self.opener)(&self.request, task)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::worker::lane::{Close, Lane, Queued};
    use crate::workspace::Workspace;

    /// A look for news that is called off for another store that then cannot be opened: what had come
    /// of it is not in the log twice.
    #[test]
    fn what_was_called_off_for_nothing_is_made_up_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let lines = |numbers: std::ops::Range<u32>| -> String {
            let line = |n| {
                format!(
                    "{{\"type\":\"T\",\"stream\":\"s\",\"id\":\"e{n}\",\
                     \"time\":\"2024-01-01T00:00:{n:02}Z\",\"data\":{{\"n\":{n}}}}}\n"
                )
            };
            numbers.map(line).collect()
        };
        std::fs::write(&path, lines(0..10)).unwrap();
        let request = |path: &std::path::Path| OpenRequest {
            paths: vec![path.to_owned()],
            corrected: None,
            workspace: Workspace::none(),
            remembered: None,
            clock: || Timestamp::from_micros(0),
        };
        let (channel, outcomes) = crossbeam_channel::unbounded();
        let sender = Sender::new(channel, Arc::new(|| {}));
        let (begin, begun) = crossbeam_channel::bounded::<()>(0);
        let own = request(&path);
        let run = move |shared: &Shared<Order>| {
            let task = Task::new();
            let id = SessionId::unique();
            let (mut session, opened) =
                Session::open(own, id, opening::open, &task, &sender).unwrap();
            session.begin(opened, &task, &sender);
            // Somebody asks for another store while it looks.
            begun.recv().unwrap();
            session.follow(shared, &sender);
            assert_eq!(session.standing, Standing::Interrupted);
            assert!(matches!(shared.next(POLL), Turn::Work(..)));
            session.follow(shared, &sender);
            assert_eq!(session.standing, Standing::Whole);
        };
        let lane = Lane::start("asof-test", Close::WhenDone, run).unwrap();
        std::fs::write(&path, lines(0..20)).unwrap();
        lane.replace(Queued {
            slot: slot(),
            label: None,
            task: Task::new(),
            work: Order::Open(SessionId::unique(), Box::new(request(folder.path()))),
        });
        begin.send(()).unwrap();
        drop(lane);
        let log = outcomes.try_iter().filter_map(|outcome| match outcome {
            Outcome::Indexed { log, .. } => Some(log),
            _ => None,
        });
        assert_eq!(log.last().unwrap().len(), 20);
    }
}
