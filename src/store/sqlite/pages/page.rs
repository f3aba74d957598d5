//! One page of a table's tree: its cells, checked as SQLite checks them when it is told to.

use super::Odd;
use super::bytes::{long, short, varint};

const INTERIOR: u8 = 0x05;
const LEAF: u8 = 0x0d;

/// A row's cell in a leaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub rowid: i64,
    /// Bytes of the whole record.
    pub payload: u32,
    /// Where in the page the record begins.
    pub start: u32,
    /// How many bytes of it stand in the page; the number of the next page follows if there are more.
    pub local: u32,
}

/// What stands in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Interior,
    Leaf,
}

/// A page of a table's tree, without the bytes reserved at its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'p> {
    bytes: &'p [u8],
    /// Where its header begins: the first page has that of the file before it.
    header: usize,
    pub kind: Kind,
    cells: usize,
}

impl<'p> Page<'p> {
    pub fn new(bytes: &'p [u8], number: u32) -> Result<Self, Odd> {
        let header = if number == 1 { 100 } else { 0 };
        let kind = match bytes.get(header) {
            Some(&INTERIOR) => Kind::Interior,
            Some(&LEAF) => Kind::Leaf,
            _ => return Err(Odd),
        };
        let cells = short(bytes, header + 3).ok_or(Odd)?;
        let page = Self {
            bytes,
            header,
            kind,
            cells,
        };
        if page.first_cell() > bytes.len() {
            return Err(Odd);
        }
        Ok(page)
    }

    /// Where the first cell may begin.
    fn first_cell(&self) -> usize {
        self.pointers() + 2 * self.cells
    }

    fn pointers(&self) -> usize {
        self.header
            + match self.kind {
                Kind::Interior => 12,
                Kind::Leaf => 8,
            }
    }

    /// Where each cell begins.
    fn starts(self) -> impl Iterator<Item = Result<usize, Odd>> + 'p {
        let (first, last) = (self.first_cell(), self.bytes.len().saturating_sub(4));
        (0..self.cells).map(move |cell| {
            let start = short(self.bytes, self.pointers() + 2 * cell).ok_or(Odd)?;
            if start < first || start > last {
                return Err(Odd);
            }
            Ok(start)
        })
    }

    /// The rows of a leaf.
    pub fn rows(self, rows: &mut Vec<Cell>) -> Result<(), Odd> {
        rows.clear();
        for start in self.starts() {
            let start = start?;
            let (payload, a) = varint(&self.bytes[start..]).ok_or(Odd)?;
            let (rowid, b) = varint(&self.bytes[start + a..]).ok_or(Odd)?;
            let start = start + a + b;
            let local = local(payload, self.bytes.len()).ok_or(Odd)?;
            let end = start + local + if (local as u64) < payload { 4 } else { 0 };
            if end > self.bytes.len() {
                return Err(Odd);
            }
            rows.push(Cell {
                rowid: rowid as i64,
                payload: payload as u32,
                start: start as u32,
                local: local as u32,
            });
        }
        Ok(())
    }

    /// The pages below an interior one, each with the greatest rowid in it; the last has the rest.
    pub fn children(self) -> Result<Vec<(u32, i64)>, Odd> {
        let mut children = Vec::with_capacity(self.cells + 1);
        for start in self.starts() {
            let start = start?;
            let child = long(self.bytes, start).ok_or(Odd)?;
            let (key, _) = varint(&self.bytes[start + 4..]).ok_or(Odd)?;
            children.push((child, key as i64));
        }
        let right = long(self.bytes, self.header + 8).ok_or(Odd)?;
        children.push((right, i64::MAX));
        Ok(children)
    }

    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }
}

/// Records longer than this are left to SQLite, which has a bound of its own.
const LONGEST: u64 = 1 << 28;

/// How many bytes of a record of `payload` bytes stand in a leaf of `usable` bytes.
fn local(payload: u64, usable: usize) -> Option<usize> {
    if payload > LONGEST {
        return None;
    }
    let payload = payload as usize;
    let most = usable - 35;
    if payload <= most {
        return Some(payload);
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let fitting = least + (payload - least) % (usable - 4);
    Some(if fitting <= most { fitting } else { least })
}
