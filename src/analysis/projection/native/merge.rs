//! The default fold as a projection: payloads merged, one state a stream.

use std::ops::Range;
use std::sync::Arc;

use super::BuiltIn;
use super::built::{Done, Folding};
use super::key::{Key, Keys};
use crate::analysis::projection::ahead::Ahead;
use crate::analysis::projection::script::Fed;
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::states::{Held, State, States};
use crate::analysis::projection::{Reading, RunOptions};
use crate::analysis::replay::{FoldRules, Folded};
use crate::log::Names;
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// Merges payloads.
pub(super) struct Merge {
    reading: Reading,
    built_in: BuiltIn,
    only: Option<StreamIx>,
    rules: FoldRules,
    selection: Selection,
    keys: Keys,
    ahead: Ahead,
}

impl Merge {
    pub fn new(built_in: &BuiltIn, reading: Reading, options: &RunOptions) -> Self {
        Self {
            selection: built_in.selection(&reading.log, options.only),
            built_in: built_in.clone(),
            only: options.only,
            rules: options.fold.clone(),
            keys: Keys::default(),
            ahead: Ahead::default(),
            reading,
        }
    }
}

impl Folding for Merge {
    fn prepare(&mut self, range: &Range<u32>, task: &Task) -> Result<Vec<EventIx>, Cancelled> {
        task.check()?;
        let mut events = Vec::new();
        let log = &self.reading.log;
        (self.selection).within(log, range, &mut |event| events.push(event));
        self.ahead.read(&self.reading, &events, task)?;
        Ok(events)
    }

    fn fold(
        &mut self,
        states: &mut States,
        event: EventIx,
        task: &Task,
    ) -> Result<Done, Cancelled> {
        if self.ahead.get(event).is_none() {
            self.ahead.read(&self.reading, &[event], task)?;
        }
        let Some(body) = self.ahead.get(event) else {
            return Ok(Done::Skipped);
        };
        let log = &self.reading.log;
        let body = match body {
            Ok(body) => body,
            Err(error) => {
                let stream = log.stream_name(log.stream(event)).to_owned();
                let why = format!("the payload could not be read: {error}");
                return Ok(Done::Failed(Some(stream), why));
            }
        };
        let event_type = log.type_name(log.event_type(event));
        let Some(partition) = self.keys.number(&Key::Stream, log, event) else {
            return Ok(Done::Skipped);
        };
        let mut place = states.as_kind::<Held>().place(partition);
        let mut fold = match place.get() {
            Some(Held {
                state: State::Merged(fold),
                ..
            }) => std::mem::take(fold),
            _ => Arc::default(),
        };
        let folded = Arc::make_mut(&mut fold).apply(&self.rules, event, event_type, &body.data);
        place.set(Held {
            state: State::Merged(fold),
            last: event,
        });
        let fed = match folded {
            Folded::Merged => Fed::Processed,
            Folded::Skipped => Fed::Skipped,
        };
        Ok(Done::Folded(partition, fed))
    }

    fn grow(&mut self, reading: &Reading) {
        self.selection = self.built_in.selection(&reading.log, self.only);
        self.reading = reading.clone();
    }

    fn is_partitioned(&self) -> bool {
        true
    }

    fn is_per_stream(&self) -> bool {
        true
    }

    fn partitions(&self) -> Names {
        self.keys.names()
    }

    fn text(&self, state: &State) -> String {
        match state {
            State::Merged(fold) => fold.tree().to_value().to_string(),
            _ => "null".to_owned(),
        }
    }
}
