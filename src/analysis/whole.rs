//! A whole store as of a moment, as the analyses see it that go through all of it.

use super::replay::FoldRules;
use crate::log::{Cut, Log, PayloadReader, RowSource};

/// A store as of a cut.
#[derive(Clone, Copy)]
pub struct Whole<'a> {
    /// The index.
    pub log: &'a Log,
    /// The moment.
    pub cut: Cut,
    /// The payloads, to be judged.
    pub payloads: &'a dyn PayloadReader,
    /// The payloads as they may be quoted: without what somebody has masked.
    pub shown: &'a dyn PayloadReader,
    /// What stands beside the events.
    pub rows: &'a dyn RowSource,
    /// How the store's payloads are folded.
    pub fold: &'a FoldRules,
}
