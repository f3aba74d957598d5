//! What an audit says. The window, the terminal and every format show this.

use std::borrow::Cow;

use serde::Serialize;

use super::facts::Facts;
use crate::analysis::compaction::CompactionReport;
use crate::log::AsOf;
use crate::model::{EventIx, PositionName, Timestamp, Version};

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

/// The findings as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditReport {
    /// The moment.
    pub as_of: AsOf,
    /// How many events were looked at.
    pub events: u64,
    /// How many rules were applied.
    pub rules: usize,
    /// The worst first.
    pub findings: Vec<Finding>,
    /// How many findings there are of each severity.
    pub counts: Counts,
    /// Compaction, snapshots and growth: nothing that is wrong, and worth knowing.
    pub storage: CompactionReport,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub info: usize,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A headline.
    pub title: &'static str,
    /// What was found here, in a sentence.
    pub explanation: String,
    /// Why it matters.
    pub why: Cow<'static, str>,
    /// What to do.
    pub advice: &'static str,
    /// How often it was found.
    pub count: u64,
    /// The first pieces of evidence.
    pub evidence: Vec<Evidence>,
    /// What tells it from other findings of the rule, in a word or two.
    #[serde(skip)]
    pub about: Option<String>,
}

/// What proves a finding: mostly an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The event's position; null where the evidence is no event.
    pub position: Option<PositionName>,
    /// The stream.
    pub stream: Option<String>,
    /// The version in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The event's type.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// When: of an event its own time by the clock of the report.
    pub time: Option<Timestamp>,
    /// The consumer that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<String>,
    /// The key of the row of a read model that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// What about it, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// All events of a side of a conflict, which this one stands for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<PositionName>,
    /// The event.
    #[serde(skip)]
    pub event: Option<EventIx>,
}

impl AuditReport {
    pub(super) fn new(
        facts: &Facts<'_>,
        findings: Vec<Finding>,
        rules: usize,
        storage: CompactionReport,
    ) -> Self {
        let count = |severity| {
            let same = findings.iter().filter(|found| found.severity == severity);
            same.count()
        };
        Self {
            as_of: facts.whole.cut.as_of(facts.whole.log),
            events: u64::from(facts.whole.cut.count()),
            rules,
            counts: Counts {
                error: count(Severity::Error),
                warning: count(Severity::Warning),
                info: count(Severity::Info),
            },
            findings,
            storage,
        }
    }

    /// Whether there is a finding as bad as that or worse.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.findings.iter().any(|found| found.severity >= severity)
    }
}
