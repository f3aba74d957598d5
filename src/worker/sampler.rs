//! Looks at checkpoints while a store is followed, where the store itself keeps the present only. What
//! is seen goes to the workspace, once the store turns out to be written to: of one at rest nothing is
//! to be noted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::OpenRequest;
use super::outcome::{Outcome, Sender};
use super::subject::SessionId;
use crate::analysis::lag::{Note, Samples};
use crate::log::SideKind;
use crate::model::{Task, Timestamp};
use crate::store::{Followed, Store};
use crate::workspace::{StorePath, Workspace};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// Watches the consumers of a store.
pub(super) struct Sampler {
    samples: Samples,
    /// Not written yet.
    notes: Vec<Note>,
    pace: Pace,
    last: Option<Instant>,
    clock: fn() -> Timestamp,
    workspace: Workspace,
    path: StorePath,
}

/// Whether anything of the store has moved since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    AtRest,
    Moving,
}

impl Sampler {
    /// Says what earlier watches saw; none for a store that needs none.
    pub fn new(
        store: &Store,
        request: &OpenRequest,
        (session, sender): (SessionId, &Sender),
    ) -> Option<Self> {
        let is_needed =
            store.has_side(SideKind::Checkpoints) && !store.has_side(SideKind::CheckpointHistory);
        if !is_needed {
            return None;
        }
        let path = StorePath::of_all(&request.paths);
        let seen = request.workspace.load_seen(&path).unwrap_or_else(|error| {
            sender.send(Outcome::NotSaved(error.to_string()));
            Vec::new()
        });
        let samples = Samples::of(seen);
        if !samples.notes().is_empty() {
            let samples = Arc::new(samples.clone());
            sender.send(Outcome::Sampled { session, samples });
        }
        Some(Self {
            samples,
            notes: Vec::new(),
            pace: Pace::AtRest,
            last: None,
            clock: request.clock,
            workspace: request.workspace.clone(),
            path,
        })
    }

    /// Looks, where it is time to, and says what there is to see.
    pub fn look(
        &mut self,
        store: &Store,
        followed: Followed,
        task: &Task,
        (session, sender): (SessionId, &Sender),
    ) {
        if followed != Followed::Same {
            self.pace = Pace::Moving;
        }
        if self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        let is_first = !self.samples.is_watching();
        // Where a writer is in the way, the next look tells.
        let Ok(notes) = self.samples.take(&*store.rows(), (self.clock)(), task) else {
            return;
        };
        if !is_first && notes.iter().any(|note| matches!(note, Note::Moved(_))) {
            self.pace = Pace::Moving;
        }
        self.notes.extend(notes);
        if self.pace == Pace::AtRest || self.notes.is_empty() {
            return;
        }
        let notes = std::mem::take(&mut self.notes);
        if let Err(error) = self.workspace.add_seen(&self.path, &notes) {
            // It is seen on, but told only once that it cannot be kept.
            self.workspace = Workspace::none();
            sender.send(Outcome::NotSaved(error.to_string()));
        }
        let samples = Arc::new(self.samples.clone());
        sender.send(Outcome::Sampled { session, samples });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use crossbeam_channel::{Receiver, unbounded};

    use super::*;
    use crate::store::OpenOptions;

    static NOW: AtomicI64 = AtomicI64::new(0);

    fn clock() -> Timestamp {
        Timestamp::from_micros(NOW.load(Ordering::Relaxed) * 1_000_000)
    }

    static LATER: AtomicI64 = AtomicI64::new(0);

    fn later() -> Timestamp {
        Timestamp::from_micros(LATER.load(Ordering::Relaxed))
    }

    struct Scene {
        db: rusqlite::Connection,
        store: Store,
        request: OpenRequest,
        sender: Sender,
        outcomes: Receiver<Outcome>,
    }

    impl Scene {
        fn new(folder: &std::path::Path, clock: fn() -> Timestamp) -> Self {
            let path = folder.join("store.db");
            let db = rusqlite::Connection::open(&path).unwrap();
            db.execute_batch(
                "PRAGMA journal_mode = WAL;
                 CREATE TABLE events (
                   position INTEGER PRIMARY KEY, stream TEXT NOT NULL, category TEXT NOT NULL, version INTEGER NOT NULL,
                   type TEXT NOT NULL, schema_version INTEGER, event_id TEXT NOT NULL, recorded_at INTEGER NOT NULL,
                   occurred_at INTEGER, correlation_id TEXT, causation_id TEXT, data TEXT NOT NULL, metadata TEXT
                 );
                 CREATE TABLE checkpoints (
                   consumer TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL,
                   updated_at INTEGER, categories TEXT, PRIMARY KEY (consumer, partition)
                 );
                 INSERT INTO events (position, stream, category, version, type, event_id, recorded_at, data) VALUES
                   (1, 's-1', 's', 1, 'Done', 'e-1', 1700000000000000, '{}'),
                   (2, 's-1', 's', 2, 'Done', 'e-2', 1700000001000000, '{}');
                 INSERT INTO checkpoints (consumer, position) VALUES ('mailer', 0);",
            )
            .unwrap();
            let store = Store::open(&path, &OpenOptions::default(), &Task::new()).unwrap();
            assert!(store.has_side(SideKind::Checkpoints));
            let (channel, outcomes) = unbounded();
            Self {
                db,
                store,
                request: OpenRequest {
                    paths: vec![path],
                    corrected: None,
                    workspace: Workspace::at(folder.join("home")),
                    remembered: None,
                    clock,
                },
                sender: Sender::new(channel, Arc::new(|| {})),
                outcomes,
            }
        }

        fn sampler(&self) -> Sampler {
            let to = (SessionId::unique(), &self.sender);
            Sampler::new(&self.store, &self.request, to).unwrap()
        }

        /// How many notes are told of, where any are.
        fn look(&self, sampler: &mut Sampler, seconds: i64) -> Option<usize> {
            NOW.fetch_add(seconds, Ordering::Relaxed);
            sampler.last = None;
            let to = (SessionId::unique(), &self.sender);
            sampler.look(&self.store, Followed::Same, &Task::new(), to);
            self.told()
        }

        fn told(&self) -> Option<usize> {
            match self.outcomes.try_recv().ok()? {
                Outcome::Sampled { samples, .. } => Some(samples.notes().len()),
                other => panic!("{other:?}"),
            }
        }

        fn reach(&self, position: i64) {
            let sql = "UPDATE checkpoints SET position = ?";
            self.db.execute(sql, [position]).unwrap();
        }
    }

    #[test]
    fn a_store_at_rest_is_left_alone_and_one_that_moves_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let scene = Scene::new(folder.path(), clock);
        let mut sampler = scene.sampler();
        assert_eq!(scene.told(), None);
        for _ in 0..100 {
            assert_eq!(scene.look(&mut sampler, 2), None);
        }
        assert!(!folder.path().join("home").exists());
        scene.reach(1);
        // That it began, where it stood then, each minute, and where it stands now.
        assert_eq!(scene.look(&mut sampler, 2), Some(6));
        assert_eq!(scene.look(&mut sampler, 2), None);
        scene.reach(2);
        assert_eq!(scene.look(&mut sampler, 2), Some(7));
        drop(sampler);
        let mut again = scene.sampler();
        assert_eq!(scene.told(), Some(7));
        scene.reach(1);
        assert_eq!(scene.look(&mut again, 100), None, "nobody saw it move");
        scene.reach(2);
        assert_eq!(scene.look(&mut again, 2), Some(10));
    }

    #[test]
    fn what_cannot_be_kept_is_seen_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let mut scene = Scene::new(folder.path(), later);
        let blocked = folder.path().join("blocked");
        std::fs::write(&blocked, "").unwrap();
        scene.request.workspace = Workspace::at(blocked.join("home"));
        let mut sampler = {
            let to = (SessionId::unique(), &scene.sender);
            Sampler::new(&scene.store, &scene.request, to).unwrap()
        };
        assert!(matches!(
            scene.outcomes.try_recv(),
            Ok(Outcome::NotSaved(_))
        ));
        LATER.fetch_add(1, Ordering::Relaxed);
        let to = (SessionId::unique(), &scene.sender);
        sampler.look(&scene.store, Followed::Same, &Task::new(), to);
        scene.reach(1);
        LATER.fetch_add(1, Ordering::Relaxed);
        sampler.last = None;
        let to = (SessionId::unique(), &scene.sender);
        sampler.look(&scene.store, Followed::Same, &Task::new(), to);
        assert!(matches!(
            scene.outcomes.try_recv(),
            Ok(Outcome::NotSaved(_))
        ));
        assert_eq!(scene.told(), Some(3));
    }
}
