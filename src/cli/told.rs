//! Where answers go, and where it is told how typed times were read: people get it among the words of
//! the answer, programs beside the answer.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::error::CliError;
use crate::analysis::replay::losses;
use crate::log::{Cut, Log};
use crate::model::Timestamp;
use crate::render;

/// How a moment that was typed was read.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ReadAs {
    /// The option that it was typed after.
    #[serde(skip)]
    pub option: &'static str,
    /// The moment with its zone.
    pub moment: String,
    /// The same for programs, where it is a time.
    pub time: Option<Timestamp>,
    /// What the zone or the log made of it, if that needs saying.
    pub note: Option<String>,
}

/// Where answers are printed.
pub struct Streams<'a> {
    /// The answer.
    pub out: &'a mut dyn Write,
    /// What a program that reads the answer would stumble over.
    pub beside: &'a mut dyn Write,
}

impl Streams<'_> {
    /// Tells people what the zone made of the times that they typed.
    pub(super) fn notes(&mut self, read_as: &[ReadAs]) -> io::Result<()> {
        let mut notes = read_as.iter().filter_map(|read| read.note.as_deref());
        notes.try_for_each(|note| writeln!(self.out, "Note: {note}"))
    }

    /// Tells beside an answer for programs how each time was read.
    pub(super) fn readings(&mut self, read_as: &[ReadAs]) -> io::Result<()> {
        for read in read_as {
            let option = read.option.replace('_', "-");
            writeln!(self.beside, "asof: --{option} was read as {}", read.moment)?;
            if let Some(note) = &read.note {
                writeln!(self.beside, "asof: {note}")?;
            }
        }
        Ok(())
    }

    /// Tells beside an answer for programs what is missing of the store.
    pub(super) fn losses(&mut self, log: &Log, cut: &Cut) -> io::Result<()> {
        match losses(log, cut) {
            Some(losses) => writeln!(
                self.beside,
                "asof: {}; events may be missing",
                render::harmless(&losses)
            ),
            None => Ok(()),
        }
    }

    /// Prints a report as JSON, with how each time was read.
    pub(super) fn json(
        &mut self,
        report: &impl Serialize,
        read_as: &[ReadAs],
    ) -> Result<(), CliError> {
        self.readings(read_as)?;
        let report = Told { report, read_as };
        Ok(render::json(&report, &mut *self.out)?)
    }
}

#[derive(serde::Serialize)]
struct Told<'a, R: Serialize> {
    #[serde(flatten)]
    report: &'a R,
    #[serde(
        skip_serializing_if = "<[ReadAs]>::is_empty",
        serialize_with = "by_option"
    )]
    read_as: &'a [ReadAs],
}

fn by_option<S: Serializer>(read_as: &[ReadAs], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(read_as.len()))?;
    for read in read_as {
        map.serialize_entry(read.option, read)?;
    }
    map.end()
}
