//! What a rule is.

use std::borrow::Cow;

use super::error::AuditError;
use super::facts::Facts;
use super::proofs::{Found, Proofs};
use super::report::{Finding, Severity};
use crate::model::Task;

/// A rule: what is looked for, and what to say of it.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which never changes.
    pub name: &'static str,
    /// How bad its findings are; a single one may be milder.
    pub severity: Severity,
    /// What it finds, as a headline.
    pub title: &'static str,
    /// What it looks for, in a sentence or two.
    pub about: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// One example of a finding.
    pub example: &'static str,
    /// Looks for it.
    pub(super) find: Find,
}

impl Rule {
    /// What was found, in the rule's own words.
    pub(super) fn told(&self, found: Found) -> Finding {
        Finding {
            rule: self.name,
            severity: found.severity.unwrap_or(self.severity),
            title: self.title,
            explanation: found.explanation,
            why: found.why.unwrap_or(Cow::Borrowed(self.why)),
            advice: found.advice.unwrap_or(self.advice),
            about: found.about,
            count: found.count,
            evidence: found.evidence,
        }
    }
}

/// From facts to findings.
pub(super) type Find = fn(&Facts<'_>, &mut Proofs<'_>, &Task) -> Result<(), AuditError>;
