//! The values of a field as rows: the last few, or all of them.

use egui::Ui;

use super::leaf::Leaf;
use super::timeline::Timeline;
use super::value;
use crate::analysis::replay::ValueChange;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Column, RowCells, TableState, VirtualTable};
use crate::gui::words;
use crate::model::time::Style;
use crate::worker::Found;

/// Rows of the short list.
const FEW: usize = 4;
const ROW: f32 = 22.0;
/// Height of the long list at most.
const HEIGHT: f32 = 8.0 * ROW;

/// Every value, in a list that scrolls.
#[derive(Default)]
pub(super) struct ValueList {
    table: TableState,
    /// The field whose values it was opened for.
    of: Option<String>,
}

impl ValueList {
    /// Draws them; a click goes to the event.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        leaf: &Leaf<'_>,
        values: &[ValueChange],
        timeline: &Timeline,
        outbox: &mut Outbox,
    ) {
        // It begins where the cursor is.
        if self.of.as_deref() != Some(leaf.pointer()) {
            self.of = Some(leaf.pointer().to_owned());
            self.table.centre_row(timeline.current.unwrap_or(0) as u64);
        }
        let columns = columns();
        let height = (values.len() as f32 * ROW).min(HEIGHT);
        let said = VirtualTable::new("All values", &mut self.table, &columns, values.len() as u64)
            .head_height(0.0)
            .row_height(ROW)
            .height(height)
            .show(ui, |cells| {
                if let Some(change) = values.get(cells.index() as usize) {
                    row(cells, leaf.model, leaf.found, change);
                }
            });
        let clicked = said.clicked.and_then(|hit| values.get(hit.row as usize));
        if let Some(change) = clicked {
            outbox.send(Command::GoToEvent(change.event));
        }
    }
}

/// The last values known at the cursor, the newest last.
pub(super) fn last_few(ui: &mut Ui, leaf: &Leaf<'_>, values: &[ValueChange], timeline: &Timeline) {
    let end = timeline.current.map_or(0, |current| current + 1);
    let few = &values[end.saturating_sub(FEW)..end];
    let mut state = TableState::default();
    VirtualTable::new("Last values", &mut state, &columns(), few.len() as u64)
        .head_height(0.0)
        .row_height(ROW)
        .height(few.len() as f32 * ROW)
        .show(ui, |cells| {
            if let Some(change) = few.get(cells.index() as usize) {
                row(cells, leaf.model, leaf.found, change);
            }
        });
}

fn columns() -> [Column; 3] {
    [
        Column::new("v", 40.0),
        Column::rest("Value", 60.0),
        Column::new("When", 138.0).right(),
    ]
}

fn row(cells: &mut RowCells<'_>, model: &Model, found: &Found, change: &ValueChange) {
    let t = cells.painter().tokens();
    let (log, at) = (&found.log, &found.at);
    let (ink, quiet) = if at.cut.holds(log, change.event) {
        let ink = change
            .value
            .as_ref()
            .map_or(t.removed, |value| value::tint(t, value));
        (ink, t.text2)
    } else {
        (t.future, t.future)
    };
    let text = change.value.as_ref().map_or_else(
        || "removed".to_owned(),
        |value| value::preview(value, value::MOST),
    );
    let version = words::version(log, at.stream, change.event);
    let when = log.time(change.event, at.cut.clock()).map_or_else(
        || words::position(log, change.event),
        |time| model.zone().format_bare(time, Style::Seconds),
    );
    cells.text(0, Face::Cell, quiet, &version);
    cells.text(1, Face::Code, ink, &text);
    cells.text(2, Face::Cell, quiet, &when);
    cells.name(|| format!("{version} {text} {when}"));
}
