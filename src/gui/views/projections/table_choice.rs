//! The choice of a table that should hold the same as a projection, and of its key.

use egui::{Popup, Ui};

use crate::gui::widgets::{Button, menu_about, menu_content, menu_item};
use crate::log::Table as Listed;
use crate::worker::Opened;

/// What the tables are that the store itself is read from.
const READ: &str = "Read as the store's own: events, checkpoints and the like";

/// The table and its column with the names of partitions; whether a file with others is to be attached.
pub(super) fn choose(
    ui: &mut Ui,
    (tables, opened): (&[Listed], &Opened),
    chosen: &mut Option<(Listed, String)>,
) -> bool {
    let words = match chosen {
        Some((table, _)) => format!("Table: {}", table.name),
        None => "Table: choose…".to_owned(),
    };
    let button = ui.add(Button::secondary(&words).small().menu().name("Table"));
    let (mut picked, mut attaches) = (None, false);
    Popup::menu(&button).show(|ui| {
        let (read, models): (Vec<&Listed>, Vec<&Listed>) =
            tables.iter().partition(|table| opened.reads(&table.name));
        menu_content(ui, |ui| {
            for table in models {
                if menu_item(ui, table.name.as_str()).clicked() {
                    picked = Some(table.clone());
                }
            }
            if !read.is_empty() {
                ui.separator();
                menu_about(ui, READ);
            }
            for table in read {
                if menu_item(ui, table.name.as_str()).clicked() {
                    picked = Some(table.clone());
                }
            }
            ui.separator();
            if menu_item(ui, "Attach a SQLite file…").clicked() {
                attaches = true;
            }
        });
    });
    if let Some(table) = picked {
        let first = table.key.first().or_else(|| table.columns.first()).cloned();
        *chosen = first.map(|key| (table, key));
    }
    let Some((table, key)) = chosen else {
        return attaches;
    };
    let words = format!("Key: {key}");
    let button = ui.add(Button::secondary(&words).small().menu().name("Key column"));
    Popup::menu(&button).show(|ui| {
        menu_content(ui, |ui| {
            for column in &table.columns {
                if menu_item(ui, column.as_str()).clicked() {
                    key.clone_from(column);
                }
            }
        });
    });
    attaches
}
