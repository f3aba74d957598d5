//! Which findings the truth of a simulated store explains: case by case, with the very events.

use std::collections::BTreeSet;

use asof::analysis::audit::{AuditReport, Evidence, Severity};
use serde_json::Value;

use super::expected::{positions_of, proves, rules_for};
use super::known::Known;

/// One case of a finding, with the pieces of evidence that prove it together.
#[derive(Debug)]
pub struct Case<'a> {
    pub rule: &'static str,
    pub severity: Severity,
    pub evidence: Vec<&'a Evidence>,
    pub positions: Vec<i64>,
}

/// How the evidence of a rule belongs together.
enum Proof {
    Single,
    Pair,
    /// All events of one version of a stream.
    Version,
}

fn proof(rule: &str) -> Proof {
    match rule {
        "duplicate-id-same-content"
        | "duplicate-id-different-content"
        | "duplicate-content-new-id"
        | "out-of-order"
        | "recorded-backwards"
        | "effect-before-cause"
        | "clock-skew"
        | "concurrent-writes"
        | "causation-cycle"
        | "schema-incompatible" => Proof::Pair,
        "version-fork" => Proof::Version,
        _ => Proof::Single,
    }
}

impl<'a> Case<'a> {
    /// The cases of all findings.
    pub fn all(report: &'a AuditReport) -> Vec<Self> {
        let mut cases = Vec::new();
        for finding in &report.findings {
            let same =
                |a: &Evidence, b: &Evidence| (&a.stream, a.version) == (&b.stream, b.version);
            let parts: Vec<&[Evidence]> = match proof(finding.rule) {
                Proof::Single => finding.evidence.chunks(1).collect(),
                Proof::Pair => finding.evidence.chunks(2).collect(),
                Proof::Version => finding.evidence.chunk_by(same).collect(),
            };
            cases.extend(parts.into_iter().map(|part| {
                let evidence: Vec<&Evidence> = part.iter().collect();
                Case {
                    rule: finding.rule,
                    severity: finding.severity,
                    positions: positions_of(&evidence),
                    evidence,
                }
            }));
        }
        cases
    }
}

/// Cases as bad as a warning that nothing explains that is told.
pub fn invented(report: &AuditReport, known: &Known<'_>) -> Vec<String> {
    let lists = ["injected", "inherent"];
    let told: Vec<&Value> = lists
        .into_iter()
        .flat_map(|list| known.store.told(list))
        .collect();
    let is_explained = |case: &Case<'_>| {
        let called_for = told.iter().any(|truth| {
            let kind = truth["kind"].as_str().unwrap();
            rules_for(kind).contains(&case.rule) && proves(case, truth, known)
        });
        called_for || follows(case, known)
    };
    let cases = Case::all(report);
    let bad = cases
        .iter()
        .filter(|case| case.severity >= Severity::Warning);
    let invented = bad.filter(|case| !is_explained(case)).map(|case| {
        let told: String = format!("{} {:?}", case.rule, case.evidence);
        told.chars().take(600).collect()
    });
    let invented: BTreeSet<String> = invented.collect();
    invented.into_iter().collect()
}

/// Whether a case follows from something else that is told: the clock that was off.
fn follows(case: &Case<'_>, known: &Known<'_>) -> bool {
    match case.rule {
        "recorded-backwards" | "effect-before-cause" | "clock-skew" => {
            is_a_wrong_clock(case, known, ROUNDED, |event| known.recorded(event))
        }
        "out-of-order" => is_a_wrong_clock(case, known, BEFORE, |event| known.occurred(event)),
        _ => false,
    }
}

/// The truth has milliseconds of a skew.
const ROUNDED: i64 = 1_000;
/// Something happens up to so many microseconds before it is recorded, by the same clock.
const BEFORE: i64 = 40_000;

/// Whether the stamps of a pair are in order by clocks that are right, and one of theirs was not.
fn is_a_wrong_clock(
    case: &Case<'_>,
    known: &Known<'_>,
    slack: i64,
    right: impl Fn(&super::store::Event) -> i64,
) -> bool {
    let [one, two] = case.positions[..] else {
        return false;
    };
    let times = [one, two].map(|at| right(&known.events[&at]));
    let is_off = [one, two].into_iter().any(|at| known.is_off(at));
    is_off && times[0] <= times[1] + slack
}
