//! The state view: one stream as of the cursor. The answer in a sentence, then history, state and
//! event side by side. All of it is read off the worker's answer; nothing is folded here.

mod answer_bar;
mod chooser;
mod difference;
mod event_list;
mod fields;
#[cfg(test)]
mod fields_tests;
mod history;
mod leaf;
mod no_stream;
mod pane;
mod timeline;
mod tree;
mod value;
mod values;

use egui::{CentralPanel, Frame, Panel, Ui};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::panels::EventCard;
use crate::gui::theme::{TokensExt, sizes};
use crate::log::Bound;
use crate::model::StreamIx;
use crate::worker::Found;
use answer_bar::{AnswerBar, Wish};
use history::History;
use no_stream::NoStream;
use pane::StatePane;

/// The state view.
#[derive(Default)]
pub(in crate::gui) struct State {
    no_stream: NoStream,
    answer_bar: AnswerBar,
    history: History,
    pane: StatePane,
    card: EventCard,
    /// Where the cursor was set to in the last frame.
    bound: Option<Bound>,
}

impl State {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let log = &session.log;
        let chosen = model.selection.stream;
        let Some(stream) = chosen.filter(|stream| stream.at() < log.streams().len()) else {
            self.no_stream.show(ui, session, outbox);
            return;
        };
        self.follow_cursor(model, outbox);
        let found = answer(model, session, stream);
        self.history.load(session, stream);
        let panel = ui.tokens().panel;
        let ground = Frame::NONE.fill(panel);
        Panel::top("state-answer")
            .exact_size(sizes::ANSWER_BAR)
            .resizable(false)
            .show_separator_line(false)
            .frame(ground)
            .show(ui, |ui| {
                let name = log.stream_name(stream);
                if self.answer_bar.show(ui, model, name, found, outbox) == Wish::Difference {
                    self.pane.show_difference();
                }
            });
        let width = ui.available_width();
        Panel::left("state-history")
            .default_size((width * 0.24).clamp(220.0, 306.0))
            .size_range(180.0..=(width * 0.34).max(180.0))
            .frame(ground)
            .show(ui, |ui| {
                self.history.show(ui, model, session, stream, found, outbox);
            });
        Panel::right("state-event")
            .default_size((width * 0.37).clamp(320.0, 524.0))
            .size_range(280.0..=(width * 0.45).max(280.0))
            .frame(ground)
            .show(ui, |ui| self.card.show(ui, model, outbox));
        CentralPanel::no_frame().frame(ground).show(ui, |ui| {
            let history = self.history.list().all();
            self.pane.show(ui, model, found, history, outbox);
        });
    }

    /// Moving the cursor lets go of an event chosen before, so that the card shows the last one
    /// known; a head that moves by itself does not.
    fn follow_cursor(&mut self, model: &Model, outbox: &mut Outbox) {
        let now = model.cursor.bound();
        let moved = self.bound.is_some_and(|before| before != now);
        self.bound = Some(now);
        let selected = model.selection.event;
        let on_it = matches!(now, Bound::Event(event) if selected == Some(event));
        if moved && selected.is_some() && !on_it {
            outbox.send(Command::SelectEvent(None));
        }
    }
}

/// The newest answer if it is about this stream in this order of the log.
fn answer<'a>(model: &'a Model, session: &Session, stream: StreamIx) -> Option<&'a Found> {
    model.answers.state.get().filter(|found| {
        found.at.stream == stream && found.log.generation() == session.log.generation()
    })
}
