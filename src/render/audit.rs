//! An audit for people: as text at a terminal and as Markdown, one finding and what it means, a few
//! pieces of evidence, and what to do.

use std::fmt::Write as _;

use super::markdown::escaped;
use super::storage::storage;
use super::{grouped, harmless};
use crate::analysis::audit::{AuditReport, Evidence, Finding, Severity};
use crate::analysis::words::many;
use crate::model::time::{Style, Zone};

/// The report as text, with so many pieces of evidence to a finding.
#[must_use]
pub fn audit(report: &AuditReport, moment: &str, zone: Zone, shown: usize) -> String {
    let mut text = format!("As of {moment}: {}.\n", summary(report));
    for finding in &report.findings {
        let severity = word(finding.severity);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{severity:<8}{}  [{}]", finding.title, finding.rule);
        let _ = writeln!(text, "        {}", harmless(&finding.explanation));
        let _ = writeln!(text, "        {}", finding.why);
        let _ = writeln!(text, "        -> {}", finding.advice);
        for evidence in finding.evidence.iter().take(shown) {
            let _ = writeln!(text, "          {}", harmless(&line(evidence, zone)));
        }
        let more = finding.evidence.len().saturating_sub(shown);
        if more > 0 {
            let _ = writeln!(text, "          and {more} more; --json has them");
        }
    }
    let storage = storage(&report.storage);
    if !storage.is_empty() {
        let _ = writeln!(text, "\nSTORAGE");
    }
    for line in storage {
        let _ = writeln!(text, "        {line}");
    }
    text
}

/// `2 errors, 1 warning and no notes in 1,663 events, by 23 rules`
fn summary(report: &AuditReport) -> String {
    let counts = [
        many(report.counts.error as u64, "error", "errors"),
        many(report.counts.warning as u64, "warning", "warnings"),
        many(report.counts.info as u64, "note", "notes"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let found = match &counts[..] {
        [] => "nothing to report".to_owned(),
        all => all.join(", "),
    };
    let events = many(report.events, "event", "events").unwrap_or_else(|| "no event".to_owned());
    format!("{found} in {events}, by {} rules", report.rules)
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "NOTE",
    }
}

/// One piece of evidence: `#120  order-1042 v3  OrderPlaced  2024-11-04 05:00:00.000000 UTC  why`.
fn line(evidence: &Evidence, zone: Zone) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(evidence.position.as_ref().map(ToString::to_string));
    if let Some(stream) = &evidence.stream {
        let version = evidence.version.map(|version| format!(" {version}"));
        parts.push(format!("{stream}{}", version.unwrap_or_default()));
    }
    parts.extend(evidence.event_type.clone());
    parts.extend(evidence.time.map(|time| zone.format(time, Style::AsNeeded)));
    parts.extend(evidence.note.clone());
    if parts.is_empty() {
        parts.extend(evidence.consumer.clone());
    }
    parts.join("  ")
}

/// The report as Markdown.
#[must_use]
pub fn audit_markdown(report: &AuditReport, store: &str, moment: &str, zone: Zone) -> String {
    let mut text = format!("# Audit of {}\n\n", escaped(store));
    let _ = writeln!(text, "As of {moment}: {}.", summary(report));
    for finding in &report.findings {
        text.push_str(&markdown_of(finding, zone));
    }
    let storage = storage(&report.storage);
    if !storage.is_empty() {
        text.push_str("\n## Storage\n\n");
    }
    for line in storage {
        let _ = writeln!(text, "- {}", escaped(&line));
    }
    text
}

/// One finding as Markdown, to be pasted into a ticket.
#[must_use]
pub fn finding_markdown(finding: &Finding, zone: Zone) -> String {
    markdown_of(finding, zone).trim_start().to_owned()
}

fn markdown_of(finding: &Finding, zone: Zone) -> String {
    let mut text = format!("\n## {}\n\n", finding.title);
    let severity = finding.severity.name();
    let _ = writeln!(
        text,
        "`{}`, {severity}: {}\n",
        finding.rule,
        escaped(&finding.explanation)
    );
    let _ = writeln!(text, "**Why it matters.** {}\n", escaped(&finding.why));
    let _ = writeln!(text, "**What to do.** {}", escaped(finding.advice));
    if finding.evidence.is_empty() {
        return text;
    }
    text.push_str("\n| Position | Stream | Event type | Time | |\n|---|---|---|---|---|\n");
    for evidence in &finding.evidence {
        let position = evidence.position.as_ref().map(ToString::to_string);
        let stream = evidence.stream.as_deref().unwrap_or_default();
        let version = evidence.version.map(|version| format!(" {version}"));
        let stream = format!("{stream}{}", version.unwrap_or_default());
        let time = evidence.time.map(|time| zone.format(time, Style::AsNeeded));
        let cells = [
            position.as_deref().unwrap_or_default(),
            &stream,
            evidence.event_type.as_deref().unwrap_or_default(),
            time.as_deref().unwrap_or_default(),
            evidence
                .note
                .as_deref()
                .or(evidence.consumer.as_deref())
                .unwrap_or_default(),
        ];
        let cells: Vec<String> = cells.into_iter().map(escaped).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    let shown = finding.evidence.len() as u64;
    if finding.count > shown {
        let _ = writeln!(text, "\n{} cases in all.", grouped(finding.count));
    }
    text
}
