//! `asof project` beside something else, for people: a second definition, a read model.

use super::line::{partitions, told};
use super::{CliError, SHOWN, Streams};
use crate::analysis::projection::{
    Comparison, DifferentRow, Differing, DifferingPartition, ReadModelReport,
};
use crate::analysis::words::{grouped, many};
use crate::model::PositionName;
use crate::render::harmless;

/// Where two definitions differ; of one partition, where one is asked for.
pub(super) fn compared(
    comparison: &Comparison,
    partition: Option<&str>,
    to: &mut Streams<'_>,
) -> Result<(), CliError> {
    let differ = partitions(comparison.count);
    if let Some(stopped) = &comparison.stopped {
        writeln!(to.out, "\n{}", harmless(stopped))?;
    }
    match &comparison.first_divergence {
        None if comparison.stopped.is_some() => {
            writeln!(to.out, "Up to there the two definitions do not differ.")?;
        }
        None => writeln!(to.out, "\nThe two definitions do not differ.")?,
        Some(first) => {
            let until = match comparison.stopped {
                Some(_) => " up to there",
                None => "",
            };
            writeln!(
                to.out,
                "\nThe two differ in {differ}{until}, from {first} on:"
            )?;
        }
    }
    let is_own = |one: &&DifferingPartition| partition.is_none_or(|own| own == one.partition);
    let own: Vec<_> = comparison.differing.iter().filter(is_own).collect();
    for one in own.iter().take(SHOWN) {
        let paths: Vec<String> = one.paths.iter().map(differing_place).collect();
        let place = match (&one.a, &one.b) {
            (Some(_), None) => "only in A".to_owned(),
            (None, Some(_)) => "only in B".to_owned(),
            _ => paths.join(", "),
        };
        let line = format!("  {}  since {}  {place}", one.partition, one.since);
        writeln!(to.out, "{}", told(&line))?;
    }
    match partition {
        Some(partition) if comparison.count > 0 && own.is_empty() => {
            let line = format!("  not in {partition}; --json has all that are told");
            writeln!(to.out, "{}", told(&line))?;
        }
        Some(_) => {}
        None if comparison.count > SHOWN as u64 => {
            let more = grouped(comparison.count - SHOWN as u64);
            writeln!(to.out, "  and {more} more; --json has them")?;
        }
        None => {}
    }
    Ok(())
}

/// Where two results differ; with what they have where JSON would tell the same of both.
fn differing_place(place: &Differing) -> String {
    let [a, b] = place.words();
    let path = match place.path.as_str() {
        "" => "the state",
        path => path,
    };
    match (&place.a_is, &place.b_is) {
        (None, None) => path.to_owned(),
        // Entry by entry they are the same.
        (Some(one), Some(other)) if one == other => format!("{path} (a {one} in another order)"),
        _ => format!("{path} ({a} in A, {b} in B)"),
    }
}

pub(super) fn read_model(found: &ReadModelReport, to: &mut Streams<'_>) -> Result<(), CliError> {
    let counts = found.counts;
    let rows = many(found.rows, "row", "rows").unwrap_or_else(|| "no rows".to_owned());
    let table = &found.table;
    if counts.missing + counts.extra + counts.different == 0 {
        writeln!(
            to.out,
            "\n{}",
            harmless(&format!("{table} holds the same in its {rows}."))
        )?;
    } else {
        let told = format!(
            "{table} ({rows}) does not hold the same: {} missing, {} extra, {} different.",
            grouped(counts.missing),
            grouped(counts.extra),
            grouped(counts.different)
        );
        writeln!(to.out, "\n{}", harmless(&told))?;
    }
    if !found.not_compared.is_empty() {
        let rest = found.not_compared.join(", ");
        writeln!(to.out, "{}", harmless(&format!("Not compared: {rest}")))?;
    }
    let since = |since: &Option<PositionName>| match since {
        Some(since) => format!("  since {since}"),
        None => String::new(),
    };
    let missing = (found.missing.iter()).map(|one| format!("  - {}{}", one.key, since(&one.since)));
    let extra = (found.extra.iter()).map(|one| format!("  + {}{}", one.key, since(&one.since)));
    let different = found.different.iter().map(|one| {
        let fields = fields(one);
        format!("  ~ {}  {fields}{}", one.key, since(&one.since))
    });
    let (missing, extra) = (missing.take(SHOWN), extra.take(SHOWN));
    for line in missing.chain(extra).chain(different.take(SHOWN)) {
        writeln!(to.out, "{}", told(&line))?;
    }
    Ok(())
}

/// Each field of a row that differs: what it holds, and what it should.
fn fields(row: &DifferentRow) -> String {
    let fields = row.fields.iter().map(|field| {
        let [should, is] = field.words();
        format!("{} {is} instead of {should}", field.path)
    });
    fields.collect::<Vec<_>>().join(", ")
}
