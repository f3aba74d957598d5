//! `asof sql`: what a statement answers over the store as of a moment.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions};
use super::open::Opened;
use super::{Common, Streams, limit, one_format};
use crate::analysis::words::many;
use crate::log::Cut;
use crate::model::{Task, Timestamp};
use crate::render::{self, Width};
use crate::sql::{self, Answer, Most, Scene};

/// Rows of a table for people where no limit was given.
const TABLE_ROWS: usize = 100;

/// Bytes of an answer; more does no terminal good.
const BYTES: usize = 1 << 30;

#[derive(Debug, Args)]
pub(super) struct Sql {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// One statement that reads, in SQLite's SQL. Tables: events, streams, checkpoints, outbox,
    /// dead_letters, snapshots, processed
    statement: String,
    /// Only what was known at this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// At most so many rows; 0 for all. Tables show 100 without it, everything else all
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = limit_of_rows)]
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
    /// One report with all rows
    Json,
    /// A header and a line a row
    Csv,
}

impl Sql {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let format = one_format(self.format, &self.common, (Format::Table, Format::Json))?;
        let mut opened = Opened::new(&self.store, &self.common)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let rows = match (self.limit, format) {
            (None, Format::Table) => TABLE_ROWS,
            (None | Some(0), _) => usize::MAX,
            (Some(limit), _) => limit,
        };
        let scene = Scene {
            log: opened.log.clone(),
            cut,
            payloads: opened.payloads.clone(),
            rows: opened.rows.clone(),
        };
        let most = Most { rows, bytes: BYTES };
        let answer = sql::ask(&scene, &self.statement, most, &Task::new())?;
        match format {
            Format::Json => to.json(&answer, &opened.read_as),
            Format::Csv => {
                to.readings(&opened.read_as)?;
                if answer.truncated {
                    let rows = told(&answer);
                    writeln!(to.beside, "asof: the first {rows}; there are more")?;
                }
                Ok(render::csv(&render::answer(&answer), &mut *to.out)?)
            }
            Format::Table => self.table(&opened, &answer, &cut, to),
        }
    }

    fn table(
        &self,
        opened: &Opened,
        answer: &Answer,
        cut: &Cut,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let zone = self.common.zone;
        if !answer.rows.is_empty() {
            let table = render::table(&render::answer(answer), zone, Width::AtMost(80));
            to.out.write_all(table.as_bytes())?;
        }
        let mut foot = told(answer);
        if answer.truncated {
            foot = format!("The first {foot}");
        }
        if self.at.is_some() {
            foot.push_str(&format!(" as of {}", opened.words(cut.bound(), zone)));
        }
        if answer.truncated {
            foot.push_str("; --limit 0 shows all");
        }
        writeln!(to.out, "{foot}")?;
        Ok(to.notes(&opened.read_as)?)
    }
}

/// How many rows there are.
fn told(answer: &Answer) -> String {
    let rows = answer.rows.len() as u64;
    many(rows, "row", "rows").unwrap_or_else(|| "No rows".to_owned())
}

fn limit_of_rows(text: &str) -> Result<usize, String> {
    limit(text, "rows")
}
