//! Which findings the truth of a simulated store calls for, and which it explains.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use asof::analysis::audit::{AuditReport, Evidence, Finding, Severity};
use serde_json::Value;

use super::store::{Event, Simulated};

/// Faults that no rule looks for yet.
pub const NOT_YET: &[&str] = &["read-model-drift"];

/// The rules that find a kind of fault.
pub fn rules_for(kind: &str) -> &'static [&'static str] {
    match kind {
        "duplicate-delivery" => &["processed-twice"],
        "duplicate-id-same-content" => &["duplicate-id-same-content"],
        "duplicate-id-different-content" => &["duplicate-id-different-content"],
        "duplicate-content-new-id" => &["duplicate-content-new-id"],
        "lost-publication" => &["outbox-missing"],
        "out-of-order" => &["out-of-order"],
        "version-gap" => &["version-gap"],
        "version-fork" => &["version-fork"],
        "clock-skew" => &["clock-skew", "effect-before-cause", "recorded-backwards"],
        "poison-blocks" | "consumer-stalled" => &["consumer-stalled"],
        "poison-dead-letter" => &["dead-letter"],
        "consumer-stopped" => &["consumer-stopped"],
        "consumer-rewound" => &["consumer-rewound"],
        "relay-outage" => &["relay-outage"],
        "command-as-event" => &["command-as-event"],
        "unbounded-stream" => &["unbounded-stream"],
        "breaking-schema-change" => &[
            "schema-mixed-types",
            "schema-registry-disagrees",
            "schema-incompatible",
        ],
        "concurrent-writes" => &["concurrent-writes"],
        "missing-metadata" => &["missing-metadata"],
        "snapshot-disagrees" => &["snapshot-disagrees"],
        "orphan-causation" => &["orphan-causation"],
        "causation-cycle" => &["causation-cycle"],
        "payload-not-json" => &["payload-not-json"],
        _ => &[],
    }
}

/// A fault that leaves no trace: nothing was to be done while it lasted.
fn left_no_trace(truth: &Value, store: &Simulated) -> bool {
    let text = |key: &str| truth[key].as_str().unwrap_or_default().to_owned();
    match truth["kind"].as_str().unwrap() {
        // Nothing came for it in that time.
        "consumer-stalled" | "consumer-stopped" => {
            !anything_waited(store, &text("consumer"), truth)
        }
        "relay-outage" => store.count("SELECT count(*) FROM outbox WHERE attempts > 1") == 0,
        _ => false,
    }
}

fn micros(time: &Value) -> i64 {
    let time: asof::model::Timestamp = time.as_str().unwrap().parse().unwrap();
    time.micros()
}

/// Whether an event came for a consumer in the time of the finding, early enough to have to wait.
fn anything_waited(store: &Simulated, consumer: &str, truth: &Value) -> bool {
    let (from, to) = (micros(&truth["from"]), micros(&truth["to"]));
    let query =
        format!("SELECT coalesce(categories, '') FROM checkpoints WHERE consumer = '{consumer}'");
    let categories: Vec<String> = store.rows(&query, |row| row.get(0));
    let categories = categories.concat();
    store.events().iter().any(|event| {
        let category = event.stream.rsplit_once('-').map_or("", |(name, _)| name);
        let reads = categories.is_empty() || categories.split(',').any(|own| own == category);
        reads && from <= event.recorded && event.recorded < to - (to - from) / 4
    })
}

fn positions(truth: &Value) -> Vec<i64> {
    let positions = truth["positions"].as_array().into_iter().flatten();
    positions.filter_map(Value::as_i64).collect()
}

fn position(evidence: &Evidence) -> Option<i64> {
    evidence.position.as_ref().map(|name| name.position.0)
}

fn is_about(truth: &Value, evidence: &Evidence, services: &HashMap<i64, String>) -> bool {
    let text = |key: &str| truth[key].as_str();
    let at = position(evidence);
    if let Some(consumer) = text("consumer")
        && evidence.consumer.as_deref() != Some(consumer)
    {
        return false;
    }
    if let Some(service) = text("service") {
        return at
            .and_then(|at| services.get(&at))
            .is_some_and(|own| own == service);
    }
    match positions(truth)[..] {
        // Where a consumer went back from, and to.
        // Before the first event stands none.
        [_, to] if truth["kind"] == "consumer-rewound" => at == Some(to.max(1)),
        [] => text("stream").is_none_or(|stream| evidence.stream.as_deref() == Some(stream)),
        ref some => at.is_some_and(|at| some.contains(&at)),
    }
}

/// The service that recorded each event.
fn services(store: &Simulated) -> HashMap<i64, String> {
    let query = "SELECT position, json_extract(metadata, '$.service') FROM events";
    let rows: Vec<(i64, Option<String>)> = store.rows(query, |row| Ok((row.get(0)?, row.get(1)?)));
    let named = rows
        .into_iter()
        .filter_map(|(position, service)| Some((position, service?)));
    named.collect()
}

/// What was injected and is not among the findings.
pub fn missed(report: &AuditReport, store: &Simulated) -> Vec<String> {
    let services = services(store);
    let found = |truth: &&Value| {
        let kind = truth["kind"].as_str().unwrap();
        NOT_YET.contains(&kind)
            || left_no_trace(truth, store)
            || report.findings.iter().any(|finding| {
                let evidence = &finding.evidence;
                rules_for(kind).contains(&finding.rule)
                    && evidence
                        .iter()
                        .any(|evidence| is_about(truth, evidence, &services))
            })
    };
    let injected = store.told("injected").iter();
    let missed = injected.filter(|truth| !found(truth));
    missed
        .map(|truth| truth.to_string().chars().take(300).collect())
        .collect()
}

/// What a rule may be explained by, beside what it looks for.
fn follows_from(rule: &str) -> &'static [&'static str] {
    match rule {
        // A stamp of a wrong clock is wrong wherever it is compared.
        "out-of-order" | "recorded-backwards" | "effect-before-cause" => {
            &["clock-skew", "out-of-order"]
        }
        // What the relay could not publish, and what never came, was waited for.
        "consumer-stopped" | "consumer-stalled" => &[
            "consumer-stopped",
            "consumer-stalled",
            "poison-blocks",
            "consumer-rewound",
        ],
        // Each of the two is a case of the other.
        "version-fork" => &["concurrent-writes"],
        "unbounded-stream" => &["unbounded-stream"],
        _ => &[],
    }
}

/// Findings as bad as a warning of which a piece of evidence is explained by nothing that is told.
pub fn invented(report: &AuditReport, store: &Simulated) -> Vec<String> {
    let services = services(store);
    let events = store.events();
    let by_position: BTreeMap<i64, &Event> =
        events.iter().map(|event| (event.position, event)).collect();
    let told: Vec<&Value> = store
        .told("injected")
        .iter()
        .chain(store.told("inherent"))
        .collect();
    let mut invented = BTreeSet::new();
    for finding in report
        .findings
        .iter()
        .filter(|found| found.severity >= Severity::Warning)
    {
        let explaining: Vec<&&Value> = told
            .iter()
            .filter(|truth| {
                let kind = truth["kind"].as_str().unwrap();
                rules_for(kind).contains(&finding.rule)
                    || follows_from(finding.rule).contains(&kind)
            })
            .collect();
        for evidence in &finding.evidence {
            let explained = explaining
                .iter()
                .any(|truth| explains(truth, finding, evidence, &services, &by_position));
            if !explained {
                let what = format!("{} {evidence:?}", finding.rule);
                invented.insert(what.chars().take(420).collect::<String>());
            }
        }
    }
    invented.into_iter().collect()
}

fn explains(
    truth: &Value,
    finding: &Finding,
    evidence: &Evidence,
    services: &HashMap<i64, String>,
    events: &BTreeMap<i64, &Event>,
) -> bool {
    match truth["kind"].as_str().unwrap() {
        // Beside an event of the clock that is off, the other one is compared with it.
        "clock-skew" => true,
        "relay-outage" => true,
        "concurrent-writes" | "out-of-order" | "version-fork" => {
            let stream = evidence.stream.as_deref();
            let at = position(evidence);
            let same = |told: i64| {
                Some(told) == at
                    || events
                        .get(&told)
                        .is_some_and(|event| Some(event.stream.as_str()) == stream)
            };
            positions(truth).into_iter().any(same)
        }
        // The types of a story are told, not each event.
        "command-as-event" if truth["positions"].is_null() => {
            let types = truth["types"].as_array().unwrap();
            types
                .iter()
                .any(|kind| kind.as_str() == evidence.event_type.as_deref())
        }
        "consumer-stalled" | "consumer-stopped" | "poison-blocks" | "consumer-rewound" => {
            truth["consumer"].as_str() == evidence.consumer.as_deref()
        }
        _ => {
            let _ = finding;
            is_about(truth, evidence, services)
        }
    }
}
