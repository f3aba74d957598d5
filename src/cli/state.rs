//! `asof state`: a stream's state at a moment.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::moment::{self, Reading, TypedBound, Versions};
use super::open::Opened;
use super::told::ReadAs;
use super::{Common, Streams, project};
use crate::analysis::projection::{StreamState, StreamStateError};
use crate::analysis::replay::{
    self, BlameRef, Change, Detail, LeafBlame, Presence, Series, Source, StateReport, StateRequest,
};
use crate::analysis::streams;
use crate::log::Bound;
use crate::model::time::Style;
use crate::model::{EventIx, StreamIx, Task, Timestamp};
use crate::render::{self, harmless};

#[derive(Debug, Args)]
pub(super) struct State {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The stream: its name, a UUID in any spelling, or a part that only it has
    stream: String,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042, v7
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// The stream version, in place of a moment: 7 or v7
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "at",
        allow_negative_numbers = true,
        value_parser = version
    )]
    version: Option<i64>,
    /// Compare with the state at this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    diff_to: Option<String>,
    /// Tell for every field which event set it
    #[arg(long)]
    blame: bool,
    /// By this projection instead of the default fold: one that has a state for each stream
    #[arg(long, value_name = "FILE")]
    projection: Option<PathBuf>,
    /// Upcasters (a JavaScript file), applied before any handler
    #[arg(long, value_name = "FILE", requires = "projection")]
    upcasters: Option<PathBuf>,
    /// Tables of this SQLite file, for lookup() (may be given several times)
    #[arg(long, value_name = "FILE", requires = "projection")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl State {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let stream = streams::resolve(&opened.log, &self.stream)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Of(stream),
        };
        let version = self.version.map(|version| format!("v{version}"));
        let at = match (&version, &self.at) {
            (Some(version), _) => Some(TypedBound::until("version", version)),
            (None, at) => at.as_deref().map(|text| TypedBound::until("at", text)),
        };
        let cut = opened.cut(at, reading)?;
        let diff_to = match &self.diff_to {
            Some(text) => Some(opened.cut(Some(TypedBound::until("diff_to", text)), reading)?),
            None => None,
        };
        let way = match diff_to {
            Some(other) if other.count() < cut.count() => "back to",
            _ => "until",
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
        let (report, stopped) = match &self.projection {
            Some(file) => self.projected(file, &opened, stream, &request)?,
            None => {
                let task = Task::new();
                let source = Source {
                    log: &opened.log,
                    payloads: &*opened.payloads,
                    task: &task,
                };
                let series = Series::new(stream, opened.rules.clone());
                (replay::state(&series, source, &request)?, None)
            }
        };
        if self.common.json {
            to.losses(&opened.log, &cut)?;
            to.json(&report, &opened.read_as)?;
        } else {
            self.words(&report, &opened.read_as, to)?;
            self.difference(&report, way, to)?;
        }
        // What there is so far is shown, and is not taken for the answer.
        stopped.map_or(Ok(()), Err)
    }

    /// The state by a projection; where that was stopped before the moment, as of the event before, and
    /// why.
    fn projected(
        &self,
        file: &Path,
        opened: &Opened,
        stream: StreamIx,
        request: &StateRequest<'_>,
    ) -> Result<(StateReport, Option<CliError>), CliError> {
        let upcasters = self.upcasters.as_deref().map(project::read).transpose()?;
        let own = project::definition(file, upcasters.as_deref())?;
        let task = Task::new();
        let options = opened.run_options(&self.attach, &task)?;
        let name = || file.file_name().unwrap_or_default().to_string_lossy();
        let wrong = |error| match error {
            StreamStateError::Elsewhere(..) => CliError::Other(format!("{} {error}", name())),
            StreamStateError::Definition(error) => project::unsound(file, error),
            StreamStateError::Cancelled(cancelled) => cancelled.into(),
            error => CliError::Other(format!("{error}: {}", file.display())),
        };
        let alive = || StreamState::new(&own, &opened.reading(), &options, stream).map_err(wrong);
        let mut state = alive()?;
        let at = match state.at(request.cut, &task) {
            Err(StreamStateError::Stopped(at, error, event)) => {
                let before = event.0.checked_sub(1).map(EventIx);
                let before = before.map_or(Bound::Start, Bound::Event);
                let request = StateRequest {
                    cut: opened.log.cut(request.cut.clock(), before),
                    diff_to: None,
                    ..*request
                };
                let found = alive()?.at(request.cut, &task).map_err(wrong)?;
                let report = replay::told(&opened.log, &found, None, &request);
                let stopped = wrong(StreamStateError::Stopped(at, error, event));
                return Ok((report, Some(stopped)));
            }
            at => at.map_err(wrong)?,
        };
        let other = match request.diff_to {
            Some(cut) => Some(state.at(cut, &task).map_err(wrong)?),
            None => None,
        };
        let report = replay::told(&opened.log, &at, other.as_ref(), request);
        Ok((report, None))
    }

    fn words(
        &self,
        report: &StateReport,
        read_as: &[ReadAs],
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        writeln!(to.out, "{}", report.answer)?;
        to.notes(read_as)?;
        let out = &mut *to.out;
        for notice in &report.notices {
            writeln!(out, "Note: {}", harmless(&notice.message))?;
        }
        if let Some(state) = &report.state {
            writeln!(out, "\n{}", render::json_text(state))?;
        }
        if let Some(blame) = &report.blame {
            writeln!(out, "\nSet by:")?;
            for (pointer, leaf) in blame {
                let line = format!("  {pointer}  {}", self.set_by(leaf));
                writeln!(out, "{}", harmless(&line))?;
            }
        }
        Ok(())
    }

    /// What leads to the other moment, which is the later one or not.
    fn difference(
        &self,
        report: &StateReport,
        way: &str,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let (Some(diff), Some(other)) = (&report.diff, &report.diff_to) else {
            return Ok(());
        };
        let out = &mut *to.out;
        let other = moment::words(other, self.common.zone);
        writeln!(out, "\nChanges {way} {other}:")?;
        if diff.is_empty() {
            writeln!(out, "  none")?;
        }
        for change in diff {
            let value = |value: &Option<serde_json::Value>| {
                value.as_ref().map(ToString::to_string).unwrap_or_default()
            };
            let (from, to) = (value(&change.from), value(&change.to));
            let line = match change.kind {
                Change::Added => format!("  + {}  {to}", change.path),
                Change::Removed => format!("  - {}  {from}", change.path),
                Change::Changed => format!("  ~ {}  {from} -> {to}", change.path),
            };
            writeln!(out, "{}", harmless(&line))?;
        }
        Ok(())
    }

    fn set_by(&self, leaf: &LeafBlame) -> String {
        let removed = match leaf.presence {
            Presence::Present => "",
            Presence::Removed => "removed by ",
        };
        let set = self.event(&leaf.set_by);
        let changed = match &leaf.changed_by {
            Some(by) => format!("; the value is that of {}", self.event(by)),
            None => String::new(),
        };
        format!("{removed}{set}{changed}")
    }

    fn event(&self, by: &BlameRef) -> String {
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

fn version(text: &str) -> Result<i64, &'static str> {
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    digits
        .parse()
        .map_err(|_| "it is a whole number: try 7 or v7")
}
