//! The left half: which definition, what it says, and what is wrong with it.

use std::collections::BTreeSet;
use std::time::Duration;

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Popup, Ui, UiBuilder, vec2};

use super::shelf::{Origin, Sheet};
use super::{Projections, READING, can_run, form};
use crate::analysis::projection::ScriptError;
use crate::analysis::words::capitalised;
use crate::gui::command::Outbox;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::views::code::{CodeEditor, Language, Mark, MarkTone};
use crate::gui::widgets::{
    Button, EmptyState, IconButton, Notice, Segments, Severity, Tabs, menu_content, menu_item,
};
use crate::gui::words;
use crate::worker::{AskCheck, Going, Projected, Written};

/// How long nothing may be typed before the definition is looked at.
const PAUSE: f64 = 0.25;

/// What the editor is called.
const NAME: &str = "Definition";

/// What the left half keeps between frames.
#[derive(Default)]
pub(super) struct Editing {
    /// When something was typed last.
    typed_at: Option<f64>,
    /// What is looked at whether it holds.
    checked: Option<Written>,
    /// How a built-in one is written.
    writing: Writing,
    form: form::Form,
}

/// How a built-in definition is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Writing {
    #[default]
    Form,
    Json,
}

impl Projections {
    pub(super) fn definition(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        outbox: &mut Outbox,
    ) {
        self.sheets(ui, model, outbox);
        if self.shelf.sheets.is_empty() {
            if can_run(session) && !self.shelf.has_begun() {
                EmptyState::new(Icon::Projections, READING).show(ui);
            } else if can_run(session) {
                let empty = EmptyState::new(Icon::Projections, "No bundled projection suits this");
                if empty.button("New projection").show(ui) {
                    self.shelf.add("projection", "js", None);
                }
            }
            return;
        }
        let bottom = |name| {
            let panel = Panel::bottom(name).resizable(false).frame(Frame::NONE);
            panel.show_separator_line(false)
        };
        let status = bottom("projection-status").exact_size(sizes::STATUS_BAR + 4.0);
        status.show(ui, |ui| self.status(ui, model));
        let run = bottom("projection-run").exact_size(sizes::FILTER_BAR);
        run.show(ui, |ui| self.run_bar(ui, model, session, outbox));
        let mistake = self.mistake(model);
        let conflict = self
            .shelf
            .sheet()
            .is_some_and(|sheet| sheet.conflict.is_some());
        let found = model.answers.definitions.get();
        let trouble = found.and_then(|found| found.trouble.clone());
        if mistake.is_some() || conflict || trouble.is_some() {
            let margin = Margin::symmetric(sizes::PAD as i8, 8);
            let notices = bottom("projection-notices");
            let notices = notices.frame(Frame::NONE.inner_margin(margin));
            notices.show(ui, |ui| {
                if let Some(trouble) = &trouble {
                    Notice::new(Severity::Warning, trouble).show(ui);
                }
                self.notices(ui, mistake.as_ref());
            });
        }
        CentralPanel::no_frame().show(ui, |ui| match self.is_form(ui) {
            true => self.form(ui, session),
            false => self.editor(ui, model, mistake.as_ref()),
        });
        self.check(ui, session, outbox);
    }

    /// The open definitions, and the way to others.
    fn sheets(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let size = vec2(ui.available_width(), sizes::PANE_HEAD);
        let (_, rect) = ui.allocate_space(size);
        let actions = UiBuilder::new()
            .id_salt("sheets-actions")
            .max_rect(rect.shrink2(vec2(6.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center));
        let mut actions = ui.new_child(actions);
        actions.spacing_mut().item_spacing.x = 4.0;
        let plus = actions.add(IconButton::new(Icon::Plus, "Open or begin a definition").small());
        Popup::menu(&plus).show(|ui| menu_content(ui, |ui| self.choices(ui, model)));
        self.more(&mut actions, model);
        self.keeping(&mut actions, model, outbox);
        let left = actions.min_rect().min.x.min(rect.max.x) - sizes::GAP;
        let tabs = UiBuilder::new()
            .id_salt("sheets")
            .max_rect(rect.with_max_x(left));
        let ui_tabs = &mut ui.new_child(tabs);
        ui_tabs.set_clip_rect(ui_tabs.clip_rect().intersect(rect.with_max_x(left)));
        let names: Vec<String> = self.shelf.sheets.iter().map(named).collect();
        let mut tabs = Tabs::new("Definitions", &mut self.shelf.front);
        for (at, name) in names.iter().enumerate() {
            tabs = tabs.tab(at, name);
        }
        if tabs.show(ui_tabs).changed() {
            self.going = Going::On;
        }
        let t = ui.tokens();
        ui.painter()
            .hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    }

    /// How many definitions of this store stand in no tab, and the way to them.
    fn more(&mut self, ui: &mut Ui, model: &Model) {
        let Some(found) = model.answers.definitions.get() else {
            return;
        };
        let is_open = |name: &str| self.shelf.sheets.iter().any(|sheet| *sheet.name == *name);
        let bundled = found.bundled.iter().filter(|one| one.suits);
        let all = bundled.map(|one| &*one.written.name);
        let own = found.own.iter().map(|own| &*own.name);
        let names: BTreeSet<&str> = all.chain(own).filter(|name| !is_open(name)).collect();
        if names.is_empty() {
            return;
        }
        let words = format!("{} more", names.len());
        let button = ui.add(
            Button::ghost(&words)
                .small()
                .menu()
                .name("More definitions"),
        );
        Popup::menu(&button).show(|ui| menu_content(ui, |ui| self.choices(ui, model)));
    }

    /// What is to be done with the definition in front.
    fn keeping(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(sheet) = self.shelf.sheet() else {
            return;
        };
        if sheet.is_dirty() && model.workspace.folder().is_some() {
            let save = ui.add(Button::ghost("Save").small());
            let folder = model.workspace.projections_folder().unwrap_or_default();
            let file = folder.join(&sheet.name).display().to_string();
            if save.on_hover_text(format!("{file} (Ctrl+S)")).clicked() {
                self.save(outbox);
            }
        }
    }

    /// What can be opened.
    fn choices(&mut self, ui: &mut Ui, model: &Model) {
        if menu_item(ui, "New in JavaScript").clicked() {
            self.shelf.add("projection", "js", None);
        }
        if menu_item(ui, "New built in, no code").clicked() {
            self.shelf.add("built-in", "json", Some(form::NEW));
        }
        let Some(found) = model.answers.definitions.get() else {
            return;
        };
        let is_own = |name: &str| found.own.iter().any(|own| *own.name == *name);
        let own = found.own.iter().map(|own| (own, Origin::Own, ""));
        let bundled = found
            .bundled
            .iter()
            .filter(|one| !is_own(&one.written.name));
        let bundled = bundled.map(|one| {
            let about = if one.suits {
                ""
            } else {
                " (nothing in this store)"
            };
            (&one.written, Origin::Bundled, about)
        });
        ui.separator();
        for (written, origin, about) in own.chain(bundled) {
            if menu_item(ui, format!("{}{about}", written.name)).clicked() {
                self.shelf.open(written, origin);
            }
        }
        if let Some(sheet) = self.shelf.sheet() {
            ui.separator();
            let verb = if sheet.is_dirty() { "Discard" } else { "Close" };
            if menu_item(ui, format!("{verb} {}", sheet.name)).clicked() {
                self.shelf.close();
            }
        }
    }

    /// Whether the one in front is filled in rather than written; the way between the two stands above.
    fn is_form(&mut self, ui: &mut Ui) -> bool {
        let Some(sheet) = self.shelf.sheet().filter(|sheet| sheet.is_built_in()) else {
            return false;
        };
        let is_sound = sheet.written().read().is_ok();
        let writing = &mut self.editing.writing;
        let margin = Margin::symmetric(sizes::PAD as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            ui.horizontal(|ui| {
                Segments::new("How it is written", writing)
                    .option(Writing::Form, "Form")
                    .option(Writing::Json, "JSON")
                    .show(ui);
            });
        });
        // What the form does not understand can only be written.
        is_sound && *writing == Writing::Form
    }

    fn form(&mut self, ui: &mut Ui, session: &Session) {
        let Some(sheet) = self.shelf.sheet_mut() else {
            return;
        };
        if let Some(text) = self.editing.form.show(ui, &sheet.text, &session.log) {
            sheet.text = text;
            self.editing.typed_at = Some(ui.input(|input| input.time));
        }
    }

    fn editor(&mut self, ui: &mut Ui, model: &Model, mistake: Option<&ScriptError>) {
        let mut marks = Vec::new();
        if let Some(line) = mistake.and_then(|mistake| mistake.line) {
            marks.push(Mark {
                line: line as usize,
                tone: MarkTone::Error,
                note: String::new(),
            });
        }
        if let Some(Ok(projected)) = self.told(model) {
            marks.extend(self.marks(projected));
        }
        let Some(sheet) = self.shelf.sheet_mut() else {
            return;
        };
        let editor = CodeEditor::new(NAME, &mut sheet.text, Language::JavaScript);
        let edited = editor.of(&sheet.name).marks(&marks).show(ui);
        if edited.changed() {
            self.editing.typed_at = Some(ui.input(|input| input.time));
        }
    }

    /// Lines on which handlers failed, and the one that the step is in, while the text is what was run.
    fn marks(&self, projected: &Projected) -> Vec<Mark> {
        let Some(sheet) = self.shelf.sheet() else {
            return Vec::new();
        };
        if sheet.ran.as_ref() != Some(&sheet.written()) {
            return Vec::new();
        }
        let mut dead = std::collections::BTreeMap::<u32, (usize, &str)>::new();
        for letter in projected.dead.iter() {
            if let Some(line) = letter.error.line {
                let first = (0, &*letter.error.message);
                dead.entry(line).or_insert(first).0 += 1;
            }
        }
        let mut marks: Vec<Mark> = dead
            .into_iter()
            .map(|(line, (count, error))| Mark {
                line: line as usize,
                tone: MarkTone::Error,
                note: format!(
                    "{}: {error}",
                    words::counted(count, "dead letter", "dead letters")
                ),
            })
            .collect();
        if let Some((around, _)) = &projected.around {
            let event_type = words::type_of(&projected.log, around.event);
            let line = handler_line(&sheet.text, event_type);
            marks.extend(line.map(|line| Mark {
                line,
                tone: MarkTone::Here,
                note: "stepping here".to_owned(),
            }));
        }
        marks
    }

    /// Puts the question whether the definition holds, once nobody types any more.
    fn check(&mut self, ui: &Ui, session: &Session, outbox: &mut Outbox) {
        let now = ui.input(|input| input.time);
        let waited = self.editing.typed_at.map(|at| now - at);
        match waited {
            Some(waited) if waited < PAUSE => {
                let rest = Duration::from_secs_f64(PAUSE - waited);
                ui.ctx().request_repaint_after(rest);
            }
            _ => {
                self.editing.typed_at = None;
                self.editing.checked = self.shelf.sheet().map(Sheet::written);
            }
        }
        if let (Some(written), true) = (&self.editing.checked, can_run(session)) {
            let question = AskCheck {
                subject: session.subject(),
                written: written.clone(),
            };
            outbox.ask(|answers| &mut answers.check, question);
        }
    }

    /// What is wrong with the text as it stands.
    pub(super) fn mistake(&self, model: &Model) -> Option<ScriptError> {
        let written = self.shelf.sheet()?.written();
        let (asked, found) = model.answers.check.known()?;
        let found = (asked.written == written).then_some(found)?;
        found.as_ref().err().cloned()
    }

    fn notices(&mut self, ui: &mut Ui, mistake: Option<&ScriptError>) {
        if let Some(mistake) = mistake {
            let message = capitalised(&mistake.message);
            let sentence = match (mistake.line, mistake.column) {
                (Some(line), Some(column)) => {
                    format!("Line {line}, column {column}: {}", mistake.message)
                }
                (Some(line), None) => format!("Line {line}: {}", mistake.message),
                _ => message,
            };
            Notice::new(Severity::Error, &sentence).show(ui);
        }
        let Some(sheet) = self
            .shelf
            .sheet_mut()
            .filter(|sheet| sheet.conflict.is_some())
        else {
            return;
        };
        let sentence = format!("Another program has written {} meanwhile", sheet.name);
        let notice = Notice::new(Severity::Warning, &sentence);
        match notice
            .action("Take that")
            .action("Keep this")
            .show(ui)
            .action
        {
            Some(0) => sheet.reload(),
            Some(_) => sheet.conflict = None,
            None => {}
        }
    }
}

/// Its name, with a sign where it is not saved.
fn named(sheet: &Sheet) -> String {
    match sheet.is_dirty() {
        true => format!("{} •", sheet.name),
        false => sheet.name.clone(),
    }
}

/// The line, from 1, on which the handler of a type begins; that of `$any` where it has none. Upcasters of
/// that type stand before them.
fn handler_line(text: &str, event_type: &str) -> Option<usize> {
    let begins = |line: &str, name: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        let rest = line.strip_prefix(name);
        let rest = rest.map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
        rest.is_some_and(|rest| rest.starts_with(['(', ':']))
    };
    let handlers = text.lines().position(|line| line.contains("when("));
    let handlers = handlers.unwrap_or_default();
    let line_of = |name: &str| {
        let mut lines = text.lines().skip(handlers);
        lines
            .position(|line| begins(line, name))
            .map(|at| handlers + at)
    };
    let found = line_of(event_type).or_else(|| line_of("$any"));
    // Somebody may have written them down before.
    let before = || text.lines().position(|line| begins(line, event_type));
    Some(found.or_else(before)? + 1)
}

#[cfg(test)]
mod tests {
    use super::handler_line;

    #[test]
    fn a_handler_is_found_by_its_type() {
        let text = "fromAll().when({\n  $any(s, e) {},\n  Placed: s => s,\n  'a b' : s => s,\n})";
        assert_eq!(handler_line(text, "Placed"), Some(3));
        assert_eq!(handler_line(text, "a b"), Some(4));
        assert_eq!(handler_line(text, "Plac"), Some(2));
        assert_eq!(handler_line("fromAll()", "Placed"), None);
        let text = "upcast({\n  Placed: { 1: e => e },\n});\nfromAll().when({\n  $any(s) {},\n})";
        assert_eq!(handler_line(text, "Placed"), Some(5));
        let text = "const own = {\n  Placed(s) {},\n};\nfromAll().when(own)";
        assert_eq!(handler_line(text, "Placed"), Some(2));
    }
}
