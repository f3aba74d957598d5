//! From what somebody wrote down to what folds events.

use std::sync::Arc;

use super::machine::Machine;
use super::script::{Limits, ScriptError, Scripted, Upcasting};
use super::{Definition, Reading, RunOptions, native};

/// What is read after upcasters, where there are any for a projection that is no JavaScript.
///
/// # Errors
/// Where these do not hold.
pub(super) fn upcast(
    reading: Reading,
    upcasters: Option<&Arc<str>>,
    limits: Limits,
) -> Result<Reading, ScriptError> {
    match upcasters {
        Some(upcasters) => Upcasting::over(&reading, upcasters, limits),
        None => Ok(reading),
    }
}

/// Brings a definition to life.
///
/// # Errors
/// Where it does not hold.
pub(super) fn machine(
    definition: &Definition,
    reading: &Reading,
    options: &RunOptions,
) -> Result<Box<dyn Machine>, ScriptError> {
    Ok(match definition {
        Definition::Script(text) => Box::new(Scripted::new(text, reading.clone(), options)?),
        Definition::BuiltIn(built_in) => native::machine(built_in, reading, options),
    })
}
