//! `asof info`: what a store is and what it holds.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::moment::Reading;
use super::open::{CliError, Opened};
use super::{Common, print_notes};
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
    pub fn print(&self, now: Timestamp, out: &mut dyn Write) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: None,
        };
        let cut = opened.cut(self.at.as_deref(), reading)?;
        let report = overview::info(
            &opened.log,
            &cut,
            &opened.facts,
            self.common.zone,
            &Task::new(),
        )?;
        if self.common.json {
            render::json(&report, out)?;
        } else {
            print_notes(&opened.notes, out)?;
            out.write_all(render::info(&report, self.common.zone).as_bytes())?;
        }
        Ok(())
    }
}
