//! A projection against the table that should hold the same: rows that are missing, that should not be
//! there, and that differ, and since when. A table is as it is now, so this is as of the head, or as of
//! the checkpoint of the consumer as whom the projection is seen, and only while the cursor is there.

use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::page::{Scene, bar, go_to, of_text, say, trial};
use super::table_choice::choose;
use crate::analysis::projection::ReadModelReport;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Reordered;
use crate::gui::theme::{Face, Icon, TokensExt, Tone};
use crate::gui::views::Standing;
use crate::gui::views::state::value::preview;
use crate::gui::widgets::{Column, EmptyState, RowCells, TableState, VirtualTable, menu_item};
use crate::gui::words;
use crate::log::{Bound, Table as Listed, TableRow};
use crate::model::{EventIx, PositionName};
use crate::worker::{AskReadModel, AskTables};

/// Less room than this makes columns narrower.
const NARROW: f32 = 800.0;

/// Letters of a value at most.
const LETTERS: usize = 80;

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Table {
    state: TableState,
    /// The table and its key as they were chosen.
    chosen: Option<(Listed, String)>,
    asked: Option<AskReadModel>,
    /// The rows of the answer that has this number.
    rows: (u64, Arc<[Row]>),
}

/// How a row is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Missing,
    Extra,
    Different,
}

impl Wrong {
    const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different => "different",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Missing => Tone::Removed,
            Self::Extra => Tone::Added,
            Self::Different => Tone::Changed,
        }
    }
}

/// A line of the list: a row, or a field of one.
#[derive(Clone, Debug)]
struct Row {
    wrong: Wrong,
    key: String,
    field: String,
    projection: String,
    table: String,
    since: String,
    event: Option<EventIx>,
}

impl Table {
    /// Another definition is in front; the table stays chosen.
    pub fn forget(&mut self) {
        self.asked = None;
    }

    /// Leads to the same events in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        let rows = self.rows.1.iter().map(|row| Row {
            event: row.event.and_then(|event| moved.event(event)),
            ..row.clone()
        });
        self.rows.1 = rows.collect();
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        consumer: Option<Arc<str>>,
        outbox: &mut Outbox,
    ) {
        let question = AskTables {
            subject: scene.session.subject(),
        };
        let tables = scene.model.answers.tables.of(&question).cloned();
        outbox.ask(|answers| &mut answers.tables, question);
        let slot = &scene.model.answers.read_model;
        // What was asked of another table, or seen as another, says nothing of what is chosen now.
        let asked = self.asked.clone().filter(|asked| {
            let own = self.chosen.as_ref();
            let is_chosen = own.is_some_and(|(table, key)| {
                (&*table.name, key.as_str()) == (&*asked.table, asked.key.as_str())
            });
            is_chosen && asked.consumer == consumer
        });
        let told = asked
            .as_ref()
            .and_then(|question| slot.of(question))
            .cloned();
        let report = told.as_ref().and_then(|told| told.as_ref().ok());
        let sentence = report.map(|report| sentence(report)).unwrap_or_default();
        let sentence = match &asked {
            Some(asked) => of_text(scene, &asked.written, sentence),
            None => sentence,
        };
        let chooses = (tables.as_deref().unwrap_or_default(), sentence.as_str());
        self.bar(ui, scene, chooses, consumer, outbox);
        if tables.as_deref().is_some_and(<[Listed]>::is_empty) {
            let sentence = "This store has no table that could be a read model";
            let said = EmptyState::new(Icon::Projections, sentence);
            if said.button("Attach a SQLite file…").show(ui) {
                outbox.send(Command::AttachDialog);
            }
            return;
        }
        if !is_at_head(scene) {
            let sentence = "A table is as it is now: move to the head to compare it";
            let said = EmptyState::new(Icon::Projections, sentence).button("Go to the head");
            if said.show(ui) {
                outbox.send(Command::MoveTo(Bound::Head));
            }
            return;
        }
        let Some(question) = asked else {
            let sentence = match self.chosen {
                None => "Choose a table and its key to see which of its rows are not right",
                Some(_) => "Press Compare to see which rows of the table are not right",
            };
            EmptyState::new(Icon::Projections, sentence).show(ui);
            return;
        };
        outbox.ask(|answers| &mut answers.read_model, question);
        let standing = Standing::of(ui, slot);
        standing.tell(ui, "The comparison", outbox);
        match told {
            None => {
                EmptyState::new(Icon::Projections, "The table is being compared").show(ui);
            }
            Some(Err(sentence)) => {
                EmptyState::new(Icon::Error, &sentence).show(ui);
            }
            Some(Ok(report)) => {
                standing.fade(ui);
                self.list(ui, scene, (slot.number(), &report), outbox);
            }
        }
    }

    fn bar(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        (tables, sentence): (&[Listed], &str),
        consumer: Option<Arc<str>>,
        outbox: &mut Outbox,
    ) {
        let slot = &scene.model.answers.read_model;
        let (mut begins, mut attaches) = (false, false);
        let chosen = &mut self.chosen;
        let can = chosen.is_some() && is_at_head(scene);
        bar(
            ui,
            |ui| {
                attaches = choose(ui, (tables, &scene.session.opened), chosen);
                say(ui, sentence);
            },
            |ui| {
                if can {
                    begins = trial(ui, (scene.model, slot), "Compare", outbox);
                }
            },
        );
        if attaches {
            outbox.send(Command::AttachDialog);
        }
        if let (true, Some((table, key))) = (begins, &self.chosen) {
            let question = AskReadModel {
                subject: scene.session.subject(),
                clock: scene.model.clock(),
                written: scene.written.clone(),
                settings: scene.settings,
                consumer,
                table: table.name.clone(),
                key: key.clone(),
            };
            if self.asked.as_ref() == Some(&question) {
                outbox.send(Command::Again);
            }
            self.asked = Some(question);
        }
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        (number, report): (u64, &ReadModelReport),
        outbox: &mut Outbox,
    ) {
        if self.rows.0 != number {
            self.rows = (number, rows(report));
        }
        let rows = Arc::clone(&self.rows.1);
        if rows.is_empty() {
            let sentence = match report.rows {
                0 => "The table is empty, and so is the projection",
                _ => "Every row is as the projection has it",
            };
            EmptyState::new(Icon::Check, sentence).show(ui);
            return;
        }
        // In a narrow pane since when is in sight all the same.
        let [key, field, value] = match ui.available_width() < NARROW {
            true => [104.0, 92.0, 128.0],
            false => [150.0, 130.0, 150.0],
        };
        let columns = [
            Column::new("Row", 78.0),
            Column::new("Key", key).resizable(),
            Column::new("Field", field).resizable(),
            Column::new("Projection", value).resizable(),
            Column::new("Table", value).resizable(),
            Column::rest("Wrong since", 96.0).right(),
        ];
        let log = &scene.session.log;
        let count = rows.len() as u64;
        let table = VirtualTable::new("Wrong rows", &mut self.state, &columns, count);
        let said = table.show(ui, |cells| {
            if let Some(row) = rows.get(cells.index() as usize) {
                paint(cells, row);
                cells.menu(|ui| {
                    if menu_item(ui, "Go to the event since when").clicked() {
                        go_to(log, row.event, outbox);
                    }
                });
            }
        });
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let opened = opened.and_then(|row| rows.get(row as usize));
        go_to(log, opened.and_then(|row| row.event), outbox);
    }
}

/// Whether all that the store holds is known at the cursor.
fn is_at_head(scene: &Scene<'_>) -> bool {
    scene.model.cursor.cut().count() as usize == scene.session.log.len()
}

fn sentence(report: &ReadModelReport) -> String {
    let at = report.position.as_ref().map(words::position_named);
    let at = at.unwrap_or_else(|| "the beginning".to_owned());
    let counts = report.counts;
    let parts = [
        (counts.missing, "missing"),
        (counts.extra, "extra"),
        (counts.different, "different"),
    ];
    let wrong = parts.iter().filter(|(count, _)| *count > 0);
    let mut wrong: Vec<String> = wrong
        .map(|(count, word)| format!("{} {word}", crate::render::grouped(*count)))
        .collect();
    if wrong.is_empty() {
        wrong.push("all right".to_owned());
    }
    let rows = words::counted(report.rows as usize, "row", "rows");
    let mut sentence = format!("{rows} against {at}: {}", wrong.join(", "));
    if !report.not_compared.is_empty() {
        sentence.push_str(&format!(
            ". Not compared: {}",
            report.not_compared.join(", ")
        ));
    }
    sentence
}

/// What is not right, line by line.
fn rows(report: &ReadModelReport) -> Arc<[Row]> {
    let since = |since: &Option<PositionName>| since.as_ref().map(words::position_named);
    let mut rows = Vec::new();
    for one in &report.missing {
        rows.push(Row {
            wrong: Wrong::Missing,
            key: one.key.clone(),
            field: String::new(),
            projection: preview(&one.state, LETTERS),
            table: String::new(),
            since: since(&one.since).unwrap_or_default(),
            event: one.event,
        });
    }
    for one in &report.extra {
        rows.push(Row {
            wrong: Wrong::Extra,
            key: one.key.clone(),
            field: String::new(),
            projection: String::new(),
            table: of_row(&one.row),
            since: since(&one.since).unwrap_or_else(|| "ever".to_owned()),
            event: one.event,
        });
    }
    for one in &report.different {
        for place in &one.fields {
            let value = |value: &Option<Value>| {
                let shown = value.as_ref().map(|value| preview(value, LETTERS));
                shown.unwrap_or_default()
            };
            let own = place.a_is.clone();
            rows.push(Row {
                wrong: Wrong::Different,
                key: one.key.clone(),
                field: place.path.trim_start_matches('/').to_owned(),
                projection: own.unwrap_or_else(|| value(&place.a)),
                table: value(&place.b),
                since: since(&one.since).unwrap_or_default(),
                event: one.event,
            });
        }
    }
    rows.into()
}

fn of_row(row: &TableRow) -> String {
    preview(&Value::Object(row.clone()), LETTERS)
}

fn paint(cells: &mut RowCells<'_>, row: &Row) {
    let t = cells.painter().tokens();
    let word = row.wrong.word();
    cells.text(0, Face::Dense, t.tone(row.wrong.tone()), word);
    cells.text(1, Face::Cell, t.text, &row.key);
    cells.text(2, Face::Cell, t.key, &row.field);
    cells.text(3, Face::Cell, t.text, &row.projection);
    cells.text(4, Face::Cell, t.text2, &row.table);
    cells.text(5, Face::Cell, t.text, &row.since);
    cells.name(|| {
        let parts = [
            &row.key,
            &row.field,
            &row.projection,
            &row.table,
            &row.since,
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let mut said = vec![word];
        said.extend(parts.map(String::as_str));
        said.join(" ")
    });
}
