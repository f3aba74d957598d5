//! `asof project` for people.

use super::beside::{compared, read_model};
use super::line::{partitions, shortened, told};
use super::{CliError, Opened, Project, SHOWN, Streams};
use crate::analysis::projection::{
    ConsumerReport, DeadLetterReport, Idempotency, OddReport, ProjectReport, SnapshotBench,
    SnapshotStrategy, Violation,
};
use crate::analysis::words::{grouped, many};
use crate::log::Cut;
use crate::model::time::Span;
use crate::render::{self, harmless};

impl Project {
    pub(super) fn words(
        &self,
        report: &ProjectReport,
        opened: &Opened,
        cut: &Cut,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let moment = match (&report.stopped, &report.as_of.position) {
            (None, _) => opened.words(cut.bound(), self.common.zone),
            (Some(_), Some(position)) => format!("{position}, where it was stopped"),
            (Some(_), None) => "the beginning, where it was stopped".to_owned(),
        };
        let counts = report.counts;
        let with_state = match report.states {
            Some(_) => format!(", {} with a state", partitions(report.partitions)),
            None => String::new(),
        };
        let failed = match counts.failed {
            0 => String::new(),
            failed => format!(", {} failed", grouped(failed)),
        };
        let processed =
            many(counts.processed, "event", "events").unwrap_or_else(|| "no event".to_owned());
        writeln!(
            to.out,
            "As of {moment}: {processed} handled{failed}{with_state}."
        )?;
        to.notes(&opened.read_as)?;
        let out = &mut *to.out;
        if let Some(consumer) = &report.consumer {
            writeln!(out, "{}", harmless(&seen_by(consumer)))?;
        }
        if let Some(stopped) = &report.stopped {
            writeln!(out, "{}", harmless(stopped))?;
        }
        if let Some(state) = report.state.as_ref().filter(|_| report.absent.is_none()) {
            writeln!(out)?;
            for line in render::json_text(state).lines() {
                writeln!(out, "{}", shortened(line))?;
            }
        }
        if let Some(shared) = &report.shared {
            writeln!(out, "{}", told(&format!("shared by all  {shared}")))?;
        }
        let states = report.states.iter().flatten();
        for (n, (partition, state)) in states.enumerate() {
            if n == SHOWN {
                let more = report.partitions as usize - SHOWN;
                writeln!(out, "and {} more; --json has all", grouped(more as u64))?;
                break;
            }
            writeln!(out, "{}", told(&format!("{partition}  {state}")))?;
        }
        not_json(report, to)?;
        Self::dead_letters(report, to)?;
        said(report, to)?;
        looked_up(report, to)?;
        if let Some(comparison) = &report.comparison {
            compared(comparison, report.partition.as_deref(), to)?;
        }
        if let Some(idempotency) = &report.idempotency {
            tried(idempotency, to)?;
        }
        if let Some(found) = &report.read_model {
            read_model(found, to)?;
        }
        if let Some(bench) = &report.snapshots {
            snapshots(bench, to)?;
        }
        Ok(())
    }

    /// Those of the partition that is asked for, and of none, where one is.
    fn dead_letters(report: &ProjectReport, to: &mut Streams<'_>) -> Result<(), CliError> {
        let named = report.partition.as_deref();
        let is_own = |dead: &&DeadLetterReport| match (named, dead.partition.as_deref()) {
            (Some(named), Some(own)) => own == named,
            _ => true,
        };
        let own: Vec<&DeadLetterReport> = report.dead_letters.iter().filter(is_own).collect();
        let others = (report.dead_letters.len() - own.len()) as u64;
        if !own.is_empty() {
            writeln!(to.out, "\nDead letters:")?;
        }
        for dead in own.iter().take(SHOWN) {
            let line = dead.line.map(|line| format!(" (line {line})"));
            let (place, line) = (&dead.position, line.unwrap_or_default());
            let error = shortened(&dead.error);
            let letter = format!("  {place}  {}  {error}{line}", dead.event_type);
            writeln!(to.out, "{}", harmless(&letter))?;
        }
        if own.len() > SHOWN {
            writeln!(to.out, "  and {} more; --json has them", own.len() - SHOWN)?;
        }
        if let Some(letters) = many(others, "dead letter is", "dead letters are") {
            writeln!(to.out, "\n{letters} of other partitions; --json has them.")?;
        }
        Ok(())
    }
}

fn not_json(report: &ProjectReport, to: &mut Streams<'_>) -> Result<(), CliError> {
    let all = &report.not_json;
    let Some(places) = many(all.len() as u64, "place", "places") else {
        return Ok(());
    };
    writeln!(
        to.out,
        "\nIn {places} the results hold what JSON has no words for:"
    )?;
    for one in all.iter().take(SHOWN) {
        let OddReport {
            partition,
            path,
            value,
            told_as,
            last_event,
        } = one;
        let path = match path.as_str() {
            "" => "the result",
            path => path,
        };
        let place = match partition.as_str() {
            "" => path.to_owned(),
            partition => format!("{partition}  {path}"),
        };
        let told = format!("  {place}  {value}, told as {told_as}, after {last_event}");
        writeln!(to.out, "{}", harmless(&told))?;
    }
    if all.len() > SHOWN {
        writeln!(to.out, "  and {} more; --json has them", all.len() - SHOWN)?;
    }
    Ok(())
}

fn tried(idempotency: &Idempotency, to: &mut Streams<'_>) -> Result<(), CliError> {
    let kinds: [(&str, &[Violation]); 3] = [
        ("an event delivered twice", &idempotency.violations),
        ("an event that comes again later", &idempotency.late),
        ("the order of neighbours", &idempotency.order),
    ];
    writeln!(to.out)?;
    if let Some(stopped) = &idempotency.stopped {
        let tried = grouped(idempotency.tried);
        writeln!(
            to.out,
            "{} {tried} events were tried before.",
            harmless(&format!("{stopped}."))
        )?;
    }
    for (what, found) in kinds {
        if found.is_empty() {
            writeln!(to.out, "No handler minds {what}.")?;
            continue;
        }
        writeln!(to.out, "These mind {what}:")?;
        for one in found.iter().take(SHOWN) {
            let [first, second] = &one.events;
            let path = if one.path.is_empty() {
                "the state"
            } else {
                &one.path
            };
            let told = format!("  {}  {path}  {first}, {second}", one.handler);
            writeln!(to.out, "{}", harmless(&told))?;
        }
    }
    Ok(())
}

/// How far a consumer sees, in a sentence.
fn seen_by(consumer: &ConsumerReport) -> String {
    let name = &consumer.name;
    let place = match &consumer.position {
        Some(position) => format!("{name} sees it at its checkpoint {position}"),
        None => format!("{name} sees nothing yet"),
    };
    let Some(lag) = consumer.lag_events else {
        return format!(
            "{place}; how stale that is cannot be told, since its events are not open."
        );
    };
    let Some(events) = many(lag, "event", "events") else {
        return format!("{place}: up to date.");
    };
    let time = match consumer.lag_ms {
        Some(ms) => format!(" and {}", Span::from_micros(ms.saturating_mul(1000))),
        None => String::new(),
    };
    format!("{place}: stale by {events}{time}.")
}

/// What handlers said beside states, and digits that they did not get.
fn said(report: &ProjectReport, to: &mut Streams<'_>) -> Result<(), CliError> {
    if !report.outside.is_empty() {
        let names = report.outside.join(", ");
        writeln!(
            to.out,
            "\nThe definition keeps {} outside its states: nothing saved holds it.",
            harmless(&names)
        )?;
    }
    let lost = report.lost_digits.len() as u64;
    if let Some(integers) = many(lost, "integer has", "integers have") {
        let first = report.lost_digits.iter().take(SHOWN).map(|one| {
            let path = if one.path.is_empty() {
                "the payload"
            } else {
                &one.path
            };
            format!("  {}  {path}  {}", one.position, one.digits)
        });
        writeln!(to.out, "\n{integers} more digits than JavaScript keeps:")?;
        for one in first {
            writeln!(to.out, "{}", harmless(&one))?;
        }
    }
    let outputs = many(report.output_count, "output", "outputs");
    let lines = many(report.logged.len() as u64, "logged line", "logged lines");
    let both: Vec<String> = outputs.into_iter().chain(lines).collect();
    if !both.is_empty() {
        writeln!(
            to.out,
            "\n{}, never written; --json has them.",
            both.join(" and ")
        )?;
    }
    Ok(())
}

fn looked_up(report: &ProjectReport, to: &mut Streams<'_>) -> Result<(), CliError> {
    let Some(lookups) = &report.lookups else {
        return Ok(());
    };
    let count = many(lookups.count, "lookup", "lookups").unwrap_or_default();
    let past = lookups
        .count
        .saturating_sub(lookups.present + lookups.missing);
    let parts = [
        (past, "found the entity as it was at the event"),
        (
            lookups.present,
            "found it as it is now, since its table has no history",
        ),
        (lookups.missing, "found nothing"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", grouped(*count)));
    let told = format!("{count}: {}", parts.collect::<Vec<_>>().join(", "));
    writeln!(to.out, "\n{told}.")?;
    Ok(())
}

fn snapshots(bench: &SnapshotBench, to: &mut Streams<'_>) -> Result<(), CliError> {
    let out = &mut *to.out;
    writeln!(
        out,
        "\n{} events, {} jumps to random moments:",
        grouped(bench.events),
        bench.jumps
    )?;
    writeln!(
        out,
        "  {:<24} {:>9} {:>12} {:>10} {:>10} {:>10} {:>9} {:>9}",
        "strategy", "snapshots", "bytes", "build ms", "again p50", "again p99", "ms p50", "ms p99"
    )?;
    for cost in &bench.strategies {
        let name = match cost.strategy {
            SnapshotStrategy::Periodic { every } => {
                format!("every {} events", grouped(every.into()))
            }
            SnapshotStrategy::Threshold { changes } => {
                format!("after {} changes", grouped(changes.into()))
            }
            SnapshotStrategy::Eager => "after each event".to_owned(),
            SnapshotStrategy::Lazy => "where asked for".to_owned(),
        };
        let jump = |of: fn(&crate::analysis::projection::Spread<f64>) -> f64| {
            cost.jump_ms.as_ref().map_or(0.0, of)
        };
        writeln!(
            out,
            "  {name:<24} {:>9} {:>12} {:>10.1} {:>10} {:>10} {:>9.3} {:>9.3}",
            grouped(cost.snapshots),
            grouped(cost.bytes),
            cost.build_ms.unwrap_or(0.0),
            grouped(cost.replayed.p50),
            grouped(cost.replayed.p99),
            jump(|jump| jump.p50),
            jump(|jump| jump.p99),
        )?;
    }
    Ok(())
}
