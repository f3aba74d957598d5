//! The audit: what is wrong with a store, and the proof. A list of rules, each of which looks at the
//! same facts and reports what it found with the events that prove it.
//!
//! # How it works
//!
//! ```text
//!  log, cut ──▶ one pass over payloads (bodies/) ──┐
//!           ──▶ one pass over streams ─────────────┼──▶ Facts ──▶ rule, rule, rule … ──▶ AuditReport
//!  side rows ─▶ as known at the cut ───────────────┘
//! ```
//!
//! [`Facts`] are gathered once, from what was known at the cut only; so the truncation law holds for
//! every rule by itself. A [`Rule`] is a constant in a small file of its own: a stable name, how bad it
//! is, a headline, why it matters, what to do, an example, and a function from facts to findings. The list
//! [`RULES`] is all there is to know of them: `docs/rules.md` is generated from it.
//!
//! **What counts as a finding.** A warning or an error is only what no sane system does on purpose, or
//! does and has to be told: [`Severity`]. Where a rule has to guess what a store means (whether versions
//! count by one, whether causes are events, whether snapshots are what the default fold comes to), it lets
//! the store's own majority decide, and says nothing where there is none.

mod circles;
mod clocks;
mod drift;
mod error;
mod facts;
mod gathered;
mod links;
mod outbox;
mod proofs;
mod report;
mod rule;
mod rules;
mod streams;
mod tapped;
#[cfg(test)]
mod tests;
mod undecided;
mod window;

pub use clocks::Clocks;
pub use error::AuditError;
pub use facts::Facts;
pub use gathered::Audited;
pub use proofs::Proofs;
pub use report::{AuditReport, Counts, Evidence, Finding, Severity};
pub use rule::Rule;
pub use rules::{RULES, personal_fields};
pub use window::USUAL;

use crate::analysis::compaction::{self, CompactBy};
use crate::model::{Task, beside};

/// How an audit is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditOptions {
    /// The most pieces of evidence that a finding names; all are counted.
    pub evidence: usize,
    /// Names of rules that are left out.
    pub muted: Vec<String>,
    /// The key of the compaction that is looked at.
    pub compact_by: CompactBy,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            evidence: 20,
            muted: Vec::new(),
            compact_by: CompactBy::Stream,
        }
    }
}

/// Audits a store as of the cut.
///
/// # Errors
/// [`AuditError`] when the task was called off, or the store could not be read.
pub fn audit(
    audited: &Audited<'_>,
    options: &AuditOptions,
    task: &Task,
) -> Result<AuditReport, AuditError> {
    let facts = Facts::gather(audited, task)?;
    judge(&facts, options, task)
}

/// Applies the rules to facts that were gathered already. Progress is in rules.
///
/// # Errors
/// As [`audit`].
pub fn judge(
    facts: &Facts<'_>,
    options: &AuditOptions,
    task: &Task,
) -> Result<AuditReport, AuditError> {
    let is_heard = |rule: &Rule| options.muted.iter().all(|name| name != rule.name);
    let by = &options.compact_by;
    let rules = RULES.iter().filter(|rule| is_heard(rule)).count();
    // From here on progress is in rules; what each goes through is no step of its own.
    task.set_done(0);
    task.set_total(rules as u64);
    let part = &task.part();
    let told = || task.advance(1);
    let (findings, storage) = beside::both(
        || found_by(facts, options.evidence, is_heard, (part, &told)),
        || compaction::report(facts.compacted(), by, &facts.long, part),
    );
    Ok(AuditReport::new(facts, findings?, rules, storage?))
}

/// What some of the rules find, the worst first, each with so much evidence at most.
///
/// # Errors
/// As [`audit`].
pub fn findings(
    facts: &Facts<'_>,
    evidence: usize,
    is_asked: impl Fn(&Rule) -> bool,
    task: &Task,
) -> Result<Vec<Finding>, AuditError> {
    found_by(facts, evidence, is_asked, (task, &|| {}))
}

/// The same; `told` is called after each rule.
fn found_by(
    facts: &Facts<'_>,
    evidence: usize,
    is_asked: impl Fn(&Rule) -> bool,
    (task, told): (&Task, &(dyn Fn() + Sync)),
) -> Result<Vec<Finding>, AuditError> {
    let asked: Vec<&Rule> = RULES
        .iter()
        .copied()
        .filter(|rule| is_asked(rule))
        .collect();
    let found = beside::each(asked.len(), |at| -> Result<Vec<Finding>, AuditError> {
        task.check()?;
        let mut proofs = Proofs::new(facts, evidence);
        (asked[at].find)(facts, &mut proofs, task)?;
        told();
        let found = proofs.into_found().into_iter();
        Ok(found.map(|found| asked[at].told(found)).collect())
    });
    let mut findings: Vec<Finding> = Vec::new();
    for own in found {
        findings.extend(own?);
    }
    // The rest as the rules stand.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(findings)
}
