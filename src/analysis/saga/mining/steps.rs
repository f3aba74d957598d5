//! The steps of a process that was mined: what begins them, how each ends, what undoes it, and whether
//! anything waits for it.

use std::collections::BTreeMap;

use super::super::definition::{Heed, Step};
use super::style::Led;
use super::words::{is_asked, kinship, spoken, told};
use super::{ENOUGH, Guess};

/// Ends of a step that its name holds.
const ABREAST: usize = 3;

/// How often a step ended.
type Often = u64;

/// Types of one participant that are begun by the same type.
#[derive(Default)]
struct Outcomes {
    success: Vec<u32>,
    failure: Vec<u32>,
    retry: Vec<u32>,
}

impl Guess<'_> {
    pub(super) fn steps(&self, led: &Led, ends: &[u32], together: &[u32]) -> Vec<Step> {
        let name = self.name;
        let is_step = |kind: &u32| {
            let told = told(name(*kind));
            let commands = led.leader == Some(self.participants.of(*kind));
            let named = told.turned_back || told.parked || told.resumed || commands;
            *kind != self.counts.start && !ends.contains(kind) && !named
        };
        let mut groups: BTreeMap<(u32, u32), Outcomes> = BTreeMap::new();
        let mut undoing: Vec<u32> = Vec::new();
        for kind in self.counts.types().filter(is_step) {
            let told = told(name(kind));
            if told.undone && self.done_before(kind) {
                // A refund that failed has undone nothing, and ends no step either.
                if !told.failed {
                    undoing.push(kind);
                }
                continue;
            }
            let Some(begins) = self.beginning(kind) else {
                continue;
            };
            let group = groups
                .entry((begins, self.participants.of(kind)))
                .or_default();
            match told.failed {
                true => group.failure.push(kind),
                false => group.success.push(kind),
            }
        }
        let groups = self.with_failures(self.with_retries(groups, led), ends);
        // Whoever leads has a word for it where the others only say how it ended.
        let of_one = |begins: u32| groups.keys().filter(|(own, _)| *own == begins).count() == 1;
        let commanded: Vec<u32> = (groups.keys().map(|(begins, _)| *begins))
            .filter(|begins| led.leader == Some(self.participants.of(*begins)) && of_one(*begins))
            .filter(|begins| *begins != self.counts.start && is_asked(name(*begins)))
            .collect();
        let steps = groups.into_iter().map(|((begins, participant), outcomes)| {
            let (rank, (often, mut step)) = self.step(begins, participant, &outcomes);
            if commanded.contains(&begins) && !step.begins.is_empty() {
                step.name = spoken(name(begins));
            }
            (rank, (often, step))
        });
        let mut steps: Vec<(u32, (Often, Step))> = steps.collect();
        steps.sort_by_key(|(rank, _)| *rank);
        let mut steps: Vec<(Often, Step)> = steps.into_iter().map(|(_, step)| step).collect();
        for kind in undoing {
            self.undoes(kind, &mut steps);
        }
        let ends_it = |name: &String| together.iter().any(|kind| (self.name)(*kind) == name);
        let steps = steps.into_iter().map(|(_, mut step)| {
            if !step.compensation.is_empty() || step.success.iter().any(ends_it) {
                step.heed = Heed::Awaited;
            }
            step
        });
        steps.collect()
    }

    /// Whether something of the same participant could be what a type undoes, and mostly comes before it: what is
    /// called alike, or all that it does.
    fn done_before(&self, kind: u32) -> bool {
        let own = self.participants.of(kind);
        let done: Vec<u32> = (self.counts.types())
            .filter(|other| {
                let told = told((self.name)(*other));
                let is_own = self.participants.of(*other) == own;
                let is_before = self.counts.rank(*other) < self.counts.rank(kind);
                *other != kind && is_own && is_before && !told.failed && !told.undone
            })
            .collect();
        let akin = |other: &u32| kinship((self.name)(*other), (self.name)(kind)) > 0;
        done.iter().any(akin) || matches!(done[..], [only] if only != self.counts.start)
    }

    /// A failure after which the same participant comes to another outcome of the same step was an
    /// attempt; so was one after which who leads tells it to begin anew.
    fn with_retries(
        &self,
        mut groups: BTreeMap<(u32, u32), Outcomes>,
        led: &Led,
    ) -> BTreeMap<(u32, u32), Outcomes> {
        let counts = self.counts;
        let leads = |kind: &u32| led.leader == Some(self.participants.of(*kind));
        let anew = |failed: u32, begins: u32| {
            let mut between = counts.types().filter(leads);
            let by_way_of = |own: u32| counts.causes(failed, own) && counts.causes(own, begins);
            leads(&begins) && (counts.causes(failed, begins) || between.any(by_way_of))
        };
        let keys: Vec<(u32, u32)> = groups.keys().copied().collect();
        for key in &keys {
            let all = &groups[key];
            let outcomes = [&all.success[..], &all.failure[..]].concat();
            let again = |failed: &u32| {
                let mut others = outcomes.iter();
                let other = others.any(|other| other != failed && counts.causes(*failed, *other));
                other || anew(*failed, key.0)
            };
            let retry: Vec<u32> = all.failure.iter().copied().filter(again).collect();
            if let Some(group) = groups.get_mut(key) {
                group.failure.retain(|kind| !retry.contains(kind));
                group.retry = retry;
            }
        }
        groups
    }

    /// What fails for good because of an attempt that failed, or of what a step begins with, is how that
    /// step fails: its success does not come any more.
    fn with_failures(
        &self,
        mut groups: BTreeMap<(u32, u32), Outcomes>,
        ends: &[u32],
    ) -> BTreeMap<(u32, u32), Outcomes> {
        let alone = groups.iter().filter(|(_, own)| own.success.is_empty());
        let alone: Vec<((u32, u32), u32)> = alone
            .flat_map(|(key, own)| own.failure.iter().map(|kind| (*key, *kind)))
            .collect();
        let ends = ends.iter().filter_map(|kind| {
            let own = told((self.name)(*kind));
            let fails = own.failed && !own.undone;
            let begins = self.beginning(*kind).filter(|_| fails)?;
            Some(((begins, self.participants.of(*kind)), *kind))
        });
        let all: Vec<((u32, u32), u32)> = alone.into_iter().chain(ends).collect();
        for ((begins, participant), kind) in all {
            let fails = |((start, who), own): &(&(u32, u32), &mut Outcomes)| {
                let is_attempt = own.retry.contains(&begins) || *start == begins;
                *who == participant && !own.success.is_empty() && is_attempt
            };
            let Some((_, step)) = groups.iter_mut().find(fails) else {
                continue;
            };
            step.failure.push(kind);
            if let Some(own) = groups.get_mut(&(begins, participant))
                && own.success.is_empty()
            {
                own.failure.retain(|own| *own != kind);
            }
        }
        groups.retain(|_, own| {
            !(own.success.is_empty() && own.failure.is_empty() && own.retry.is_empty())
        });
        groups
    }

    /// Whether something is a reaction beside the path: it comes often, nothing ever came because of it,
    /// and the process goes on with something else.
    fn is_beside(&self, outcomes: &Outcomes) -> bool {
        let counts = self.counts;
        let leads = |kind: u32| {
            let mut effects = counts.caused.range((kind, 0)..=(kind, u32::MAX));
            effects.next().is_some()
        };
        let is_beside = |kind: &u32| {
            let (all, told) = (counts.count(*kind), told((self.name)(*kind)));
            all >= ENOUGH
                && counts.mostly_caused_by(*kind).is_some()
                && !leads(*kind)
                && u64::from(counts.went_on(*kind)) * 2 >= u64::from(all)
                && !(told.undone || told.completed || told.cancelled)
        };
        let only = outcomes.failure.is_empty() && outcomes.retry.is_empty();
        only && !outcomes.success.is_empty() && outcomes.success.iter().all(is_beside)
    }

    /// A step with its place among the others: where it begins usually.
    fn step(&self, begins: u32, participant: u32, outcomes: &Outcomes) -> (u32, (Often, Step)) {
        let name = self.name;
        let names = |kinds: &[u32]| kinds.iter().map(|kind| name(*kind).to_owned()).collect();
        let all = [
            &outcomes.success[..],
            &outcomes.failure[..],
            &outcomes.retry[..],
        ]
        .concat();
        let most = |kinds: &[u32]| {
            let kinds = kinds.iter().copied();
            kinds.max_by_key(|kind| (self.counts.count(*kind), u32::MAX - kind))
        };
        let usual = most(&outcomes.success).or(most(&all)).unwrap_or(begins);
        let often: Often = all
            .iter()
            .map(|kind| u64::from(self.counts.count(*kind)))
            .sum();
        // What mostly does not come is not waited for: it begins with its end.
        let waited_for = often * 2 >= u64::from(self.counts.count(begins));
        let step = Step {
            name: self.spoken(usual, &outcomes.success),
            participant: self.participants.name(participant).to_owned(),
            begins: waited_for
                .then(|| name(begins).to_owned())
                .into_iter()
                .collect(),
            success: names(&outcomes.success),
            retry: names(&outcomes.retry),
            failure: names(&outcomes.failure),
            compensation: Vec::new(),
            heed: match self.is_beside(outcomes) {
                true => Heed::Beside,
                false => Heed::Awaited,
            },
            timeout: None,
        };
        (self.counts.rank(usual), (often, step))
    }

    /// What a step is called: by what it usually ends with, and where nothing is usual by all that it ends
    /// with.
    fn spoken(&self, usual: u32, success: &[u32]) -> String {
        let count = |kind: &u32| u64::from(self.counts.count(*kind));
        let all: u64 = success.iter().map(count).sum();
        if success.len() > ABREAST || count(&usual) * 2 > all {
            return spoken((self.name)(usual));
        }
        let names = success.iter().map(|kind| spoken((self.name)(*kind)));
        names.collect::<Vec<String>>().join(" or ")
    }

    /// Adds a type to the step that it undoes: the one of its participant that is most like it.
    fn undoes(&self, kind: u32, steps: &mut [(Often, Step)]) {
        let name = (self.name)(kind);
        let participant = self.participants.name(self.participants.of(kind));
        let own = steps
            .iter_mut()
            .filter(|(_, step)| step.participant == participant && !step.success.is_empty());
        // Of equals the one that is done most often.
        let like = |(often, step): &&mut (Often, Step)| {
            let kin = step.success.iter().map(|done| kinship(done, name));
            (kin.max(), *often)
        };
        if let Some((_, step)) = own.max_by_key(like) {
            step.compensation.push(name.to_owned());
        }
    }
}
