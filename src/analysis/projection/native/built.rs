//! What all built-in folds have in common: the states that they fold into, saved and restored, and what
//! came of the last event.

use std::ops::Range;

use crate::analysis::projection::Reading;
use crate::analysis::projection::machine::{Machine, Swept};
use crate::analysis::projection::script::{DeadLetter, Fed, Halt, ScriptError};
use crate::analysis::projection::states::{State, States};
use crate::log::Names;
use crate::model::{Cancelled, EventIx, Task};

/// What is a built-in fold's own.
pub(super) trait Folding {
    /// As [`Machine::prepare`].
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled>;

    /// Folds one event, which was prepared before, into the states.
    ///
    /// # Errors
    /// The task was called off.
    fn fold(&mut self, states: &mut States, event: EventIx, task: &Task)
    -> Result<Done, Cancelled>;

    /// As [`Machine::sweep`].
    ///
    /// # Errors
    /// The task was called off.
    fn sweep(
        &mut self,
        states: &mut States,
        range: &Range<u32>,
        most: u32,
        task: &Task,
    ) -> Result<Option<Swept>, Cancelled> {
        let _ = (states, range, most, task);
        Ok(None)
    }

    /// As [`Machine::grow`].
    fn grow(&mut self, reading: &Reading);

    /// As [`Machine::is_partitioned`].
    fn is_partitioned(&self) -> bool;

    /// As [`Machine::is_per_stream`].
    fn is_per_stream(&self) -> bool;

    /// As [`Machine::partitions`].
    fn partitions(&self) -> Names;

    /// As [`Machine::text`].
    fn text(&self, state: &State) -> String;

    /// As [`Machine::result`], where nothing goes wrong.
    fn result(&self, state: &State) -> Option<String> {
        Some(self.text(state))
    }
}

/// What became of an event.
pub(super) enum Done {
    /// It was folded into this partition, whose state has changed or not.
    Folded(u32, Fed),
    /// It is in no partition.
    Skipped,
    /// It cannot be folded: its partition, as far as that is known, and why.
    Failed(Option<String>, String),
}

/// A built-in fold, alive.
pub(super) struct Built<F> {
    folding: F,
    states: States,
    changes: usize,
    folded: Option<u32>,
    dead: Vec<DeadLetter>,
}

impl<F: Folding> Built<F> {
    pub fn new(folding: F) -> Self {
        Self {
            folding,
            states: States::default(),
            changes: 0,
            folded: None,
            dead: Vec::new(),
        }
    }
}

impl<F: Folding> Machine for Built<F> {
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled> {
        self.folding.prepare(range, task)
    }

    fn feed(&mut self, event: EventIx, task: &Task) -> Result<Fed, Halt> {
        self.folded = None;
        match self.folding.fold(&mut self.states, event, task)? {
            Done::Folded(partition, fed) => {
                self.changes += 1;
                self.folded = Some(partition);
                Ok(fed)
            }
            Done::Skipped => Ok(Fed::Skipped),
            Done::Failed(partition, why) => {
                self.dead.push(DeadLetter {
                    event,
                    partition,
                    error: ScriptError::told(why),
                    state_before: None,
                    shared_before: None,
                    attempts: 1,
                });
                Ok(Fed::Failed)
            }
        }
    }

    fn sweep(
        &mut self,
        range: &Range<u32>,
        most: u32,
        task: &Task,
    ) -> Result<Option<Swept>, Cancelled> {
        let swept = self.folding.sweep(&mut self.states, range, most, task)?;
        if let Some(swept) = &swept {
            self.folded = None;
            self.changes += swept.counts.processed as usize;
        }
        Ok(swept)
    }

    fn grow(&mut self, reading: &Reading) {
        self.folding.grow(reading);
    }

    fn folded(&self) -> Option<u32> {
        self.folded
    }

    fn is_partitioned(&self) -> bool {
        self.folding.is_partitioned()
    }

    fn is_per_stream(&self) -> bool {
        self.folding.is_per_stream()
    }

    fn take_dead(&mut self) -> Vec<DeadLetter> {
        std::mem::take(&mut self.dead)
    }

    fn changes(&self) -> usize {
        self.changes
    }

    fn save(&mut self) -> Result<States, ScriptError> {
        self.changes = 0;
        Ok(self.states.clone())
    }

    fn restore(&mut self, states: States) {
        self.changes = 0;
        self.states = states;
    }

    fn partitions(&self) -> Names {
        self.folding.partitions()
    }

    fn text(&self, state: &State) -> String {
        self.folding.text(state)
    }

    fn result(&self, state: &State) -> Result<Option<String>, ScriptError> {
        Ok(self.folding.result(state))
    }
}
