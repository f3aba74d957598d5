//! The long lists: the events of the filter, streams, counts, and what becomes of them on the
//! clipboard and in files.

use std::path::PathBuf;

use super::App;
use crate::analysis::events::{CorrelationFilter, EventFilter, TypeFilter};
use crate::gui::command::Command;
use crate::gui::model::{Level, Session, StreamsKey, View};
use crate::model::time::Style;
use crate::model::{EventIx, StreamIx};
use crate::worker::{
    Export, ExportError, ExportFormat, Exported, Exports, Family, Job, Reply, SessionId,
    StreamsWanted,
};

impl App {
    pub(super) fn ask_lists(&mut self, revision: u64) {
        self.ask_matches();
        self.ask_streams(revision);
    }

    fn ask_matches(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        let (filter, clock) = (&self.model.filter, self.model.cursor.clock());
        let matching = &mut self.model.answers.matching;
        if *filter == EventFilter::default() {
            if matching.forget() {
                self.worker.cancel(Family::Matches);
            }
            return;
        }
        matching.settle(self.model.now);
        let Some(first) = matching.wanted(&session.log, filter, clock) else {
            return;
        };
        let number = self.worker.submit(Job::Matches {
            subject: session.subject(),
            filter: Box::new(filter.clone()),
            clock,
            first,
        });
        matching.ask(number, &session.log, filter, clock, self.model.now);
    }

    fn ask_streams(&mut self, revision: u64) {
        let (Some(session), Some(wanted)) = (&self.model.session, &self.model.streams_wanted)
        else {
            return;
        };
        if !matches!(self.model.view, View::Streams | View::Events) {
            return;
        }
        let key = StreamsKey {
            revision,
            cut: *self.model.cursor.cut(),
            wanted: wanted.clone(),
        };
        if self.model.answers.streams.needs(&key) {
            let number = self.worker.submit(Job::Streams {
                subject: session.subject(),
                cut: key.cut,
                wanted: key.wanted.clone(),
            });
            self.model.answers.streams.ask(number, key);
        }
    }

    fn ask_counts(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        let key = (session.revision, *self.model.cursor.cut());
        if self.model.answers.counts.needs(&key) {
            let number = self.worker.submit(Job::Counts {
                subject: session.subject(),
                cut: key.1,
            });
            self.model.answers.counts.ask(number, key);
        }
    }

    /// Commands about lists; the ones of other kinds are left alone.
    pub(super) fn run_on_lists(&mut self, command: Command, ctx: &egui::Context) {
        match command {
            Command::SetFilter(filter) => self.model.filter = *filter,
            Command::GoOnSearching => self.model.answers.matching.go_on(),
            Command::FilterCorrelation(event) => self.filter_correlation(event),
            Command::FilterStream(stream) => self.filter_stream(stream),
            Command::FilterType(event_type) => {
                let types = TypeFilter::Only(vec![event_type]);
                let rest = self.filter_to_narrow();
                self.model.filter = EventFilter { types, ..rest };
                self.model.view = View::Events;
            }
            Command::ListStreams(wanted) => {
                self.model.streams_wanted = wanted.map(|wanted| *wanted);
            }
            Command::WantCounts => self.ask_counts(),
            Command::CopyEvent(event) => {
                if let Some(session) = &self.model.session {
                    self.worker.submit(Job::Row {
                        subject: session.subject(),
                        event,
                    });
                }
            }
            Command::KeepColumns(table, columns) => {
                let kept = &mut self.model.settings.window.columns;
                kept.insert(table.to_owned(), columns);
                self.save_settings();
            }
            Command::Export => self.export(ctx),
            Command::ExportTo(session, what, path) => self.export_to(session, *what, path),
            _ => {}
        }
    }

    /// Narrows the filter in the events view; from elsewhere nothing else may hide an event of it.
    fn filter_correlation(&mut self, event: EventIx) {
        let Some(id) = self.model.log().and_then(|log| log.correlation(event)) else {
            return;
        };
        let correlation = CorrelationFilter::Is(id.to_owned());
        let rest = self.filter_to_narrow();
        self.model.filter = EventFilter {
            correlation,
            ..rest
        };
        self.model.view = View::Events;
    }

    fn filter_stream(&mut self, stream: StreamIx) {
        let rest = self.filter_to_narrow();
        self.model.filter = EventFilter {
            streams: vec![stream],
            ..rest
        };
        self.model.view = View::Events;
    }

    fn filter_to_narrow(&self) -> EventFilter {
        match self.model.view {
            View::Events => self.model.filter.clone(),
            _ => EventFilter::default(),
        }
    }

    /// What was running in the background was called off by the user.
    pub(super) fn lists_called_off(&mut self) {
        self.model.answers.matching.stop();
        self.model.answers.bodies.called_off();
    }

    pub(super) fn take_list(&mut self, number: u64, reply: Reply, ctx: &egui::Context) {
        let answers = &mut self.model.answers;
        match reply {
            Reply::Matches { events, end } => answers.matching.take(number, &events, end),
            Reply::Streams(list) => answers.streams.answer(number, *list),
            Reply::Counts(counts) => answers.counts.answer(number, counts),
            Reply::Row(text) => self.copy(text, ctx),
            _ => {}
        }
    }

    /// What the view shows, with the stem of a name for its file.
    fn exports(&self) -> Result<(Exports, String), String> {
        let session = self.model.session.as_ref().ok_or("No store is open")?;
        let stem = session.opened.path.file_stem();
        let stem = stem.map_or_else(
            || "asof".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        );
        match self.model.view {
            View::Events => Ok((
                Exports::Events(self.model.filter.clone()),
                format!("{stem}-events"),
            )),
            View::Streams => {
                let wanted = self.model.streams_wanted.clone();
                let wanted: StreamsWanted = wanted.unwrap_or_default();
                Ok((Exports::Streams(wanted), format!("{stem}-streams")))
            }
            View::State => match self.model.selection.stream {
                Some(stream) => {
                    let name: String = session
                        .log
                        .stream_name(stream)
                        .chars()
                        .map(|c| {
                            if c.is_alphanumeric() || "-_.".contains(c) {
                                c
                            } else {
                                '_'
                            }
                        })
                        .take(80)
                        .collect();
                    Ok((Exports::State(stream), name))
                }
                None => Err("Select a stream to export its state".to_owned()),
            },
            View::Overview => {
                Err("Go to Events, Streams or State to export what they show".to_owned())
            }
        }
    }

    /// Asks where to; the dialog blocks, so it has a thread of its own.
    fn export(&mut self, ctx: &egui::Context) {
        let (what, stem) = match self.exports() {
            Ok(found) => found,
            Err(sentence) => return self.note(Level::Info, sentence, None),
        };
        let is_state = matches!(what, Exports::State(_));
        let Some(session) = &self.model.session else {
            return;
        };
        let session = session.opened.session;
        let sender = self.picked.0.clone();
        let waker = ctx.clone();
        let run = move || {
            let dialog = rfd::FileDialog::new().set_title("Export");
            let dialog = if is_state {
                dialog
                    .set_file_name(format!("{stem}.json"))
                    .add_filter("JSON", &["json"])
            } else {
                dialog
                    .set_file_name(format!("{stem}.jsonl"))
                    .add_filter("JSON lines", &["jsonl", "ndjson"])
                    .add_filter("JSON", &["json"])
                    .add_filter("CSV", &["csv"])
            };
            if let Some(path) = dialog.save_file()
                && sender
                    .send(Command::ExportTo(session, Box::new(what), path))
                    .is_ok()
            {
                waker.request_repaint();
            }
        };
        self.start_dialog(run);
    }

    fn export_to(&mut self, asked: SessionId, what: Exports, path: PathBuf) {
        let current = |session: &&Session| session.opened.session == asked;
        let Some(session) = self.model.session.as_ref().filter(current) else {
            let sentence = "Nothing was exported: another store is open by now".to_owned();
            return self.note(Level::Info, sentence, None);
        };
        self.worker.submit(Job::Export(Box::new(Export {
            subject: session.subject(),
            what,
            cut: *self.model.cursor.cut(),
            format: ExportFormat::of(&path),
            path,
            store: session.opened.paths.clone(),
        })));
    }

    pub(super) fn exported(&mut self, result: Result<Exported, ExportError>) {
        match result {
            Ok(Exported { path, what, as_of }) => {
                let one = what.starts_with("The state") || what.starts_with("1 ");
                let verb = if one { "was" } else { "were" };
                let zone = self.model.zone();
                let moment = match (as_of.time, as_of.position) {
                    (Some(time), _) => zone.format(time, Style::AsNeeded),
                    (None, Some(position)) => position.to_string(),
                    (None, None) => "the beginning".to_owned(),
                };
                let path = path.display();
                let sentence = format!("{what} as of {moment} {verb} written to {path}");
                self.note(Level::Info, sentence, None);
            }
            Err(error @ ExportError::Cancelled(_)) => {
                self.note(Level::Info, capitalised(&error.to_string()), None);
            }
            Err(error) => self.note(Level::Error, capitalised(&error.to_string()), None),
        }
    }
}

/// The same with a capital at its beginning.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
