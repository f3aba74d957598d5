//! An audit as SARIF 2.1.0, which code hosts show: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.

use serde_json::{Value, json};

use crate::analysis::audit::{AuditReport, Evidence, Finding, RULES, Severity};
use crate::analysis::overview::FileFacts;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The files of a store as artifacts.
struct Artifacts {
    /// Their paths, each once.
    paths: Vec<String>,
    /// By the name that a file has in positions, the number of its path.
    by_name: Vec<(String, usize)>,
}

impl Artifacts {
    fn of(store: &str, files: &[FileFacts]) -> Self {
        let mut paths: Vec<String> = Vec::new();
        let by_name = files.iter().map(|file| {
            // The logs of several applications may be in one file.
            let known = paths.iter().position(|path| *path == file.path);
            let at = known.unwrap_or_else(|| {
                paths.push(file.path.clone());
                paths.len() - 1
            });
            (file.name.clone(), at)
        });
        let by_name = by_name.collect();
        if paths.is_empty() {
            paths.push(store.to_owned());
        }
        Self { paths, by_name }
    }

    fn all(&self) -> Vec<Value> {
        let artifact = |path: &String| json!({ "location": { "uri": uri(path) } });
        self.paths.iter().map(artifact).collect()
    }

    /// The file that evidence is in; the first of several where that is not told.
    fn physical(&self, evidence: Option<&Evidence>) -> Value {
        let name = evidence.and_then(|evidence| evidence.position.as_ref()?.file.as_deref());
        let own = name.and_then(|name| self.by_name.iter().find(|(known, _)| known == name));
        let at = own.map_or(0, |(_, at)| *at);
        json!({ "artifactLocation": { "uri": uri(&self.paths[at]), "index": at } })
    }
}

/// The report as a log of one run. A result's locations are the events that prove it: logical ones, named
/// by stream and version, in the store's file as an artifact: in one of its `files` where it has several.
#[must_use]
pub fn sarif(report: &AuditReport, store: &str, files: &[FileFacts]) -> Value {
    let artifacts = Artifacts::of(store, files);
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
        .map(|finding| result(finding, &artifacts))
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
            "artifacts": artifacts.all(),
            "results": results,
            "properties": { "as_of": report.as_of, "events": report.events },
        }],
    })
}

fn result(finding: &Finding, artifacts: &Artifacts) -> Value {
    let locations: Vec<Value> = match finding.evidence.is_empty() {
        true => vec![json!({ "physicalLocation": artifacts.physical(None) })],
        false => {
            let evidence = finding.evidence.iter();
            evidence.map(|own| location(own, artifacts)).collect()
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

fn location(evidence: &Evidence, artifacts: &Artifacts) -> Value {
    let mut place = json!({ "physicalLocation": artifacts.physical(Some(evidence)) });
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
