//! From conditions to the events worth a look. SQLite judges each of them again by its own rules, so
//! what is left out here must fail by those: texts letter by letter, times as they are written.

use std::ops::Range;

use rusqlite::types::Value;

use super::{
    CATEGORY, CORRELATION_ID, ID, Known, OCCURRED_AT, POSITION, RECORDED_AT, STREAM, TYPE, ranges,
};
use crate::log::{Bound, Clock, IdRef, Log};
use crate::model::{Position, StreamIx, Timestamp};
use crate::sql::table::{Comparison, Condition};

/// The events worth a look: those that all parts admit.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Known ones, ascending.
    pub ranges: Vec<Range<u32>>,
    /// The only ones, ascending, where an index names them; all of `ranges` without.
    pub listed: Option<Vec<u32>>,
    /// Of this type.
    pub event_type: Option<u32>,
    /// In a stream of this category.
    pub category: Option<u32>,
}

impl Search {
    pub fn new(known: &Known, conditions: &[Condition]) -> Self {
        let mut search = Self {
            ranges: known.ranges.clone(),
            ..Self::default()
        };
        for condition in conditions {
            // Nothing compares with nothing.
            if condition.value == Value::Null || search.admit(known, condition).is_none() {
                return Self::default();
            }
        }
        if let Some(listed) = &mut search.listed {
            listed.retain(|event| ranges::hold(&search.ranges, *event));
        }
        search
    }

    /// Leaves out what does not fulfil the condition; `None` where nothing does.
    fn admit(&mut self, known: &Known, condition: &Condition) -> Option<()> {
        let log = &known.scene.log;
        match condition.column {
            POSITION => self.within(&positions(log, condition)),
            RECORDED_AT => self.within(&times(log, Clock::Recorded, condition)),
            OCCURRED_AT => self.within(&times(log, Clock::Occurred, condition)),
            column => {
                if let Some(text) = condition.equal_text() {
                    self.admit_name(log, column, text)?;
                }
            }
        }
        Some(())
    }

    fn within(&mut self, admitted: &[Range<u32>]) {
        self.ranges = ranges::both(&self.ranges, admitted);
    }

    fn admit_name(&mut self, log: &Log, column: usize, name: &str) -> Option<()> {
        match column {
            STREAM => {
                let stream = StreamIx(log.streams().find(name)?);
                let events = log.stream_runs(stream).flatten().copied();
                self.only(
                    events.filter(|event| log.stream(crate::model::EventIx(*event)) == stream),
                );
            }
            CATEGORY => {
                let category = log.categories().find(name)?;
                // A thing of two names has neither.
                if self
                    .category
                    .replace(category)
                    .is_some_and(|other| other != category)
                {
                    return None;
                }
            }
            TYPE => {
                let event_type = log.types().find(name)?;
                if self
                    .event_type
                    .replace(event_type)
                    .is_some_and(|other| other != event_type)
                {
                    return None;
                }
            }
            ID if log.is_complete() => {
                let id = IdRef::new(name);
                let repeated = log
                    .repeated_ids()
                    .filter(|event| log.event_id(*event) == Some(id));
                let found = log.find_event(id).into_iter().chain(repeated);
                self.only(found.map(|event| event.0));
            }
            CORRELATION_ID if log.is_complete() => {
                let found = log.correlated_by(IdRef::new(name));
                self.only(found.into_iter().map(|event| event.0));
            }
            _ => {}
        }
        Some(())
    }

    /// Leaves only these, which ascend.
    fn only(&mut self, events: impl Iterator<Item = u32>) {
        self.listed = Some(match self.listed.take() {
            None => events.collect(),
            Some(listed) => events
                .filter(|event| listed.binary_search(event).is_ok())
                .collect(),
        });
    }
}

/// All events.
fn all(log: &Log) -> Vec<Range<u32>> {
    some(0..log.len() as u32)
}

/// One range, if there is anything in it.
fn some(range: Range<u32>) -> Vec<Range<u32>> {
    let some = (!range.is_empty()).then_some(range);
    some.into_iter().collect()
}

/// The events at positions that may fulfil a condition. Positions are numbers.
fn positions(log: &Log, condition: &Condition) -> Vec<Range<u32>> {
    let (floor, ceiling) = match condition.value {
        Value::Integer(number) => (number, number),
        // Beyond all integers it is the first or the last of them.
        Value::Real(number) => (number.floor() as i64, number.ceil() as i64),
        _ => return all(log),
    };
    let first = log.from_position(Position(floor));
    let from = first.map_or(log.len() as u32, |event| event.0);
    let last = log.at_position(Position(ceiling));
    let to = last.map_or(0, |event| event.0 + 1);
    within(condition.comparison, from, to, log)
}

/// What a comparison with a value leaves that is not below `from` and ends before `to`.
fn within(comparison: Comparison, from: u32, to: u32, log: &Log) -> Vec<Range<u32>> {
    let range = match comparison {
        Comparison::Equal => from..to,
        Comparison::Less | Comparison::AtMost => 0..to,
        Comparison::AtLeast | Comparison::Greater => from..log.len() as u32,
    };
    some(range)
}

/// As long as a time is written up to its microseconds; so far texts of times are in the order of time.
const COMPARABLE: usize = "2024-12-31T23:59:59.999999".len();

/// The first and the last microsecond whose year has four digits.
const FOUR_DIGITS: (i64, i64) = (-62_167_219_200_000_000, 253_402_300_799_999_999);

/// The events with times that may fulfil a condition.
fn times(log: &Log, clock: Clock, condition: &Condition) -> Vec<Range<u32>> {
    let Value::Text(text) = &condition.value else {
        return all(log);
    };
    let Some((least, most)) = log.time_span(clock) else {
        return all(log);
    };
    if least.micros() < FOUR_DIGITS.0 || most.micros() > FOUR_DIGITS.1 {
        return all(log);
    }
    let bound = &text.as_bytes()[..text.len().min(COMPARABLE)];
    let up_to = |micros: i64| {
        let time = Timestamp::with_nanos(micros, 999);
        log.cut(clock, Bound::Time(time)).known(log)
    };
    let not_before = || {
        let first = first_micros(|written| written >= bound);
        ranges::others(&up_to(first.saturating_sub(1)), log.len() as u32)
    };
    let not_after = || up_to(first_micros(|written| written > bound).saturating_sub(1));
    match condition.comparison {
        Comparison::Equal => ranges::both(&not_before(), &not_after()),
        Comparison::Less | Comparison::AtMost => not_after(),
        Comparison::AtLeast | Comparison::Greater => not_before(),
    }
}

/// The first microsecond of which `is_behind` says yes, as it says of all behind it; one behind the
/// last where it says so of none.
fn first_micros(is_behind: impl Fn(&[u8]) -> bool) -> i64 {
    let (mut low, mut high) = (FOUR_DIGITS.0, FOUR_DIGITS.1 + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let written = Timestamp::from_micros(middle).to_string();
        if is_behind(&written.as_bytes()[..written.len().min(COMPARABLE)]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
