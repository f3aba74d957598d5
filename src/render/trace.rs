//! A trace for people at a terminal: a tree, each event with how long after its cause it came.

use std::fmt::Write as _;

use super::harmless;
use crate::analysis::causality::{TraceNode, TraceReport};
use crate::analysis::words::many;
use crate::model::time::{Span, Style, Zone};

/// Deeper than this a tree goes no further to the right.
const DEEPEST: u32 = 30;

/// The tree, then what its clocks say against each other.
#[must_use]
pub fn trace(report: &TraceReport, moment: &str, zone: Zone) -> String {
    let events = many(report.nodes.len() as u64, "event", "events");
    let events = events.unwrap_or_else(|| "nothing was known yet".to_owned());
    let mut text = format!("As of {moment}: {events}.\n");
    if report.is_alone() {
        text.push_str("No cause and no effect is recorded.\n");
    }
    for node in &report.nodes {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", harmless(&line(report, node, zone)));
    }
    if report.left_out > 0 {
        let _ = writeln!(text, "and more, which are left out");
    }
    for circle in report.circles_in_words() {
        let _ = writeln!(text, "{circle}");
    }
    for skew in &report.skew {
        let _ = writeln!(text, "{}", harmless(&skew.to_string()));
    }
    for one in &report.disagreements {
        let _ = writeln!(
            text,
            "By {} order {} comes {}before {}.",
            one.by,
            one.second,
            one.apart_us
                .map_or_else(String::new, |apart| format!("{} ", apart.precise())),
            one.first
        );
    }
    text
}

fn line(report: &TraceReport, node: &TraceNode, zone: Zone) -> String {
    let indent = "  ".repeat(node.depth.min(DEEPEST) as usize);
    let mut into = report.edges.iter().filter(|edge| edge.to == node.position);
    let delay = into.next().and_then(|edge| edge.delay_ms);
    let delay = delay.map_or(String::new(), |ms| {
        let sign = if ms < 0 { "-" } else { "+" };
        format!("  {sign}{}", Span::from_millis(ms.abs()).precise())
    });
    let time = node.time.map_or(String::new(), |time| {
        format!("  {}", zone.format(time, Style::AsNeeded))
    });
    let service = node
        .service
        .as_ref()
        .map_or(String::new(), |name| format!("  {name}"));
    let elsewhere = node.cause_elsewhere.as_ref();
    let elsewhere = elsewhere.map_or(String::new(), |id| format!("  (cause elsewhere: {id})"));
    let circle = node.cause_in_circle.as_ref();
    let circle = circle.map_or(String::new(), |cause| {
        format!("  (cause: {cause}, in a circle)")
    });
    format!(
        "{indent}{}  {}  {} {}{service}{time}{delay}{elsewhere}{circle}",
        node.position, node.event_type, node.stream, node.version
    )
}
