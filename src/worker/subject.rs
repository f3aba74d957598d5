//! What questions are about: an opened store as its index stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::analysis::lag::Samples;
use crate::analysis::overview::StoreFacts;
use crate::analysis::replay::{FoldRules, Source};
use crate::log::{Log, PayloadReader, RowSource, TableSource};
use crate::model::Task;

/// One opening of a store. A store that was rewritten is opened anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// One that no other opening has.
    #[must_use]
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A snapshot of a store's log with its payloads.
#[derive(Clone)]
pub struct Subject {
    /// The opening it belongs to.
    pub session: SessionId,
    /// The log.
    pub log: Arc<Log>,
    /// Its payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// What stands beside its events.
    pub rows: Arc<dyn RowSource>,
    /// Its other tables.
    pub tables: Arc<dyn TableSource>,
    /// What the layout says of folding.
    pub rules: FoldRules,
    /// What the file tells.
    pub facts: Arc<StoreFacts>,
    /// What was seen of its consumers while it was followed.
    pub samples: Arc<Samples>,
}

impl Subject {
    /// What a replay reads from.
    #[must_use]
    pub fn source<'a>(&'a self, task: &'a Task) -> Source<'a> {
        Source {
            log: &self.log,
            payloads: &*self.payloads,
            task,
        }
    }
}

/// The same snapshot of the same opening. What was seen of consumers concerns those questions only that
/// are about [`super::Watched`].
impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        self.session == other.session && Arc::ptr_eq(&self.log, &other.log)
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject")
            .field("session", &self.session)
            .field("events", &self.log.len())
            .finish()
    }
}
