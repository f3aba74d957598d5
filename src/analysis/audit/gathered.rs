//! The two halves of what rules look at, which are read side by side: the events with their payloads, and what
//! stands beside them.

use super::error::AuditError;
use super::outbox::Outbox;
use super::streams::Streams;
use crate::analysis::bodies::{Bodies, BodiesError};
use crate::analysis::causality::{Concurrent, Merge, concurrent, merges};
use crate::analysis::compaction::{Compacted, LongStream, long_streams};
use crate::analysis::lag::{Course, HoldUp, Samples};
use crate::analysis::replay::FoldRules;
use crate::analysis::schema::{Registered, SchemaReport, schemas};
use crate::log::{Cut, Log, PayloadReader, RowSource, SideKind, TableSource};
use crate::model::Task;

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

/// What the events say, with their payloads.
pub(super) struct Told {
    pub bodies: Bodies,
    pub schemas: SchemaReport,
    pub streams: Streams,
    pub long: Vec<LongStream>,
    pub concurrent: Vec<Concurrent>,
    pub merges: Vec<Merge>,
}

impl Told {
    pub fn gather(audited: &Audited<'_>, task: &Task) -> Result<Self, AuditError> {
        let Audited { log, cut, .. } = *audited;
        let bodies = Bodies::gather(log, &cut, audited.payloads, audited.fold, task)?;
        let registered = Registered::known(log, &cut, audited.rows, task)?;
        let compacted = Compacted {
            log,
            cut,
            bodies: &bodies,
            payloads: audited.payloads,
            rows: audited.rows,
            fold: audited.fold,
        };
        let long = long_streams(compacted, task)?;
        let (concurrent, merges) = conflicting(audited, &bodies, task)?;
        Ok(Self {
            schemas: schemas(log, &cut, &bodies, &registered, None),
            streams: Streams::gather(log, &cut, task)?,
            long,
            concurrent,
            merges,
            bodies,
        })
    }
}

/// What stands beside the events, of who publishes and processes them.
pub(super) struct Waits {
    pub course: Option<Course>,
    pub hold_ups: Vec<HoldUp>,
    pub outbox: Option<Outbox>,
}

impl Waits {
    pub fn gather(audited: &Audited<'_>, task: &Task) -> Result<Self, AuditError> {
        let Audited { log, cut, rows, .. } = *audited;
        let told_of = rows.kinds();
        let mut kinds = CONSUMERS.iter();
        let course = match kinds.any(|kind| told_of.contains(kind)) {
            true => Some(Course::read(
                log,
                rows,
                &Samples::default(),
                cut.clock(),
                task,
            )?),
            false => None,
        };
        Ok(Self {
            hold_ups: match &course {
                Some(course) => course.hold_ups(&cut, task)?,
                None => Vec::new(),
            },
            course,
            outbox: Outbox::read(log, &cut, rows, task)?,
        })
    }
}

/// What tells of consumers.
const CONSUMERS: [SideKind; 2] = [SideKind::Checkpoints, SideKind::CheckpointHistory];

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
