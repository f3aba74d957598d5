//! Where views leave their commands and questions. Nothing is carried out here.

use super::Command;
use crate::gui::model::Answers;
use crate::worker::{Question, Slot, Worker};

/// Where an answer will stand.
pub type Place<Q> = fn(&mut Answers) -> &mut Slot<Q>;

type Asking = Box<dyn FnOnce(&mut Answers, &Worker)>;

/// Commands and questions on their way from views to `app`.
#[derive(Default)]
pub struct Outbox {
    commands: Vec<Command>,
    questions: Vec<Asking>,
}

impl Outbox {
    /// Asks for something to be done.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Asks the background, for as long as it is asked in every frame that shows the answer.
    pub fn ask<Q: Question>(&mut self, place: Place<Q>, question: Q) {
        let asking = move |answers: &mut Answers, worker: &Worker| {
            place(answers).ask(worker, question);
        };
        self.questions.push(Box::new(asking));
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What is to be done, in order.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// Puts the questions.
    pub fn put_questions(&mut self, answers: &mut Answers, worker: &Worker) {
        for asking in self.questions.drain(..) {
            asking(answers, worker);
        }
    }
}
