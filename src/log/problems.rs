//! What could not be read of a store, and from when on that is known.

use super::raw::Problem;
use super::{Bound, Cut, Log};
use crate::model::EventIx;

/// Problems kept with their sentences; beyond these they are counted only.
pub(super) const KEPT: usize = 1_000;

/// After which event a problem stands: a record that is no event has no time, and counts at the event
/// before it, as an event without a time does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It is one of the file itself, not of a record.
    File,
    /// Before the first event.
    Nothing,
    /// After this event (which is one of a file's own log, where several are open), or about it.
    Event { file: u32, event: EventIx },
}

/// What is said of records, and from when on.
#[derive(Clone, Debug, Default)]
struct Told {
    /// The first ones, in the order in which they were met.
    kept: Vec<Problem>,
    /// Where each stands, those that are not kept among them.
    after: Vec<After>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    /// What could not be read, or not wholly.
    told: Told,
    /// Which of them stand for records that are missing here, ascending.
    lost: Vec<u32>,
    /// What is said of records that were read whole all the same.
    notes: Told,
}

/// What could not be read as far as it is known at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProblems<'a> {
    /// The first ones with their places.
    pub first: Vec<&'a Problem>,
    /// How many there are.
    pub count: u64,
}

impl Told {
    fn push(&mut self, problem: Problem, after: After) {
        if self.kept.len() < KEPT {
            self.kept.push(problem);
        }
        self.after.push(after);
    }

    fn truncate(&mut self, left: usize) {
        self.after.truncate(left);
        self.kept.truncate(left);
    }

    /// Follows the events to new places.
    fn move_to(&mut self, new_place: &[u32]) {
        for after in &mut self.after {
            if let After::Event { event, .. } = after {
                *event = EventIx(new_place[event.at()]);
            }
        }
    }

    /// Adds those of a file called `name`.
    fn extend(&mut self, own: &Self, name: &str, file: u32) {
        let kept = own.kept.iter().map(|problem| Problem {
            place: format!("{name}: {}", problem.place),
            message: problem.message.clone(),
        });
        let room = KEPT - self.kept.len();
        self.kept.extend(kept.take(room));
        self.after
            .extend(own.after.iter().map(|&after| match after {
                After::Event { event, .. } => After::Event { file, event },
                other => other,
            }));
    }

    fn known(&self, is_known: impl Fn(&After) -> bool) -> KnownProblems<'_> {
        let first = self.kept.iter().zip(&self.after);
        KnownProblems {
            first: first
                .filter(|(_, after)| is_known(after))
                .map(|(problem, _)| problem)
                .collect(),
            count: self.after.iter().filter(|after| is_known(after)).count() as u64,
        }
    }
}

impl Problems {
    pub fn push(&mut self, problem: Problem, after: After) {
        self.told.push(problem, after);
    }

    /// The same of what stands for records that are missing.
    pub fn lose(&mut self, problem: Problem, after: After) {
        self.lost.push(self.told.after.len() as u32);
        self.push(problem, after);
    }

    /// The same of what is said of a record that was read whole.
    pub fn note(&mut self, problem: Problem, after: After) {
        self.notes.push(problem, after);
    }

    /// Takes back the last `count`, notes aside.
    pub fn retract(&mut self, count: usize) {
        let left = self.told.after.len().saturating_sub(count);
        self.told.truncate(left);
        self.lost.retain(|&at| (at as usize) < left);
    }

    pub fn kept(&self) -> &[Problem] {
        &self.told.kept
    }

    pub fn count(&self) -> u64 {
        self.told.after.len() as u64
    }

    /// Follows the events to new places.
    pub fn move_to(&mut self, new_place: &[u32]) {
        self.told.move_to(new_place);
        self.notes.move_to(new_place);
    }

    /// The problems of files, as those of the log made of these.
    pub fn of_files(files: &[super::Source]) -> Self {
        let mut all = Self::default();
        for (source, file) in files.iter().zip(0..) {
            let own = &source.log.problems;
            let before = all.told.after.len() as u32;
            all.lost.extend(own.lost.iter().map(|at| before + at));
            all.told.extend(&own.told, &source.name, file);
            all.notes.extend(&own.notes, &source.name, file);
        }
        all
    }
}

#[cfg(test)]
impl Log {
    /// The problems of a single file with the event that each counts at.
    pub(crate) fn problems_at(&self) -> impl Iterator<Item = (&Problem, Option<EventIx>)> {
        let all = self
            .problems
            .told
            .kept
            .iter()
            .zip(&self.problems.told.after);
        all.map(|(problem, after)| match *after {
            After::Event { event, .. } => (problem, Some(event)),
            After::File | After::Nothing => (problem, None),
        })
    }
}

impl Log {
    /// What could not be read: the first thousand, with their places.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        self.problems.kept()
    }

    /// How many records could not be read, or not wholly.
    #[must_use]
    pub fn problem_count(&self) -> u64 {
        self.problems.count()
    }

    /// What is known at `cut` to be unreadable. A record that is lost counts at the event before it,
    /// and what is wrong with the file itself always.
    #[must_use]
    pub fn known_problems(&self, cut: &Cut) -> KnownProblems<'_> {
        self.problems.told.known(|after| self.is_known(cut, after))
    }

    /// What is known at `cut` to be said of records that were read whole all the same.
    #[must_use]
    pub fn known_notes(&self, cut: &Cut) -> KnownProblems<'_> {
        self.problems.notes.known(|after| self.is_known(cut, after))
    }

    /// What stands at `cut` for records that are missing here: events that may have been.
    #[must_use]
    pub fn known_losses(&self, cut: &Cut) -> KnownProblems<'_> {
        let all = &self.problems.told;
        let known = |at: &&u32| self.is_known(cut, &all.after[**at as usize]);
        let known: Vec<u32> = self.problems.lost.iter().filter(known).copied().collect();
        let first = known.iter().map_while(|&at| all.kept.get(at as usize));
        KnownProblems {
            first: first.collect(),
            count: known.len() as u64,
        }
    }

    fn is_known(&self, cut: &Cut, after: &After) -> bool {
        match *after {
            After::File => true,
            After::Nothing => cut.bound() != Bound::Start,
            After::Event { file, event } => self
                .in_all(file, event)
                .is_some_and(|event| cut.holds(self, event)),
        }
    }
}
