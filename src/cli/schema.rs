//! `asof schema`: what payloads look like, by version, and who can read what.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::moment::{self, Reading, TypedBound, Versions};
use super::open::Opened;
use super::{Common, Streams, one_format};
use crate::analysis::bodies::Bodies;
use crate::analysis::schema::{self, Registered};
use crate::model::{Task, Timestamp, TypeIx};
use crate::render;

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// Of this event type only
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// How to print it; as text without it, or as --json says
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people at a terminal
    Text,
    /// One report with all types
    Json,
    /// The last version of each type as JSON Schema
    JsonSchema,
}

impl Schema {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let format = one_format(self.format, &self.common, (Format::Text, Format::Json))?;
        let mut opened = Opened::new(&self.store, &self.common)?;
        let zone = self.common.zone;
        let reading = Reading {
            now,
            zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let only = match &self.event_type {
            None => None,
            Some(name) => Some(TypeIx(super::events::named(
                opened.log.types(),
                name,
                "event type",
            )?)),
        };
        let task = Task::new();
        let log = &opened.log;
        let bodies = Bodies::gather(log, &cut, &*opened.unmasked, &opened.rules, &task)?;
        let registered = Registered::known(log, &cut, &*opened.rows, &task)?;
        let report = schema::schemas(
            (log, &cut),
            (&bodies, &*opened.payloads),
            &registered,
            only,
            &task,
        )?;
        match format {
            Format::Json => to.json(&report, &opened.read_as),
            Format::JsonSchema => {
                to.readings(&opened.read_as)?;
                let all: serde_json::Map<String, serde_json::Value> = report
                    .types
                    .iter()
                    .filter_map(|kind| {
                        let last = kind.versions.last()?;
                        Some((kind.name.clone(), schema::json_schema(&kind.name, last)))
                    })
                    .collect();
                Ok(render::json(&all, &mut *to.out)?)
            }
            Format::Text => {
                to.notes(&opened.read_as)?;
                let moment = match self.at {
                    Some(_) => moment::words(&report.as_of, zone),
                    None => "the head".to_owned(),
                };
                let text = render::schema(&report, &moment, zone);
                Ok(to.out.write_all(text.as_bytes())?)
            }
        }
    }
}
