//! `asof state`: a stream's state at a moment.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::moment::{self, Reading};
use super::open::{CliError, Opened};
use super::{Common, print_notes};
use crate::analysis::replay::{
    self, Change, Detail, LeafBlame, Series, Source, StateReport, StateRequest,
};
use crate::analysis::streams;
use crate::model::time::Style;
use crate::model::{Task, Timestamp};
use crate::render;

#[derive(Debug, Args)]
pub(super) struct State {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The stream: its name, a UUID in any spelling, or a part that only it has
    stream: String,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042, v7
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// The stream version, in place of a moment
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "at",
        allow_negative_numbers = true
    )]
    version: Option<i64>,
    /// Compare with the state at this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    diff_to: Option<String>,
    /// Tell for every field which event set it
    #[arg(long)]
    blame: bool,
    #[command(flatten)]
    common: Common,
}

impl State {
    pub fn print(&self, now: Timestamp, out: &mut dyn Write) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let stream = streams::resolve(&opened.log, &self.stream)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Some(stream),
        };
        let at = self
            .version
            .map(|version| format!("v{version}"))
            .or_else(|| self.at.clone());
        let cut = opened.cut(at.as_deref(), reading)?;
        let diff_to = match &self.diff_to {
            Some(text) => Some(opened.cut(Some(text), reading)?),
            None => None,
        };
        let request = StateRequest {
            store: &opened.facts.path,
            cut,
            diff_to,
            detail: if self.blame {
                Detail::Blame
            } else {
                Detail::State
            },
            zone: self.common.zone,
        };
        let task = Task::new();
        let source = Source {
            log: &opened.log,
            payloads: &*opened.payloads,
            task: &task,
        };
        let series = Series::new(stream, opened.rules.clone());
        let report = replay::state(&series, source, &request)?;
        if self.common.json {
            render::json(&report, out)?;
            return Ok(());
        }
        self.words(&report, &opened.notes, out)
    }

    fn words(
        &self,
        report: &StateReport,
        notes: &[String],
        out: &mut dyn Write,
    ) -> Result<(), CliError> {
        writeln!(out, "{}", report.answer)?;
        print_notes(notes, out)?;
        for notice in &report.notices {
            writeln!(out, "Note: {}", notice.message)?;
        }
        if let Some(state) = &report.state {
            writeln!(out, "\n{}", serde_json::to_string_pretty(state)?)?;
        }
        if let Some(blame) = &report.blame {
            writeln!(out, "\nSet by:")?;
            for (pointer, leaf) in blame {
                writeln!(out, "  {pointer}  {}", self.set_by(leaf))?;
            }
        }
        if let Some(diff) = &report.diff {
            let zone = self.common.zone;
            let until = report.diff_to.as_ref();
            let until = until.map_or(String::new(), |as_of| moment::words(as_of, zone));
            writeln!(out, "\nChanges until {until}:")?;
            if diff.is_empty() {
                writeln!(out, "  none")?;
            }
            for change in diff {
                let value = |value: &Option<serde_json::Value>| {
                    value.as_ref().map(ToString::to_string).unwrap_or_default()
                };
                let (from, to) = (value(&change.from), value(&change.to));
                match change.kind {
                    Change::Added => writeln!(out, "  + {}  {to}", change.path)?,
                    Change::Removed => writeln!(out, "  - {}  {from}", change.path)?,
                    Change::Changed => writeln!(out, "  ~ {}  {from} -> {to}", change.path)?,
                }
            }
        }
        Ok(())
    }

    fn set_by(&self, leaf: &LeafBlame) -> String {
        let by = &leaf.set_by;
        let zone = self.common.zone;
        let version = by
            .version
            .map(|version| format!("{version}, "))
            .unwrap_or_default();
        let time = by
            .time
            .map(|time| format!(" at {}", zone.format(time, Style::AsNeeded)))
            .unwrap_or_default();
        format!("{} ({version}{}){time}", by.event_type, by.position)
    }
}
