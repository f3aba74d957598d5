//! What rules look at: gathered once, as known at the cut.

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde_json::Value;

use super::outbox::Outbox;
use super::streams::Streams;
use crate::analysis::bodies::{Bodies, BodiesError};
use crate::analysis::causality::{Concurrent, Merge, concurrent, merges};
use crate::analysis::causes::Causes;
use crate::analysis::compaction::{Compacted, CompactionError, LongStream, long_streams};
use crate::analysis::lag::{Course, Samples};
use crate::analysis::replay::{FoldRules, ReplayError};
use crate::analysis::schema::{Registered, SchemaReport, schemas};
use crate::analysis::side;
use crate::log::{
    CauseRef, Cut, Log, Mark, PayloadReader, Problem, RowSource, RowsError, Says, SideKind,
    TableSource, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// The store that is audited, as of a cut.
pub struct Audited<'a> {
    /// The index.
    pub log: &'a Log,
    /// The moment.
    pub cut: Cut,
    /// The payloads.
    pub payloads: &'a dyn PayloadReader,
    /// What stands beside the events.
    pub rows: &'a dyn RowSource,
    /// Other tables of the store, read models among them.
    pub tables: &'a dyn TableSource,
    /// How the store's payloads are folded.
    pub fold: &'a FoldRules,
}

/// Why there is no audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The task was called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The store is no longer the one that was indexed.
    #[error("the store was rewritten since it was indexed; it has to be indexed again")]
    Rewritten,
    /// What stands beside the events cannot be read.
    #[error("{0}")]
    Rows(String),
}

impl From<BodiesError> for AuditError {
    fn from(error: BodiesError) -> Self {
        match error {
            BodiesError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            BodiesError::Rewritten => Self::Rewritten,
        }
    }
}

impl From<ReplayError> for AuditError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            ReplayError::Rewritten => Self::Rewritten,
        }
    }
}

impl From<RowsError> for AuditError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            RowsError::Rewritten => Self::Rewritten,
            RowsError::Failed(sentence) => Self::Rows(sentence),
        }
    }
}

impl From<CompactionError> for AuditError {
    fn from(error: CompactionError) -> Self {
        match error {
            CompactionError::Bodies(error) => error.into(),
            CompactionError::Rows(error) => error.into(),
        }
    }
}

/// What is known of a store as of the cut.
pub struct Facts<'a> {
    /// The index.
    pub log: &'a Log,
    /// The moment.
    pub cut: Cut,
    /// The payloads, for the few that are read again.
    pub payloads: &'a dyn PayloadReader,
    /// How payloads are folded.
    pub fold: &'a FoldRules,
    /// What one pass over all payloads found.
    pub bodies: Bodies,
    /// The schemas of all types.
    pub schemas: SchemaReport,
    /// What one pass over all streams found.
    pub streams: Streams,
    /// Streams that are long enough to want snapshots.
    pub long: Vec<LongStream>,
    /// Writes that did not know of each other.
    pub concurrent: Vec<Concurrent>,
    /// What would become of the first conflicts among them.
    pub merges: Vec<Merge>,
    /// The first records that could not be read, or not wholly.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// How consumers and the outbox got on, where the store keeps a history of it.
    pub(super) course: Option<Course>,
    /// What the outbox says, where the store has one.
    pub(super) outbox: Option<Outbox>,
    pub(super) tables: &'a dyn TableSource,
    rows: &'a dyn RowSource,
    causes: Causes,
    /// By event, what caused it.
    caused: Vec<u32>,
    /// Events that cause each other in circles, each circle in log order.
    cycles: Vec<Vec<EventIx>>,
    cyclic: HashSet<EventIx, FixedState>,
}

/// An event without a cause, and one whose cause is no known event.
const NO_CAUSE: u32 = u32::MAX;
const ELSEWHERE: u32 = u32::MAX - 1;

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts")
            .field("cut", &self.cut)
            .finish_non_exhaustive()
    }
}

impl<'a> Facts<'a> {
    /// Gathers them. Progress is in events.
    ///
    /// # Errors
    /// [`AuditError`] when the task was called off, or the store could not be read.
    pub fn gather(audited: &Audited<'a>, task: &Task) -> Result<Self, AuditError> {
        let Audited { log, cut, .. } = *audited;
        let bodies = Bodies::gather(log, &cut, audited.payloads, audited.fold, task)?;
        let registered = Registered::known(log, &cut, audited.rows, task)?;
        let schemas = schemas(log, &cut, &bodies, &registered, None);
        let streams = Streams::gather(log, &cut, task)?;
        let compacted = Compacted {
            log,
            cut,
            bodies: &bodies,
            payloads: audited.payloads,
            rows: audited.rows,
            fold: audited.fold,
        };
        let long = long_streams(compacted, task)?;
        let problems = log.known_problems(&cut);
        let problem_count = problems.count;
        let problems = problems.first.into_iter().cloned().collect();
        let causes = Causes::known(log, &cut, task)?;
        let (concurrent, merges) = conflicting(audited, &bodies, task)?;
        let tells =
            |kind: &SideKind| matches!(kind, SideKind::CheckpointHistory | SideKind::Outbox);
        let course = match audited.rows.kinds().iter().any(tells) {
            true => Some(Course::read(
                log,
                audited.rows,
                &Samples::default(),
                cut.clock(),
                task,
            )?),
            false => None,
        };
        let mut facts = Self {
            log,
            cut,
            payloads: audited.payloads,
            fold: audited.fold,
            bodies,
            schemas,
            streams,
            long,
            concurrent,
            merges,
            problems,
            problem_count,
            course,
            outbox: Outbox::read(log, &cut, audited.rows, task)?,
            tables: audited.tables,
            rows: audited.rows,
            caused: caused(log, &cut, &causes, task)?,
            causes,
            cycles: Vec::new(),
            cyclic: HashSet::default(),
        };
        facts.cycles = facts.circles(task)?;
        facts.cyclic = facts.cycles.iter().flatten().copied().collect();
        Ok(facts)
    }

    /// Events that cause each other in circles, each circle in log order.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<EventIx>] {
        &self.cycles
    }

    /// Whether an event stands in one of them.
    #[must_use]
    pub fn is_cyclic(&self, event: EventIx) -> bool {
        self.cyclic.contains(&event)
    }

    /// The circles there are.
    fn circles(&self, task: &Task) -> Result<Vec<Vec<EventIx>>, Cancelled> {
        let mut found: Vec<Vec<EventIx>> = Vec::new();
        let mut known: HashSet<EventIx, FixedState> = HashSet::default();
        for (nth, start) in self.events().enumerate() {
            if nth.is_multiple_of(1 << 14) {
                task.check()?;
            }
            // In every circle one event at least names one that does not stand before it.
            let Some(mut at) = self.known_cause(start).filter(|cause| *cause >= start) else {
                continue;
            };
            if known.contains(&start) {
                continue;
            }
            let mut way = vec![start];
            while at != start && way.len() < FARTHEST && !known.contains(&at) {
                way.push(at);
                match self.known_cause(at) {
                    Some(cause) => at = cause,
                    None => break,
                }
            }
            if at == start {
                known.extend(&way);
                way.sort_unstable();
                found.push(way);
            }
        }
        Ok(found)
    }

    /// What is looked at for compaction.
    pub(super) fn compacted(&self) -> Compacted<'_> {
        Compacted {
            log: self.log,
            cut: self.cut,
            bodies: &self.bodies,
            payloads: self.payloads,
            rows: self.rows,
            fold: self.fold,
        }
    }

    /// Whether an event is known.
    #[must_use]
    pub fn knows(&self, event: EventIx) -> bool {
        self.cut.holds(self.log, event)
    }

    /// The known event that a row of a file names.
    pub(super) fn known_event(&self, file: u32, mark: Option<&Mark>) -> Option<EventIx> {
        let event = mark.and_then(|mark| self.log.marked(file, mark));
        event.filter(|event| self.knows(*event))
    }

    /// The payloads of a few events as values, in their order; none of what is no JSON.
    pub(super) fn values(
        &self,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Vec<Option<Value>>, AuditError> {
        let (mut values, mut rewritten) = (vec![None; events.len()], false);
        self.payloads
            .read(self.log, events, task, &mut |event, body| {
                rewritten |= matches!(body, Err(Unreadable::Rewritten));
                let value = body.ok().and_then(|body| body.data.value());
                let own = events.iter().zip(&mut values);
                own.filter(|(own, _)| **own == event)
                    .for_each(|(_, place)| place.clone_from(&value));
            })?;
        match rewritten {
            true => Err(AuditError::Rewritten),
            false => Ok(values),
        }
    }

    /// All known events in log order.
    pub fn events(&self) -> impl Iterator<Item = EventIx> + '_ {
        let known = self.cut.known(self.log).into_iter();
        known.flat_map(|known| known.map(EventIx))
    }

    /// Events whose id an earlier known event has, with the first that has it.
    #[must_use]
    pub fn repeated(&self) -> &[(EventIx, EventIx)] {
        self.causes.repeated()
    }

    /// What caused an event, among what is known: an event, or an id that no known event has.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'a>> {
        match self.caused.get(event.at()).copied()? {
            NO_CAUSE => None,
            ELSEWHERE => self.log.causation(event).map(CauseRef::Elsewhere),
            cause => Some(CauseRef::Event(EventIx(cause))),
        }
    }

    /// The same, if it is a known event.
    #[must_use]
    pub fn known_cause(&self, event: EventIx) -> Option<EventIx> {
        let cause = self.caused.get(event.at()).copied()?;
        (cause < ELSEWHERE).then_some(EventIx(cause))
    }

    /// When an event was recorded, by its own time.
    #[must_use]
    pub fn recorded(&self, event: EventIx) -> Option<Timestamp> {
        self.log.own_time(event, crate::log::Clock::Recorded)
    }

    /// When an event happened as far as it is told: recorded, else occurred.
    #[must_use]
    pub fn time(&self, event: EventIx) -> Option<Timestamp> {
        let occurred = || self.log.own_time(event, crate::log::Clock::Occurred);
        self.recorded(event).or_else(occurred)
    }

    /// Whether the store has rows of a kind.
    #[must_use]
    pub fn has(&self, kind: SideKind) -> bool {
        self.rows.kinds().contains(&kind)
    }

    /// Calls `each` with the known rows of a kind and the number of their file.
    pub(super) fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(u32, Says),
    ) -> Result<(), AuditError> {
        let mut row = |row: crate::log::SideRow| each(row.file, row.says);
        Ok(side::known(
            self.log, &self.cut, self.rows, kind, task, &mut row,
        )?)
    }
}

/// A longer way back is taken for no circle.
const FARTHEST: usize = 10_000;

/// Conflicts of which it is looked at what they lose.
const MERGED: usize = 200;

fn conflicting(
    audited: &Audited<'_>,
    bodies: &Bodies,
    task: &Task,
) -> Result<(Vec<Concurrent>, Vec<Merge>), BodiesError> {
    let Audited { log, cut, .. } = audited;
    let pairs = concurrent(log, cut, bodies);
    let reading = (audited.payloads, audited.fold);
    let merges = match pairs.is_empty() {
        true => Vec::new(),
        false => merges(log, cut, bodies, reading, MERGED, task)?,
    };
    Ok((pairs, merges))
}

/// What caused each known event, by its place.
fn caused(log: &Log, cut: &Cut, known: &Causes, task: &Task) -> Result<Vec<u32>, Cancelled> {
    let mut causes = vec![NO_CAUSE; cut.outside().at()];
    for event in cut.known(log).into_iter().flatten().map(EventIx) {
        if event.0.is_multiple_of(1 << 14) {
            task.check()?;
        }
        causes[event.at()] = match known.of(log, cut, event) {
            None => NO_CAUSE,
            Some(CauseRef::Event(cause)) => cause.0,
            Some(CauseRef::Elsewhere(_)) => ELSEWHERE,
        };
    }
    Ok(causes)
}
