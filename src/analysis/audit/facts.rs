//! What rules look at: gathered once, as known at the cut.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::streams::Streams;
use crate::analysis::bodies::{Bodies, BodiesError};
use crate::analysis::compaction::{Compacted, CompactionError, LongStream, long_streams};
use crate::analysis::lag::{Course, Samples};
use crate::analysis::replay::{FoldRules, ReplayError};
use crate::analysis::schema::{Registered, SchemaReport, schemas};
use crate::analysis::side;
use crate::log::{
    CauseRef, Cut, IdRef, Log, PayloadReader, Problem, RowSource, RowsError, Says, SideKind,
    TableSource,
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
    /// The first records that could not be read, or not wholly.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// How consumers got on, where the store keeps a history of it.
    pub(super) course: Option<Course>,
    pub(super) tables: &'a dyn TableSource,
    rows: &'a dyn RowSource,
    /// Events whose id stands before them among those known, with the first that has it.
    repeated: Vec<(EventIx, EventIx)>,
    /// By event, what caused it.
    causes: Vec<u32>,
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
        let bodies = Bodies::gather(log, &cut, audited.payloads, task)?;
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
        let (repeated, first_known) = repeated(log, &cut);
        let course = match audited.rows.kinds().contains(&SideKind::CheckpointHistory) {
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
            problems,
            problem_count,
            course,
            tables: audited.tables,
            rows: audited.rows,
            repeated,
            causes: causes(log, &cut, &first_known, task)?,
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

    /// All known events in log order.
    pub fn events(&self) -> impl Iterator<Item = EventIx> + '_ {
        let known = self.cut.known(self.log).into_iter();
        known.flat_map(|known| known.map(EventIx))
    }

    /// Events whose id an earlier known event has, with the first that has it.
    #[must_use]
    pub fn repeated(&self) -> &[(EventIx, EventIx)] {
        &self.repeated
    }

    /// What caused an event, among what is known: an event, or an id that no known event has.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'a>> {
        match self.causes.get(event.at()).copied()? {
            NO_CAUSE => None,
            ELSEWHERE => self.log.causation(event).map(CauseRef::Elsewhere),
            cause => Some(CauseRef::Event(EventIx(cause))),
        }
    }

    /// The same, if it is a known event.
    #[must_use]
    pub fn known_cause(&self, event: EventIx) -> Option<EventIx> {
        let cause = self.causes.get(event.at()).copied()?;
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

/// What caused each event, by its place.
fn causes(log: &Log, cut: &Cut, first_known: &Firsts, task: &Task) -> Result<Vec<u32>, Cancelled> {
    let mut causes = vec![NO_CAUSE; cut.outside().at()];
    for known in cut.known(log) {
        for event in known.map(EventIx) {
            if event.0.is_multiple_of(1 << 14) {
                task.check()?;
            }
            causes[event.at()] = match log.cause(event) {
                None => NO_CAUSE,
                Some(CauseRef::Event(cause)) if cut.holds(log, cause) => cause.0,
                Some(CauseRef::Event(cause)) => {
                    first_known.get(&cause).map_or(ELSEWHERE, |known| known.0)
                }
                Some(CauseRef::Elsewhere(_)) => ELSEWHERE,
            };
        }
    }
    Ok(causes)
}

type Firsts = HashMap<EventIx, EventIx, FixedState>;

/// Repeated ids among known events, and the first known event of each id whose first event is unknown.
fn repeated(log: &Log, cut: &Cut) -> (Vec<(EventIx, EventIx)>, Firsts) {
    let (mut repeated, mut firsts) = (Vec::new(), Firsts::default());
    for event in log.repeated_ids().filter(|&event| cut.holds(log, event)) {
        let id: Option<IdRef<'_>> = log.event_id(event);
        let Some(first) = id.and_then(|id| log.find_event(id)) else {
            continue;
        };
        if cut.holds(log, first) {
            repeated.push((event, first));
        } else if let Some(known) = firsts.get(&first) {
            repeated.push((event, *known));
        } else {
            firsts.insert(first, event);
        }
    }
    (repeated, firsts)
}
