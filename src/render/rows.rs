//! Rows as JSON, JSON lines or CSV, a batch at a time, so that a file may be larger than memory. Who
//! opens the file is not known here.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{Grid, csv, json_line};

/// The form of a written list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One array, one row a line.
    Json,
    /// One object a line.
    #[default]
    JsonLines,
    /// A header and one row a line.
    Csv,
}

impl Format {
    /// By the ending of a file's name; JSON lines where it is another.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Self::Json,
            Some("csv") => Self::Csv,
            _ => Self::JsonLines,
        }
    }
}

/// Writes one list.
#[derive(Debug)]
pub struct RowWriter {
    format: Format,
    stage: Stage,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Fresh,
    Begun,
    Filled,
}

impl RowWriter {
    /// A list that nothing was written of.
    #[must_use]
    pub const fn new(format: Format) -> Self {
        Self {
            format,
            stage: Stage::Fresh,
        }
    }

    /// Writes some rows; `grid` puts them into columns for CSV. To be called at least once, with no
    /// rows if there are none: CSV has its header all the same.
    ///
    /// # Errors
    /// What `to` fails with.
    pub fn add<'r, R: Serialize>(
        &mut self,
        rows: &'r [R],
        grid: impl FnOnce(&'r [R]) -> Grid<'r>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        match self.format {
            Format::JsonLines => {
                for row in rows {
                    json_line(row, &mut *to)?;
                }
            }
            Format::Json => self.add_json(rows, to)?,
            Format::Csv if self.stage == Stage::Fresh => csv(&grid(rows), &mut *to)?,
            Format::Csv => {
                let mut writer = ::csv::Writer::from_writer(&mut *to);
                for row in &grid(rows).rows {
                    writer.write_record(row.iter().map(|cell| cell.plain().into_owned()))?;
                }
                writer.flush()?;
            }
        }
        if !rows.is_empty() {
            self.stage = Stage::Filled;
        } else if self.stage == Stage::Fresh {
            self.stage = Stage::Begun;
        }
        Ok(())
    }

    fn add_json<R: Serialize>(&self, rows: &[R], to: &mut dyn Write) -> io::Result<()> {
        if self.stage == Stage::Fresh {
            to.write_all(b"[")?;
        }
        for (at, row) in rows.iter().enumerate() {
            let first = at == 0 && self.stage != Stage::Filled;
            to.write_all(if first { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *to, row)?;
        }
        Ok(())
    }

    /// Writes what closes the list.
    ///
    /// # Errors
    /// What `to` fails with.
    pub fn end(&mut self, to: &mut dyn Write) -> io::Result<()> {
        match (self.format, &self.stage) {
            (Format::Json, Stage::Fresh) => to.write_all(b"[]\n"),
            (Format::Json, Stage::Begun) => to.write_all(b"]\n"),
            (Format::Json, Stage::Filled) => to.write_all(b"\n]\n"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::streams;
    use super::*;
    use crate::analysis::streams::StreamRow;
    use crate::model::Position;

    fn text(format: Format, rows: &[StreamRow]) -> String {
        let mut bytes = Vec::new();
        let mut writer = RowWriter::new(format);
        writer.add(&[], streams, &mut bytes).unwrap();
        for batch in rows.chunks(2) {
            writer.add(batch, streams, &mut bytes).unwrap();
        }
        writer.end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_format_has_its_form_with_no_rows_and_with_many() {
        let row = |at| StreamRow {
            stream: format!("s-{at}"),
            category: "s".to_owned(),
            events: at,
            first_position: Position(1).into(),
            last_position: Position(2).into(),
            first_time: None,
            last_time: None,
        };
        let rows: Vec<StreamRow> = (0..3).map(row).collect();
        let head = "stream,category,events,first_position,last_position,first_time,last_time\n";
        assert_eq!(text(Format::Csv, &[]), head);
        let three = format!("{head}s-0,s,0,1,2,,\ns-1,s,1,1,2,,\ns-2,s,2,1,2,,\n");
        assert_eq!(text(Format::Csv, &rows), three);
        assert_eq!(text(Format::Json, &[]), "[]\n");
        let list: serde_json::Value = serde_json::from_str(&text(Format::Json, &rows)).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 3);
        assert_eq!(text(Format::JsonLines, &[]), "");
        assert_eq!(text(Format::JsonLines, &rows).lines().count(), 3);
    }
}
