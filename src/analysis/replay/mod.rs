//! State at a moment and why: the default fold of a stream, blame, diffs, snapshots, the report and
//! its one sentence. Pure over a log and a payload reader; knows no file, no SQL and no thread.

mod diff;
mod envelope;
mod fold;
pub mod pointer;
mod tree;

pub use diff::{Change, Difference, diff, diff_values};
pub use fold::{FoldRules, Folded, MergeFold};
pub use tree::{Blame, Found, Leaf, Node, Tree, View};


#[cfg(test)]
mod laws;
