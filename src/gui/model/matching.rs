//! The events of the filter: what was asked for, what has been found so far, and which of it is
//! known at the cursor.

use super::stream_events::Known;
use crate::analysis::events::{EventFilter, Matches};
use crate::log::{Bound, Clock, Cut, Log};
use crate::model::time::Span;
use crate::model::{EventIx, Timestamp};
use crate::worker::{Parts, Room, Said, Search, SearchPart, Subject, Worker};

/// How long the rows of the filter before may stand while a new one has found nothing yet.
const GRACE: Span = Span::from_micros(150_000);

/// What a search is for: everything that would change its answer.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    filter: EventFilter,
    /// Only where a bound is a time does it matter.
    clock: Option<Clock>,
    generation: u64,
}

impl Key {
    fn new(filter: &EventFilter, clock: Clock, log: &Log) -> Self {
        let is_time = |bound| matches!(bound, Bound::Time(_));
        Self {
            filter: filter.clone(),
            clock: (is_time(filter.from) || is_time(filter.to)).then_some(clock),
            generation: log.generation(),
        }
    }
}

/// How a search stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchState {
    /// All that is indexed was looked at.
    #[default]
    Done,
    /// The background looks.
    Running,
    /// It was called off: what was found is a part.
    Stopped,
}

/// The search for the events of the filter.
#[derive(Debug, Default)]
pub struct Matching {
    key: Option<Key>,
    found: Matches,
    state: SearchState,
    /// When a new filter was asked for while the rows of the one before are still shown.
    stale_since: Option<Timestamp>,
    changes: u64,
    parts: Parts<SearchPart>,
}

impl Matching {
    /// The event from which on `log` has to be searched for `filter`; `None` while a search runs,
    /// was called off, or has seen all.
    #[must_use]
    pub fn wanted(&self, log: &Log, filter: &EventFilter, clock: Clock) -> Option<EventIx> {
        if self.key.as_ref() != Some(&Key::new(filter, clock, log)) {
            return Some(EventIx(0));
        }
        let seen = self.found.searched;
        (self.state == SearchState::Done && (seen as usize) < log.len()).then_some(EventIx(seen))
    }

    /// Looks for the events of `filter`, unless that is being done or all is found.
    pub fn look(
        &mut self,
        worker: &Worker,
        subject: Subject,
        (filter, clock): (&EventFilter, Clock),
        now: Timestamp,
    ) {
        let Some(first) = self.wanted(&subject.log, filter, clock) else {
            return;
        };
        self.begin(&subject.log, (filter, clock), now);
        self.parts.stop(worker);
        let search = Search {
            subject,
            filter: filter.clone(),
            clock,
            first,
        };
        let label = Some("Filtering");
        self.parts
            .start(worker, (Room::Searches, label), |asked, say| {
                search.run(asked.task, say)
            });
    }

    fn begin(&mut self, log: &Log, (filter, clock): (&EventFilter, Clock), now: Timestamp) {
        let key = Key::new(filter, clock, log);
        if self.key.as_ref() != Some(&key) {
            self.stale_since = Some(now);
            if self.found.generation != key.generation {
                self.start_anew(key.generation);
            }
            self.key = Some(key);
        }
        self.state = SearchState::Running;
    }

    /// Takes in what has come.
    pub fn poll(&mut self) {
        while let Some((number, said)) = self.parts.hear() {
            if number != self.parts.number() || self.state != SearchState::Running {
                continue;
            }
            match said {
                Said::Part(part) => self.take(&part),
                Said::End(Ok(())) => {}
                Said::End(Err(_)) => self.stop(),
            }
        }
    }

    /// Whether the background looks.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == SearchState::Running
    }

    /// Puts the rows of the filter before away when the new one takes its time.
    pub fn settle(&mut self, now: Timestamp) {
        if self.stale_since.is_some_and(|since| now - since > GRACE) {
            let generation = self.key.as_ref().map_or(0, |key| key.generation);
            self.start_anew(generation);
        }
    }

    /// Takes what was found, in log order.
    fn take(&mut self, part: &SearchPart) {
        if self.stale_since.is_some() {
            let generation = self.key.as_ref().map_or(0, |key| key.generation);
            self.start_anew(generation);
        }
        self.changes += 1;
        self.found.events.extend_from_slice(&part.events);
        if let Some(last) = part.events.last() {
            // Handed out in log order: all before the last one was looked at.
            self.found.searched = last.0 + 1;
        }
        if let Some(end) = part.end {
            self.found.searched = end.searched;
            self.found.unread += end.unread;
            self.state = SearchState::Done;
        }
    }

    /// The search was called off.
    fn stop(&mut self) {
        if self.is_running() {
            self.state = SearchState::Stopped;
            self.settle(Timestamp::MAX);
        }
    }

    /// Lets a search that was called off go on where it was.
    pub fn go_on(&mut self) {
        if self.state == SearchState::Stopped {
            self.state = SearchState::Done;
        }
    }

    /// There is no filter any more.
    pub fn forget(&mut self) {
        if self.key.is_some() {
            // Letting go of its parts calls the search off.
            *self = Self {
                changes: self.changes + 1,
                ..Self::default()
            };
        }
    }

    /// What was found so far.
    #[must_use]
    pub const fn found(&self) -> &Matches {
        &self.found
    }

    /// How the search stands.
    #[must_use]
    pub const fn state(&self) -> SearchState {
        self.state
    }

    /// A number that is another one whenever what was found is.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    fn start_anew(&mut self, generation: u64) {
        self.changes += 1;
        self.stale_since = None;
        self.found = Matches {
            generation,
            ..Matches::default()
        };
    }
}

/// The rows of the events view, in log order.
#[derive(Clone, Copy, Debug)]
pub enum EventRows<'a> {
    /// The whole log, of so many events.
    All(u32),
    /// The events of a filter.
    Some(&'a [EventIx]),
}

impl EventRows<'_> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::All(count) => *count as usize,
            Self::Some(events) => events.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event of a row, counted from 0.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<EventIx> {
        match self {
            Self::All(count) => (row < *count as usize).then(|| EventIx::from_usize(row)),
            Self::Some(events) => events.get(row).copied(),
        }
    }

    /// The row of an event.
    #[must_use]
    pub fn row_of(&self, event: EventIx) -> Option<usize> {
        let row = self.below(event);
        (self.get(row) == Some(event)).then_some(row)
    }

    /// How many rows are known at `cut`.
    #[must_use]
    pub fn known(&self, log: &Log, cut: &Cut) -> usize {
        if let Self::All(_) = self {
            return cut.count() as usize;
        }
        Known::of(log, cut, |event| self.below(event)).count
    }

    /// The first row after all that are known at `cut`: the cursor's line runs above it.
    #[must_use]
    pub fn line(&self, log: &Log, cut: &Cut) -> usize {
        if let Self::All(_) = self {
            return self.below(cut.outside());
        }
        Known::of(log, cut, |event| self.below(event)).end
    }

    /// How many rows stand before `event` in the log.
    fn below(&self, event: EventIx) -> usize {
        match self {
            Self::All(count) => event.0.min(*count) as usize,
            Self::Some(events) => events.partition_point(|other| *other < event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};
    use crate::worker::SearchEnd;
    use proptest::prelude::*;

    fn log(times: &[i64]) -> Log {
        let mut raw = RawChunk::default();
        for &time in times {
            let row = Row {
                stream: "s",
                event_type: "T",
                recorded: Some(Timestamp::from_micros(time)),
                ..Row::default()
            };
            raw.push(&row, String::new);
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        builder.finish().0
    }

    proptest! {
        #[test]
        fn rows_are_counted_as_one_would_by_hand(
            times in prop::collection::vec(0..40_i64, 1..60),
            at in -1..41_i64,
            every in 1..4_usize,
        ) {
            let log = log(&times);
            let cut = log.cut(Clock::Recorded, Bound::Time(Timestamp::from_micros(at)));
            let some: Vec<EventIx> = log.events().step_by(every).collect();
            for rows in [EventRows::All(log.len() as u32), EventRows::Some(&some)] {
                let known: Vec<usize> = (0..rows.len())
                    .filter(|&row| cut.holds(&log, rows.get(row).unwrap()))
                    .collect();
                prop_assert_eq!(rows.known(&log, &cut), known.len());
                prop_assert_eq!(rows.line(&log, &cut), known.last().map_or(0, |row| row + 1));
                for row in 0..rows.len() {
                    prop_assert_eq!(rows.row_of(rows.get(row).unwrap()), Some(row));
                }
            }
        }
    }

    #[test]
    fn a_search_goes_on_where_it_stopped_and_when_the_log_grows() {
        let log_of = |count: usize| log(&vec![0; count]);
        let filter = EventFilter {
            from: Bound::Event(EventIx(1)),
            ..EventFilter::default()
        };
        let (clock, now) = (Clock::Recorded, Timestamp::from_micros(0));
        let (small, large) = (log_of(4), log_of(9));
        let part = |events: &[u32], end| SearchPart {
            events: events.iter().copied().map(EventIx).collect(),
            end,
        };
        let mut matching = Matching::default();
        assert_eq!(matching.wanted(&small, &filter, clock), Some(EventIx(0)));
        matching.begin(&small, (&filter, clock), now);
        assert_eq!(matching.wanted(&large, &filter, clock), None);
        matching.take(&part(&[1, 2], None));
        matching.stop();
        assert_eq!(matching.found().len(), 2);
        assert_eq!(matching.wanted(&large, &filter, clock), None);
        matching.go_on();
        assert_eq!(matching.wanted(&small, &filter, clock), Some(EventIx(3)));
        matching.begin(&small, (&filter, clock), now);
        let end = SearchEnd {
            searched: 4,
            unread: 0,
        };
        matching.take(&part(&[3], Some(end)));
        assert_eq!(matching.wanted(&small, &filter, clock), None);
        assert_eq!(matching.wanted(&large, &filter, clock), Some(EventIx(4)));
        matching.forget();
        assert_eq!(matching.found().len(), 0);
    }
}
