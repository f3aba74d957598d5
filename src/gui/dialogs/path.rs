//! A path typed by hand: for systems that have no file dialog, and for people who know where it is.

use std::path::PathBuf;

use egui::{Align, Layout, Margin, Ui, vec2};

use super::{Stays, head, modal};
use crate::gui::command::{Command, Outbox, PathFor};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, FirstFocus, TextField};
use crate::worker::{Existing, Exports};

/// What is being typed.
pub(super) struct PathField {
    wanted: PathFor,
    text: String,
    focus: FirstFocus,
}

impl PathField {
    /// Begins with a name in the home folder where a file is to be written.
    pub fn new(wanted: PathFor) -> Self {
        let text = match &wanted {
            PathFor::Opening | PathFor::Attaching => String::new(),
            PathFor::Export(what, stem) => match &**what {
                Exports::Text(written) => format!("{stem}.{}", written.ending),
                _ => format!("{stem}.json"),
            },
            PathFor::Layout(layout) => format!("{}.toml", layout.id),
        };
        Self {
            wanted,
            text,
            focus: FirstFocus::default(),
        }
    }

    /// The same once more, with the keyboard in it.
    pub fn again(self) -> Self {
        Self {
            focus: FirstFocus::default(),
            ..self
        }
    }

    pub fn show(&mut self, ui: &Ui, model: &Model, outbox: &mut Outbox) -> Stays {
        let (title, name, verb, words) = match self.wanted {
            PathFor::Opening => (
                "Open by path",
                "Path of an event store",
                "Open",
                "A SQLite or JSON file, or a folder of JSON files. It can also be dropped onto the window.",
            ),
            PathFor::Attaching => (
                "Attach by path",
                "Path of a SQLite file",
                "Attach",
                "Its tables can be looked up by projections and compared with them, until the store is closed. It is only read.",
            ),
            PathFor::Export(ref what, _) if matches!(**what, Exports::Text(_)) => (
                "Export to a path",
                "Path of the file to write",
                "Write",
                "Before a file that is there already is written over, you are asked.",
            ),
            PathFor::Export(ref what, _) if !what.has_forms() => (
                "Export to a path",
                "Path of the file to write",
                "Write",
                "It is written as JSON, whatever its name ends in. A file that is there is not written over without a question.",
            ),
            PathFor::Export(..) => (
                "Export to a path",
                "Path of the file to write",
                "Write",
                "The ending decides the form: .json, .jsonl or .csv.",
            ),
            PathFor::Layout(_) => (
                "Export the layout to a path",
                "Path of the file to write",
                "Write",
                "A TOML file, by which --layout reads a store and which can be passed on.",
            ),
        };
        modal(ui, title, 560.0, |ui| {
            let mut stays = head(ui, title, "");
            egui::Frame::new()
                .inner_margin(Margin::symmetric(16, 12))
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 12.0;
                    ui.label(Face::Dense.text(words, ui.tokens().text2));
                    let id = egui::Id::unique("typed-path");
                    self.focus.give(ui, id);
                    let field = TextField::new(name, &mut self.text).mono().id(id);
                    let response = ui.add(field.hint(name).width(ui.available_width()));
                    let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
                    let entered = response.lost_focus() && enter;
                    if buttons(ui, verb) || entered {
                        stays = self.take(model, outbox);
                    }
                });
            stays
        })
    }

    fn take(&self, model: &Model, outbox: &mut Outbox) -> Stays {
        let text = self.text.trim();
        if text.is_empty() {
            return Stays::Open;
        }
        let path = PathBuf::from(text);
        let session = model.session.as_ref();
        match (&self.wanted, session) {
            (PathFor::Opening, _) => outbox.send(Command::Open(path)),
            (PathFor::Attaching, _) => outbox.send(Command::Attach(path)),
            (PathFor::Layout(layout), _) => {
                let spared = Existing::Spared;
                outbox.send(Command::ExportLayoutTo(layout.clone(), path, spared));
            }
            (PathFor::Export(what, _), Some(session)) => {
                let session = session.opened.session;
                let spared = Existing::Spared;
                outbox.send(Command::ExportTo(session, what.clone(), path, spared));
            }
            (PathFor::Export(..), None) => {}
        }
        Stays::Closes
    }
}

/// True when the first is clicked.
fn buttons(ui: &mut Ui, verb: &str) -> bool {
    let size = vec2(ui.available_width(), sizes::BUTTON);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.add(Button::primary(verb)).clicked()
    })
    .inner
}
