//! A row's record: which of its bytes are which column.

use rusqlite::types::ValueRef;

use super::Odd;
use super::bytes::{value, varint, width};
use super::shape::{Shape, Stored};
use crate::store::sqlite::plan::Cells;

/// Where each column of a record stands: its serial type and its first byte.
pub(super) type Columns = Vec<(u64, u32)>;

/// Reads a record's header, as far as `head` has it. How many bytes of the record the columns that
/// count reach into; none where `head` does not hold the whole header.
pub(super) fn columns(
    head: &[u8],
    payload: u32,
    shape: &Shape,
    columns: &mut Columns,
) -> Result<Option<u32>, Odd> {
    columns.clear();
    let (length, mut at) = varint(head).ok_or(Odd)?;
    if length > u64::from(payload) || (length as usize) < at {
        return Err(Odd);
    }
    let length = length as usize;
    let Some(header) = head.get(..length) else {
        return Ok(None);
    };
    let mut start = length as u64;
    let mut reach = length as u64;
    while at < length {
        let (kind, bytes) = varint(&header[at..]).ok_or(Odd)?;
        let own = width(kind).ok_or(Odd)?;
        if shape.counts(columns.len()) {
            reach = start + own;
        }
        columns.push((kind, u32::try_from(start).map_err(|_| Odd)?));
        at += bytes;
        start += own;
    }
    // A record that is not exactly as long as its header says is for SQLite to judge.
    if start != u64::from(payload) || !shape.has_all(columns.len()) {
        return Err(Odd);
    }
    Ok(Some(reach as u32))
}

/// A row of a table as its pages have it.
#[derive(Clone, Copy, Debug)]
pub(in crate::store::sqlite) struct Row<'w> {
    pub rowid: i64,
    pub(super) record: &'w [u8],
    pub(super) columns: &'w [(u64, u32)],
    pub(super) shape: &'w Shape,
}

impl Cells for Row<'_> {
    #[inline]
    fn cell(&self, column: usize) -> rusqlite::Result<ValueRef<'_>> {
        let Some(stored) = self.shape.results.get(column) else {
            return Err(rusqlite::Error::InvalidColumnIndex(column));
        };
        Ok(match stored {
            Stored::Rowid => ValueRef::Integer(self.rowid),
            Stored::Constant(text) => ValueRef::Text(text.as_bytes()),
            Stored::Column { at, real } => match self.columns.get(*at) {
                // Added to the table later, without a default.
                None => ValueRef::Null,
                Some(&(kind, start)) => {
                    let start = start as usize;
                    // Invariant: the record was read as far as the columns that count reach.
                    let end = start + width(kind).unwrap_or(0) as usize;
                    match value(kind, self.record.get(start..end).unwrap_or_default()) {
                        ValueRef::Integer(number) if *real => ValueRef::Real(number as f64),
                        value => value,
                    }
                }
            },
        })
    }
}
