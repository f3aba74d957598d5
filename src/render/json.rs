//! Reports as JSON. Payloads keep their digits; nothing else is decided here.

use std::io::{self, Write};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::sql::{Answer, Value};

/// Writes a report as JSON over several lines, with a newline at its end.
///
/// # Errors
/// What `to` fails with.
pub fn json(report: &impl Serialize, mut to: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut to, report)?;
    to.write_all(b"\n")
}

/// Writes one value of JSON lines. A payload that is written over several lines becomes one line:
/// its line breaks lie between tokens, where JSON takes a space for the same.
///
/// # Errors
/// What `to` fails with.
pub fn json_line(row: &impl Serialize, mut to: impl Write) -> io::Result<()> {
    let mut line = serde_json::to_vec(row)?;
    for byte in &mut line {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    line.push(b'\n');
    to.write_all(&line)
}

/// Writes the rows of an answer as JSON lines, each an object with the names of the columns.
///
/// # Errors
/// What `to` fails with.
pub fn answer_lines(answer: &Answer, mut to: impl Write) -> io::Result<()> {
    for values in &answer.rows {
        let columns = &answer.columns;
        json_line(&AnswerRow { columns, values }, &mut to)?;
    }
    Ok(())
}

struct AnswerRow<'a> {
    columns: &'a [String],
    values: &'a [Value],
}

impl Serialize for AnswerRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (name, value) in self.columns.iter().zip(self.values) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
