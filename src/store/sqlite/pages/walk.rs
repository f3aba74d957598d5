//! From leaf to leaf through a table's tree, in the order of the rowids.

use super::Odd;
use super::page::{Cell, Kind, Page};
use super::record::{self, Columns, Row};
use super::shape::Shape;
use super::window::{Cut, Window};
use crate::store::sqlite::connect::Pin;

/// SQLite itself goes no deeper.
const DEEPEST: usize = 20;

/// An interior page on the way to the leaf, and which of its children comes next.
#[derive(Debug)]
struct Step {
    children: Vec<(u32, i64)>,
    next: usize,
}

/// A walk over the rows of one table between two rowids. Whatever is out of the ordinary ends it.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Walk<'f> {
    shape: &'f Shape,
    window: Window<'f>,
    usable: usize,
    path: Vec<Step>,
    /// How many interior pages lie above each leaf.
    height: usize,
    leaf: u32,
    rows: Vec<Cell>,
    at: usize,
    after: i64,
    to: i64,
    columns: Columns,
    /// A record that goes on in other pages, put together.
    whole: Vec<u8>,
    turned: bool,
}

impl<'f> Walk<'f> {
    /// Over the rows with `after < rowid <= to`.
    ///
    /// # Errors
    /// [`Odd`]
    pub fn new(file: &'f Pin, shape: &'f Shape, after: i64, to: i64) -> Result<Self, Odd> {
        let cut = Cut::of(file).ok_or(Odd)?;
        let mut walk = Self {
            shape,
            window: Window::new(file, cut),
            usable: cut.usable,
            path: Vec::new(),
            height: 0,
            leaf: 0,
            rows: Vec::new(),
            at: 0,
            after,
            to,
            columns: Vec::new(),
            whole: Vec::new(),
            turned: false,
        };
        walk.descend()?;
        Ok(walk)
    }

    /// Whether the last row took reading another page: time to look at the clock.
    pub fn turned(&self) -> bool {
        self.turned
    }

    /// To the leaf with the first row after `self.after`.
    fn descend(&mut self) -> Result<(), Odd> {
        let mut number = self.shape.root;
        loop {
            let page = Page::new(self.window.page(number)?, number)?;
            match page.kind {
                Kind::Leaf => {
                    if page.is_empty() && !self.path.is_empty() {
                        return Err(Odd);
                    }
                    self.height = self.path.len();
                    self.leaf = number;
                    page.rows(&mut self.rows)?;
                    self.at = self.rows.partition_point(|row| row.rowid <= self.after);
                    return ascending(&self.rows);
                }
                Kind::Interior if page.is_empty() || self.path.len() == DEEPEST => {
                    return Err(Odd);
                }
                Kind::Interior => {
                    let children = page.children()?;
                    let next = children
                        .iter()
                        .position(|(_, greatest)| *greatest > self.after)
                        .unwrap_or(children.len() - 1);
                    number = children[next].0;
                    let next = next + 1;
                    self.path.push(Step { children, next });
                }
            }
        }
    }

    /// To the next leaf; false where there is none.
    fn turn(&mut self) -> Result<bool, Odd> {
        while let Some(step) = self.path.last_mut() {
            let Some(&(child, _)) = step.children.get(step.next) else {
                self.path.pop();
                continue;
            };
            step.next += 1;
            if self.path.len() == self.height {
                let page = Page::new(self.window.page(child)?, child)?;
                if page.kind != Kind::Leaf || page.is_empty() {
                    return Err(Odd);
                }
                page.rows(&mut self.rows)?;
                (self.leaf, self.at) = (child, 0);
                ascending(&self.rows)?;
                return Ok(true);
            }
            let children = self.window.aside(child, |bytes| {
                let page = Page::new(bytes, child)?;
                if page.kind != Kind::Interior || page.is_empty() {
                    return Err(Odd);
                }
                page.children()
            })?;
            self.path.push(Step { children, next: 0 });
        }
        Ok(false)
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// [`Odd`]: the walk cannot go on, and what it has given out so far is sound.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, Odd> {
        self.turned = false;
        while self.at == self.rows.len() {
            if !self.turn()? {
                return Ok(None);
            }
            self.turned = true;
        }
        let cell = self.rows[self.at];
        // Pages that lead back to where one was would be gone through for ever.
        if cell.rowid <= self.after {
            return Err(Odd);
        }
        if cell.rowid > self.to {
            return Ok(None);
        }
        let whole = self.record(cell)?;
        self.at += 1;
        self.after = cell.rowid;
        let page = self.window.at(self.leaf)?;
        let start = cell.start as usize;
        Ok(Some(Row {
            rowid: cell.rowid,
            record: match whole {
                Whole::InPage => &page[start..start + cell.local as usize],
                Whole::Gathered => &self.whole,
            },
            columns: &self.columns,
            shape: self.shape,
        }))
    }

    /// Reads the record's header, and gathers its bytes as far as they are wanted.
    fn record(&mut self, cell: Cell) -> Result<Whole, Odd> {
        let page = self.window.at(self.leaf)?;
        let (start, local) = (cell.start as usize, cell.local as usize);
        let here = &page[start..start + local];
        let reach = record::columns(here, cell.payload, self.shape, &mut self.columns)?;
        if reach.is_some_and(|reach| reach <= cell.local) {
            return Ok(Whole::InPage);
        }
        self.turned = true;
        self.whole.clear();
        self.whole.extend_from_slice(here);
        let next = super::bytes::long(page, start + local).ok_or(Odd)?;
        self.gather(next, reach.unwrap_or(cell.payload), cell.payload)?;
        if reach.is_none() {
            let all = &self.whole[..];
            record::columns(all, cell.payload, self.shape, &mut self.columns)?.ok_or(Odd)?;
        }
        Ok(Whole::Gathered)
    }

    /// Adds to the record what stands in overflow pages, up to its byte `reach`.
    fn gather(&mut self, first: u32, reach: u32, payload: u32) -> Result<(), Odd> {
        let (mut number, each) = (first, self.usable - 4);
        while self.whole.len() < reach as usize {
            let rest = payload as usize - self.whole.len();
            let whole = &mut self.whole;
            number = self.window.aside(number, |page| {
                let next = super::bytes::long(page, 0).ok_or(Odd)?;
                whole.extend_from_slice(&page[4..4 + rest.min(each)]);
                Ok(next)
            })?;
        }
        Ok(())
    }
}

/// Where a row's record is.
enum Whole {
    InPage,
    Gathered,
}

fn ascending(rows: &[Cell]) -> Result<(), Odd> {
    match rows.is_sorted_by(|a, b| a.rowid < b.rowid) {
        true => Ok(()),
        false => Err(Odd),
    }
}
