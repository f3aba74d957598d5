//! The events view: every event of the store or of a filter in one table, the future beyond the
//! cursor faded, and beside it the card of the selected event. The search runs in the background.

mod bar;
mod columns;
mod editor;
mod menu;
mod table;
mod times;
mod words;

use egui::{CentralPanel, Frame, Panel, Ui};

use crate::analysis::events::EventFilter;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, SearchState};
use crate::gui::panels::EventCard;
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::widgets::EmptyState;
use crate::log::{Cut, Log};

pub(super) use times::{TimeFormat, TimeFormats};

/// Width of the card where nothing else was chosen.
const CARD: f32 = 368.0;

/// The events view.
#[derive(Default)]
pub(in crate::gui) struct Events {
    bar: bar::Bar,
    table: table::EventTable,
    card: EventCard,
    times: TimeFormats,
    /// The filter at the last frame.
    filter: EventFilter,
    known: Option<((Cut, usize, u64), usize)>,
}

impl Events {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(log) = model.log() else { return };
        if self.filter != model.filter {
            self.filter.clone_from(&model.filter);
            self.table.filtered();
        }
        let known = self.known(model, log);
        let times = self.times.get(model, log);
        let panel = |panel: Panel| panel.show_separator_line(false).frame(Frame::NONE);
        let bar = panel(Panel::top("events-bar").exact_size(sizes::FILTER_BAR)).resizable(false);
        bar.show(ui, |ui| {
            let sight = self.table.cursor_sight();
            let asked = self
                .bar
                .show(ui, model, (log, times), (known, sight), outbox);
            if asked == bar::Asked::GoToCursor {
                self.table.go_to_cursor();
            }
        });
        let card = Panel::right("events-card")
            .default_size(CARD)
            .size_range(280.0..=720.0);
        panel(card).resizable(true).show(ui, |ui| {
            let t = ui.tokens();
            let all = ui.max_rect();
            ui.painter().rect_filled(all, 0.0, t.panel);
            ui.painter()
                .vline(all.min.x + 0.5, all.y_range(), (1.0, t.border));
            if model.selection.event.is_some() {
                self.card.show(ui, model, outbox);
            } else {
                EmptyState::new(Icon::Events, "Select an event to see what it holds").show(ui);
            }
            // A card with little in it keeps the width it was given.
            ui.expand_to_include_rect(all);
        });
        CentralPanel::no_frame().show(ui, |ui| {
            ui.painter()
                .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
            self.table(ui, model, (log, times), outbox);
        });
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, times): (&Log, TimeFormat),
        outbox: &mut Outbox,
    ) {
        let done = model.answers.matching.state() == SearchState::Done;
        if !model.event_rows().is_empty() {
            return self.table.show(ui, model, (log, times), outbox);
        }
        if model.filter == EventFilter::default() {
            let sentence = if log.is_complete() {
                "This store holds no events"
            } else {
                "The first events are on their way"
            };
            EmptyState::new(Icon::Events, sentence).show(ui);
        } else if !done || !log.is_complete() {
            EmptyState::new(Icon::Filter, "Nothing matches so far").show(ui);
        } else {
            let empty = EmptyState::new(Icon::Filter, "No event matches this filter");
            if empty.button("Clear filter").show(ui) {
                outbox.send(Command::SetFilter(Box::default()));
            }
        }
    }

    /// How many rows are known at the cursor, counted again only when something changed.
    fn known(&mut self, model: &Model, log: &Log) -> usize {
        let (cut, rows) = (*model.cursor.cut(), model.event_rows());
        let key = (cut, rows.len(), model.answers.matching.changes());
        match self.known {
            Some((of, known)) if of == key => known,
            _ => {
                let known = rows.known(log, &cut);
                self.known = Some((key, known));
                known
            }
        }
    }
}
