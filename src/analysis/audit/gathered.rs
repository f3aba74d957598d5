//! What rules look at, gathered in two steps of two halves each, which are done side by side: first the payloads,
//! beside what needs none; then what both are needed for.

use super::error::AuditError;
use super::links::Links;
use super::outbox::Outbox;
use super::streams::Streams;
use super::tapped::Tapped;
use crate::analysis::bodies::{Bodies, BodiesError};
use crate::analysis::causality::{Conflict, Merge, conflicts, merges, with_forks};
use crate::analysis::compaction::{Compacted, LongStream, long_streams};
use crate::analysis::lag::{Course, HoldUp, Samples};
use crate::analysis::schema::{Registered, SchemaReport, schemas};
use crate::analysis::whole::Whole;
use crate::log::{RowSource as _, SideKind, TableSource};
use crate::model::{EventIx, Task};

/// The store that is audited, as of a cut.
pub struct Audited<'a> {
    /// The store.
    pub whole: Whole<'a>,
    /// Other tables of the store, read models among them.
    pub tables: &'a dyn TableSource,
}

/// What is known without payloads.
pub(super) struct Apart {
    pub waits: Waits,
    pub streams: Streams,
    pub links: Links,
}

impl Apart {
    /// Progress is nobody's: the payloads take longer.
    pub fn gather(audited: &Audited<'_>, task: &Task) -> Result<Self, AuditError> {
        let Whole { log, cut, .. } = &audited.whole;
        Ok(Self {
            waits: Waits::gather(audited, task)?,
            streams: Streams::gather(log, cut, task)?,
            links: Links::gather(log, cut, task)?,
        })
    }
}

/// What the payloads say of types, of streams and of writes that did not know of each other.
pub(super) struct Told {
    pub schemas: SchemaReport,
    pub long: Vec<LongStream>,
    pub conflicts: Vec<Conflict>,
    pub merges: Vec<Merge>,
}

impl Told {
    pub fn gather(
        audited: &Audited<'_>,
        bodies: &Bodies,
        streams: &Streams,
        task: &Task,
    ) -> Result<Self, AuditError> {
        let whole = audited.whole;
        let Whole { log, cut, .. } = whole;
        let registered = Registered::known(log, &cut, whole.rows, task)?;
        let long = long_streams(Compacted { whole, bodies }, task)?;
        let (conflicts, merges) = conflicting(&whole, bodies, streams, task)?;
        Ok(Self {
            schemas: schemas((log, &cut), (bodies, whole.shown), &registered, None, task)?,
            long,
            conflicts,
            merges,
        })
    }
}

/// What stands beside the events, of who publishes and processes them.
pub(super) struct Waits {
    pub course: Option<Course>,
    pub hold_ups: Vec<HoldUp>,
    pub outbox: Option<Outbox>,
    pub twice: Vec<(String, EventIx)>,
}

impl Waits {
    pub fn gather(audited: &Audited<'_>, task: &Task) -> Result<Self, AuditError> {
        let Whole { log, cut, rows, .. } = audited.whole;
        let told_of = rows.kinds();
        let mut kinds = CONSUMERS.iter();
        let rows = Tapped::new(log, cut, rows);
        let course = match kinds.any(|kind| told_of.contains(kind)) {
            true => Some(Course::read(
                log,
                &rows,
                &Samples::default(),
                cut.clock(),
                task,
            )?),
            false => {
                rows.rows(SideKind::Processed, task, &mut |_| {})?;
                None
            }
        };
        Ok(Self {
            hold_ups: match &course {
                Some(course) => course.hold_ups(&cut, task)?,
                None => Vec::new(),
            },
            course,
            outbox: rows.outbox(),
            twice: rows.twice(),
        })
    }
}

/// What tells of consumers, and of what is published to them; whoever reads one reads all, and what was processed.
const CONSUMERS: [SideKind; 3] = [
    SideKind::Checkpoints,
    SideKind::CheckpointHistory,
    SideKind::Outbox,
];

/// Conflicts of which it is looked at what they lose.
pub(super) const MERGED: usize = 200;

fn conflicting(
    whole: &Whole<'_>,
    bodies: &Bodies,
    streams: &Streams,
    task: &Task,
) -> Result<(Vec<Conflict>, Vec<Merge>), BodiesError> {
    let Whole { log, cut, .. } = whole;
    let conflicts = with_forks(log, conflicts(log, cut, bodies), &streams.forks);
    let reading = (whole.shown, whole.fold);
    let first = &conflicts[..conflicts.len().min(MERGED)];
    let merges = merges(log, cut, bodies, reading, first, task)?;
    Ok((conflicts, merges))
}
