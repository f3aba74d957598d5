//! The events of one stream as rows: filtered by event type in slices that a frame can spare, with the
//! cursor as a row of its own. Pure; nothing here draws.

use crate::gui::model::StreamEvents;
use crate::log::Log;
use crate::model::{EventIx, StreamIx};

/// Events that a frame may look at for the filter.
const PER_FRAME: usize = 50_000;

/// What a filter by event type leaves of a stream's events.
#[derive(Debug, Default)]
pub(super) struct EventList {
    /// The order of the log, and the stream that were looked through.
    key: Option<(u64, StreamIx)>,
    filter: Option<Filter>,
}

/// The events to show, ascending.
#[derive(Clone, Debug)]
pub(super) enum Shown<'a> {
    /// All of the stream.
    All(&'a StreamEvents<'a>),
    /// What the filter leaves of it.
    Some(&'a [EventIx]),
}

#[derive(Debug, Default)]
struct Filter {
    text: String,
    /// Per event type, whether its name matches.
    types: Vec<Match>,
    found: Vec<EventIx>,
    done: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    Yes,
    No,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// An event, by its place among the rows' events.
    Event(usize),
    /// The cursor, between past and future.
    Cursor,
}

impl EventList {
    /// Is about `stream` from now on. Events that a log of the same order has more than before are
    /// looked at by and by.
    pub fn load(&mut self, log: &Log, stream: StreamIx) {
        let key = Some((log.generation(), stream));
        let types = self.filter.as_ref().map(|filter| filter.types.len());
        let same_types = types.is_none_or(|types| types == log.types().len());
        if self.key != key || !same_types {
            self.key = key;
            if let Some(filter) = self.filter.take() {
                self.filter(log, &filter.text);
            }
        }
    }

    /// Leaves only events whose type contains `text`, whatever its case; all where it is blank.
    pub fn filter(&mut self, log: &Log, text: &str) {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            self.filter = None;
            return;
        }
        let same = |filter: &Filter| filter.text == text && filter.types.len() == log.types().len();
        if self.filter.as_ref().is_some_and(same) {
            return;
        }
        let matches = |name: &str| match name.to_lowercase().contains(&text) {
            true => Match::Yes,
            false => Match::No,
        };
        self.filter = Some(Filter {
            types: log.types().iter().map(matches).collect(),
            text,
            found: Vec::new(),
            done: 0,
        });
    }

    /// Looks at a frame's worth of events; call it again in the next frame while it
    /// [is filtering](Self::is_filtering).
    pub fn advance(&mut self, log: &Log, all: &StreamEvents<'_>) {
        let Some(filter) = &mut self.filter else {
            return;
        };
        let end = (filter.done + PER_FRAME).min(all.len());
        let slice = all.part(filter.done..end);
        filter
            .found
            .extend(slice.filter(|event| {
                filter.types.get(log.event_type(*event).at()) == Some(&Match::Yes)
            }));
        filter.done = end;
    }

    /// Whether events are left to be looked at.
    pub fn is_filtering(&self, all: &StreamEvents<'_>) -> bool {
        self.filter
            .as_ref()
            .is_some_and(|filter| filter.done < all.len())
    }

    /// Whether a filter leaves some out.
    pub fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// The events to show.
    pub fn shown<'a>(&'a self, all: &'a StreamEvents<'a>) -> Shown<'a> {
        match &self.filter {
            None => Shown::All(all),
            Some(filter) => Shown::Some(&filter.found),
        }
    }
}

impl Shown<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::All(events) => events.len(),
            Self::Some(events) => events.len(),
        }
    }

    /// The event at a place, counted from 0.
    pub fn get(&self, at: usize) -> Option<EventIx> {
        match self {
            Self::All(events) => events.get(at),
            Self::Some(events) => events.get(at).copied(),
        }
    }

    /// How many stand before `outside` in log order: above the cursor.
    pub fn edge(&self, outside: EventIx) -> usize {
        match self {
            Self::All(events) => events.below(outside),
            Self::Some(events) => events.partition_point(|&event| event < outside),
        }
    }

    /// The row of an event, where it is shown; `edge` events stand above the cursor.
    pub fn row_of(&self, event: EventIx, edge: usize) -> Option<u64> {
        let at = self.edge(event);
        (self.get(at) == Some(event)).then(|| (at + usize::from(at >= edge)) as u64)
    }
}

/// What stands in row `row` when `edge` events stand above the cursor.
pub(super) fn at(row: u64, edge: usize) -> Row {
    let (row, edge) = (row as usize, edge);
    match row.cmp(&edge) {
        std::cmp::Ordering::Less => Row::Event(row),
        std::cmp::Ordering::Equal => Row::Cursor,
        std::cmp::Ordering::Greater => Row::Event(row - 1),
    }
}

/// The event row that a key press towards `row` means: past the cursor, not onto it.
pub(super) fn stepped(from: Option<u64>, row: u64, edge: usize, events: usize) -> Option<usize> {
    match at(row, edge) {
        Row::Event(event) => Some(event),
        Row::Cursor => {
            let down = from.is_none_or(|from| from < row);
            let event = if down { edge } else { edge.checked_sub(1)? };
            (event < events).then_some(event)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_event_has_a_row_of_its_own_and_the_cursor_one(events in 0usize..50, edge in 0usize..50) {
            let edge = edge.min(events);
            let all: Vec<EventIx> = (0..events).map(EventIx::from_usize).collect();
            let shown = Shown::Some(&all);
            let rows: Vec<Row> = (0..=events as u64).map(|row| at(row, edge)).collect();
            prop_assert_eq!(rows.iter().filter(|row| **row == Row::Cursor).count(), 1);
            for (place, event) in all.iter().enumerate() {
                let row = shown.row_of(*event, edge).expect("it is shown");
                prop_assert_eq!(rows[row as usize], Row::Event(place));
            }
        }

        #[test]
        fn a_step_never_ends_on_the_cursor(events in 1usize..50, edge in 0usize..50, from in 0u64..51) {
            let (edge, from) = (edge.min(events), from.min(events as u64));
            for row in [from.saturating_sub(1), (from + 1).min(events as u64)] {
                if let Some(event) = stepped(Some(from), row, edge, events) {
                    prop_assert!(event < events);
                }
            }
        }
    }
}
