//! What comes back from the background.

use std::path::PathBuf;
use std::sync::Arc;

use super::export::{ExportError, Exported};
use super::job::{Family, Opened, Reply, SessionId, Unread};
use super::preview::Preview;
use crate::log::{Arrangement, Log};

/// What the background sends.
#[derive(Debug)]
pub enum Outcome {
    /// A store was opened; its events follow.
    Opened(Box<Opened>),
    /// It could not be opened, or reading it broke off.
    OpenFailed {
        /// The file or folder.
        path: PathBuf,
        /// One sentence.
        message: String,
        /// Where a mapping by hand might help.
        unread: Option<Box<Unread>>,
    },
    /// Opening was called off before anything was read.
    OpenCancelled,
    /// More of the log.
    Indexed {
        /// The opening.
        session: SessionId,
        /// The log so far.
        log: Arc<Log>,
        /// Set once all of it is there.
        arrangement: Option<Arrangement>,
    },
    /// Indexing was called off; what was read stays.
    IndexCancelled {
        /// The opening.
        session: SessionId,
    },
    /// The file is not the one that was indexed; it is being indexed anew.
    Rewritten(Box<Opened>),
    /// Following has trouble, or has it no longer.
    Following {
        /// The opening.
        session: SessionId,
        /// One sentence, while there is trouble.
        trouble: Option<String>,
    },
    /// To [`Job::Preview`], which is about no opening.
    Previewed {
        /// What [`super::Worker::submit`] gave.
        number: u64,
        /// The first events, or a sentence.
        preview: Result<Preview, String>,
    },
    /// An answer to the job of that number.
    Reply {
        /// The opening it is about.
        session: SessionId,
        /// What [`super::Worker::submit`] gave.
        number: u64,
        /// The answer.
        reply: Reply,
    },
    /// A file was written, or not; whatever store is open by now.
    Exported(Result<Exported, ExportError>),
    /// The job of that number could not be done.
    Failed {
        /// What it was.
        family: Family,
        /// What [`super::Worker::submit`] gave.
        number: u64,
        /// One sentence.
        message: String,
    },
}
