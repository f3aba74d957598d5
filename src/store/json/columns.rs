//! A file of columns read as rows: each row becomes the text of one object, put together from the
//! cells as written. Rows are found by marks at every so many cells of each column.

use super::cursor::{Cursor, Halt, Step};
use super::item::{Context, Place};
use super::outline::Run;
use super::scan::{Candidate, Inside, LONGEST, Sink, Stop};
use crate::model::Task;
use crate::store::unpack::Text;

/// A mark at every so many cells.
const SPACING: u64 = 64;
/// Each column is read on its own, in smaller blocks than one that is read alone.
const COLUMN_BLOCK: usize = 64 << 10;
const CELL_BLOCK: usize = 4 << 10;

#[derive(Debug)]
pub(super) struct Columns {
    pub(super) rows: u64,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    /// With its quotes and colon.
    key: String,
    marks: Vec<u64>,
    to: u64,
}

impl Columns {
    pub(super) fn index<'k>(
        text: &Text,
        runs: impl Iterator<Item = (&'k str, &'k Run)>,
        task: &Task,
    ) -> Result<Self, Halt> {
        let mut rows = u64::MAX;
        let mut columns = Vec::new();
        for (key, run) in runs {
            rows = rows.min(run.items);
            let mut cursor = Cursor::new(text, run.from..run.to, COLUMN_BLOCK, task);
            let mut marks = Vec::new();
            for row in 0..run.items {
                to_cell(&mut cursor)?;
                if row % SPACING == 0 {
                    marks.push(cursor.place());
                }
                cursor.skip_value()?;
            }
            let key = serde_json::Value::from(key);
            columns.push(Column {
                key: format!("{key}:"),
                marks,
                to: run.to,
            });
        }
        if columns.is_empty() {
            rows = 0;
        }
        Ok(Self { rows, columns })
    }

    /// The text of one row.
    pub(super) fn row(&self, text: &Text, row: u64) -> Result<Vec<u8>, Halt> {
        let task = Task::new();
        let mut out = Vec::new();
        Rows::at(self, text, row, CELL_BLOCK, &task)?.next(LONGEST, &mut out)?;
        Ok(out)
    }

    pub(super) fn scan(
        &self,
        text: &Text,
        from: u64,
        context: &Context,
        sink: &mut Sink<'_>,
        task: &Task,
    ) -> Result<Stop, Halt> {
        let mut stop = Stop {
            byte: from,
            number: from,
            inside: Inside::File,
            flow: std::ops::ControlFlow::Continue(()),
        };
        let mut rows = Rows::at(self, text, from, COLUMN_BLOCK, task)?;
        let mut out = Vec::new();
        while stop.byte < self.rows && stop.flow.is_continue() {
            let candidate = |bytes| Candidate {
                bytes,
                text: None,
                start: stop.byte,
                before: 0,
                number: stop.byte + 1,
            };
            stop.flow = match rows.next(sink.options.longest, &mut out)? {
                Size::Kept => sink.record(candidate(&out), context),
                Size::TooLong => sink.too_long(Place::Row(stop.byte + 1)),
            };
            stop.byte += 1;
            stop.number = stop.byte;
        }
        Ok(stop)
    }
}

/// Steps over what stands between cells.
fn to_cell(cursor: &mut Cursor<'_>) -> Result<(), Halt> {
    while cursor.peek_solid()? == Some(b',') {
        cursor.advance(1);
    }
    Ok(())
}

/// Whether a row was short enough to be put together.
enum Size {
    Kept,
    TooLong,
}

struct Rows<'c> {
    columns: &'c [Column],
    cursors: Vec<Cursor<'c>>,
}

impl<'c> Rows<'c> {
    fn at(
        columns: &'c Columns,
        text: &'c Text,
        row: u64,
        block: usize,
        task: &'c Task,
    ) -> Result<Self, Halt> {
        let mut cursors = Vec::new();
        for column in &columns.columns {
            let mark = (column.marks.get((row / SPACING) as usize)).copied();
            let from = mark.unwrap_or(column.to);
            let mut cursor = Cursor::new(text, from..column.to, block, task);
            for _ in 0..row % SPACING {
                to_cell(&mut cursor)?;
                cursor.skip_value()?;
            }
            cursors.push(cursor);
        }
        Ok(Self {
            columns: &columns.columns,
            cursors,
        })
    }

    /// Puts the next row together, unless it is longer than `longest`.
    fn next(&mut self, longest: usize, out: &mut Vec<u8>) -> Result<Size, Halt> {
        let mut size = Size::Kept;
        out.clear();
        out.push(b'{');
        for (column, cursor) in self.columns.iter().zip(&mut self.cursors) {
            if out.len() > 1 {
                out.push(b',');
            }
            to_cell(cursor)?;
            out.extend_from_slice(column.key.as_bytes());
            cursor.mark(longest.saturating_sub(out.len()));
            let step = cursor.skip_value()?;
            match cursor.marked() {
                Some(cell) if step == Step::Whole => out.extend_from_slice(cell),
                // Only a file that was cut while it is read can end here.
                Some(_) => out.extend_from_slice(b"null"),
                None => size = Size::TooLong,
            }
        }
        out.push(b'}');
        Ok(size)
    }
}
