//! What the pages of the Lag view show, for a file.

use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::rows::Broken;
use super::{ExportError, ExportFormat};
use crate::analysis::lag::{ConsumerId, Delays, LagReport, MessageReport, Stage};
use crate::log::Cut;
use crate::model::{Task, Timestamp};
use crate::render::{self, Grid};
use crate::worker::{Subject, questions};

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LagFile {
    /// How all consumers stand.
    Consumers,
    /// How long events took each of them, of those recorded from a moment on.
    Distribution(Option<Timestamp>),
    /// What readers missed, of the same.
    Rereads(Option<Timestamp>),
    /// The way of events, part by part.
    Pipeline,
    /// The messages of the outbox.
    Outbox,
    /// The dead letters.
    DeadLetters,
}

/// What is written.
pub(super) enum Lag {
    Consumers(Box<LagReport>),
    Distribution(Vec<(ConsumerId, Delays)>),
    Rereads(Vec<(ConsumerId, Delays)>),
    Pipeline(Vec<Stage>),
    Outbox(Box<LagReport>, Vec<MessageReport>),
    DeadLetters(Box<LagReport>),
}

impl Lag {
    pub fn gather(
        subject: &Subject,
        file: LagFile,
        cut: &Cut,
        task: &Task,
    ) -> Result<Self, ExportError> {
        let report = || questions::lag(subject, cut, task).map(Box::new);
        let course = || questions::course(subject, cut, task);
        Ok(match file {
            LagFile::Consumers => Self::Consumers(report()?),
            LagFile::Distribution(from) => {
                Self::Distribution(questions::measured(&*course()?, cut, from, task)?)
            }
            LagFile::Rereads(from) => {
                Self::Rereads(questions::measured(&*course()?, cut, from, task)?)
            }
            LagFile::Pipeline => Self::Pipeline(course()?.stages(cut, task)?),
            LagFile::Outbox => Self::Outbox(report()?, course()?.messages(cut)),
            LagFile::DeadLetters => Self::DeadLetters(report()?),
        })
    }

    /// What it holds: "7 consumers".
    pub fn words(&self) -> String {
        let many = |count: usize, one: &str, several: &str| {
            let noun = if count == 1 { one } else { several };
            format!("{} {noun}", render::grouped(count as u64))
        };
        match self {
            Self::Consumers(report) => many(report.consumers.len(), "consumer", "consumers"),
            Self::Distribution(rows) => {
                format!("Delays of {}", many(rows.len(), "consumer", "consumers"))
            }
            Self::Rereads(rows) => format!(
                "What readers missed of {}",
                many(rows.len(), "consumer", "consumers")
            ),
            Self::Pipeline(stages) => many(
                stages.len(),
                "part of the way of events",
                "parts of the way of events",
            ),
            Self::Outbox(_, messages) => many(
                messages.len(),
                "message of the outbox",
                "messages of the outbox",
            ),
            Self::DeadLetters(report) => {
                many(report.dead_letters.len(), "dead letter", "dead letters")
            }
        }
    }

    pub fn write(&self, format: ExportFormat, to: &mut dyn Write) -> Result<(), Broken> {
        match self {
            Self::Consumers(report) => {
                let grid = render::consumers(&report.consumers);
                write(format, (report, &report.consumers[..]), &grid, to)
            }
            Self::Distribution(rows) => {
                let each = |(id, delays): &(ConsumerId, Delays)| {
                    json!({
                        "consumer": id.name, "partition": id.partition, "figures": delays.figures,
                        "clocks": delays.clocks, "pending": delays.pending, "ecdf": delays.ecdf,
                    })
                };
                let lines: Vec<Value> = rows.iter().map(each).collect();
                write(
                    format,
                    (&lines, &lines[..]),
                    &render::distribution(rows),
                    to,
                )
            }
            Self::Rereads(rows) => {
                let each = |(id, delays): &(ConsumerId, Delays)| {
                    json!({
                        "consumer": id.name, "partition": id.partition, "clocks": delays.clocks,
                        "pending": delays.pending, "missed": delays.missed, "remedies": delays.remedies,
                    })
                };
                let lines: Vec<Value> = rows.iter().map(each).collect();
                write(format, (&lines, &lines[..]), &render::rereads(rows), to)
            }
            Self::Pipeline(stages) => {
                write(format, (stages, &stages[..]), &render::stages(stages), to)
            }
            Self::Outbox(report, messages) => {
                let whole = json!({
                    "as_of": report.as_of, "outbox": report.outbox, "relay": report.relay,
                    "messages": messages,
                });
                write(
                    format,
                    (&whole, &messages[..]),
                    &render::messages(messages),
                    to,
                )
            }
            Self::DeadLetters(report) => {
                let letters = &report.dead_letters;
                let whole = json!({
                    "as_of": report.as_of, "dead_letters": letters,
                    "dead_letters_by_error": report.dead_letters_by_error,
                });
                write(
                    format,
                    (&whole, &letters[..]),
                    &render::dead_letters(letters),
                    to,
                )
            }
        }
    }
}

/// The whole as JSON, else its rows.
fn write(
    format: ExportFormat,
    (whole, rows): (&impl Serialize, &[impl Serialize]),
    grid: &Grid<'_>,
    to: &mut dyn Write,
) -> Result<(), Broken> {
    match format {
        ExportFormat::Json => Ok(render::json(whole, to)?),
        ExportFormat::JsonLines => {
            let mut rows = rows.iter();
            Ok(rows.try_for_each(|row| render::json_line(row, &mut *to))?)
        }
        ExportFormat::Csv => Ok(render::csv(grid, to)?),
    }
}
