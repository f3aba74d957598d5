//! The course of a history: which steps it went through, by place in it. Instances with the same
//! history share it, so that it is found out once however many they are.

use hashbrown::HashMap;

use super::instances::Seen;
use super::machine::{Change, State};
use super::paths::Node;
use super::standings::{Outcome, Status};
use super::status::Judged;

/// One going through a step, by places of events in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub step: u16,
    pub began: u32,
    pub ended: Option<u32>,
    pub outcome: Outcome,
    pub undone: bool,
}

/// What a history went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    pub runs: Vec<Run>,
    /// The event that ended it.
    pub end: Option<u32>,
    /// Apart from its silence.
    pub status: Status,
    /// Whether some event tells of something that went wrong.
    pub went_wrong: bool,
    /// How many events it has.
    events: usize,
}

impl Course {
    fn hear(&mut self, place: u32, change: Change) {
        match change {
            Change::Began(step) => self.runs.push(Run {
                step,
                began: place,
                ended: None,
                outcome: Outcome::Running,
                undone: false,
            }),
            Change::Ended(run, outcome) => {
                let run = &mut self.runs[run];
                (run.ended, run.outcome) = (Some(place), outcome);
            }
            Change::Undone(run) => self.runs[run].undone = true,
            Change::Wrong | Change::Hindered(_) => self.went_wrong = true,
            Change::Turned(status) if status.is_end() => {
                self.end = Some(place);
                self.went_wrong |= status != Status::Completed;
            }
            Change::Turned(_) | Change::Again(_) | Change::Undoing(_) | Change::Odd(..) => {}
        }
    }
}

/// Courses that were found out.
#[derive(Default)]
pub(super) struct Courses(HashMap<Node, Course>);

impl Courses {
    /// That of an instance; an empty one where such are no process.
    pub fn of(&mut self, judged: &Judged, seen: &Seen) -> &Course {
        let found = self.0.entry(seen.node);
        found.or_insert_with(|| judged.course(seen))
    }
}

impl Judged {
    fn course(&self, seen: &Seen) -> Course {
        let mut course = Course::default();
        let Some(process) = self.process(seen) else {
            return course;
        };
        let mut state = State::default();
        let labels = self.at.paths.labels(seen.node);
        course.events = labels.len();
        for (label, place) in labels.into_iter().zip(0..) {
            if !label.is_again() {
                let machine = &process.machine;
                state.take(machine, label.event_type(), |change| {
                    course.hear(place, change);
                });
            }
        }
        course.status = state.status;
        course
    }

    /// The events of an instance by their places in its history, `places` being where they are put.
    /// Copies have no place.
    pub(super) fn by_place<'a>(
        &'a self,
        seen: &Seen,
        course: &Course,
        places: &'a mut Vec<u32>,
    ) -> &'a [u32] {
        let events = self.at.events_of(seen);
        if events.len() == course.events {
            return events;
        }
        places.clear();
        let mut before = super::paths::ROOT;
        for (event, node) in events.iter().zip(self.at.nodes_of(seen)) {
            if std::mem::replace(&mut before, *node) != *node {
                places.push(*event);
            }
        }
        places
    }
}
