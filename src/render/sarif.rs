//! An audit as SARIF 2.1.0, which code hosts show: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.

use serde_json::{Value, json};

use crate::analysis::audit::{AuditReport, Evidence, Finding, RULES, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as a log of one run. A result's locations are the events that prove it: logical ones, named
/// by stream and version, in the store as an artifact.
#[must_use]
pub fn sarif(report: &AuditReport, store: &str) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.title },
                "fullDescription": { "text": rule.about },
                "help": { "text": format!("{} {}", rule.why, rule.advice) },
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, store))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "asof",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "artifacts": [{ "location": { "uri": uri(store) } }],
            "results": results,
            "properties": { "as_of": report.as_of, "events": report.events },
        }],
    })
}

fn result(finding: &Finding, store: &str) -> Value {
    let locations: Vec<Value> = match finding.evidence.is_empty() {
        true => vec![json!({ "physicalLocation": physical(store) })],
        false => {
            let evidence = finding.evidence.iter();
            evidence.map(|evidence| location(evidence, store)).collect()
        }
    };
    let index = RULES.iter().position(|rule| rule.name == finding.rule);
    json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": finding.explanation },
        "occurrenceCount": finding.count.max(1),
        "locations": locations,
    })
}

fn location(evidence: &Evidence, store: &str) -> Value {
    let mut place = json!({ "physicalLocation": physical(store) });
    let name = match (&evidence.stream, evidence.version) {
        (Some(stream), Some(version)) => Some(format!("{stream} {version}")),
        (Some(stream), None) => Some(stream.clone()),
        (None, _) => evidence.consumer.clone(),
    };
    if let Some(name) = name {
        place["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "object" }]);
    }
    let position = evidence.position.as_ref().map(ToString::to_string);
    let parts = [
        position,
        evidence.event_type.clone(),
        evidence.time.map(|time| time.to_string()),
        evidence.note.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        place["message"] = json!({ "text": parts.join(" ") });
    }
    place
}

fn physical(store: &str) -> Value {
    json!({ "artifactLocation": { "uri": uri(store), "index": 0 } })
}

/// A path as a relative reference: what has a meaning in a URI is written by its number.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
