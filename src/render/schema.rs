//! Schemas for people at a terminal.

use std::fmt::Write as _;

use super::{grouped, harmless};
use crate::analysis::schema::{SchemaReport, TypeSchema, Verdict, VersionSchema};
use crate::analysis::words::many;
use crate::model::time::{Style, Zone};

/// The fields of each type's last version, and what changed on the way to it.
#[must_use]
pub fn schema(report: &SchemaReport, moment: &str, zone: Zone) -> String {
    let types = many(report.types.len() as u64, "event type", "event types");
    let types = types.unwrap_or_else(|| "no event type".to_owned());
    let mut text = format!("As of {moment}: {types}.\n");
    for kind in &report.types {
        of_type(&mut text, kind, zone);
    }
    text
}

fn of_type(text: &mut String, kind: &TypeSchema, zone: Zone) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "\n{}  ({})",
        harmless(&kind.name),
        kind.strategy.name()
    );
    for version in &kind.versions {
        let _ = writeln!(text, "  {}", harmless(&version_line(version, zone)));
    }
    for verdict in &kind.verdicts {
        changes(text, verdict);
    }
    for mixed in &kind.mixed {
        let _ = writeln!(
            text,
            "  {} and {} side by side from {} to {}",
            mixed.older, mixed.newer, mixed.from, mixed.to
        );
    }
    for one in &kind.registry {
        let told = format!(
            "  registry, version {}: {} is registered as {}, events show {}",
            one.version, one.path, one.registered, one.seen
        );
        let _ = writeln!(text, "{}", harmless(&told));
    }
    let Some(last) = kind.versions.last() else {
        return;
    };
    let widest = last
        .fields
        .iter()
        .map(|field| field.path.chars().count())
        .max();
    let widest = widest.unwrap_or(0).min(40);
    for field in &last.fields {
        let presence = match field.optional {
            true => format!("  {:.0} %", field.presence * 100.0),
            false => String::new(),
        };
        let told = format!("    {:<widest$}  {}{presence}", field.path, field.words());
        let _ = writeln!(text, "{}", harmless(&told));
    }
}

fn version_line(version: &VersionSchema, zone: Zone) -> String {
    let name = match (version.declared, version.version.as_str()) {
        (true, name) => format!("version {name}"),
        (false, name) => format!("form {name} (inferred)"),
    };
    let times = version
        .from
        .zip(version.to)
        .map_or(String::new(), |(from, to)| {
            let [from, to] = [from, to].map(|time| zone.format(time, Style::Seconds));
            format!(", {from} to {to}")
        });
    format!("{name}: {} events{times}", grouped(version.events))
}

fn changes(text: &mut String, verdict: &Verdict) {
    let _ = writeln!(
        text,
        "  {} -> {}: {}, against all before {}",
        verdict.from,
        verdict.to,
        verdict.verdict.name(),
        verdict.transitive.name()
    );
    for change in &verdict.changes {
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        let evidence = change
            .evidence
            .as_ref()
            .map_or(String::new(), |why| format!(" ({why})"));
        let told = format!(
            "    {:<9} {}  {} -> {}{evidence}",
            change.kind.name(),
            change.path,
            word(&change.from),
            word(&change.to)
        );
        let _ = writeln!(text, "{}", harmless(&told));
    }
}
