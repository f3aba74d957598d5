//! Compaction, snapshots and growth for people: what stands below the findings of an audit.

use std::fmt::Write as _;

use super::{bytes, grouped, harmless};
use crate::analysis::compaction::{Amount, CompactionReport, Growth, Question};
use crate::analysis::words::many;

/// The sentences, each a line.
#[must_use]
pub(super) fn storage(report: &CompactionReport) -> Vec<String> {
    let mut lines = Vec::new();
    if report.total.events == 0 {
        return lines;
    }
    let key = match report.by.as_str() {
        "type" => "event type within a stream".to_owned(),
        by => by.to_owned(),
    };
    lines.push(format!(
        "Log compaction by {key} would keep {} of {} events and {} of {} of payloads.",
        grouped(report.keeps.events),
        grouped(report.total.events),
        bytes(report.keeps.bytes),
        bytes(report.total.bytes),
    ));
    let asked = &report.questions;
    if asked.now + asked.then > 0 {
        lines.push(format!(
            "{}, {} would have another state now, and {} another past.",
            asked.words(),
            grouped(asked.now),
            grouped(asked.then),
        ));
        lines.extend(asked.examples.iter().map(question));
    }
    if let Some(longest) = report.long.first() {
        let snapshot = match longest.snapshot {
            Some(version) => format!(
                ", {} since its snapshot at {version}",
                amount(longest.since)
            ),
            None => " and has no snapshot".to_owned(),
        };
        lines.push(format!(
            "{} long enough for snapshots; a replay of {} reads {}{snapshot}.",
            many(report.long_streams, "stream is", "streams are").unwrap_or_default(),
            longest.stream,
            amount(longest.whole),
        ));
    }
    if let Some(growth) = &report.growth {
        lines.push(growth_words(growth));
    }
    lines
        .iter_mut()
        .for_each(|line| *line = harmless(line).into_owned());
    lines
}

/// How fast a store grows, by the day where that is an event at least, and where that leads.
#[must_use]
pub fn growth_words(growth: &Growth) -> String {
    let (more, time) = match growth.a_day.events {
        0 => (growth.a_year(), "year"),
        _ => (growth.a_day, "day"),
    };
    if more.events == 0 {
        return "In the last quarter of its time it did not grow.".to_owned();
    }
    format!(
        "It grows by {} a {time}, over the last quarter of its time; in a year it holds {} if it goes on like that.",
        amount(more),
        amount(growth.in_a_year),
    )
}

fn question(question: &Question) -> String {
    let mut text = question.question.clone();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        " {} becomes {}.",
        short(&question.before.to_string()),
        short(&question.after.to_string())
    );
    text
}

/// A value, the beginning of a long one.
fn short(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

fn amount(amount: Amount) -> String {
    let events = many(amount.events, "event", "events").unwrap_or_else(|| "no event".to_owned());
    format!("{events} ({})", bytes(amount.bytes))
}
