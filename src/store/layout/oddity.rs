//! What a kind of store promises and a broken file may not keep: what is not so is told of among the
//! problems.

use serde::{Deserialize, Serialize};

/// A promise, and how to find what breaks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oddity {
    /// SQLite: a SELECT of one column, the places: what of the store breaks the promise.
    pub find: String,
    /// What is wrong there, as the rest of a sentence after the place.
    pub says: String,
}
