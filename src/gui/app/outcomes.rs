//! Takes in what the worker sent, for as long as a frame can spare.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::App;
use crate::gui::model::{Cursor, Level, Note, Selection, Session, View};
use crate::gui::model::{FieldValues, Inspected};
use crate::log::{Arrangement, Bound, Log};
use crate::model::EventIx;
use crate::worker::{Opened, Outcome, Reply};

/// What a frame spends on outcomes; the rest waits for the next.
const BUDGET: Duration = Duration::from_millis(8);

impl App {
    pub(super) fn drain(&mut self, ctx: &egui::Context) {
        let began = Instant::now();
        while let Some(outcome) = self.worker.next() {
            self.take(outcome, ctx);
            if began.elapsed() > BUDGET {
                ctx.request_repaint();
                return;
            }
        }
    }

    fn take(&mut self, outcome: Outcome, ctx: &egui::Context) {
        match outcome {
            Outcome::Opened(opened) => self.opened(*opened),
            Outcome::OpenFailed {
                message, unread, ..
            } => {
                self.model.opening = None;
                self.model.unread = unread;
                self.note(Level::Error, message, None);
            }
            Outcome::Previewed { number, preview } => {
                self.model.answers.preview.answer(number, preview);
            }
            Outcome::OpenCancelled => self.model.opening = None,
            Outcome::Indexed {
                session,
                log,
                arrangement,
            } if self.is_current(session) => {
                self.indexed(log, arrangement);
            }
            Outcome::IndexCancelled { session } if self.is_current(session) => {
                if let Some(session) = &mut self.model.session {
                    session.cut_short = true;
                }
                self.note(
                    Level::Warning,
                    "Indexing was cancelled: only a part of the store is shown".to_owned(),
                    None,
                );
            }
            Outcome::Rewritten(opened) if self.is_current(opened.session) => {
                self.rewritten(*opened);
            }
            Outcome::Following { session, trouble } if self.is_current(session) => {
                if let Some(session) = &mut self.model.session {
                    session.trouble = trouble;
                }
            }
            Outcome::Reply {
                session,
                number,
                reply,
            } if self.is_current(session) => self.answer(number, reply, ctx),
            Outcome::Exported(result) => self.exported(result),
            Outcome::Failed { message, .. } => self.note(Level::Error, message, None),
            // Of a store that is no longer open.
            _ => {}
        }
    }

    fn is_current(&self, session: crate::worker::SessionId) -> bool {
        self.model
            .session
            .as_ref()
            .is_some_and(|open| open.opened.session == session)
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

    fn opened(&mut self, opened: Opened) {
        let model = &mut self.model;
        model.opening = None;
        model.unread = None;
        model.search = None;
        model.answers = Default::default();
        model.selection = Selection::default();
        model.compare = None;
        model.filter = Default::default();
        model.streams_wanted = None;
        model.cursor = Cursor::default();
        model.view = View::Overview;
        model.notes.clear();
        model.playback.pause();
        self.revision += 1;
        model.store = opened.remembered.clone();
        let notice = opened.notice.clone();
        let session = Session {
            opened,
            log: Arc::default(),
            revision: self.revision,
            trouble: None,
            cut_short: false,
        };
        self.model.session = Some(session);
        if let Some(sentence) = notice {
            self.note(Level::Warning, sentence, None);
        }
        self.stood = None;
        self.frame.opened();
    }

    fn indexed(&mut self, log: Arc<Log>, arrangement: Option<Arrangement>) {
        self.revision += 1;
        let Some(session) = &mut self.model.session else {
            return;
        };
        let first = session.log.is_empty() && !log.is_empty();
        let newly_complete = !session.log.is_complete() && log.is_complete();
        let reordered = session.log.generation() != log.generation();
        if reordered {
            // Places in the old order mean nothing in the new one.
            self.model.selection.event = None;
            self.model.compare = None;
            self.model.answers.bodies.clear();
        }
        let before = std::mem::replace(&mut session.log, log);
        session.revision = self.revision;
        let bound = match self.model.cursor.bound() {
            Bound::Event(event) if reordered => moved(&before, &session.log, event),
            bound => bound,
        };
        let clock = if first {
            session.log.default_clock()
        } else {
            self.model.cursor.clock()
        };
        self.model.cursor = Cursor::new(&session.log, clock, bound).in_log(&session.log);
        if arrangement == Some(Arrangement::Sorted) && newly_complete {
            let order = if session.log.has_own_positions() {
                "by their positions"
            } else {
                "by time"
            };
            self.note(
                Level::Info,
                format!("The events were put in order {order}; the file has them otherwise"),
                None,
            );
        }
        if !newly_complete && reordered && arrangement == Some(Arrangement::Sorted) {
            let sentence = "New events sort before the head; they were put in their places";
            self.note(Level::Info, sentence.to_owned(), None);
        }
        if newly_complete && self.stood.is_some() {
            self.find_place();
        } else if newly_complete {
            self.remember_recent();
            self.restore();
        }
    }

    fn rewritten(&mut self, opened: Opened) {
        self.note_place();
        self.model.selection.stream = None;
        self.model.answers = Default::default();
        self.model.selection.event = None;
        // It names types and streams by their places in the old log.
        self.model.filter = Default::default();
        self.model.streams_wanted = None;
        if let Some(session) = &mut self.model.session {
            // By time for now; by the event's id once the new index is whole.
            let bound = match self.model.cursor.time() {
                Some(time) if !self.model.cursor.is_at_head() => Bound::Time(time),
                _ => Bound::Head,
            };
            session.opened = opened;
            session.log = Arc::default();
            self.model.cursor = Cursor::new(&session.log, self.model.cursor.clock(), bound);
        }
        self.note(
            Level::Info,
            "The store was rewritten by another program and is indexed anew".to_owned(),
            None,
        );
    }

    fn answer(&mut self, number: u64, reply: Reply, ctx: &egui::Context) {
        let answers = &mut self.model.answers;
        match reply {
            Reply::State(found) => answers.state.answer(number, *found),
            Reply::Inspect { event, body } => {
                answers.inspected.answer(number, Inspected { event, body });
            }
            Reply::Density(timeline) => answers.timeline.answer(number, *timeline),
            Reply::Bodies(lines) => answers.bodies.fill(number, lines),
            Reply::Find(names) => answers.names.answer(number, names),
            Reply::Overview(overview) => answers.overview.answer(number, *overview),
            Reply::Values {
                stream,
                pointer,
                values,
            } => {
                answers.values.answer(
                    number,
                    FieldValues {
                        stream,
                        pointer,
                        values,
                    },
                );
            }
            list => self.take_list(number, list, ctx),
        }
    }
}

/// The same event in a log of another order: by its id, else by its position.
fn moved(before: &Log, now: &Log, event: EventIx) -> Bound {
    let by_id = before.event_id(event).and_then(|id| now.find_event(id));
    let by_position = || now.at_position(before.position(event));
    by_id.or_else(by_position).map_or(Bound::Head, Bound::Event)
}
