//! Where a store was left, and settings: kept from one run to the next.

use super::App;
use crate::analysis::words::many;
use crate::gui::model::{Cursor, View};
use crate::log::{Bound, MaskedFields};
use crate::model::time::{Edge, InputContext, Moment, input};
use crate::model::{EventIx, StreamIx};
use crate::worker::Keep;
use crate::workspace::{RecentFile, StorePath, StoreWorkspace};

/// Where the cursor of a store stood that is being indexed anew, in words that outlive the index.
#[derive(Clone, Debug, Default)]
pub(super) struct Stood {
    /// The event that the cursor stood on, by its id.
    event: Option<String>,
    stream: Option<String>,
    field: Option<String>,
}

impl App {
    pub(super) fn save_settings(&mut self) {
        let keep = Keep::Settings(Box::new(self.model.settings.clone()));
        self.worker.save(&self.start.workspace, keep);
    }

    /// Remembers where this store was left, and that it was open.
    pub(super) fn save_store(&mut self) {
        let Some((path, store)) = self.left() else {
            return;
        };
        let keep = Keep::Store(path, Box::new(store));
        self.worker.save(&self.start.workspace, keep);
        self.remember_recent();
    }

    /// What to remember of the open store. Where it was not read to its end, nobody has come back to
    /// where they were before.
    fn left(&self) -> Option<(StorePath, StoreWorkspace)> {
        let session = self.model.session.as_ref()?;
        let mut store = self.model.store.clone();
        if session.log.is_complete() {
            let stream = self.model.selection.stream;
            store.selection = stream.map(|stream| session.log.stream_name(stream).to_owned());
            store.view = Some(self.model.view.name().to_owned());
            store.cursor = self.model.cursor.as_text();
        }
        Some((session.opened.store_path.clone(), store))
    }

    /// The cursor, the view and the stream that this store was left with.
    pub(super) fn restore(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        let log = &session.log;
        // What somebody has chosen while the store was being read stays.
        if let (None, Some(name)) = (self.model.selection.stream, &self.model.store.selection) {
            self.model.selection.stream = log.streams().find(name).map(StreamIx);
        }
        let alone = log.is_complete() && log.streams().len() == 1;
        if self.model.selection.stream.is_none() && alone {
            self.model.selection.stream = Some(StreamIx(0));
        }
        if !log.is_complete() {
            return;
        }
        let context = InputContext {
            now: self.model.now,
            head: None,
            cursor: None,
            zone: self.model.zone(),
            edge: Edge::End,
        };
        let typed = self
            .model
            .store
            .cursor
            .as_deref()
            .and_then(|text| input::parse(text, &context).ok());
        let bound = typed.and_then(|typed| match typed.moment {
            Moment::Time(time) if log.has_clock(self.model.cursor.clock()) => {
                Some(Bound::Time(time))
            }
            Moment::Position(position) => log.at_position_name(&position).ok(),
            _ => None,
        });
        // A cursor that somebody has moved while the store was being read stays where it is.
        if let (Some(bound), true) = (bound, self.model.cursor.is_at_head()) {
            self.model.cursor = Cursor::new(log, self.model.cursor.clock(), bound);
        }
        let view = View::ALL
            .into_iter()
            .find(|view| Some(view.name()) == self.model.store.view.as_deref());
        if let (Some(view), View::Overview) = (view, self.model.view) {
            self.model.view = view;
        }
    }

    /// Masks these fields of the store that is open, now and when it is opened again.
    pub(super) fn mask(&mut self, fields: MaskedFields) {
        let Some(session) = &mut self.model.session else {
            return;
        };
        session.mask(&fields);
        let count = fields.values().flatten().count() as u64;
        let said = match many(count, "field is masked", "fields are masked") {
            Some(words) => words,
            None => "No field is masked".to_owned(),
        };
        // What was read is to be seen otherwise.
        self.model.answers.bodies.clear();
        self.model.store.masked = fields;
        self.say_done(&said);
        self.save_store();
    }

    pub(super) fn remember_recent(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        if session.opened.paths.len() > 1 {
            // The list has no words for several files as one.
            return;
        }
        self.model.settings.recent.note(RecentFile {
            path: session.opened.store_path.clone(),
            kind: session.opened.recognition.name.clone(),
            events: session.log.len() as u64,
            opened_at: self.model.now,
            cursor: self.model.cursor.as_text(),
            ..RecentFile::default()
        });
        self.save_settings();
    }

    /// To be called before the index goes. A place noted before the last index was whole still holds.
    pub(super) fn note_place(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        if self.stood.is_some() {
            return;
        }
        let log = &session.log;
        let id = |event: EventIx| log.event_id(event).map(|id| id.to_string());
        let stream = self
            .model
            .selection
            .stream
            .map(|stream| log.stream_name(stream).to_owned());
        let event = match self.model.cursor.bound() {
            Bound::Event(event) if (event.at()) < log.len() => id(event),
            _ => None,
        };
        self.stood = Some(Stood {
            event,
            stream,
            field: self.model.selection.field.clone(),
        });
    }

    /// To be called once the new index is whole. The cursor already stands at its old time.
    pub(super) fn find_place(&mut self) {
        let (Some(stood), Some(session)) = (self.stood.take(), &self.model.session) else {
            return;
        };
        let log = &session.log;
        let event = stood
            .event
            .and_then(|id| log.find_event(crate::log::IdRef::new(&id)));
        if let Some(event) = event {
            self.model.cursor = Cursor::new(log, self.model.cursor.clock(), Bound::Event(event));
        }
        self.model.selection.stream = stood
            .stream
            .and_then(|name| log.streams().find(&name))
            .map(StreamIx);
        self.model.selection.field = stood.field;
    }
}
