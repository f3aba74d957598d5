//! How often what happened in instances that begin alike, and what followed it: read off the tree of
//! their histories, which takes no longer for many instances than for few.

use std::collections::BTreeMap;

use super::super::instances::AtMoment;
use super::super::paths::ROOT;
use super::Kinds;
use crate::model::{Cancelled, Task};

/// Figures of all processes.
#[derive(Debug, Default)]
pub(in super::super) struct Counts(BTreeMap<Start, Process>);

/// Why each stream is taken for an instance, if it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Streams {
    /// Nothing else ties events together.
    Guessed,
    /// Somebody said so, or they are not.
    Said,
}

/// A type, and the category of the streams that instances are, by kind.
pub(super) type Start = (u32, Option<u32>);

/// Figures of the instances that begin with one type, in streams of one category.
#[derive(Debug, Default)]
pub(in super::super) struct Process {
    pub start: u32,
    pub category: Option<u32>,
    /// By type.
    types: BTreeMap<u32, Figures>,
    /// By the type before and the type after: how often.
    pub follows: BTreeMap<(u32, u32), u32>,
    /// By cause and effect: how often.
    pub caused: BTreeMap<(u32, u32), u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    count: u32,
    /// How often something came after it.
    went_on: u32,
    /// Its places in histories, added up.
    places: u64,
}

impl Counts {
    pub fn of(at: &AtMoment, kinds: &Kinds, task: &Task) -> Result<Self, Cancelled> {
        let visits = at.visits();
        // By history: how it begins, how long it is, and the kind of what came last that was not said again.
        let mut starts: Vec<(Start, u32, u32)> = Vec::with_capacity(visits.len());
        let mut counts = Self::default();
        for (node, &count) in visits.iter().enumerate() {
            if node % 4096 == 0 {
                task.check()?;
            }
            let (before, label) = at.paths.step(node as u32);
            if node as u32 == ROOT {
                starts.push(((0, None), 0, 0));
                continue;
            }
            let kind = kinds.of(label.event_type());
            let (start, place, last) = match before {
                ROOT => (kinds.start(label), 1, kind),
                _ => {
                    let (start, place, last) = starts[before as usize];
                    (start, place + 1, last)
                }
            };
            // What was delivered and handled twice leads nowhere, and nothing has gone on by it.
            let again = label.is_again();
            starts.push((start, place, if again { last } else { kind }));
            if count == 0 {
                continue;
            }
            let process = counts.0.entry(start).or_default();
            (process.start, process.category) = start;
            let figures = process.types.entry(kind).or_default();
            figures.count += count;
            figures.places += u64::from(place) * u64::from(count);
            if before != ROOT && !again {
                process.types.entry(last).or_default().went_on += count;
                *process.follows.entry((last, kind)).or_default() += count;
            }
            if let Some(cause) = label.cause().filter(|_| before != ROOT) {
                *process.caused.entry((kinds.of(cause), kind)).or_default() += count;
            }
        }
        Ok(counts)
    }

    /// Those that are processes: what is alone mostly is none; nor, where nobody said that streams are,
    /// what happens to an entity again and again.
    pub fn processes(&self, streams: Streams) -> impl Iterator<Item = &Process> {
        self.0.values().filter(move |process| {
            let [all, went_on] = [process.count(process.start), process.went_on(process.start)];
            let is_entity = streams == Streams::Guessed && process.repeats();
            u64::from(went_on) * 2 >= u64::from(all) && !is_entity
        })
    }
}

impl Process {
    /// Its types, in the order in which they usually come.
    pub fn types(&self) -> impl Iterator<Item = u32> + '_ {
        let mut types: Vec<u32> = self.types.keys().copied().collect();
        types.sort_by_key(|kind| self.rank(*kind));
        types.into_iter()
    }

    /// Whether half of what happens and more happened in the same instance before.
    fn repeats(&self) -> bool {
        let instances = u64::from(self.count(self.start));
        let counts = || self.types.values().map(|figures| u64::from(figures.count));
        let again: u64 = counts().map(|count| count.saturating_sub(instances)).sum();
        again * 2 >= counts().sum()
    }

    pub fn count(&self, kind: u32) -> u32 {
        self.types.get(&kind).map_or(0, |figures| figures.count)
    }

    pub fn went_on(&self, kind: u32) -> u32 {
        self.types.get(&kind).map_or(0, |figures| figures.went_on)
    }

    /// Where a type usually stands in a history, in thousandths.
    pub fn rank(&self, kind: u32) -> u32 {
        let figures = self.types.get(&kind).copied().unwrap_or_default();
        (figures.places * 1000 / u64::from(figures.count.max(1))) as u32
    }

    /// Whether a type was ever caused by another one.
    pub fn causes(&self, cause: u32, effect: u32) -> bool {
        self.caused.contains_key(&(cause, effect))
    }

    /// The type that caused another one most often, if most of it was caused within instances.
    pub fn mostly_caused_by(&self, kind: u32) -> Option<u32> {
        let (cause, total) = mostly(&self.caused, kind)?;
        (total * 2 >= self.count(kind)).then_some(cause)
    }

    /// The type that another one follows most often.
    pub fn mostly_after(&self, kind: u32) -> Option<u32> {
        mostly(&self.follows, kind).map(|(before, _)| before)
    }
}

/// The first of the pairs that end in `kind` that is most frequent, and how many there are in all. Of
/// equals the lower number counts, but for the type itself.
fn mostly(pairs: &BTreeMap<(u32, u32), u32>, kind: u32) -> Option<(u32, u32)> {
    let own = || {
        let all = pairs.iter();
        all.filter(move |((from, to), _)| *to == kind && *from != kind)
    };
    let best = own().max_by_key(|((from, _), count)| (**count, u32::MAX - from))?;
    Some((best.0.0, own().map(|(_, count)| count).sum()))
}
