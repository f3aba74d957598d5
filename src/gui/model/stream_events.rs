//! The events of a stream as the log holds them, and counting rows by a cut. Nothing is copied, and
//! nothing costs more than a few binary searches, however long the stream.

use std::ops::Range;

use crate::log::{Cut, Log};
use crate::model::{EventIx, StreamIx};

/// A stream's events in log order, linked ones among them.
#[derive(Clone, Debug, Default)]
pub struct StreamEvents<'a> {
    /// Ascending runs, each with how many events stand before it.
    runs: Vec<(usize, &'a [u32])>,
    len: usize,
}

impl<'a> StreamEvents<'a> {
    /// Of a stream.
    #[must_use]
    pub fn of(log: &'a Log, stream: StreamIx) -> Self {
        let mut len = 0;
        let runs = log.stream_runs(stream).filter(|run| !run.is_empty());
        let runs = runs.map(|run| {
            let before = len;
            len += run.len();
            (before, run)
        });
        let runs = runs.collect();
        Self { runs, len }
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The event at a place, counted from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<EventIx> {
        let run = self.runs.partition_point(|(before, _)| *before <= at);
        let (before, run) = self.runs.get(run.checked_sub(1)?)?;
        run.get(at - before).copied().map(EventIx)
    }

    /// How many of them stand before `event` in the log.
    #[must_use]
    pub fn below(&self, event: EventIx) -> usize {
        // The runs follow each other as their events do.
        let starts = |(_, run): &(usize, &[u32])| run[0] < event.0;
        let run = self.runs.partition_point(starts);
        let Some((before, run)) = run.checked_sub(1).and_then(|at| self.runs.get(at)) else {
            return 0;
        };
        before + run.partition_point(|own| *own < event.0)
    }

    /// A part of them, from one place to another.
    pub fn part(&self, places: Range<usize>) -> impl Iterator<Item = EventIx> + '_ {
        places.filter_map(|at| self.get(at))
    }
}

/// What of ascending events is known at a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// How many are.
    pub count: usize,
    /// The place after the last that is.
    pub end: usize,
}

impl Known {
    /// Of events of which `below` says how many stand before another: two binary searches for each
    /// range of [`Cut::known`].
    pub fn of(log: &Log, cut: &Cut, below: impl Fn(EventIx) -> usize) -> Self {
        if cut.is_prefix() {
            let end = below(cut.outside());
            return Self { count: end, end };
        }
        let mut known = Self::default();
        for range in cut.known(log) {
            let (from, to) = (below(EventIx(range.start)), below(EventIx(range.end)));
            if from < to {
                known.count += to - from;
                known.end = to;
            }
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};

    /// A log of streams in turn, appended in pieces.
    fn log(streams: &[u8], pieces: usize) -> Log {
        let mut builder = LogBuilder::new(Order::Given);
        let mut log = Log::default();
        for piece in streams.chunks(streams.len().div_ceil(pieces).max(1)) {
            let mut raw = RawChunk::default();
            for stream in piece {
                let name = format!("s-{stream}");
                let row = Row {
                    stream: &name,
                    event_type: "T",
                    ..Row::default()
                };
                raw.push(&row, String::new);
            }
            builder.append(raw);
            log = builder.snapshot();
        }
        log
    }

    proptest! {
        #[test]
        fn they_are_what_a_copy_of_them_is(
            streams in prop::collection::vec(0u8..4, 1..80),
            pieces in 1usize..6,
        ) {
            let log = log(&streams, pieces);
            for at in 0..log.streams().len() {
                let stream = StreamIx::from_usize(at);
                let copied = log.stream_events(stream);
                let events = StreamEvents::of(&log, stream);
                prop_assert_eq!(events.len(), copied.len());
                let own: Vec<_> = events.part(0..events.len() + 1).collect();
                prop_assert_eq!(&own, &copied);
                for event in 0..=streams.len() as u32 {
                    let event = EventIx(event);
                    let below = copied.partition_point(|own| *own < event);
                    prop_assert_eq!(events.below(event), below);
                }
            }
        }
    }
}
