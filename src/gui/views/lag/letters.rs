//! The dead letters known at the cursor: who gave up on which event, why, and where they stood.

use egui::Ui;

use crate::analysis::lag::{DeadLetterReport, LagReport};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::widgets::{Column, EmptyState, TableState, VirtualTable, menu_item};
use crate::gui::words;
use crate::model::time::Style;

/// The table of dead letters.
#[derive(Default)]
pub(super) struct Letters {
    state: TableState,
    selected: Option<u64>,
}

impl Letters {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, report: &LagReport, outbox: &mut Outbox) {
        let letters = &report.dead_letters;
        if letters.is_empty() {
            EmptyState::new(
                Icon::Lag,
                "No consumer has given up on an event at the cursor",
            )
            .show(ui);
            return;
        }
        let zone = model.zone();
        let columns = columns(zone);
        let rows = letters.len() as u64;
        let table = VirtualTable::new("Dead letters", &mut self.state, &columns, rows);
        let said = table.selected(self.selected).show(ui, |row| {
            // The newest first.
            let Some(letter) = at(letters, row.index()) else {
                return;
            };
            let t = row.painter().tokens();
            let cells = cells(letter, model);
            row.name(|| cells.join(" "));
            for (column, text) in cells.iter().enumerate() {
                let (face, colour) = match column {
                    1 | 3 => (Face::Body, t.text),
                    6 => (Face::Cell, t.error),
                    _ => (Face::Cell, t.text2),
                };
                row.text(column, face, colour, text);
            }
            row.menu(|ui| {
                if let Some(event) = letter.event
                    && menu_item(ui, "Go to the event").clicked()
                {
                    outbox.send(Command::GoToEvent(event));
                }
                if let Some(error) = &letter.error
                    && menu_item(ui, "Copy the error").clicked()
                {
                    outbox.send(Command::Copy(error.clone()));
                }
            });
        });
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        let moved = said.moved_to.or(pointed);
        self.selected = moved.or(self.selected).filter(|row| *row < rows);
        if let Some(letter) = moved.and_then(|row| at(letters, row)) {
            outbox.send(Command::SelectEvent(letter.event));
        }
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let opened = opened.and_then(|row| at(letters, row)?.event);
        if let Some(event) = opened {
            outbox.send(Command::GoToEvent(event));
        }
    }
}

fn columns(zone: crate::model::time::Zone) -> [Column; 7] {
    [
        Column::new(format!("At, {zone}"), 150.0).resizable(),
        Column::new("Consumer", 130.0).resizable(),
        Column::new("Position", 80.0).right().resizable(),
        Column::new("Type", 160.0).resizable(),
        Column::new("Attempts", 64.0).right().resizable(),
        Column::new("Stood at", 80.0).right().resizable(),
        Column::rest("Error", 200.0),
    ]
}

fn at(letters: &[DeadLetterReport], row: u64) -> Option<&DeadLetterReport> {
    letters.iter().rev().nth(usize::try_from(row).ok()?)
}

fn cells(letter: &DeadLetterReport, model: &Model) -> [String; 7] {
    let position = |name: &Option<crate::model::PositionName>| {
        name.as_ref().map(words::bare_position).unwrap_or_default()
    };
    let at = letter
        .at
        .map(|at| model.zone().format_bare(at, Style::Millis));
    [
        at.unwrap_or_default(),
        letter.consumer.clone().unwrap_or_default(),
        position(&letter.position),
        letter.event_type.clone().unwrap_or_default(),
        letter
            .attempts
            .map(|count| count.to_string())
            .unwrap_or_default(),
        position(&letter.consumer_position),
        letter.error.clone().unwrap_or_default(),
    ]
}
