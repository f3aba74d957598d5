//! What the store keeps of sagas beside its events: a row for each state, as far as it is known at the
//! cursor.

use egui::Ui;

use crate::analysis::saga::Stored;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::widgets::{Column, EmptyState, TableState, VirtualTable, menu_item};
use crate::model::EventIx;

/// Draws the rows over the room there is; the saga that was chosen, by its first event.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    (state, stored): (&mut TableState, &[Stored]),
    chosen: Option<EventIx>,
    outbox: &mut Outbox,
) -> Option<EventIx> {
    if stored.is_empty() {
        let sentence = "No state of a saga is known of this moment: a row that is written over tells of the time since";
        if EmptyState::new(Icon::Sagas, sentence)
            .button("To the head")
            .show(ui)
        {
            outbox.send(Command::ToHead);
        }
        return None;
    }
    let columns = [
        Column::new("Table", 150.0).named("table").resizable(),
        Column::new("Id", 150.0).named("id").resizable(),
        Column::new("Status", 120.0).named("status").resizable(),
        Column::new("Version", 64.0).named("version").right(),
        Column::new("Written", 170.0).named("written").resizable(),
        Column::rest("Saga", 120.0).named("saga"),
    ];
    let selected = chosen.and_then(|chosen| {
        let at = stored.iter().position(|own| own.first == Some(chosen));
        at.map(|at| at as u64)
    });
    let table =
        VirtualTable::new("Stored states", state, &columns, stored.len() as u64).selected(selected);
    let said = table.show(ui, |row| {
        let Some(own) = stored.get(row.index() as usize) else {
            return;
        };
        let t = row.painter().tokens();
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let id = or_none(&own.id);
        row.name(|| format!("{} {id}", own.table));
        row.text(0, Face::Dense, t.text, &own.table);
        row.text(1, Face::Cell, t.text, &id);
        row.text(2, Face::Dense, t.text2, &or_none(&own.status));
        let version = own.version.map(|version| version.to_string());
        row.text(3, Face::Cell, t.text2, &or_none(&version));
        match own.updated {
            Some(time) => row.text(4, Face::Cell, t.text2, &model.time(time)),
            None => row.text(4, Face::Dense, t.text3, "not held by this store"),
        }
        match &own.saga {
            Some(saga) => row.text(5, Face::Cell, t.text, saga),
            None => row.text(5, Face::Dense, t.text3, "no event tells of it"),
        }
        let data = own.data.as_ref().map(ToString::to_string);
        row.menu(|ui| {
            ui.set_min_width(180.0);
            for (word, text) in [("Copy its id", own.id.clone()), ("Copy its data", data)] {
                if let Some(text) = text
                    && menu_item(ui, word).clicked()
                {
                    outbox.send(Command::Copy(text));
                }
            }
        });
    });
    let row = said.moved_to.or(said.clicked.map(|hit| hit.row))?;
    stored.get(row as usize)?.first
}
