//! What the background says by itself: how opening, indexing and following go. Answers to questions
//! come through their slots.

use std::path::PathBuf;
use std::sync::Arc;

use super::lane::Wake;
use super::opened::{Opened, Unread};
use super::subject::SessionId;
use crate::log::{Arrangement, Log};
use crate::model::Progress;

/// What the background says.
#[derive(Debug)]
pub enum Outcome {
    /// A store was opened; its events follow.
    Opened(Box<Opened>),
    /// It could not be opened; whatever was open before still is.
    OpenFailed {
        /// The opening.
        session: SessionId,
        /// The file or folder.
        path: PathBuf,
        /// One sentence.
        message: String,
        /// Where a mapping by hand might help.
        unread: Option<Box<Unread>>,
    },
    /// Opening was called off before anything was read.
    OpenCancelled(SessionId),
    /// More of the log.
    Indexed {
        /// The opening.
        session: SessionId,
        /// The log so far.
        log: Arc<Log>,
        /// Set once all of it is there.
        arrangement: Option<Arrangement>,
    },
    /// Indexing came to no end; what was read stays.
    CutShort {
        /// The opening.
        session: SessionId,
        /// How far it was.
        progress: Progress,
        /// Why, in one sentence; none where somebody called it off.
        trouble: Option<String>,
    },
    /// The file is not the one that was indexed; it was opened anew and is being indexed.
    Rewritten {
        /// The opening before.
        before: SessionId,
        /// The new one.
        opened: Box<Opened>,
    },
    /// Following has trouble, or has it no longer.
    Following {
        /// The opening.
        session: SessionId,
        /// One sentence, while there is trouble.
        trouble: Option<String>,
    },
    /// Something could not be written to the workspace.
    NotSaved(String),
}

/// Where outcomes go.
#[derive(Clone)]
pub(super) struct Sender {
    channel: crossbeam_channel::Sender<Outcome>,
    wake: Wake,
}

impl Sender {
    pub fn new(channel: crossbeam_channel::Sender<Outcome>, wake: Wake) -> Self {
        Self { channel, wake }
    }

    /// Sends, then wakes: the other way round the window would look too early and sleep again.
    pub fn send(&self, outcome: Outcome) {
        if self.channel.send(outcome).is_ok() {
            (self.wake)();
        }
    }
}
