//! Rows as JSON, JSON lines or CSV, a batch at a time, so that a file may be larger than memory.

use std::io::{self, Write};

use super::ExportFormat;
use crate::model::Cancelled;
use crate::render::{self, Grid};

/// What can happen while rows are written.
pub(super) enum Broken {
    Cancelled(Cancelled),
    Io(io::Error),
}

impl From<Cancelled> for Broken {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for Broken {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

/// Rows on their way into a file, a batch at a time.
pub(super) struct Rows<'a> {
    format: ExportFormat,
    to: &'a mut dyn Write,
    count: usize,
}

impl<'a> Rows<'a> {
    pub fn new(format: ExportFormat, to: &'a mut dyn Write) -> Self {
        Self {
            format,
            to,
            count: 0,
        }
    }

    pub fn add<'r, R: serde::Serialize>(
        &mut self,
        rows: &'r [R],
        grid: impl FnOnce(&'r [R]) -> Grid<'r>,
    ) -> Result<(), Broken> {
        match self.format {
            ExportFormat::JsonLines => {
                for row in rows {
                    render::json_line(row, &mut *self.to)?;
                }
            }
            ExportFormat::Json => {
                for (at, row) in rows.iter().enumerate() {
                    let first = self.count + at == 0;
                    self.to.write_all(if first { b"[\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut *self.to, row)?;
                }
            }
            ExportFormat::Csv if self.count == 0 => render::csv(&grid(rows), &mut *self.to)?,
            ExportFormat::Csv => render::csv_rows(&grid(rows), &mut *self.to)?,
        }
        self.count += rows.len();
        Ok(())
    }

    /// What must stand even if there are no rows.
    pub fn end(self, empty: &Grid<'_>) -> Result<(), Broken> {
        match (self.format, self.count) {
            (ExportFormat::Json, 0) => self.to.write_all(b"[]\n")?,
            (ExportFormat::Json, _) => self.to.write_all(b"\n]\n")?,
            (ExportFormat::Csv, 0) => render::csv(empty, self.to)?,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::streams::StreamRow;

    #[test]
    fn every_format_has_its_form_with_no_rows_and_with_many() {
        let rows: Vec<StreamRow> = (0..3)
            .map(|at| StreamRow {
                stream: format!("s-{at}"),
                category: Some("s".to_owned()),
                events: at,
                first_position: crate::model::Position(1).into(),
                last_position: crate::model::Position(2).into(),
                first_time: None,
                last_time: None,
            })
            .collect();
        let text = |format, rows: &[StreamRow]| {
            let mut bytes = Vec::new();
            let mut writer = Rows::new(format, &mut bytes);
            for batch in rows.chunks(2) {
                writer.add(batch, render::streams).ok().unwrap();
            }
            writer.end(&render::streams([])).ok().unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let head = "stream,category,events,first_position,last_position,first_time,last_time\n";
        assert_eq!(text(ExportFormat::Csv, &[]), head);
        let three = format!("{head}s-0,s,0,1,2,,\ns-1,s,1,1,2,,\ns-2,s,2,1,2,,\n");
        assert_eq!(text(ExportFormat::Csv, &rows), three);
        assert_eq!(text(ExportFormat::Json, &[]), "[]\n");
        let list: serde_json::Value =
            serde_json::from_str(&text(ExportFormat::Json, &rows)).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 3);
        assert_eq!(text(ExportFormat::JsonLines, &[]), "");
        assert_eq!(text(ExportFormat::JsonLines, &rows).lines().count(), 3);
    }
}
