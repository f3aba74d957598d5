//! How to choose: the field's decision tables, filled in with what a store shows. Each [`Decision`] has its
//! options, what speaks for which by figures of this store, and what no store can tell, as questions to the
//! user; the answers weigh as much as the figures.
//!
//! # How it works
//!
//! ```text
//!  Facts, Deeper, findings ──▶ StoreFigures ──┐
//!  sagas, judged ────────────▶ ProcessFigures ┼──▶ Seen ──▶ advise ──▶ Advice ── answers ──▶ leaning
//!  lag ──────────────────────▶ ConsumerFigures┘
//! ```
//!
//! Nothing is decided here that a person should decide: where figures and answers speak for several options
//! alike, the page says that it is open. Each criterion says why it speaks for what it speaks for, so that
//! who disagrees knows with what.

mod figures;
mod guarding;
mod messaging;
mod storing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use figures::{ConsumerFigures, Length, ProcessFigures, Seen, StoreFigures};

use crate::log::AsOf;

/// What a store shows of every decision there is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// The moment.
    pub as_of: AsOf,
    /// In the order in which they are taken.
    pub decisions: Vec<Decision>,
}

/// One thing to decide.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// Its name for programs.
    pub key: &'static str,
    /// What is decided.
    pub title: &'static str,
    /// What can be chosen.
    pub options: &'static [Choice],
    /// What the store shows to be in use, where it shows it: one of the options.
    pub in_use: Option<usize>,
    /// What the store shows.
    pub criteria: Vec<Criterion>,
    /// What it cannot know.
    pub questions: &'static [Question],
}

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// In a few words.
    pub name: &'static str,
    /// When it is the right one.
    pub when: &'static str,
    /// What it costs.
    pub cost: &'static str,
}

/// Something that a store shows and that speaks for an option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// What was looked at.
    pub about: &'static str,
    /// What it is here.
    pub shows: String,
    /// The options for which it speaks; none where it only informs.
    pub favours: Vec<usize>,
    /// Why.
    pub because: &'static str,
}

/// Something that no store can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Its name for programs, which no other question has.
    pub key: &'static str,
    /// The question.
    pub text: &'static str,
    /// The answers, each with the option for which it speaks.
    pub answers: &'static [Reply],
}

/// An answer, and the option for which it speaks.
pub type Reply = (&'static str, Option<usize>);

/// What the user answered: the number of the answer, by the key of the question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers(BTreeMap<String, usize>);

impl Answers {
    /// The answer to a question.
    #[must_use]
    pub fn to(&self, question: &Question) -> Option<usize> {
        let answer = self.0.get(question.key).copied();
        answer.filter(|at| *at < question.answers.len())
    }

    /// Answers a question, or leaves it open again.
    pub fn answer(&mut self, question: &Question, answer: Option<usize>) {
        match answer {
            Some(at) => self.0.insert(question.key.to_owned(), at),
            None => self.0.remove(question.key),
        };
    }

    /// How many questions were answered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Decision {
    /// How many figures and answers speak for each option.
    #[must_use]
    pub fn weights(&self, answers: &Answers) -> Vec<u32> {
        let mut weights = vec![0; self.options.len()];
        let figures = self.criteria.iter().flat_map(|own| own.favours.iter());
        let answered = self.questions.iter().filter_map(|question| {
            let at = answers.to(question)?;
            question.answers[at].1.as_ref()
        });
        for option in figures.chain(answered) {
            if let Some(weight) = weights.get_mut(*option) {
                *weight += 1;
            }
        }
        weights
    }

    /// The option for which most speaks; none where that is not one alone.
    #[must_use]
    pub fn leaning(&self, answers: &Answers) -> Option<usize> {
        let weights = self.weights(answers);
        let most = weights.iter().copied().max().filter(|most| *most > 0)?;
        let mut best = (0..weights.len()).filter(|at| weights[*at] == most);
        let first = best.next();
        if best.next().is_some() { None } else { first }
    }

    /// What follows, in a sentence.
    #[must_use]
    pub fn conclusion(&self, answers: &Answers) -> String {
        let name = |at: usize| self.options[at].name;
        let weights = self.weights(answers);
        let of: u32 = weights.iter().sum();
        match (self.leaning(answers), self.in_use) {
            (None, Some(used)) if of == 0 => {
                format!("In use: {}. Nothing here speaks against it.", name(used))
            }
            (None, _) if of == 0 => {
                "The store shows nothing about this; the questions decide.".to_owned()
            }
            (None, _) => "Open: as much speaks for one as for another.".to_owned(),
            (Some(best), Some(used)) if best == used => {
                format!(
                    "Leans to: {}, which is in use ({} of {of} points).",
                    name(best),
                    weights[best]
                )
            }
            (Some(best), Some(used)) => format!(
                "Leans to: {} ({} of {of} points). In use: {}.",
                name(best),
                weights[best],
                name(used)
            ),
            (Some(best), None) => {
                format!(
                    "Leans to: {} ({} of {of} points).",
                    name(best),
                    weights[best]
                )
            }
        }
    }
}

/// Fills in the tables.
#[must_use]
pub fn advise(seen: &Seen) -> Advice {
    Advice {
        as_of: seen.as_of.clone(),
        decisions: vec![
            messaging::request_or_event(seen),
            storing::event_sourcing(seen),
            storing::cqrs(seen),
            messaging::who_leads(seen),
            storing::projections(seen),
            guarding::idempotency(seen),
            guarding::schema(seen),
        ],
    }
}

/// Criteria as they are found.
#[derive(Default)]
struct Criteria(Vec<Criterion>);

impl Criteria {
    /// Adds one; `because` says why it speaks for the options.
    fn add(
        &mut self,
        about: &'static str,
        shows: String,
        favours: &[usize],
        because: &'static str,
    ) {
        self.0.push(Criterion {
            about,
            shows,
            favours: favours.to_vec(),
            because,
        });
    }
}
