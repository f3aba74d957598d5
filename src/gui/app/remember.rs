//! Where a store was left, and settings: kept from one run to the next.

use super::App;
use super::rewritten::{ANEW, Held};
use crate::analysis::events::EventFilter;
use crate::gui::model::{Cursor, Level, Model, View, filter_in, kept_bound, kept_filter};
use crate::log::{Bound, Log};
use crate::model::time::{Edge, InputContext};
use crate::model::{EventIx, StreamIx};
use crate::worker::Keep;
use crate::workspace::{KeptFilter, RecentFile, StorePath, StoreWorkspace};

/// Where the cursor of a store stood that is being indexed anew, in words that outlive the index.
#[derive(Clone, Debug, Default)]
pub(super) struct Stood {
    /// The event that the cursor stood on, by its id.
    event: Option<String>,
    stream: Option<String>,
    field: Option<String>,
    filter: Option<KeptFilter>,
    /// What the store held.
    held: Option<Held>,
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
            store.filter = kept_filter(&self.model.filter, &session.log);
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
        if self.model.selection.stream.is_none() {
            self.model.selection.stream = only_stream(log);
        }
        self.restore_view();
        let Some(session) = self.model.session.as_ref() else {
            return;
        };
        let log = &session.log;
        if !log.is_complete() {
            return;
        }
        let context = remembered(&self.model);
        let text = self.model.store.cursor.as_deref();
        let bound = text.and_then(|text| kept_bound(text, log, &context));
        let clock = self.model.cursor.clock();
        let bound = bound.filter(|bound| !matches!(bound, Bound::Time(_)) || log.has_clock(clock));
        // A cursor that somebody has moved while the store was being read stays where it is.
        if let (Some(bound), true) = (bound, self.model.cursor.is_at_head()) {
            self.model.cursor = Cursor::new(log, self.model.cursor.clock(), bound);
        }
        if let (Some(kept), true) = (
            &self.model.store.filter,
            self.model.filter == EventFilter::default(),
        ) {
            self.model.filter = filter_in(kept, log, &context);
        }
    }

    /// As soon as there is something to see in it: a state waits for its stream.
    fn restore_view(&mut self) {
        let is_left = |view: &View| Some(view.name()) == self.model.store.view.as_deref();
        let view = View::ALL.into_iter().find(is_left);
        let is_whole = self.model.log().is_some_and(|log| log.is_complete());
        let waits = view == Some(View::State) && self.model.selection.stream.is_none();
        if let (Some(view), View::Overview, true) = (view, self.model.view, is_whole || !waits) {
            self.model.view = view;
        }
    }

    /// Goes to a view. While the store is being read it is the one that somebody wants to be in.
    pub(super) fn go_to_view(&mut self, view: View) {
        self.model.view = view;
        if self.model.log().is_some_and(|log| !log.is_complete()) {
            self.model.store.view = Some(view.name().to_owned());
        }
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
            filter: kept_filter(&self.model.filter, log),
            held: (log.is_complete()).then(|| Held::of(log, self.model.cursor.clock())),
        });
    }

    /// The stream that was looked at, as soon as the new index has it.
    pub(super) fn find_stream(&mut self) {
        let name = self.stood.as_ref().and_then(|stood| stood.stream.as_ref());
        if let (None, Some(name), Some(log)) = (self.model.selection.stream, name, self.model.log())
        {
            self.model.selection.stream = log.streams().find(name).map(StreamIx);
        }
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
        if let Some(kept) = &stood.filter {
            self.model.filter = filter_in(kept, log, &remembered(&self.model));
        }
        let now = Held::of(log, self.model.cursor.clock());
        let rewritten = (stood.held).map(|held| held.since(now, self.model.zone()));
        let found = (stood.stream.as_ref()).and_then(|name| log.streams().find(name));
        let gone = stood.stream.filter(|_| found.is_none());
        self.model.selection.stream = match &gone {
            None => found.map(StreamIx).or_else(|| only_stream(log)),
            // Another one in its place would pass for it.
            Some(_) => None,
        };
        self.model.selection.field = stood.field.filter(|_| found.is_some());
        self.model.notes.retain(|note| note.sentence != ANEW);
        if let Some(sentence) = rewritten {
            self.note(Level::Info, sentence, None);
        }
        if let Some(name) = gone {
            let sentence = format!("{name} is no longer in this store");
            self.note(Level::Warning, sentence, None);
        }
    }

    /// Remembers where the store stands soon after that has changed, so that a program that is ended from
    /// outside has lost little.
    pub(super) fn keep_place(&mut self, ctx: &egui::Context) {
        let whole = |model: &Model| model.log().is_some_and(|log| log.is_complete());
        if !whole(&self.model) {
            self.kept_place = KeptPlace::default();
            return;
        }
        let kept = &mut self.kept_place;
        let (now, same) = (ctx.input(|input| input.time), kept.is(&self.model));
        match (kept.due, same) {
            // As it was opened.
            (_, None) => kept.note(&self.model),
            (None, Some(Same::No)) => {
                kept.due = Some(now + SOON);
                ctx.request_repaint_after_secs(SOON as f32);
            }
            (Some(due), _) if now >= due => {
                kept.note(&self.model);
                if let Some((path, store)) = self.left() {
                    let keep = Keep::Store(path, Box::new(store));
                    self.worker.save(&self.start.workspace, keep);
                }
            }
            (Some(due), _) => ctx.request_repaint_after_secs((due - now) as f32),
            (None, Some(Same::Yes)) => {}
        }
    }
}

/// Seconds after which a change is remembered.
const SOON: f64 = 2.0;

/// What was remembered last of where the store stands.
#[derive(Debug, Default)]
pub(super) struct KeptPlace {
    place: Option<(View, Bound, Option<StreamIx>, EventFilter)>,
    /// When a change is to be remembered, by egui's clock.
    due: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Same {
    Yes,
    No,
}

impl KeptPlace {
    /// Whether the store stands there still; none before anything was noted.
    fn is(&self, model: &Model) -> Option<Same> {
        let (view, bound, stream, filter) = self.place.as_ref()?;
        let same = (*view, *bound) == (model.view, model.cursor.bound())
            && *stream == model.selection.stream
            && *filter == model.filter;
        Some(if same { Same::Yes } else { Same::No })
    }

    fn note(&mut self, model: &Model) {
        self.due = None;
        self.place = Some((
            model.view,
            model.cursor.bound(),
            model.selection.stream,
            model.filter.clone(),
        ));
    }
}

/// What remembered moments are read by: all their digits were written.
fn remembered(model: &Model) -> InputContext {
    InputContext {
        now: model.now,
        head: None,
        cursor: None,
        zone: model.zone(),
        edge: Edge::Start,
    }
}

/// The stream of a store that has one only.
fn only_stream(log: &Log) -> Option<StreamIx> {
    (log.is_complete() && log.streams().len() == 1).then_some(StreamIx(0))
}
