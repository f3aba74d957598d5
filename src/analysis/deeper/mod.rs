//! What lies under the findings of the audit, for who looks into them: how far clocks of services are
//! apart and where orders disagree, writes that did not know of each other with what the last one loses,
//! and what a window of remembered ids would have caught. Figures over the whole store as of a cut; what is
//! wrong with it is for `audit` to say.
//!
//! Made of the same [`Facts`] as the findings, so that both are of one pass over the payloads; and of the
//! findings themselves where those have decided already what counts (which event is a copy).

mod clocks;
mod conflicts;
mod custom;
mod duplicates;

use serde::Serialize;

pub use clocks::{ClockPair, Clocks, Disagreeing, Early, OrderBy, Verdict};
pub use conflicts::{Conflict, Conflicts, Fate, Shared, Sides, Writer, sides};
pub use custom::merge_by;
pub use duplicates::{Caught, Duplicates, WindowFigures};

use super::audit::{AuditError, Facts};
use crate::log::{AsOf, Log};
use crate::model::{EventIx, PositionName, Task, Timestamp, Version};

/// Cases of each kind that are shown; all are counted.
const MOST: usize = 200;

/// The figures of a store as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deeper {
    /// The moment.
    pub as_of: AsOf,
    /// Clocks and orders.
    pub clocks: Clocks,
    /// Writes that did not know of each other.
    pub conflicts: Conflicts,
    /// Copies, and what would have caught them.
    pub duplicates: Duplicates,
}

/// Looks deeper into what was gathered.
///
/// # Errors
/// [`AuditError`] when the task was called off.
pub fn deeper(facts: &Facts<'_>, task: &Task) -> Result<Deeper, AuditError> {
    Ok(Deeper {
        as_of: facts.whole.cut.as_of(facts.whole.log),
        clocks: clocks::clocks(facts, task)?,
        conflicts: conflicts::conflicts(facts),
        duplicates: duplicates::duplicates(facts, task)?,
    })
}

/// An event as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its position.
    pub position: PositionName,
    /// Its stream.
    pub stream: String,
    /// The version in it.
    pub version: Version,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When it was recorded, by its own stamp.
    pub time: Option<Timestamp>,
    /// The event.
    #[serde(skip)]
    pub event: EventIx,
}

impl Place {
    fn of(log: &Log, event: EventIx) -> Self {
        Self {
            position: log.position_name(event),
            stream: log.stream_name(log.stream(event)).to_owned(),
            version: log.version(event),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            time: log.own_time(event, crate::log::Clock::Recorded),
            event,
        }
    }
}
