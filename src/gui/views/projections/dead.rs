//! Dead letters: events that a handler failed on, the state that it met, and what becomes of them with
//! the definition as it stands in the editor.

use std::sync::Arc;

use egui::{CentralPanel, Ui};

use super::page::{Scene, as_of, bar, below_a_table, go_to, mark, say, trial, wide_as};
use super::sides;
use crate::analysis::projection::{DeadLetter, Retried, Sides, Worded};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Reordered;
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::widgets::{
    Column, EmptyState, PaneHead, RowCells, Side, SidePane, TableState, VirtualTable, menu_item,
};
use crate::gui::words;
use crate::model::EventIx;
use crate::render::grouped;
use crate::worker::{AskRetried, Projected};

/// A pane narrower than this has no room for long errors.
const NARROW: f32 = 760.0;

/// Letters by which the widths of columns are chosen.
const LOOKED_AT: usize = 100;

/// Letters that are tried again at once.
const AGAIN: usize = 1_000;

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Dead {
    table: TableState,
    states: TableState,
    selected: Option<EventIx>,
    again: Option<AskRetried>,
    /// The states of the selected letter, by what they were made of.
    shown: Option<(EventIx, u64, Sides)>,
    height: Option<f32>,
}

impl Dead {
    /// Another definition is in front.
    pub fn forget(&mut self) {
        (self.selected, self.again, self.shown) = (None, None, None);
    }

    /// Is about the same letter in a log of another order. What was tried again names events of the old
    /// one.
    pub fn reordered(&mut self, moved: &Reordered) {
        self.selected = self.selected.and_then(|event| moved.event(event));
        (self.again, self.shown) = (None, None);
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let Some(projected) = scene.projected.clone() else {
            let sentence = "Run a projection to see the events on which its handlers fail";
            EmptyState::new(Icon::Warning, sentence).show(ui);
            return;
        };
        self.bar(ui, scene, &projected, outbox);
        if let Some(question) = &self.again {
            let question = question.clone();
            outbox.ask(|answers| &mut answers.retried, question);
        }
        if projected.dead.is_empty() {
            let sentence = format!("No handler has failed {}", as_of(&projected));
            EmptyState::new(mark(&projected), &sentence).show(ui);
            return;
        }
        let again = self.told(scene);
        let all = ui.max_rect();
        let mut height = self.height;
        let chosen = self.selected;
        let selected = chosen.and_then(|event| {
            let mut letters = projected.dead.iter();
            letters.find(|letter| letter.event == event)
        });
        if let Some(letter) = selected {
            let usual = below_a_table(240.0, ui.available_height());
            let pane = SidePane::new("state of the dead letter", Side::Bottom, &mut height, usual);
            pane.range(96.0, all.height() - 160.0)
                .show(ui, |ui| self.letter(ui, scene, letter, again.as_deref()));
        }
        self.height = height;
        CentralPanel::no_frame().show(ui, |ui| {
            self.list(ui, &projected, again.as_deref(), outbox);
        });
    }

    fn bar(&mut self, ui: &mut Ui, scene: &Scene<'_>, projected: &Projected, outbox: &mut Outbox) {
        let count = projected.dead.len();
        let is_script = !scene.written.name.ends_with(".json");
        let mut begins = false;
        let sentence = match count {
            0 => String::new(),
            count => words::counted(count, "dead letter", "dead letters"),
        };
        bar(
            ui,
            |ui| say(ui, &sentence),
            |ui| {
                if is_script && count > 0 {
                    let slot = &scene.model.answers.retried;
                    begins = trial(ui, (scene.model, slot), "Run these again", outbox);
                    let about = "With the definition as it stands in the editor";
                    let text = Face::Secondary.text(about, ui.tokens().text3);
                    ui.add(egui::Label::new(text).truncate());
                }
            },
        );
        if begins {
            self.again = Some(AskRetried {
                subject: scene.session.subject(),
                clock: scene.model.clock(),
                written: scene.written.clone(),
                dead: projected.dead.iter().take(AGAIN).cloned().collect(),
            });
        }
    }

    /// What came of trying again.
    fn told(&self, scene: &Scene<'_>) -> Option<Arc<[Retried]>> {
        let question = self.again.as_ref()?;
        scene.model.answers.retried.of(question).cloned()
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        projected: &Projected,
        again: Option<&[Retried]>,
        outbox: &mut Outbox,
    ) {
        let first = || projected.dead.iter().take(LOOKED_AT);
        let types = first().map(|letter| words::type_of(&projected.log, letter.event));
        let partitions = first().filter_map(|letter| letter.partition.as_deref());
        let mut columns = vec![
            Column::new("Position", 86.0).right(),
            Column::new("Event type", wide_as(types, 90.0)).resizable(),
            Column::new("Partition", wide_as(partitions, 76.0)).resizable(),
            Column::rest("Error", 110.0),
            Column::new("Line", 48.0).right(),
            Column::new("Tried", 48.0).right(),
        ];
        if again.is_some() {
            let narrow = ui.available_width() < NARROW;
            columns.push(Column::new("Again", if narrow { 116.0 } else { 180.0 }));
        }
        let dead = &projected.dead;
        let chosen = self.selected;
        let at = chosen.and_then(|event| dead.iter().position(|letter| letter.event == event));
        let table = VirtualTable::new("Dead letters", &mut self.table, &columns, dead.len() as u64);
        let said = table.selected(at.map(|at| at as u64)).show(ui, |cells| {
            let Some(letter) = dead.get(cells.index() as usize) else {
                return;
            };
            let outcome = again.and_then(|again| {
                let mut again = again.iter();
                again.find(|one| one.event == letter.event)
            });
            paint(cells, projected, letter, outcome);
            cells.menu(|ui| {
                if menu_item(ui, "Go to the event").clicked() {
                    outbox.send(Command::GoToEvent(letter.event));
                }
                if menu_item(ui, "Copy the error").clicked() {
                    outbox.send(Command::Copy(letter.error.to_string()));
                }
            });
        });
        let event = |row: u64| dead.get(row as usize).map(|letter| letter.event);
        let pointed = said.clicked.or(said.secondary_clicked).map(|hit| hit.row);
        self.selected = (said.moved_to.or(pointed).and_then(event)).or(self.selected);
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        go_to(&projected.log, opened.and_then(event), outbox);
    }

    /// The state that the handler met, and what it became.
    fn letter(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        letter: &DeadLetter,
        again: Option<&[Retried]>,
    ) {
        let error = letter.error.to_string();
        PaneHead::new("State before")
            .secondary(&error)
            .show(ui, |_| {});
        let number = scene.model.answers.retried.number() + u64::from(again.is_some());
        let is_known =
            matches!(&self.shown, Some((event, of, _)) if (*event, *of) == (letter.event, number));
        if !is_known {
            let before = letter.met();
            let mut again = again.into_iter().flatten();
            let found = again.find(|one| one.event == letter.event);
            let after = found.and_then(|found| found.outcome.clone().ok().flatten());
            let after = after.or_else(|| before.clone());
            let [before, after] = [&before, &after].map(|side| side.as_ref().map(Worded::whole));
            let sides = Sides::of(before, after);
            self.shown = Some((letter.event, number, sides));
        }
        let Some((_, _, sides)) = &self.shown else {
            return;
        };
        let again = again.into_iter().flatten();
        let outcome = again.map(|one| (one.event, &one.outcome));
        let mut outcome = outcome.filter(|(event, _)| *event == letter.event);
        let after = match outcome.next() {
            Some((_, Ok(_))) => "State after running it again".to_owned(),
            Some((_, Err(error))) => format!("It failed again: {error}"),
            None => "State that was kept".to_owned(),
        };
        let heads = ["State that the handler met", after.as_str()];
        sides::show(
            ui,
            "State of the dead letter",
            &mut self.states,
            heads,
            sides,
        );
    }
}

fn paint(
    cells: &mut RowCells<'_>,
    projected: &Projected,
    letter: &DeadLetter,
    again: Option<&Retried>,
) {
    let t = cells.painter().tokens();
    let log = &projected.log;
    let position = words::bare_position(&log.position_name(letter.event));
    let name = words::type_of(log, letter.event);
    cells.text(0, Face::Cell, t.accent, &position);
    cells.text(1, Face::Dense, t.text, name);
    let partition = letter.partition.as_deref().unwrap_or_default();
    cells.text(2, Face::Cell, t.text2, partition);
    cells.text(3, Face::Dense, t.error, &letter.error.message);
    let line = letter.error.line.map(|line| grouped(line.into()));
    cells.text(4, Face::Cell, t.text2, &line.clone().unwrap_or_default());
    cells.text(5, Face::Cell, t.text2, &grouped(letter.attempts.into()));
    let outcome = again.map(|again| match &again.outcome {
        Ok(_) => ("handled".to_owned(), t.ok),
        Err(error) => (error.to_string(), t.error),
    });
    if let Some((words, ink)) = &outcome {
        cells.text(6, Face::Dense, *ink, words);
    }
    cells.name(|| {
        let line = line.as_ref().map(|line| format!("line {line}"));
        let parts = [
            Some(position.clone()),
            Some(name.to_owned()),
            Some(letter.error.message.clone()),
            line,
        ];
        let again = outcome.as_ref().map(|(words, _)| format!("again: {words}"));
        let parts = parts.into_iter().chain([again]).flatten();
        parts.collect::<Vec<_>>().join(" ")
    });
}
