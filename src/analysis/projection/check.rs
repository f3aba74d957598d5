//! Whether a definition holds, and whether there is anything in a log for it, without running it.

use std::sync::Arc;

use super::script::{Engine, From, Limits, ScriptError};
use super::selection::Selection;
use super::{Definition, Fold, Key, Reading, Script};
use crate::analysis::nearest::{is_near, nearest};
use crate::log::{Body, Log, NoTables, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// Event types that are named for one that is not there.
const NEAR: usize = 3;

/// A definition says in little time what it is.
const INTERRUPTS: u32 = 50;

fn alive(script: &Script, reading: &Reading) -> Result<Engine, ScriptError> {
    let limits = Limits {
        interrupts: INTERRUPTS,
        ..Limits::default()
    };
    Engine::new(script.clone(), reading, limits, Arc::new(NoTables))
}

/// Whether a definition holds.
///
/// # Errors
/// Where it does not, with line and column.
pub fn checked(definition: &Definition, reading: &Reading) -> Result<(), ScriptError> {
    match definition {
        Definition::Script(script) => alive(script, reading).map(|_| ()),
        Definition::BuiltIn(_) => Ok(()),
    }
}

/// Whether handlers may look at what caused an event: the ids of correlation and causation. What is folded
/// without code does not, nor do handlers whose source shows all that they read of an event.
#[must_use]
pub fn asks_for_causes(definition: &Definition) -> bool {
    let nothing = Reading {
        log: Log::default(),
        payloads: Arc::new(NoPayloads),
        clock: Log::default().default_clock(),
    };
    match definition {
        Definition::BuiltIn(fold) => fold.upcasters.is_some(),
        Definition::Script(script) => {
            let knows = |engine: Engine| !engine.plan().asks_for_more();
            // One that takes long to say what it is may ask for anything.
            script.upcasters.is_some() || !alive(script, &nothing).is_ok_and(knows)
        }
    }
}

/// Those of a log without events.
struct NoPayloads;

impl PayloadReader for NoPayloads {
    fn read(
        &self,
        _: &Log,
        _: &[EventIx],
        _: &Task,
        _: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        Ok(())
    }
}

/// What a definition waits for that never comes in a log, a sentence each: a type that is written in
/// another way else shows as a state that stays empty.
#[must_use]
pub fn waits_in_vain(definition: &Definition, reading: &Reading) -> Vec<String> {
    let log = &reading.log;
    let (from, names): (From, Vec<String>) = match definition {
        Definition::Script(script) => match alive(script, reading) {
            Ok(engine) => (engine.plan().from.clone(), engine.plan().handlers.clone()),
            Err(_) => return Vec::new(),
        },
        Definition::BuiltIn(fold) => (fold.from.clone(), fold.types.clone()),
    };
    if let Some(sentence) = reads_nothing(&from, reading) {
        return vec![sentence];
    }
    let types = log.types();
    let comes = |name: &String| types.find(name).is_some() || name == "$any";
    // A definition may be made for more than one store holds: that is no slip.
    let in_part = names.iter().any(comes);
    let sentence = |name: &String| {
        if name.starts_with('$') {
            let known = "$any, $init, $initShared and $deleted";
            return Some(format!("No handler is called {name}; there are {known}"));
        }
        let near = types.iter().filter(|own| is_near(name, own));
        let near = nearest(near, name, NEAR);
        match near.is_empty() {
            true => (!in_part).then(|| format!("No event is of type {name}")),
            false => Some(format!(
                "No event is of type {name}; there is {}",
                near.join(", ")
            )),
        }
    };
    let never = names
        .iter()
        .filter(|name| !comes(name) && *name != "$deleted");
    never.filter_map(sentence).collect()
}

/// What is to be said of a definition that reads from what is not in the log: none of it.
fn reads_nothing(from: &From, reading: &Reading) -> Option<String> {
    let log = &reading.log;
    let (what, all) = match from.kind.as_str() {
        "categories" => ("category", log.categories()),
        // A stream may be one of the system's, which stands for others.
        "streams" if !from.names.iter().any(|name| name.starts_with('$')) => {
            ("stream", log.streams())
        }
        _ => return None,
    };
    let name = |name: &String| name.strip_prefix("$ce-").unwrap_or(name).to_owned();
    let wanted: Vec<String> = from.names.iter().map(name).collect();
    if wanted.iter().any(|name| all.find(name).is_some()) {
        return None;
    }
    let near = nearest(all.iter(), wanted.first()?, NEAR);
    let there = match near.is_empty() {
        true => String::new(),
        false => format!("; there is {}", near.join(", ")),
    };
    Some(format!(
        "No {what} is called {}{there}",
        wanted.join(" or ")
    ))
}

/// Where a definition reads from that has a state for each stream; none where it has not.
#[must_use]
pub fn per_stream(definition: &Definition, reading: &Reading) -> Option<From> {
    match definition {
        Definition::Script(script) => {
            let engine = alive(script, reading).ok()?;
            engine.is_per_stream().then(|| engine.plan().from.clone())
        }
        Definition::BuiltIn(fold) => {
            let is = match &fold.fold {
                Fold::Merge => true,
                Fold::Latest { by }
                | Fold::Counts { by }
                | Fold::Figures { by, .. }
                | Fold::Open { by, .. } => *by == Key::Stream,
            };
            is.then(|| fold.from.clone())
        }
    }
}

/// Whether there is any event in the log that the definition would fold.
#[must_use]
pub fn suits(definition: &Definition, reading: &Reading) -> bool {
    let log = &reading.log;
    let mut engine = None;
    let selection = match definition {
        Definition::Script(script) => match alive(script, reading) {
            Ok(alive) => Selection::new(log, engine.insert(alive).plan()),
            Err(_) => return false,
        },
        Definition::BuiltIn(fold) => fold.selection(log, None),
    };
    // Where any type may end a stream, not every event is handled.
    let mut engine = engine.filter(|engine| engine.plan().minds_deletion());
    let mut any = false;
    selection.within(log, &(0..log.len() as u32), &mut |event| {
        any = any || engine.as_mut().is_none_or(|engine| engine.handles(event));
    });
    any
}
