//! The moment that everything is shown as of, and stepping through time. Pure.

use super::StreamEvents;
use crate::log::{AsOf, Bound, Clock, Cut, Log};
use crate::model::time::Span;
use crate::model::{EventIx, Timestamp};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the past.
    Back,
    /// Towards the head.
    Forward,
}

/// What a step goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The next event of the log.
    #[default]
    Event,
    /// The next event of the selected stream.
    Selection,
}

/// The cursor: a bound by a clock, and the cut that it makes in the log as it is now.
#[derive(Clone, Debug)]
pub struct Cursor {
    clock: Clock,
    bound: Bound,
    cut: Cut,
    as_of: AsOf,
}

impl Default for Cursor {
    fn default() -> Self {
        Self::new(&Log::default(), Clock::Recorded, Bound::Head)
    }
}

impl Cursor {
    /// The cursor at `bound`.
    #[must_use]
    pub fn new(log: &Log, clock: Clock, bound: Bound) -> Self {
        let cut = log.cut(clock, bound);
        Self {
            clock,
            bound,
            cut,
            as_of: cut.as_of(log),
        }
    }

    /// The same moment in a log that has grown or was indexed anew.
    #[must_use]
    pub fn in_log(&self, log: &Log) -> Self {
        let clock = if log.has_clock(self.clock) {
            self.clock
        } else {
            log.default_clock()
        };
        Self::new(log, clock, self.bound)
    }

    /// What it was set to.
    #[must_use]
    pub const fn bound(&self) -> Bound {
        self.bound
    }

    /// The clock it goes by.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// The events known at it.
    #[must_use]
    pub const fn cut(&self) -> &Cut {
        &self.cut
    }

    /// What every report says of its moment.
    #[must_use]
    pub const fn as_of(&self) -> &AsOf {
        &self.as_of
    }

    /// As it can be typed; none for the head.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        match self.bound {
            Bound::Head => None,
            Bound::Start => Some("#0".to_owned()),
            Bound::Time(time) => Some(time.to_string()),
            Bound::Event(_) => Some(self.as_of.position.as_ref()?.to_string()),
        }
    }

    /// The moment, in a store with times.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        self.as_of.time
    }

    /// Whether it moves with the head.
    #[must_use]
    pub const fn is_at_head(&self) -> bool {
        matches!(self.bound, Bound::Head)
    }

    /// The bound one event further in `direction` among `events` (the whole log where absent); `None`
    /// at the end.
    #[must_use]
    pub fn step(
        &self,
        log: &Log,
        events: Option<&StreamEvents<'_>>,
        direction: Direction,
    ) -> Option<Bound> {
        let edge = self.cut.last().map_or(0, |last| last.0 + 1);
        let found = match (events, direction) {
            (None, Direction::Forward) => (edge < log.len() as u32).then_some(EventIx(edge)),
            (None, Direction::Back) => edge.checked_sub(2).map(EventIx),
            (Some(events), direction) => {
                let next = events.below(EventIx(edge));
                match direction {
                    Direction::Forward => events.get(next),
                    Direction::Back => next.checked_sub(2).and_then(|at| events.get(at)),
                }
            }
        };
        match (found, direction) {
            (Some(event), _) => Some(Bound::Event(event)),
            (None, Direction::Back) if edge > 0 => Some(Bound::Start),
            (None, _) => None,
        }
    }

    /// The bound `events` further on in log order, not beyond the head.
    #[must_use]
    pub fn run_events(&self, log: &Log, events: u32) -> Option<Bound> {
        let edge = self.cut.last().map_or(0, |last| last.0 + 1);
        let to = edge.saturating_add(events);
        if to >= log.len() as u32 {
            return Some(Bound::Head);
        }
        Some(
            to.checked_sub(1)
                .map_or(Bound::Start, |at| Bound::Event(EventIx(at))),
        )
    }

    /// The bound after time has run for `span`, not beyond the head.
    #[must_use]
    pub fn run(&self, log: &Log, span: Span) -> Option<Bound> {
        let from = self
            .time()
            .or_else(|| log.time_span(self.clock).map(|ends| ends.0))?;
        let to = from.saturating_add(span);
        let head = log.head_time(self.clock)?;
        Some(if to >= head {
            Bound::Head
        } else {
            Bound::Time(to)
        })
    }
}
