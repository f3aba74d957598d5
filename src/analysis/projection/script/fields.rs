//! What the quick way of events needs of their payloads, read ahead.

use std::cell::Cell;
use std::ops::Range;

use crate::analysis::projection::Reading;
use crate::analysis::projection::reader::{Part, Source};
use crate::analysis::projection::selection::Selection;
use crate::log::Picked;
use crate::model::json::Picker;
use crate::model::{Cancelled, EventIx, Task, TypeIx};

/// The fields of those events of a part of the log that go the quick way.
#[derive(Default)]
pub(super) struct Fields {
    /// The events of the log whose fields were read.
    pub range: Range<u32>,
    texts: String,
    /// Events, ascending, with their types and where their values begin among `spans`.
    events: Vec<(EventIx, TypeIx, u32)>,
    spans: Vec<Option<(u32, u32)>>,
    /// Of the events the numbers of their partitions, where they were looked up.
    partitions: Vec<Option<u32>>,
    /// The event that was looked for last.
    last: Cell<usize>,
}

/// Bytes of fields that are kept; no more are read then.
const FULL: usize = 32 << 20;

impl Part for Fields {
    fn begin(at: u32) -> Self {
        Self {
            range: at..at,
            ..Self::default()
        }
    }

    fn is_full(&self) -> bool {
        self.texts.len() > FULL
    }
}

impl Fields {
    /// Whether the events of a range were all read.
    pub fn cover(&self, range: &Range<u32>) -> bool {
        self.range.start <= range.start && range.end <= self.range.end
    }

    pub fn push(&mut self, event: EventIx, event_type: TypeIx, values: &[Option<&str>]) {
        // One that finds no room goes the long way.
        let own: usize = values.iter().flatten().map(|value| value.len()).sum();
        if u32::try_from(self.texts.len() + own).is_err() {
            return;
        }
        self.events
            .push((event, event_type, self.spans.len() as u32));
        for value in values {
            self.spans.push(value.map(|value| {
                let start = self.texts.len() as u32;
                self.texts.push_str(value);
                (start, self.texts.len() as u32)
            }));
        }
    }

    /// The values of one slot, by event.
    pub fn of_slot(&self, slot: usize) -> impl Iterator<Item = Option<&str>> {
        let events = self.events.iter();
        events.map(move |(_, _, first)| self.text(self.spans.get(*first as usize + slot).copied()?))
    }

    /// Notes the numbers of the events' partitions.
    pub fn note_partitions(&mut self, partitions: Vec<Option<u32>>) {
        self.partitions = partitions;
    }

    fn text(&self, span: Option<(u32, u32)>) -> Option<&str> {
        let (start, end) = span?;
        Some(&self.texts[start as usize..end as usize])
    }

    /// Where an event is: mostly the one after that which was looked for last.
    fn find(&self, event: EventIx) -> Option<usize> {
        let is_at = |at: usize| self.events.get(at).is_some_and(|own| own.0 == event);
        let last = self.last.get();
        let near = (last..=last + 1).find(|&at| is_at(at));
        let search = || self.events.binary_search_by_key(&event, |own| own.0).ok();
        let at = near.or_else(search)?;
        self.last.set(at);
        Some(at)
    }

    /// The type of an event that was read.
    pub fn event_type(&self, event: EventIx) -> Option<TypeIx> {
        Some(self.events[self.find(event)?].1)
    }

    /// Fills the slots with the values of an event, and gives back the number of its partition, if that was
    /// looked up; none where the event was not read.
    pub fn get<'f>(&'f self, event: EventIx, slots: &mut [Option<&'f str>]) -> Option<Option<u32>> {
        let at = self.find(event)?;
        let first = self.events[at].2 as usize;
        let spans = self.spans.get(first..first + slots.len())?;
        for (slot, span) in slots.iter_mut().zip(spans) {
            *slot = self.text(*span);
        }
        Some(self.partitions.get(at).copied().flatten())
    }
}

/// What fields are read, of which events.
pub(super) struct Wanted {
    pub reading: Reading,
    pub selection: Selection,
    /// Whether events of a type go the quick way, by type.
    pub quick: Vec<bool>,
    pub picker: Picker,
}

impl Source for Wanted {
    type Part = Fields;

    fn end(&self) -> u32 {
        self.reading.log.len() as u32
    }

    fn read(&self, range: Range<u32>, fields: &mut Fields, task: &Task) -> Result<(), Cancelled> {
        let Self {
            reading,
            selection,
            quick,
            picker,
        } = self;
        let log = &reading.log;
        let mut events: Vec<EventIx> = Vec::new();
        selection.within(log, &range, &mut |event| {
            if quick.get(log.event_type(event).0 as usize) == Some(&true) {
                events.push(event);
            }
        });
        let take = &mut |event, picked: Picked<'_>| match picked {
            Picked::Values(values) => fields.push(event, log.event_type(event), values),
            Picked::Body(Ok(body)) => {
                let mut slots = vec![None; picker.slots()];
                let text = body.data.json().filter(|text| text.starts_with('{'));
                if text.is_some_and(|text| picker.pick(text, &mut slots).is_ok()) {
                    fields.push(event, log.event_type(event), &slots);
                }
            }
            Picked::Body(Err(_)) => {}
        };
        reading.payloads.pick(log, &events, picker, task, take)?;
        fields.range.end = range.end;
        Ok(())
    }
}
