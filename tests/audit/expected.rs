//! Which findings the truth of a simulated store calls for.

use asof::analysis::audit::{AuditReport, Evidence};
use serde_json::Value;

use super::explained::Case;
use super::known::{Known, micros, names, position, positions};

/// The rules of which one has to find a kind of fault.
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
        "clock-skew" => &["clock-skew"],
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
        "read-model-drift" => &["read-model-drift"],
        "orphan-causation" => &["orphan-causation"],
        "causation-cycle" => &["causation-cycle"],
        "payload-not-json" => &["payload-not-json"],
        _ => &[],
    }
}

/// What was injected and is not among the findings.
pub fn missed(report: &AuditReport, known: &Known<'_>) -> Vec<String> {
    let cases = Case::all(report);
    let found = |truth: &&Value| {
        let rules = rules_for(truth["kind"].as_str().unwrap());
        let mut cases = cases.iter().filter(|case| rules.contains(&case.rule));
        left_no_trace(truth, known) || cases.any(|case| proves(case, truth, known))
    };
    let injected = known.store.told("injected").iter();
    let missed = injected.filter(|truth| !found(truth));
    missed
        .map(|truth| truth.to_string().chars().take(300).collect())
        .collect()
}

/// Whether a case is about what was done: exactly the events, the consumer, the row that it is told of.
pub fn proves(case: &Case<'_>, truth: &Value, known: &Known<'_>) -> bool {
    let told = positions(truth);
    let text = |key: &str| truth[key].as_str();
    let first = case.evidence[0];
    if let Some(consumer) = text("consumer")
        && first.consumer.as_deref() != Some(consumer)
    {
        return false;
    }
    match truth["kind"].as_str().unwrap() {
        "clock-skew" => {
            // The cause is of the service that is ahead, or the effect of the one that is behind.
            let ahead = truth["skew_ms"].as_i64().unwrap() > 0;
            let at = case.positions[usize::from(!ahead)];
            known.service(at) == text("service")
        }
        "consumer-stalled" | "consumer-stopped" => waited_in(truth, first, known),
        // From where to where.
        "consumer-rewound" => case.positions == [told[1] + 1],
        "relay-outage" => known.event(first).is_some_and(|event| {
            let published = known.outbox(event).and_then(|(published, _)| published);
            known.recorded(event) < micros(&truth["to"])
                && published.is_none_or(|at| at >= micros(&truth["from"]))
        }),
        "snapshot-disagrees" => {
            let version = first.version.map(|version| version.0);
            first.stream.as_deref() == text("stream") && version == truth["version"].as_i64()
        }
        "read-model-drift" => {
            let note = first.note.as_deref().unwrap_or_default();
            let columns = names(truth, "columns");
            first.row.as_deref() == text("key") && columns.iter().all(|name| note.contains(name))
        }
        "unbounded-stream" => first.stream.as_deref() == text("stream"),
        "breaking-schema-change" => {
            let kinds = names(truth, "types");
            let of_type = |kind: &str| kinds.contains(&kind);
            case.evidence
                .iter()
                .all(|evidence| evidence.event_type.as_deref().is_some_and(of_type))
        }
        // Types of a story are told, not each of their events.
        _ if told.is_empty() => {
            let kind = first.event_type.as_deref();
            kind.is_some_and(|kind| names(truth, "types").contains(&kind))
        }
        // The one that came late is the last; which others stand before it is not told of all.
        "out-of-order" => case.positions.last() == told.last(),
        "version-fork" => told.iter().all(|told| case.positions.contains(told)),
        "concurrent-writes" => case.positions.iter().all(|at| told.contains(at)),
        _ => {
            let mut told = told;
            told.sort_unstable();
            case.positions == told
        }
    }
}

/// Whether an event waited for the consumer of a finding in the time that is told.
fn waited_in(truth: &Value, evidence: &Evidence, known: &Known<'_>) -> bool {
    let Some(event) = known.event(evidence) else {
        return false;
    };
    let consumer = truth["consumer"].as_str().unwrap();
    let (from, to) = (micros(&truth["from"]), micros(&truth["to"]));
    let recorded = known.recorded(event);
    let passed = known.passed(consumer, event.position, recorded);
    recorded <= to && passed.is_none_or(|passed| passed >= from)
}

/// A fault that leaves no trace: nothing was to be done while it lasted, or so late that its end came
/// before anybody could have told.
fn left_no_trace(truth: &Value, known: &Known<'_>) -> bool {
    match truth["kind"].as_str().unwrap() {
        "consumer-stalled" | "consumer-stopped" => !anything_waited(known, truth),
        "relay-outage" => {
            known
                .store
                .count("SELECT count(*) FROM outbox WHERE attempts > 1")
                == 0
        }
        "out-of-order" => is_hidden(known, truth),
        _ => false,
    }
}

/// Whether a wrong clock has stamped events so that they look as if they had come in order.
fn is_hidden(known: &Known<'_>, truth: &Value) -> bool {
    let told = positions(truth);
    let late = &known.events[&told[1]];
    let before = known.events.range(..told[1]).map(|(_, event)| event);
    let before = || before.clone().filter(|event| event.stream == late.stream);
    let is_off = before()
        .chain([late])
        .any(|event| known.skew(event.position) != 0);
    is_off && before().all(|event| event.occurred <= late.occurred)
}

/// Whether an event came for a consumer in the time of the finding, early enough to have to wait.
fn anything_waited(known: &Known<'_>, truth: &Value) -> bool {
    let (from, to) = (micros(&truth["from"]), micros(&truth["to"]));
    let consumer = truth["consumer"].as_str().unwrap();
    let query =
        format!("SELECT coalesce(categories, '') FROM checkpoints WHERE consumer = '{consumer}'");
    let categories: Vec<String> = known.store.rows(&query, |row| row.get(0));
    let categories = categories.concat();
    known.events.values().any(|event| {
        let category = event.stream.rsplit_once('-').map_or("", |(name, _)| name);
        let reads = categories.is_empty() || categories.split(',').any(|own| own == category);
        let recorded = known.recorded(event);
        reads && from <= recorded && recorded < to - (to - from) / 4
    })
}

/// The positions of evidence, those of one event once.
pub fn positions_of(evidence: &[&Evidence]) -> Vec<i64> {
    evidence
        .iter()
        .filter_map(|evidence| position(evidence))
        .collect()
}
