//! CSV as RFC 4180 has it: a header of field names, quotes where needed, CRLF nowhere. Text stays as it
//! is, formulas included: who exports data gets the data.

use std::io::{self, Write};

use super::Grid;

/// Writes a grid with the names of its fields as header.
///
/// # Errors
/// What `to` fails with.
pub fn csv(grid: &Grid<'_>, to: impl Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(to);
    writer.write_record(grid.columns.iter().map(|column| column.field))?;
    rows(grid, writer)
}

/// Writes the rows of a grid without a header, to go on where others were written.
///
/// # Errors
/// What `to` fails with.
pub fn csv_rows(grid: &Grid<'_>, to: impl Write) -> io::Result<()> {
    rows(grid, ::csv::Writer::from_writer(to))
}

fn rows(grid: &Grid<'_>, mut writer: ::csv::Writer<impl Write>) -> io::Result<()> {
    for row in &grid.rows {
        for cell in row {
            writer.write_field(cell.plain().as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

/// A grid as CSV text, for the clipboard.
#[must_use]
pub fn csv_string(grid: &Grid<'_>) -> String {
    let mut bytes = Vec::new();
    // Memory takes whatever is written to it.
    let _ = csv(grid, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
