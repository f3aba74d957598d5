//! The events view: every event of the store or of a filter in one table, the future beyond the
//! cursor faded, and beside it the card of the selected event. The search runs in the background.

mod bar;
mod columns;
mod editor;
mod filter_words;
mod menu;
mod table;

use egui::{CentralPanel, Frame, Panel, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::events::EventFilter;
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Reordered, SearchState};
use crate::gui::panels::{Beside, CardSize, EventCard};
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::views::Screen;
use crate::gui::widgets::{EmptyState, Widths};
use crate::gui::words::{TimeFormat, TimeFormats};
use crate::log::{Cut, Log};
use crate::render::Shell;
use crate::worker::Exports;

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    widths: Widths,
    card: CardSize,
}

/// The events view.
pub(in crate::gui) struct Events {
    bar: bar::Bar,
    table: table::EventTable,
    card: EventCard,
    times: TimeFormats,
    /// The filter at the last frame.
    filter: EventFilter,
    known: Option<((Cut, usize, u64), usize)>,
    kept: Kept<Choices>,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            bar: bar::Bar::default(),
            table: table::EventTable::default(),
            card: EventCard::default(),
            times: TimeFormats::default(),
            filter: EventFilter::default(),
            known: None,
            kept: Kept::new("events"),
        }
    }
}

impl Screen for Events {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(log) = model.log() else { return };
        if let Some(kept) = self.kept.begin(model) {
            self.table.set_widths(kept.widths.clone());
        }
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
        self.event(ui, model, outbox);
        CentralPanel::no_frame().show(ui, |ui| {
            ui.painter()
                .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
            self.table(ui, model, (log, times), outbox);
        });
        self.kept.value.widths.clone_from(self.table.widths());
        self.kept.end(ui, outbox);
    }

    fn reordered(&mut self, moved: &Reordered) {
        // No other filter was set, so its rows stay in sight.
        moved.filter(&mut self.filter);
        self.table.reordered(moved);
    }

    fn find(&mut self) -> Option<()> {
        self.bar.find();
        Some(())
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let stem = super::stem(model);
        Ok((
            Exports::Events(model.filter.clone()),
            format!("{stem}-events"),
        ))
    }

    fn address(&self, model: &Model, log: &Log) -> Shell {
        filter_words::address(model, log)
    }
}

impl Events {
    /// The selected event. Under a narrow table an empty pane would only take its rows.
    fn event(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let selected = model.selection.event;
        if selected.is_none() && Beside::is_below(ui) {
            return;
        }
        let pane = Beside::List.pane(ui, &mut self.kept.value.card);
        pane.show(ui, |ui| {
            let t = ui.tokens();
            ui.painter().rect_filled(ui.max_rect(), 0.0, t.panel);
            match selected {
                Some(event) => self.card.show(ui, model, event, outbox),
                None => {
                    EmptyState::new(Icon::Events, "Select an event to see what it holds").show(ui);
                }
            }
        });
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, times): (&Log, TimeFormat),
        outbox: &mut Outbox,
    ) {
        let running = model.answers.matching.is_running();
        // The table of a search that has only begun is empty, but has the keyboard it had.
        if running || !model.event_rows().is_empty() {
            return self.table.show(ui, model, (log, times), outbox);
        }
        if model.filter == EventFilter::default() {
            let sentence = if log.is_complete() {
                "This store holds no events"
            } else {
                "The first events are on their way"
            };
            EmptyState::new(Icon::Events, sentence).show(ui);
        } else if model.answers.matching.state() != SearchState::Done || !log.is_complete() {
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
