//! The background: everything that reads a file or takes time in proportion to the store. Typed
//! jobs go in, numbered outcomes come out, the newest of a family wins, and nobody ever waits.
//!
//! Three threads, so that a look at a state never queues behind a search: one opens, indexes and
//! follows the store ([`session`]); one answers what the cursor and the selection ask ([`answer`]);
//! one goes through the whole log (filters, densities, exports). Neither egui nor SQL may enter.

mod answer;
mod find;
mod job;
mod lane;
mod overview;
mod preview;
mod session;

use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};

pub use find::{FoundStream, FoundType, Fuzzy, Names};
pub use job::{
    Family, Found, Job, Keep, OpenRequest, Opened, Outcome, Reply, SessionId, Subject, Unread,
};
pub use lane::{Running, Wake};
pub use overview::{
    CategoryFacts, Finding, FindingKind, FoundPlace, PlaceTarget, StoreOverview, TypeFacts,
    WholeStore, file_facts, layout_facts,
};
pub use preview::{Preview, PreviewRow};

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
    outcomes: Receiver<Outcome>,
}

impl Worker {
    /// Starts the threads. `wake` is called after each outcome was sent.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn start(wake: Wake) -> std::io::Result<Self> {
        let (sender, outcomes) = bounded(WAITING);
        let sender = Sender::new(sender, Arc::clone(&wake));
        let index = Lane::start("asof-index", sender.clone(), session::run)?;
        let answers = Lane::start("asof-answers", sender.clone(), answer::run)?;
        let scans = Lane::start("asof-scans", sender, answer::run)?;
        Ok(Self {
            index,
            answers,
            scans,
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
        [&self.index, &self.answers, &self.scans]
            .into_iter()
            .filter_map(Lane::running)
            .collect()
    }

    /// Whether nothing runs and nothing waits (following does not count).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        [&self.index, &self.answers, &self.scans]
            .into_iter()
            .all(Lane::is_idle)
    }

    fn lane(&self, family: Family) -> &Lane {
        match family {
            Family::Session => &self.index,
            Family::Matches
            | Family::Density
            | Family::Export
            | Family::Overview
            | Family::Preview
            | Family::Streams => &self.scans,
            Family::State
            | Family::Inspect
            | Family::Bodies
            | Family::Values
            | Family::SaveSettings
            | Family::SaveStore
            | Family::Find => &self.answers,
        }
    }
}
