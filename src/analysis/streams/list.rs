//! Streams with their figures as of a cut, searched and sorted.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::log::{AsOf, Clock, Cut, Log, PositionName};
use crate::model::{Cancelled, EventIx, StreamIx, Task, Timestamp};

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
    /// Its category.
    pub category: String,
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
        category: log.category_name(log.category(figures.stream)).to_owned(),
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
    let order = |a: &StreamFigures, b: &StreamFigures| compare(log, query, a, b);
    streams.sort_unstable_by(order);
    Ok(StreamList {
        as_of: cut.as_of(log),
        total,
        streams,
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
fn figures(log: &Log, cut: &Cut, stream: StreamIx) -> Option<StreamFigures> {
    let (first, last, events) = log.stream_extent(stream)?;
    if first >= cut.outside() {
        return None;
    }
    if cut.is_prefix() && last < cut.outside() {
        return Some(StreamFigures {
            stream,
            events: events as u32,
            first,
            last,
        });
    }
    let mut known = log.stream_events(stream);
    known.truncate(known.partition_point(|event| *event < cut.outside()));
    if !cut.is_prefix() {
        known.retain(|&event| cut.holds(log, event));
    }
    Some(StreamFigures {
        stream,
        events: known.len() as u32,
        first: *known.first()?,
        last: *known.last()?,
    })
}

fn compare(log: &Log, query: &StreamQuery, a: &StreamFigures, b: &StreamFigures) -> Ordering {
    let by_name = || natural(log.stream_name(a.stream), log.stream_name(b.stream));
    let order = match query.sort {
        StreamSort::Name => by_name(),
        StreamSort::Events => a.events.cmp(&b.events),
        StreamSort::First => a.first.cmp(&b.first),
        StreamSort::Last => a.last.cmp(&b.last),
    };
    let order = match query.direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    };
    order.then_with(by_name)
}

/// Compares names with the figures in them by their value; a total order.
fn natural(a: &str, b: &str) -> Ordering {
    let (whole_a, whole_b) = (a, b);
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(&x), Some(&y)) = (a.first(), b.first()) else {
            return (a.len().cmp(&b.len())).then_with(|| whole_a.cmp(whole_b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, rest_a) = leading_number(a);
            let (number_b, rest_b) = leading_number(b);
            (a, b) = (rest_a, rest_b);
            (number_a.len().cmp(&number_b.len())).then_with(|| number_a.cmp(number_b))
        } else {
            (a, b) = (&a[1..], &b[1..]);
            x.cmp(&y)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits at the start without leading zeros, and what follows them.
fn leading_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let zeros = digits.iter().position(|&byte| byte != b'0');
    (&digits[zeros.unwrap_or(digits.len())..], rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_in_names_count_by_value() {
        let mut names = [
            "o-10", "o-9", "o-09", "o", "o-10a", "p-1", "o-1-2", "o-1-10",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "o", "o-1-2", "o-1-10", "o-09", "o-9", "o-10", "o-10a", "p-1"
            ]
        );
    }

    proptest! {
        #[test]
        fn natural_order_is_total(mut names in prop::collection::vec("[a0-2-]{0,5}", 3)) {
            prop_assert_eq!(natural(&names[0], &names[1]), natural(&names[1], &names[0]).reverse());
            prop_assert_eq!(natural(&names[0], &names[1]).is_eq(), names[0] == names[1]);
            names.sort_by(|a, b| natural(a, b));
            prop_assert!(natural(&names[0], &names[2]).is_le());
        }

        #[test]
        fn a_part_is_found_in_any_case(name in "[a-cA-CäÄ]{0,6}", part in "[a-cA-CäÄ]{0,2}") {
            let lower = part.to_lowercase();
            prop_assert_eq!(holds(&name, &lower), name.to_lowercase().contains(&lower));
        }
    }
}
