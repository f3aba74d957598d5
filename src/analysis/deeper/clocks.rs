//! How far the clocks of services are apart, effects that were recorded before their causes, and how often
//! the orders by different clocks turn neighbours of the log round.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{MOST, Place};
use crate::analysis::audit::{AuditError, Facts};
use crate::analysis::causality::Way;
use crate::analysis::scan;
use crate::log::Clock;
use crate::model::time::Span;
use crate::model::{EventIx, Task};

/// Clocks and orders of a store.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Clocks {
    /// How many services tell their names.
    pub services: usize,
    /// Every two services between which there were steps; those apart first.
    pub pairs: Vec<ClockPair>,
    /// Effects recorded before their causes.
    pub early: Early,
    /// The orders that the store tells.
    pub orders: Vec<Disagreeing>,
}

/// Two services, and how far the clock of the first is ahead of that of the second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockPair {
    /// The one; that which is ahead, where one is.
    pub one: String,
    /// The other.
    pub two: String,
    /// By so many milliseconds at least, negative where it may be behind; null where no step led there.
    pub least_ms: Option<i64>,
    /// By so many at most; null where no step led back.
    pub most_ms: Option<i64>,
    /// Steps from the one to the other.
    pub there: u64,
    /// Steps back.
    pub back: u64,
    /// Steps of both whose effect was recorded before its cause.
    pub impossible: u64,
    /// The step that proves best that they are apart: cause and effect.
    pub proof: Option<[Place; 2]>,
}

/// What bounds say of two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Each was ahead of the other at some time.
    Drifting,
    /// The first is ahead.
    Apart,
    /// Nothing proves that they are apart.
    Together,
}

impl ClockPair {
    /// What the bounds say.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let ahead = self.least_ms.is_some_and(|least| least > 0);
        let behind = self.most_ms.is_some_and(|most| most < 0);
        match (ahead, behind) {
            (true, true) => Verdict::Drifting,
            (true, false) | (false, true) => Verdict::Apart,
            (false, false) => Verdict::Together,
        }
    }

    /// Seen from the other side.
    fn turned(self) -> Self {
        Self {
            one: self.two,
            two: self.one,
            least_ms: self.most_ms.map(|most| -most),
            most_ms: self.least_ms.map(|least| -least),
            there: self.back,
            back: self.there,
            ..self
        }
    }
}

/// Effects that were recorded before their causes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Early {
    /// How many.
    pub count: u64,
    /// Those that are earliest by most: by how many milliseconds, cause and effect.
    pub shown: Vec<(i64, [Place; 2])>,
}

/// An order that a store tells beside that of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderBy {
    /// By the time of recording.
    Recorded,
    /// By the time of occurring.
    Occurred,
    /// By hybrid logical clocks.
    Hybrid,
    /// By vector clocks, within a stream.
    Vector,
}

impl OrderBy {
    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded time",
            Self::Occurred => "occurred time",
            Self::Hybrid => "hybrid logical clock",
            Self::Vector => "vector clock",
        }
    }
}

/// How often an order disagrees with that of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disagreeing {
    /// Which.
    pub by: OrderBy,
    /// Events that carry such a clock.
    pub events: u64,
    /// Neighbours among them that it turns round.
    pub turned: u64,
    /// By how many microseconds at most, of an order by time; null of others and where it turns none.
    pub most_us: Option<Span>,
    /// The first of these.
    pub shown: Vec<[Place; 2]>,
}

pub(super) fn clocks(facts: &Facts<'_>, task: &Task) -> Result<Clocks, AuditError> {
    let seen = &facts.clocks;
    let early = seen.early.iter().filter_map(|&[cause, effect]| {
        let times = facts.recorded(cause).zip(facts.recorded(effect));
        times.map(|(one, two)| (two - one, [cause, effect]))
    });
    Ok(Clocks {
        services: facts.bodies.services(),
        pairs: pairs(facts, &seen.ways),
        early: told_early(facts, early.collect()),
        orders: orders(facts, task)?,
    })
}

fn pairs(facts: &Facts<'_>, ways: &BTreeMap<(u32, u32), Way>) -> Vec<ClockPair> {
    let name = |service| facts.bodies.service_name(service).to_owned();
    let place = |proof: [EventIx; 2]| proof.map(|event| Place::of(facts.whole.log, event));
    let mut pairs: Vec<ClockPair> = Vec::new();
    for &(one, two) in ways.keys() {
        let (there, back) = (ways.get(&(one, two)), ways.get(&(two, one)));
        if back.is_some() && two < one {
            // Told from the other side.
            continue;
        }
        let steps = |way: Option<&Way>| way.map_or(0, |way| way.steps);
        let impossible = |way: Option<&Way>| way.map_or(0, |way| way.impossible);
        let off = |way: &&Way| way.quickest.is_negative();
        let best = [there, back].into_iter().flatten().filter(off);
        let best = best.min_by_key(|way| way.quickest);
        let pair = ClockPair {
            one: name(one),
            two: name(two),
            least_ms: there.map(|way| -way.quickest.millis()),
            most_ms: back.map(|way| way.quickest.millis()),
            there: steps(there),
            back: steps(back),
            impossible: impossible(there) + impossible(back),
            proof: best.map(|way| place(way.proof)),
        };
        let behind = pair.most_ms.is_some_and(|most| most < 0);
        pairs.push(match behind && pair.verdict() == Verdict::Apart {
            true => pair.turned(),
            false => pair,
        });
    }
    pairs.sort_by(|a, b| {
        let key = |pair: &ClockPair| (pair.verdict(), std::cmp::Reverse(pair.impossible));
        (key(a), &a.one, &a.two).cmp(&(key(b), &b.one, &b.two))
    });
    pairs
}

fn told_early(facts: &Facts<'_>, mut early: Vec<(Span, [EventIx; 2])>) -> Early {
    let count = early.len() as u64;
    early.sort_unstable();
    let shown = early.into_iter().take(MOST).map(|(delay, events)| {
        let places = events.map(|event| Place::of(facts.whole.log, event));
        (delay.abs().millis(), places)
    });
    Early {
        count,
        shown: shown.collect(),
    }
}

/// What turns neighbours round.
struct Turning<'a> {
    facts: &'a Facts<'a>,
    found: Disagreeing,
}

impl<'a> Turning<'a> {
    fn new(facts: &'a Facts<'a>, by: OrderBy) -> Self {
        let found = Disagreeing {
            by,
            events: 0,
            turned: 0,
            most_us: None,
            shown: Vec::new(),
        };
        Self { facts, found }
    }

    fn turn(&mut self, first: EventIx, second: EventIx) {
        self.found.turned += 1;
        if self.found.shown.len() < MOST {
            let pair = [first, second].map(|event| Place::of(self.facts.whole.log, event));
            self.found.shown.push(pair);
        }
    }
}

/// Each order against that of the log, between each event and the one before it that has such a clock.
fn orders(facts: &Facts<'_>, task: &Task) -> Result<Vec<Disagreeing>, AuditError> {
    let (log, cut) = (facts.whole.log, &facts.whole.cut);
    let mut found = Vec::new();
    for (by, clock) in [
        (OrderBy::Recorded, Clock::Recorded),
        (OrderBy::Occurred, Clock::Occurred),
    ] {
        let mut turning = Turning::new(facts, by);
        let mut last = None;
        scan::known(log, cut, 0..cut.outside().0, task, |run| {
            let Some(times) = run.times(clock) else {
                return;
            };
            for row in 0..run.len() {
                let Some(own) = times.own(row) else { continue };
                let event = EventIx(run.events().start + row as u32);
                turning.found.events += 1;
                if let Some((before, by)) = last
                    && own < before
                {
                    turning.turn(by, event);
                    let most = &mut turning.found.most_us;
                    *most = Some(before - own).max(*most);
                }
                last = Some((own, event));
            }
        })?;
        found.push(turning.found);
    }
    let stamps = facts.bodies.stamps();
    let (mut hybrid, mut vector) = (
        Turning::new(facts, OrderBy::Hybrid),
        Turning::new(facts, OrderBy::Vector),
    );
    let mut last: Option<(&str, EventIx)> = None;
    for (event, stamp) in stamps {
        let Some(own) = stamp.hybrid.as_deref() else {
            continue;
        };
        hybrid.found.events += 1;
        if let Some((before, by)) = last
            && own < before
        {
            hybrid.turn(by, *event);
        }
        last = Some((own, *event));
    }
    let clocked = stamps.iter().filter(|(_, stamp)| !stamp.vector.is_empty());
    let clocked: Vec<_> = clocked.collect();
    vector.found.events = clocked.len() as u64;
    for pair in clocked.windows(2) {
        let ((one, first), (two, second)) = (pair[0], pair[1]);
        let same = log.stream(*one) == log.stream(*two);
        if same && first.covers(second) && !second.covers(first) {
            vector.turn(*one, *two);
        }
    }
    found.extend([hybrid.found, vector.found]);
    found.retain(|order| order.events > 1);
    Ok(found)
}
