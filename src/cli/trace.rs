//! `asof trace`: what caused what, around an event or a correlation.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::moment::{self, Reading, TypedBound, Versions};
use super::open::Opened;
use super::{Common, Streams};
use crate::analysis::causality;
use crate::model::{Task, Timestamp};
use crate::render;

#[derive(Debug, Args)]
pub(super) struct Trace {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The event by its position (#1042) or its id, or a correlation id
    #[arg(value_name = "EVENT_OR_CORRELATION_ID")]
    subject: String,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Trace {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let zone = self.common.zone;
        let reading = Reading {
            now,
            zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let subject = causality::subject(&opened.log, &self.subject)?;
        let payloads = &*opened.payloads;
        let report = causality::trace(&opened.log, &cut, &subject, payloads, &Task::new())?;
        if self.common.json {
            return to.json(&report, &opened.read_as);
        }
        to.notes(&opened.read_as)?;
        let moment = match self.at {
            Some(_) => moment::words(&report.as_of, zone),
            None => "the head".to_owned(),
        };
        let text = render::trace(&report, &moment, zone);
        Ok(to.out.write_all(text.as_bytes())?)
    }
}
