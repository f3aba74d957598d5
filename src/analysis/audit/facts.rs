//! What rules look at: gathered once, as known at the cut.

use serde_json::Value;

use super::clocks::Clocks;
use super::error::AuditError;
use super::gathered::{Apart, Audited, MERGED, Told};
use super::links::Links;
use super::outbox::Outbox;
use super::streams::Streams;
use super::undecided::undecided;
use crate::analysis::bodies::{Bodies, NO_SHAPE};
use crate::analysis::causality::{Conflict, Merge, merges};
use crate::analysis::compaction::{Compacted, LongStream};
use crate::analysis::lag::{Course, HoldUp};
use crate::analysis::schema::SchemaReport;
use crate::analysis::side;
use crate::analysis::whole::Whole;
use crate::log::{CauseRef, Mark, PayloadReader, Problem, Says, SideKind, TableSource, Unreadable};
use crate::model::{EventIx, Task, Timestamp, beside};

/// What is known of a store as of the cut.
pub struct Facts<'a> {
    /// The store.
    pub whole: Whole<'a>,
    /// What one pass over all payloads found.
    pub bodies: Bodies,
    /// The schemas of all types.
    pub schemas: SchemaReport,
    /// What one pass over all streams found.
    pub streams: Streams,
    /// Streams that are long enough to want snapshots.
    pub long: Vec<LongStream>,
    /// Writes that did not know of each other.
    pub conflicts: Vec<Conflict>,
    /// What steps from causes to effects say of clocks.
    pub clocks: Clocks,
    /// What would become of the first of these conflicts, in their order.
    pub merges: Vec<Merge>,
    /// The first records that could not be read, or not wholly.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// How consumers and the outbox got on, where the store tells of any.
    pub(super) course: Option<Course>,
    /// When they did not, of those of which the store keeps a history.
    pub(super) hold_ups: Vec<HoldUp>,
    /// What the outbox says, where the store has one.
    pub(super) outbox: Option<Outbox>,
    /// Events that a consumer has noted more than once as processed, with its name.
    pub(super) twice: Vec<(String, EventIx)>,
    pub(super) tables: &'a dyn TableSource,
    links: Links,
}

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts")
            .field("cut", &self.whole.cut)
            .finish_non_exhaustive()
    }
}

impl<'a> Facts<'a> {
    /// Gathers them. Progress is in events.
    ///
    /// # Errors
    /// [`AuditError`] when the task was called off, or the store could not be read.
    pub fn gather(audited: &Audited<'a>, task: &Task) -> Result<Self, AuditError> {
        let whole = audited.whole;
        let Whole { log, cut, .. } = whole;
        let read = || Bodies::gather(log, &cut, whole.payloads, whole.fold, task);
        let part = &task.part();
        let (bodies, apart) = beside::both(read, || Apart::gather(audited, part));
        let (bodies, apart) = (bodies?, apart?);
        let Apart {
            waits,
            streams,
            links,
        } = apart;
        let (told, clocks) = beside::both(
            || Told::gather(audited, &bodies, &streams, part),
            || Clocks::of(log, &cut, &bodies, (&links, &streams.backwards), part),
        );
        let (told, clocks) = (told?, clocks?);
        let problems = log.known_problems(&cut);
        let mut facts = Self {
            whole,
            bodies,
            schemas: told.schemas,
            streams,
            long: told.long,
            conflicts: told.conflicts,
            merges: told.merges,
            clocks,
            problem_count: problems.count,
            problems: problems.first.into_iter().cloned().collect(),
            course: waits.course,
            hold_ups: waits.hold_ups,
            outbox: waits.outbox,
            twice: waits.twice,
            tables: audited.tables,
            links,
        };
        facts.add_undecided(task)?;
        Ok(facts)
    }

    /// Adds the conflicts that clocks tell of, which are known only now, behind the others.
    fn add_undecided(&mut self, task: &Task) -> Result<(), AuditError> {
        let undecided = undecided(self, task)?;
        let room = MERGED.saturating_sub(self.conflicts.len());
        let first = &undecided[..undecided.len().min(room)];
        let Whole {
            log,
            cut,
            shown,
            fold,
            ..
        } = self.whole;
        let merged = merges(log, &cut, &self.bodies, (shown, fold), first, task)?;
        self.merges.extend(merged);
        self.conflicts.extend(undecided);
        Ok(())
    }

    /// Events that cause each other in circles, each circle in log order.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<EventIx>] {
        self.links.cycles()
    }

    /// Whether an event stands in one of them.
    #[must_use]
    pub fn is_cyclic(&self, event: EventIx) -> bool {
        self.links.is_cyclic(event)
    }

    /// What is looked at for compaction.
    pub(super) fn compacted(&self) -> Compacted<'_> {
        Compacted {
            whole: self.whole,
            bodies: &self.bodies,
        }
    }

    /// Whether an event has a payload and it is no JSON, or its record is damaged.
    pub(super) fn is_unreadable(&self, event: EventIx) -> bool {
        let is_damaged = |(own, _): &(EventIx, String)| *own == event;
        let damaged = || self.bodies.damaged().iter().any(is_damaged);
        self.bodies.shape(event) == NO_SHAPE && self.bodies.size(event) > 0 || damaged()
    }

    /// Whether an event is known.
    #[must_use]
    pub fn knows(&self, event: EventIx) -> bool {
        self.whole.cut.holds(self.whole.log, event)
    }

    /// The known event that a row of a file names.
    pub(super) fn known_event(&self, file: u32, mark: Option<&Mark>) -> Option<EventIx> {
        let event = mark.and_then(|mark| self.whole.log.marked(file, mark));
        event.filter(|event| self.knows(*event))
    }

    /// The payloads of a few events as values, in their order; none of what is no JSON.
    pub(super) fn values(
        &self,
        payloads: &dyn PayloadReader,
        events: &[EventIx],
        task: &Task,
    ) -> Result<Vec<Option<Value>>, AuditError> {
        let (mut values, mut rewritten) = (vec![None; events.len()], false);
        payloads.read(self.whole.log, events, task, &mut |event, body| {
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
        let known = self.whole.cut.known(self.whole.log).into_iter();
        known.flat_map(|known| known.map(EventIx))
    }

    /// Events whose id an earlier known event has, with the first that has it.
    #[must_use]
    pub fn repeated(&self) -> &[(EventIx, EventIx)] {
        self.links.repeated()
    }

    /// What caused an event, among what is known: an event, or an id that no known event has.
    #[must_use]
    pub fn cause(&self, event: EventIx) -> Option<CauseRef<'a>> {
        self.links.cause(self.whole.log, event)
    }

    /// The same, if it is a known event.
    #[must_use]
    pub fn known_cause(&self, event: EventIx) -> Option<EventIx> {
        self.links.known_cause(event)
    }

    /// Whether the second of two events, which came later, has the earlier stamp because a clock is off that
    /// stamped one of them.
    pub(super) fn is_clocks_fault(&self, pair: [EventIx; 2]) -> bool {
        let [one, two] = pair.map(|event| self.bodies.service(event).zip(self.recorded(event)));
        one.zip(two)
            .is_some_and(|(one, two)| self.clocks.explain(one, two))
    }

    /// When an event was recorded, by its own time.
    #[must_use]
    pub fn recorded(&self, event: EventIx) -> Option<Timestamp> {
        self.whole.log.own_time(event, crate::log::Clock::Recorded)
    }

    /// When an event happened as far as it is told: recorded, else occurred.
    #[must_use]
    pub fn time(&self, event: EventIx) -> Option<Timestamp> {
        let occurred = || self.whole.log.own_time(event, crate::log::Clock::Occurred);
        self.recorded(event).or_else(occurred)
    }

    /// Whether the store has rows of a kind.
    #[must_use]
    pub fn has(&self, kind: SideKind) -> bool {
        self.whole.rows.kinds().contains(&kind)
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
            self.whole.log,
            &self.whole.cut,
            self.whole.rows,
            kind,
            task,
            &mut row,
        )?)
    }
}
