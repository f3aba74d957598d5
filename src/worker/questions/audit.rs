//! The audit of the store as of a moment, the schemas that it rests on, and what lies under its findings:
//! all of one pass over the payloads. What is wrong is for `analysis::audit` to say.

use std::time::Instant;

use crate::analysis::advisor::StoreFigures;
use crate::analysis::audit::{AuditError, AuditOptions, AuditReport, Audited, Facts, judge};
use crate::analysis::compaction::CompactBy;
use crate::analysis::deeper::{self, Deeper};
use crate::analysis::schema::SchemaReport;
use crate::analysis::whole::Whole;
use crate::log::{Bound, Cut};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Asks what is wrong with the store.
#[derive(Clone, Debug, PartialEq)]
pub struct AskAudit {
    /// The log, with the payloads as they are.
    pub subject: Subject,
    /// The same with the payloads as they may be shown.
    pub shown: Subject,
    /// The moment.
    pub cut: Cut,
    /// Names of rules that are left out.
    pub muted: Vec<String>,
    /// The key of the log compaction that is looked at.
    pub compact_by: CompactBy,
}

/// What is wrong with the store.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundAudit {
    /// The findings.
    pub report: AuditReport,
    /// The schemas of all types.
    pub schemas: SchemaReport,
    /// What lies under the findings.
    pub deeper: Deeper,
    /// What decisions are taken by, muted rules or not.
    pub figures: StoreFigures,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// All rules, and no evidence.
const COUNTS: AuditOptions = AuditOptions {
    evidence: 0,
    muted: Vec::new(),
    compact_by: CompactBy::Stream,
};

impl Question for AskAudit {
    type Answer = FoundAudit;
    const ROOM: Room = Room::Searches;
    const LABEL: Option<&'static str> = Some("Auditing the store");

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn outdates(&self, before: &Self) -> bool {
        self.shown.session != before.shown.session || self.subject.session != before.subject.session
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let began = Instant::now();
        let Subject {
            log,
            payloads,
            rows,
            tables,
            rules,
            ..
        } = &self.subject;
        let audited = Audited {
            whole: Whole {
                log,
                cut: self.cut,
                payloads: &**payloads,
                shown: &*self.shown.payloads,
                rows: &**rows,
                fold: rules,
            },
            tables: &**tables,
        };
        let options = AuditOptions {
            evidence: 200,
            muted: self.muted.clone(),
            compact_by: self.compact_by.clone(),
        };
        let failed = |error: AuditError| match error {
            AuditError::Cancelled(_) => Unanswered::Cancelled,
            error => Unanswered::Failed(error.to_string()),
        };
        let facts = Facts::gather(&audited, asked.task).map_err(failed)?;
        let report = judge(&facts, &options, asked.task).map_err(failed)?;
        // What is left is no rule.
        let rest = &asked.task.part();
        let deeper = deeper::deeper(&facts, rest).map_err(failed)?;
        let heard = match self.muted.is_empty() {
            true => None,
            false => Some(judge(&facts, &COUNTS, asked.task).map_err(failed)?),
        };
        let counted = heard.as_ref().unwrap_or(&report);
        Ok(FoundAudit {
            figures: StoreFigures::of(&facts, &deeper, counted),
            deeper,
            report,
            schemas: facts.schemas,
            took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }
}
