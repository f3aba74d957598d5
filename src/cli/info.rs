//! `asof info`: what a store is and what it holds.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions};
use super::open::Opened;
use super::{Common, Streams};
use crate::analysis::overview;
use crate::model::{Task, Timestamp};
use crate::render;

#[derive(Debug, Args)]
pub(super) struct Info {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The moment: 2024-12-31, 2024-12-31 23:59, -2h, #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Info {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let report = overview::info(
            &opened.log,
            &*opened.payloads,
            &cut,
            &opened.facts,
            self.common.zone,
            &Task::new(),
        )?;
        let copied = opened.store.copied();
        if self.common.json {
            if let Some(copied) = copied {
                writeln!(to.beside, "asof: {copied}")?;
            }
            return to.json(&report, &opened.read_as);
        }
        if let Some(copied) = copied {
            writeln!(to.out, "Note: {copied}")?;
        }
        to.notes(&opened.read_as)?;
        Ok(to
            .out
            .write_all(render::info(&report, self.common.zone).as_bytes())?)
    }
}
