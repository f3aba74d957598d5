//! Compaction and snapshots: what log compaction by a key would keep and save, which questions about the
//! past would change their answer, which streams are long enough to want snapshots, and how the store grows.
//!
//! # How it works
//!
//! ```text
//!  log, cut, sizes ──▶ kept     the last event of each key, and what that saves
//!                  ──▶ long     streams from a hundred events on: a replay with and without snapshots
//!                  ──▶ growth   events and bytes over time, and where that leads
//!          payloads ─▶ questions  some streams folded from all events, and from those that are kept
//! ```
//!
//! Nothing is removed, of course: this says what would happen to answers if somebody did. A log that is
//! compacted keeps the last event of each key, as Kafka does; a state folded from what is left is the last
//! payload and nothing else, and a moment of the past is empty where the key was written again since.

mod growth;
mod kept;
mod long;
mod questions;
mod report;
#[cfg(test)]
mod tests;

pub use kept::CompactBy;
pub use long::long_streams;
pub use report::{
    Amount, CategorySaving, CompactionReport, Growth, GrowthPoint, LongStream, Question, Questions,
};

use crate::analysis::bodies::{Bodies, BodiesError};
use crate::analysis::whole::Whole;
use crate::log::RowsError;
use crate::model::{Cancelled, Task};

/// The store that is looked at, as of a cut.
#[derive(Clone, Copy)]
pub struct Compacted<'a> {
    /// The store.
    pub whole: Whole<'a>,
    /// What one pass over all payloads found.
    pub bodies: &'a Bodies,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompactionError {
    /// The payloads could not be read to the end.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// The snapshots could not be read to the end.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

impl From<Cancelled> for CompactionError {
    fn from(cancelled: Cancelled) -> Self {
        Self::Bodies(cancelled.into())
    }
}

/// Long streams that are told.
const TOLD: usize = 20;

/// What compaction by a key would do, as known at the cut.
///
/// # Errors
/// [`CompactionError`] when the task was called off, or the store could not be read.
pub fn report(
    of: Compacted<'_>,
    by: &CompactBy,
    long: &[LongStream],
    task: &Task,
) -> Result<CompactionReport, CompactionError> {
    let kept = kept::kept(of, by, task)?;
    let questions = questions::changed(of, &kept, task)?;
    let [total, keeps] = kept.amounts();
    Ok(CompactionReport {
        by: by.name().to_owned(),
        total,
        keeps,
        saves: total - keeps,
        without_key: kept.without_key,
        categories: kept.categories(of.whole.log),
        questions,
        long_streams: long.len() as u64,
        long: long.iter().take(TOLD).cloned().collect(),
        growth: growth::growth(of, task)?,
    })
}
