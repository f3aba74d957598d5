//! What the view, the cursor and the selection need from the worker, asked for when it changes. Views
//! never ask: they show what has come.

use super::App;
use crate::gui::model::{OverviewKey, Session, StateKey, View};
use crate::worker::Job;

impl App {
    pub(super) fn ask(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        if session.log.is_empty() {
            return;
        }
        let revision = session.revision;
        self.ask_state(revision);
        self.ask_event(revision);
        self.ask_values(revision);
        self.ask_bodies();
        self.ask_lists(revision);
        self.ask_timeline(revision);
        self.ask_overview(revision);
        self.ask_names(revision);
    }

    fn ask_overview(&mut self, revision: u64) {
        let (View::Overview, Some(session)) = (self.model.view, self.session()) else {
            return;
        };
        let key = OverviewKey {
            revision,
            cut: *self.model.cursor.cut(),
            zone: self.model.zone(),
        };
        if self.model.answers.overview.needs(&key) {
            let job = Job::Overview {
                subject: session.subject(),
                cut: key.cut,
                zone: key.zone,
                facts: Box::new(session.opened.facts()),
            };
            let number = self.worker.submit(job);
            self.model.answers.overview.ask(number, key);
        }
    }

    fn ask_names(&mut self, revision: u64) {
        let (Some(session), Some(text)) = (self.session(), &self.model.search) else {
            return;
        };
        let key = (revision, *self.model.cursor.cut(), text.clone());
        if self.model.answers.names.needs(&key) {
            let job = Job::Find {
                subject: session.subject(),
                cut: key.1,
                text: key.2.clone(),
            };
            let number = self.worker.submit(job);
            self.model.answers.names.ask(number, key);
        }
    }

    fn session(&self) -> Option<&Session> {
        self.model.session.as_ref()
    }

    fn ask_state(&mut self, revision: u64) {
        let (Some(session), Some(stream)) = (self.session(), self.model.selection.stream) else {
            return;
        };
        if self.model.view != View::State {
            return;
        }
        let log = &session.log;
        let compare = self
            .model
            .compare
            .map(|bound| log.cut(self.model.clock(), bound));
        let key = StateKey {
            revision,
            stream,
            cut: *self.model.cursor.cut(),
            compare,
            field: self.model.selection.field.clone(),
            zone: self.model.zone(),
        };
        if self.model.answers.state.needs(&key) {
            let job = Job::State {
                subject: session.subject(),
                stream,
                cut: key.cut,
                compare,
                field: key.field.clone(),
                zone: key.zone,
            };
            let number = self.worker.submit(job);
            self.model.answers.state.ask(number, key);
        }
    }

    fn ask_event(&mut self, revision: u64) {
        let (Some(session), Some(event)) = (self.session(), self.inspected_event()) else {
            return;
        };
        let key = (revision, event);
        if self.model.answers.inspected.needs(&key) {
            let number = self.worker.submit(Job::Inspect {
                subject: session.subject(),
                event,
            });
            self.model.answers.inspected.ask(number, key);
        }
    }

    /// The selected event; in the state view the one that made the state, where none is selected.
    fn inspected_event(&self) -> Option<crate::model::EventIx> {
        self.model
            .selection
            .event
            .or_else(|| match self.model.view {
                View::State => self.model.answers.state.get()?.at.last,
                _ => None,
            })
    }

    fn ask_values(&mut self, revision: u64) {
        let selection = &self.model.selection;
        let (Some(session), Some(stream), Some(field)) =
            (self.session(), selection.stream, selection.field.clone())
        else {
            return;
        };
        let key = (revision, stream, field.clone());
        if self.model.view == View::State && self.model.answers.values.needs(&key) {
            let job = Job::Values {
                subject: session.subject(),
                stream,
                pointer: field,
            };
            let number = self.worker.submit(job);
            self.model.answers.values.ask(number, key);
        }
    }

    fn ask_timeline(&mut self, revision: u64) {
        let wanted = self.model.answers.wanted_timeline.clone();
        let (Some(session), Some(request)) = (self.session(), wanted) else {
            return;
        };
        let key = (revision, request.clone());
        if self.model.answers.timeline.needs(&key) {
            let subject = session.subject();
            let number = self.worker.submit(Job::Density { subject, request });
            self.model.answers.timeline.ask(number, key);
        }
    }

    fn ask_bodies(&mut self) {
        let Some(events) = self.model.answers.bodies.take_wanted() else {
            return;
        };
        let Some(session) = &self.model.session else {
            return;
        };
        let number = self.worker.submit(Job::Bodies {
            subject: session.subject(),
            events,
        });
        self.model.answers.bodies.ask(number);
    }
}
