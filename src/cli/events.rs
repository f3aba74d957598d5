//! `asof events`: the events that match, in full.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::open::{CliError, Opened};
use super::{Common, grid_foot};
use crate::analysis::events::{
    self, Case, CorrelationFilter, EventFilter, Search, TextFilter, TypeFilter,
};
use crate::analysis::streams;
use crate::log::{Cut, Names};
use crate::model::time::Edge;
use crate::model::{CategoryIx, Task, Timestamp, TypeIx};
use crate::render::{self, Width};

/// Rows of a table for people where no limit was given.
const TABLE_ROWS: usize = 100;

#[derive(Debug, Args)]
pub(super) struct Events {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// Of this stream: its name, a UUID in any spelling, or a part that only it has
    #[arg(long)]
    stream: Option<String>,
    /// Of streams of this category
    #[arg(long)]
    category: Option<String>,
    /// Of this event type (may be given several times)
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// From this moment on; a bare date is its start
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to and with this moment; a bare date is its end
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    to: Option<String>,
    /// Only what was known at this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// With this correlation id
    #[arg(long, value_name = "ID")]
    correlation: Option<String>,
    /// With this text in payload or metadata
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    /// At most so many; 0 for all. Tables show 100 without it, everything else all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// How to print them
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// One report with all events
    Json,
    /// One event a line
    Jsonl,
    /// One event a row
    Csv,
}

impl Events {
    pub fn print(&self, now: Timestamp, out: &mut dyn Write) -> Result<(), CliError> {
        let opened = Opened::new(&self.store, &self.common)?;
        let cut = opened.cut(self.at.as_deref(), Edge::End, None, now, &self.common)?;
        let filter = self.filter(&opened, now)?;
        let search = Search {
            log: &opened.log,
            cut: &cut,
            filter: &filter,
            payloads: &*opened.payloads,
        };
        let format = if self.common.json {
            Format::Json
        } else {
            self.format
        };
        match format {
            Format::Json => render::json(
                &events::report(search, self.limit_or(None), &Task::new())?,
                out,
            )?,
            Format::Jsonl => self.each(search, &mut |row| render::json_line(row, &mut *out))?,
            Format::Csv => {
                let report = events::report(search, self.limit_or(None), &Task::new())?;
                render::csv(&render::events(&report.events), out)?;
            }
            Format::Table => self.table(search, &cut, out)?,
        }
        Ok(())
    }

    fn limit_or(&self, default: Option<usize>) -> Option<usize> {
        match self.limit {
            None => default,
            Some(0) => None,
            Some(limit) => Some(limit),
        }
    }

    fn each(
        &self,
        search: Search<'_>,
        print: &mut dyn FnMut(&events::EventRow) -> std::io::Result<()>,
    ) -> Result<(), CliError> {
        let matches = search.run(&Task::new(), &mut |_| {})?;
        let shown = self
            .limit_or(None)
            .map_or(matches.len(), |limit| limit.min(matches.len()));
        let mut printed = Ok(());
        events::each_row(
            search.log,
            search.payloads,
            &matches.events[..shown],
            &Task::new(),
            &mut |row| {
                if printed.is_ok() {
                    printed = print(&row);
                }
            },
        )?;
        Ok(printed?)
    }

    fn table(&self, search: Search<'_>, cut: &Cut, out: &mut dyn Write) -> Result<(), CliError> {
        let report = events::report(search, self.limit_or(Some(TABLE_ROWS)), &Task::new())?;
        let grid = render::events(&report.events).brief(cut.clock());
        out.write_all(render::table(&grid, self.common.zone, Width::AtMost(80)).as_bytes())?;
        grid_foot(out, &grid, report.total)?;
        Ok(())
    }

    fn filter(&self, opened: &Opened, now: Timestamp) -> Result<EventFilter, CliError> {
        let log = &opened.log;
        let mut filter = EventFilter::default();
        if let Some(stream) = &self.stream {
            filter.streams.push(streams::resolve(log, stream)?);
        }
        if let Some(category) = &self.category {
            filter
                .categories
                .push(CategoryIx(named(log.categories(), category, "category")?));
        }
        if !self.types.is_empty() {
            let found = self
                .types
                .iter()
                .map(|name| named(log.types(), name, "event type").map(TypeIx));
            filter.types = TypeFilter::Only(found.collect::<Result<_, _>>()?);
        }
        if let Some(from) = &self.from {
            filter.from = opened.bound(from, Edge::Start, None, now, &self.common)?;
        }
        if let Some(to) = &self.to {
            filter.to = opened.bound(to, Edge::End, None, now, &self.common)?;
        }
        if let Some(id) = &self.correlation {
            filter.correlation = CorrelationFilter::Is(id.clone());
        }
        if let Some(text) = &self.contains {
            filter.text = Some(TextFilter {
                text: text.clone(),
                case: Case::Ignored,
            });
        }
        Ok(filter)
    }
}

/// The number of a name, by letter or by capitals.
fn named(names: &Names, text: &str, what: &str) -> Result<u32, CliError> {
    let loosely = || {
        names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
            .map(|at| at as u32)
    };
    names.find(text).or_else(loosely).ok_or_else(|| {
        let known: Vec<&str> = names.iter().take(8).collect();
        let more = if names.len() > known.len() {
            ", …"
        } else {
            ""
        };
        CliError::Other(format!(
            "there is no {what} \"{text}\"; there are {}{more}",
            known.join(", ")
        ))
    })
}
