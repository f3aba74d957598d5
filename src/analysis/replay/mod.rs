//! State at a moment and why: the default fold of a stream, blame, diffs, snapshots, the report and
//! its one sentence. Pure over a log and a payload reader; knows no file, no SQL and no thread.

mod answer;
mod diff;
mod envelope;
mod evidence;
mod flaws;
mod fold;
mod forks;
mod gaps;
mod markdown;
mod moment;
mod notices;
mod report;
mod series;
mod source;
mod spoken;
mod tree;

pub use crate::model::json::pointer;
pub use answer::{Answer, Part, answer};
pub use diff::{Change, Difference, diff};
pub use envelope::{changed_field, plain};
pub use evidence::{EventRef, Evidence};
pub use flaws::{Flaw, Flawed, Flaws};
pub use fold::{FoldRules, Folded, MergeFold, Revival};
pub use forks::Fork;
pub use gaps::Gap;
pub use markdown::{block, escape};
pub use moment::{
    EndedBy, Existence, StateAt, at_version, from_version, no_version, repeated_version,
};
pub use notices::{Notice, NoticeKind, losses, notices};
pub use report::{
    BlameRef, Deleted, Detail, LeafBlame, Presence, StateReport, StateRequest, report, state, told,
};
pub use series::{LastStep, Series, ValueChange};
pub use source::{ReplayError, Source};
pub use tree::{Blame, Found, Leaf, Node, Tree, View};

#[cfg(test)]
mod tests;
