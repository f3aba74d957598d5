//! Reports as JSON. Payloads keep their digits; nothing else is decided here.

use std::io::{self, Write};

use serde::Serialize;

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
