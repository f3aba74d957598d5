//! The two small popovers of the answer bar: which field the sentence is about, and which moment to
//! compare with.

use egui::{Key, Label, Ui};

use super::value;
use crate::analysis::replay::{Found as At, pointer};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, Column, FirstFocus, TableState, TextField, VirtualTable};
use crate::log::Bound;
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::worker::{AskFieldNames, Found, FoundState};

const WIDTH: f32 = 380.0;
const ROWS: f32 = 11.0;
/// Bookmarks offered.
const BOOKMARKS: usize = 6;

/// Chooses a field from all leaves of the state.
#[derive(Default)]
pub(super) struct FieldChooser {
    text: String,
    /// It was drawn before.
    focus: FirstFocus,
    table: TableState,
}

impl FieldChooser {
    /// Begins anew: nothing is typed.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Draws it inside a popover.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 6.0;
        let id = egui::Id::unique("field-contains");
        self.focus.give(ui, id);
        let field = TextField::new("Field contains", &mut self.text)
            .icon(Icon::Search)
            .hint("Field contains…");
        let response = ui.add(field.id(id));
        let question = AskFieldNames {
            found: found.clone(),
            text: self.text.trim().to_lowercase(),
        };
        outbox.ask(|answers| &mut answers.field_names, question);
        let leaves = model.answers.field_names.get();
        let leaves = leaves.map_or(&[][..], Vec::as_slice);
        let rows = leaves.len() as u64 + 1;
        let columns = [Column::new("Field", 190.0), Column::rest("Value", 60.0)];
        let selected = model.selection.field.as_deref();
        let said = VirtualTable::new("Fields", &mut self.table, &columns, rows)
            .head_height(0.0)
            .height((rows as f32).min(ROWS) * sizes::ROW_TABLE)
            .show(ui, |cells| {
                let t = cells.painter().tokens();
                let Some(at) = (cells.index() as usize).checked_sub(1) else {
                    cells.text(0, Face::Dense, t.text, "The whole state");
                    cells.name(|| "The whole state".to_owned());
                    return;
                };
                let Some(leaf) = leaves.get(at) else { return };
                let spoken = pointer::spoken(leaf);
                let face = if selected == Some(leaf) {
                    Face::CodeStrong
                } else {
                    Face::Code
                };
                cells.text(0, face, t.key, &spoken);
                if let At::Present { value, .. } = found.at.tree().get(leaf) {
                    let text = value::preview(&value, value::MOST);
                    cells.text(1, Face::Code, value::tint(t, &value), &text);
                }
                cells.name(|| format!("Choose {spoken}"));
            });
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let first = (!leaves.is_empty()).then_some(1);
        let chosen = said
            .clicked
            .map(|hit| hit.row)
            .or(first.filter(|_| entered));
        if let Some(row) = chosen {
            let leaf = (row as usize).checked_sub(1).and_then(|at| leaves.get(at));
            outbox.send(Command::SelectField(leaf.cloned()));
            ui.close();
        }
    }
}

/// Chooses a moment to compare with.
#[derive(Default)]
pub(super) struct CompareChooser {
    text: String,
    /// It was drawn before.
    focus: FirstFocus,
    /// Why what was typed is no moment.
    error: Option<String>,
}

impl CompareChooser {
    /// Begins anew: nothing is typed.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Draws it inside a popover; true once a moment was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        found: Option<&Found>,
        outbox: &mut Outbox,
    ) -> bool {
        let t = ui.tokens();
        ui.set_width(260.0);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.add(Label::new(
            Face::Title.text("Compare the state with", t.text),
        ));
        let id = egui::Id::unique("moment-to-compare-with");
        self.focus.give(ui, id);
        let field = TextField::new("Moment to compare with", &mut self.text)
            .hint("2024-12-31 23:59, #1042, v7")
            .error(self.error.as_deref())
            .mono()
            .id(id);
        let response = ui.add(field);
        if response.changed() {
            self.error = None;
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let mut chosen = (entered && !self.text.trim().is_empty()).then(|| self.text.clone());
        for (name, moment) in presets(model, found) {
            if ui.add(Button::ghost(&name).small()).clicked() {
                chosen = Some(moment);
            }
        }
        if model.compare.is_some() && ui.add(Button::ghost("Stop comparing").small()).clicked() {
            outbox.send(Command::CompareWith(None));
            ui.close();
        }
        if let Some(error) = &self.error {
            ui.add(Label::new(Face::Secondary.text(error, t.error)).wrap());
        }
        let Some(moment) = chosen else { return false };
        match model.understand(&moment) {
            Ok(understood) => {
                self.text.clear();
                outbox.send(Command::CompareWith(Some(understood.bound)));
                ui.close();
                true
            }
            Err(error) => {
                self.error = Some(error);
                response.request_focus();
                false
            }
        }
    }
}

/// Moments worth comparing with: a name, and what could be typed for it.
fn presets(model: &Model, found: Option<&Found>) -> Vec<(String, String)> {
    let mut presets = Vec::new();
    if let Some(found) = found {
        let (log, at) = (&found.log, &found.at);
        let version = at.last.and_then(|last| log.version_in(last, at.stream));
        if let Some(version) = version.filter(|_| at.events > 1) {
            let before = crate::model::Version(version.0 - 1);
            presets.push((format!("The version before, {before}"), before.to_string()));
        }
    }
    if let Some(time) = model.cursor.time() {
        let begins = model.log().and_then(|log| log.time_span(model.clock()));
        for (name, days) in [
            ("1 day earlier", 1),
            ("7 days earlier", 7),
            ("30 days earlier", 30),
        ] {
            let moment = time.saturating_sub(Span::from_secs(days * 86_400));
            // Before the store begins there is nothing to compare with.
            if begins.is_some_and(|(first, _)| moment >= first) {
                presets.push((named(model, name, moment), moment.to_string()));
            }
        }
    }
    if model.cursor.bound() != Bound::Head {
        presets.push(("The head".to_owned(), "head".to_owned()));
    }
    let bookmarks = model.store.bookmarks.iter().take(BOOKMARKS);
    presets.extend(bookmarks.map(|mark| (format!("Bookmark {}", mark.name), mark.moment.clone())));
    presets
}

fn named(model: &Model, name: &str, moment: Timestamp) -> String {
    let moment = model.zone().format_bare(moment, Style::Seconds);
    format!("{name}, {moment}")
}
