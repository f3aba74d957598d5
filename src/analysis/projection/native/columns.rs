//! What a built-in projection needs of its events, read once: their keys and numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::key::{Key, Keys};
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::{Reading, differ};
use crate::log::{Log, Names, Payload, Picked, Unreadable};
use crate::model::json::{Picker, Pointer, scalar};
use crate::model::{Cancelled, EventIx, Task};

/// Events of the log that are read at once, at least.
const AHEAD: u32 = 1 << 17;

/// A key that is none: the event is in no partition.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The events of a projection as far as they were read, with what is needed of them.
pub(super) struct Columns {
    key: Key,
    keys: Keys,
    picker: Picker,
    /// The slots of the key and of the number.
    slots: (Option<usize>, Option<usize>),
    /// All events of the log below it were read.
    done: u32,
    pub events: Vec<EventIx>,
    pub partition: Vec<u32>,
    /// Empty where no number is needed; none where there is none.
    pub number: Vec<Option<Decimal>>,
    /// Why an event cannot be folded.
    pub bad: BTreeMap<EventIx, String>,
}

impl Columns {
    pub fn new(key: Key, number: Option<&str>) -> Self {
        let pointers: Vec<Pointer> = (key.pointer().into_iter())
            .chain(number)
            .map(Pointer::from)
            .collect();
        let first = usize::from(key.pointer().is_some());
        Self {
            picker: Picker::new(&pointers),
            slots: (key.pointer().map(|_| 0), number.map(|_| first)),
            key,
            keys: Keys::default(),
            done: 0,
            events: Vec::new(),
            partition: Vec::new(),
            number: Vec::new(),
            bad: BTreeMap::new(),
        }
    }

    pub const fn key(&self) -> &Key {
        &self.key
    }

    pub fn names(&self) -> Names {
        self.keys.names()
    }

    /// Reads on until the events of `range` are read; their rows.
    pub fn rows(
        &mut self,
        reading: &Reading,
        selection: &Selection,
        range: &Range<u32>,
        task: &Task,
    ) -> Result<Range<usize>, Cancelled> {
        if self.done < range.end {
            let ahead = self
                .done
                .saturating_add(AHEAD)
                .min(reading.log.len() as u32);
            let end = range.end.max(ahead);
            let mut events = Vec::new();
            selection.within(&reading.log, &(self.done..end), &mut |event| {
                events.push(event);
            });
            let before = self.events.len();
            if let Err(cancelled) = self.read(reading, &events, task) {
                self.cut_back(before);
                return Err(cancelled);
            }
            self.done = end;
        }
        let row = |bound: u32| self.events.partition_point(|event| event.0 < bound);
        Ok(row(range.start)..row(range.end))
    }

    fn read(
        &mut self,
        reading: &Reading,
        events: &[EventIx],
        task: &Task,
    ) -> Result<(), Cancelled> {
        let log = &reading.log;
        if self.slots == (None, None) {
            for &event in events {
                let partition = self.keys.number(&self.key, log, event, None);
                self.events.push(event);
                self.partition.push(partition.unwrap_or(NOWHERE));
            }
            return Ok(());
        }
        let picker = std::mem::take(&mut self.picker);
        let read =
            (reading.payloads).pick(
                log,
                events,
                &picker,
                task,
                &mut |event, picked| match picked {
                    Picked::Values(values) => self.push(log, event, values, None),
                    Picked::Body(body) => {
                        let data = body.map(|body| body.data);
                        let mut slots = vec![None; picker.slots()];
                        let why = look(&picker, &data, &mut slots);
                        self.push(log, event, &slots, why);
                    }
                },
            );
        self.picker = picker;
        read
    }

    /// Forgets all but the first so many events.
    fn cut_back(&mut self, events: usize) {
        for event in self.events.drain(events..) {
            self.bad.remove(&event);
        }
        self.partition.truncate(events);
        self.number.truncate(events);
    }

    /// Adds an event with what was found in its payload; `why` it cannot be folded, if that is known.
    fn push(&mut self, log: &Log, event: EventIx, found: &[Option<&str>], why: Option<String>) {
        let mut why = why;
        let (key, number) = self.slots;
        let text = |slot: Option<usize>| scalar(found[slot?]?);
        let key = text(key);
        let partition = self.keys.number(&self.key, log, event, key.as_deref());
        let value = match text(number).map(|text| (differ::number(&text), text)) {
            Some((Some(value), _)) => Some(value),
            Some((None, text)) => {
                why.get_or_insert_with(|| {
                    format!("{} is not a number of at most 28 digits", short(&text))
                });
                None
            }
            None => None,
        };
        let lacks_number = number.is_some() && value.is_none();
        self.events.push(event);
        self.partition.push(match partition {
            Some(partition) if !lacks_number => partition,
            _ => NOWHERE,
        });
        if number.is_some() {
            self.number.push(value);
        }
        if let Some(why) = why {
            self.bad.insert(event, why);
        }
    }
}

/// Looks into a payload; why it cannot be looked into, if that is so.
fn look<'d>(
    picker: &Picker,
    data: &'d Result<Payload, Unreadable>,
    slots: &mut [Option<&'d str>],
) -> Option<String> {
    match data {
        Ok(payload) if payload.is_broken() => Some("the payload is not valid JSON".to_owned()),
        Ok(payload) => match payload.json() {
            Some(json) => {
                let picked = picker.pick(json, slots);
                picked.err().map(|error| error.to_string())
            }
            None if matches!(payload, Payload::Absent) => None,
            None => Some("the payload is not JSON".to_owned()),
        },
        Err(error) => Some(format!("the payload could not be read: {error}")),
    }
}

fn short(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
