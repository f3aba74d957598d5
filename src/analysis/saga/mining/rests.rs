//! Who rests: instances that have been silent for far longer than their like ever wait. Where many rest at
//! the same event they have ended there, and an end that many rest without is none. What happens all at
//! once, on the other hand, is no process.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instances::AtMoment;
use super::super::paths::ROOT;
use super::super::waits::{Length, Lengths};
use super::counts::{Counts, Start, Streams};
use super::participants::Participants;
use super::{Guess, Kinds, told};
use crate::log::Log;
use crate::model::{Cancelled, Task};

/// So many that rest at an event which nothing ever followed have ended there.
const MANY: u32 = 5;
/// How many times the wait that nineteen of twenty do not exceed is a rest.
const FAR: i64 = 3;
/// What takes no longer happens at once, in microseconds.
const AT_ONCE: i64 = 1000;

/// What numbers alone do not tell of a process.
pub(super) struct Doubts {
    /// What ends it well, as far as numbers tell.
    good: BTreeSet<u32>,
    /// What ends it otherwise.
    bad: BTreeSet<u32>,
    /// What begins the good ones.
    before: BTreeSet<u32>,
    /// What nothing ever followed, too rare for that to tell.
    last: BTreeSet<u32>,
}

/// Who rests in a process.
#[derive(Default)]
pub(super) struct Rests {
    /// Came to a good end.
    ended: u32,
    /// Might have come to it, and did not, while others did that began later.
    without: u32,
    /// By the type of the last event, of those that are in doubt.
    at: BTreeMap<u32, u32>,
}

impl Rests {
    /// Whether more than one in five of those that no longer move did without a good end.
    pub fn do_without(&self) -> bool {
        self.without > 0 && u64::from(self.without) * 4 >= u64::from(self.ended)
    }

    /// Whether many rest at a type.
    pub fn rest_at(&self, kind: u32) -> bool {
        self.at.get(&kind).is_some_and(|count| *count >= MANY)
    }
}

impl Guess<'_> {
    /// What has to be looked at of a process, if anything.
    pub(super) fn doubts(&self) -> Option<Doubts> {
        let counts = self.counts;
        let (good, bad) = self.ends();
        let before: BTreeSet<u32> = good.iter().filter_map(|end| self.beginning(*end)).collect();
        let sum = |kinds: &mut dyn Iterator<Item = u32>| -> u64 {
            kinds.map(|kind| u64::from(counts.count(kind))).sum()
        };
        let ended = sum(&mut good.iter().copied());
        let begun = sum(&mut before.iter().copied());
        let some_do_without = begun.saturating_sub(ended) * 4 >= ended && ended > 0;
        let is_last = |kind: &u32| {
            let (all, told) = (counts.count(*kind), told((self.name)(*kind)));
            let other = told.failed || told.cancelled || told.undone;
            let is_some = (MANY..super::ENOUGH).contains(&all);
            let usual = u64::from(all) * 2 >= u64::from(counts.count(counts.start));
            is_some
                && usual
                && counts.went_on(*kind) == 0
                && !other
                && !told.turned_back
                && !told.parked
        };
        let last: BTreeSet<u32> = counts.types().filter(is_last).collect();
        let doubts = Doubts {
            good: good.into_iter().collect(),
            bad: bad.into_iter().collect(),
            before,
            last,
        };
        (some_do_without || !doubts.last.is_empty()).then_some(doubts)
    }
}

/// A history in a process that is in doubt.
#[derive(Clone, Copy)]
struct Known {
    /// Its place among those.
    process: Option<u32>,
    last: u32,
    has_good: Has,
    has_bad: Has,
    has_before: Has,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Has {
    Not,
    It,
}

impl Has {
    fn or(self, kinds: &BTreeSet<u32>, kind: u32) -> Self {
        match self == Self::It || kinds.contains(&kind) {
            true => Self::It,
            false => Self::Not,
        }
    }
}

/// Who rests in the processes that are in doubt.
pub(super) fn resting(
    (log, at): (&Log, &AtMoment),
    kinds: &Kinds,
    doubts: &BTreeMap<Start, Doubts>,
    task: &Task,
) -> Result<BTreeMap<Start, Rests>, Cancelled> {
    let mut rests: Vec<Rests> = doubts.values().map(|_| Rests::default()).collect();
    let Some(now) = at.cut.time(log).filter(|_| !doubts.is_empty()) else {
        return Ok(BTreeMap::new());
    };
    let known = histories(at, kinds, doubts);
    let mut longest: Vec<Lengths> = vec![Lengths::default(); rests.len()];
    let mut of_them = Vec::new();
    for (n, seen) in at.seen.iter().enumerate() {
        if n % 1024 == 0 {
            task.check()?;
        }
        let own = known[seen.node as usize];
        let Some(process) = own.process else { continue };
        let waits = at.waits_of(seen).iter();
        let wait = waits.filter(|wait| wait.is_measured()).max();
        longest[process as usize].add(wait.copied().unwrap_or(Length::NONE));
        of_them.push((seen, process as usize, own));
    }
    let limits = longest.iter().map(Lengths::wait);
    let limits: Vec<Option<i64>> = limits
        .map(|wait| wait.map(|wait| wait.p95.saturating_mul(FAR)))
        .collect();
    let all: Vec<&Doubts> = doubts.values().collect();
    // Who began later comes first.
    for (seen, process, own) in of_them.into_iter().rev() {
        let Some(limit) = limits[process] else {
            continue;
        };
        let rest = &mut rests[process];
        let quiet = || {
            let last = at.last_time(log, seen);
            last.is_some_and(|last| now.micros().saturating_sub(last) > limit)
        };
        if own.has_good == Has::It {
            rest.ended += 1;
        } else if own.has_bad == Has::Not && own.has_before == Has::It && rest.ended > 0 && quiet()
        {
            rest.without += 1;
        }
        if all[process].last.contains(&own.last) && quiet() {
            *rest.at.entry(own.last).or_default() += 1;
        }
    }
    Ok(doubts.keys().copied().zip(rests).collect())
}

/// By node: what of it matters.
fn histories(at: &AtMoment, kinds: &Kinds, doubts: &BTreeMap<Start, Doubts>) -> Vec<Known> {
    let places: BTreeMap<Start, u32> = doubts.keys().copied().zip(0..).collect();
    let all: Vec<&Doubts> = doubts.values().collect();
    let mut known: Vec<Known> = Vec::with_capacity(at.paths.len());
    for node in 0..at.paths.len() as u32 {
        let (before, label) = at.paths.step(node);
        let none = Known {
            process: None,
            last: 0,
            has_good: Has::Not,
            has_bad: Has::Not,
            has_before: Has::Not,
        };
        if node == ROOT {
            known.push(none);
            continue;
        }
        let mut own = match before {
            ROOT => Known {
                process: places.get(&kinds.start(label)).copied(),
                ..none
            },
            before => known[before as usize],
        };
        if let Some(process) = own.process {
            let doubt = all[process as usize];
            own.last = kinds.of(label.event_type());
            own.has_good = own.has_good.or(&doubt.good, own.last);
            own.has_bad = own.has_bad.or(&doubt.bad, own.last);
            own.has_before = own.has_before.or(&doubt.before, own.last);
        }
        known.push(own);
    }
    known
}

/// Processes of which all is done by one participant, and at once: what is written down together is one
/// thing that happened.
pub(super) fn at_once(
    at: &AtMoment,
    kinds: &Kinds,
    (counts, participants): (&Counts, &Participants),
    task: &Task,
) -> Result<BTreeSet<Start>, Cancelled> {
    let by_one = counts.processes(Streams::Said).filter(|process| {
        let own = participants.of(process.start);
        process.types().all(|kind| participants.of(kind) == own)
    });
    // By process: of how many something was measured. A few say nothing of all.
    let mut left: BTreeMap<Start, u32> = by_one
        .map(|process| ((process.start, process.category), 0))
        .collect();
    let at_once = Length::new(AT_ONCE);
    for (n, seen) in at.seen.iter().enumerate() {
        if n % 1024 == 0 {
            task.check()?;
        }
        if left.is_empty() {
            break;
        }
        let first = at.nodes_of(seen)[0];
        let (_, label) = at.paths.step(first);
        let start = kinds.start(label);
        let Some(measured) = left.get_mut(&start) else {
            continue;
        };
        // What is delivered and handled once more, however late, was written down with the rest.
        let waits = at.waits_of(seen).iter().zip(at.nodes_of(seen));
        let waits = waits.filter(|(_, node)| !at.paths.step(**node).1.is_again());
        let waits = waits.map(|(wait, _)| *wait);
        match waits.filter(|wait| wait.is_measured()).max() {
            Some(wait) if wait > at_once => {
                left.remove(&start);
            }
            Some(_) => *measured += 1,
            None => {}
        }
    }
    let once = left.into_iter().filter(|(_, measured)| *measured >= MANY);
    Ok(once.map(|(start, _)| start).collect())
}
