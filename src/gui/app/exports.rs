//! Files of results: where to, what of, and what became of them.

use std::path::PathBuf;

use super::App;
use super::stores::Dialog;
use crate::analysis::words::capitalised;
use crate::gui::command::Command;
use crate::gui::model::{Level, Session};
use crate::model::time::Style;
use crate::worker::{
    Existing, Export, ExportError, ExportFormat, Exported, Exports, SessionId, Slot, Unanswered,
};

impl App {
    /// Asks where to; the dialog blocks, so it has a thread of its own.
    pub(super) fn export(&mut self, ctx: &egui::Context) {
        let (what, stem) = match self.frame.exports(&self.model) {
            Ok(found) => found,
            Err(sentence) => return self.note(Level::Info, sentence.to_owned(), None),
        };
        let single = match &what {
            Exports::State(_) => Some(("JSON", "json")),
            Exports::Text(written) => Some((written.ending, written.ending)),
            _ => None,
        };
        let Some(session) = &self.model.session else {
            return;
        };
        let session = session.opened.session;
        let dialog = move || {
            let dialog = rfd::FileDialog::new().set_title("Export");
            let dialog = match single {
                Some((name, ending)) => dialog
                    .set_file_name(format!("{stem}.{ending}"))
                    .add_filter(name, &[ending]),
                None => dialog
                    .set_file_name(format!("{stem}.jsonl"))
                    .add_filter("JSON lines", &["jsonl", "ndjson"])
                    .add_filter("JSON", &["json"])
                    .add_filter("CSV", &["csv"]),
            };
            let path = dialog.save_file()?;
            // The system's dialog has asked.
            let existing = Existing::Replaced;
            Some(Command::ExportTo(session, Box::new(what), path, existing))
        };
        self.start_dialog(Dialog::Save, dialog, ctx);
    }

    pub(super) fn export_to(
        &mut self,
        asked: SessionId,
        what: Exports,
        (path, existing): (PathBuf, Existing),
    ) {
        let current = |session: &&Session| session.opened.session == asked;
        let Some(session) = self.model.session.as_ref().filter(current) else {
            let sentence = "Nothing was exported: another store is open by now".to_owned();
            return self.note(Level::Info, sentence, None);
        };
        let mut slot = Slot::default();
        let export = Export {
            subject: session.subject(),
            what,
            cut: *self.model.cursor.cut(),
            format: ExportFormat::of(&path),
            path,
            existing,
            store: session.opened.paths.clone(),
        };
        slot.ask(&self.worker, export);
        self.exports.push(slot);
    }

    /// Tells of the files that are written, or not.
    pub(super) fn finish_exports(&mut self) {
        for slot in &mut self.exports {
            slot.poll();
        }
        let ended: Vec<Slot<Export>> = self
            .exports
            .extract_if(.., |slot| !slot.is_pending())
            .collect();
        for slot in ended {
            match (slot.get(), slot.unanswered()) {
                (_, Some(Unanswered::Cancelled)) => {
                    self.say_done("The export was called off; nothing was written");
                }
                (_, Some(Unanswered::Failed(sentence))) => {
                    self.failed_exports.push(sentence.clone());
                    self.note(Level::Error, sentence.clone(), None);
                }
                (Some(Ok(exported)), None) => self.exported(exported),
                (Some(Err(ExportError::Cancelled(_))), None) => {
                    self.say_done("The export was called off; nothing was written");
                }
                (Some(Err(ExportError::Exists(path))), None) => {
                    let Some(order) = slot.asked() else { continue };
                    let (session, what) = (order.subject.session, Box::new(order.what.clone()));
                    let over = Existing::Replaced;
                    let again = Command::ExportTo(session, what, order.path.clone(), over);
                    self.ask_to_replace(path.clone(), again);
                }
                (Some(Err(error)), None) => {
                    let sentence = capitalised(&error.to_string());
                    self.failed_exports.push(sentence.clone());
                    self.note(Level::Error, sentence, None);
                }
                (None, None) => {}
            }
        }
    }

    pub(super) fn ask_to_replace(&mut self, path: PathBuf, again: Command) {
        let ask = Command::AskToReplace(path, Box::new(again));
        self.frame.command(&ask);
    }

    fn exported(&mut self, exported: &Exported) {
        let Exported { path, what, as_of } = exported;
        // What has worked at last is no trouble any more.
        let failed = std::mem::take(&mut self.failed_exports);
        self.model
            .notes
            .retain(|note| !failed.contains(&note.sentence));
        let one =
            what.starts_with("The ") && !what.starts_with("The first") || what.starts_with("1 ");
        let verb = if one { "was" } else { "were" };
        let zone = self.model.zone();
        let moment = match (as_of.time, &as_of.position) {
            (Some(time), _) => zone.format(time, Style::AsNeeded),
            (None, Some(position)) => crate::gui::words::position_named(position),
            (None, None) => "the beginning".to_owned(),
        };
        let path = path.display();
        let sentence = format!("{what} as of {moment} {verb} written to {path}");
        self.say_done(&sentence);
    }
}
