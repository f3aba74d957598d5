//! `asof simulate`: a store to look at, to test with or to measure by, and the truth about it.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::builder::PossibleValue;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use serde_json::json;

use super::Streams;
use super::error::CliError;
use crate::analysis::words::many;
use crate::model::{Progress, Task};
use crate::render::grouped;
use crate::simulate::{
    Dose, Fault, Faults, Format, Given, Missed, Scenario, Seed, Simulation, Table, Tables, Target,
    Totals,
};

#[derive(Debug, Args)]
#[command(after_help = scenarios())]
pub(super) struct Simulate {
    /// What kind of system; they are listed below
    #[arg(value_parser = scenario, value_name = "SCENARIO")]
    scenario: Scenario,
    /// Write the store to this file; its ending decides the format: .db (as without one), .jsonl or .json
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The most events; the store has at least 95 % of them
    #[arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = events)]
    events: u64,
    /// The same seed writes the same store
    #[arg(long, value_name = "S", default_value = "1", allow_negative_numbers = true, value_parser = seed)]
    seed: u64,
    /// Write the log and no other table
    #[arg(long, value_name = "TABLE", conflicts_with = "without")]
    only: Option<OnlyName>,
    /// Leave these tables out, as many stores lack them
    #[arg(long, value_name = "TABLE", value_delimiter = ',')]
    without: Vec<TableName>,
    /// The format, whatever the file is called
    #[arg(long)]
    format: Option<FormatName>,
    /// Write the truth about the store to this file
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Write the definition of the scenario's business process to this file
    #[arg(long, value_name = "FILE")]
    saga: Option<PathBuf>,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    faults: FaultArgs,
    /// The work, for whoever wants to call it off.
    #[arg(skip)]
    task: Task,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnlyName {
    /// The log
    Events,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// A SQLite file with all tables
    Sqlite,
    /// The log, a JSON object a line
    Jsonl,
    /// The log as CloudEvents, one a line
    Cloudevents,
    /// The log as one JSON object, for each stream an array
    Json,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Sqlite => Self::Sqlite,
            FormatName::Jsonl => Self::JsonLines,
            FormatName::Cloudevents => Self::CloudEvents,
            FormatName::Json => Self::Streams,
        }
    }
}

/// A table that can be left out.
#[derive(Clone, Copy, Debug)]
struct TableName(Table);

impl ValueEnum for TableName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [TableName; Table::ALL.len() - 1] = {
            let mut all = [TableName(Table::Snapshots); Table::ALL.len() - 1];
            let mut nth = 0;
            while nth < all.len() {
                all[nth] = TableName(Table::ALL[nth + 1]);
                nth += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

/// One option for each fault that there is.
#[derive(Debug, Default)]
struct FaultArgs(Faults);

impl Args for FaultArgs {
    fn augment_args(command: Command) -> Command {
        Fault::ALL.iter().fold(command, |command, fault| {
            let value = match fault.given() {
                Given::Count => "N",
                Given::RateOrCount => "N|RATE%",
            };
            let argument = Arg::new(fault.name())
                .long(fault.name())
                .value_name(value)
                .value_parser(str::parse::<Dose>)
                .help(fault.about())
                .help_heading("Faults, each with a count or a rate");
            command.arg(argument)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FaultArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut faults = Self::default();
        faults.update_from_arg_matches(matches)?;
        Ok(faults)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for fault in Fault::ALL {
            if let Some(dose) = matches.get_one::<Dose>(fault.name()) {
                self.0 = std::mem::take(&mut self.0).with(*fault, *dose);
            }
        }
        Ok(())
    }
}

fn events(text: &str) -> Result<u64, &'static str> {
    whole(text).ok_or("it counts events: try 10000, or 10k")
}

fn seed(text: &str) -> Result<u64, &'static str> {
    whole(text).ok_or("it is a whole number from 0 on: try 7")
}

/// A whole number as people write it: `10000`, `10,000`, `10_000`, `10k`, `2M`.
fn whole(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['k', 'K', 'm', 'M']);
    let times = match text.get(digits.len()..)? {
        "" => 1,
        "k" | "K" => 1_000,
        "m" | "M" => 1_000_000,
        _ => return None,
    };
    let digits = digits.replace([',', '_'], "");
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| plain)?;
    number.checked_mul(times)
}

fn scenario(name: &str) -> Result<Scenario, String> {
    Scenario::named(name).ok_or_else(|| {
        let names: Vec<&str> = Scenario::ALL
            .iter()
            .map(|scenario| scenario.name())
            .collect();
        format!("there are {}", names.join(", "))
    })
}

/// The scenarios, each with its faults, for the help.
fn scenarios() -> String {
    let mut text = "Scenarios:".to_owned();
    for scenario in Scenario::ALL {
        let alias = scenario.alias().map(|alias| format!(" (or {alias})"));
        let _ = write!(
            text,
            "\n  {scenario}{}\n      {}\n      Faults: all",
            alias.unwrap_or_default(),
            scenario.about()
        );
        let has = scenario.faults();
        let lacks = Fault::ALL.iter().filter(|fault| !has.contains(fault));
        let lacks: Vec<&str> = lacks.map(|fault| fault.name()).collect();
        if !lacks.is_empty() {
            let _ = write!(text, " but {}", lacks.join(", "));
        }
    }
    text
}

impl Simulate {
    /// The work, to be called off from elsewhere.
    pub const fn task(&self) -> &Task {
        &self.task
    }

    pub fn print(&self, to: &mut Streams<'_>) -> Result<(), CliError> {
        if self.out.as_os_str() == "-" {
            let sentence =
                "a store is written to a file: name one that ends in .db, .jsonl or .json";
            return Err(CliError::Other(sentence.to_owned()));
        }
        if self.format.is_none() && Format::told_by(&self.out).is_none() {
            return Err(CliError::Other(format!(
                "this ending names no format: take .db, .jsonl or .json, or add --format: {}",
                self.out.display()
            )));
        }
        let target = Target {
            store: &self.out,
            truth: self.truth.as_deref(),
            saga: self.saga.as_deref(),
        };
        let simulation = self.simulation();
        let totals = with_progress(&self.task, || simulation.write(target, &self.task))?;
        for Missed {
            fault,
            asked,
            injected,
        } in simulation.missed(&totals)
        {
            writeln!(
                to.beside,
                "asof: {fault}: {} asked for, and occasions for no more than {}",
                grouped(asked.into()),
                grouped(injected)
            )?;
        }
        if self.json {
            let report = json!({
                "scenario": self.scenario.name(),
                "seed": self.seed,
                "store": self.out,
                "events": totals.events,
                "streams": totals.streams,
                "injected": totals.injected,
                "truth": self.truth,
                "saga_definition": self.saga,
            });
            return to.json(&report, &[]);
        }
        self.words(&totals, &mut *to.out)
    }

    fn simulation(&self) -> Simulation {
        let seed = Seed(self.seed);
        let mut simulation = Simulation::new(self.scenario, self.events, seed, &self.out);
        simulation.faults = self.faults.0.clone();
        simulation.tables = match self.only {
            Some(OnlyName::Events) => Tables::only_events(),
            None => {
                let without = self.without.iter();
                without.fold(Tables::all(), |tables, table| tables.without(table.0))
            }
        };
        if let Some(format) = self.format {
            simulation.format = format.into();
        }
        simulation
    }

    fn words(&self, totals: &Totals, out: &mut dyn Write) -> Result<(), CliError> {
        let count = |number, one, several| {
            many(number, one, several).unwrap_or_else(|| format!("no {one}"))
        };
        // A system can be too small for so much to happen in it.
        let of = match totals.events < self.events / 10 * 9 {
            true => format!(" (of {} asked for)", grouped(self.events)),
            false => String::new(),
        };
        writeln!(
            out,
            "{}{of} in {}: {}",
            count(totals.events, "event", "events"),
            count(totals.streams, "stream", "streams"),
            self.out.display()
        )?;
        let injected = totals.injected.iter().filter(|(_, count)| **count > 0);
        let injected: Vec<String> = injected
            .map(|(fault, count)| format!("{} {fault}", grouped(*count)))
            .collect();
        if !injected.is_empty() {
            writeln!(out, "Faults: {}", injected.join(", "))?;
        }
        if let Some(truth) = &self.truth {
            writeln!(out, "The truth about them: {}", truth.display())?;
        }
        if let Some(saga) = &self.saga {
            writeln!(out, "The business process: {}", saga.display())?;
        }
        Ok(())
    }
}

/// How often the bar is drawn.
const BEAT: Duration = Duration::from_millis(100);
const BAR: u64 = 30;

/// Does the work, and draws its progress where somebody is looking.
fn with_progress<T>(task: &Task, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let name = "asof-progress".to_owned();
        let (done, begun) = (&done, Instant::now());
        // Without a thread for it there is no bar, and all the rest.
        let drawing = std::thread::Builder::new()
            .name(name)
            .spawn_scoped(scope, move || {
                while !done.load(Ordering::Relaxed) {
                    draw(task, begun.elapsed());
                    std::thread::park_timeout(BEAT);
                }
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            });
        let result = work();
        done.store(true, Ordering::Relaxed);
        if let Ok(drawing) = drawing {
            drawing.thread().unpark();
        }
        result
    })
}

fn draw(task: &Task, elapsed: Duration) {
    // A line that is too long for the terminal is cut off there, since a second one would stay.
    let line = told(task.progress(), elapsed);
    let _ = write!(std::io::stderr(), "\r\x1b[K\x1b[?7l{line}\x1b[?7h");
}

/// How far it is, in one line.
fn told(Progress { done, total }: Progress, elapsed: Duration) -> String {
    if total == 0 {
        return "Rehearsing the story, for its size".to_owned();
    }
    let full = (done * BAR / total).min(BAR) as usize;
    let bar = "█".repeat(full) + &"░".repeat(BAR as usize - full);
    if done == total {
        return format!("{bar} {} events, finishing", grouped(done));
    }
    let rate = u128::from(done) * 1000 / elapsed.as_millis().max(1);
    format!(
        "{bar} {} of {} events, {} events/s",
        grouped(done),
        grouped(total),
        grouped(rate as u64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_fits_into_a_line_of_a_terminal() {
        let at = |done, total| told(Progress { done, total }, Duration::from_secs(30));
        assert_eq!(at(0, 0), "Rehearsing the story, for its size");
        let middle = at(9_123_456, 10_000_000);
        assert!(middle.ends_with("░░░ 9,123,456 of 10,000,000 events, 304,115 events/s"));
        assert!(middle.chars().count() < 80, "{middle}");
        let end = at(9_800_000, 9_800_000);
        assert!(end.ends_with("███ 9,800,000 events, finishing"));
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = ["10000", "10,000", "10_000", "10k", "2M", "0"].map(whole);
        let numbers = [10_000, 10_000, 10_000, 10_000, 2_000_000, 0];
        assert_eq!(read, numbers.map(Some));
        for odd in [
            "",
            "k",
            "-5",
            "+5",
            "1.5k",
            "10kk",
            "99999999999999999999",
            "9999999999999999999k",
        ] {
            assert_eq!(whole(odd), None, "{odd}");
        }
    }
}
