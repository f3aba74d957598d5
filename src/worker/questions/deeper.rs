//! What the deeper pages of the audit ask beside it: the causes around an event, two writes side by side,
//! and how to choose. What the answers mean is for `analysis` to say.

use serde_json::Value;

use crate::analysis::advisor::{
    Advice, ConsumerFigures, ProcessFigures, Seen, StoreFigures, advise,
};
use crate::analysis::bodies::BodiesError;
use crate::analysis::causality::{self, Merge, TraceReport};
use crate::analysis::deeper::{self, Sides};
use crate::analysis::projection::ScriptError;
use crate::log::{Bound, Cut};
use crate::model::EventIx;
use crate::worker::{Asked, Question, Room, SagasAt, Subject, Unanswered};

/// Asks for the tree of causes around an event or a correlation.
#[derive(Clone, Debug, PartialEq)]
pub struct AskTrace {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// What is traced.
    pub traced: causality::Subject,
}

impl Question for AskTrace {
    type Answer = TraceReport;
    const ROOM: Room = Room::Scans;
    const LABEL: Option<&'static str> = Some("Tracing causes");

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn outdates(&self, before: &Self) -> bool {
        self.traced != before.traced
    }

    fn answer(&self, asked: Asked<'_>) -> Result<TraceReport, Unanswered> {
        let Subject { log, payloads, .. } = &self.subject;
        let report = causality::trace(log, &self.cut, &self.traced, &**payloads, asked.task);
        report.map_err(unanswered)
    }
}

fn unanswered(error: BodiesError) -> Unanswered {
    match error {
        BodiesError::Cancelled(_) => Unanswered::Cancelled,
        error @ BodiesError::Rewritten => Unanswered::Failed(error.to_string()),
    }
}

/// Asks for two writes, field by field.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSides {
    /// The log.
    pub subject: Subject,
    /// The two, in the order of the log.
    pub events: [EventIx; 2],
}

impl Question for AskSides {
    type Answer = Sides;
    const ROOM: Room = Room::Answers;

    fn answer(&self, asked: Asked<'_>) -> Result<Sides, Unanswered> {
        let Subject { log, payloads, .. } = &self.subject;
        deeper::sides(log, &**payloads, self.events, asked.task).map_err(unanswered)
    }
}

/// Asks what a function in JavaScript makes of the fields of a conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct AskMerge {
    /// The conflict.
    pub merge: Merge,
    /// The function.
    pub source: String,
}

impl Question for AskMerge {
    /// A value for each field, or why there is none.
    type Answer = Result<Vec<Result<Value, ScriptError>>, ScriptError>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        Ok(deeper::merge_by(&self.source, &self.merge, asked.task))
    }
}

/// Asks what the store shows of every decision, with the figures that the audit has counted.
#[derive(Clone, Debug, PartialEq)]
pub struct AskAdvice {
    /// Which processes, and when.
    pub at: SagasAt,
    /// What the events show, as of the same moment.
    pub store: StoreFigures,
}

impl Question for AskAdvice {
    type Answer = Advice;
    const ROOM: Room = Room::Scans;
    const LABEL: Option<&'static str> = Some("Filling in the decision tables");

    fn answer(&self, mut asked: Asked<'_>) -> Result<Advice, Unanswered> {
        let judged = super::sagas::judged(&self.at, &mut asked)?;
        let SagasAt { subject, cut, .. } = &self.at;
        let processes = ProcessFigures::of(&subject.log, &judged);
        let (lag, slowest) = super::lag::with_slowest(subject, cut, &mut asked)?;
        Ok(advise(&Seen {
            as_of: cut.as_of(&subject.log),
            store: self.store.clone(),
            processes,
            consumers: ConsumerFigures::of(&lag, slowest),
        }))
    }
}
