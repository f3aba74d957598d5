//! What is measured, in groups. A group makes ready what its cases share; that is not measured.

mod analyses;
mod following;
mod opening;
mod projections;
mod sagas;
mod sql;
mod states;
mod window;

use std::path::Path;
use std::sync::Arc;

use asof::analysis::replay::{FoldRules, Source};
use asof::log::{Log, PayloadReader};
use asof::model::{StreamIx, Task};
use asof::store::{OpenOptions, Store, Tail};

use crate::data::{self, Failure};
use crate::run::Case;

pub use following::{following, serve};
pub use opening::opening;
pub use projections::from_the_file;
pub use sagas::sagas;

/// A store wholly indexed.
pub struct Ready {
    /// Its index.
    pub log: Log,
    /// Its payloads.
    pub payloads: Arc<dyn PayloadReader>,
    /// What its layout says of folding.
    pub rules: FoldRules,
    /// Never called off.
    pub task: Task,
}

impl Ready {
    /// Opens and indexes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(path: &Path) -> Result<Self, Failure> {
        let store = Store::open(path, &OpenOptions::default(), &Task::new())?;
        Self::indexed(store)
    }

    /// The same without what caused each event.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn without_causes(path: &Path) -> Result<Self, Failure> {
        let mut store = Store::open(path, &OpenOptions::default(), &Task::new())?;
        store.leave_out_causes();
        Self::indexed(store)
    }

    fn indexed(mut store: Store) -> Result<Self, Failure> {
        let task = Task::new();
        let mut builder = store.builder();
        store.index(&mut builder, Tail::AtRest, &task, &mut |_| {})?;
        let (log, _) = builder.finish();
        Ok(Self {
            log,
            payloads: store.payloads(),
            rules: FoldRules {
                drop_keys: store.layout().events.envelope_copies.clone(),
            },
            task,
        })
    }

    /// What a replay reads from.
    pub fn source(&self) -> Source<'_> {
        Source {
            log: &self.log,
            payloads: &*self.payloads,
            task: &self.task,
        }
    }

    /// The stream that [`data`] tells of.
    pub fn hot_stream(&self) -> Result<StreamIx, Failure> {
        let found = self.log.streams().find(data::HOT_STREAM);
        Ok(StreamIx(found.ok_or("the hot stream is not there")?))
    }

    /// Bytes an event takes, in words.
    pub fn memory(&self) -> String {
        let memory = self.log.memory();
        let each = |bytes: usize| bytes as f64 / self.log.len() as f64;
        format!(
            "{:.1} bytes an event: core {:.1}, ids {:.1}, names {:.1}",
            each(memory.core + memory.ids + memory.names),
            each(memory.core),
            each(memory.ids),
            each(memory.names),
        )
    }
}

/// All that is asked of opened stores: `sqlite` and `json` with many streams, `long` with one.
///
/// # Errors
/// When a store does not hold what [`data`] wrote.
pub fn asking<'a>(
    sqlite: &'a Ready,
    json: &'a Ready,
    long: &'a Ready,
) -> Result<Vec<Case<'a>>, Failure> {
    let mut cases = states::states(sqlite, long)?;
    cases.extend(analyses::events(sqlite));
    cases.push(analyses::text_in_json(json));
    cases.extend(analyses::figures(sqlite)?);
    cases.extend(sql::statements(sqlite));
    cases.extend(projections::jumps(sqlite)?);
    Ok(cases)
}

/// Frames of the window over a store.
pub fn drawing(path: &Path) -> Vec<Case<'static>> {
    window::frames(path)
}
