//! The search itself: columns first, then text in what is left, with matches handed out as they come.

use super::filter::{EventFilter, Prepared, Worth};
use super::text::Needle;
use crate::log::{Body, Cut, Log, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// Rows whose columns are looked at before what they yielded is handed out.
const BLOCK: u32 = 1 << 16;
/// Bodies read in one go. Enough for a reader to read them in bulk, few enough to show progress.
const BATCH: usize = 1 << 13;

/// All events that match, in log order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// The events.
    pub events: Vec<EventIx>,
    /// How many events of the log were looked at: go on with this one when the log has grown.
    pub searched: u32,
    /// Events whose text could not be looked at, since it cannot be read.
    pub unread: u64,
    /// The generation of the log that the events are of.
    pub generation: u64,
}

impl Matches {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many of them are known at `cut`: two binary searches for each range of [`Cut::known`].
    #[must_use]
    pub fn known(&self, log: &Log, cut: &Cut) -> usize {
        let within = |known: &std::ops::Range<u32>| {
            self.place_of(EventIx(known.end)) - self.place_of(EventIx(known.start))
        };
        cut.known(log).iter().map(within).sum()
    }

    /// The place of the first match at or after `event` in log order; the number of matches where
    /// there is none.
    #[must_use]
    pub fn place_of(&self, event: EventIx) -> usize {
        self.events.partition_point(|other| *other < event)
    }

    /// Adds what a search from [`Matches::searched`] on has found.
    pub fn append(&mut self, later: Self) {
        debug_assert_eq!(self.generation, later.generation);
        self.events.extend(later.events);
        self.searched = self.searched.max(later.searched);
        self.unread += later.unread;
    }
}

/// A filter over a log as of a cut. For the window, which fades the future rather than leaving it
/// out, the cut is the head and [`Matches::known`] counts as of the cursor.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// Where to look.
    pub log: &'a Log,
    /// As of when.
    pub cut: &'a Cut,
    /// What for.
    pub filter: &'a EventFilter,
    /// How to read text; asked only if the filter has some.
    pub payloads: &'a dyn PayloadReader,
}

impl Search<'_> {
    /// All matches. `found` gets them as they come, each once, in log order.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn run(
        &self,
        task: &Task,
        found: &mut dyn FnMut(&[EventIx]),
    ) -> Result<Matches, Cancelled> {
        self.run_from(EventIx(0), task, found)
    }

    /// The matches from `first` on: for a log that has grown (of the same generation), to be
    /// appended to those of before.
    ///
    /// # Errors
    /// [`Cancelled`] when the task was called off.
    pub fn run_from(
        &self,
        first: EventIx,
        task: &Task,
        found: &mut dyn FnMut(&[EventIx]),
    ) -> Result<Matches, Cancelled> {
        let prepared = Prepared::new(self.log, self.cut, self.filter);
        let text = self.filter.text.as_ref();
        let needle = text.filter(|text| !text.text.is_empty()).map(Needle::new);
        let mut matches = Matches {
            searched: self.cut.outside().0.max(first.0),
            generation: self.log.generation(),
            ..Matches::default()
        };
        let mut left = Vec::new();
        match prepared.worth(first) {
            Worth::All(events) => {
                task.set_total(events.len() as u64);
                let mut start = events.start;
                while start < events.end {
                    let end = start.saturating_add(BLOCK).min(events.end);
                    prepared.admit_all(start..end, task, &mut left)?;
                    self.settle(&mut left, needle.as_ref(), task, &mut matches, found)?;
                    start = end;
                }
            }
            Worth::Some(events) => {
                task.set_total(events.len() as u64);
                for events in events.chunks(BLOCK as usize) {
                    task.check()?;
                    prepared.admit_some(events, &mut left);
                    task.advance(events.len() as u64);
                    self.settle(&mut left, needle.as_ref(), task, &mut matches, found)?;
                }
            }
        }
        task.check()?;
        Ok(matches)
    }

    /// Moves those of `left` that match also by their text to the matches.
    fn settle(
        &self,
        left: &mut Vec<EventIx>,
        needle: Option<&Needle>,
        task: &Task,
        matches: &mut Matches,
        found: &mut dyn FnMut(&[EventIx]),
    ) -> Result<(), Cancelled> {
        let Some(needle) = needle else {
            hand_out(left, found);
            matches.events.append(left);
            return Ok(());
        };
        for batch in left.chunks(BATCH) {
            let start = matches.events.len();
            let mut each = |event, body: Result<Body, Unreadable>| match body {
                Ok(body) if needle.matches(&body) => matches.events.push(event),
                Ok(_) => {}
                Err(_) => matches.unread += 1,
            };
            let may = |stored: &[u8]| needle.may_be_in(stored);
            let likely = self.payloads.likely(self.log, batch, task, &may)?;
            self.payloads.read(self.log, &likely, task, &mut each)?;
            hand_out(&matches.events[start..], found);
        }
        left.clear();
        Ok(())
    }
}

fn hand_out(events: &[EventIx], found: &mut dyn FnMut(&[EventIx])) {
    if !events.is_empty() {
        found(events);
    }
}
