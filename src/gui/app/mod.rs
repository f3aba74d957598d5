//! The program behind the window: owns the model, the views and the worker. Each frame it drains
//! what the worker sent, carries out commands, asks for what is needed now, and draws.

mod lists;
mod needs;
mod outcomes;
mod remember;
mod run;
mod shortcuts;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::gui::command::{Command, Outbox};
use crate::gui::frame::Frame;
use crate::gui::model::{Answers, Cursor, Level, Model, Note, Playback, Selection, View};
use crate::gui::theme;
use crate::model::Timestamp;
use crate::worker::Worker;
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
    revision: u64,
    clipboard: Option<String>,
    /// Where the cursor stood, while a rewritten store is indexed anew.
    stood: Option<remember::Stood>,
    frame_times: FrameTimes,
}

/// How long the last frames took on the processor.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameTimes {
    /// The last one.
    pub last: Duration,
    /// The longest of the last second or so.
    pub worst: Duration,
}

impl App {
    /// Starts the program in a window.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn new(ctx: &egui::Context, start: Start, paths: Vec<PathBuf>) -> std::io::Result<Self> {
        theme::install(ctx);
        let waker = ctx.clone();
        let wake: crate::worker::Wake = Arc::new(move || waker.request_repaint());
        let worker = Worker::start(&wake)?;
        let mut notes = Vec::new();
        let settings = match start.workspace.load_settings() {
            Ok(loaded) => {
                notes.extend(loaded.notice().map(|sentence| Note {
                    level: Level::Warning,
                    sentence,
                    detail: None,
                }));
                loaded.value
            }
            Err(error) => {
                notes.push(Note {
                    level: Level::Warning,
                    sentence: error.to_string(),
                    detail: None,
                });
                Default::default()
            }
        };
        apply_theme(ctx, settings.theme);
        let model = Model {
            session: None,
            opening: None,
            unread: None,
            search: None,
            settings_file: start.workspace.settings_file(),
            cursor: Cursor::default(),
            compare: None,
            selection: Selection::default(),
            filter: Default::default(),
            streams_wanted: None,
            view: View::default(),
            playback: Playback::default(),
            answers: Answers::default(),
            settings,
            store: StoreWorkspace::default(),
            notes,
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
            revision: 0,
            clipboard: None,
            stood: None,
            frame_times: FrameTimes::default(),
        };
        if !paths.is_empty() {
            app.outbox.send(Command::OpenTogether(paths));
        }
        Ok(app)
    }

    /// What is shown, for tests.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether the worker has nothing left to do, for tests that wait.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.worker.is_idle() && self.model.opening.is_none()
    }

    /// What was copied last, for tests.
    #[must_use]
    pub fn copied(&self) -> Option<&str> {
        self.clipboard.as_deref()
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
        self.model.now = (self.start.clock)();
        self.drain(ctx);
        self.advance(ctx);
        while let Ok(command) = self.picked.1.try_recv() {
            self.outbox.send(command);
        }
        for command in self.outbox.take() {
            self.run(command, ctx);
        }
        self.ask();
        self.model.running = self.worker.running();
        if !self.model.running.is_empty() {
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let began = Instant::now();
        self.take_dropped(ui.ctx());
        if !self.frame.has_dialog() {
            shortcuts::consume(ui.ctx(), &self.model, &mut self.outbox);
        }
        self.frame
            .show(ui, &self.model, &mut self.outbox, self.frame_times);
        self.frame_times.note(began.elapsed());
        // A command given in this frame is carried out in the next, so let there be one.
        if !self.outbox.is_empty() {
            ui.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.save_at_exit();
    }
}

impl FrameTimes {
    fn note(&mut self, took: Duration) {
        self.last = took;
        self.worst = took.max(self.worst.mul_f32(0.98));
    }
}
