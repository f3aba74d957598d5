//! The answer of `asof info` for people: what the store is, what it holds, what is odd about it.

use std::fmt::Write as _;

use super::{Width, categories, event_types, grouped, inline, table};
use crate::analysis::overview::{InfoReport, Overview};
use crate::analysis::words::many;
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
    line("As of", &as_of(overview, zone));
    line("Events", &grouped(overview.events));
    line("Streams", &grouped(overview.streams));
    line("Time", &times(overview, zone));
    if let Some(order) = overview.arranged.words() {
        line("Order", &format!("{order}; the file has them otherwise"));
    }
    if let Some(histogram) = &overview.histogram {
        let busiest = zone.format(histogram.busiest.from, Style::Seconds);
        let events = many(histogram.busiest.events, "event", "events").unwrap_or_default();
        let bucket = histogram.bucket;
        line("Busiest", &format!("{bucket} from {busiest}, {events}"));
    }
    if !report.lacks.is_empty() {
        line("Lacks", &report.lacks.join(", "));
    }
    tables(&mut text, overview, zone);
    oddities(&mut text, report);
    text
}

/// Categories and event types, where there are any.
fn tables(text: &mut String, overview: &Overview, zone: Zone) {
    if overview.events == 0 {
        return;
    }
    let types = &overview.event_types;
    let shown = &types[..types.len().min(LISTED)];
    for grid in [categories(&overview.categories), event_types(shown)] {
        text.push('\n');
        text.push_str(&table(&grid, zone, Width::Whole));
    }
    if types.len() > shown.len() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "and {} more types", types.len() - shown.len());
    }
}

fn as_of(overview: &Overview, zone: Zone) -> String {
    let as_of = &overview.as_of;
    let Some(position) = &as_of.position else {
        let time = as_of.say(zone);
        return time.unwrap_or_else(|| "before the first event".to_owned());
    };
    let Some(time) = as_of.say(zone) else {
        return position.to_string();
    };
    format!("{time} by {} time, {position}", as_of.clock.name())
}

fn times(overview: &Overview, zone: Zone) -> String {
    let (Some(first), Some(last)) = (overview.first_time, overview.last_time) else {
        return match overview.events {
            0 => "none yet".to_owned(),
            _ => "none: the store has positions only".to_owned(),
        };
    };
    let [from, to] = [first, last].map(|time| zone.format(time, Style::AsNeeded));
    format!("{from} to {to} ({})", last - first)
}

fn oddities(text: &mut String, report: &InfoReport) {
    let warnings = &report.warnings;
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
    // A place may be that of many rows; what stands there says so.
    if let Some(places) = many(report.unreadable, "place", "places") {
        let _ = writeln!(text, "{places} could not be read, or not wholly.");
    }
}
