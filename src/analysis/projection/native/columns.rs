//! What a built-in projection needs of its events, read once: their keys and numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::key::{Key, Keys};
use crate::analysis::projection::reader::{MOST, Part, Reader, Source, Then};
use crate::analysis::projection::selection::Selection;
use crate::analysis::projection::{Reading, differ};
use crate::log::{Names, Payload, Picked, Unreadable};
use crate::model::json::{Picker, Pointer, scalar};
use crate::model::{Cancelled, EventIx, Task};

/// Bytes of keys that are kept while they are read; no more are read then.
const FULL: usize = 32 << 20;

/// A key that is none: the event is in no partition.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The events of a projection as far as they were read, with what is needed of them.
pub(super) struct Columns {
    key: Key,
    keys: Keys,
    picker: Picker,
    slots: Slots,
    reader: Reader<Wanted>,
    /// All events of the log below it were read.
    done: u32,
    pub events: Vec<EventIx>,
    pub partition: Vec<u32>,
    /// Empty where no number is needed; none where there is none.
    pub number: Vec<Option<Decimal>>,
    /// Why an event cannot be folded.
    pub bad: BTreeMap<EventIx, String>,
}

/// Where the picker has the key and the number.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slots {
    key: Option<usize>,
    number: Option<usize>,
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
            slots: Slots {
                key: key.pointer().map(|_| 0),
                number: number.map(|_| first),
            },
            key,
            keys: Keys::default(),
            reader: Reader::default(),
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

    /// Another log is read from here on, or another selection of it.
    pub fn grow(&mut self) {
        self.reader.forget();
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
            match self.slots.key.or(self.slots.number) {
                Some(_) => self.read(reading, selection, range.end, task)?,
                None => self.take(reading, selection, range.end),
            }
        }
        let row = |bound: u32| self.events.partition_point(|event| event.0 < bound);
        Ok(row(range.start)..row(range.end))
    }

    /// Takes events of which no payload is needed, at least those below `end`.
    fn take(&mut self, reading: &Reading, selection: &Selection, end: u32) {
        let log = &reading.log;
        let ahead = self.done.saturating_add(MOST).min(log.len() as u32);
        let end = end.max(ahead);
        selection.within(log, &(self.done..end), &mut |event| {
            let partition = self.keys.number(&self.key, log, event);
            self.events.push(event);
            self.partition.push(partition.unwrap_or(NOWHERE));
        });
        self.done = end;
    }

    /// Reads what is needed of payloads, at least of those events below `end`.
    fn read(
        &mut self,
        reading: &Reading,
        selection: &Selection,
        end: u32,
        task: &Task,
    ) -> Result<(), Cancelled> {
        let (picker, slots) = (&self.picker, self.slots);
        let wanted = || Wanted {
            reading: reading.clone(),
            selection: selection.clone(),
            picker: picker.clone(),
            slots,
        };
        let then = if self.done == 0 {
            Then::Wait
        } else {
            Then::GoOn
        };
        let (read, done) = (self.reader).read(&(self.done..end), MOST, then, wanted, task)?;
        let numbers = match slots.key {
            Some(_) => self.keys.of_fields(read.keys()),
            None => {
                let own = |event: &EventIx| self.keys.number(&self.key, &reading.log, *event);
                read.events.iter().map(own).collect()
            }
        };
        let partitions = numbers.iter().enumerate().map(|(row, partition)| {
            // What lacks its number is in no partition.
            let lacks = slots.number.is_some() && read.number[row].is_none();
            partition.filter(|_| !lacks).unwrap_or(NOWHERE)
        });
        self.partition.extend(partitions);
        self.events.extend(read.events);
        self.number.extend(read.number);
        self.bad.extend(read.bad);
        self.done = done;
        Ok(())
    }
}

/// What is read of which events.
struct Wanted {
    reading: Reading,
    selection: Selection,
    picker: Picker,
    slots: Slots,
}

/// What was read of some events.
#[derive(Default)]
struct Read {
    events: Vec<EventIx>,
    number: Vec<Option<Decimal>>,
    bad: BTreeMap<EventIx, String>,
    /// The values of the field that they are told apart by, one behind the other, and where each stands.
    texts: String,
    spans: Vec<Option<Range<usize>>>,
}

impl Part for Read {
    fn begin(_: u32) -> Self {
        Self::default()
    }

    fn is_full(&self) -> bool {
        self.texts.len() > FULL
    }
}

impl Read {
    fn keys(&self) -> impl Iterator<Item = Option<&str>> + Clone {
        let text = |span: &Option<Range<usize>>| Some(&self.texts[span.clone()?]);
        self.spans.iter().map(text)
    }

    /// Adds an event with what was found in its payload; `why` it cannot be folded, if that is known.
    fn push(
        &mut self,
        event: EventIx,
        slots: Slots,
        found: &[Option<&str>],
        mut why: Option<String>,
    ) {
        let text = |slot: Option<usize>| scalar(found[slot?]?);
        if slots.key.is_some() {
            self.spans.push(text(slots.key).map(|key| {
                let start = self.texts.len();
                self.texts.push_str(&key);
                start..self.texts.len()
            }));
        }
        if slots.number.is_some() {
            let text = text(slots.number);
            let value = text.as_deref().and_then(differ::number);
            if let (None, Some(text)) = (value, text) {
                let short = short(&text);
                why.get_or_insert_with(|| format!("{short} is not a number of at most 28 digits"));
            }
            self.number.push(value);
        }
        self.events.push(event);
        if let Some(why) = why {
            self.bad.insert(event, why);
        }
    }
}

impl Source for Wanted {
    type Part = Read;

    fn end(&self) -> u32 {
        self.reading.log.len() as u32
    }

    fn read(&self, range: Range<u32>, read: &mut Read, task: &Task) -> Result<(), Cancelled> {
        let Self {
            reading,
            selection,
            picker,
            slots,
        } = self;
        let log = &reading.log;
        let mut events = Vec::new();
        selection.within(log, &range, &mut |event| events.push(event));
        let take = &mut |event, picked: Picked<'_>| match picked {
            Picked::Values(values) => read.push(event, *slots, values, None),
            Picked::Body(body) => {
                let data = body.map(|body| body.data);
                let mut found = vec![None; picker.slots()];
                let why = look(picker, &data, &mut found);
                read.push(event, *slots, &found, why);
            }
        };
        reading.payloads.pick(log, &events, picker, task, take)
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
