//! A run event by event: what each changes, and what would come of it if others came first.

use std::ops::Range;

use super::run::Outcome;
use super::script::{DeadLetter, Halt, Worded};
use super::{Held, OnError, Run, ScriptError, States, Stopped};
use crate::model::{Cancelled, EventIx, Task};

/// An event folded into its partition.
#[derive(Clone, Debug)]
pub struct Step {
    /// The event.
    pub event: EventIx,
    /// Its partition.
    pub partition: String,
    /// What the partition was before; none where it is new.
    pub before: Option<Held>,
    /// What it is after.
    pub after: Worded,
    number: u32,
    /// All states after it.
    states: States,
}

/// An event that upcasters change: as it is stored, and as they make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcast {
    /// Its payload.
    pub payloads: [serde_json::Value; 2],
    /// The schema version.
    pub versions: [String; 2],
}

/// What an event has made of its partition.
pub(super) enum After {
    /// No handler takes it.
    Untouched,
    /// This; none where the partition is filtered out.
    Result(Option<Worded>),
    /// The handler failed, and all is as it was.
    Failed(ScriptError),
    /// It took too much or left a state that is no JSON, and nothing can be used any more.
    Stopped(ScriptError),
}

/// Why a run event by event goes no further.
#[derive(Debug)]
pub(super) enum Ended {
    /// It was called off.
    Cancelled(Cancelled),
    /// A handler stopped it for good: what it holds may be half changed.
    Stopped(Stopped),
}

impl Ended {
    /// Where nothing is there to be found any more.
    pub(super) fn over<T>(self) -> Result<Option<T>, Cancelled> {
        match self {
            Self::Cancelled(cancelled) => Err(cancelled),
            Self::Stopped(_) => Ok(None),
        }
    }
}

impl From<Cancelled> for Ended {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

/// What a range changes: partitions with what they are after an event, and where the run stopped.
pub(super) type Changes = (Vec<(EventIx, String, Worded)>, Option<Stopped>);

impl Run {
    /// The events of a range that the projection reads, read ahead.
    pub(super) fn prepared(
        &mut self,
        range: &Range<u32>,
        task: &Task,
    ) -> Result<Vec<EventIx>, Cancelled> {
        self.machine.prepare(range, task)
    }

    /// The partitions that the events of a range change, with what they are then.
    pub(super) fn changes(
        &mut self,
        range: &Range<u32>,
        task: &Task,
    ) -> Result<Changes, Cancelled> {
        let mut changes = Vec::new();
        for event in self.prepared(range, task)? {
            match self.step_over(event, task) {
                Ok(Some(step)) => changes.push((event, step.partition, step.after)),
                Ok(None) => {}
                Err(Ended::Cancelled(cancelled)) => return Err(cancelled),
                Err(Ended::Stopped(stopped)) => return Ok((changes, Some(stopped))),
            }
        }
        Ok((changes, None))
    }

    /// Folds an event as the options have it; the dead letter that comes of it. What a handler says is
    /// for the run itself to tell.
    pub(super) fn over(
        &mut self,
        event: EventIx,
        task: &Task,
    ) -> Result<Option<DeadLetter>, Ended> {
        let Outcome { fed, dead, .. } = self.feed(event, task);
        match fed {
            Err(Halt::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(Halt::Fatal(error)) => return Err(Ended::Stopped(Stopped::Fatal(event, error))),
            // Of a definition that keeps something outside its states: nothing goes back from here.
            Err(Halt::Anew(_)) => return Ok(None),
            Ok(_) => {}
        }
        match (dead, self.options.on_error) {
            (Some(dead), OnError::Stop) => Err(Ended::Stopped(Stopped::Failed(Box::new(dead)))),
            (dead, _) => Ok(dead),
        }
    }

    /// All states as they are after an event.
    fn saved_after(&mut self, event: EventIx) -> Result<States, Ended> {
        let saved = self.machine.save();
        saved.map_err(|error| Ended::Stopped(Stopped::Fatal(event, error)))
    }

    /// Folds an event that was prepared; none where it changes no partition, since it is passed over or
    /// its handler failed.
    pub(super) fn step_over(&mut self, event: EventIx, task: &Task) -> Result<Option<Step>, Ended> {
        Ok(self.step_or_letter(event, task)?.0)
    }

    /// The same; with its dead letter where its handler failed.
    pub(super) fn step_or_letter(
        &mut self,
        event: EventIx,
        task: &Task,
    ) -> Result<(Option<Step>, Option<DeadLetter>), Ended> {
        let before = std::mem::take(&mut self.stepped);
        let letter = self.over(event, task)?;
        let states = self.saved_after(event)?;
        self.stepped = states.clone();
        let Some(number) = self.machine.folded() else {
            return Ok((None, letter));
        };
        let partition = self.machine.partitions().get(number).to_owned();
        let step = Step {
            event,
            partition,
            before: before.get(number),
            after: self.value(states.get(number).as_ref()),
            number,
            states,
        };
        Ok((Some(step), letter))
    }

    /// Folds an event that was prepared; its partition with the result, if it is `wanted`.
    pub(super) fn watch(
        &mut self,
        event: EventIx,
        wanted: &dyn Fn(&str) -> bool,
        task: &Task,
    ) -> Result<Option<(String, Option<Worded>)>, Ended> {
        self.over(event, task)?;
        let partitions = self.machine.partitions();
        let folded = self.machine.folded();
        let Some(number) = folded.filter(|number| wanted(partitions.get(*number))) else {
            return Ok(None);
        };
        let states = self.saved_after(event)?;
        let held = states.get(number);
        let result = held.and_then(|held| self.result_value(&held).ok().flatten());
        Ok(Some((partitions.get(number).to_owned(), result)))
    }

    /// Folds an event that was prepared, and tells what it has made of its partition.
    pub(super) fn result_after(&mut self, event: EventIx, task: &Task) -> Result<After, Cancelled> {
        let fed = self.machine.feed(event, task);
        let dead = self.machine.take_dead().pop();
        self.machine.take_told();
        match (fed, dead) {
            (Err(Halt::Cancelled(cancelled)), _) => return Err(cancelled),
            (Err(Halt::Fatal(error)), _) => return Ok(After::Stopped(error)),
            (Err(Halt::Anew(error)), _) => return Ok(After::Failed(error)),
            (Ok(_), Some(dead)) => return Ok(After::Failed(dead.error)),
            (Ok(_), None) => {}
        }
        let Some(number) = self.machine.folded() else {
            return Ok(After::Untouched);
        };
        let states = match self.machine.save() {
            Ok(states) => states,
            Err(error) => return Ok(After::Stopped(error)),
        };
        let held = states.get(number);
        let result = held.map_or(Ok(None), |held| self.result_value(&held));
        Ok(result.map_or_else(After::Failed, After::Result))
    }

    /// What the partition of a step would be if these events came after it.
    pub(super) fn try_on_top(
        &mut self,
        step: &Step,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Option<Worded>, Ended> {
        self.tried(step, step.states.clone(), events, task)
    }

    /// What the partition of a step would be if it was `before` and these events came.
    pub(super) fn try_from(
        &mut self,
        step: &Step,
        before: Option<&Held>,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Option<Worded>, Ended> {
        let mut states = step.states.clone();
        states.put(step.number, before.cloned());
        self.tried(step, states, events, task)
    }

    /// None where a handler fails: that is for the dead letters to tell.
    fn tried(
        &mut self,
        step: &Step,
        states: States,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Option<Worded>, Ended> {
        self.machine.restore(states);
        let mut holds = true;
        for &event in events {
            match self.machine.feed(event, task) {
                Ok(_) => {}
                Err(Halt::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(Halt::Anew(_)) => holds = false,
                Err(Halt::Fatal(error)) => {
                    return Err(Ended::Stopped(Stopped::Fatal(event, error)));
                }
            }
            holds &= self.machine.take_dead().is_empty();
            self.machine.take_told();
        }
        let found = self.saved_after(step.event)?;
        let value = holds.then(|| self.value(found.get(step.number).as_ref()));
        self.machine.restore(step.states.clone());
        Ok(value)
    }

    /// The payload of an event as it is stored and as upcasters make it; none where they leave it as
    /// it is, or fail.
    pub fn upcast(&mut self, event: EventIx, task: &Task) -> Option<Upcast> {
        let (stored, made) = self.machine.upcast(event, task)?;
        let read = |text: String| serde_json::from_str(&text).ok();
        Some(Upcast {
            payloads: [read(stored.0)?, read(made.0)?],
            versions: [stored.1, made.1],
        })
    }

    pub(super) fn value(&self, held: Option<&Held>) -> Worded {
        let text = held.map(|held| self.machine.text(&held.state));
        text.and_then(|text| Worded::read(&text))
            .unwrap_or_default()
    }

    /// The result of a partition.
    ///
    /// # Errors
    /// What went wrong in a `transformBy` or `filterBy`.
    pub fn result_value(&self, held: &Held) -> Result<Option<Worded>, ScriptError> {
        let text = self.machine.result(&held.state)?;
        Ok(text.and_then(|text| Worded::read(&text)))
    }
}
