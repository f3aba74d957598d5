//! The truth about a store, told by the simulation as it runs: what was done to it, what belongs to
//! its story, and what the right answers are at ten moments. Its format is `docs/truth.md`.
//!
//! Moments are taken in pauses of the log that are longer than any clock is off, so that what is
//! known at one is a prefix of the log and everything that is asked is how things stand right now.

mod document;
mod finding;
mod moments;
mod sagas;
mod witness;

pub use finding::Finding;
pub use witness::{Asked, Witness};
