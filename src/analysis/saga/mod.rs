//! Business processes as of a moment: which instances there are, how each stands, and what is usual.
//!
//! # How it works
//!
//! ```text
//!  log ──groups──▶ assign ──▶ instances (columns, and the tree of their histories)   once for a log
//!                                │
//!  cut ──────────────────────────┴──▶ seen ──▶ verdicts ──▶ usual ──▶ report, steps  for each moment
//!                                        ▲
//!                     definition, declared or mined
//! ```
//!
//! **Instances** ([`Instances`]) are found once. Events form groups by what ties them together (a
//! correlation id, causes, a stream, a business key), and in a group there is an instance for each event
//! that nothing in it has caused (`docs/semantics.md`, "Sagas"). Their events stand one instance after
//! the other, so that what is known of one at a moment is the beginning of its run, found by a binary
//! search. Only where clocks ran backwards around the moment, or a cause stands behind its effect, is
//! a group gone through again.
//!
//! **Histories are a tree** (`paths`): instances in which the same happened in the same order stand at
//! the same node, and there are few nodes however many instances there are. So a variant is a node, how
//! often one type follows another is read off the tree, and what a history *means* is found out once
//! for a node, not for an event.
//!
//! **What a history means** is said by a [`Definition`]: declared in a file, or mined from what is known
//! at the moment, one for each type that begins instances. Both are the same thing and are judged by
//! the same machine, so that a mined one can be written down, bettered and declared. Nothing else knows
//! of mining.
//!
//! **Steps** ([`Judged::instance`]) are told for the instances that are looked at: the machine goes
//! through the events again, and what it tells is given times.
//!
//! **What a store keeps of sagas beside its events** ([`stored()`]), rows of states, is told apart from what
//! its events tell; where such a row belongs to an instance it says that somebody leads it.
//!
//! **What is usual** ([`Usual`]) are the waits of the instances that had ended by then.
//!
//! Everything is a function of the known events: the truncation law holds for mining, too. Times are
//! looked at in order of the log, since that is the order in which things were recorded.

mod assign;
mod backwards;
mod basis;
mod called;
mod coming;
mod course;
mod definition;
mod durations;
mod endless;
mod failure;
mod glance;
mod groups;
mod instances;
mod learning;
mod machine;
mod map;
mod mining;
mod named;
mod narrowing;
mod over_time;
mod paths;
mod report;
mod sequence;
mod silence;
mod standings;
mod status;
mod steps;
mod stored;
#[cfg(test)]
mod tests;
mod ties;
mod told;
mod unheard;
mod usual;
mod variants;
mod waits;
mod walk;

pub use backwards::Backward;
pub use basis::Basis;
pub use coming::{Coming, may_come};
pub use definition::{Correlate, Definition, DefinitionError, Heed, Style, Timeout};
pub use durations::{Durations, Rate, Spread, StepDurations};
pub use failure::{Class, Failure, Parked};
pub use glance::Glance;
pub use instances::{AtMoment, How, Instances, Seen};
pub use map::{Follows, MapType, ProcessMap};
pub use named::Missing;
pub use narrowing::{Narrowed, Narrowing, Passed, Standing};
pub use over_time::Counts;
pub use report::{Asking, Sagas, SagasReport, Wanted, report};
pub use sequence::{Activity, Behind, Meaning, Message, Says, Sequence};
pub use silence::{Quiet, expected, usually, usually_after, waits_for};
pub use standings::{Course, Oddity, Outcome, Point, Status, Unsure, Waiting};
pub use status::{Judged, Process, Processes, Silence};
pub use steps::{Compensation, Instance, Step, took_words};
pub use stored::{Stored, StoredStates, stored};
pub use told::{Beside, CalledBefore, SagaReport, Stuck, one};
pub use unheard::Unheard;
pub use usual::{Comes, Next, Until, Usual};
pub use variants::{Variant, VariantFigures};
pub use waits::Wait;
