//! Rows of read models that are not what the events come to.

use super::super::drift::compared;
use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::report::Evidence;
use super::super::rule::{Rule, Severity};
use crate::analysis::words::{grouped, many};
use crate::model::Task;

/// A row that has missed something.
pub(super) const DRIFT: Rule = Rule {
    name: "read-model-drift",
    severity: Severity::Warning,
    title: "Read model differs from its events",
    about: "A row of a table is as its events had it some time ago, though whoever keeps the table has processed all of them. What the columns hold is found out from the rows: the last value of a field, a sum or a count, with which nine rows in ten agree at least; other columns are left alone. A row that never was so is a note. The evidence is the first event that the row has missed. Asked at the head only, since a table has no past.",
    why: "People decide by what the read model shows them. An update that was lost once stays lost: nothing will mend the row by itself.",
    advice: "Rebuild the read model from the log, or this row. Write the row and the consumer's checkpoint in one transaction, so that neither is stored without the other.",
    example: "The row order-1042 of order_summary has the status that it had before #1204.",
    find,
};

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    for table in compared(facts, task)? {
        let (missed, never): (Vec<_>, Vec<_>) =
            table.drifted.iter().partition(|row| row.missed.is_some());
        let rows = grouped(table.rows);
        for row in missed {
            let event = row.missed.unwrap_or(row.last);
            proofs.other(|proofs| Evidence {
                row: Some(row.row.clone()),
                note: Some(format!(
                    "{} {}: {} as before this event",
                    table.table,
                    row.row,
                    row.columns.join(", ")
                )),
                ..proofs.of(event)
            });
        }
        proofs.found(|count| {
            let told = many(count, "row", "rows").unwrap_or_default();
            format!(
                "{told} of {rows} in {} missed what happened last; the columns {} were compared.",
                table.table,
                table.columns.join(", ")
            )
        });
        for row in never {
            proofs.other(|proofs| Evidence {
                row: Some(row.row.clone()),
                note: Some(format!(
                    "{} {}: {} never was so",
                    table.table,
                    row.row,
                    row.columns.join(", ")
                )),
                ..proofs.of(row.last)
            });
        }
        proofs.found_as(Severity::Info, |count| {
            let told = many(count, "row", "rows").unwrap_or_default();
            format!(
                "{told} of {rows} in {} hold what the events never came to.",
                table.table
            )
        });
    }
    Ok(())
}
