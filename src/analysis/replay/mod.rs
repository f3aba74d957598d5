//! State at a moment and why: the default fold of a stream, blame, diffs, snapshots, the report and
//! its one sentence. Pure over a log and a payload reader; knows no file, no SQL and no thread.

mod answer;
mod diff;
mod envelope;
mod fold;
mod forks;
mod markdown;
mod moment;
mod notices;
pub mod pointer;
mod report;
mod series;
mod source;
mod tree;

pub use answer::{Answer, Evidence, Part, answer};
pub use diff::{Change, Difference, diff, diff_values};
pub use fold::{FoldRules, Folded, MergeFold};
pub use forks::Fork;
pub use moment::{Existence, StateAt, at_version};
pub use notices::{Notice, NoticeKind, notices};
pub use report::{
    BlameRef, Deleted, Detail, EventRef, LeafBlame, Presence, StateReport, StateRequest, report,
    state,
};
pub use series::{Damaged, LastStep, Series, ValueChange};
pub use source::{ReplayError, Source};
pub use tree::{Blame, Found, Leaf, Node, Tree, View};

#[cfg(test)]
mod tests;
