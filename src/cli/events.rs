//! `asof events`: the events that match, in full.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions};
use super::open::Opened;
use super::{Common, Streams, limit, one_format};
use crate::analysis::events::{
    self, Case, CorrelationFilter, EventFilter, EventRow, Search, TextFilter, TypeFilter,
};
use crate::analysis::streams;
use crate::analysis::words::{grouped, many};
use crate::log::{Bound, Names};
use crate::model::time::Edge;
use crate::model::{CategoryIx, StreamIx, Task, Timestamp, TypeIx};
use crate::render::{self, Width, harmless};

/// Rows of a table for people where no limit was given.
const TABLE_ROWS: usize = 100;

/// Events in full that are held in memory at a time.
const BATCH: usize = 1 << 10;

#[derive(Debug, Args)]
pub(super) struct Events {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// Of this stream: its name, a UUID in any spelling, or a part that only it has (may be given
    /// several times)
    #[arg(long = "stream", value_name = "STREAM")]
    streams: Vec<String>,
    /// Of streams of this category (may be given several times)
    #[arg(long = "category", value_name = "CATEGORY")]
    categories: Vec<String>,
    /// Of this event type (may be given several times)
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Not of this event type (may be given several times)
    #[arg(long = "without-type", value_name = "TYPE", conflicts_with = "types")]
    without_types: Vec<String>,
    /// From this moment on; a bare date is its start, v7 a version where one --stream is given
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to and with this moment; a bare date is its end
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    to: Option<String>,
    /// Only what was known at this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// With this correlation id; `any` for events that have one, `none` for those that have none
    #[arg(long, value_name = "ID")]
    correlation: Option<String>,
    /// With this text in payload or metadata
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    /// At most so many; 0 for all. Tables show 100 without it, everything else all
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = limit_of_events)]
    limit: Option<usize>,
    /// How to print them; as a table without it, or as --json says
    #[arg(long)]
    format: Option<Format>,
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
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let format = one_format(self.format, &self.common, (Format::Table, Format::Json))?;
        let mut opened = Opened::new(&self.store, &self.common)?;
        let streams = self.streams.iter();
        let streams = streams.map(|stream| streams::resolve(&opened.log, stream));
        let streams: Vec<StreamIx> = streams.collect::<Result<_, _>>()?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: match streams[..] {
                [] => Versions::NoStream,
                [only] => Versions::Of(only),
                _ => Versions::Several,
            },
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let filter = self.filter(&mut opened, streams, reading)?;
        let search = Search {
            log: &opened.log,
            cut: &cut,
            filter: &filter,
            payloads: &*opened.payloads,
        };
        if format != Format::Table {
            to.losses(&opened.log, &cut)?;
        }
        match format {
            Format::Json => {
                let task = Task::new();
                let report = events::streamed(search, self.limit_or(None), &task)?;
                to.json(&report, &opened.read_as)
            }
            Format::Jsonl => {
                to.readings(&opened.read_as)?;
                self.batches(search, &mut |rows| {
                    let mut rows = rows.iter();
                    rows.try_for_each(|row| render::json_line(row, &mut *to.out))
                })
            }
            Format::Csv => {
                to.readings(&opened.read_as)?;
                render::csv(&render::events([]), &mut *to.out)?;
                self.batches(search, &mut |rows| {
                    render::csv_rows(&render::events(rows), &mut *to.out)
                })
            }
            Format::Table => self.table(&opened, search, to),
        }
    }

    fn limit_or(&self, default: Option<usize>) -> Option<usize> {
        match self.limit {
            None => default,
            Some(0) => None,
            Some(limit) => Some(limit),
        }
    }

    /// Prints the matching events a batch at a time, so that there may be more than fit into memory.
    fn batches(
        &self,
        search: Search<'_>,
        print: &mut dyn FnMut(&[EventRow]) -> io::Result<()>,
    ) -> Result<(), CliError> {
        let task = Task::new();
        let matches = search.run(&task, &mut |_| {})?;
        let shown = self
            .limit_or(None)
            .map_or(matches.len(), |limit| limit.min(matches.len()));
        for batch in matches.events[..shown].chunks(BATCH) {
            print(&events::rows(search.log, search.payloads, batch, &task)?)?;
        }
        Ok(())
    }

    fn table(
        &self,
        opened: &Opened,
        search: Search<'_>,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let report = events::report(search, self.limit_or(Some(TABLE_ROWS)), &Task::new())?;
        let (zone, cut) = (self.common.zone, search.cut);
        if report.total > 0 {
            let mut grid = render::events(&report.events).brief(cut.clock());
            if !search.log.has_clock(cut.clock()) {
                grid = grid.with_fields(&["position", "stream", "version", "type", "data"]);
            }
            to.out
                .write_all(render::table(&grid, zone, Width::AtMost(80)).as_bytes())?;
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
                // `before the first event` is a moment in words of its own.
                foot.push_str(if bound == Bound::Start { " " } else { word });
                foot.push_str(&opened.words(bound, zone));
            }
        }
        if report.total > 0 && search.log.has_clock(cut.clock()) {
            foot.push_str(&format!("; times in {zone}"));
        }
        if report.truncated {
            foot.push_str("; --limit 0 shows all");
        }
        writeln!(to.out, "{foot}")?;
        if search.filter.is_reversed() {
            writeln!(to.out, "Note: --to lies before --from")?;
        }
        for notice in &report.notices {
            writeln!(to.out, "Note: {}", harmless(notice))?;
        }
        if let Some(unread) = many(report.unread, "event", "events") {
            writeln!(
                to.out,
                "Note: {unread} could not be searched, since they cannot be read"
            )?;
        }
        Ok(to.notes(&opened.read_as)?)
    }

    fn filter(
        &self,
        opened: &mut Opened,
        streams: Vec<StreamIx>,
        reading: Reading,
    ) -> Result<EventFilter, CliError> {
        let mut filter = EventFilter {
            streams,
            ..EventFilter::default()
        };
        if let Some(from) = &self.from {
            let from = TypedBound {
                edge: Edge::Start,
                ..TypedBound::until("from", from)
            };
            filter.from = opened.bound(from, reading)?;
        }
        if let Some(to) = &self.to {
            filter.to = opened.bound(TypedBound::until("to", to), reading)?;
        }
        let log = &opened.log;
        for category in &self.categories {
            filter
                .categories
                .push(CategoryIx(named(log.categories(), category, "category")?));
        }
        let types = |names: &[String]| -> Result<Vec<TypeIx>, CliError> {
            let names = names.iter();
            let found = names.map(|name| named(log.types(), name, "event type").map(TypeIx));
            found.collect()
        };
        if !self.types.is_empty() {
            filter.types = TypeFilter::Only(types(&self.types)?);
        } else if !self.without_types.is_empty() {
            filter.types = TypeFilter::Without(types(&self.without_types)?);
        }
        filter.correlation = match self.correlation.as_deref() {
            None => CorrelationFilter::Any,
            Some("any") => CorrelationFilter::IsSet,
            Some("none") => CorrelationFilter::NotSet,
            Some(id) => CorrelationFilter::Is(id.to_owned()),
        };
        if let Some(text) = &self.contains {
            filter.text = Some(TextFilter {
                text: text.clone(),
                case: Case::Ignored,
            });
        }
        Ok(filter)
    }
}

fn limit_of_events(text: &str) -> Result<usize, String> {
    limit(text, "events")
}

/// The number of a name, by letter or by capitals.
pub(super) fn named(names: &Names, text: &str, what: &str) -> Result<u32, CliError> {
    let lower = text.to_lowercase();
    let loosely = || {
        let same = |name: &str| name.to_lowercase() == lower;
        names.iter().position(same).map(|at| at as u32)
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
