//! The background: everything that reads a file or takes time in proportion to the store. Typed
//! jobs go in, numbered outcomes come out, the newest of a family wins, and nobody ever waits.
//!
//! Six threads, so that a look at a state never queues behind a search: one opens, indexes and
//! follows the store ([`session`]); one answers what the cursor and the selection ask ([`answer`]);
//! one counts what the time panel shows ([`timeline`]); one goes through the whole log's columns
//! (overview, lists); two more read payloads by the million, for filters ([`search`]) and for exports
//! ([`export`]). Neither egui nor SQL may enter.

mod answer;
mod export;
mod find;
mod job;
mod lane;
mod outcome;
mod overview;
mod preview;
mod search;
mod session;
mod timeline;

use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};

pub use export::{Export, ExportError, ExportFormat, Exported, Exports};
pub use find::{FoundStream, FoundType, Fuzzy, Names};
pub use job::{Family, Found, Job, Keep, OpenRequest, Opened, Reply, SessionId, Subject, Unread};
pub use lane::{Running, Wake};
pub use outcome::Outcome;
pub use overview::{
    CategoryFacts, Finding, FindingKind, FoundPlace, PlaceTarget, StoreOverview, TypeFacts,
    WholeStore, file_facts, layout_facts,
};
pub use preview::{Preview, PreviewRow};
pub use search::{Counts, SearchEnd, StreamsWanted};
pub use timeline::{Idle, Mark, Timeline, TimelineRequest, Whole};

pub use crate::simulate::SAMPLES;

use lane::{Lane, Sender};

/// Outcomes that may wait for the window; a window that does not fetch them slows the work down
/// instead of filling memory.
const WAITING: usize = 256;

/// The background threads of one window. Dropping it calls everything off.
#[derive(Debug)]
pub struct Worker {
    index: Lane,
    answers: Lane,
    scans: Lane,
    searches: Lane,
    exports: Lane,
    timeline: Lane,
    outcomes: Receiver<Outcome>,
}

impl Worker {
    /// Starts the threads. `wake` is called after each outcome was sent.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn start(wake: &Wake) -> std::io::Result<Self> {
        let (sender, outcomes) = bounded(WAITING);
        let sender = Sender::new(sender, Arc::clone(wake));
        let index = Lane::start("asof-index", sender.clone(), session::run)?;
        let answers = Lane::start("asof-answers", sender.clone(), answer::run)?;
        let scans = Lane::start("asof-scans", sender.clone(), answer::run)?;
        let searches = Lane::start("asof-searches", sender.clone(), answer::run)?;
        let exports = Lane::start("asof-exports", sender.clone(), answer::run)?;
        let timeline = Lane::start("asof-timeline", sender, answer::run)?;
        Ok(Self {
            index,
            answers,
            scans,
            searches,
            exports,
            timeline,
            outcomes,
        })
    }

    /// Asks for something. A waiting job of the same family is dropped for it; a running one is
    /// called off if the new one makes it pointless. Gives the number that the outcome will carry.
    pub fn submit(&self, job: Job) -> u64 {
        self.lane(job.family()).submit(job)
    }

    /// Calls off what runs or waits in `family`.
    pub fn cancel(&self, family: Family) {
        self.lane(family).cancel(family);
    }

    /// The next outcome, if one has come.
    #[must_use]
    pub fn next(&self) -> Option<Outcome> {
        self.outcomes.try_recv().ok()
    }

    /// What is being worked on, for the status bar.
    #[must_use]
    pub fn running(&self) -> Vec<Running> {
        self.lanes().filter_map(Lane::running).collect()
    }

    /// Whether nothing runs and nothing waits (following does not count).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.lanes().all(Lane::is_idle)
    }

    fn lanes(&self) -> impl Iterator<Item = &Lane> {
        let lanes = [&self.index, &self.answers, &self.scans];
        lanes
            .into_iter()
            .chain([&self.searches, &self.exports, &self.timeline])
    }

    fn lane(&self, family: Family) -> &Lane {
        match family {
            Family::Session => &self.index,
            Family::Matches => &self.searches,
            Family::Export => &self.exports,
            Family::Density => &self.timeline,
            Family::Overview | Family::Preview | Family::Streams | Family::Counts => &self.scans,
            Family::State
            | Family::Inspect
            | Family::Bodies
            | Family::Values
            | Family::Row
            | Family::SaveSettings
            | Family::SaveStore
            | Family::Find => &self.answers,
        }
    }
}
