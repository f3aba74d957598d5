//! Takes in what the worker says, for as long as a frame can spare.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::App;
use super::rewritten::ANEW;
use crate::gui::model::{Answers, Cursor, CutShort, Level, Reordered, Selection, Session, View};
use crate::log::{Arranged, Arrangement, Bound, Log};
use crate::worker::{Opened, Outcome, SessionId};

/// Answers whose views say in their own place why there is none.
const TOLD_IN_PLACE: [&str; 4] = ["state", "streams", "overview", "projected"];

/// What a frame spends on outcomes; the rest waits for the next.
const BUDGET: Duration = Duration::from_millis(8);

impl App {
    pub(super) fn drain(&mut self, ctx: &egui::Context) {
        let began = Instant::now();
        self.model.answers.poll();
        self.tell_failures();
        while let Some(outcome) = self.worker.next() {
            self.take(outcome);
            if began.elapsed() > BUDGET {
                ctx.request_repaint();
                return;
            }
        }
    }

    /// Each failure is told once, and again after it was mended.
    fn tell_failures(&mut self) {
        let failures = self.model.answers.failures();
        for failure in &failures {
            let in_place = TOLD_IN_PLACE.contains(&failure.0);
            if !in_place && !self.failures.contains(failure) {
                self.note(Level::Error, failure.1.clone(), None);
            }
        }
        self.failures = failures;
    }

    pub(super) fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Opened(opened) => self.opened(*opened),
            Outcome::OpenFailed {
                session,
                message,
                unread,
                ..
            } => {
                if self.is_opening(session) {
                    self.model.opening = None;
                    self.model.unread = unread;
                }
                self.note(Level::Error, message, None);
            }
            Outcome::OpenCancelled(session) if self.is_opening(session) => {
                self.model.opening = None;
            }
            Outcome::Indexed {
                session,
                log,
                arrangement,
            } if self.is_current(session) => {
                self.indexed(log, arrangement);
            }
            Outcome::CutShort {
                session,
                progress,
                trouble,
            } if self.is_current(session) => {
                if let Some(session) = &mut self.model.session {
                    session.cut_short = Some(CutShort { progress, trouble });
                }
            }
            Outcome::Rewritten { before, opened } if self.is_current(before) => {
                self.rewritten(*opened);
            }
            Outcome::Following { session, trouble } if self.is_current(session) => {
                if let Some(session) = &mut self.model.session {
                    session.trouble = trouble;
                }
            }
            Outcome::Sampled { session, samples } if self.is_current(session) => {
                if let Some(session) = &mut self.model.session {
                    session.samples = samples;
                }
            }
            Outcome::NotSaved(sentence) => self.note(Level::Warning, sentence, None),
            // Of a store that is no longer open.
            _ => {}
        }
    }

    fn is_current(&self, session: SessionId) -> bool {
        let open = self.model.session.as_ref();
        open.is_some_and(|open| open.opened.session == session)
    }

    fn is_opening(&self, session: SessionId) -> bool {
        let opening = self.model.opening.as_ref();
        opening.is_some_and(|(own, _)| *own == session)
    }

    fn opened(&mut self, opened: Opened) {
        if self.is_opening(opened.session) {
            self.model.opening = None;
        }
        let model = &mut self.model;
        model.unread = None;
        model.answers = Answers::default();
        model.selection = Selection::default();
        model.compare = None;
        model.fold_by = None;
        model.filter = Default::default();
        model.trail.forget();
        model.cursor = Cursor::default();
        model.view = View::Overview;
        model.notes.clear();
        model.typed_note = None;
        model.playback.pause();
        model.store = opened.remembered.clone();
        let notice = opened.notice.clone();
        model.session = Some(Session {
            opened,
            log: Arc::default(),
            colours: Default::default(),
            revision: 0,
            trouble: None,
            cut_short: None,
            samples: Arc::default(),
            watched: None,
            pace: None,
            began_with: None,
            veil: None,
            attached: None,
        });
        if let Some(session) = &mut model.session {
            session.mask(&model.store.masked);
        }
        if let Some(sentence) = notice {
            self.note(Level::Warning, sentence, None);
        }
        self.copying = None;
        self.stood = None;
        self.kept_place = Default::default();
        self.frame.opened();
    }

    fn indexed(&mut self, log: Arc<Log>, arrangement: Option<Arrangement>) {
        let Some(session) = &mut self.model.session else {
            return;
        };
        let first = session.log.is_empty() && !log.is_empty();
        let newly_complete = !session.log.is_complete() && log.is_complete();
        let reordered = session.log.generation() != log.generation();
        session.revision += 1;
        let before = std::mem::replace(&mut session.log, log);
        let log = Arc::clone(&session.log);
        session.colours.learn(&log);
        if reordered {
            self.reordered(&Reordered::new(before, Arc::clone(&log)));
        }
        let bound = self.model.cursor.bound();
        let chosen = self.model.store.clock.filter(|clock| log.has_clock(*clock));
        let clock = if first {
            chosen.unwrap_or_else(|| log.default_clock())
        } else {
            self.model.cursor.clock()
        };
        self.model.cursor = Cursor::new(&log, clock, bound).in_log(&log);
        if first && !log.has_clock(clock) {
            // What passes there are events: a few in a second can be followed.
            self.model.playback.speed = 10;
        }
        if arrangement == Some(Arrangement::Sorted) && newly_complete {
            self.tell_order(&log);
        } else if arrangement == Some(Arrangement::Sorted) && reordered {
            let sentence = "New events sort before the head; they were put in their places";
            self.note(Level::Info, sentence.to_owned(), None);
        }
        match (newly_complete, self.stood.is_some()) {
            (true, true) => self.find_place(),
            (false, true) => self.find_stream(),
            (_, false) if first || newly_complete => self.restore(),
            _ => {}
        }
        if newly_complete {
            self.remember_recent();
        }
    }

    /// Places in the old order mean nothing in the new one: whatever names an event names the same one
    /// from here on.
    fn reordered(&mut self, moved: &Reordered) {
        let model = &mut self.model;
        let to_head = |bound| moved.bound(bound, Bound::Head);
        model.cursor = Cursor::new(
            moved.log(),
            model.cursor.clock(),
            to_head(model.cursor.bound()),
        );
        model.compare = model.compare.map(to_head);
        model.selection.event = model.selection.event.and_then(|event| moved.event(event));
        moved.filter(&mut model.filter);
        model.answers.bodies.clear();
        model.trail.forget();
        self.copying = (self.copying.take()).and_then(|copying| copying.reordered(moved));
        self.frame.reordered(moved);
    }

    fn tell_order(&mut self, log: &Log) {
        // Stores that are always in order of time have it as their nature; the overview tells of it.
        let order = log.arranged().words();
        let Some(order) = order.filter(|_| log.arranged() != Arranged::ByTime) else {
            return;
        };
        let sentence = format!("The events were put in order {order}; the file has them otherwise");
        self.note(Level::Info, sentence, None);
    }

    fn rewritten(&mut self, opened: Opened) {
        // A store that is still being read for the first time only turned out to be another one.
        let was_whole = (self.model.session.as_ref()).is_some_and(|open| open.log.is_complete());
        self.note_place();
        let model = &mut self.model;
        model.answers = Answers::default();
        model.selection = Selection::default();
        model.compare = None;
        // They name types and streams by their places in the old log.
        model.filter = Default::default();
        model.trail.forget();
        if let Some(session) = &mut model.session {
            // By time for now; by the event's id once the new index is whole.
            let bound = match (model.cursor.bound(), model.cursor.time()) {
                (Bound::Head, _) => Bound::Head,
                (Bound::Start, _) => Bound::Start,
                (_, Some(time)) => Bound::Time(time),
                (_, None) => Bound::Head,
            };
            model.store.clock = model.store.clock.or(Some(model.cursor.clock()));
            session.opened = opened;
            session.log = Arc::default();
            session.revision += 1;
            session.cut_short = None;
            session.trouble = None;
            session.watched = None;
            session.began_with = None;
            session.pace = None;
            session.mask(&model.store.masked);
            model.cursor = Cursor::new(&session.log, model.cursor.clock(), bound);
        }
        if was_whole {
            self.note(Level::Info, ANEW.to_owned(), None);
        }
        self.frame.opened();
    }
}
