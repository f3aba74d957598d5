//! A merge of one's own: a function in JavaScript, and what it makes of the fields of a conflict.

use egui::{Ui, UiBuilder, vec2};

use crate::analysis::causality::Merge;
use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::views::audit::cells::{Cells, part};
use crate::gui::views::code::{CodeEditor, Language};
use crate::gui::widgets::{Notice, Severity};
use crate::worker::AskMerge;

/// Height of the editor.
const EDITOR: f32 = 96.0;
/// Where the columns of a field begin.
const FIELD: [f32; 3] = [0.0, 200.0, 430.0];

/// What the function is until somebody writes another.
const FIRST: &str =
    "// The largest that a side made of it; sides are { name, value } in the order of the log.
(field, before, sides) => sides.map((side) => side.value)
  .reduce((most, value) => value > most ? value : most)";

/// The function.
#[derive(Debug)]
pub(super) struct OwnMerge {
    source: String,
}

impl Default for OwnMerge {
    fn default() -> Self {
        Self {
            source: FIRST.to_owned(),
        }
    }
}

impl OwnMerge {
    pub fn show(&mut self, ui: &mut Ui, model: &Model, merge: &Merge, outbox: &mut Outbox) {
        part(
            ui,
            "A merge of your own",
            "A function of a field, what it was before, and what each side made of it; it gives back what is right.",
        );
        let t = ui.tokens();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), EDITOR));
        ui.painter().rect_filled(rect, sizes::RADIUS, t.field);
        let mut inner = ui.new_child(UiBuilder::new().max_rect(rect));
        let editor = CodeEditor::new("Your merge", &mut self.source, Language::JavaScript);
        editor.show(&mut inner);
        let question = AskMerge {
            merge: merge.clone(),
            source: self.source.clone(),
        };
        let made = model.answers.own_merge.of(&question);
        outbox.ask(|answers| &mut answers.own_merge, question);
        ui.add_space(sizes::GAP);
        match made {
            None => {}
            Some(Err(error)) => {
                Notice::new(Severity::Error, &error.to_string()).show(ui);
            }
            Some(Ok(values)) => {
                Cells::heads(ui, &FIELD, &["Field", "Your merge", ""]);
                for (field, value) in merge.fields.iter().zip(values) {
                    let (text, colour) = match value {
                        Ok(value) => (value.to_string(), t.text),
                        Err(error) => (error.to_string(), t.error),
                    };
                    let agrees = match value {
                        Ok(value) if *value == field.merged => "as merged above",
                        Ok(value) if *value == field.last_write => "as the last write has it",
                        _ => "",
                    };
                    let name = format!("{} by your merge: {text}", field.field);
                    let cells = Cells::row(ui, &FIELD, &name);
                    cells.text(ui, 0, &field.field, (Face::Code, t.text));
                    cells.text(ui, 1, &text, (Face::Cell, colour));
                    cells.text(ui, 2, agrees, (Face::Secondary, t.text2));
                }
            }
        }
    }
}
