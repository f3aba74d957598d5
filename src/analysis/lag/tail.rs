//! What a consumer reads: some of a file's events in the file's own order, and counting those of them
//! that were known at a moment and not yet covered.

use crate::log::{Bound, Clock, Cut, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp, Version};

/// Which events a consumer reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    /// The file that they are in.
    pub file: u32,
    /// These categories only; all where none is named.
    pub categories: Vec<String>,
    /// These event types only; all where none is named.
    pub types: Vec<String>,
    /// This stream only.
    pub stream: Option<String>,
}

impl Scope {
    /// Whether the store names what is read.
    pub fn is_narrow(&self) -> bool {
        !self.categories.is_empty() || !self.types.is_empty()
    }
}

/// The events that a consumer reads.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub scope: Scope,
    clock: Clock,
    /// As events of the whole log, in the order of their file.
    events: Vec<EventIx>,
    /// As events of their file, where that is one of several.
    own: Option<Vec<u32>>,
    /// Where clocks run backwards among them.
    times: Option<Edges<Timestamp>>,
    /// Where their file's order is not that of the whole log.
    places: Option<Edges<u32>>,
}

/// The greatest value up to each, and the least from each on: what is out of order lies between.
#[derive(Clone, Debug)]
struct Edges<T> {
    most: Vec<T>,
    least: Vec<T>,
}

impl<T: Copy + Ord> Edges<T> {
    fn new(values: impl Iterator<Item = T>) -> Option<Self> {
        let values: Vec<T> = values.collect();
        if values.is_sorted() {
            return None;
        }
        let (mut most, mut least) = (values.clone(), values);
        for i in 1..most.len() {
            most[i] = most[i].max(most[i - 1]);
        }
        for i in (1..least.len()).rev() {
            least[i - 1] = least[i - 1].min(least[i]);
        }
        Some(Self { most, least })
    }

    /// All before the first are not beyond `limit`, all from the second on are.
    fn within(&self, limit: T) -> (usize, usize) {
        let below = |values: &[T]| values.partition_point(|value| *value <= limit);
        (below(&self.most), below(&self.least))
    }
}

/// Which events were known at a moment: all up to a time that come before a place in the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    time: Option<Timestamp>,
    before: u32,
}

impl Known {
    pub fn at(cut: &Cut) -> Self {
        let time = match cut.bound() {
            Bound::Time(time) => Some(time),
            _ => None,
        };
        Self {
            time,
            before: cut.outside().0,
        }
    }

    /// What of it was known already at an earlier moment.
    pub fn by(self, time: Timestamp) -> Self {
        Self {
            time: Some(self.time.map_or(time, |own| own.min(time))),
            ..self
        }
    }
}

impl Tail {
    pub fn new(log: &Log, clock: Clock, scope: Scope, task: &Task) -> Result<Self, Cancelled> {
        let sources = log.sources();
        let file = sources.get(scope.file as usize).map(|source| &source.log);
        let own = of_file(file.unwrap_or(log), &scope, task)?;
        let (events, own) = match file {
            None => (own.into_iter().map(EventIx).collect(), None),
            Some(file) => {
                let mut places = vec![EventIx(u32::MAX); file.len()];
                for event in log.events() {
                    let place = log.place(event);
                    if place.extent == scope.file
                        && let Some(at) = places.get_mut(place.at as usize)
                    {
                        *at = event;
                    }
                }
                task.check()?;
                let events = own.iter().map(|own| places[*own as usize]).collect();
                (events, Some(own))
            }
        };
        let events: Vec<EventIx> = events;
        let times = events.iter().map(|event| time(log, *event, clock));
        Ok(Self {
            times: Edges::new(times),
            places: Edges::new(events.iter().map(|event| event.0)),
            scope,
            clock,
            events,
            own,
        })
    }

    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn event(&self, at: usize) -> Option<EventIx> {
        self.events.get(at).copied()
    }

    /// When the event at that place of the tail was recorded.
    pub fn time(&self, log: &Log, at: usize) -> Option<Timestamp> {
        log.time(self.event(at)?, self.clock)
    }

    /// How many of its events stand up to an event of its file, that one among them.
    pub fn up_to(&self, own: EventIx) -> usize {
        match &self.own {
            None => self.events.partition_point(|event| *event <= own),
            Some(all) => all.partition_point(|event| *event <= own.0),
        }
    }

    /// Up to which of its versions; for the tail that is one stream.
    pub fn up_to_version(&self, log: &Log, version: Version) -> usize {
        // Into that stream an event may only be linked: then it has another version in its own.
        let stream = self.scope.stream.as_ref();
        let stream = stream.and_then(|name| log.streams().find(name).map(StreamIx));
        let own = |event: EventIx| stream.and_then(|stream| log.version_in(event, stream));
        let of = |event: &EventIx| own(*event).unwrap_or_else(|| log.version(*event)) <= version;
        self.events.partition_point(of)
    }

    /// All before the first place were known; none from the second on was. They are looked for near a place, as
    /// what waits for a consumer begins where it stands.
    fn limits(&self, log: &Log, near: usize, known: Known) -> (usize, usize) {
        let len = self.events.len();
        let by_time = match (known.time, &self.times) {
            (None, _) => (len, len),
            (Some(time), Some(edges)) => edges.within(time),
            (Some(limit), None) => {
                let end = |event: &EventIx| time(log, *event, self.clock) <= limit;
                let end = partition_near(&self.events, near, end);
                (end, end)
            }
        };
        let by_place = match (known.before, &self.places) {
            (0, _) => (0, 0),
            (before, Some(edges)) => edges.within(before - 1),
            (before, None) => {
                let is_before = |event: &EventIx| event.0 < before;
                let end = match self.events.last().is_none_or(is_before) {
                    true => len,
                    false => self.events.partition_point(is_before),
                };
                (end, end)
            }
        };
        (by_time.0.min(by_place.0), by_time.1.min(by_place.1))
    }

    fn is_known(&self, log: &Log, at: usize, known: Known) -> bool {
        let event = self.events[at];
        let time = |limit: Timestamp| time(log, event, self.clock) <= limit;
        event.0 < known.before && known.time.is_none_or(time)
    }

    /// How many known ones stand from that place on.
    pub fn count(&self, log: &Log, from: usize, known: Known) -> usize {
        let (all, some) = self.limits(log, from, known);
        let between = all.max(from)..some.max(from);
        let known = between.filter(|at| self.is_known(log, *at, known));
        all.saturating_sub(from) + known.count()
    }

    /// The first known one from that place on.
    pub fn first(&self, log: &Log, from: usize, known: Known) -> Option<usize> {
        let (all, some) = self.limits(log, from, known);
        if from < all {
            return Some(from);
        }
        (from..some).find(|at| self.is_known(log, *at, known))
    }

    /// The last known one before that place.
    pub fn last(&self, log: &Log, until: usize, known: Known) -> Option<usize> {
        let (all, some) = self.limits(log, until, known);
        let found = (all..some.min(until))
            .rev()
            .find(|at| self.is_known(log, *at, known));
        found.or_else(|| all.min(until).checked_sub(1))
    }
}

/// As `partition_point`, but looked for in ever wider steps from a place.
fn partition_near<T>(values: &[T], near: usize, is_before: impl Fn(&T) -> bool) -> usize {
    let near = near.min(values.len());
    let mut step = 1;
    let (from, to) = match values.get(near).is_some_and(&is_before) {
        true => loop {
            let to = near.saturating_add(step).min(values.len());
            match values.get(to).is_some_and(&is_before) {
                true => step *= 2,
                false => break (near, to),
            }
        },
        false => loop {
            let from = near.saturating_sub(step);
            match from == 0 || is_before(&values[from]) {
                true => break (from, near),
                false => step *= 2,
            }
        },
    };
    from + values[from..to].partition_point(is_before)
}

/// The time of an event; the earliest there is where it has none.
fn time(log: &Log, event: EventIx, clock: Clock) -> Timestamp {
    log.time(event, clock).unwrap_or(Timestamp::MIN)
}

/// Those of a file's events that are in the scope.
fn of_file(log: &Log, scope: &Scope, task: &Task) -> Result<Vec<u32>, Cancelled> {
    if let Some(stream) = &scope.stream {
        let stream = log.streams().find(stream).map(StreamIx);
        let events = stream.map_or_else(Vec::new, |stream| log.stream_events(stream));
        return Ok(events.into_iter().map(|event| event.0).collect());
    }
    let numbers = |names: &crate::log::Names, wanted: &[String]| {
        let mut is = vec![wanted.is_empty(); names.len()];
        for number in wanted.iter().filter_map(|name| names.find(name)) {
            is[number as usize] = true;
        }
        is
    };
    let categories = numbers(log.categories(), &scope.categories);
    let types = numbers(log.types(), &scope.types);
    let of_category = |stream: StreamIx| categories[log.category(stream).at()];
    let mut events = Vec::new();
    super::super::scan::runs(log, 0..log.len() as u32, task, |run| {
        let rows = run.events().zip(run.streams().iter().zip(run.types()));
        for (event, (stream, kind)) in rows {
            if types[*kind as usize] && of_category(StreamIx(*stream)) {
                events.push(event);
            }
        }
    })?;
    if !scope.categories.is_empty() {
        let linked = super::super::scan::links(log)
            .filter(|(event, stream)| types[log.event_type(*event).at()] && of_category(*stream));
        let before = events.len();
        events.extend(linked.map(|(event, _)| event.0));
        if events.len() > before {
            events.sort_unstable();
            events.dedup();
        }
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_edge_is_found_from_anywhere(
            mut values in proptest::collection::vec(0_u8..20, 0..60),
            limit in 0_u8..20,
            near in 0_usize..80,
        ) {
            values.sort_unstable();
            let is_before = |value: &u8| *value < limit;
            prop_assert_eq!(
                partition_near(&values, near, is_before),
                values.partition_point(is_before)
            );
        }
    }
}
