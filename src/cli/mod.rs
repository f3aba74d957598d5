//! The same answers as the window's, on a terminal: one file per subcommand. `docs/contract.md` is
//! the stable shape of what is printed. Arguments become an [`Opened`] store and a moment here;
//! the analyses do the rest and `render` writes it down.

mod events;
mod info;
mod moment;
mod open;
mod state;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::log::Clock;
use crate::model::Timestamp;
use crate::model::time::{Zone, ZoneError};
use crate::store::Join;
pub use open::CliError;

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

fn zone(text: &str) -> Result<Zone, ZoneError> {
    text.parse()
}

/// What the arguments ask for.
#[derive(Debug)]
pub enum Asked {
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

/// A subcommand with its arguments.
#[derive(Debug)]
pub struct Answer(Box<Command>);

/// Reads the arguments, the program's name first.
///
/// # Errors
/// clap's message, which may be the help that was asked for.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, clap::Error> {
    let arguments = Arguments::try_parse_from(arguments)?;
    Ok(match arguments.command {
        Some(command) => Asked::Answer(Answer(Box::new(command))),
        None => Asked::Window {
            stores: arguments.stores,
            workspace: arguments.workspace,
        },
    })
}

impl Answer {
    /// Prints the answer to `out`. `now` is the computer's clock, for `yesterday` and the like.
    ///
    /// # Errors
    /// One sentence for the user.
    pub fn print(&self, now: Timestamp, out: &mut dyn Write) -> Result<(), CliError> {
        match &*self.0 {
            Command::Info(info) => info.print(now, out),
            Command::Events(events) => events.print(now, out),
            Command::State(state) => state.print(now, out),
        }
    }
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

/// Tells people what the zone made of the times that they typed.
fn print_notes(notes: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    notes
        .iter()
        .try_for_each(|note| writeln!(out, "Note: {note}"))
}
