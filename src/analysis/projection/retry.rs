//! Dead letters tried again with another definition: each on the state that its handler was given, and
//! nothing else.

use std::sync::Arc;

use super::script::{DeadLetter, Engine, Fed, Halt, Limits, ScriptError, Worded};
use super::{Reading, SHARED, Script};
use crate::log::TableSource;
use crate::model::{Cancelled, EventIx, Task};

/// What became of a dead letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Retried {
    /// The event.
    pub event: EventIx,
    /// The state after it, or what went wrong again. An event that is in no partition any more leaves
    /// nothing behind.
    pub outcome: Result<Option<Worded>, ScriptError>,
}

/// Tries these again.
///
/// # Errors
/// The task was called off. Where the definition does not hold, each says so.
pub fn retried(
    definition: &Script,
    reading: &Reading,
    (limits, tables): (Limits, &Arc<dyn TableSource>),
    dead: &[DeadLetter],
    task: &Task,
) -> Result<Vec<Retried>, Cancelled> {
    let alive = || Engine::new(definition.clone(), reading, limits, Arc::clone(tables));
    let mut engine = alive();
    let mut told = Vec::with_capacity(dead.len());
    task.set_total(dead.len() as u64);
    for letter in dead {
        task.check()?;
        let outcome = match &mut engine {
            Ok(engine) => again(engine, letter, task),
            Err(error) => Err(Halt::Fatal(error.clone())),
        };
        let outcome = match outcome {
            Err(Halt::Cancelled(cancelled)) => return Err(cancelled),
            Err(Halt::Fatal(error) | Halt::Anew(error)) => {
                // Nothing of that engine can be used any more.
                engine = alive();
                Err(error)
            }
            Ok(outcome) => outcome,
        };
        told.push(Retried {
            event: letter.event,
            outcome,
        });
        task.advance(1);
    }
    Ok(told)
}

type Outcome = Result<Option<Worded>, ScriptError>;

fn again(engine: &mut Engine, letter: &DeadLetter, task: &Task) -> Result<Outcome, Halt> {
    if let (Some(partition), Some(state)) = (&letter.partition, &letter.state_before) {
        engine.put(partition, state);
        if let Some(shared) = &letter.shared_before {
            engine.put(SHARED, shared);
        }
    }
    if engine.feed(letter.event, None, task)? == Fed::Failed {
        let dead = engine.take_dead().pop();
        let error = dead.map_or_else(|| letter.error.clone(), |dead| dead.error);
        return Ok(Err(error));
    }
    let partitions = engine.partitions();
    let partition = engine.folded().map(|number| partitions.get(number));
    let state = partition.and_then(|partition| engine.kept(partition));
    Ok(Ok(state.and_then(|state| Worded::read(&state))))
}
