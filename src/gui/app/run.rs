//! Carries commands out. The only place where the model changes on the user's behalf.

use std::path::PathBuf;

use egui::ViewportCommand;

use super::{App, apply_theme};
use crate::gui::command::Command;
use crate::gui::model::{Cursor, Direction, Level, View};
use crate::log::Bound;
use crate::model::time::{InputError, Moment, input};
use crate::model::{EventIx, StreamIx};
use crate::store::OpenOptions;
use crate::store::layout::Layout;
use crate::worker::{Family, Job, Keep, OpenRequest};
use crate::workspace::{Bookmark, StoreWorkspace};

impl App {
    pub(super) fn run(&mut self, command: Command, ctx: &egui::Context) {
        match command {
            Command::OpenDialog | Command::OpenFolderDialog => self.pick(&command, ctx),
            Command::Open(path) => self.open(vec![path]),
            Command::OpenTogether(paths) => self.open(paths),
            Command::OpenSample(at) => {
                if let Some(sample) = crate::worker::SAMPLES.get(at) {
                    self.open(vec![self.start.samples.join(sample.file)]);
                }
            }
            Command::Close => self.close(),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::ClearRecent => {
                self.model.settings.recent.forget_all();
                self.save_settings();
            }
            Command::Copy(text) => self.copy(text, ctx),
            Command::CopyAnswer
            | Command::CopyAnswerMarkdown
            | Command::CopyState
            | Command::CopyReport
            | Command::CopyAddress => {
                self.copy_of(&command, ctx);
            }
            Command::SetTheme(theme) => {
                self.model.settings.theme = theme;
                apply_theme(ctx, theme);
                self.save_settings();
            }
            Command::SetZone(zone) => {
                self.model.settings.zone = zone;
                self.model.store.zone = None;
                self.save_settings();
            }
            Command::ToggleDebug => {
                self.model.settings.debug_panel = !self.model.settings.debug_panel;
                self.save_settings();
            }
            Command::CancelWork => {
                for running in &self.model.running {
                    self.worker.cancel(running.family);
                }
                self.worker.cancel(Family::Session);
                self.lists_called_off();
            }
            Command::Search(text) => self.model.search = text,
            Command::SetMapping(mapping) => self.set_mapping(mapping),
            Command::PreviewMapping(layout) => self.preview_mapping(layout),
            Command::WantBodies(events) => self.model.answers.bodies.want(events),
            Command::WantTimeline(request) => self.model.answers.wanted_timeline = Some(request),
            Command::SetTimePanelHeight(height) => {
                self.model.settings.window.time_panel_height = Some(height);
                self.save_settings();
            }
            Command::Note(note) => self.model.notes.push(note),
            Command::DismissNote(at) => {
                if at < self.model.notes.len() {
                    self.model.notes.remove(at);
                }
            }
            Command::Palette
            | Command::Help
            | Command::Settings
            | Command::FocusTime
            | Command::CorrectMapping => {
                self.frame.command(&command);
            }
            Command::SetFilter(_)
            | Command::GoOnSearching
            | Command::FilterCorrelation(_)
            | Command::FilterStream(_)
            | Command::FilterType(_)
            | Command::ListStreams(_)
            | Command::WantCounts
            | Command::KeepColumns(..)
            | Command::CopyEvent(_)
            | Command::Export
            | Command::ExportTo(..) => self.run_on_lists(command, ctx),
            other => self.run_on_store(other),
        }
    }

    fn run_on_store(&mut self, command: Command) {
        if self.model.session.is_none() {
            return;
        }
        match command {
            Command::Show(view) => self.model.view = view,
            Command::MoveTo(bound) => self.move_to(bound),
            Command::MoveToTyped(text) => self.move_to_typed(&text),
            Command::StepEvent(direction) => self.step(direction, None),
            Command::StepSelection(direction) => {
                let events = self
                    .model
                    .selection
                    .stream
                    .and_then(|stream| Some(self.model.log()?.stream_events(stream)));
                self.step(direction, events.as_deref());
            }
            Command::ToStart => self.move_to(Bound::Event(EventIx(0))),
            Command::ToHead => self.move_to(Bound::Head),
            Command::TogglePlay => {
                if !self.model.playback.is_playing() && self.model.cursor.is_at_head() {
                    self.move_to(Bound::Start);
                }
                self.model.playback.toggle();
            }
            Command::SetSpeed(speed) => self.model.playback.speed = speed,
            Command::SetClock(clock) => {
                if let Some(log) = self.model.log() {
                    self.model.cursor = Cursor::new(log, clock, self.model.cursor.bound());
                }
            }
            Command::GoToStream(stream) => {
                self.select_stream(stream);
                self.model.view = View::State;
            }
            Command::SelectStream(stream) => self.select_stream(stream),
            Command::SelectEvent(event) => self.model.selection.event = event,
            Command::GoToEvent(event) => self.go_to_event(event),
            Command::SelectField(field) => self.model.selection.field = field,
            Command::CompareWith(text) => self.compare_with(text.as_deref()),
            Command::AddBookmark => self.add_bookmark(),
            Command::RemoveBookmark(at) if at < self.model.store.bookmarks.len() => {
                self.model.store.bookmarks.remove(at);
                self.save_store();
            }
            _ => {}
        }
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

    fn open(&mut self, paths: Vec<PathBuf>) {
        self.save_store();
        self.open_with(paths, None);
    }

    fn open_with(&mut self, paths: Vec<PathBuf>, remembered: Option<Box<StoreWorkspace>>) {
        self.model.opening = paths.first().cloned();
        self.model.unread = None;
        self.model.notes.clear();
        let request = OpenRequest {
            paths,
            options: OpenOptions::default(),
            workspace: self.start.workspace.clone(),
            remembered,
        };
        self.worker.submit(Job::Open(Box::new(request)));
    }

    /// Keeps a mapping with the store and reads it anew by it.
    fn set_mapping(&mut self, mapping: Option<Box<Layout>>) {
        let (paths, store_path, mut remembered) = match (&self.model.unread, &self.model.session) {
            (Some(unread), _) => (
                vec![unread.path.clone()],
                unread.store_path.clone(),
                unread.remembered.clone(),
            ),
            (None, Some(session)) => (
                session.opened.paths.clone(),
                session.opened.store_path.clone(),
                self.model.store.clone(),
            ),
            (None, None) => return,
        };
        remembered.mapping = mapping.map(|mapping| *mapping);
        self.worker.submit(Job::Save {
            workspace: self.start.workspace.clone(),
            keep: Keep::Store(store_path, Box::new(remembered.clone())),
        });
        // Handed on, since the writing may come after the reading.
        self.open_with(paths, Some(Box::new(remembered)));
    }

    fn preview_mapping(&mut self, layout: Box<Layout>) {
        let unread = self.model.unread.as_ref().map(|unread| &unread.path);
        let open = self.model.session.as_ref().map(|open| &open.opened.path);
        let Some(path) = unread.or(open).cloned() else {
            return;
        };
        let number = self.worker.submit(Job::Preview { path, layout });
        self.model.answers.preview.ask(number, number);
    }

    fn close(&mut self) {
        self.save_store();
        self.worker.submit(Job::Close);
        self.model.session = None;
        self.model.unread = None;
        self.model.search = None;
        self.model.answers = Default::default();
        self.model.notes.clear();
        self.model.playback.pause();
    }

    /// The dialog blocks, so it has a thread of its own.
    fn pick(&mut self, command: &Command, ctx: &egui::Context) {
        let (sender, ctx) = (self.picked.0.clone(), ctx.clone());
        let folder = *command == Command::OpenFolderDialog;
        let run = move || {
            let dialog = rfd::FileDialog::new().set_title("Open event store");
            let picked = if folder {
                dialog.pick_folder()
            } else {
                let known = [
                    "db", "sqlite", "sqlite3", "json", "jsonl", "ndjson", "gz", "zst",
                ];
                dialog
                    .add_filter("Event stores", &known)
                    .add_filter("All files", &["*"])
                    .pick_file()
            };
            if let Some(path) = picked
                && sender.send(Command::Open(path)).is_ok()
            {
                ctx.request_repaint();
            }
        };
        self.start_dialog(run);
    }

    /// Runs a dialog of the system on a thread of its own.
    pub(super) fn start_dialog(&mut self, run: impl FnOnce() + Send + 'static) {
        let started = std::thread::Builder::new()
            .name("asof-dialog".to_owned())
            .spawn(run);
        if let Err(error) = started {
            self.note(
                Level::Error,
                format!("The dialog could not be opened: {error}"),
                None,
            );
        }
    }

    fn move_to(&mut self, bound: Bound) {
        let Some(session) = &self.model.session else {
            return;
        };
        self.model.cursor = Cursor::new(&session.log, self.model.cursor.clock(), bound);
    }

    /// Lets time pass while it is playing.
    pub(super) fn advance(&mut self, ctx: &egui::Context) {
        if !self.model.playback.is_playing() {
            return;
        }
        let Some(session) = &self.model.session else {
            return;
        };
        let (cursor, seconds) = (&self.model.cursor, ctx.input(|input| input.stable_dt));
        let next = if session.log.has_clock(cursor.clock()) {
            cursor.run(&session.log, self.model.playback.passes(seconds))
        } else {
            let events = self.model.playback.passing_events(seconds);
            cursor.run_events(&session.log, events)
        };
        match next {
            Some(Bound::Head) | None => {
                self.model.playback.pause();
                self.move_to(Bound::Head);
            }
            Some(bound) => self.move_to(bound),
        }
        ctx.request_repaint();
    }

    fn step(&mut self, direction: Direction, events: Option<&[EventIx]>) {
        let Some(session) = &self.model.session else {
            return;
        };
        if let Some(bound) = self.model.cursor.step(&session.log, events, direction) {
            self.model.selection.event = match bound {
                Bound::Event(event) => Some(event),
                _ => None,
            };
            self.move_to(bound);
        }
        self.model.playback.pause();
    }

    /// What a typed moment means in this store, with what to tell about it.
    fn understand(&self, text: &str) -> Result<(Bound, String), String> {
        let Some(log) = self.model.log() else {
            return Err("No store is open".to_owned());
        };
        if let Some(bound) = log.at_position_name(text) {
            return Ok((bound, text.trim().to_owned()));
        }
        let typed =
            input::parse(text, &self.model.input_context()).map_err(|error| error.to_string())?;
        let bound = match typed.moment {
            Moment::Head => Bound::Head,
            Moment::Time(_) if !log.has_clock(self.model.clock()) => {
                return Err(InputError::NoTimes {
                    text: text.to_owned(),
                }
                .to_string());
            }
            Moment::Time(time) => Bound::Time(time),
            Moment::Position(position) => {
                log.at_position(position).map_or(Bound::Start, Bound::Event)
            }
            Moment::Version(version) => {
                let Some(stream) = self.model.selection.stream else {
                    return Err("A version needs a selected stream; select one first".to_owned());
                };
                let found = crate::analysis::replay::at_version(log, stream, version);
                Bound::Event(
                    found.ok_or_else(|| format!("{} has no {version}", log.stream_name(stream)))?,
                )
            }
        };
        let note = typed
            .note
            .map(|note| format!(" {note}"))
            .unwrap_or_default();
        Ok((bound, format!("{}{note}", typed.echo)))
    }

    fn move_to_typed(&mut self, text: &str) {
        match self.understand(text) {
            Ok((bound, echo)) => {
                self.model.playback.pause();
                self.move_to(bound);
                self.frame.typed(Ok(echo));
            }
            Err(message) => self.frame.typed(Err(message)),
        }
    }

    fn compare_with(&mut self, text: Option<&str>) {
        self.model.compare = None;
        let Some(text) = text else { return };
        match self.understand(text) {
            Ok((bound, _)) => self.model.compare = Some(bound),
            Err(message) => self.note(Level::Warning, message, None),
        }
    }

    fn select_stream(&mut self, stream: StreamIx) {
        if self.model.selection.stream != Some(stream) {
            self.model.selection.field = None;
            self.model.compare = None;
        }
        self.model.selection.stream = Some(stream);
        self.model.selection.event = None;
    }

    fn go_to_event(&mut self, event: EventIx) {
        let Some(log) = self.model.log() else { return };
        let stream = log.stream(event);
        self.select_stream(stream);
        self.model.selection.event = Some(event);
        self.model.view = View::State;
        self.model.playback.pause();
        self.move_to(Bound::Event(event));
    }

    fn add_bookmark(&mut self) {
        let as_of = self.model.cursor.as_of();
        let (Some(position), zone) = (&as_of.position, self.model.zone()) else {
            return;
        };
        let moment = as_of
            .time
            .map_or_else(|| position.to_string(), |time| time.to_string());
        let name = as_of.time.map_or_else(
            || position.to_string(),
            |time| zone.format_bare(time, crate::model::time::Style::Seconds),
        );
        let created = self.model.now;
        self.model.store.bookmarks.push(Bookmark {
            name,
            moment,
            created,
            ..Bookmark::default()
        });
        self.save_store();
    }

    pub(super) fn copy(&mut self, text: String, ctx: &egui::Context) {
        ctx.copy_text(text.clone());
        self.clipboard = Some(text);
    }

    fn copy_of(&mut self, command: &Command, ctx: &egui::Context) {
        let state = self.model.answers.state.current();
        let text = match command {
            Command::CopyAnswer => state.map(|found| found.answer.to_string()),
            Command::CopyAnswerMarkdown => state.map(|found| found.answer.to_markdown()),
            Command::CopyState => state
                .and_then(|found| serde_json::to_string_pretty(&found.at.tree().to_value()).ok()),
            Command::CopyReport => {
                let overview = self.model.answers.overview.current();
                overview.map(|overview| crate::render::info(&overview.report, self.model.zone()))
            }
            _ => self.address(),
        };
        if text.is_none() && *command == Command::CopyReport {
            // Only that view asks for one.
            self.model.view = View::Overview;
        }
        match text {
            Some(text) => self.copy(text, ctx),
            None => self.note(
                Level::Info,
                "The answer is still on its way; copy it in a moment".to_owned(),
                None,
            ),
        }
    }

    /// The command line that answers what the view shows.
    fn address(&self) -> Option<String> {
        let session = self.model.session.as_ref()?;
        let path = quoted(&session.opened.path.display().to_string());
        let at = match (
            self.model.cursor.is_at_head(),
            self.model.cursor.time(),
            &self.model.cursor.as_of().position,
        ) {
            (true, _, _) => String::new(),
            (_, Some(time), _) if !matches!(self.model.cursor.bound(), Bound::Event(_)) => {
                format!(" --at {time}")
            }
            (_, _, Some(position)) => format!(" --at '{position}'"),
            _ => String::new(),
        };
        let others = session.opened.paths.iter().skip(1);
        let with = others.map(|path| format!(" --with {}", quoted(&path.display().to_string())));
        let with: String = with.collect();
        Some(match (self.model.view, self.model.selection.stream) {
            (View::State, Some(stream)) => {
                format!(
                    "asof state {path} {}{with}{at}",
                    quoted(session.log.stream_name(stream))
                )
            }
            (View::Events, _) => format!("asof events {path}{with}"),
            _ => format!("asof info {path}{with}"),
        })
    }
}

/// For a shell.
fn quoted(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || "-_./:".contains(c));
    if plain && !text.is_empty() {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
