//! Rows of read models that are not what the events come to.

use super::super::drift::{Drifted, Proof, compared};
use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::words::{grouped, many};
use crate::model::Task;

/// A row that has missed something.
pub(super) const DRIFT: Rule = Rule {
    name: "read-model-drift",
    severity: Severity::Warning,
    title: "Read model differs from its events",
    about: "A row of a table is as its events had it some time ago, though whoever keeps the table has processed all of them. What the columns hold is found out from the rows: the last value of a field, a sum or a count, with which nine rows in ten agree at least, or six where all others are as they should have been some time ago. Where seven in ten agree, and another column of the table is understood, the rest is a note; other columns are left alone. A row that never was so is a note, too. The evidence is the first event that the row has missed. Asked at the head only, since a table has no past.",
    why: "People decide by what the read model shows them. An update that was lost once stays lost: nothing will mend the row by itself.",
    advice: "Rebuild the read model from the log, or this row. Write the row and the consumer's checkpoint in one transaction, so that neither is stored without the other.",
    example: "The row order-1042 of order_summary has the status that it had before #1204.",
    find,
};

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    for table in compared(facts, task)? {
        let (sure, likely): (Vec<&Drifted>, Vec<&Drifted>) =
            (table.drifted.iter()).partition(|row| row.proof == Proof::Sure);
        let (missed, never): (Vec<&Drifted>, Vec<&Drifted>) =
            sure.into_iter().partition(|row| row.missed.is_some());
        let (name, rows) = (&table.table, grouped(table.rows));
        let told = |count| many(count, "row", "rows").unwrap_or_default();
        show(proofs, name, &missed, "as before this event");
        proofs.found(|count| {
            let (told, columns) = (told(count), table.columns.join(", "));
            format!(
                "{told} of {rows} in {name} missed what happened last; the columns {columns} were compared."
            )
        });
        show(proofs, name, &never, "never was so");
        proofs.found_as(Severity::Info, |count| {
            let told = told(count);
            format!("{told} of {rows} in {name} hold what the events never came to.")
        });
        show(proofs, name, &likely, "not as in most rows");
        proofs.found_as(Severity::Info, |count| {
            let told = told(count);
            format!(
                "{told} of {rows} in {name} differ in a column that most others agree with: too many to be sure what it holds."
            )
        });
    }
    Ok(())
}

fn show(proofs: &mut Proofs<'_>, table: &str, rows: &[&Drifted], how: &str) {
    for row in rows {
        let columns = row.columns.join(", ");
        proofs.other(|proofs| Evidence {
            row: Some(row.row.clone()),
            note: Some(format!("{table} {}: {columns} {how}", row.row)),
            ..proofs.of(row.missed.unwrap_or(row.last))
        });
    }
}
