//! How instances end where nobody says it: with a type after which they go no further, or, where several
//! things happen side by side at the end, when the last of these has come.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instances::AtMoment;
use super::super::paths::ROOT;
use super::counts::Start;
use super::rests::Rests;
use super::words::{kinship, told};
use super::{ENOUGH, Guess, Kinds};
use crate::model::{Cancelled, Task};

/// So many of one kind that never went on are an end, where their name says that something failed.
const SOME: u32 = 3;
/// As many types may end a process together as there are bits.
const MOST: usize = 64;

/// What may end a process together, before it is known whether it does.
pub(super) struct Candidate {
    /// These, once all of them have come.
    pub together: Vec<u32>,
    /// What usually comes, these among it.
    usual: BTreeSet<u32>,
}

impl Guess<'_> {
    /// The types after which instances usually go no further; those that are a good end, and others.
    pub(super) fn ends(&self) -> (Vec<u32>, Vec<u32>) {
        let ends = self.counts.types().filter(|kind| self.is_end(*kind));
        let (bad, good) = ends.partition(|kind| {
            let told = told((self.name)(*kind));
            told.cancelled || told.failed || told.undone
        });
        (good, bad)
    }

    fn is_end(&self, kind: u32) -> bool {
        let told = told((self.name)(kind));
        let all = self.counts.count(kind);
        if kind == self.counts.start || all == 0 {
            return false;
        }
        let went_on = match told.failed || told.cancelled {
            true => self.led_on(kind),
            false => self.counts.went_on(kind),
        };
        // One in twenty may go on, by a late or a repeated event.
        if all >= ENOUGH {
            return u64::from(went_on) * 20 <= u64::from(all);
        }
        if self.rests.is_some_and(|rests| rests.rest_at(kind)) {
            return true;
        }
        let own = kinship((self.name)(kind), (self.name)(self.counts.start)) > 0;
        let failed = told.failed && (own || all >= SOME);
        went_on == 0 && (told.completed || told.cancelled || failed)
    }

    /// How often something came after a failure that goes on with the process. What another service mostly
    /// does because of what went well it may also do where the process has failed: check a ride whose
    /// payment failed as one that was paid.
    fn led_on(&self, kind: u32) -> u32 {
        let counts = self.counts;
        let is_plain = |kind: u32| {
            let told = told((self.name)(kind));
            !(told.failed || told.cancelled || told.undone || told.turned_back)
        };
        let of = |kind: u32| self.participants.of(kind);
        let comes_anyway = |next: u32| {
            let cause = counts.mostly_caused_by(next);
            cause.is_some_and(is_plain) && is_plain(next) && of(next) != of(kind)
        };
        let next = counts.follows.range((kind, 0)..=(kind, u32::MAX));
        let led = next.filter(|((_, next), _)| !comes_anyway(*next));
        led.map(|(_, count)| count).sum()
    }

    /// Where no single type is a good end, or many do without: the last of what usually comes, which may
    /// come in any order.
    pub(super) fn candidate(&self) -> Option<Candidate> {
        // What few rest at may be one of those.
        let by_numbers = Self {
            rests: None,
            ..*self
        };
        let (ends, _) = by_numbers.ends();
        let is_told = !ends.is_empty() && !self.rests.is_some_and(Rests::do_without);
        if self.counts.count(self.counts.start) < ENOUGH || is_told {
            return None;
        }
        // In the order of their places a type comes after what begins it.
        let mut usual = BTreeSet::from([self.counts.start]);
        let mut begins = BTreeSet::new();
        for kind in self.counts.types() {
            let told = told((self.name)(kind));
            let Some(before) = self.beginning(kind).filter(|own| usual.contains(own)) else {
                continue;
            };
            let [all, own] = [before, kind].map(|kind| u64::from(self.counts.count(kind)));
            if own * 5 >= all * 4
                && !ends.contains(&kind)
                && !told.failed
                && !told.cancelled
                && !told.turned_back
            {
                usual.insert(kind);
                begins.insert(before);
            }
        }
        let together: Vec<u32> = usual.difference(&begins).copied().collect();
        let is_some = (2..=MOST).contains(&together.len());
        is_some.then_some(Candidate { together, usual })
    }
}

/// Those of `candidates` that do end their processes: where all of it had come, nothing usual came any
/// more.
pub(super) fn confirmed(
    at: &AtMoment,
    kinds: &Kinds,
    mut candidates: BTreeMap<Start, Candidate>,
    task: &Task,
) -> Result<BTreeMap<Start, Candidate>, Cancelled> {
    if candidates.is_empty() {
        return Ok(candidates);
    }
    let visits = at.visits();
    // By history: what begins it, what of the candidate has come, and whether something usual came since.
    let mut nodes: Vec<(Start, u64, Since)> = Vec::with_capacity(visits.len());
    let mut figures: BTreeMap<Start, (u32, u32)> = BTreeMap::new();
    for (node, count) in visits.iter().enumerate() {
        if node % 4096 == 0 {
            task.check()?;
        }
        let (before, label) = at.paths.step(node as u32);
        if node as u32 == ROOT {
            nodes.push(((0, None), 0, Since::Nothing));
            continue;
        }
        let kind = kinds.of(label.event_type());
        let (start, had, since) = match before {
            ROOT => (kinds.start(label), 0, Since::Nothing),
            before => nodes[before as usize],
        };
        let Some(candidate) = candidates.get(&start) else {
            nodes.push((start, 0, Since::Nothing));
            continue;
        };
        let place = candidate.together.iter().position(|own| *own == kind);
        let has = had | place.map_or(0, |place| 1 << place);
        let all = u64::MAX >> (MOST - candidate.together.len());
        let (reached, went_on) = figures.entry(start).or_default();
        let usual = candidate.usual.contains(&kind) && !label.is_again();
        let since = match since {
            Since::Nothing if had == all && usual => {
                *went_on += count;
                Since::Usual
            }
            since => since,
        };
        if has == all && had != all {
            *reached += count;
        }
        nodes.push((start, has, since));
    }
    candidates.retain(|start, _| {
        let (reached, went_on) = figures.get(start).copied().unwrap_or_default();
        reached >= ENOUGH && u64::from(went_on) * 20 <= u64::from(reached)
    });
    Ok(candidates)
}

/// What came since all had come that ends a process.
#[derive(Clone, Copy)]
enum Since {
    Nothing,
    Usual,
}
