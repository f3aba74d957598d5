//! Projections: events folded into states by a definition, one state a partition, at any moment.

mod ahead;
mod alive;
mod bench;
mod check;
mod checkpoints;
mod compare;
#[cfg(test)]
mod compare_tests;
mod consumer;
mod definition;
mod differ;
mod known;
mod lookup;
mod machine;
mod moment;
mod native;
mod options;
mod read_model;
mod reader;
mod repeat;
mod report;
mod retry;
mod run;
mod script;
mod selection;
mod sides;
mod states;
mod steps;
mod stream_state;
#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod told;
mod travel;
#[cfg(test)]
mod travel_tests;
#[cfg(test)]
mod written_tests;

use std::sync::Arc;

pub use bench::{JUMPS, Measured, SnapshotBench, Spread, StrategyCost, strategies};
pub use check::{asks_for_causes, checked, per_stream, suits, waits_in_vain};
pub use checkpoints::{Counts, SnapshotStrategy};
pub use compare::{CompareError, Comparison, DifferingPartition, compare};
pub use consumer::{ConsumerError, ConsumerReport, as_consumer, consumers};
pub use definition::{Definition, Script};
pub use differ::{Differing, differing, number};
pub use known::Known;
pub use lookup::{Certainty, LookedUp};
pub use moment::{Moment, OddPlace, Stopped};
pub use native::{BuiltIn, Fold, Key};
pub use options::{OnError, RunOptions};
pub use read_model::{
    DifferentRow, ExtraRow, MissingRow, ReadModel, ReadModelError, ReadModelReport, RowCounts,
    read_model,
};
pub use repeat::{Fault, Idempotency, Violation, repeated};
pub use report::{
    Absent, DeadLetterReport, Logged, LookupReport, LookupsReport, LostDigitsReport, OddReport,
    ProjectReport, Wanted, before, dead_letter, project, project_of, why,
};
pub use retry::{Retried, retried};
pub use run::Run;
pub use script::{
    DeadLetter, Engine, Fed, From, Limits, LostDigits, Odd, Output, OutputKind, Plan, ScriptError,
    Worded, WrittenFunction,
};
pub use sides::{Side, SideRow, Sides};
use states::SHARED;
pub use states::{Figures, Held, Since, State, States, WHOLE};
pub use steps::{Step, Upcast};
pub use stream_state::{StreamState, StreamStateError};
pub use told::{Told, Totals};
pub use travel::{Around, Break, Comparing, Towards};

use crate::log::{Clock, Log, PayloadReader};

/// What a projection reads.
#[derive(Clone)]
pub struct Reading {
    /// The index.
    pub log: Log,
    /// The payloads behind it.
    pub payloads: Arc<dyn PayloadReader>,
    /// The clock of the events' times.
    pub clock: Clock,
}
