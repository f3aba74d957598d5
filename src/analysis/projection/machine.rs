//! What folds events into states, whatever it is written in.

use std::ops::Range;

use super::script::{DeadLetter, Fed, Halt, ScriptError};
use super::states::{State, States};
use super::{Counts, Reading, Told};
use crate::log::Names;
use crate::model::{Cancelled, EventIx, Task};

/// A payload as text, and its schema version.
pub(super) type Payload = (String, String);

/// What became of events that were folded in one go.
pub(super) struct Swept {
    /// All events of the range below it are folded.
    pub next: EventIx,
    /// What they came to; none has failed.
    pub counts: Counts,
}

/// Folds events into states, one a partition, and keeps them inside. Which events, and when to save, is
/// for whoever runs it.
pub(super) trait Machine {
    /// Reads ahead what the events of a range need; those of them that are folded, in log order.
    ///
    /// # Errors
    /// The task was called off.
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled>;

    /// Folds one event. It may be folded again.
    ///
    /// # Errors
    /// The task was called off, or the machine is at its end: then nothing of it can be used any more.
    fn feed(&mut self, event: EventIx, task: &Task) -> Result<Fed, Halt>;

    /// Folds the events of a range in one go, at most the first so many of them, as [`Machine::feed`]
    /// would one by one; none where something is to be told of one of them, or it goes one by one only.
    ///
    /// # Errors
    /// The task was called off; nothing was folded.
    fn sweep(
        &mut self,
        range: &Range<u32>,
        most: u32,
        task: &Task,
    ) -> Result<Option<Swept>, Cancelled> {
        let _ = (range, most, task);
        Ok(None)
    }

    /// Reads a log that has grown from here on: what was there stands where it stood.
    fn grow(&mut self, reading: &Reading);

    /// The partition that the event fed last was folded into, if it was.
    fn folded(&self) -> Option<u32>;

    /// Whether states are told apart by anything.
    fn is_partitioned(&self) -> bool;

    /// Whether each stream has a state of its own.
    fn is_per_stream(&self) -> bool;

    /// Dead letters since the last time.
    fn take_dead(&mut self) -> Vec<DeadLetter>;

    /// How many states have changed since they were saved, at most.
    fn changes(&self) -> usize;

    /// All states as they are now; what is folded from here on is folded from them.
    ///
    /// # Errors
    /// Where a state cannot be written, or memory does not suffice.
    fn save(&mut self) -> Result<States, ScriptError>;

    /// Goes back (or forward) to states that were saved. Where anything was changed [outside](Self::outside)
    /// them, only to those before the first event.
    fn restore(&mut self, states: States);

    /// What was changed outside the states, by its names: then what comes of an event is not told by the
    /// states before it.
    fn outside(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// The same as it is just now: in a world that has begun anew, less.
    fn strayed(&self) -> Vec<String> {
        Vec::new()
    }

    /// Keeps states before each event from here on, where something is kept outside them.
    fn guard(&mut self) {}

    /// The partitions so far, by number.
    fn partitions(&self) -> Names;

    /// A state as JSON; of a script as it is kept, which [`super::Worded`] reads.
    fn text(&self, state: &State) -> String;

    /// What a state says as a result, in the same way; none where it is filtered out.
    ///
    /// # Errors
    /// What went wrong on the way.
    fn result(&self, state: &State) -> Result<Option<String>, ScriptError> {
        Ok(Some(self.text(state)))
    }

    /// The payload of an event as it is stored and as upcasters make it, each with its schema version;
    /// none where they leave it as it is, or fail.
    fn upcast(&mut self, event: EventIx, task: &Task) -> Option<(Payload, Payload)> {
        let _ = (event, task);
        None
    }

    /// What handlers have said since the last time; none where they said nothing.
    fn take_told(&mut self) -> Option<Told> {
        None
    }
}
