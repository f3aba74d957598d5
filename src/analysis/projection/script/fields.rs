//! What the quick way of events needs, read ahead.

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

    pub fn holds(&self, event: EventIx) -> bool {
        self.events
            .binary_search_by_key(&event, |own| own.0)
            .is_ok()
    }

    pub fn get(&self, event: EventIx, slots: usize) -> Option<Vec<Option<&str>>> {
        let at = self.events.binary_search_by_key(&event, |own| own.0).ok()?;
        let first = self.events[at].1 as usize;
        let spans = self.spans.get(first..first + slots)?;
        let text = |(start, end): (u32, u32)| &self.texts[start as usize..end as usize];
        Some(spans.iter().map(|span| span.map(text)).collect())
    }
}
