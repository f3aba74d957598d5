//! Carries commands out. The only place where the model changes on the user's behalf.

use egui::ViewportCommand;

use super::jumps::is_jump;
use super::{App, apply_theme};
use crate::gui::command::Command;
use crate::gui::model::{Cursor, Level, View};
use crate::log::Bound;
use crate::model::{EventIx, StreamIx};
use crate::worker::Keep;

impl App {
    pub(super) fn run(&mut self, command: Command, ctx: &egui::Context) {
        let before = is_jump(&command, ctx).then(|| self.place());
        self.carry_out(command, ctx);
        if let Some(before) = before.filter(|before| *before != self.place()) {
            self.model.trail.leave(before);
        }
    }

    fn carry_out(&mut self, command: Command, ctx: &egui::Context) {
        match command {
            Command::OpenDialog => self.pick_file(ctx),
            Command::OpenFolderDialog => self.pick_folder(ctx),
            Command::AttachDialog => self.pick_tables(ctx),
            Command::Attach(path) => self.attach(path),
            Command::Open(path) => self.open(vec![path]),
            Command::OpenTogether(paths) => self.open(paths),
            Command::OpenSample(at) => self.open_sample(at),
            Command::ReadOn => self.read_on(),
            Command::Close => self.close(),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::SetMapping(of, mapping) => {
                self.set_mapping(&of, mapping.map(|mapping| *mapping));
            }
            Command::Copy(text) => self.copy(text, "Copied", ctx),
            Command::CopyAnswer
            | Command::CopyAnswerMarkdown
            | Command::CopyState
            | Command::CopyReport
            | Command::CopyEvent(_)
            | Command::CopyAddress => self.copy_of(&command, ctx),
            Command::Export => self.export(ctx),
            Command::ExportLayout(layout) => self.export_layout(*layout, ctx),
            Command::ExportLayoutTo(layout, path, existing) => {
                self.export_layout_to(*layout, path, existing);
            }
            Command::ExportTo(session, what, path, existing) => {
                self.export_to(session, *what, (path, existing));
            }
            Command::Cancel(slot) => self.cancel(Some(slot)),
            Command::CancelWork => self.cancel(None),
            Command::Again => self.model.answers.again(),
            Command::SaveProjection(file) => {
                self.say_done(&format!("Saved {}", file.name));
                let keep = Keep::Projection(file);
                self.worker.save(&self.start.workspace, keep);
            }
            Command::SaveSaga(file) => {
                let folder = self.start.workspace.sagas_folder();
                let place =
                    folder.map_or(String::new(), |folder| format!(" to {}", folder.display()));
                self.say_done(&format!("Saved {}{place}", file.name));
                self.worker.save(&self.start.workspace, Keep::Saga(file));
            }
            Command::Say(words) => self.say_done(&words),
            Command::DismissNote(at) => {
                if at < self.model.notes.len() {
                    self.model.notes.remove(at);
                }
            }
            Command::Palette
            | Command::ChooseStream
            | Command::Help
            | Command::Settings
            | Command::FocusTime
            | Command::TypePath(_)
            | Command::AskToReplace(..)
            | Command::AskNameOfBookmark(_)
            | Command::CorrectMapping(_) => self.frame.command(&command),
            Command::SetTheme(_)
            | Command::SetZone(_)
            | Command::ToggleDebug
            | Command::ClearRecent
            | Command::KeepColumns(..)
            | Command::KeepView(..)
            | Command::SetTimePanelHeight(_) => self.set(command, ctx),
            Command::SetFilter(_)
            | Command::GoOnSearching
            | Command::FilterCorrelation(_)
            | Command::FilterStream(_)
            | Command::FilterType(_)
            | Command::FilterCategory(_) => self.run_on_filter(command),
            other => self.run_on_store(other),
        }
    }

    /// Commands that mean nothing while no store is open.
    fn run_on_store(&mut self, command: Command) {
        if self.model.session.is_none() {
            return;
        }
        match command {
            Command::Show(view) => self.go_to_view(view),
            Command::ShowPage(page) => {
                self.frame.turn_to(page);
                self.go_to_view(page.view());
            }
            Command::InSagas(act) => self.frame.act(act, &self.model, &mut self.outbox),
            Command::Find => self.find(),
            Command::ShowBeside(view) => {
                self.frame.beside(view);
                self.model.view = view;
            }
            Command::MoveTo(bound) => self.move_to(bound),
            Command::MoveToTyped(text) => self.move_to_typed(&text),
            Command::StepEvent(direction) => self.step_event(direction),
            Command::StepSelection(direction) => self.step_selection(direction),
            Command::ToStart => self.move_to(Bound::Event(EventIx(0))),
            Command::ToHead => self.move_to(Bound::Head),
            Command::TogglePlay => self.toggle_play(),
            Command::SetSpeed(speed) => self.model.playback.speed = speed,
            Command::SetClock(clock) => {
                if let Some(log) = self.model.log() {
                    self.model.cursor = Cursor::new(log, clock, self.model.cursor.bound());
                    self.model.store.clock = Some(clock);
                    self.save_store();
                }
            }
            Command::GoToStream(stream) => {
                self.select_stream(stream);
                self.model.view = View::State;
            }
            Command::SelectStream(stream) => self.select_stream(stream),
            Command::SelectEvent(event) => self.select_event(event),
            Command::FollowEvent(event) => self.select_event(Some(event)),
            Command::GoToEvent(event) => self.go_to_event(event),
            Command::SelectField(field) => self.model.selection.field = field,
            Command::CompareWith(bound) => self.model.compare = bound,
            Command::FoldBy(written) => self.model.fold_by = written,
            Command::Retrace(direction) => self.retrace(direction),
            Command::Mask(fields) => self.mask(fields),
            Command::MaskPersonal => self.mask_personal(),
            Command::JudgeSagasBy(definition) => {
                self.model.store.saga_definition = definition;
                self.save_store();
            }
            Command::MuteRules(rules) => {
                self.model.store.muted = rules;
                self.save_store();
            }
            Command::AddBookmark => self.add_bookmark(),
            Command::NameBookmark(at, name) => self.name_bookmark(at, name),
            Command::RemoveBookmark(at) if at < self.model.store.bookmarks.len() => {
                let gone = self.model.store.bookmarks.remove(at);
                self.say_done(&format!("Removed the bookmark {}", gone.name));
                self.save_store();
            }
            _ => {}
        }
    }

    /// Settings.
    fn set(&mut self, command: Command, ctx: &egui::Context) {
        let settings = &mut self.model.settings;
        match command {
            Command::SetTheme(theme) => {
                settings.theme = theme;
                apply_theme(ctx, theme);
            }
            Command::SetZone(zone) => {
                settings.zone = zone;
                self.model.store.zone = None;
            }
            Command::ToggleDebug => settings.debug_panel = !settings.debug_panel,
            Command::ClearRecent => settings.recent.forget_all(),
            Command::KeepColumns(table, columns) => {
                settings.window.columns.insert(table.to_owned(), columns);
            }
            Command::KeepView(view, kept) => {
                settings.window.views.insert(view.to_owned(), kept);
            }
            Command::SetTimePanelHeight(height) => {
                settings.window.time_panel_height = height;
            }
            _ => {}
        }
        self.save_settings();
    }

    /// Calls off what runs in a place, or everything.
    fn cancel(&mut self, slot: Option<crate::worker::SlotId>) {
        let running: Vec<_> = self.model.running.iter().collect();
        for running in running {
            if slot.is_none_or(|slot| slot == running.slot) {
                self.worker.cancel(running.slot);
            }
        }
        let opening = self.model.opening.is_some();
        let reading = |running: &&crate::worker::Running| running.is_indexing();
        let indexing = self.model.running.iter().find(reading);
        if opening && (slot.is_none() || indexing.is_some_and(|own| Some(own.slot) == slot)) {
            // One that still waits for its turn is dropped without a word.
            self.worker.cancel_opening();
            self.model.opening = None;
        }
    }

    /// Leads to the field that the view is searched with.
    fn find(&mut self) {
        if self.frame.find(self.model.view).is_none() {
            self.model.view = View::Events;
            self.frame.find(View::Events);
        }
    }

    pub(super) fn select_stream(&mut self, stream: StreamIx) {
        if self.model.selection.stream != Some(stream) {
            self.model.selection.field = None;
            self.model.compare = None;
        }
        self.model.selection.stream = Some(stream);
        self.model.selection.event = None;
    }

    /// Selects an event and with it its stream, so that no view shows an event beside the state of a
    /// stream that it is not in.
    pub(super) fn select_event(&mut self, event: Option<EventIx>) {
        let known = self.model.log().filter(|_| event.is_some());
        if let (Some(log), Some(event)) = (known, event)
            && event.at() < log.len()
        {
            let own = log.stream(event);
            let selected = self.model.selection.stream;
            let stands = |stream: StreamIx| log.version_in(event, stream).is_some();
            if selected.is_none_or(|stream| stream != own && !stands(stream)) {
                self.select_stream(own);
            }
        }
        self.model.selection.event = event;
    }

    fn go_to_event(&mut self, event: EventIx) {
        if self.model.log().is_none_or(|log| event.at() >= log.len()) {
            let sentence = "That event is not there any more".to_owned();
            return self.note(Level::Info, sentence, None);
        }
        self.select_event(Some(event));
        self.model.view = View::State;
        self.model.playback.pause();
        self.move_to(Bound::Event(event));
    }
}
