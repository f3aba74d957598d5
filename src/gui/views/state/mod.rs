//! The state view: one stream as of the cursor. The answer in a sentence, then history, state and
//! event side by side. All of it is read off the worker's answer; nothing is folded here.

mod answer_bar;
mod chooser;
mod difference;
mod event_list;
mod fold;
mod history;
mod leaf;
mod no_stream;
mod pane;
mod shown;
mod timeline;
mod tree;
pub(super) mod value;
mod values;

use std::sync::Arc;

use egui::{CentralPanel, Frame, Panel, Ui};
use serde::{Deserialize, Serialize};

use crate::gui::command::Outbox;
use crate::gui::kept::Kept;
use crate::gui::model::{Cursor, Model, Session};
use crate::gui::panels::{Beside, CardSize, EventCard};
use crate::gui::theme::{Icon, TokensExt};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{EmptyState, Side, SidePane, Widths};
use crate::log::{Bound, Log};
use crate::model::{EventIx, StreamIx};
use crate::render::Shell;
use crate::worker::{AskEvent, AskValues, Exports, FoundState};
use answer_bar::{AnswerBar, Wish};
use history::History;
use no_stream::NoStream;
use pane::StatePane;
use shown::{Parts, Seen, Shown};

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    /// The width of the history.
    history: Option<f32>,
    card: CardSize,
    /// Of the columns of the tree.
    fields: Widths,
    /// Of the columns of the differences.
    differences: Widths,
}

/// The state view.
pub(in crate::gui) struct State {
    no_stream: NoStream,
    answer_bar: AnswerBar,
    history: History,
    pane: StatePane,
    card: EventCard,
    shown: Shown,
    kept: Kept<Choices>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            no_stream: NoStream::default(),
            answer_bar: AnswerBar::default(),
            history: History::default(),
            pane: StatePane::default(),
            card: EventCard::beside(Beside::State),
            shown: Shown::default(),
            kept: Kept::new("state"),
        }
    }
}

impl Screen for State {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let log = &session.log;
        if let Some(kept) = self.kept.begin(model) {
            self.pane.take_up(kept);
        }
        let chosen = model.selection.stream;
        let Some(stream) = chosen.filter(|stream| stream.at() < log.streams().len()) else {
            self.no_stream.show(ui, model, session, outbox);
            return;
        };
        if let Some(question) = model.ask_state() {
            outbox.ask(|answers| &mut answers.state, question);
        }
        self.ask_values(model, session, stream, outbox);
        let newest = answer(model, session, stream);
        let (parts, made) = self.parts(ui, model, newest.as_ref(), outbox);
        let whole = self.pane.whole(model);
        let found = self.shown.take(newest, parts, whole);
        let found = found.as_ref();
        let standing = Standing::of(ui, &model.answers.state);
        let seen = Seen::of(model, session, found.filter(|_| !standing.is_old()));
        let panel = ui.tokens().panel;
        let ground = Frame::NONE.fill(panel);
        Panel::top("state-answer")
            .exact_size(AnswerBar::height(ui.available_width()))
            .resizable(false)
            .show_separator_line(false)
            .frame(ground)
            .show(ui, |ui| {
                let name = log.stream_name(stream);
                standing.fade(ui);
                if self.answer_bar.show(ui, model, name, found, outbox) == Wish::Difference {
                    self.pane.show_difference();
                }
            });
        // What is shown first has the whole width or height.
        if Beside::is_below(ui) {
            self.event(ui, model, (log, stream), made, outbox);
            self.history(ui, model, (&seen, stream), found, outbox);
        } else {
            self.history(ui, model, (&seen, stream), found, outbox);
            self.event(ui, model, (log, stream), made, outbox);
        }
        CentralPanel::no_frame().frame(ground).show(ui, |ui| {
            let asked = pane::Asked {
                log,
                stream,
                standing: &standing,
            };
            self.pane.show(ui, model, asked, found, outbox);
        });
        self.pane.keep(&mut self.kept.value);
        self.kept.end(ui, outbox);
    }

    fn find(&mut self) -> Option<()> {
        self.history.find();
        Some(())
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        if model.fold_by.is_some() {
            return Err("Choose the default fold to export the state, or copy it as JSON");
        }
        let found = model.selection.stream.zip(model.log());
        let (stream, log) = found.ok_or("Select a stream to export its state")?;
        let name = super::file_name(log.stream_name(stream));
        Ok((Exports::State(stream), name))
    }

    fn address(&self, model: &Model, log: &Log) -> Shell {
        let Some(stream) = model.selection.stream else {
            return Shell::new("info");
        };
        let other = compared(model, log).map(|(_, later)| {
            let cursor = Cursor::new(log, model.clock(), later);
            cursor.as_text().unwrap_or_else(|| "head".to_owned())
        });
        Shell::new("state")
            .word(log.stream_name(stream))
            .option_if("--diff-to", other)
            .option_if("--projection", fold::file(model))
    }

    fn address_at(&self, model: &Model, log: &Log) -> Bound {
        compared(model, log).map_or(model.cursor.bound(), |(earlier, _)| earlier)
    }
}

/// The cursor and the moment to compare with, the earlier one first.
fn compared(model: &Model, log: &Log) -> Option<(Bound, Bound)> {
    let (cursor, other) = (model.cursor.bound(), model.compare?);
    let count = |bound| log.cut(model.clock(), bound).count();
    let later = count(other) >= count(cursor);
    Some(if later {
        (cursor, other)
    } else {
        (other, cursor)
    })
}

impl State {
    /// Asks for all that is drawn of the newest state: how far that is, and the event that the card is to
    /// show. The card is asked last, since it shows whatever it was asked for as soon as that comes: when
    /// its event is there, all is.
    fn parts(
        &self,
        ui: &Ui,
        model: &Model,
        newest: Option<&FoundState>,
        outbox: &mut Outbox,
    ) -> (Parts, Option<EventIx>) {
        let Some(newest) = newest else {
            return (Parts::There, None);
        };
        let last = newest.at.last;
        let page = self.pane.ask(ui, model, newest, outbox);
        match (page, last) {
            (Parts::Coming, _) => (page, self.shown.last().or(last)),
            (Parts::There, Some(event)) if model.selection.event.is_none() => {
                let order = newest.log.generation();
                let is_it = |asked: &AskEvent| {
                    (asked.event, asked.subject.log.generation()) == (event, order)
                };
                (Parts::of(ui, &model.answers.beside, is_it), last)
            }
            _ => (page, last),
        }
    }

    fn history(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (seen, stream): (&Seen, StreamIx),
        found: Option<&FoundState>,
        outbox: &mut Outbox,
    ) {
        let width = ui.available_width();
        let usual = (width * 0.24).clamp(220.0, 380.0);
        let pane = SidePane::new("history", Side::Left, &mut self.kept.value.history, usual);
        pane.range(160.0, width * 0.4).show(ui, |ui| {
            let ground = ui.tokens().panel;
            ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
            let found = found.map(|found| &***found);
            self.history.show(ui, model, (seen, stream), found, outbox);
        });
    }

    /// The selected event where it is one of this stream, else the one that made the state.
    fn event(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, stream): (&Log, StreamIx),
        made: Option<EventIx>,
        outbox: &mut Outbox,
    ) {
        let pane = Beside::State.pane(ui, &mut self.kept.value.card);
        pane.show(ui, |ui| {
            let ground = ui.tokens().panel;
            ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
            let stands = |event: &EventIx| {
                event.at() < log.len()
                    && (log.stream(*event) == stream || log.version_in(*event, stream).is_some())
            };
            match model.selection.event.filter(stands).or(made) {
                Some(event) => self.card.show(ui, model, event, outbox),
                None => no_event(ui, &self.shown),
            }
        });
    }

    fn ask_values(&self, model: &Model, session: &Session, stream: StreamIx, outbox: &mut Outbox) {
        // Values over time are those of the default fold.
        let pointer = model.selection.field.clone();
        if let Some(pointer) = pointer.filter(|_| model.fold_by.is_none()) {
            let question = AskValues {
                subject: session.subject(),
                stream,
                pointer,
            };
            outbox.ask(|answers| &mut answers.values, question);
        }
    }
}

fn no_event(ui: &mut Ui, shown: &Shown) {
    let sentence = match shown.is_there() {
        false => {
            "The last event is shown once the state is folded; any event of the history can be selected"
        }
        true => "No event of this stream was known at the cursor",
    };
    EmptyState::new(Icon::Events, sentence).show(ui);
}

/// The newest answer if it is about this stream in this order of the log.
fn answer(model: &Model, session: &Session, stream: StreamIx) -> Option<FoundState> {
    let found = model.answers.state.get()?;
    let same_order = found.log.generation() == session.log.generation();
    let same_fold = found.projection == model.fold_by;
    (found.at.stream == stream && same_order && same_fold).then(|| FoundState(Arc::clone(found)))
}
