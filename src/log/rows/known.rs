//! What was known at a moment of how far consumers had come: what their checkpoints say, or else their
//! history. `docs/semantics.md`, "The truncation law".

use hashbrown::HashMap;
use indexmap::IndexMap;

use super::{Checkpoint, RowSource, RowsError, Says, SideKind, SideRow};
use crate::log::{Bound, Cut, Log};
use crate::model::{Task, Timestamp};

/// The last that was known of a consumer, or of a part of its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCheckpoint {
    /// Which of the files it is in.
    pub file: u32,
    /// What was known.
    pub checkpoint: Checkpoint,
}

impl Cut {
    /// Whether something of that date was known: all that a store says now holds at the head, and what
    /// has no date holds nowhere else.
    #[must_use]
    pub fn knows(&self, log: &Log, date: Option<Timestamp>) -> bool {
        let now = || self.time(log);
        self.bound() == Bound::Head || date.is_some_and(|date| now().is_some_and(|now| date <= now))
    }
}

/// The last that was known of each consumer at a cut, in the order in which the store has them.
///
/// # Errors
/// As [`RowSource::rows`]. What cannot be read is no row.
pub fn checkpoints_at(
    rows: &dyn RowSource,
    log: &Log,
    cut: &Cut,
    task: &Task,
) -> Result<Vec<KnownCheckpoint>, RowsError> {
    let mut last: IndexMap<(u32, String, Option<String>), Checkpoint> = IndexMap::new();
    // What a consumer processes is told of it whenever its checkpoint was stored.
    let mut tails: HashMap<(u32, String), (Vec<String>, Vec<String>)> = HashMap::new();
    let mut add = |row: SideRow| {
        if let Says::Checkpoint(now) = &row.says {
            let tail = (now.categories.clone(), now.types.clone());
            tails.insert((row.file, now.consumer.clone()), tail);
        }
        if !cut.knows(log, row.says.known_from()) {
            return;
        }
        let found = match row.says {
            Says::Checkpoint(now) => now,
            Says::CheckpointHistory(then) => Checkpoint {
                consumer: then.consumer,
                partition: then.partition,
                reached: then.reached,
                updated_at: then.at,
                ..Checkpoint::default()
            },
            _ => return,
        };
        let key = (row.file, found.consumer.clone(), found.partition.clone());
        match last.get(&key) {
            Some(known) if known.updated_at > found.updated_at => {}
            _ => drop(last.insert(key, found)),
        }
    };
    for kind in [SideKind::CheckpointHistory, SideKind::Checkpoints] {
        rows.rows(kind, task, &mut |row| row.into_iter().for_each(&mut add))?;
    }
    let known = last.into_iter().map(|((file, ..), mut checkpoint)| {
        if let Some((categories, types)) = tails.get(&(file, checkpoint.consumer.clone())) {
            checkpoint.categories.clone_from(categories);
            checkpoint.types.clone_from(types);
        }
        KnownCheckpoint { file, checkpoint }
    });
    Ok(known.collect())
}
