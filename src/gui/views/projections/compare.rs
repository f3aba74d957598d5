//! Two definitions over the same events: which partitions they see differently, and since when.

use std::sync::Arc;

use egui::{CentralPanel, Popup, Ui};

use super::page::{Scene, bar, below_a_table, go_to, of_text, say, trial};
use super::sides;
use crate::analysis::projection::{Comparison, DifferingPartition, Sides, Worded};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::views::Standing;
use crate::gui::widgets::{
    Button, Column, EmptyState, RowCells, Side, SidePane, TableState, VirtualTable, menu_content,
    menu_item,
};
use crate::gui::words;
use crate::worker::{AskComparison, Written};

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Compare {
    table: TableState,
    states: TableState,
    /// The second definition, and under what name it was chosen.
    other: Option<(String, Written)>,
    /// What is compared.
    pair: Option<[Written; 2]>,
    selected: Option<String>,
    shown: Option<(String, u64, Sides)>,
    height: Option<f32>,
}

impl Compare {
    /// Another definition is in front; the second one stays chosen.
    pub fn forget(&mut self) {
        (self.pair, self.selected, self.shown) = (None, None, None);
    }

    /// Draws the page; `others` are the definitions to choose from.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        others: &[(String, Written)],
        outbox: &mut Outbox,
    ) {
        let slot = &scene.model.answers.comparison;
        let is_front = |(name, _): &mut (String, Written)| *name == *scene.written.name;
        self.other.take_if(is_front);
        let pair = self.pair.as_ref();
        let known = slot
            .known()
            .filter(|(asked, _)| Some(&asked.written) == pair);
        let told = known.map(|(_, told)| told.clone());
        self.bar(
            ui,
            scene,
            (others, told.as_ref().and_then(|told| told.as_ref().ok())),
            outbox,
        );
        if let Some(pair) = &self.pair {
            let question = AskComparison {
                subject: scene.session.subject(),
                cut: *scene.model.cursor.cut(),
                written: pair.clone(),
                settings: scene.settings,
            };
            outbox.ask(|answers| &mut answers.comparison, question);
        }
        let standing = Standing::of(ui, slot);
        if self.pair.is_some() {
            standing.tell(ui, "The comparison", outbox);
        }
        let comparison = match told {
            None => {
                let sentence = match (&self.pair, &self.other) {
                    (None, None) => "Choose a second definition to see which partitions it changes",
                    (None, Some(_)) => "Press Compare to see which partitions the two differ in",
                    (Some(_), _) => "The two are being compared",
                };
                EmptyState::new(Icon::Projections, sentence).show(ui);
                return;
            }
            Some(Err(error)) => {
                EmptyState::new(Icon::Error, &error.to_string()).show(ui);
                return;
            }
            Some(Ok(comparison)) => comparison,
        };
        standing.fade(ui);
        if comparison.differing.is_empty() {
            match &comparison.stopped {
                None => EmptyState::new(Icon::Check, "The two do not differ as of the cursor"),
                Some(stopped) => EmptyState::new(Icon::Error, stopped),
            }
            .show(ui);
            return;
        }
        self.differing(ui, scene, &comparison, outbox);
    }

    fn bar(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        (others, told): (&[(String, Written)], Option<&Arc<Comparison>>),
        outbox: &mut Outbox,
    ) {
        let slot = &scene.model.answers.comparison;
        let sentence = told.map_or_else(String::new, |told| sentence(told));
        let sentence = match &self.pair {
            Some([own, _]) => of_text(scene, own, sentence),
            None => sentence,
        };
        let a = format!("A: {}", scene.written.name);
        let other = self.other.clone();
        let b = other
            .as_ref()
            .map_or("B: choose…".to_owned(), |(name, _)| format!("B: {name}"));
        let (mut chosen, mut begins) = (None, false);
        bar(
            ui,
            |ui| {
                let t = ui.tokens();
                ui.add(egui::Label::new(Face::Dense.text(&a, t.text)).truncate());
                let button = ui.add(
                    Button::secondary(&b)
                        .small()
                        .menu()
                        .name("Second definition"),
                );
                Popup::menu(&button).show(|ui| {
                    menu_content(ui, |ui| {
                        for (name, written) in others {
                            if menu_item(ui, name.as_str()).clicked() {
                                chosen = Some((name.clone(), written.clone()));
                            }
                        }
                    });
                });
                say(ui, &sentence);
            },
            |ui| {
                if other.is_some() {
                    begins = trial(ui, (scene.model, slot), "Compare", outbox);
                }
            },
        );
        if let Some(chosen) = chosen {
            self.other = Some(chosen);
            begins = true;
        }
        if let (true, Some((_, other))) = (begins, &self.other) {
            let pair = [scene.written.clone(), other.clone()];
            if self.pair.as_ref() == Some(&pair) {
                outbox.send(Command::Again);
            }
            self.pair = Some(pair);
        }
    }

    fn differing(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        comparison: &Comparison,
        outbox: &mut Outbox,
    ) {
        let all = ui.max_rect();
        let chosen = self.selected.clone();
        let rows = &comparison.differing;
        let at = rows
            .iter()
            .position(|row| Some(&row.partition) == chosen.as_ref());
        let mut height = self.height;
        if let Some(row) = at.and_then(|at| rows.get(at)) {
            let usual = below_a_table(240.0, ui.available_height());
            let pane = SidePane::new("two states", Side::Bottom, &mut height, usual);
            pane.range(96.0, all.height() - 160.0)
                .show(ui, |ui| self.states(ui, scene, row));
        }
        self.height = height;
        let log = &scene.session.log;
        CentralPanel::no_frame().show(ui, |ui| {
            let columns = [
                Column::new("Partition", 160.0).resizable(),
                Column::new("Differs since", 104.0).right(),
                Column::new("By", 150.0).resizable(),
                Column::rest("Where", 120.0),
            ];
            let table =
                VirtualTable::new("Differing", &mut self.table, &columns, rows.len() as u64);
            let said = table.selected(at.map(|at| at as u64)).show(ui, |cells| {
                if let Some(row) = rows.get(cells.index() as usize) {
                    paint(cells, scene, row);
                    cells.menu(|ui| {
                        if menu_item(ui, "Go to the event since when").clicked() {
                            outbox.send(Command::GoToEvent(row.event));
                        }
                    });
                }
            });
            let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
            let row = said
                .moved_to
                .or(pointed)
                .and_then(|row| rows.get(row as usize));
            if let Some(row) = row {
                self.selected = Some(row.partition.clone());
            }
            let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
            let opened = opened.and_then(|row| rows.get(row as usize));
            go_to(log, opened.map(|row| row.event), outbox);
        });
    }

    fn states(&mut self, ui: &mut Ui, scene: &Scene<'_>, row: &DifferingPartition) {
        let number = scene.model.answers.comparison.number();
        let is_known =
            matches!(&self.shown, Some((name, of, _)) if *name == row.partition && *of == number);
        if !is_known {
            let [a, b] = [&row.a, &row.b].map(|side| side.as_ref().map(Worded::whole));
            let sides = Sides::of(a, b);
            self.shown = Some((row.partition.clone(), number, sides));
        }
        if let Some((_, _, sides)) = &self.shown {
            let [a, b] = self
                .pair
                .as_ref()
                .map_or(["A".into(), "B".into()], |[a, b]| {
                    [format!("A: {}", a.name), format!("B: {}", b.name)]
                });
            let heads = [a.as_str(), b.as_str()];
            sides::show(ui, "Two states", &mut self.states, heads, sides);
        }
    }
}

fn sentence(told: &Comparison) -> String {
    let differ = told.first_divergence.as_ref().map(|first| {
        let count = told.count as usize;
        let differ = words::counted(count, "partition differs", "partitions differ");
        format!("{differ} from {} on", words::position_named(first))
    });
    let both = [differ, told.stopped.clone()].into_iter().flatten();
    both.collect::<Vec<_>>().join(". ")
}

fn paint(cells: &mut RowCells<'_>, scene: &Scene<'_>, row: &DifferingPartition) {
    let t = cells.painter().tokens();
    let log = &scene.session.log;
    let name = match row.partition.as_str() {
        "" => "all",
        name => name,
    };
    let since = words::position_named(&row.since);
    let event_type = match row.event.at() < log.len() {
        true => words::type_of(log, row.event),
        false => "",
    };
    let paths = row.paths.iter().map(|place| match place.path.as_str() {
        "" => "the whole",
        path => path.trim_start_matches('/'),
    });
    let paths = match (&row.a, &row.b) {
        (Some(_), None) => "only in A".to_owned(),
        (None, Some(_)) => "only in B".to_owned(),
        _ => paths.collect::<Vec<_>>().join(", "),
    };
    cells.text(0, Face::Cell, t.accent, name);
    cells.text(1, Face::Cell, t.text, &since);
    cells.text(2, Face::Dense, t.text2, event_type);
    cells.text(3, Face::Cell, t.changed, &paths);
    cells.name(|| format!("{name} since {since} {event_type} {paths}"));
}
