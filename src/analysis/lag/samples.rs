//! Checkpoints as they were seen while a store was followed: a history of those of which the store
//! itself keeps the present only.
//!
//! Somebody watches from one moment to another, and notes each checkpoint that is another than before.
//! In between it stood where it stood. What happened after a watch is not known, unless the store dates
//! its checkpoints, and the next watch finds the one that the last had found.

use std::sync::Arc;

use hashbrown::HashMap;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::course::Key;
use crate::log::{Checkpoint, Mark, RowSource, RowsError, Says, SideKind, SideRow};
use crate::model::time::Span;
use crate::model::{Task, Timestamp};

/// Notes that are kept at least; of twice as many the oldest are let go.
const KEPT: usize = 20_000;
/// A consumer whose checkpoint has no date shows life each minute in which it is seen: nobody can tell
/// whether it is written again and again.
const BEAT: Span = Span::from_secs(60);
/// The same after an hour at one place.
const SLOW: Span = Span::from_secs(600);
const HOUR: Span = Span::from_secs(3600);

/// A checkpoint that was another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The number of its file.
    #[serde(default, skip_serializing_if = "is_first")]
    pub file: u32,
    /// Whose.
    pub consumer: String,
    /// Of which part of its work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The last event that it had processed.
    pub reached: Mark,
    /// When it was written, where the store tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
    /// When it was seen.
    pub seen: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_first(file: &u32) -> bool {
    *file == 0
}

/// What is noted of a watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It begins.
    Began(Timestamp),
    /// A checkpoint is another than before.
    Moved(Arc<Sample>),
    /// All was as it had been until then.
    Until(Timestamp),
}

/// All that was noted, watch after watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples {
    notes: Vec<Note>,
    watch: Watch,
    /// The last of each consumer in the watch that goes on.
    latest: HashMap<Key, Arc<Sample>>,
}

/// Whether somebody is watching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Watch {
    /// Not any more.
    #[default]
    Over,
    /// And has seen everything up to a moment.
    GoesOn(Timestamp),
}

impl Samples {
    /// What was noted by earlier watches.
    #[must_use]
    pub fn of(notes: Vec<Note>) -> Self {
        let mut samples = Self {
            notes,
            ..Self::default()
        };
        samples.forget();
        samples
    }

    /// All notes.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether somebody is watching.
    #[must_use]
    pub fn is_watching(&self) -> bool {
        self.watch != Watch::Over
    }

    /// Looks at the checkpoints as they are at `now`, unless that was done at that moment or later;
    /// gives what is to be noted.
    ///
    /// # Errors
    /// [`RowsError`]; nothing was seen then.
    pub fn take(
        &mut self,
        rows: &dyn RowSource,
        now: Timestamp,
        task: &Task,
    ) -> Result<Vec<Note>, RowsError> {
        if matches!(self.watch, Watch::GoesOn(last) if last >= now) {
            return Ok(Vec::new());
        }
        let mut seen = Vec::new();
        rows.rows(SideKind::Checkpoints, task, &mut |row| {
            if let Ok(SideRow { file, says, .. }) = row
                && let Says::Checkpoint(row) = says
            {
                seen.extend(sample(file, row, now));
            }
        })?;
        let mut notes = Vec::new();
        match self.watch {
            Watch::Over => notes.push(Note::Began(now)),
            Watch::GoesOn(last) if minute(last) < minute(now) => notes.push(Note::Until(now)),
            Watch::GoesOn(_) => {}
        }
        self.watch = Watch::GoesOn(now);
        for sample in seen {
            let before = self.latest.get(&key(&sample));
            if before.is_none_or(|before| !is_same(before, &sample)) {
                let sample = Arc::new(sample);
                self.latest.insert(key(&sample), Arc::clone(&sample));
                notes.push(Note::Moved(sample));
            }
        }
        self.notes.extend(notes.iter().cloned());
        self.forget();
        Ok(notes)
    }

    /// Lets go of the oldest, but of no checkpoint that still stands.
    fn forget(&mut self) {
        if self.notes.len() <= 2 * KEPT {
            return;
        }
        let newer = self.notes.split_off(self.notes.len() - KEPT);
        let latest = &self.latest;
        self.notes.retain(|note| match note {
            Note::Moved(sample) => (latest.get(&key(sample))).is_some_and(|own| own == sample),
            _ => false,
        });
        self.notes.extend(newer);
    }

    /// Where each consumer was seen when, in the order of time; nowhere where nobody saw it any more.
    pub(super) fn steps(&self) -> IndexMap<Key, Vec<(Timestamp, Option<Mark>)>> {
        let mut all: IndexMap<Key, Way> = IndexMap::new();
        let mut until = Timestamp::MIN;
        for note in &self.notes {
            match note {
                Note::Began(at) => {
                    all.values_mut().for_each(|way| way.leave(until));
                    until = *at;
                }
                Note::Until(at) => until = until.max(*at),
                Note::Moved(sample) => {
                    until = until.max(sample.seen);
                    all.entry(key(sample)).or_default().go(sample);
                }
            }
        }
        match self.watch {
            Watch::Over => all.values_mut().for_each(|way| way.lose(until)),
            Watch::GoesOn(now) => all.values_mut().for_each(|way| way.stay(now)),
        }
        all.into_iter().map(|(key, way)| (key, way.steps)).collect()
    }
}

fn key(sample: &Sample) -> Key {
    (
        sample.file,
        sample.consumer.clone(),
        super::course::part(&sample.partition),
    )
}

fn sample(file: u32, row: Checkpoint, seen: Timestamp) -> Option<Sample> {
    Some(Sample {
        file,
        consumer: row.consumer,
        partition: row.partition,
        reached: row.reached?,
        written: row.updated_at,
        seen,
    })
}

fn is_same(one: &Sample, other: &Sample) -> bool {
    (&one.reached, one.written) == (&other.reached, other.written)
}

fn minute(at: Timestamp) -> i64 {
    at.micros().div_euclid(BEAT.micros())
}

/// A consumer as it was seen.
#[derive(Default)]
struct Way {
    steps: Vec<(Timestamp, Option<Mark>)>,
    last: Option<Arc<Sample>>,
    /// When nobody looked any more.
    left: Option<Timestamp>,
}

impl Way {
    fn go(&mut self, sample: &Arc<Sample>) {
        let at = sample.written.unwrap_or(sample.seen);
        match self.left.take() {
            // Nobody has written it since.
            Some(_)
                if sample.written.is_some()
                    && (self.last.as_ref()).is_some_and(|last| is_same(last, sample)) =>
            {
                return;
            }
            Some(left) if left < at => self.steps.push((left, None)),
            Some(_) => {}
            None => self.stay(sample.seen),
        }
        self.steps.push((at, Some(sample.reached.clone())));
        self.last = Some(Arc::clone(sample));
    }

    /// It stood where it stood until then.
    fn stay(&mut self, until: Timestamp) {
        let Some(last) = self.last.clone() else {
            return;
        };
        if last.written.is_some() || self.left.is_some() {
            return;
        }
        let slow = last.seen.saturating_add(HOUR);
        let mut at = last.seen;
        loop {
            let beat = if at < slow { BEAT } else { SLOW };
            let beats = at.micros().div_euclid(beat.micros()) + 1;
            at = Timestamp::from_micros(beats.saturating_mul(beat.micros()));
            if at >= until {
                return;
            }
            self.steps.push((at, Some(last.reached.clone())));
        }
    }

    /// The watch is over.
    fn leave(&mut self, until: Timestamp) {
        if self.left.is_none() {
            self.stay(until);
            self.left = Some(until);
        }
    }

    /// The same, and no other followed.
    fn lose(&mut self, until: Timestamp) {
        self.leave(until);
        self.steps.extend(self.left.map(|left| (left, None)));
    }
}
