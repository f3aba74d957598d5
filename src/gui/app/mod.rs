//! The program behind the window: owns the model, the views and the worker. Each frame it drains
//! what the worker sent, carries out commands, draws, and puts the questions that the drawn views ask.

mod consumers;
mod copying;
mod exports;
mod jumps;
mod layouts;
mod lists;
mod masking;
mod outcomes;
mod remember;
mod rewritten;
mod run;
mod shortcuts;
mod stores;
#[cfg(test)]
mod tests;
mod time;
mod turns;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::gui::command::{Command, Outbox};
use crate::gui::frame::{Frame, FrameTimes};
use crate::gui::model::{Answers, Cursor, Level, Model, Note, Playback, Selection, Trail, View};
use crate::gui::theme;
use crate::gui::widgets::note_input;
use crate::model::Timestamp;
use crate::worker::{AskAttached, Export, ExportLayout, SessionId, Slot, Worker};
use crate::workspace::{StoreWorkspace, Theme, Workspace};

/// What the program starts with.
pub struct Start {
    /// Where settings are kept.
    pub workspace: Workspace,
    /// The computer's clock; a fixed one in tests.
    pub clock: fn() -> Timestamp,
    /// The folder of the bundled samples.
    pub samples: PathBuf,
}

/// The program behind the window.
pub struct App {
    model: Model,
    frame: Frame,
    worker: Worker,
    outbox: Outbox,
    start: Start,
    /// The context's, to wake it from a dialog's thread.
    picked: (
        crossbeam_channel::Sender<Command>,
        crossbeam_channel::Receiver<Command>,
    ),
    clipboard: Option<String>,
    /// What is to be copied as soon as it is there.
    copying: Option<copying::Copying>,
    /// Files being written, the oldest first.
    exports: Vec<Slot<Export>>,
    /// What was told of exports that failed, until one succeeds.
    failed_exports: Vec<String>,
    /// Layouts being written.
    layouts: Vec<Slot<ExportLayout>>,
    /// A file whose tables are to stand beside those of the store.
    attaching: Slot<AskAttached>,
    /// Of which store what is personal is to be masked once it is known.
    masking: Option<SessionId>,
    /// Failures told of, so that each is told once.
    failures: Vec<(&'static str, String)>,
    /// Where the cursor stood, while a rewritten store is indexed anew.
    stood: Option<remember::Stood>,
    /// Where the store stood when that was written down last.
    kept_place: remember::KeptPlace,
    /// Whether keys or clicks wait for their turn.
    waiting: turns::Waiting,
    frame_times: FrameTimes,
}

impl App {
    /// Starts the program in a window.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn new(ctx: &egui::Context, start: Start, paths: Vec<PathBuf>) -> std::io::Result<Self> {
        theme::install(ctx);
        let turns = turns::Turns::default();
        let waiting = turns.waiting();
        ctx.add_plugin(turns);
        let waker = ctx.clone();
        let wake: crate::worker::Wake = Arc::new(move || waker.request_repaint());
        let worker = Worker::start(&wake)?;
        let warning = |sentence| Note {
            level: Level::Warning,
            sentence,
            detail: None,
        };
        let (settings, notice) = match start.workspace.load_settings() {
            Ok(loaded) => (loaded.value.clone(), loaded.notice()),
            Err(error) => (Default::default(), Some(error.to_string())),
        };
        apply_theme(ctx, settings.theme);
        let model = Model {
            session: None,
            opening: None,
            unread: None,
            workspace: start.workspace.clone(),
            cursor: Cursor::default(),
            compare: None,
            fold_by: None,
            selection: Selection::default(),
            filter: Default::default(),
            view: View::default(),
            trail: Trail::default(),
            playback: Playback::default(),
            answers: Answers::default(),
            settings,
            store: StoreWorkspace::default(),
            notes: notice.into_iter().map(warning).collect(),
            typed_note: None,
            done: None,
            running: Vec::new(),
            now: (start.clock)(),
        };
        let mut app = Self {
            model,
            frame: Frame::default(),
            worker,
            outbox: Outbox::default(),
            start,
            picked: crossbeam_channel::bounded(4),
            clipboard: None,
            copying: None,
            exports: Vec::new(),
            failed_exports: Vec::new(),
            layouts: Vec::new(),
            attaching: Slot::default(),
            masking: None,
            failures: Vec::new(),
            stood: None,
            kept_place: remember::KeptPlace::default(),
            waiting,
            frame_times: FrameTimes::default(),
        };
        app.frame.restore(&app.model);
        if !paths.is_empty() {
            app.outbox.send(Command::OpenTogether(paths));
        }
        app.say_awaited();
        Ok(app)
    }

    /// What is shown, for tests.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether nothing is left to do, for tests that wait.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unsettled().is_empty()
    }

    /// What is left to do, in words for whoever has waited too long for it.
    #[must_use]
    pub fn unsettled(&self) -> Vec<&'static str> {
        let own = [
            ("the worker", !self.worker.is_idle()),
            ("opening", self.model.opening.is_some()),
            ("exports", !self.exports.is_empty()),
            ("layouts", !self.layouts.is_empty()),
            ("attaching", self.attaching.is_pending()),
            ("copying", self.copying.is_some()),
            ("masking", self.masking.is_some()),
            ("commands", !self.outbox.is_empty()),
            ("keys and clicks", self.waiting.any()),
        ];
        let left = own.into_iter().filter(|(_, left)| *left);
        let own = left.map(|(name, _)| name);
        own.chain(self.model.answers.pending()).collect()
    }

    /// What was copied last, for tests.
    #[must_use]
    pub fn copied(&self) -> Option<&str> {
        self.clipboard.as_deref()
    }

    /// What an export of the present view would write, for tests.
    ///
    /// # Errors
    /// Why there is nothing to export.
    pub fn exports(&self) -> Result<(crate::worker::Exports, String), &'static str> {
        self.frame.exports(&self.model)
    }

    /// Carries keys out at once, so that a dialog they open is there for what is typed next.
    fn run_shortcuts(&mut self, ctx: &egui::Context) {
        let over = if self.frame.has_dialog() {
            shortcuts::Over::Dialog
        } else {
            shortcuts::Over::Nothing
        };
        let mut keys = Outbox::default();
        shortcuts::consume(ctx, &self.model, over, &mut keys);
        for command in keys.take() {
            self.run(command, ctx);
        }
    }

    /// Keys that need a store wait for the one that is on its way, or that was just asked for; those
    /// that walk a list wait for its rows.
    fn say_awaited(&self) {
        let coming = self.model.opening.is_some() || !self.outbox.is_empty();
        self.waiting.awaits(match &self.model.session {
            None if coming => turns::Awaited::Store,
            // It is open, and its first events have yet to come: no moment and no stream is known.
            Some(session) if session.is_yet_to_come() => turns::Awaited::Store,
            Some(_) if self.awaits_rows() => turns::Awaited::Rows,
            _ => turns::Awaited::Nothing,
        });
    }

    /// Whether the first rows of the list that is shown are on their way.
    fn awaits_rows(&self) -> bool {
        let answers = &self.model.answers;
        match self.model.view {
            View::Streams => answers.streams.is_pending() && answers.streams.get().is_none(),
            // By which definition they are judged has to be known first.
            View::Sagas => {
                let read = answers.saga_definitions.get().is_some();
                let reading = answers.saga_definitions.is_pending() && !read;
                (answers.sagas.is_pending() || reading) && answers.sagas.get().is_none()
            }
            _ => false,
        }
    }

    pub(super) fn note(&mut self, level: Level, sentence: String, detail: Option<String>) {
        let note = Note {
            level,
            sentence,
            detail,
        };
        if !self.model.notes.contains(&note) {
            self.model.notes.push(note);
        }
    }
}

fn apply_theme(ctx: &egui::Context, theme: Theme) {
    ctx.set_theme(match theme {
        Theme::System => egui::ThemePreference::System,
        Theme::Dark => egui::ThemePreference::Dark,
        Theme::Light => egui::ThemePreference::Light,
    });
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let began = Instant::now();
        // Nobody types nanoseconds by saying "now".
        self.model.now = Timestamp::from_micros((self.start.clock)().micros());
        self.drain(ctx);
        // Of a frame that is laid out twice, time passes once.
        if ctx.current_pass_index() == 0 {
            self.advance(ctx);
        }
        while let Ok(command) = self.picked.1.try_recv() {
            self.outbox.send(command);
        }
        for command in self.outbox.take() {
            self.run(command, ctx);
        }
        self.watch_consumers(ctx);
        self.look_for_matches();
        self.finish_copying(ctx);
        self.finish_exports();
        self.finish_layouts();
        self.finish_attaching();
        self.finish_masking();
        self.model.running = self.worker.running();
        if !self.model.running.is_empty() {
            ctx.request_repaint_after(Duration::from_millis(100));
        }
        self.forget_done(ctx);
        self.keep_place(ctx);
        self.frame_times.note_before(began.elapsed());
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let began = Instant::now();
        note_input(ui.ctx());
        self.take_dropped(ui.ctx());
        self.run_shortcuts(ui.ctx());
        self.frame
            .show(ui, &self.model, &mut self.outbox, self.frame_times);
        self.outbox
            .put_questions(&mut self.model.answers, &self.worker);
        self.frame_times.note_drawing(began.elapsed());
        self.say_awaited();
        // A command given in this frame is carried out in the next, so let there be one.
        if !self.outbox.is_empty() {
            ui.request_repaint();
        }
    }

    /// Panes and columns are kept in the settings, by their own names.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.save_store();
    }
}
