//! The dead letters known at the cursor: by error, how they grew over time, and of each the event with its
//! payload and where the consumer stood.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::groups;
use super::levels::{self, Line, Shades};
use super::multiple::fitting;
use crate::analysis::lag::{DeadLetterReport, LagReport};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::panels::{Beside, CardSize, EventCard};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Column, EmptyState, KeyValue, PaneHead, TableState, VirtualTable, menu_item,
};
use crate::gui::words;
use crate::model::PositionName;
use crate::model::time::{Style, Zone};
use crate::render;

/// The column of the consumers.
const CONSUMER: usize = 1;

/// Width of the list of errors.
const LIST: f32 = 260.0;

/// The page.
#[derive(Default)]
pub(super) struct Letters {
    state: TableState,
    card: EventCard,
    /// The group that is shown; none for all.
    group: Option<groups::Key>,
    /// The row that is selected.
    selected: Option<u64>,
}

impl Letters {
    /// Draws it; `size` is what the user made of the card.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (report, size): (&LagReport, &mut CardSize),
        outbox: &mut Outbox,
    ) {
        if report.dead_letters.is_empty() {
            let sentence = "No consumer has given up on an event at the cursor";
            EmptyState::new(Icon::Lag, sentence).show(ui);
            return;
        }
        let before = self.group.clone();
        let list = Panel::left("errors").exact_size(LIST).resizable(false);
        list.frame(Frame::NONE).show(ui, |ui| {
            groups::show(ui, report, &mut self.group);
        });
        if self.group != before {
            self.selected = None;
        }
        let shown = Shown::of(report, self.group.as_ref());
        if let Some(letter) = self.selected.and_then(|row| shown.at(row)) {
            let pane = Beside::List.pane(ui, size);
            pane.show(ui, |ui| self.letter(ui, model, letter, outbox));
        }
        CentralPanel::no_frame().show(ui, |ui| {
            if let Some(charts) = model.answers.lag_charts.get() {
                let margin = Margin::same(sizes::PAD as i8);
                Frame::NONE.inner_margin(margin).show(ui, |ui| {
                    let name = "Dead letters over time";
                    ui.label(Face::Title.text(name, ui.tokens().text));
                    let line = Line {
                        levels: &charts.backlog.letters,
                        stretch: charts.stretch,
                        told: report.dead_letters.len() as u64,
                    };
                    levels::plot(ui, model, name, (line, Shades::default()));
                });
            } else if model.answers.lag_charts.is_pending() {
                let margin = Margin::same(sizes::PAD as i8);
                Frame::NONE
                    .inner_margin(margin)
                    .show(ui, levels::being_counted);
            }
            self.table(ui, model, &shown, outbox);
        });
    }

    fn table(&mut self, ui: &mut Ui, model: &Model, shown: &Shown<'_>, outbox: &mut Outbox) {
        let columns = columns(model.zone());
        let rows = shown.len();
        let table = VirtualTable::new("Dead letters", &mut self.state, &columns, rows);
        let said = table.selected(self.selected).show(ui, |row| {
            let Some(letter) = shown.at(row.index()) else {
                return;
            };
            let t = row.painter().tokens();
            let cells = cells(letter, model);
            row.name(|| cells.join(" "));
            for (column, text) in cells.iter().enumerate() {
                let (face, colour) = match column {
                    1 | 3 => (Face::Dense, t.text),
                    6 => (Face::Dense, t.error),
                    _ => (Face::Cell, t.text2),
                };
                match row.cell(column).filter(|_| column == CONSUMER) {
                    // What tells consumers apart is mostly at the end.
                    Some(room) => {
                        let name = fitting(row.painter(), text, face, room.width());
                        row.text(column, face, colour, &name);
                    }
                    None => row.text(column, face, colour, text),
                }
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
        if let Some(letter) = moved.and_then(|row| shown.at(row)) {
            outbox.send(Command::SelectEvent(letter.event));
        }
        let opened = said.double_clicked.map(|hit| hit.row).or(said.activated);
        let opened = opened.and_then(|row| shown.at(row)?.event);
        if let Some(event) = opened {
            outbox.send(Command::GoToEvent(event));
        }
    }

    /// One letter: why, where the consumer stood, and the event.
    fn letter(&self, ui: &mut Ui, model: &Model, letter: &DeadLetterReport, outbox: &mut Outbox) {
        let t = ui.tokens();
        let consumer = letter.consumer.as_deref().unwrap_or("Dead letter");
        PaneHead::new(consumer)
            .secondary("gave up on this event")
            .show(ui, |_| {});
        let margin = Margin::symmetric(sizes::PAD as i8, 4);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            match &letter.error {
                Some(error) => {
                    ui.label(Face::Code.text(render::harmless(error), t.error));
                }
                None => KeyValue::new("Error").absent(ui, "not held by this store"),
            }
            match &letter.consumer_position {
                Some(position) => {
                    KeyValue::new("It stood at").mono(ui, &words::position_named(position));
                }
                None => KeyValue::new("It stood at").absent(ui, "not held by this store"),
            }
            match letter.attempts {
                Some(attempts) => KeyValue::new("Attempts").mono(ui, &attempts.to_string()),
                None => KeyValue::new("Attempts").absent(ui, "not held by this store"),
            }
        });
        match letter.event {
            Some(event) => self.card.show(ui, model, event, outbox),
            None => {
                let sentence = "The event that it was about is not in this store";
                EmptyState::new(Icon::Lag, sentence).show(ui);
            }
        }
    }
}

/// The letters of a group, the newest first.
struct Shown<'a> {
    all: &'a [DeadLetterReport],
    group: Option<&'a [usize]>,
}

impl<'a> Shown<'a> {
    fn of(report: &'a LagReport, group: Option<&groups::Key>) -> Self {
        let mut groups = report.dead_letters_by_error.iter();
        let group = group.and_then(|key| groups.find(|group| groups::key(group) == *key));
        Self {
            all: &report.dead_letters,
            group: group.map(|group| &group.letters[..]),
        }
    }

    fn len(&self) -> u64 {
        self.group.map_or(self.all.len(), <[usize]>::len) as u64
    }

    fn at(&self, row: u64) -> Option<&'a DeadLetterReport> {
        let place = usize::try_from(self.len().checked_sub(row + 1)?).ok()?;
        match self.group {
            None => self.all.get(place),
            Some(group) => self.all.get(*group.get(place)?),
        }
    }
}

fn columns(zone: Zone) -> [Column; 7] {
    [
        Column::new(format!("At, {zone}"), 168.0).resizable(),
        Column::new("Consumer", 150.0).resizable(),
        Column::new("Position", 62.0).right().resizable(),
        Column::new("Type", 112.0).resizable(),
        Column::new("Attempts", 60.0).right().resizable(),
        Column::new("Stood at", 62.0).right().resizable(),
        Column::rest("Error", 120.0),
    ]
}

fn cells(letter: &DeadLetterReport, model: &Model) -> [String; 7] {
    let position =
        |name: &Option<PositionName>| name.as_ref().map(words::bare_position).unwrap_or_default();
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
