//! `asof events`: the events that match, in full.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::moment::Reading;
use super::open::{CliError, Opened};
use super::{Common, print_notes};
use crate::analysis::events::{
    self, Case, CorrelationFilter, EventFilter, Search, TextFilter, TypeFilter,
};
use crate::analysis::streams;
use crate::analysis::words::{grouped, many};
use crate::log::Names;
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
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    limit: Option<usize>,
    /// How to print them
    #[arg(long, default_value = "table", conflicts_with = "json")]
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
        let mut opened = Opened::new(&self.store, &self.common)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: None,
        };
        let cut = opened.cut(self.at.as_deref(), reading)?;
        let filter = self.filter(&mut opened, reading)?;
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
            Format::Table => self.table(&opened, search, out)?,
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

    fn table(
        &self,
        opened: &Opened,
        search: Search<'_>,
        out: &mut dyn Write,
    ) -> Result<(), CliError> {
        let report = events::report(search, self.limit_or(Some(TABLE_ROWS)), &Task::new())?;
        let (zone, cut) = (self.common.zone, search.cut);
        if report.total > 0 {
            let mut grid = render::events(&report.events).brief(cut.clock());
            if !search.log.has_clock(cut.clock()) {
                grid = grid.with_fields(&["position", "stream", "version", "type", "data"]);
            }
            out.write_all(render::table(&grid, zone, Width::AtMost(80)).as_bytes())?;
        }
        let total = many(report.total, "event", "events").unwrap_or_else(|| "No events".to_owned());
        let mut foot = match report.truncated {
            true => format!("{} of {total}", grouped(report.events.len() as u64)),
            false => total,
        };
        // The reading of every moment that was typed.
        let typed = [
            (" from ", &self.from, search.filter.from),
            (" to ", &self.to, search.filter.to),
            (" as of ", &self.at, cut.bound()),
        ];
        for (word, text, bound) in typed {
            if text.is_some() {
                foot.push_str(word);
                foot.push_str(&opened.words(bound, zone));
            }
        }
        if report.total > 0 && search.log.has_clock(cut.clock()) {
            foot.push_str(&format!("; times in {zone}"));
        }
        if report.truncated {
            foot.push_str("; --limit 0 shows all");
        }
        writeln!(out, "{foot}")?;
        if let Some(unread) = many(report.unread, "event", "events") {
            writeln!(
                out,
                "Note: {unread} could not be searched, since they cannot be read"
            )?;
        }
        Ok(print_notes(&opened.notes, out)?)
    }

    fn filter(&self, opened: &mut Opened, reading: Reading) -> Result<EventFilter, CliError> {
        let mut filter = EventFilter::default();
        if let Some(from) = &self.from {
            filter.from = opened.bound(from, Edge::Start, reading)?;
        }
        if let Some(to) = &self.to {
            filter.to = opened.bound(to, Edge::End, reading)?;
        }
        let log = &opened.log;
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
