//! Two states side by side, painted as a table: changed places in their tints on both sides.

use egui::{Align2, Color32, Rect, Ui};

use crate::analysis::projection::{Side, SideRow, Sides};
use crate::analysis::replay::Change;
use crate::gui::theme::{Face, Tokens, TokensExt, Tone, sizes};
use crate::gui::views::state::value::{self, MOST, preview};
use crate::gui::widgets::{Column, RowCells, TableState, VirtualTable};

const INDENT: f32 = 14.0;
/// From a half's edge to its keys; the sign stands before them.
const KEYS: f32 = 18.0;

/// Sign, ink and ground of what differs.
fn marked(t: &Tokens, change: Change) -> (&'static str, Color32, Color32) {
    let (sign, tone) = match change {
        Change::Changed => ("~", Tone::Changed),
        Change::Added => ("+", Tone::Added),
        Change::Removed => ("−", Tone::Removed),
    };
    (sign, t.tone(tone), t.tone_bg(tone))
}

/// `~3 changed +1 added`; what did not happen is left out.
pub(super) fn summary(sides: &Sides) -> String {
    let all = [
        (Change::Changed, "~", "changed"),
        (Change::Added, "+", "added"),
        (Change::Removed, "−", "removed"),
    ];
    let told = all.into_iter().filter_map(|(change, sign, word)| {
        let count = sides.count(change);
        (count > 0).then(|| format!("{sign}{count} {word}"))
    });
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => "nothing differs".to_owned(),
        false => told.join(" "),
    }
}

/// Draws them under these heads, over the room there is. `name` is for assistive technology.
pub(super) fn show(
    ui: &mut Ui,
    name: &str,
    state: &mut TableState,
    heads: [&str; 2],
    sides: &Sides,
) {
    let half = ((ui.available_width() - sizes::GUTTER) / 2.0).floor();
    let columns = [
        Column::new(heads[0], half),
        Column::rest(heads[1], half.min(120.0)),
    ];
    let rows = sides.rows.len() as u64;
    let table = VirtualTable::new(name, state, &columns, rows).row_height(sizes::ROW_KEY_VALUE);
    table.show(ui, |cells| {
        if let Some(row) = sides.rows.get(cells.index() as usize) {
            paint(cells, row);
        }
    });
}

fn paint(cells: &mut RowCells<'_>, row: &SideRow) {
    let halves = [(0, &row.before), (1, &row.after)];
    let mut said = vec![key(row).to_owned()];
    for (at, side) in halves {
        let Some(cell) = cells.cell(at) else { continue };
        let text = half(cells, cell, row, side);
        if !text.is_empty() {
            said.push(text);
        }
    }
    cells.name(|| said.join(" "));
}

fn key(row: &SideRow) -> &str {
    match row.key.as_str() {
        "" => "result",
        key => key,
    }
}

/// Draws one side of a row; its value in words.
fn half(cells: &mut RowCells<'_>, cell: Rect, row: &SideRow, side: &Side) -> String {
    let t = cells.painter().tokens();
    if *side == Side::Nothing {
        return String::new();
    }
    let mut plain = t.punct;
    let text = match side {
        Side::Nothing => String::new(),
        Side::Object(fields) => format!("{{{fields}}}"),
        Side::Array(items) => format!("[{items}]"),
        Side::Odd(what, None) => what.clone(),
        Side::Odd(what, Some(entries)) => format!("{what}({entries})"),
        Side::Value(found) => {
            plain = value::tint(t, found);
            preview(found, MOST)
        }
    };
    let mut ink = plain;
    if let Some(change) = row.change {
        let (sign, strong, ground) = marked(t, change);
        // To the half's edges, so that a run of changed rows is one field.
        let mut whole = cell.expand2(egui::vec2(5.5, 0.0));
        let pane = cells.rect();
        if whole.min.x - pane.min.x < sizes::PAD {
            whole.min.x = pane.min.x;
        }
        cells.painter().rect_filled(whole, 0.0, ground);
        let edge = whole.with_max_x(whole.min.x + sizes::EDGE);
        cells.painter().rect_filled(edge, 0.0, strong);
        let place = cell.with_max_x(cell.min.x + KEYS);
        let place = place.translate(egui::vec2(3.0, 0.0));
        cells.text_in(place, Align2::LEFT_CENTER, Face::CellStrong, strong, sign);
        ink = strong;
    }
    let indent = KEYS + f32::from(row.depth).min(10.0) * INDENT;
    let keys = (cell.width() * 0.42).clamp(60.0, 220.0);
    let left = cell.with_min_x((cell.min.x + indent).min(cell.max.x));
    let name = left.with_max_x((cell.min.x + keys - 8.0).max(left.min.x + 24.0));
    cells.text_in(name, Align2::LEFT_CENTER, Face::Code, t.key, key(row));
    let right = cell.with_min_x((cell.min.x + keys).max(name.max.x + 8.0).min(cell.max.x));
    cells.text_in(right, Align2::LEFT_CENTER, Face::Code, ink, &text);
    text
}
