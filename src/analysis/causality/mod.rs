//! What caused what: the tree of causes around an event or a correlation with the delay of each step, how
//! far the clocks of services are apart, and where the orders by different clocks disagree.
//!
//! # How it works
//!
//! [`trace`] goes up from an event to the first one without a cause, and down again over all effects; of a
//! correlation id it takes all events of the group. Only events known at the cut count.
//!
//! **Skew** (`skew`). An effect comes after its cause. Where the stamp of an effect lies before that of its
//! cause, the clock of the cause's service is ahead of the other by at least the difference; and by the
//! delay of the quickest step in the other direction at most, since that one took some time as well. The
//! two are the bounds between which the truth lies.
//!
//! **Orders** (`orders`). The events of a trace by position, by recorded time, by hybrid logical clock and by
//! cause (vector clocks, where there are some): each pair of neighbours that one of them turns round is told.
//!
//! **Conflicts** (`concurrent`, `merges`). Writes to one stream of which neither writer knew of the other, the
//! sides into which they fall, and what would come of the fields that several sides have written.

mod amounts;
mod concurrent;
mod merges;
mod orders;
mod roles;
mod skew;
#[cfg(test)]
mod tests;
mod trace;
mod ways;

pub use concurrent::{Conflict, Side, ToldBy, conflicts, with_forks};
pub use merges::{FieldMerge, Merge, MergeKind, MergeSide, merges};
pub use orders::Disagreement;
pub use skew::{Skew, Skews, Way};
pub use trace::{Edge, Subject, TraceNode, TraceReport, Untraceable, subject, trace};
