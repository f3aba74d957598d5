//! Tables for people at a terminal: columns apart by two spaces, numbers to the right, one row a line.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{Cell, Grid, grouped};
use crate::model::time::{Style, Zone};

/// How much of a long text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// All of it.
    Whole,
    /// So many characters at most.
    AtMost(usize),
}

/// A grid as lines of text, each with a newline. Times are in `zone`, which the caller names once.
#[must_use]
pub fn table(grid: &Grid<'_>, zone: Zone, width: Width) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(grid.columns.iter().map(|column| column.title));
    for row in &grid.rows {
        table.add_row(row.iter().map(|cell| shown(cell, zone, width)));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        let last = at + 1 == grid.columns.len();
        column.set_padding((0, if last { 0 } else { 2 }));
        let cells = || grid.rows.iter().filter_map(|row| row.get(at));
        let number = |cell: &Cell<'_>| matches!(cell, Cell::Count(_) | Cell::Number(_));
        if cells().any(number) && cells().all(|cell| number(cell) || *cell == Cell::None) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn shown(cell: &Cell<'_>, zone: Zone, width: Width) -> String {
    match cell {
        Cell::None => String::new(),
        Cell::Text(text) => inline(text, width),
        Cell::Number(number) => number.to_string(),
        Cell::Count(number) => {
            let sign = if *number < 0 { "-" } else { "" };
            format!("{sign}{}", grouped(number.unsigned_abs()))
        }
        Cell::Time(time) => zone.format_bare(*time, Style::Micros),
    }
}

/// Text on one line of a terminal: runs of white space become one space, and control characters,
/// which could move the cursor or colour what follows, are spelled out.
#[must_use]
pub fn inline(text: &str, width: Width) -> String {
    let most = match width {
        Width::Whole => usize::MAX,
        Width::AtMost(most) => most.max(1),
    };
    let mut line = String::with_capacity(text.len().min(most));
    let mut length = 0;
    let mut space = false;
    for c in text.chars() {
        if length >= most {
            // The sign of cutting takes the place of the last character.
            line.pop();
            line.push('…');
            break;
        }
        let blank = c.is_whitespace();
        if blank && space {
            continue;
        }
        space = blank;
        match c {
            _ if blank => line.push(' '),
            // Writing to a String cannot fail.
            _ if steers(c) => drop(write!(line, "\\u{{{:x}}}", u32::from(c))),
            _ => line.push(c),
        }
        length += 1;
    }
    line
}

/// Control characters, and those that turn the direction of writing.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
