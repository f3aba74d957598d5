//! Since when rows are not as they should be: the projection once more, event by event, with an eye on
//! those partitions only.

use hashbrown::HashMap;

use super::columns::Columns;
use super::{DifferentRow, Known, ReadModelReport, Run, Worded};
use crate::analysis::projection::run::BATCH;
use crate::analysis::projection::steps::Ended;
use crate::log::TableRow;
use crate::model::{Cancelled, EventIx, Task};

/// How a row stood to its partition along the way.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// The event since which it has not been as the partition was.
    since: Option<EventIx>,
    /// The last event after which it was.
    right: Option<EventIx>,
}

/// Partitions that are no more, whose rows are still there: a row may be called as what stands behind the
/// partition's category.
struct Closed {
    /// By key of an extra row the partition it is of, as soon as one came.
    of: HashMap<String, Option<String>>,
    /// Keys of which several partitions were, so that nobody can tell.
    unclear: Vec<String>,
}

impl Closed {
    fn of(report: &ReadModelReport) -> Self {
        let keys = report.extra.iter().map(|one| (one.key.clone(), None));
        Self {
            of: keys.collect(),
            unclear: Vec::new(),
        }
    }

    fn has(&self, partition: &str) -> bool {
        let id = partition.split_once('-').map(|(_, id)| id);
        id.is_some_and(|id| self.of.contains_key(id))
    }

    /// The key of the row that is the partition's.
    fn key(&mut self, partition: &str) -> Option<String> {
        let (_, id) = partition.split_once('-')?;
        let known = self.of.get_mut(id)?;
        if known.get_or_insert_with(|| partition.to_owned()) != partition {
            if !self.unclear.iter().any(|own| own == id) {
                self.unclear.push(id.to_owned());
            }
            return None;
        }
        Some(id.to_owned())
    }

    fn unclear(&self) -> &[String] {
        &self.unclear
    }
}

/// Finds since when, and notes it in the report.
pub(super) fn find(
    run: &mut Run,
    known: &Known,
    columns: &Columns,
    report: &mut ReadModelReport,
    rows: &HashMap<String, TableRow>,
    task: &Task,
) -> Result<(), Cancelled> {
    let missing = report.missing.iter().map(|one| &one.key);
    let extra = report.extra.iter().map(|one| &one.key);
    let different = report.different.iter().map(|one| &one.key);
    let keys = missing.chain(extra).chain(different).cloned();
    let mut standing: HashMap<String, Standing> =
        keys.map(|key| (key, Standing::default())).collect();
    if standing.is_empty() {
        return Ok(());
    }
    let wrong = |row: &DifferentRow| {
        let paths = row.fields.iter().map(|field| field.path.clone());
        (row.key.clone(), paths.collect::<Vec<String>>())
    };
    let wrong: HashMap<String, Vec<String>> = report.different.iter().map(wrong).collect();
    let mut closed = Closed::of(report);
    'all: for range in known.batches(BATCH) {
        for event in run.prepared(&range, task)? {
            let wanted =
                |partition: &str| standing.contains_key(partition) || closed.has(partition);
            let (partition, result) = match run.watch(event, &wanted, task) {
                Ok(Some(changed)) => changed,
                Ok(None) => continue,
                Err(Ended::Cancelled(cancelled)) => return Err(cancelled),
                // What comes after is not known.
                Err(Ended::Stopped(_)) => break 'all,
            };
            let key = match standing.contains_key(&partition) {
                true => partition,
                false => match closed.key(&partition) {
                    Some(key) => key,
                    None => continue,
                },
            };
            let row = rows.get(&key);
            let wrong = wrong.get(&key).map_or(&[][..], Vec::as_slice);
            if is_right(result.as_ref(), row, columns, wrong) {
                let right = Some(event);
                standing.insert(key, Standing { since: None, right });
            } else if let Some(standing) = standing.get_mut(&key) {
                standing.since.get_or_insert(event);
            }
        }
    }
    for key in closed.unclear() {
        standing.remove(key);
    }
    let log = &run.reading().log;
    let of = |key: &String| standing.get(key).copied().unwrap_or_default();
    let position = |event: Option<EventIx>| event.map(|event| log.position_name(event));
    for one in &mut report.missing {
        one.event = of(&one.key).since;
        one.since = position(one.event);
    }
    for one in &mut report.extra {
        one.event = of(&one.key).since;
        one.since = position(one.event);
    }
    for one in &mut report.different {
        let Standing { since, right } = of(&one.key);
        (one.since, one.event) = (position(since), since);
        one.last_right = position(right);
    }
    Ok(())
}

/// Whether a row was right in those places in which it is `wrong` now.
fn is_right(
    result: Option<&Worded>,
    row: Option<&TableRow>,
    columns: &Columns,
    wrong: &[String],
) -> bool {
    match (result, row) {
        (None, None) => true,
        (Some(state), Some(row)) => {
            let differing = columns.differing(state, row);
            !differing.iter().any(|place| wrong.contains(&place.path))
        }
        _ => false,
    }
}
