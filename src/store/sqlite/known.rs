//! What is known of an indexed store, and how far it was read.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::connect::{ChangeMark, ConnectError, Database, Traces};
use super::plan::Plan;
use super::scan::{Ranked, Reached};
use super::watch::{Print, Spot};

/// By what an indexed store is told from a rewritten one.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// As they were before the last look that found what is known here still standing.
    pub traces: Traces,
    pub mark: ChangeMark,
    /// What stands first, and what was read last.
    pub first: Option<Print>,
    pub last: Option<Print>,
    /// The row of the link read last, where links can be followed.
    pub links: Option<i64>,
}

/// What the file looked like before it was indexed: as long as nothing was written since, its rows are those
/// that were indexed, and need not be compared with what is known of them.
#[derive(Debug, Default)]
pub(super) struct Before(Mutex<Option<Traces>>);

impl Before {
    fn traces(&self) -> MutexGuard<'_, Option<Traces>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index begins, of a file that looked so.
    pub fn begin(&self, traces: Traces) {
        *self.traces() = Some(traces);
    }

    /// Nothing was indexed.
    pub fn forget(&self) {
        *self.traces() = None;
    }

    /// Whether nothing was written to the file since.
    pub fn is_now(&self, path: &Path) -> bool {
        let before = self.traces().clone();
        before.is_some_and(|before| Traces::of(path).is_ok_and(|now| now.is_as(&before)))
    }
}

impl Known {
    /// Whether what is known can still be there, by the mark of the store as it is now.
    pub fn stands(
        &self,
        now: ChangeMark,
        database: &Database,
        plan: &Plan,
    ) -> Result<bool, ConnectError> {
        if now.file != self.mark.file
            || now.length < self.mark.length
            || now.schema_cookie != self.mark.schema_cookie
        {
            return Ok(false);
        }
        for print in [&self.first, &self.last].into_iter().flatten() {
            if !print.stands(database, plan)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Reached {
    /// Before the first row.
    pub fn nowhere(plan: &Plan) -> Self {
        match plan.key() {
            Some(_) => Self::Key(i64::MIN),
            None => Self::Rank(Ranked::default()),
        }
    }

    pub fn spot(&self) -> Spot {
        match self {
            Self::Key(key) => Spot::Key(*key),
            Self::Rank(ranked) => ranked.spot(),
        }
    }
}
