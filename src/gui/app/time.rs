//! Commands that move the cursor, and time passing by itself.

use super::App;
use crate::gui::command::Command;
use crate::gui::model::{Cursor, Direction, StreamEvents, View};
use crate::log::Bound;
use crate::model::StreamIx;
use crate::workspace::Bookmark;

impl App {
    pub(super) fn move_to(&mut self, bound: Bound) {
        let Some(session) = &self.model.session else {
            return;
        };
        self.model.cursor = Cursor::new(&session.log, self.model.cursor.clock(), bound);
        self.model.typed_note = None;
        // A state is shown with the event that made it: another one chosen before is let go of.
        let on_it = |event| bound == Bound::Event(event);
        if self.model.view == View::State && !self.model.selection.event.is_some_and(on_it) {
            self.model.selection.event = None;
        }
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

    pub(super) fn toggle_play(&mut self) {
        if !self.model.playback.is_playing() && self.model.cursor.is_at_head() {
            self.move_to(Bound::Start);
        }
        self.model.playback.toggle();
    }

    pub(super) fn step_event(&mut self, direction: Direction) {
        self.step(direction, None);
    }

    pub(super) fn step_selection(&mut self, direction: Direction) {
        self.step(direction, self.model.selection.stream);
    }

    /// By one event of a stream, or of the log.
    fn step(&mut self, direction: Direction, stream: Option<StreamIx>) {
        let Some(session) = &self.model.session else {
            return;
        };
        let log = &session.log;
        let events = stream.map(|stream| StreamEvents::of(log, stream));
        let cursor = &self.model.cursor;
        if let Some(bound) = cursor.step(log, events.as_ref(), direction) {
            // A step through the log leaves the selected stream as it is.
            self.model.selection.event = match bound {
                Bound::Event(event) => Some(event),
                _ => None,
            };
            self.move_to(bound);
        }
        self.model.playback.pause();
    }

    pub(super) fn move_to_typed(&mut self, text: &str) {
        match self.model.understand(text) {
            Ok(understood) => {
                self.model.playback.pause();
                self.move_to(understood.bound);
                self.model.typed_note = understood.note;
                self.frame.typed(Ok(understood.echo));
            }
            Err(message) => self.frame.typed(Err(message)),
        }
    }

    pub(super) fn add_bookmark(&mut self) {
        let cursor = &self.model.cursor;
        let as_of = cursor.as_of();
        // The head moves on; what was seen is the moment it stood at.
        let moment = cursor
            .as_text()
            .or_else(|| match (as_of.time, &as_of.position) {
                (Some(time), _) => Some(time.to_string()),
                (None, position) => position.as_ref().map(ToString::to_string),
            });
        let Some(moment) = moment else { return };
        let zone = self.model.zone();
        let style = crate::model::time::Style::Seconds;
        let name = as_of.time.map(|time| zone.format(time, style));
        let name = name.unwrap_or_else(|| moment.clone());
        let created = self.model.now;
        self.model.store.bookmarks.push(Bookmark {
            name,
            moment,
            created,
            ..Bookmark::default()
        });
        self.save_store();
        // Kept as it is unless it is given a better name now.
        let at = self.model.store.bookmarks.len() - 1;
        self.frame.command(&Command::AskNameOfBookmark(at));
    }

    pub(super) fn name_bookmark(&mut self, at: usize, name: String) {
        let name = name.trim();
        if let Some(bookmark) = self.model.store.bookmarks.get_mut(at)
            && !name.is_empty()
        {
            name.clone_into(&mut bookmark.name);
            self.save_store();
        }
    }
}
