//! The background: everything that reads a file or takes time in proportion to the store. Nobody ever
//! waits for it.
//!
//! One thread opens, indexes and follows the store and says so in [`Outcome`]s ([`session`]). The
//! others answer [`Question`]s, each in its [`Room`], so that a look at a state never queues behind a
//! search. A question is a struct in [`questions`] that says all that its answer depends on; the
//! window holds its answer in a [`Slot`]. No egui may enter, and no SQL but what the user writes.

mod ask;
mod desk;
mod export;
mod lane;
mod opened;
mod opening;
mod outcome;
mod parts;
mod questions;
mod sampler;
mod save;
mod session;
mod subject;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};

pub use ask::{Asked, Question, Slot, Unanswered};
pub use export::{
    Existing, Export, ExportError, ExportFormat, ExportLayout, Exported, Exports, LagFile, TextFile,
};
pub use lane::{Running, SlotId, Wake};
pub use opened::{OpenRequest, Opened, StoreFile, Unread};
pub use outcome::Outcome;
pub use parts::{Parts, Said};
pub use questions::{
    Arrived, AskAdvice, AskAttached, AskAudit, AskCheck, AskComparison, AskConsumers, AskCounts,
    AskDefinitions, AskDelays, AskDifferences, AskEvent, AskFieldNames, AskFields, AskLag,
    AskLagChart, AskLagCharts, AskLines, AskLinks, AskMeasured, AskMerge, AskNames, AskOverview,
    AskPreview, AskProjected, AskReadModel, AskRepeated, AskRetried, AskRow, AskSaga,
    AskSagaDefinitions, AskSagaDurations, AskSagaGlances, AskSagaMap, AskSagas, AskSagasBeside,
    AskSagasOverTime, AskSides, AskSql, AskStages, AskState, AskStateText, AskStop, AskStreams,
    AskTables, AskTimeline, AskTrace, AskValues, Attached, Bundled, CategoryRow, Counts,
    DeclaredSaga, Definitions, FieldKind, FieldRow, FieldRows, Finding, FindingKind, Fold, Folds,
    Found, FoundAudit, FoundPlace, FoundState, FoundStream, FoundType, Fuzzy, Going, Idle,
    Inspected, LagCharts, MapAndVariants, Mark, Names, Near, PartitionRow, PartitionSort,
    PartitionsWanted, PayloadText, PlaceTarget, Preview, PreviewRow, Projected, ProjectionSettings,
    SagaFilter, SagaInFull, SagaList, SagaSort, SagasAt, Search, SearchEnd, SearchPart,
    StoreOverview, StreamsWanted, Timeline, Told, Touched, TypeRow, Values, Watched, Whole,
    WholeStore, Written, fold_rules, store_facts,
};
pub use save::Keep;
pub use subject::{SessionId, Subject};

pub use crate::simulate::{SAMPLES, Sample};

use crate::model::Task;
use crate::workspace::Workspace;
use desk::Desk;
use lane::{Close, Lane, Queued, Shared, Turn};
use outcome::Sender;
use session::Order;

/// Outcomes that may wait for the window; a window that does not fetch them slows indexing down
/// instead of filling memory.
const WAITING: usize = 256;

/// Nothing happens by itself in a room, so the wait may be long.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A thread that answers questions, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// What cursor and selection ask: answers within a glance.
    Answers,
    /// Passes over the columns of the whole log.
    Scans,
    /// What the time panel shows.
    Timeline,
    /// Filters that read payloads by the million.
    Searches,
    /// Statements of SQL, which may take their time.
    Statements,
    /// The live runs of projections: what they are at the cursor.
    Projections,
    /// What takes runs of its own: comparisons, faulty delivery, measurements.
    Trials,
    /// Files being written.
    Exports,
}

impl Room {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Answers, "asof-answers"),
        (Self::Scans, "asof-scans"),
        (Self::Timeline, "asof-timeline"),
        (Self::Searches, "asof-searches"),
        (Self::Statements, "asof-statements"),
        (Self::Projections, "asof-projections"),
        (Self::Trials, "asof-trials"),
        (Self::Exports, "asof-exports"),
    ];
}

type Work = Box<dyn FnOnce(&mut Desk, &Task) + Send>;

/// The background threads of one window. Dropping it calls everything off, but for what is being
/// saved.
pub struct Worker {
    // Let go of first: what sends into a full channel would else wait for somebody who has gone.
    outcomes: Receiver<Outcome>,
    session: Lane<Order>,
    rooms: Vec<Lane<Work>>,
    saves: Lane<Work>,
    files: save::Files,
    sender: Sender,
    wake: Wake,
}

impl Worker {
    /// Starts the threads. `wake` is called after something was sent.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn start(wake: &Wake) -> std::io::Result<Self> {
        let (channel, outcomes) = bounded(WAITING);
        let sender = Sender::new(channel, Arc::clone(wake));
        let own = sender.clone();
        let session = Lane::start("asof-index", Close::Now, move |shared| {
            session::run(shared, &own, opening::open);
        })?;
        let room = |(_, name)| Lane::start(name, Close::Now, work);
        Ok(Self {
            session,
            rooms: Room::ALL.into_iter().map(room).collect::<Result<_, _>>()?,
            saves: Lane::start("asof-saves", Close::WhenDone, work)?,
            files: save::Files::default(),
            sender,
            outcomes,
            wake: Arc::clone(wake),
        })
    }

    /// Opens a store in place of the one that is open.
    pub fn open(&self, request: OpenRequest) -> SessionId {
        let id = SessionId::unique();
        self.order(Order::Open(id, Box::new(request)));
        id
    }

    /// Reads the open store from its beginning, after its index was cut short.
    pub fn read_on(&self) {
        self.order(Order::ReadOn);
    }

    /// Lets go of the store and of all that is kept about it.
    pub fn close(&self) {
        self.order(Order::Close);
        for room in &self.rooms {
            room.submit(Queued {
                slot: SlotId::unique(),
                label: None,
                task: Task::new(),
                work: Box::new(|desk, _| desk.clear()),
            });
        }
    }

    /// Writes to the workspace.
    pub fn save(&self, workspace: &Workspace, keep: Keep) {
        let (workspace, sender) = (workspace.clone(), self.sender.clone());
        self.saves.submit(Queued {
            slot: self.files.slot(&keep),
            label: None,
            task: Task::new(),
            work: Box::new(move |_, _| keep.write(&workspace, &sender)),
        });
    }

    /// The next outcome, if one has come.
    #[must_use]
    pub fn next(&self) -> Option<Outcome> {
        self.outcomes.try_recv().ok()
    }

    /// What is being worked on, for the status bar.
    #[must_use]
    pub fn running(&self) -> Vec<Running> {
        let rooms = self.rooms.iter().filter_map(Lane::running);
        self.session.running().into_iter().chain(rooms).collect()
    }

    /// Calls off what runs or waits in a place.
    pub fn cancel(&self, slot: SlotId) {
        self.session.cancel(slot);
        for room in &self.rooms {
            room.cancel(slot);
        }
    }

    /// Calls off opening and indexing.
    pub fn cancel_opening(&self) {
        self.session.cancel(session::slot());
    }

    /// Whether nothing runs, nothing waits and nothing was said that the window has not heard
    /// (following does not count).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.outcomes.is_empty()
            && self.session.is_idle()
            && self.saves.is_idle()
            && self.rooms.iter().all(Lane::is_idle)
    }

    fn order(&self, order: Order) {
        // A store that is being read in place of this one is of no interest any more.
        self.session.replace(Queued {
            slot: session::slot(),
            label: Some(lane::INDEXING),
            task: Task::new(),
            work: order,
        });
    }

    pub(in crate::worker) fn submit(&self, room: Room, queued: Queued<Work>) {
        let place = Room::ALL.iter().position(|(own, _)| *own == room);
        if let Some(lane) = place.and_then(|place| self.rooms.get(place)) {
            lane.submit(queued);
        }
    }

    pub(in crate::worker) fn wake(&self) -> Wake {
        Arc::clone(&self.wake)
    }
}

/// The whole life of a room.
fn work(shared: &Shared<Work>) {
    let mut desk = Desk::default();
    loop {
        match shared.next(PATIENCE) {
            Turn::Closed => return,
            Turn::Idle => {}
            Turn::Work(work, task) => {
                // What was kept may be half made.
                if survived(|| work(&mut desk, &task)).is_err() {
                    desk.clear();
                }
            }
        }
    }
}

/// What the user is told of a mistake in the program.
const MISTAKE: &str = "Asof made a mistake in the background; please report what you did";

/// That there was a mistake in the program.
struct Mistake;

/// Does some work of which a mistake ends that work and not the thread.
fn survived<T>(work: impl FnOnce() -> T) -> Result<T, Mistake> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| Mistake)
}
