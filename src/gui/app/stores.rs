//! Opening and closing stores: by dialog, by a typed path, dropped, remembered, with another mapping.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::App;
use crate::analysis::words::capitalised;
use crate::gui::command::{Command, PathFor};
use crate::gui::model::{Answers, Level};
use crate::gui::words;
use crate::store::layout::Layout;
use crate::worker::{AskAttached, Keep, OpenRequest, StoreFile, Unanswered};
use crate::workspace::{StorePath, StoreWorkspace};

/// Nobody puts a dialog away so quickly: the system had none to show.
const AT_ONCE: Duration = Duration::from_millis(700);

/// A dialog of the system.
#[derive(Clone, Debug)]
pub(super) enum Dialog {
    Open,
    Attach,
    Save,
    SaveLayout(Box<Layout>),
}

impl App {
    pub(super) fn open(&mut self, paths: Vec<PathBuf>) {
        self.save_store();
        self.open_with(paths, None, None);
    }

    fn open_with(
        &mut self,
        paths: Vec<PathBuf>,
        corrected: Option<(StorePath, Option<Layout>)>,
        remembered: Option<Box<StoreWorkspace>>,
    ) {
        let Some(first) = paths.first().cloned() else {
            return;
        };
        self.model.unread = None;
        self.model.notes.clear();
        let session = self.worker.open(OpenRequest {
            paths,
            corrected,
            workspace: self.start.workspace.clone(),
            remembered,
            clock: self.start.clock,
        });
        self.model.opening = Some((session, first));
    }

    pub(super) fn open_sample(&mut self, at: usize) {
        if let Some(sample) = crate::worker::SAMPLES.get(at) {
            self.open(vec![self.start.samples.join(sample.file)]);
        }
    }

    /// Keeps a mapping with the file that it is of and reads the store anew by it, unless another store
    /// is there by now.
    pub(super) fn set_mapping(&mut self, of: &StorePath, mapping: Option<Layout>) {
        let unread = self.model.unread.as_ref();
        let is_of = |part: &StoreFile| part.store_path == *of;
        let found = match (unread, &self.model.session) {
            (Some(unread), _) if unread.store_path == *of => {
                (unread.paths.clone(), unread.remembered.clone())
            }
            (_, Some(session)) if session.opened.parts.iter().any(is_of) => {
                (session.opened.paths.clone(), self.model.store.clone())
            }
            _ => {
                let sentence = "The mapping was not kept: another store is open by now".to_owned();
                return self.note(Level::Info, sentence, None);
            }
        };
        let (paths, mut remembered) = found;
        let keep = if let [_] = &paths[..] {
            remembered.mapping.clone_from(&mapping);
            Keep::Store(of.clone(), Box::new(remembered.clone()))
        } else {
            Keep::Mapping(of.clone(), mapping.clone().map(Box::new))
        };
        self.worker.save(&self.start.workspace, keep);
        // Handed on, since the writing may come after the reading.
        let corrected = Some((of.clone(), mapping));
        self.open_with(paths, corrected, Some(Box::new(remembered)));
    }

    /// Reads the store to its end, after that was called off.
    pub(super) fn read_on(&mut self) {
        if let Some(session) = &mut self.model.session
            && session.cut_short.take().is_some()
        {
            self.worker.read_on();
        }
    }

    pub(super) fn close(&mut self) {
        self.save_store();
        self.worker.close();
        let model = &mut self.model;
        model.session = None;
        model.opening = None;
        model.unread = None;
        model.answers = Answers::default();
        model.notes.clear();
        model.typed_note = None;
        model.trail.forget();
        model.playback.pause();
        self.copying = None;
    }

    pub(super) fn take_dropped(&mut self, ctx: &egui::Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let paths: Vec<PathBuf> = dropped
            .iter()
            .map(|file| file.path().to_path_buf())
            .collect();
        if !paths.is_empty() {
            self.outbox.send(Command::OpenTogether(paths));
        }
    }

    /// Lets a file be chosen.
    pub(super) fn pick_file(&mut self, ctx: &egui::Context) {
        let known = [
            "db", "sqlite", "sqlite3", "json", "jsonl", "ndjson", "gz", "zst",
        ];
        let dialog = move || {
            let dialog = rfd::FileDialog::new()
                .set_title("Open event store")
                .add_filter("Event stores", &known)
                .add_filter("All files", &["*"]);
            dialog.pick_file().map(Command::Open)
        };
        self.start_dialog(Dialog::Open, dialog, ctx);
    }

    /// Lets a folder be chosen.
    pub(super) fn pick_folder(&mut self, ctx: &egui::Context) {
        let dialog = || {
            let dialog = rfd::FileDialog::new().set_title("Open event store");
            dialog.pick_folder().map(Command::Open)
        };
        self.start_dialog(Dialog::Open, dialog, ctx);
    }

    /// Lets a file be chosen whose tables stand beside those of the store.
    pub(super) fn pick_tables(&mut self, ctx: &egui::Context) {
        let dialog = || {
            let dialog = rfd::FileDialog::new()
                .set_title("Attach tables")
                .add_filter("SQLite files", &["db", "sqlite", "sqlite3"])
                .add_filter("All files", &["*"]);
            dialog.pick_file().map(Command::Attach)
        };
        self.start_dialog(Dialog::Attach, dialog, ctx);
    }

    /// Lets the tables of a file stand beside those of the store.
    pub(super) fn attach(&mut self, file: std::path::PathBuf) {
        let Some(session) = &self.model.session else {
            return;
        };
        let question = AskAttached {
            subject: session.unmasked(),
            store: session.opened.path.clone(),
            file,
        };
        self.attaching.ask(&self.worker, question);
    }

    /// Tells of the file that was attached, or why it was not.
    pub(super) fn finish_attaching(&mut self) {
        self.attaching.poll();
        if self.attaching.is_pending() {
            return;
        }
        let slot = std::mem::take(&mut self.attaching);
        let Some(asked) = slot.asked() else { return };
        let file = asked.file.display();
        match (slot.get(), slot.unanswered(), &mut self.model.session) {
            (Some(Ok(attached)), None, Some(session)) if session.subject_is(&asked.subject) => {
                session.attach(Arc::clone(&attached.tables));
                let tables = words::counted(attached.count, "table", "tables");
                self.say_done(&format!(
                    "{tables} to compare with and to look up, with {file}"
                ));
            }
            (Some(Err(sentence)), None, _) => {
                let sentence = capitalised(sentence);
                self.note(Level::Error, sentence, None);
            }
            (_, Some(Unanswered::Failed(sentence)), _) => {
                self.note(Level::Error, sentence.clone(), None);
            }
            _ => {}
        }
    }

    /// Runs a dialog of the system on a thread of its own, since it blocks. Where the system has
    /// none, a path can be typed instead.
    pub(super) fn start_dialog(
        &mut self,
        kind: Dialog,
        dialog: impl FnOnce() -> Option<Command> + Send + 'static,
        ctx: &egui::Context,
    ) {
        let instead = PathFor::of(&kind, || self.frame.exports(&self.model).ok());
        let (sender, ctx) = (self.picked.0.clone(), ctx.clone());
        let run = move || {
            let began = Instant::now();
            let none = || began.elapsed() < AT_ONCE;
            let command = match dialog() {
                Some(command) => Some(command),
                None if none() => instead.map(Command::TypePath),
                None => None,
            };
            if let Some(command) = command
                && sender.send(command).is_ok()
            {
                ctx.request_repaint();
            }
        };
        let started = std::thread::Builder::new()
            .name("asof-dialog".to_owned())
            .spawn(run);
        if let Err(error) = started {
            let sentence = format!("The dialog could not be opened: {error}");
            self.note(Level::Error, sentence, None);
        }
    }
}

impl PathFor {
    fn of(
        kind: &Dialog,
        exports: impl FnOnce() -> Option<(crate::worker::Exports, String)>,
    ) -> Option<Self> {
        match kind {
            Dialog::Open => Some(Self::Opening),
            Dialog::Attach => Some(Self::Attaching),
            Dialog::SaveLayout(layout) => Some(Self::Layout(layout.clone())),
            Dialog::Save => exports().map(|(what, stem)| Self::Export(Box::new(what), stem)),
        }
    }
}
