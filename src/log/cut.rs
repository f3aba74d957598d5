//! The log as of a moment: which events were known then. `docs/semantics.md`, "Time".

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Log, Times};
use crate::model::time::{Style, Zone};
use crate::model::{EventIx, PositionName, Timestamp};

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

impl Clock {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Recorded, Self::Occurred];

    /// Its name within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Occurred => "occurred",
        }
    }
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
        let end = match bound {
            Bound::Head | Bound::Time(_) => len,
            Bound::Start => 0,
            Bound::Event(event) => event.0.saturating_add(1).min(len),
        };
        let mut cut = Self {
            clock,
            bound,
            inside: end,
            outside: end,
            count: end,
        };
        if let Bound::Time(_) = bound {
            let known = cut.known(log);
            let first = known.first().filter(|first| first.start == 0);
            cut.inside = first.map_or(0, |first| first.end);
            cut.outside = known.last().map_or(0, |last| last.end);
            cut.count = known.iter().map(|known| known.end - known.start).sum();
        }
        cut
    }

    /// The known events as ranges in log order, none of them empty and none adjoining the next. Few:
    /// where clocks never run backwards one, else as many as there are stretches around the moment
    /// in which they do not. Takes a step for each of these and for each chunk between them.
    #[must_use]
    pub fn known(&self, log: &Log) -> Vec<Range<u32>> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        let mut add = |events: Range<u32>| match ranges.last_mut() {
            _ if events.is_empty() => {}
            Some(last) if last.end == events.start => last.end = events.end,
            _ => ranges.push(events),
        };
        match self.bound {
            Bound::Time(time) => log.not_later(self.clock, time, &mut add),
            _ => add(0..self.outside),
        }
        ranges
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
    pub fn last(&self) -> Option<EventIx> {
        self.outside.checked_sub(1).map(EventIx)
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
        let last = self.last();
        let time = self.time(log);
        let exact = |time: &Timestamp| time.sub_micro_nanos() == 0 || self.knows_nanos(log);
        AsOf {
            time: time.map(|time| match exact(&time) {
                true => time,
                false => Timestamp::from_micros(time.micros()),
            }),
            position: last.map(|event| log.position_name(event)),
            clock: self.clock,
            out_of_order: self.outside - self.count,
            bound: self.bound,
        }
    }

    /// Whether a known event has a time of its own. A store of which only events without one are known
    /// may as well be a store without times.
    #[must_use]
    pub fn knows_times(&self, log: &Log) -> bool {
        self.known_times(log).any(|times| times.any_own())
    }

    /// Whether the time of a known event goes finer than microseconds.
    fn knows_nanos(&self, log: &Log) -> bool {
        self.known_times(log).any(|times| times.has_nanos())
    }

    fn known_times<'a>(&self, log: &'a Log) -> impl Iterator<Item = Times<'a>> {
        let known = self.known(log).into_iter();
        let runs = known.flat_map(move |known| log.runs(EventIx(known.start)..EventIx(known.end)));
        let clock = self.clock;
        runs.filter_map(move |run| run.times(clock))
    }
}

/// The moment a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The moment, to the digits that the store has; null in a store without times.
    pub time: Option<Timestamp>,
    /// The highest position among the events known then.
    pub position: Option<PositionName>,
    /// The clock that decided.
    pub clock: Clock,
    /// How many events at lower positions are left out since their time is later.
    pub out_of_order: u32,
    /// What was asked for.
    #[serde(skip)]
    pub bound: Bound,
}

impl AsOf {
    /// The time for people. Of a time that was asked for the end of its second stays unsaid; that of
    /// an event is told with all its digits.
    #[must_use]
    pub fn say(&self, zone: Zone) -> Option<String> {
        let time = self.time?;
        Some(match self.bound {
            Bound::Time(asked) => zone.say(asked),
            _ => zone.format(time, Style::AsNeeded),
        })
    }
}
