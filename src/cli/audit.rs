//! `asof audit`: what is wrong with a store, and the proof.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::moment::{self, Reading, TypedBound, Versions};
use super::open::{Opened, remembered};
use super::{Common, Streams, Verdict, one_format};
use crate::analysis::audit::{self, AuditOptions, Audited, Severity};
use crate::analysis::compaction::CompactBy;
use crate::analysis::whole::Whole;
use crate::analysis::words::many;
use crate::model::{Task, Timestamp};
use crate::render;

/// Pieces of evidence of a finding that people are shown.
const SHOWN: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// End with exit code 1 where there is a finding as bad as this or worse
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Leave this rule out (may be given several times), beside those that are muted in the --workspace
    #[arg(long, value_name = "RULE", value_parser = rule)]
    mute: Vec<String>,
    /// The most pieces of evidence that a finding names; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    evidence: usize,
    /// The key of the log compaction that is looked at: stream, type (within a stream), or a pointer into
    /// the payload such as /order_id
    #[arg(long, value_name = "KEY", default_value = "stream")]
    compact_by: CompactBy,
    /// How to print it; as text without it, or as --json says
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Anything that was found
    Info,
    /// Warnings and errors
    Warning,
    /// Errors only
    Error,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Info => Self::Info,
            FailOn::Warning => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people at a terminal
    Text,
    /// One report with all findings
    Json,
    /// A page to paste somewhere
    Markdown,
    /// What code hosts show beside the code
    Sarif,
}

fn rule(name: &str) -> Result<String, String> {
    match audit::RULES.iter().any(|rule| rule.name == name) {
        true => Ok(name.to_owned()),
        false => Err("there is no such rule; docs/rules.md has them all".to_owned()),
    }
}

impl Audit {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<Verdict, CliError> {
        let format = one_format(self.format, &self.common, (Format::Text, Format::Json))?;
        let mut opened = Opened::new(&self.store, &self.common)?;
        let zone = self.common.zone;
        let reading = Reading {
            now,
            zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let audited = Audited {
            whole: Whole {
                cut: opened.cut(at, reading)?,
                log: &opened.log,
                payloads: &*opened.unmasked,
                shown: &*opened.payloads,
                rows: &*opened.rows,
                fold: &opened.rules,
            },
            tables: &*opened.tables,
        };
        let muted = self.muted(to)?;
        let options = AuditOptions {
            evidence: match self.evidence {
                0 => usize::MAX,
                most => most,
            },
            muted,
            compact_by: self.compact_by.clone(),
        };
        let report = audit::audit(&audited, &options, &Task::new())?;
        let moment = match self.at {
            Some(_) => moment::words(&report.as_of, zone),
            None => "the head".to_owned(),
        };
        let store = &opened.facts.path;
        match format {
            Format::Json => to.json(&report, &opened.read_as)?,
            Format::Text => {
                to.notes(&opened.read_as)?;
                let text = render::audit(&report, &moment, zone, SHOWN);
                to.out.write_all(text.as_bytes())?;
            }
            Format::Markdown => {
                to.readings(&opened.read_as)?;
                let text = render::audit_markdown(&report, store, &moment, zone);
                to.out.write_all(text.as_bytes())?;
            }
            Format::Sarif => {
                to.readings(&opened.read_as)?;
                let log = render::sarif(&report, store, &opened.facts.files);
                render::json(&log, &mut *to.out)?;
            }
        }
        Ok(match report.has(self.fail_on.into()) {
            true => Verdict::Found,
            false => Verdict::Answered,
        })
    }

    /// Rules that are left out: those that were named, and those that are muted in the window, where a workspace
    /// tells of some.
    fn muted(&self, to: &mut Streams<'_>) -> Result<Vec<String>, CliError> {
        let remembered = remembered(&self.store, &self.common)?.muted;
        let count = remembered.len() as u64;
        if let Some(rules) = many(count, "rule is muted", "rules are muted") {
            let names = remembered.join(", ");
            writeln!(
                to.beside,
                "asof: {rules}, as is remembered of this store: {names}"
            )?;
        }
        let mut muted = self.mute.clone();
        muted.extend(remembered);
        Ok(muted)
    }
}
