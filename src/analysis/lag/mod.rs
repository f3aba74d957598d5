//! Consumer lag: who is behind, by how much and since when, and what readers saw meanwhile.
//!
//! # How it works
//!
//! ```text
//!  rows beside the events ──▶ Course ── as of a cut ──▶ LagReport
//!    history, processed,        │  a Progress for each consumer and partition: steps in time,
//!    checkpoints, letters       │  and the Tail that it works off
//!                               ├──▶ Chart    lag over time, bucket by bucket
//!                               ├──▶ Spell    when it stood still, caught up, went back
//!                               ├──▶ Delays   how long each event took, and what readers missed
//!                               └──▶ Stages   event, outbox, relay, broker, consumer
//! ```
//!
//! A [`Course`] is read once from a log and its rows; every question after that is a few binary
//! searches, so that the cursor can be dragged through a hundred consumers.
//!
//! All sources of truth come to one shape (`progress`): *steps*, each a moment and how much of its tail
//! the consumer had covered then. A checkpoint history has them as they are; of processed messages it
//! is the furthest so far; effects do the same for services of which a store keeps nothing else, and a
//! current checkpoint is a single step. What differs is the certainty, which every figure carries.
//!
//! A **tail** (`tail`) is the events that a consumer reads, in the order of their file. How many of them
//! wait is counted by two binary searches; where clocks run backwards only the stretch in which they do
//! is looked through.
//!
//! `status` judges a sliding window of steps after Burrow's rules (`docs/lag.md` has them); `publication`
//! says who can only have what was published, and `relay` whether it is that which holds them up; `outbox` and `letters` count what stands beside. Nothing here learns from the future: a step, a message or a
//! letter that is dated later was not there, and of a row that is written over only what it dates.

mod backlog;
mod clocks;
mod course;
mod delays;
mod effects;
mod hold_ups;
mod letters;
mod measure;
mod messages;
mod outbox;
mod pipeline;
mod progress;
mod publication;
mod relay;
mod report;
mod samples;
mod series;
mod spells;
mod status;
mod tail;
#[cfg(test)]
mod tests;
mod unpublished;
mod waiting;

pub use backlog::{Backlog, Level, peak};
pub use clocks::Clocks;
pub use course::Course;
pub use delays::{Delays, Percentiles, Remedy, Reread};
pub use hold_ups::HoldUp;
pub use letters::{DeadLetterReport, LetterGroup};
pub use messages::{MessageReport, MessageStatus};
pub use outbox::{Outage, OutboxReport, PublishedKinds};
pub use pipeline::{Since, Stage, StageKind};
pub use progress::{ConsumerId, Evidence};
pub use relay::{Cause, Publishes, RelayHold, RelayOutage};
pub use report::{Blocking, Certainty, ConsumerLag, LagOptions, LagReport, Trend, report};
pub use samples::{Note, Sample, Samples};
pub use series::{Chart, Point};
pub use spells::{Spell, SpellKind};
pub use status::Status;
pub use unpublished::{Publications, Unpublished};
pub use waiting::{Waiting, waiting};
