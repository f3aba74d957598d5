//! The answer of `asof info` for people: what the store is, what it holds, what is odd about it.

use std::fmt::Write as _;

use super::{Width, categories, event_types, grouped, inline, table};
use crate::analysis::overview::{InfoReport, Overview};
use crate::model::time::{Style, Zone};

/// Problems and types listed before the rest is only counted.
const LISTED: usize = 20;

/// A page of text, with times in `zone`.
#[must_use]
pub fn info(report: &InfoReport, zone: Zone) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<12}{}", inline(value, Width::Whole));
    };
    let overview = &report.overview;
    match &report.files[..] {
        [] => line("Store", &report.path),
        files => {
            let mut label = "Stores";
            for file in files {
                let named = format!("{} as {}", file.path, file.name);
                line(label, &named);
                label = "";
            }
        }
    }
    line("Format", &report.format);
    let layout = &report.layout;
    let next = layout.runner_up.as_ref().map_or(String::new(), |next| {
        format!("; next best: {}, {} %", next.name, next.confidence)
    });
    line(
        "Layout",
        &format!("{}, {} % sure{next}", layout.name, layout.confidence),
    );
    for reason in &layout.reasons {
        line("", &format!("{:+} {}", reason.points, reason.text));
    }
    line("Events", &grouped(overview.events));
    line("Streams", &grouped(overview.streams));
    line("Time", &times(overview, zone));
    if let Some(histogram) = &overview.histogram {
        let busiest = zone.format(histogram.busiest.from, Style::Seconds);
        let events = grouped(histogram.busiest.events);
        let bucket = histogram.bucket;
        line(
            "Busiest",
            &format!("{bucket} from {busiest}, {events} events"),
        );
    }
    if !report.lacks.is_empty() {
        line("Lacks", &report.lacks.join(", "));
    }
    text.push('\n');
    text.push_str(&table(
        &categories(&overview.categories),
        zone,
        Width::Whole,
    ));
    text.push('\n');
    let types = &overview.event_types;
    let shown = &types[..types.len().min(LISTED)];
    text.push_str(&table(&event_types(shown), zone, Width::Whole));
    if types.len() > shown.len() {
        let _ = writeln!(text, "and {} more types", types.len() - shown.len());
    }
    oddities(&mut text, report);
    text
}

fn times(overview: &Overview, zone: Zone) -> String {
    let (Some(first), Some(last)) = (overview.first_time, overview.last_time) else {
        return "none: the store has positions only".to_owned();
    };
    let [from, to] = [first, last].map(|time| zone.format(time, Style::AsNeeded));
    format!("{from} to {to} ({})", last - first)
}

fn oddities(text: &mut String, report: &InfoReport) {
    let warnings = report.overview.warnings();
    if warnings.is_empty() && report.problems.is_empty() && report.unreadable == 0 {
        text.push_str("\nNo problems found.\n");
        return;
    }
    text.push_str("\nProblems\n");
    for warning in warnings {
        let _ = write!(text, "- {}", inline(&warning.message, Width::Whole));
        let places = inline(&warning.places.join(", "), Width::Whole);
        let _ = match (warning.places.is_empty(), warning.more) {
            (true, _) => writeln!(text),
            (false, 0) => writeln!(text, ": {places}"),
            (false, more) => writeln!(text, ": {places} and {} more", grouped(more)),
        };
    }
    for problem in report.problems.iter().take(LISTED) {
        let line = format!("- {}: {}", problem.place, problem.message);
        let _ = writeln!(text, "{}", inline(&line, Width::Whole));
    }
    let more = report.problems.len().saturating_sub(LISTED);
    if more > 0 {
        let _ = writeln!(text, "and {} more", grouped(more as u64));
    }
    if report.unreadable > 0 {
        let records = grouped(report.unreadable);
        let _ = writeln!(text, "{records} records could not be read, or not wholly.");
    }
}
