//! The same answers as the window's, on a terminal: one file per subcommand. `docs/contract.md` is
//! the stable shape of what is printed. Arguments become an [`Opened`] store and a moment here;
//! the analyses do the rest and `render` writes it down.

mod audit;
mod error;
mod events;
mod info;
mod lag;
mod moment;
mod open;
mod project;
mod sagas;
mod schema;
mod simulate;
mod sql;
mod state;
mod told;
mod trace;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::analysis::nearest::is_near;
use crate::log::Clock;
use crate::model::time::{Zone, ZoneError};
use crate::model::{Task, Timestamp};
use crate::store::Join;
pub use error::CliError;
pub use told::Streams;

/// Open any event store and see it as of any moment.
#[derive(Debug, Parser)]
#[command(
    name = "asof",
    bin_name = "asof",
    version,
    about,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Event stores to open in the window: SQLite or JSON files, or folders of JSON files
    stores: Vec<PathBuf>,
    /// Keep settings in this folder instead of the user's own
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What a store is and what it holds
    Info(info::Info),
    /// Events, filtered, as a table, JSON, JSON lines or CSV
    Events(events::Events),
    /// A stream's state at a moment, and which event set what
    State(state::State),
    /// What a projection makes of the events, at a moment
    Project(project::Project),
    /// The processes of a store, and how each instance of them stands at a moment
    Sagas(sagas::Saga),
    /// How far each consumer is behind, and what waits or failed beside it
    Lag(lag::Lag),
    /// What payloads look like, by version, and who can read what
    Schema(schema::Schema),
    /// What caused what, around an event or a correlation
    Trace(trace::Trace),
    /// What is wrong with a store, and the events that prove it
    Audit(audit::Audit),
    /// A SQL statement over events, streams and the tables beside them
    Sql(sql::Sql),
    /// Write a store of a made-up system, and the truth about it
    Simulate(simulate::Simulate),
}

/// What every subcommand takes.
#[derive(Debug, Args)]
struct Common {
    /// Open this file together with the store, as one (may be given several times)
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// The order of events where several files are open
    #[arg(long, default_value = "time", requires = "with")]
    order: OrderName,
    /// Read the store by this layout (a TOML file) instead of the one that fits best
    #[arg(long, value_name = "FILE")]
    layout: Option<PathBuf>,
    /// The zone in which times are read and shown: UTC, local, Europe/Berlin
    #[arg(long, default_value = "UTC", value_parser = zone)]
    zone: Zone,
    /// Which of an event's times decides; the layout's own choice without it
    #[arg(long)]
    clock: Option<ClockName>,
    /// Use what is remembered of the store in this folder; nothing is remembered without it
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Print JSON for programs
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ClockName {
    /// When the store recorded the event
    Recorded,
    /// When it happened
    Occurred,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderName {
    /// By time, then by file, then by position
    Time,
    /// File after file as they are given, for files without times
    Listed,
}

impl From<OrderName> for Join {
    fn from(name: OrderName) -> Self {
        match name {
            OrderName::Time => Self::Time,
            OrderName::Listed => Self::Listed,
        }
    }
}

impl From<ClockName> for Clock {
    fn from(name: ClockName) -> Self {
        match name {
            ClockName::Recorded => Self::Recorded,
            ClockName::Occurred => Self::Occurred,
        }
    }
}

/// The format asked for by `--format` or `--json`, of those that a subcommand has; a table where none
/// was.
fn one_format<F: ValueEnum + PartialEq>(
    format: Option<F>,
    common: &Common,
    (table, json): (F, F),
) -> Result<F, CliError> {
    match format {
        None if common.json => Ok(json),
        None => Ok(table),
        Some(format) if common.json && format != json => {
            let name = format.to_possible_value();
            let name = name.as_ref().map_or("", PossibleValue::get_name);
            Err(CliError::Other(format!(
                "--json and --format {name} ask for two formats: leave one of them out"
            )))
        }
        Some(format) => Ok(format),
    }
}

/// How many of something are printed at most; 0 for all.
fn limit(text: &str, of: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| format!("it counts {of}: try 100, or 0 for all of them"))
}

fn zone(text: &str) -> Result<Zone, ZoneError> {
    text.parse()
}

/// What the arguments ask for.
#[derive(Debug)]
pub enum Request {
    /// The window, with these stores.
    Window {
        /// Files and folders.
        stores: Vec<PathBuf>,
        /// Where to keep settings.
        workspace: Option<PathBuf>,
    },
    /// An answer on the terminal.
    Answer(Answer),
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was answered.
    Answered,
    /// It was answered, and what was found is as bad as `--fail-on` says or worse.
    Found,
}

/// A subcommand with its arguments.
#[derive(Debug)]
pub struct Answer(Box<Command>);

/// Reads the arguments, the program's name first.
///
/// # Errors
/// clap's message, which may be the help that was asked for.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Request, clap::Error> {
    let arguments = Arguments::try_parse_from(arguments)?;
    if let Some(command) = arguments.command {
        return Ok(Request::Answer(Answer(Box::new(command))));
    }
    if let Some(word) = arguments.stores.first().and_then(|store| no_store(store)) {
        let known = Arguments::command();
        let sentence = no_subcommand(word, &known);
        return Err(known.clone().error(ErrorKind::InvalidSubcommand, sentence));
    }
    Ok(Request::Window {
        stores: arguments.stores,
        workspace: arguments.workspace,
    })
}

/// A word that stands where a store would, but is the name of no file and looks like none.
fn no_store(store: &Path) -> Option<&str> {
    let word = store.to_str()?;
    let wordy = |c: char| c.is_alphabetic() || c == '-' || c == '_';
    (!word.is_empty() && word.chars().all(wordy) && !store.exists()).then_some(word)
}

fn no_subcommand(word: &str, known: &clap::Command) -> String {
    let names: Vec<&str> = known
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let near = names.iter().find(|name| is_near(word, name));
    let near = near.map_or(String::new(), |near| format!(", did you mean {near}?"));
    let names = names.join(", ");
    format!("there is no subcommand and no file called {word}{near}; the subcommands are {names}")
}

impl Answer {
    /// What is to be called off where the user interrupts it, since something half done has to be
    /// cleared away; none where the program can just end.
    #[must_use]
    pub fn to_call_off(&self) -> Option<Task> {
        match &*self.0 {
            Command::Simulate(simulate) => Some(simulate.task().clone()),
            _ => None,
        }
    }

    /// Prints the answer. `now` is the computer's clock, for `yesterday` and the like.
    ///
    /// # Errors
    /// One sentence for the user.
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<Verdict, CliError> {
        let printed = match &*self.0 {
            Command::Audit(audit) => return audit.print(now, to),
            Command::Info(info) => info.print(now, to),
            Command::Events(events) => events.print(now, to),
            Command::State(state) => state.print(now, to),
            Command::Project(project) => project.print(now, to),
            Command::Sagas(sagas) => sagas.print(now, to),
            Command::Lag(lag) => lag.print(now, to),
            Command::Schema(schema) => schema.print(now, to),
            Command::Trace(trace) => trace.print(now, to),
            Command::Sql(sql) => sql.print(now, to),
            Command::Simulate(simulate) => simulate.print(to),
        };
        printed.map(|()| Verdict::Answered)
    }
}

/// Where there is no window, what there is instead.
#[must_use]
pub fn without_window() -> String {
    let known = Arguments::command();
    let names = known.get_subcommands();
    let names: Vec<String> = names
        .map(|one| format!("asof {}", one.get_name()))
        .collect();
    let names = match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    };
    format!("there is no window system here; ask on the terminal with {names}")
}

/// clap's many lines as the one that the contract promises.
#[must_use]
pub fn sentence(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let words = words.join(" ");
    words.strip_prefix("error: ").unwrap_or(&words).to_owned()
}
