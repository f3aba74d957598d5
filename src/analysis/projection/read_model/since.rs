//! Since when rows are not as they should be: the projection once more, event by event, with an eye on
//! those partitions only.

use hashbrown::HashMap;
use serde_json::Value;

use super::columns::Columns;
use super::{DifferentRow, Known, ReadModelReport, Run};
use crate::analysis::projection::run::BATCH;
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
    for range in known.batches(BATCH) {
        for event in run.prepared(&range, task)? {
            let wanted = |partition: &str| standing.contains_key(partition);
            let Some((partition, result)) = run.watch(event, &wanted, task)? else {
                continue;
            };
            let row = rows.get(&partition);
            let wrong = wrong.get(&partition).map_or(&[][..], Vec::as_slice);
            if is_right(result.as_ref(), row, columns, wrong) {
                let right = Some(event);
                standing.insert(partition, Standing { since: None, right });
            } else if let Some(standing) = standing.get_mut(&partition) {
                standing.since.get_or_insert(event);
            }
        }
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
    result: Option<&Value>,
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
