//! Taking back: problems that have been mended, and events that are about to be added again with
//! others among them.

use std::sync::Arc;

use super::LogBuilder;
use crate::log::raw::Place;
use crate::model::EventIx;

impl LogBuilder {
    /// How many problems there are.
    #[must_use]
    pub fn problem_count(&self) -> u64 {
        self.log.problem_count()
    }

    /// Takes back the last `count` problems that were reported.
    pub fn retract(&mut self, count: usize) {
        if count > 0 {
            Arc::make_mut(&mut self.log.problems).retract(count);
        }
    }

    /// How many events come before the first one whose place `before` does not hold for; it has to
    /// hold for all that come before one that it holds for.
    pub fn partition_point(&self, before: impl Fn(Place) -> bool) -> usize {
        let events = 0..self.log.len() as u32;
        let (mut low, mut high) = (events.start, events.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.log.place(EventIx(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low as usize
    }

    /// Forgets the events from `event` on, and those before it that stand in one chunk with it: they
    /// are about to be added again with others among them. Says where they stood in their store.
    /// Names keep their numbers, and what comes before the chunk stays as it is. Only for a log whose
    /// order is given, so that no event before it has another place by what comes after it.
    pub fn forget_from(&mut self, event: EventIx) -> Vec<Place> {
        let chunks = &self.log.chunks;
        let kept = chunks.partition_point(|chunk| chunk.events.end <= event.0);
        let Some(first) = chunks.get(kept) else {
            return Vec::new();
        };
        let first = first.events.start;
        let forgotten = (first..self.log.len).map(|event| self.log.place(EventIx(event)));
        let forgotten = forgotten.collect();
        let mut chunks = std::mem::take(&mut self.log.chunks);
        let mut segments = std::mem::take(&mut self.log.segments);
        let mut links = std::mem::take(&mut self.links);
        let finished = self.finished;
        let last = EventIx(first.saturating_sub(1));
        let has_positions = self.reading.has_positions() && first > 0;
        let last_position = has_positions.then(|| self.log.position(last).0);
        self.begin_again();
        if first == 0 {
            return forgotten;
        }
        chunks.truncate(kept);
        segments.retain(|segment| segment.events.end <= first);
        links.truncate(links.partition_point(|link| link.event < first));
        let indexed = segments.last().map_or(0, |segment| segment.events.end);
        self.log.chunks = chunks;
        self.log.len = first;
        self.log.segments = segments;
        self.links = links;
        self.finished = finished;
        self.reading.go_on_after(last_position);
        self.count_kept();
        // On its own, so that the next time this one can stay.
        if indexed < first {
            self.add_segment(indexed..first);
        }
        forgotten
    }

    /// Counts versions as far as events are kept.
    fn count_kept(&mut self) {
        self.versions.make_room(self.streams.names().len());
        for chunk in &self.log.chunks {
            for (row, &stream) in chunk.stream.iter().enumerate() {
                self.versions.next(stream, chunk.version.get(row));
            }
        }
        for link in &self.links {
            self.versions.note_uneven(link.stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::{Arrangement, IdRef, Log, Order, Problem, RawChunk, Row};
    use crate::model::{StreamIx, Timestamp};

    fn chunk(numbers: &[i64]) -> RawChunk {
        let mut raw = RawChunk::default();
        for &at in numbers {
            let (stream, id, cause) = (
                format!("s-{}", at % 3),
                format!("e{at}"),
                format!("e{}", at / 2),
            );
            let row = Row {
                stream: &stream,
                event_type: "T",
                version: Some(at),
                recorded: (at % 5 > 0).then(|| Timestamp::from_micros(at)),
                event_id: Some(&id),
                causation: Some(&cause),
                place: Place { at, extent: 0 },
                ..Row::default()
            };
            raw.push(&row, || "s".to_owned());
            if at % 7 == 0 {
                raw.link("all", Some(at), || "a".to_owned());
            }
        }
        raw
    }

    fn dump(log: &Log) -> Vec<String> {
        let streams = |name: &str| {
            let stream = log.streams().find(name).map(StreamIx);
            stream.map_or(Vec::new(), |stream| log.stream_events(stream))
        };
        let mut lines: Vec<String> = (log.events())
            .map(|event| {
                let place = log.place(event).at;
                let time = log.own_time(event, log.default_clock());
                let found = log.find_event(IdRef::new(&format!("e{place}")));
                let cause = log.cause(event);
                format!(
                    "{place} {time:?} {found:?} {cause:?} {:?}",
                    log.effects(event)
                )
            })
            .collect();
        lines.extend(["s-0", "s-1", "s-2", "all"].map(|name| format!("{:?}", streams(name))));
        lines
    }

    proptest! {
        #[test]
        fn events_put_among_others_are_as_if_read_in_that_order(
            sizes in prop::collection::vec(1..9_usize, 1..9),
            late in prop::collection::vec(prop::collection::btree_set(0..200_i64, 1..6), 1..6),
        ) {
            let mut builder = LogBuilder::new(Order::Given);
            let mut expected: Vec<i64> = Vec::new();
            for size in sizes {
                let next = expected.len() as i64;
                // Even numbers, so that others fit between.
                let numbers: Vec<i64> = (next..next + size as i64).map(|n| 2 * n).collect();
                builder.append(chunk(&numbers));
                expected.extend(numbers);
            }
            let mut log = builder.finish().0;
            for late in late {
                let late: Vec<i64> = late.into_iter().map(|n| 2 * n + 1).filter(|n| !expected.contains(n)).collect();
                let Some(&first) = late.first() else { continue };
                let at = builder.partition_point(|place| place.at < first);
                let kept = dump(&log)[..at].to_vec();
                let mut rest: Vec<i64> = builder.forget_from(EventIx(at as u32)).iter().map(|place| place.at).collect();
                prop_assert_eq!(&rest[..], &expected[builder.len()..]);
                rest.extend(&late);
                rest.sort_unstable();
                builder.append(chunk(&rest));
                expected.extend(late);
                expected.sort_unstable();
                let (now, arrangement) = builder.finish();
                prop_assert_eq!(arrangement == Arrangement::Sorted, now.generation() != log.generation());
                let fresh = {
                    let mut builder = LogBuilder::new(Order::Given);
                    builder.append(chunk(&expected));
                    builder.finish().0
                };
                let places = |lines: &[String]| lines.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
                prop_assert_eq!(places(&dump(&now)[..at]), places(&kept));
                prop_assert_eq!(dump(&now), dump(&fresh));
                log = now;
            }
        }

        #[test]
        fn what_is_taken_back_was_never_said(first in 0..1_200_usize, second in 1..9_usize) {
            let problem = |n| Problem { place: format!("line {n}"), message: "torn".to_owned() };
            let mut builder = LogBuilder::new(Order::Given);
            builder.report((0..first).map(problem));
            let before = builder.snapshot();
            builder.report((0..second).map(problem));
            builder.retract(second);
            prop_assert_eq!(builder.problem_count(), first as u64);
            let after = builder.snapshot();
            prop_assert_eq!(after.problems(), before.problems());
        }
    }
}
