//! The JavaScript in which projections are written: KurrentDB's words over an embedded engine that has
//! memory and time limits, no host access, and a clock and dice that give the same on every run. An
//! engine folds events into states, one a partition, and keeps them inside; [`super::run`] decides which
//! events, and when to save. Nothing here knows checkpoints, threads or files.

mod api;
mod catches;
mod engine;
mod error;
mod feed;
mod fields;
mod function;
mod host;
mod lanes;
mod learning;
mod limits;
mod machine;
mod named;
mod odd;
mod plan;
mod source;
#[cfg(test)]
mod tests;
mod upcasting;

use engine::Given;
pub use engine::{Engine, Halt};
pub use error::ScriptError;
pub use feed::{DeadLetter, Fed, Output, OutputKind};
pub use function::WrittenFunction;
pub use learning::LostDigits;
pub use limits::Limits;
pub(super) use machine::Scripted;
pub use odd::{Odd, Worded, entries, mark};
pub(super) use odd::{members, plain, told};
pub use plan::{From, Plan};
pub(super) use upcasting::Upcasting;
