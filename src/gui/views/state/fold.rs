//! By what a state is folded: the default fold, or a projection that has a state for each stream.

use egui::{Popup, Ui};

use crate::analysis::projection::From;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Button, menu_about, menu_content, menu_item};
use crate::worker::{AskDefinitions, Written};

const DEFAULT: &str = "default fold (merge)";

/// What the default fold does.
const ABOUT: &str = "Payloads are merged in log order: a null removes its field, an array is \
                     replaced whole, and {old, new} sets the field that the event type names";

/// The choice; from the right.
pub(super) fn choose(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let chosen = model.fold_by.as_ref();
    let words = chosen.map_or(DEFAULT, |written| &*written.name);
    let button = ui.add(Button::ghost(words).small().menu().name("Folded by"));
    let button = match chosen {
        None => button.on_hover_text(ABOUT),
        Some(_) => button,
    };
    Popup::menu(&button).show(|ui| {
        let definitions = definitions(model, outbox);
        menu_content(ui, |ui| {
            if menu_item(ui, DEFAULT).clicked() {
                outbox.send(Command::FoldBy(None));
            }
            for (written, from) in &definitions {
                let reads = is_read(model, from);
                let entry = |ui: &mut Ui| menu_item(ui, &*written.name);
                let entry = ui.add_enabled_ui(reads, entry).inner;
                if entry.clicked() {
                    outbox.send(Command::FoldBy(Some(written.clone())));
                }
                if !reads {
                    let why = format!("reads {}, not this stream", from.words());
                    menu_about(ui, &why);
                }
            }
            if definitions.is_empty() {
                let about = "Write a projection with foreachStream() to have it here";
                let text = Face::Secondary.text(about, ui.tokens().text3);
                ui.add(egui::Label::new(text).selectable(false));
            }
        });
    });
    let text = Face::Secondary.text("by", ui.tokens().text2);
    ui.add(egui::Label::new(text));
}

/// Whether a definition that reads `from` there has a state for the stream in view.
fn is_read(model: &Model, from: &From) -> bool {
    let log = model.session.as_ref().map(|session| &session.log);
    let (Some(log), Some(stream)) = (log, model.selection.stream) else {
        return true;
    };
    from.covers(log, stream)
}

/// The definitions with a state for each stream, and what they read.
fn definitions(model: &Model, outbox: &mut Outbox) -> Vec<(Written, From)> {
    let Some(session) = &model.session else {
        return Vec::new();
    };
    let question = AskDefinitions {
        subject: session.subject(),
        workspace: model.workspace.clone(),
        look: 0,
    };
    let known = model.answers.definitions.known().map(|(_, found)| found);
    let found = known.map(|found| found.per_stream.clone());
    if model
        .answers
        .definitions
        .asked()
        .map(|asked| &asked.subject)
        != Some(&question.subject)
    {
        outbox.ask(|answers| &mut answers.definitions, question);
    }
    found.unwrap_or_default()
}

/// The file of the projection that folds states, as the command line takes it.
pub(super) fn file(model: &Model) -> Option<String> {
    let written = model.fold_by.as_ref()?;
    let found = model.answers.definitions.known().map(|(_, found)| found)?;
    let is_own = found.own.iter().any(|own| own.name == written.name);
    let folder = match is_own {
        true => model.workspace.projections_folder()?,
        false => "sample-data/projections".into(),
    };
    Some(folder.join(&*written.name).display().to_string())
}
