//! `asof sagas`: the processes of a store and how each instance stands at a moment.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions};
use super::open::{Opened, remembered};
use super::{Common, Streams};
use crate::analysis::lag;
use crate::analysis::saga::{
    self, Asking, Beside, Definition, Missing, SagaReport, Sagas, SagasReport, Status, Stored,
    Timeout, Wanted,
};
use crate::analysis::words::many;
use crate::model::{Task, Timestamp};
use crate::render::{self, harmless};
use crate::simulate::Scenario;
use crate::workspace::Workspace;

/// Instances and variants that are shown to people.
const SHOWN: usize = 20;
/// Types of a variant that are shown to people.
const STEPS: usize = 12;

#[derive(Debug, Args)]
pub(super) struct Saga {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// Only those with this status
    #[arg(long)]
    status: Option<StatusName>,
    /// Only the one that is called so
    #[arg(long)]
    id: Option<String>,
    /// A process as it is meant to be (a TOML file), in place of what can be told from the events
    #[arg(long, value_name = "FILE")]
    definition: Option<PathBuf>,
    /// Call each stuck that is silent for longer: 30s, 15m, 2h, 4d; else what its definition says, or
    /// what is usual
    #[arg(long, value_name = "SPAN")]
    stuck_after: Option<Timeout>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusName {
    Running,
    Completed,
    Failed,
    Compensating,
    Compensated,
    Stuck,
    Parked,
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Running => Self::Running,
            StatusName::Completed => Self::Completed,
            StatusName::Failed => Self::Failed,
            StatusName::Compensating => Self::Compensating,
            StatusName::Compensated => Self::Compensated,
            StatusName::Stuck => Self::Stuck,
            StatusName::Parked => Self::Parked,
        }
    }
}

impl Saga {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let named = self.definition.as_deref().map(read).transpose()?;
        let mut opened = Opened::new(&self.store, &self.common)?;
        let definition = match named {
            Some(named) => Some(named),
            None => self.remembered(to)?,
        };
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let task = Task::new();
        let asking = Asking {
            log: &opened.log,
            payloads: &*opened.payloads,
            task: &task,
        };
        let mut sagas = Sagas::find(asking, definition.as_ref(), &cut)?;
        sagas.call_stuck_after(self.stuck_after);
        let judged = sagas.at(asking, &cut, None)?;
        if let Some(definition) = &definition {
            self.doubt(definition, &opened, to)?;
        }
        let stored = saga::stored(asking, &*opened.rows, &judged)?;
        let wanted = Wanted {
            status: self.status.map(Status::from),
            id: self.id.clone(),
        };
        let outbox = lag::Course::of_outbox(&opened.log, &*opened.rows, cut.clock(), &task)?;
        let outbox = (outbox.as_ref()).map(|course| lag::Publications::new(course, cut));
        let beside = Beside {
            stored: &stored,
            outbox: outbox.as_ref(),
        };
        let report = saga::report(asking, &judged, beside, &wanted)?;
        if let Some(id) = self.id.as_ref().filter(|_| report.sagas.is_empty()) {
            let status = self.status.map_or("", |_| " of that status");
            let moment = opened.words(cut.bound(), self.common.zone);
            return Err(CliError::Other(format!(
                "no saga{status} is called {id} as of {moment}"
            )));
        }
        if self.common.json {
            return to.json(&report, &opened.read_as);
        }
        let moment = opened.words(cut.bound(), self.common.zone);
        self.words(&report, &moment, &opened, to)
    }

    /// The definition by which the window judges this store, where one is remembered in the workspace.
    fn remembered(&self, to: &mut Streams<'_>) -> Result<Option<Definition>, CliError> {
        let Some(workspace) = self.common.workspace.as_ref().map(Workspace::at) else {
            return Ok(None);
        };
        let Some(name) = remembered(&self.store, &self.common)?.saga_definition else {
            return Ok(None);
        };
        let mut own = workspace.load_sagas()?.into_iter();
        let own = own.find(|own| own.name == name).map(|own| own.text);
        let bundled = || {
            let mut all = Scenario::ALL.iter();
            let found = all.find(|scenario| scenario.to_string() == name);
            found.map(|scenario| scenario.saga_definition())
        };
        let Some(text) = own.or_else(bundled) else {
            let gone = format!("the definition {name}, by which this store was judged, is gone");
            writeln!(to.beside, "asof: {gone}; --definition FILE names another")?;
            return Ok(None);
        };
        writeln!(
            to.beside,
            "asof: judged by the definition {name}, as is remembered of this store"
        )?;
        let definition = Definition::from_toml(&text);
        let definition = definition.map_err(|error| CliError::Other(format!("{name}: {error}")))?;
        Ok(Some(definition))
    }

    /// Says where a definition names much that the store does not have: it may be one for another store.
    fn doubt(
        &self,
        definition: &Definition,
        opened: &Opened,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let missing = definition.missing(&opened.log);
        let begins = definition.begins_in(&opened.log);
        if begins && missing.is_few() {
            return Ok(());
        }
        let Missing { types, of } = missing;
        let start = definition.start.join(", ");
        let nothing = match begins {
            true => String::new(),
            false => format!(", and nothing begins with {start}"),
        };
        let many = format!("{types} of the {of} types that the definition names");
        writeln!(to.beside, "asof: {many} are not in this store{nothing}")?;
        Ok(())
    }

    fn words(
        &self,
        report: &SagasReport,
        moment: &str,
        opened: &Opened,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let all: u64 = report.statuses.values().sum();
        let count = many(all, "saga", "sagas").unwrap_or_else(|| "no sagas".to_owned());
        let statuses = Status::ALL.iter().filter_map(|status| {
            let count = report.statuses.get(status.name())?;
            let unsure = match (status, report.may_have_ended) {
                (Status::Running, 1..) => format!(" ({} may have ended)", report.may_have_ended),
                _ => String::new(),
            };
            Some(format!("{count} {}{unsure}", status.name()))
        });
        let statuses: Vec<String> = statuses.collect();
        let statuses = match statuses.is_empty() {
            true => String::new(),
            false => format!(": {}", statuses.join(", ")),
        };
        writeln!(to.out, "As of {moment}: {count}{statuses}.")?;
        to.notes(&opened.read_as)?;
        let out = &mut *to.out;
        if let Some(aside) = many(report.aside, "group", "groups") {
            writeln!(
                out,
                "Taken for no sagas: {aside} of events. Of those that begin like them most are a single event, several \
                 written at once, or the same thing again and again."
            )?;
        }
        for notice in &report.notices {
            writeln!(out, "Note: {}.", harmless(notice))?;
        }
        // Who needs a person first, and of equals whoever began last.
        let mut sagas: Vec<&SagaReport> = report.sagas.iter().rev().collect();
        sagas.sort_by_key(|saga| Status::ALL.iter().position(|own| *own == saga.status));
        for saga in sagas.into_iter().take(SHOWN) {
            writeln!(
                out,
                "\n{}",
                harmless(&render::saga_line(saga, self.common.zone))
            )?;
            if self.id.is_some() {
                writeln!(out, "  {}", harmless(&render::saga_why(saga)))?;
                if let Some(before) = render::saga_before(saga) {
                    writeln!(out, "  {}", harmless(&before))?;
                }
            }
            for line in render::saga_reasons(saga, self.common.zone) {
                writeln!(out, "  {}", harmless(&line))?;
            }
            for line in saga.steps.iter().map(|step| render::saga_step(saga, step)) {
                writeln!(out, "  {}", harmless(&line))?;
            }
        }
        if let Some(more) = report.sagas.len().checked_sub(SHOWN + 1) {
            writeln!(out, "\nand {} more; --json has all", more + 1)?;
        }
        // What happened to all says nothing of the few that were asked for.
        let all = self.id.is_none() && self.status.is_none();
        if all && !report.variants.is_empty() {
            writeln!(out, "\nWhat happened, and how often:")?;
            for variant in report.variants.iter().take(SHOWN) {
                let line = format!("{:>8}  {}", variant.count, folded(&variant.steps));
                writeln!(out, "{}", harmless(&line))?;
            }
        }
        self.stored(&report.stored, out)
    }

    /// What the store keeps of sagas beside its events.
    fn stored(&self, stored: &[Stored], out: &mut dyn std::io::Write) -> Result<(), CliError> {
        if self.id.is_some() || stored.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nStates that the store keeps:")?;
        for own in stored.iter().take(SHOWN) {
            let id = own.id.as_deref().unwrap_or("without an id");
            let mut line = format!("{}  {id}", own.table);
            for more in [&own.saga_type, &own.status] {
                line += &more
                    .as_ref()
                    .map_or(String::new(), |more| format!("  {more}"));
            }
            if let Some(saga) = &own.saga {
                line += &format!("  of {saga}");
            }
            writeln!(out, "  {}", harmless(&line))?;
        }
        if let Some(more) = stored.len().checked_sub(SHOWN + 1) {
            writeln!(out, "  and {} more; --json has all", more + 1)?;
        }
        Ok(())
    }
}

/// What happened, with what happened several times in a row once, and not all of what is long.
fn folded(steps: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let runs = steps.chunk_by(|a, b| a == b);
    let mut rest = 0;
    for run in runs {
        if parts.len() == STEPS {
            rest += run.len();
            continue;
        }
        parts.push(match run.len() {
            1 => run[0].clone(),
            times => format!("{} x {times}", run[0]),
        });
    }
    let more = match rest {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("{}{more}", parts.join(", "))
}

fn read(file: &Path) -> Result<Definition, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| CliError::Unreadable {
        file: file.to_owned(),
        error,
    })?;
    Definition::from_toml(&text).map_err(|error| CliError::SagaDefinition {
        file: file.to_owned(),
        error,
    })
}
