//! What a rule is.

use serde::Serialize;

use super::facts::{AuditError, Facts};
use super::proofs::Proofs;
use crate::model::Task;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; may well be meant so.
    Info,
    /// Something went wrong or will, and somebody should look.
    Warning,
    /// An answer that comes out of this store may be wrong.
    Error,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// Its name, in JSON and for `--fail-on`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

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

/// From facts to findings.
pub(super) type Find = fn(&Facts<'_>, &mut Proofs<'_>, &Task) -> Result<(), AuditError>;
