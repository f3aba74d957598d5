//! From what somebody wrote down to what folds events.

use super::machine::Machine;
use super::script::{ScriptError, Scripted};
use super::{Definition, Reading, RunOptions, native};

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
