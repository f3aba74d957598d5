//! `asof lag`: who is behind, by how much, and since when.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::moment::{Reading, TypedBound, Versions, words};
use super::open::Opened;
use super::{Common, Streams};
use crate::analysis::lag::{self, Course, LagOptions, LagReport, Samples};
use crate::analysis::nearest::nearest;
use crate::model::{Task, Timestamp};
use crate::render;

/// Names that are offered for one that is not known.
const NAMED: usize = 3;

#[derive(Debug, Args)]
pub(super) struct Lag {
    /// A SQLite or JSON file, or a folder of JSON files
    store: PathBuf,
    /// The moment: 2024-12-31 (its end), "2024-12-31 23:59", -2h (before the head), #1042
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    at: Option<String>,
    /// This consumer only, by its name or a part that no other has
    #[arg(long, value_name = "CONSUMER")]
    consumer: Option<String>,
    /// Its lag over time, too
    #[arg(long)]
    over: bool,
    #[command(flatten)]
    common: Common,
}

impl Lag {
    pub fn print(&self, now: Timestamp, to: &mut Streams<'_>) -> Result<(), CliError> {
        let mut opened = Opened::new(&self.store, &self.common)?;
        let reading = Reading {
            now,
            zone: self.common.zone,
            stream: Versions::Nothing,
        };
        let at = self.at.as_deref().map(|text| TypedBound::until("at", text));
        let cut = opened.cut(at, reading)?;
        let task = Task::new();
        let course = Course::read(
            &opened.log,
            &*opened.rows,
            &Samples::default(),
            opened.clock,
            &task,
        )?;
        let consumer = self.consumer.as_deref().map(|name| named(name, &course));
        let mut options = LagOptions {
            consumer: consumer.transpose()?,
            ..LagOptions::default()
        };
        if self.over {
            options = options.with_series();
        }
        let report = lag::report(&course, &*opened.payloads, &cut, &options, &task)?;
        if self.common.json {
            return to.json(&report, &opened.read_as);
        }
        self.words(&report, &opened, to)
    }

    fn words(
        &self,
        report: &LagReport,
        opened: &Opened,
        to: &mut Streams<'_>,
    ) -> Result<(), CliError> {
        let zone = self.common.zone;
        writeln!(to.out, "As of {}.", words(&report.as_of, zone))?;
        to.notes(&opened.read_as)?;
        Ok(to.out.write_all(render::lag(report, zone).as_bytes())?)
    }
}

/// The consumer of that name, else the only one with that part in its name.
fn named(name: &str, course: &Course) -> Result<String, CliError> {
    let names = course.names();
    if names.iter().any(|own| own == name) {
        return Ok(name.to_owned());
    }
    let part = name.to_lowercase();
    let with: Vec<&String> = (names.iter())
        .filter(|own| !part.is_empty() && own.to_lowercase().contains(&part))
        .collect();
    if let [own] = with[..] {
        return Ok(own.clone());
    }
    let near = nearest(names.iter().map(String::as_str), name, NAMED);
    Err(CliError::Other(match near.is_empty() {
        true => format!("no consumer is called \"{name}\": this store tells of none"),
        false => format!(
            "no consumer is called \"{name}\"; the nearest are {}",
            near.join(", ")
        ),
    }))
}
