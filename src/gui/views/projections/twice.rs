//! Faulty delivery: which handlers and fields mind an event that comes twice, late, or in the other
//! order, with the smallest pair of events that shows it.

use egui::Ui;

use super::page::{Scene, bar, go_to, of_text, say, trial, wide_as};
use crate::analysis::projection::{Idempotency, Violation};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::views::Standing;
use crate::gui::views::state::value::preview;
use crate::gui::widgets::{Column, EmptyState, RowCells, TableState, VirtualTable, menu_item};
use crate::gui::words;
use crate::model::EventIx;
use crate::render::grouped;
use crate::worker::{AskRepeated, Written};

/// A pane narrower than this has no room for long values.
const NARROW: f32 = 760.0;

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Twice {
    table: TableState,
    tried: Option<Written>,
    selected: Option<u64>,
}

impl Twice {
    /// Another definition is in front.
    pub fn forget(&mut self) {
        (self.tried, self.selected) = (None, None);
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let slot = &scene.model.answers.repeated;
        let tried = self.tried.as_ref();
        let known = slot
            .known()
            .filter(|(asked, _)| Some(&asked.written) == tried);
        let told = known.map(|(_, told)| told.clone());
        let sentence = match (&told, tried) {
            (Some(Ok(told)), Some(tried)) => of_text(scene, tried, sentence(told)),
            _ => String::new(),
        };
        let mut begins = false;
        bar(
            ui,
            |ui| say(ui, &sentence),
            |ui| begins = trial(ui, (scene.model, slot), "Try it", outbox),
        );
        if begins {
            if self.tried.as_ref() == Some(&scene.written) {
                outbox.send(Command::Again);
            }
            self.tried = Some(scene.written.clone());
        }
        if let Some(written) = &self.tried {
            let question = AskRepeated {
                subject: scene.session.subject(),
                cut: *scene.model.cursor.cut(),
                written: written.clone(),
                settings: scene.settings,
            };
            outbox.ask(|answers| &mut answers.repeated, question);
        }
        let standing = Standing::of(ui, slot);
        if self.tried.is_some() {
            standing.tell(ui, "The trial", outbox);
        }
        match told {
            None => {
                let sentence = match &self.tried {
                    None => "Try each event twice, again later, and swapped with the one before it",
                    Some(_) => "Each event is being tried twice, late and swapped",
                };
                EmptyState::new(Icon::Retry, sentence).show(ui);
            }
            Some(Err(error)) => {
                EmptyState::new(Icon::Error, &error.to_string()).show(ui);
            }
            Some(Ok(told)) => {
                standing.fade(ui);
                self.list(ui, scene, &told, outbox);
            }
        }
    }

    fn list(&mut self, ui: &mut Ui, scene: &Scene<'_>, told: &Idempotency, outbox: &mut Outbox) {
        let kinds = [
            ("delivered twice", &told.violations),
            ("again later", &told.late),
            ("swapped", &told.order),
        ];
        let rows: Vec<(&str, &Violation)> = kinds
            .into_iter()
            .flat_map(|(kind, found)| found.iter().map(move |one| (kind, one)))
            .collect();
        if rows.is_empty() {
            let sentence = "No handler minds a duplicate or another order";
            match &told.stopped {
                None => EmptyState::new(Icon::Check, sentence),
                Some(stopped) => EmptyState::new(Icon::Error, stopped),
            }
            .show(ui);
            return;
        }
        // In a narrow pane all of it is in sight as well.
        let (pair, value) = match ui.available_width() < NARROW {
            true => (112.0, 84.0),
            false => (130.0, 150.0),
        };
        let handlers = rows.iter().map(|(_, row)| row.handler.as_str());
        let fields = rows.iter().map(|(_, row)| field(row));
        let columns = [
            Column::new("Minds an event", 108.0),
            Column::new("Handler", wide_as(handlers, 80.0)).resizable(),
            Column::new("Field", wide_as(fields, 64.0)).resizable(),
            Column::new("Smallest pair", pair),
            Column::new("Should be", value).resizable(),
            Column::rest("Becomes", 72.0),
            Column::new("Times", 52.0).right(),
        ];
        let selected = self.selected.filter(|row| *row < rows.len() as u64);
        let table = VirtualTable::new("Minded", &mut self.table, &columns, rows.len() as u64);
        let said = table.selected(selected).show(ui, |cells| {
            if let Some((kind, row)) = rows.get(cells.index() as usize) {
                paint(cells, kind, row);
                cells.menu(|ui| {
                    for (event, word) in row.pair.iter().zip(["first", "second"]) {
                        if menu_item(ui, format!("Go to the {word} event")).clicked() {
                            outbox.send(Command::GoToEvent(*event));
                        }
                    }
                });
            }
        });
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        self.selected = said.moved_to.or(pointed).or(selected);
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let event = |row: u64| rows.get(row as usize).map(|(_, row)| row.pair[0]);
        let event: Option<EventIx> = opened.and_then(event);
        go_to(&scene.session.log, event, outbox);
    }
}

fn sentence(told: &Idempotency) -> String {
    let tried = words::counted(told.tried as usize, "event", "events");
    let count = told.violations.len();
    let minded = match (count, told.late.is_empty()) {
        (0, true) => "idempotent, needs no deduplication".to_owned(),
        (0, false) => "idempotent, but minds late duplicates".to_owned(),
        (count, _) => words::counted(count, "field not idempotent", "fields not idempotent"),
    };
    match &told.stopped {
        Some(stopped) => format!("{tried} tried. {stopped}"),
        None => format!("{tried} tried: {minded}"),
    }
}

fn field(row: &Violation) -> &str {
    match row.path.as_str() {
        "" => "the state",
        path => path.trim_start_matches('/'),
    }
}

fn paint(cells: &mut RowCells<'_>, kind: &str, row: &Violation) {
    let t = cells.painter().tokens();
    let field = field(row);
    let [first, second] = row.events.each_ref().map(words::position_named);
    let pair = format!("{first}, {second}");
    let value = |value: &Option<serde_json::Value>| match value {
        Some(value) => preview(value, 60),
        None => "nothing".to_owned(),
    };
    let (expected, found) = (value(&row.expected), value(&row.found));
    cells.text(0, Face::Dense, t.text, kind);
    cells.text(1, Face::Dense, t.text, &row.handler);
    cells.text(2, Face::Code, t.key, field);
    cells.text(3, Face::Cell, t.accent, &pair);
    cells.text(4, Face::Code, t.text2, &expected);
    cells.text(5, Face::Code, t.changed, &found);
    cells.text(6, Face::Cell, t.text2, &grouped(row.count));
    cells.name(|| format!("{kind} {} {field} {pair} {expected} {found}", row.handler));
}
