//! At which moments the truth is told: in the middle of what goes wrong, when the log is idle, and at
//! random.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use crate::model::Timestamp;
use crate::simulate::chance::{Rng, after, before};
use crate::simulate::fault::{Fault, Plan, Slot};
use crate::simulate::kernel::World;

/// How many there are.
const MOMENTS: usize = 10;
/// How many of them may be given to what goes wrong.
const TROUBLED: usize = 7;
/// How soon after an event a moment may come that is to catch consumers at work.
const SOON: Duration = Duration::from_millis(900);

#[derive(Debug)]
pub struct Moments {
    wanted: VecDeque<Wanted>,
    /// How far a stamp may be from the moment at which it was made.
    skew: Duration,
    /// No moment before this: those that had to wait keep a distance.
    earliest: Timestamp,
    distance: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    at: Timestamp,
    /// Right after an event of a process that goes on, rather than just then.
    close: Option<Duration>,
}

/// What the last event of the log was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// One of a process that goes on.
    AStep,
    /// One of a process that has ended, or of none.
    AnEnd,
}

impl Moments {
    pub fn new(world: &World, plan: &Plan, mut rng: Rng) -> Self {
        let part = |when: &Range<Timestamp>, percent: i64| {
            let length = when.end.micros() - when.start.micros();
            Timestamp::from_micros(when.start.micros() + length / 100 * percent)
        };
        let slot = |Slot { fault, when }: &Slot| match fault {
            // Soon enough for the step back to be among the last samples.
            Fault::ConsumerRewound => part(when, 20),
            _ => part(when, 75),
        };
        let mut troubled: Vec<Timestamp> = plan.slots().iter().map(slot).collect();
        troubled.extend(world.interruptions.iter().map(|i| part(&i.when, 75)));
        troubled.extend(world.quiet);
        troubled.truncate(TROUBLED);
        let at = |at| Wanted { at, close: None };
        let mut wanted: Vec<Wanted> = troubled.into_iter().map(at).collect();
        while wanted.len() < MOMENTS {
            let at = part(&world.span, rng.between(4, 88));
            let offset = Duration::from_secs(rng.below(80_000));
            let close = wanted.len().is_multiple_of(2);
            let close = close.then(|| rng.delay(SOON / 9..SOON));
            let at = after(at, offset).min(part(&world.span, 90));
            wanted.push(Wanted { at, close });
        }
        wanted.sort_by_key(|wanted| wanted.at);
        let length = world.span.end.micros() - world.span.start.micros();
        Self {
            wanted: wanted.into(),
            skew: plan.most_skew(),
            earliest: world.span.start,
            distance: Duration::from_micros(length.unsigned_abs() / 100),
        }
    }

    /// The next moment, if it lies between the last event and the next, far enough from both for
    /// every clock.
    pub fn between(&self, last: Timestamp, next: Timestamp, behind: Behind) -> Option<Timestamp> {
        let wanted = self.wanted.front()?;
        let due = wanted.at.max(self.earliest);
        // One that is to catch a process at work does not wait for that for ever.
        let late = after(due, self.distance) < next;
        let close = wanted.close.filter(|_| behind == Behind::AStep);
        if due > next || wanted.close.is_some() && close.is_none() && !late {
            return None;
        }
        let (from, to) = (after(last, self.skew), before(next, self.skew));
        let to = before(to, Duration::from_micros(1));
        if from > to {
            return None;
        }
        Some(match close {
            Some(delay) => after(from, delay).min(to),
            None => due.clamp(from, to),
        })
    }

    /// The moment was told.
    pub fn told(&mut self, at: Timestamp) {
        self.wanted.pop_front();
        self.earliest = after(at, self.distance);
    }
}
