//! The plan of what goes wrong in one run, drawn from the seed before anything happens. It knows
//! when; where and how is for those to whom it happens.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use super::{Dose, Fault, Faults};
use crate::model::Timestamp;
use crate::simulate::chance::{Rng, Seed, after};

/// What a plan is drawn for.
#[derive(Debug)]
pub struct Facts<'a> {
    pub events: u64,
    pub span: Range<Timestamp>,
    /// The services whose clock may be off, and in which direction that would be seen.
    pub clocks: &'a [(&'static str, Off)],
    pub seed: Seed,
}

/// In which direction a clock has to be off for an effect to come before its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// Others react to it at once.
    Ahead,
    /// It reacts to others at once.
    Behind,
    /// Both.
    Either,
}

/// A stretch of time that belongs to one fault: it happens in `when`, and all is well again long
/// before the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub fault: Fault,
    pub when: Range<Timestamp>,
}

#[derive(Debug)]
pub struct Plan {
    triggers: BTreeMap<Fault, Trigger>,
    slots: Vec<Slot>,
    skews: Vec<(&'static str, i64)>,
    /// From when on a field has another type.
    broken_from: Option<Timestamp>,
    unbounded: u32,
    wanted: Vec<Fault>,
}

/// When a fault happens that takes the next occasion.
#[derive(Debug)]
enum Trigger {
    /// At the first occasion at or after each of these positions.
    At(VecDeque<i64>),
    /// In so many of a million occasions.
    Rate(u32, Rng),
}

/// Faults that take a stretch of time.
const SLOTTED: [Fault; 5] = [
    Fault::ConsumerStalled,
    Fault::ConsumerStopped,
    Fault::ConsumerRewound,
    Fault::PoisonBlocks,
    Fault::RelayOutage,
];
const NOT_TRIGGERED: [Fault; 3] = [
    Fault::ClockSkew,
    Fault::UnboundedStream,
    Fault::BreakingSchemaChange,
];

/// How many of a fault are prepared for, for each that is wanted, where some come to nothing.
const PREPARED: usize = 16;

/// The least and the most seconds that a clock is off: more than a reaction takes, so that effects
/// come before their causes.
const SKEW: Range<i64> = 6..12;

impl Plan {
    pub fn draw(faults: &Faults, facts: &Facts<'_>) -> Self {
        let mut rng = Rng::new(facts.seed.of(0xfa));
        let mut triggers = BTreeMap::new();
        for (fault, dose) in faults.iter() {
            if !SLOTTED.contains(&fault) && !NOT_TRIGGERED.contains(&fault) {
                let rng = Rng::new(facts.seed.of(0xfa00 + fault as u64));
                triggers.insert(fault, Trigger::new(dose, facts.events, rng));
            }
        }
        let broken = faults.count(Fault::BreakingSchemaChange) > 0;
        Self {
            triggers,
            slots: slots(faults, &facts.span, &mut rng),
            skews: skews(faults, facts.clocks, &mut rng),
            broken_from: broken.then(|| at_percent(&facts.span, rng.between(35, 65))),
            unbounded: faults.count(Fault::UnboundedStream),
            wanted: faults.iter().map(|(fault, _)| fault).collect(),
        }
    }

    /// Whether a fault happens at this occasion.
    pub fn fires(&mut self, fault: Fault, position: i64) -> bool {
        match self.triggers.get_mut(&fault) {
            Some(Trigger::At(positions)) => {
                let due = positions.front().is_some_and(|first| *first <= position);
                if due {
                    positions.pop_front();
                }
                due
            }
            Some(Trigger::Rate(millionths, rng)) => rng.below(1_000_000) < u64::from(*millionths),
            None => false,
        }
    }

    /// Whether to prepare for a fault of which it is not sure that it will come to pass, where so many
    /// are prepared for already: more of them than are wanted.
    pub fn seeks(&mut self, fault: Fault, position: i64, already: usize) -> bool {
        match self.triggers.get_mut(&fault) {
            Some(Trigger::At(positions)) => {
                let due = positions.iter().take_while(|first| **first <= position);
                already < due.count() * PREPARED
            }
            Some(Trigger::Rate(millionths, rng)) => rng.below(1_000_000) < u64::from(*millionths),
            None => false,
        }
    }

    /// Whether no more of a fault are wanted so far than have come to pass.
    pub fn is_settled(&self, fault: Fault, position: i64) -> bool {
        match self.triggers.get(&fault) {
            Some(Trigger::At(positions)) => positions.front().is_none_or(|next| *next > position),
            _ => false,
        }
    }

    /// Whether one that has been prepared for and can come to pass now is still wanted.
    pub fn settles(&mut self, fault: Fault, position: i64) -> bool {
        match self.triggers.get(&fault) {
            Some(Trigger::At(_)) => self.fires(fault, position),
            Some(Trigger::Rate(..)) => true,
            None => false,
        }
    }

    /// Whether a fault happens at this occasion, where it is known how many are left.
    pub fn fires_among(&mut self, fault: Fault, left: usize, chance: &mut Rng) -> bool {
        match self.triggers.get_mut(&fault) {
            Some(Trigger::At(positions)) => {
                let fires = (chance.below(left as u64) as usize) < positions.len();
                if fires {
                    positions.pop_front();
                }
                fires
            }
            Some(Trigger::Rate(millionths, rng)) => rng.below(1_000_000) < u64::from(*millionths),
            None => false,
        }
    }

    /// What was to happen could not; the next occasion will do.
    pub fn give_back(&mut self, fault: Fault, position: i64) {
        if let Some(Trigger::At(positions)) = self.triggers.get_mut(&fault) {
            positions.push_front(position);
        }
    }

    /// Whether it can happen at all.
    pub fn has(&self, fault: Fault) -> bool {
        self.triggers.contains_key(&fault)
    }

    /// What was asked for.
    pub fn wanted(&self) -> impl Iterator<Item = Fault> {
        self.wanted.iter().copied()
    }

    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The services whose clock is off, and by how many microseconds.
    pub fn skews(&self) -> &[(&'static str, i64)] {
        &self.skews
    }

    /// How far a stamp may be from the moment at which it was made.
    pub fn most_skew(&self) -> Duration {
        let most = self.skews.iter().map(|(_, micros)| micros.unsigned_abs());
        Duration::from_micros(most.max().unwrap_or(0))
    }

    pub const fn broken_from(&self) -> Option<Timestamp> {
        self.broken_from
    }

    /// How many streams take a share of everything.
    pub const fn unbounded(&self) -> u32 {
        self.unbounded
    }
}

impl Trigger {
    fn new(dose: Dose, events: u64, mut rng: Rng) -> Self {
        match dose {
            Dose::Rate(millionths) => Self::Rate(millionths, rng),
            Dose::Count(count) => {
                // Neither at the very beginning nor so late that no occasion is left.
                let (low, high) = (events / 10, (events * 4 / 5).max(events / 10 + 1));
                let mut positions: Vec<i64> = (0..count)
                    .map(|_| rng.between(low as i64, high as i64))
                    .collect();
                positions.sort_unstable();
                Self::At(positions.into())
            }
        }
    }
}

fn at_percent(span: &Range<Timestamp>, percent: i64) -> Timestamp {
    let length = span.end.micros() - span.start.micros();
    Timestamp::from_micros(span.start.micros() + length / 100 * percent)
}

/// One slot after the other, in an order of chance.
fn slots(faults: &Faults, span: &Range<Timestamp>, rng: &mut Rng) -> Vec<Slot> {
    let count = |fault: &Fault| std::iter::repeat_n(*fault, faults.count(*fault) as usize);
    let mut order: Vec<Fault> = SLOTTED.iter().flat_map(count).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, rng.below(at as u64 + 1) as usize);
    }
    if order.is_empty() {
        return Vec::new();
    }
    let whole = span.end.micros() - span.start.micros();
    let share = whole / 100 * 70 / order.len() as i64;
    let first = at_percent(span, 15);
    let length = (whole / 20).min(share / 2);
    let slot = |(nth, fault): (usize, Fault)| {
        let from = first.micros() + share * nth as i64 + rng.between(0, share / 10);
        let from = Timestamp::from_micros(from);
        let when = from..after(from, Duration::from_micros(length.unsigned_abs()));
        Slot { fault, when }
    };
    order.into_iter().enumerate().map(slot).collect()
}

fn skews(
    faults: &Faults,
    clocks: &[(&'static str, Off)],
    rng: &mut Rng,
) -> Vec<(&'static str, i64)> {
    let mut clocks = clocks.to_vec();
    let mut skews = Vec::new();
    while skews.len() < faults.count(Fault::ClockSkew) as usize && !clocks.is_empty() {
        let (service, off) = clocks.swap_remove(rng.below(clocks.len() as u64) as usize);
        let micros = rng.between(SKEW.start * 1_000_000, SKEW.end * 1_000_000);
        let ahead = match off {
            Off::Ahead => true,
            Off::Behind => false,
            Off::Either => rng.chance(500),
        };
        skews.push((service, if ahead { micros } else { -micros }));
    }
    skews
}

#[cfg(test)]
mod tests {
    use super::super::super::chance::utc;
    use super::*;

    fn plan(faults: &Faults) -> Plan {
        let facts = Facts {
            events: 1000,
            span: utc(2024, 1, 1, 0, 0)..utc(2024, 3, 1, 0, 0),
            clocks: &[("a", Off::Ahead), ("b", Off::Either)],
            seed: Seed(4),
        };
        Plan::draw(faults, &facts)
    }

    #[test]
    fn a_count_happens_so_often_and_a_rate_about_so_often() {
        let faults = Faults::none()
            .with(Fault::VersionGap, Dose::Count(7))
            .with(Fault::VersionFork, Dose::Rate(100_000));
        let mut plan = plan(&faults);
        let mut times = |fault| (1..=1000).filter(|at| plan.fires(fault, *at)).count();
        assert_eq!(times(Fault::VersionGap), 7);
        assert!((60..140).contains(&times(Fault::VersionFork)));
        assert_eq!(times(Fault::OutOfOrder), 0);
    }

    #[test]
    fn slots_do_not_touch() {
        let mut faults = Faults::none();
        for fault in SLOTTED {
            faults = faults.with(fault, Dose::Count(2));
        }
        let plan = plan(&faults);
        assert_eq!(plan.slots().len(), 10);
        for pair in plan.slots().windows(2) {
            assert!(pair[0].when.end < pair[1].when.start);
        }
    }
}
