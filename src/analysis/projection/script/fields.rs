//! What the quick way of events needs, read ahead.

use std::cell::Cell;
use std::ops::Range;

use crate::model::EventIx;

/// The fields of events read ahead that go the quick way: as long as events are folded one after another
/// ever more of them at once.
#[derive(Default)]
pub(super) struct Fields {
    /// The events of the log whose fields were read.
    pub range: Range<u32>,
    texts: String,
    /// Events, ascending, with where their values begin among `spans`.
    events: Vec<(EventIx, u32)>,
    spans: Vec<Option<(u32, u32)>>,
    /// The event that was looked for last.
    last: Cell<usize>,
}

/// Events of the log whose fields are read at once, at most.
const MOST: u32 = 1 << 17;

/// Bytes of fields that are kept; no more are read then.
const FULL: usize = 32 << 20;

impl Fields {
    /// Which events to read, so that those of `range` are there; none where they are.
    pub fn next(&self, range: &Range<u32>, end: u32) -> Option<Range<u32>> {
        if self.range.start <= range.start && range.end <= self.range.end {
            return None;
        }
        let own = range.end - range.start;
        let wide = match range.start == self.range.end {
            true => (2 * (self.range.end - self.range.start)).clamp(own, MOST.max(own)),
            false => own,
        };
        Some(range.start..range.start.saturating_add(wide).min(end).max(range.end))
    }

    /// Forgets what was read; what is read from now on begins there.
    pub fn begin(&mut self, at: u32) {
        *self = Self {
            range: at..at,
            ..Self::default()
        };
    }

    /// Whether there are so many that no more should be read yet.
    pub fn is_full(&self) -> bool {
        self.texts.len() > FULL
    }

    pub fn push(&mut self, event: EventIx, values: &[Option<&str>]) {
        self.events.push((event, self.spans.len() as u32));
        for value in values {
            self.spans.push(value.map(|value| {
                let start = self.texts.len() as u32;
                self.texts.push_str(value);
                (start, self.texts.len() as u32)
            }));
        }
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

    pub fn holds(&self, event: EventIx) -> bool {
        self.find(event).is_some()
    }

    /// Fills the slots with the values of an event; none where it was not read.
    pub fn get<'f>(&'f self, event: EventIx, slots: &mut [Option<&'f str>]) -> Option<()> {
        let first = self.events[self.find(event)?].1 as usize;
        let spans = self.spans.get(first..first + slots.len())?;
        for (slot, span) in slots.iter_mut().zip(spans) {
            *slot = span.map(|(start, end)| &self.texts[start as usize..end as usize]);
        }
        Some(())
    }
}
