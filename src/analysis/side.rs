//! Rows beside the events, as known at a cut: what analyses may know of them.

use crate::log::{Bound, Cut, Log, RowSource, RowsError, SideKind, SideRow};
use crate::model::Task;

/// Calls `each` with the rows of a kind that were known at `cut`. One that is dated later was not there,
/// one without a date is a fact of the head only; what cannot be read is no row.
///
/// # Errors
/// [`RowsError`] when the task was called off, or the store cannot be read.
pub fn known(
    log: &Log,
    cut: &Cut,
    rows: &dyn RowSource,
    kind: SideKind,
    task: &Task,
    each: &mut dyn FnMut(SideRow),
) -> Result<(), RowsError> {
    if !rows.kinds().contains(&kind) {
        return Ok(());
    }
    let now = cut.time(log);
    let is_head = cut.bound() == Bound::Head;
    rows.rows(kind, task, &mut |row| {
        let Ok(row) = row else { return };
        let date = row.says.known_from();
        if is_head || date.zip(now).is_some_and(|(date, now)| date <= now) {
            each(row);
        }
    })
}
