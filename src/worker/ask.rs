//! Questions and the slots that hold their answers. A [`Question`] says everything that its answer
//! depends on, so that "is this the answer to what is shown now?" is one comparison. A [`Slot`] is
//! asked once a frame, sends a job only where the question is another, and keeps the newest answer
//! until a newer one comes, so that nothing flickers while the cursor moves.

use std::collections::VecDeque;
use std::time::Instant;

use super::desk::Desk;
use super::parts::{Parts, Said};
use super::{Room, Worker};
use crate::analysis::replay::ReplayError;
use crate::log::{Bound, RowsError};
use crate::model::{Cancelled, Progress, Task};

/// Something to be answered in the background.
pub trait Question: Clone + PartialEq + Send + 'static {
    /// The answer.
    type Answer: Send + 'static;

    /// The thread that answers it.
    const ROOM: Room;

    /// What the status bar calls it; none for what is shorter than a glance.
    const LABEL: Option<&'static str> = None;

    /// Whether the answer to `before` is of no use any more. Short work is let finish: while the
    /// cursor is dragged every call-off would be one picture less.
    fn outdates(&self, _before: &Self) -> bool {
        false
    }

    /// The moment that is asked about, if any. The answer about another moment is old from when this was
    /// asked; that about the same one, of a store that has grown since, stands until there is a newer.
    fn moment(&self) -> Option<Bound> {
        None
    }

    /// Finds the answer.
    ///
    /// # Errors
    /// Why there is none.
    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered>;

    /// Finds the answer, and says on the way what is known of it so far.
    ///
    /// # Errors
    /// Why there is none.
    fn answer_in_parts(
        &self,
        asked: Asked<'_>,
        _say: &mut dyn FnMut(Self::Answer),
    ) -> Result<Self::Answer, Unanswered> {
        self.answer(asked)
    }
}

/// What a question is answered with: what was kept from earlier ones, and the task.
pub struct Asked<'a> {
    pub(in crate::worker) desk: &'a mut Desk,
    /// Progress and cancellation.
    pub task: &'a Task,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// It was called off.
    Cancelled,
    /// One sentence.
    Failed(String),
}

impl From<Cancelled> for Unanswered {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<RowsError> for Unanswered {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Cancelled(_) => Self::Cancelled,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<ReplayError> for Unanswered {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Cancelled(_) => Self::Cancelled,
            error => Self::Failed(error.to_string()),
        }
    }
}

/// How the question last asked stands.
#[derive(Debug)]
enum Standing {
    Pending(Instant),
    Answered,
    Unanswered(Unanswered),
}

#[derive(Debug)]
struct Last<Q> {
    question: Q,
    number: u64,
    standing: Standing,
}

type Part<Q> = (Q, <Q as Question>::Answer);

/// The place of one kind of answer.
pub struct Slot<Q: Question> {
    parts: Parts<Part<Q>>,
    last: Option<Last<Q>>,
    /// When what has no answer yet was asked, in this order.
    asked: VecDeque<(u64, Instant)>,
    known: Option<(u64, Part<Q>)>,
}

impl<Q: Question> Default for Slot<Q> {
    fn default() -> Self {
        Self {
            parts: Parts::default(),
            last: None,
            asked: VecDeque::new(),
            known: None,
        }
    }
}

impl<Q: Question + std::fmt::Debug> std::fmt::Debug for Slot<Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("last", &self.last).finish()
    }
}

impl<Q: Question> Slot<Q> {
    /// Whether `question` is another than the one asked last.
    #[must_use]
    pub fn needs(&self, question: &Q) -> bool {
        self.asked() != Some(question)
    }

    /// Asks, unless that was asked last. What was called off or failed is not asked again before
    /// something about the question changes, or [`Slot::again`].
    pub fn ask(&mut self, worker: &Worker, question: Q) {
        if !self.needs(&question) {
            return;
        }
        if let Some(before) = self.asked()
            && question.outdates(before)
        {
            self.parts.stop(worker);
        }
        // What is shown grows old from the first question on that it does not answer.
        let now = Instant::now();
        let since = self.pending_since().unwrap_or(now);
        let own = question.clone();
        let number = self
            .parts
            .start(worker, (Q::ROOM, Q::LABEL), move |asked, say| {
                let mut part = |part| say((own.clone(), part));
                let answer = own.answer_in_parts(asked, &mut part)?;
                part(answer);
                Ok(())
            });
        self.asked.push_back((number, now));
        self.last = Some(Last {
            question,
            number,
            standing: Standing::Pending(since),
        });
    }

    /// Takes in what has come.
    pub fn poll(&mut self) {
        while let Some((number, said)) = self.parts.hear() {
            match said {
                Said::Part(part) => {
                    self.asked.retain(|(asked, _)| *asked > number);
                    if let Some(last) = self.last.as_mut().filter(|last| last.number != number) {
                        // Not the answer to the last question, but to one before it.
                        let next = self.asked.front().map(|(_, since)| *since);
                        let since = next.filter(|_| last.question.moment() != part.0.moment());
                        last.standing = Standing::Pending(since.unwrap_or_else(Instant::now));
                    }
                    self.known = Some((number, part));
                }
                Said::End(end) => {
                    if let Some(last) = self.last.as_mut().filter(|last| last.number == number) {
                        last.standing = match end {
                            Ok(()) => Standing::Answered,
                            Err(why) => Standing::Unanswered(why),
                        };
                    }
                }
            }
        }
    }

    /// The newest answer, perhaps to a question asked before the last.
    #[must_use]
    pub fn get(&self) -> Option<&Q::Answer> {
        self.known().map(|(_, answer)| answer)
    }

    /// The newest answer with its question.
    #[must_use]
    pub fn known(&self) -> Option<(&Q, &Q::Answer)> {
        let (_, (question, answer)) = self.known.as_ref()?;
        Some((question, answer))
    }

    /// The answer to this very question.
    #[must_use]
    pub fn of(&self, question: &Q) -> Option<&Q::Answer> {
        let (own, answer) = self.known()?;
        (own == question).then_some(answer)
    }

    /// The answer, or what is known of it, if it is the one to what was asked last.
    #[must_use]
    pub fn current(&self) -> Option<&Q::Answer> {
        let (number, (_, answer)) = self.known.as_ref()?;
        let last = self.last.as_ref()?;
        (last.number == *number).then_some(answer)
    }

    /// What was asked last.
    #[must_use]
    pub fn asked(&self) -> Option<&Q> {
        self.last.as_ref().map(|last| &last.question)
    }

    /// Whether an answer is on its way.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending_since().is_some()
    }

    /// Since when the newest answer has not been the one to what is asked.
    #[must_use]
    pub fn pending_since(&self) -> Option<Instant> {
        match self.last.as_ref()?.standing {
            Standing::Pending(since) => Some(since),
            _ => None,
        }
    }

    /// Why what was asked last has no answer.
    #[must_use]
    pub fn unanswered(&self) -> Option<&Unanswered> {
        match &self.last.as_ref()?.standing {
            Standing::Unanswered(why) => Some(why),
            _ => None,
        }
    }

    /// How far the work on what was asked last is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.parts.progress()
    }

    /// Another number means another answer.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.known.as_ref().map_or(0, |(number, _)| *number)
    }

    /// Lets what was called off or has failed be asked again.
    pub fn again(&mut self) {
        if self.unanswered().is_some() {
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests;
