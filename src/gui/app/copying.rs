//! The clipboard. What is copied is the answer to what is asked now, whatever view is shown; where it
//! is not there yet, it is asked for and copied when it comes.

use std::time::Duration;

use super::App;
use crate::analysis::replay::{Existence, block, escape};
use crate::gui::command::Command;
use crate::gui::model::{Done, Level, Reordered};
use crate::gui::views::{Form, Text};
use crate::model::EventIx;
use crate::worker::{AskRow, Found, Question, Slot, Unanswered, Worker};

/// How long words about what was done stand.
const STANDS: Duration = Duration::from_secs(4);

/// A longer state is no part of a ticket.
const STATE_BYTES: usize = 4_000;

/// What is to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Copying {
    Answer,
    Markdown,
    State,
    Report,
    Event(EventIx),
}

impl Copying {
    const fn words(&self) -> &'static str {
        match self {
            Self::Answer => "Copied the answer",
            Self::Markdown => "Copied the answer with its evidence",
            Self::State => "Copied the state",
            Self::Report => "Copied the report",
            Self::Event(_) => "Copied the event",
        }
    }

    /// The same in a log of another order.
    pub fn reordered(self, moved: &Reordered) -> Option<Self> {
        match self {
            Self::Event(event) => moved.event(event).map(Self::Event),
            other => Some(other),
        }
    }
}

impl App {
    pub(super) fn copy_of(&mut self, command: &Command, ctx: &egui::Context) {
        self.copying = Some(match command {
            Command::CopyAnswer => Copying::Answer,
            Command::CopyAnswerMarkdown => Copying::Markdown,
            Command::CopyState => Copying::State,
            Command::CopyReport => Copying::Report,
            Command::CopyEvent(event) => Copying::Event(*event),
            Command::CopyAddress => return self.copy_address(ctx),
            _ => return,
        });
    }

    /// Copies what waits to be copied, if it has come.
    pub(super) fn finish_copying(&mut self, ctx: &egui::Context) {
        let Some(copying) = self.copying.clone() else {
            return;
        };
        match self.text_of(&copying) {
            Text::Coming => {}
            Text::There(text) => {
                self.copying = None;
                self.copy(text, copying.words(), ctx);
            }
            Text::Failed(sentence) => {
                self.copying = None;
                self.note(Level::Info, sentence, None);
            }
        }
    }

    fn text_of(&mut self, copying: &Copying) -> Text {
        let form = match copying {
            Copying::Answer => Some(Form::Plain),
            Copying::Markdown => Some(Form::Markdown),
            _ => None,
        };
        // A view that looks at something else than a stream has an answer of its own.
        if let Some(own) = form.and_then(|form| self.frame.answer(&self.model, form)) {
            return own;
        }
        let model = &mut self.model;
        match copying {
            Copying::Answer | Copying::Markdown | Copying::State => {
                let origin = model.origin();
                let Some(question) = model.ask_state() else {
                    return Text::Failed("Select a stream to copy its state".to_owned());
                };
                text(
                    &mut model.answers.state,
                    &self.worker,
                    question,
                    |found| match copying {
                        Copying::Answer => plain(found, &origin),
                        Copying::Markdown => markdown(found, &origin),
                        _ => format!("{:#}", found.at.tree().to_value()),
                    },
                )
            }
            Copying::Report => {
                let zone = model.zone();
                let Some(question) = model.ask_overview() else {
                    return Text::Failed("There are no events to report on yet".to_owned());
                };
                text(
                    &mut model.answers.overview,
                    &self.worker,
                    question,
                    |found| crate::render::info(&found.report, zone),
                )
            }
            Copying::Event(event) => {
                let Some(session) = &model.session else {
                    return Text::Failed("The store was closed".to_owned());
                };
                let question = AskRow {
                    subject: session.subject(),
                    event: *event,
                };
                text(
                    &mut model.answers.row,
                    &self.worker,
                    question,
                    String::clone,
                )
            }
        }
    }

    /// Copies a text and says so.
    pub(super) fn copy(&mut self, text: String, words: &str, ctx: &egui::Context) {
        ctx.copy_text(text.clone());
        self.clipboard = Some(text);
        self.say_done(words);
    }

    /// Says in passing what was done.
    pub(super) fn say_done(&mut self, words: &str) {
        self.model.done = Some(Done {
            words: words.to_owned(),
            at: self.model.now,
        });
    }

    pub(super) fn forget_done(&mut self, ctx: &egui::Context) {
        let Some(done) = &self.model.done else { return };
        let stood = self.model.now - done.at;
        let left = i64::try_from(STANDS.as_micros()).unwrap_or(i64::MAX) - stood.micros();
        match u64::try_from(left) {
            Ok(left @ 1..) => ctx.request_repaint_after(Duration::from_micros(left)),
            _ => self.model.done = None,
        }
    }

    /// The command line that answers what the view shows.
    fn copy_address(&mut self, ctx: &egui::Context) {
        match self.frame.address(&self.model) {
            Some(address) => self.copy(address, "Copied the command line", ctx),
            None => self.note(Level::Info, "No store is open".to_owned(), None),
        }
    }
}

/// The answer with what one must know besides, and where it is from.
fn plain(found: &Found, origin: &[String]) -> String {
    let mut text = format!("{}\n", found.answer);
    for notice in &found.answer.notices {
        text.push_str(&format!("Note: {}.\n", notice.message));
    }
    text + &origin.join(". ") + "."
}

/// The answer with its evidence, the state and where they are from, for a ticket.
fn markdown(found: &Found, origin: &[String]) -> String {
    let mut text = found.answer.to_markdown();
    for line in origin {
        text.push_str(&format!("\n{}.\n", escape(line)));
    }
    let state = format!("{:#}", found.at.tree().to_value());
    if !matches!(found.at.existence, Existence::NotYet) && state.len() <= STATE_BYTES {
        text.push_str(&format!("\n{}\n", block("json", &state)));
    }
    text
}

fn text<Q: Question>(
    slot: &mut Slot<Q>,
    worker: &Worker,
    question: Q,
    write: impl FnOnce(&Q::Answer) -> String,
) -> Text {
    if let Some(answer) = slot.of(&question) {
        return Text::There(write(answer));
    }
    slot.ask(worker, question);
    match slot.unanswered() {
        None => Text::Coming,
        Some(Unanswered::Cancelled) => Text::Failed("Copying was called off".to_owned()),
        Some(Unanswered::Failed(sentence)) => Text::Failed(sentence.clone()),
    }
}
