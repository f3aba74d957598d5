//! The log as of a moment: which events were known then. `docs/semantics.md`, "Time".

use serde::{Deserialize, Serialize};

use super::{Log, PositionName};
use crate::model::{EventIx, Timestamp};

/// Which of an event's two times decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// When the store recorded it.
    #[default]
    Recorded,
    /// When it happened.
    Occurred,
}

/// A moment of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bound {
    /// Everything there is.
    #[default]
    Head,
    /// All events with a time at or before this one.
    Time(Timestamp),
    /// All events up to this one in log order.
    Event(EventIx),
    /// Nothing: before the first event.
    Start,
}

/// The set of events known at a moment: all below `inside`, none from `outside` on, and between
/// them those whose time is not later. Where clocks never run backwards the two are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    clock: Clock,
    bound: Bound,
    inside: u32,
    outside: u32,
    count: u32,
}

impl Cut {
    pub(super) fn new(log: &Log, clock: Clock, bound: Bound) -> Self {
        let len = log.len() as u32;
        let (inside, outside) = match bound {
            Bound::Head => (len, len),
            Bound::Start => (0, 0),
            Bound::Event(event) => {
                let end = event.0.saturating_add(1).min(len);
                (end, end)
            }
            Bound::Time(time) => log.around(clock, time),
        };
        let mut cut = Self {
            clock,
            bound,
            inside,
            outside,
            count: inside,
        };
        let between = (inside..outside).filter(|&event| cut.holds(log, EventIx(event)));
        cut.count = inside + between.count() as u32;
        cut
    }

    /// Whether `event` was known.
    #[must_use]
    #[inline]
    pub fn holds(&self, log: &Log, event: EventIx) -> bool {
        if event.0 < self.inside {
            return true;
        }
        match self.bound {
            Bound::Time(time) if event.0 < self.outside => {
                log.time(event, self.clock).is_some_and(|own| own <= time)
            }
            _ => false,
        }
    }

    /// How many events were known.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// All events before this one in log order were known.
    #[must_use]
    pub const fn inside(&self) -> EventIx {
        EventIx(self.inside)
    }

    /// All events from here on in log order were not known.
    #[must_use]
    pub const fn outside(&self) -> EventIx {
        EventIx(self.outside)
    }

    /// The known events are exactly the first [`Cut::count`] of the log.
    #[must_use]
    pub const fn is_prefix(&self) -> bool {
        self.count == self.outside
    }

    /// The clock that decides.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// The moment asked for.
    #[must_use]
    pub const fn bound(&self) -> Bound {
        self.bound
    }

    /// The last known event in log order.
    #[must_use]
    pub fn last(&self, log: &Log) -> Option<EventIx> {
        (0..self.outside)
            .rev()
            .map(EventIx)
            .find(|&event| self.holds(log, event))
    }

    /// The moment itself: the time asked for, or that of the last known event.
    #[must_use]
    pub fn time(&self, log: &Log) -> Option<Timestamp> {
        match self.bound {
            Bound::Time(time) => Some(time),
            Bound::Head => log.head_time(self.clock),
            Bound::Event(_) => log.time(EventIx(self.inside.checked_sub(1)?), self.clock),
            Bound::Start => None,
        }
    }

    /// What every report says of its moment.
    #[must_use]
    pub fn as_of(&self, log: &Log) -> AsOf {
        let last = self.last(log);
        AsOf {
            time: self.time(log),
            position: last.map(|event| log.position_name(event)),
            clock: self.clock,
            out_of_order: last.map_or(0, |event| event.0 + 1 - self.count),
        }
    }
}

/// The moment a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The moment; null in a store without times.
    pub time: Option<Timestamp>,
    /// The highest position among the events known then.
    pub position: Option<PositionName>,
    /// The clock that decided.
    pub clock: Clock,
    /// How many events at lower positions are left out since their time is later.
    pub out_of_order: u32,
}
