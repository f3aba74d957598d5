//! Tables for people at a terminal: columns apart by two spaces, numbers to the right, one row a line.

use std::borrow::Cow;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{Cell, Grid, grouped};
use crate::analysis::words::steers;
use crate::model::time::{Style, Zone};

/// How much of a long text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// All of it.
    Whole,
    /// So many characters at most.
    AtMost(usize),
}

/// A grid as lines of text, each with a newline. Times are in `zone`, which the caller names once; each
/// has its offset where they do not all have the same, as on the night when an hour comes twice.
#[must_use]
pub fn table(grid: &Grid<'_>, zone: Zone, width: Width) -> String {
    let cells = || grid.rows.iter().flatten();
    let mut offsets = cells().filter_map(|cell| match cell {
        Cell::Time(time) => Some(zone.label(*time)),
        _ => None,
    });
    let first = offsets.next();
    let times = match offsets.any(|offset| Some(offset) != first) {
        true => Zone::format,
        false => Zone::format_bare,
    };
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(grid.columns.iter().map(|column| column.title));
    for row in &grid.rows {
        table.add_row(row.iter().map(|cell| match cell {
            Cell::Time(time) => times(zone, *time, Style::Micros),
            cell => shown(cell, width),
        }));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        let last = at + 1 == grid.columns.len();
        column.set_padding((0, if last { 0 } else { 2 }));
        let cells = || grid.rows.iter().filter_map(|row| row.get(at));
        let number =
            |cell: &Cell<'_>| matches!(cell, Cell::Count(_) | Cell::Number(_) | Cell::Written(_));
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

fn shown(cell: &Cell<'_>, width: Width) -> String {
    match cell {
        Cell::None | Cell::Time(_) => String::new(),
        Cell::Text(text) | Cell::Written(text) => inline(text, width),
        Cell::Number(number) => number.to_string(),
        Cell::Count(number) => {
            let sign = if *number < 0 { "-" } else { "" };
            format!("{sign}{}", grouped(number.unsigned_abs()))
        }
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

/// Text with nothing in it that steers a terminal: such characters are spelled out, and all else, blanks
/// among it, is as it was.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    spelled(text, |c| format!("\\u{{{:x}}}", u32::from(c)))
}

/// A value as JSON over several lines for a terminal: the same value, with escapes for what would steer
/// the terminal.
#[must_use]
pub fn json_text(value: &serde_json::Value) -> String {
    let lines = serde_json::to_string_pretty(value).unwrap_or_default();
    let lines = lines.lines().map(|line| {
        // All of them lie within one UTF-16 unit.
        spelled(line, |c| format!("\\u{:04x}", u32::from(c)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn spelled(text: &str, spell: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut harmless = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match steers(c) {
            true => harmless.push_str(&spell(c)),
            false => harmless.push(c),
        }
    }
    Cow::Owned(harmless)
}
