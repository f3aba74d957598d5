//! Streams with their figures as of a cut, searched and sorted.

use serde::{Deserialize, Serialize};

use super::natural::{self, NameKey};
use crate::log::{AsOf, Clock, Cut, Log};
use crate::model::{Cancelled, EventIx, PositionName, StreamIx, Task, Timestamp};

/// Streams between two looks at the task.
const STRIDE: usize = 1 << 12;

/// Which streams to list, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamQuery {
    /// A part of the name, in capitals or not; all streams where empty.
    pub search: String,
    /// By what to sort. Equal ones are sorted by name.
    pub sort: StreamSort,
    /// In which direction.
    pub direction: Direction,
}

/// By what to sort streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamSort {
    /// By name, figures in it by their value: `order-9` before `order-10`.
    #[default]
    Name,
    /// By how many events they have.
    Events,
    /// By their first event in log order.
    First,
    /// By their last event in log order.
    Last,
}

/// In which direction to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The least first.
    #[default]
    Ascending,
    /// The greatest first.
    Descending,
}

/// A stream in figures, as of a cut; linked events count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamFigures {
    /// The stream.
    pub stream: StreamIx,
    /// How many events, at least 1.
    pub events: u32,
    /// The first in log order.
    pub first: EventIx,
    /// The last in log order.
    pub last: EventIx,
}

/// The streams that a query finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamList {
    /// The moment.
    pub as_of: AsOf,
    /// How many streams there are at the moment, found or not.
    pub total: usize,
    /// Those found, sorted.
    pub streams: Vec<StreamFigures>,
}

/// A stream as it is written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamRow {
    /// Its name.
    pub stream: String,
    /// Its category, if the store tells one.
    pub category: Option<String>,
    /// How many events.
    pub events: u32,
    /// The position of the first event in log order.
    pub first_position: PositionName,
    /// The position of the last event in log order.
    pub last_position: PositionName,
    /// The time of the first event.
    pub first_time: Option<Timestamp>,
    /// The time of the last event.
    pub last_time: Option<Timestamp>,
}

/// A stream written out, with times by `clock`.
#[must_use]
pub fn row(log: &Log, clock: Clock, figures: &StreamFigures) -> StreamRow {
    StreamRow {
        stream: log.stream_name(figures.stream).to_owned(),
        category: log.told_category(figures.stream).map(str::to_owned),
        events: figures.events,
        first_position: log.position_name(figures.first),
        last_position: log.position_name(figures.last),
        first_time: log.time(figures.first, clock),
        last_time: log.time(figures.last, clock),
    }
}

/// Lists the streams that have an event at `cut`. In proportion to the number of streams, and to the
/// events of those that go on after the cut.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn list(
    log: &Log,
    cut: &Cut,
    query: &StreamQuery,
    task: &Task,
) -> Result<StreamList, Cancelled> {
    let count = log.streams().len();
    task.set_total(count as u64);
    let search = query.search.trim().to_lowercase();
    let (mut total, mut streams) = (0, Vec::new());
    for ix in 0..count {
        if ix % STRIDE == 0 {
            task.check()?;
            task.set_done(ix as u64);
        }
        let stream = StreamIx::from_usize(ix);
        let Some(figures) = figures(log, cut, stream) else {
            continue;
        };
        total += 1;
        if search.is_empty() || holds(log.stream_name(stream), &search) {
            streams.push(figures);
        }
    }
    task.check()?;
    Ok(StreamList {
        as_of: cut.as_of(log),
        total,
        streams: sorted(log, query, &streams, task)?,
    })
}

/// Whether `name` has `lower` (which is in lower case) in it, in capitals or not.
pub(super) fn holds(name: &str, lower: &str) -> bool {
    if !name.is_ascii() || !lower.is_ascii() {
        return name.to_lowercase().contains(lower);
    }
    let mut places = name.as_bytes().windows(lower.len().max(1));
    lower.is_empty() || places.any(|part| part.eq_ignore_ascii_case(lower.as_bytes()))
}

/// A stream's figures as of a cut; `None` before its birth.
#[must_use]
pub fn figures(log: &Log, cut: &Cut, stream: StreamIx) -> Option<StreamFigures> {
    let (inside, outside) = (cut.inside().0, cut.outside().0);
    let (mut events, mut first, mut last) = (0, None, None);
    for run in log.stream_runs(stream) {
        if run.first().is_none_or(|first| *first >= outside) {
            continue;
        }
        let below = |end: u32| match run.last() {
            Some(last) if *last < end => run.len(),
            _ => run.partition_point(|event| *event < end),
        };
        let surely = below(inside);
        let mut known = |events_of: &[u32], many: usize| {
            if let (Some(&from), Some(&to)) = (events_of.first(), events_of.last()) {
                first.get_or_insert(EventIx(from));
                last = Some(EventIx(to));
                events += many as u32;
            }
        };
        known(&run[..surely], surely);
        for event in &run[surely..below(outside)] {
            if cut.holds(log, EventIx(*event)) {
                known(std::slice::from_ref(event), 1);
            }
        }
    }
    Some(StreamFigures {
        stream,
        events,
        first: first?,
        last: last?,
    })
}

/// What decides the order of two streams nearly always, at one place in memory.
#[derive(Clone, Copy)]
struct Key {
    figure: u32,
    name: NameKey,
    at: u32,
}

fn sorted(
    log: &Log,
    query: &StreamQuery,
    streams: &[StreamFigures],
    task: &Task,
) -> Result<Vec<StreamFigures>, Cancelled> {
    let name = |figures: &StreamFigures| log.stream_name(figures.stream);
    let shared = natural::shared(streams.iter().map(name));
    let mut keys: Vec<Key> = Vec::with_capacity(streams.len());
    for (at, figures) in streams.iter().enumerate() {
        if at % STRIDE == 0 {
            task.check()?;
        }
        let figure = match query.sort {
            StreamSort::Name => 0,
            StreamSort::Events => figures.events,
            StreamSort::First => figures.first.0,
            StreamSort::Last => figures.last.0,
        };
        keys.push(Key {
            figure: match query.direction {
                Direction::Ascending => figure,
                Direction::Descending => !figure,
            },
            name: NameKey::of(&name(figures)[shared..]),
            at: at as u32,
        });
    }
    let by_name = |a: &Key, b: &Key| {
        let names = [a, b].map(|key| name(&streams[key.at as usize]));
        (a.name.cmp(&b.name)).then_with(|| natural::compare(names[0], names[1]))
    };
    let backwards = (query.sort, query.direction) == (StreamSort::Name, Direction::Descending);
    keys.sort_unstable_by(|a, b| match backwards {
        true => by_name(b, a),
        false => a.figure.cmp(&b.figure).then_with(|| by_name(a, b)),
    });
    let sorted = keys.iter().map(|key| streams[key.at as usize]);
    Ok(sorted.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_is_found_in_any_case(name in "[a-cA-CäÄ]{0,6}", part in "[a-cA-CäÄ]{0,2}") {
            let lower = part.to_lowercase();
            prop_assert_eq!(holds(&name, &lower), name.to_lowercase().contains(&lower));
        }
    }
}
