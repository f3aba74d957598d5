//! What the worker was asked and what it answered. A slot keeps the newest answer until a newer one
//! comes, so that nothing flickers while the cursor moves.

use hashbrown::HashMap;

use super::Matching;
use crate::analysis::replay::ValueChange;
use crate::analysis::streams::StreamList;
use crate::log::{Body, Unreadable};
use crate::model::{EventIx, StreamIx};
use crate::worker::{
    Counts, Found, Names, Preview, StoreOverview, StreamsWanted, Timeline, TimelineRequest,
};

/// The place for one kind of answer. `K` says what an answer is about.
#[derive(Clone, Debug)]
pub struct Slot<K, V> {
    asked: Option<(u64, K)>,
    answered: u64,
    key: Option<K>,
    value: Option<V>,
}

impl<K, V> Default for Slot<K, V> {
    fn default() -> Self {
        Self {
            asked: None,
            answered: 0,
            key: None,
            value: None,
        }
    }
}

impl<K: PartialEq + Clone, V> Slot<K, V> {
    /// Whether `key` was not asked for last.
    #[must_use]
    pub fn needs(&self, key: &K) -> bool {
        self.asked.as_ref().is_none_or(|(_, asked)| asked != key)
    }

    /// Notes that job `number` was sent for `key`.
    pub fn ask(&mut self, number: u64, key: K) {
        self.asked = Some((number, key));
    }

    /// Takes the answer to job `number` unless a newer one is there already.
    pub fn answer(&mut self, number: u64, value: V) {
        if number > self.answered || self.value.is_none() {
            self.answered = number;
            self.key = self
                .asked
                .as_ref()
                .filter(|(asked, _)| *asked == number)
                .map(|(_, key)| key.clone());
            self.value = Some(value);
        }
    }

    /// The newest answer.
    #[must_use]
    pub fn get(&self) -> Option<&V> {
        self.value.as_ref()
    }

    /// The newest answer, to be changed in place.
    pub fn get_mut(&mut self) -> Option<&mut V> {
        self.value.as_mut()
    }

    /// The answer if it is the one to what was asked last.
    #[must_use]
    pub fn current(&self) -> Option<&V> {
        if self.is_pending() { None } else { self.get() }
    }

    /// Whether an answer is on its way.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.asked
            .as_ref()
            .is_some_and(|(number, _)| *number > self.answered)
    }

    /// The job that gave the newest answer; another number means another answer.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.answered
    }

    /// What was asked last.
    #[must_use]
    pub fn asked(&self) -> Option<&K> {
        self.asked.as_ref().map(|(_, key)| key)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What a state is asked for: everything that would change the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StateKey {
    pub(in crate::gui) revision: u64,
    pub(in crate::gui) stream: StreamIx,
    pub(in crate::gui) cut: crate::log::Cut,
    pub(in crate::gui) compare: Option<crate::log::Cut>,
    pub(in crate::gui) field: Option<String>,
    pub(in crate::gui) zone: crate::model::time::Zone,
}

/// What a list of streams is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsKey {
    pub(in crate::gui) revision: u64,
    pub(in crate::gui) cut: crate::log::Cut,
    pub(in crate::gui) wanted: StreamsWanted,
}

/// What an overview is asked for: everything that would change the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct OverviewKey {
    pub(in crate::gui) revision: u64,
    pub(in crate::gui) cut: crate::log::Cut,
    pub(in crate::gui) zone: crate::model::time::Zone,
}

/// An event with what it carries.
#[derive(Debug)]
pub struct Inspected {
    /// The event.
    pub event: EventIx,
    /// What it carries.
    pub body: Result<Body, Unreadable>,
}

/// Values of one field.
#[derive(Debug)]
pub struct FieldValues {
    /// The stream.
    pub stream: StreamIx,
    /// The field.
    pub pointer: String,
    /// Its values, oldest first.
    pub values: Vec<ValueChange>,
}

/// All answers.
#[derive(Debug, Default)]
pub struct Answers {
    /// The state of the selected stream.
    pub state: Slot<StateKey, Found>,
    /// The selected event.
    pub inspected: Slot<(u64, EventIx), Inspected>,
    /// The selected field over time.
    pub values: Slot<(u64, StreamIx, String), FieldValues>,
    /// Events over time.
    pub timeline: Slot<(u64, TimelineRequest), Timeline>,
    /// What the time panel wants to show.
    pub wanted_timeline: Option<TimelineRequest>,
    /// Payloads of the rows on screen.
    pub bodies: BodyCache,
    /// The events of the filter.
    pub matching: Matching,
    /// Streams with their figures.
    pub streams: Slot<StreamsKey, StreamList>,
    /// Events by type and category.
    pub counts: Slot<(u64, crate::log::Cut), Counts>,
    /// What the store is and holds.
    pub overview: Slot<OverviewKey, StoreOverview>,
    /// What the palette's text may mean.
    pub names: Slot<(u64, crate::log::Cut, String), Names>,
    /// The first events as a mapping being edited reads them; asked for by a command.
    pub preview: Slot<u64, Result<Preview, String>>,
}

/// One-line payloads of rows that were on screen lately.
#[derive(Debug, Default)]
pub struct BodyCache {
    lines: HashMap<EventIx, Result<String, Unreadable>>,
    wanted: Vec<EventIx>,
    asked: Option<u64>,
}

impl BodyCache {
    /// Lines kept; beyond these everything is forgotten and asked for anew.
    const KEPT: usize = 4096;

    /// The line of an event, if it has come.
    #[must_use]
    pub fn get(&self, event: EventIx) -> Option<&Result<String, Unreadable>> {
        self.lines.get(&event)
    }

    /// Asks for the lines of these events, those on screen.
    pub fn want(&mut self, events: impl IntoIterator<Item = EventIx>) {
        self.wanted.clear();
        self.wanted.extend(
            events
                .into_iter()
                .filter(|event| !self.lines.contains_key(event)),
        );
    }

    /// The events to ask the worker for, unless it is busy with such already.
    pub fn take_wanted(&mut self) -> Option<Vec<EventIx>> {
        if self.asked.is_some() || self.wanted.is_empty() {
            return None;
        }
        Some(std::mem::take(&mut self.wanted))
    }

    /// Notes that job `number` was sent.
    pub fn ask(&mut self, number: u64) {
        self.asked = Some(number);
    }

    /// Whether lines were asked for that have not come.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.asked.is_some() || !self.wanted.is_empty()
    }

    /// Notes that nothing more will come of what was asked.
    pub fn called_off(&mut self) {
        self.asked = None;
        self.wanted.clear();
    }

    /// Takes lines that have come; those of a log in another order are not wanted any more.
    pub fn fill(&mut self, number: u64, lines: Vec<(EventIx, Result<String, Unreadable>)>) {
        if self.asked != Some(number) {
            return;
        }
        self.asked = None;
        if self.lines.len() + lines.len() > Self::KEPT {
            self.lines.clear();
        }
        self.lines.extend(lines);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
