//! The process map: which type follows which, how often and after how long, as a directly-follows graph.

use std::collections::{BTreeMap, BTreeSet};

use super::instances::AtMoment;
use super::paths::ROOT;
use super::sequence::Meaning;
use super::status::Judged;
use super::usual::Pairs;
use super::waits::{Lengths, Wait};
use crate::log::Log;
use crate::model::{Cancelled, Task};

/// What follows what in the instances of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessMap {
    /// Its types, the most frequent first.
    pub types: Vec<MapType>,
    /// What follows what, the most frequent first.
    pub follows: Vec<Follows>,
    /// How many instances there are.
    pub instances: u32,
}

/// Types that are drawn; of more nobody would see anything.
const TYPES: usize = 40;
/// Lines that are drawn from each type, at most, but for the only ones that lead somewhere.
const LINES: usize = 4;
/// One in so many of the most frequent line is not drawn, unless nothing else leads from its type.
const RARE: u32 = 50;

impl ProcessMap {
    /// The types that are drawn.
    #[must_use]
    pub fn shown(&self) -> &[MapType] {
        &self.types[..self.types.len().min(TYPES)]
    }

    /// What follows what as far as it is drawn, the most frequent first: the most frequent from each type,
    /// and of each type that nothing else leads to what does so most often.
    #[must_use]
    pub fn drawn(&self) -> Vec<&Follows> {
        let shown: BTreeSet<u32> = self.shown().iter().map(|own| own.event_type).collect();
        let between = |follows: &Follows| {
            follows.from != follows.to
                && shown.contains(&follows.from)
                && shown.contains(&follows.to)
        };
        let most = self.follows.first().map_or(1, |follows| follows.count);
        let mut lines: BTreeMap<u32, usize> = BTreeMap::new();
        let frequent = self.follows.iter().filter(|follows| between(follows));
        let frequent = frequent.filter(|follows| {
            let own = lines.entry(follows.from).or_default();
            *own += 1;
            *own == 1 || *own <= LINES && follows.count.saturating_mul(RARE) >= most
        });
        let mut drawn: Vec<&Follows> = frequent.collect();
        let mut reached: BTreeSet<u32> = drawn.iter().map(|follows| follows.to).collect();
        let starts = self.types.iter().filter(|own| own.starts > 0);
        reached.extend(starts.map(|own| own.event_type));
        let ways_in = self.follows.iter().filter(|follows| between(follows));
        drawn.extend(ways_in.filter(|follows| reached.insert(follows.to)));
        drawn.sort_by_key(|follows| std::cmp::Reverse(follows.count));
        drawn
    }
}

/// A type in a process map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapType {
    /// By number.
    pub event_type: u32,
    /// How often it happened.
    pub count: u32,
    /// How many instances begin with it.
    pub starts: u32,
    /// How many instances ended with it or after it, and have it last.
    pub ends: u32,
    /// How many have it last and have not ended.
    pub open: u32,
    /// Where it usually stands in a history, in thousandths of a place.
    pub rank: u32,
    /// What it means.
    pub meaning: Meaning,
}

/// That one type follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follows {
    /// The type before, by number.
    pub from: u32,
    /// The type after.
    pub to: u32,
    /// How often.
    pub count: u32,
    /// After how long; none in a store without times.
    pub wait: Option<Wait>,
}

impl AtMoment {
    /// By history: how many instances have it or go on from it.
    pub(super) fn visits(&self) -> Vec<u32> {
        let mut visits = self.ends();
        for node in (1..visits.len()).rev() {
            let (before, _) = self.paths.step(node as u32);
            visits[before as usize] += visits[node];
        }
        visits
    }
}

impl Judged {
    /// What follows what in the instances of a process, or of all.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn map(
        &self,
        log: &Log,
        process: Option<u16>,
        task: &Task,
    ) -> Result<ProcessMap, Cancelled> {
        let visits = self.at.visits();
        let ends = self.at.ends();
        let mut types: BTreeMap<u32, (MapType, u64)> = BTreeMap::new();
        let mut places = vec![0_u32; visits.len()];
        let mut map = ProcessMap::default();
        let of = |node: u32| {
            let own = self.verdicts.of(node).process;
            own.is_some() && (process.is_none() || process == own)
        };
        for node in 1..visits.len() as u32 {
            let (before, label) = self.at.paths.step(node);
            places[node as usize] = places[before as usize] + 1;
            let count = visits[node as usize];
            if count == 0 || !of(node) {
                continue;
            }
            let event_type = label.event_type();
            let (found, place) = types.entry(event_type).or_insert_with(|| {
                let new = MapType {
                    event_type,
                    count: 0,
                    starts: 0,
                    ends: 0,
                    open: 0,
                    rank: 0,
                    meaning: self.meaning(node, event_type),
                };
                (new, 0)
            });
            found.count += count;
            match self.verdicts.of(node).ended {
                ROOT => found.open += ends[node as usize],
                _ => found.ends += ends[node as usize],
            }
            *place += u64::from(places[node as usize]) * u64::from(count);
            if before == ROOT {
                found.starts += count;
                map.instances += count;
            }
        }
        map.follows = self.follows(log, &visits, process, task)?;
        map.types = types
            .into_values()
            .map(|(mut found, place)| {
                found.rank = (place * 1000 / u64::from(found.count.max(1))) as u32;
                found
            })
            .collect();
        let name = |event_type: u32| log.types().get(event_type);
        map.types
            .sort_by(|a, b| (b.count, name(a.event_type)).cmp(&(a.count, name(b.event_type))));
        Ok(map)
    }

    /// What a type means in the process of a history.
    fn meaning(&self, node: u32, event_type: u32) -> Meaning {
        let process = self.verdicts.of(node).process;
        let process = process.map(|own| &self.processes.all[usize::from(own)]);
        process.map_or(Meaning::Plain, |own| own.machine.meaning(event_type))
    }

    fn follows(
        &self,
        log: &Log,
        visits: &[u32],
        process: Option<u16>,
        task: &Task,
    ) -> Result<Vec<Follows>, Cancelled> {
        let pairs = Pairs::of(&self.at, &self.verdicts);
        let mut lengths: Vec<Lengths> = vec![Lengths::default(); pairs.all.len()];
        for (n, seen) in self.at.seen.iter().enumerate() {
            if n % 1024 == 0 {
                task.check()?;
            }
            for (wait, node) in self.at.waits_of(seen).iter().zip(self.at.nodes_of(seen)) {
                if let Some(lengths) = lengths.get_mut(pairs.by_node[*node as usize] as usize) {
                    lengths.add(*wait);
                }
            }
        }
        let mut counts = vec![0_u32; pairs.all.len()];
        for (pair, count) in pairs.by_node.iter().zip(visits) {
            if let Some(own) = counts.get_mut(*pair as usize) {
                *own += count;
            }
        }
        let mut found: BTreeMap<(u32, u32), (u32, Lengths)> = BTreeMap::new();
        for (((own, from, to), count), lengths) in pairs.all.into_iter().zip(counts).zip(&lengths) {
            if count > 0 && process.is_none_or(|process| process == own) {
                let pair = found.entry((from.event_type, to)).or_default();
                pair.0 += count;
                pair.1.add_all(lengths);
            }
        }
        let mut follows: Vec<Follows> = found
            .into_iter()
            .map(|((from, to), (count, lengths))| Follows {
                from,
                to,
                count,
                wait: lengths.wait().filter(Wait::is_told),
            })
            .collect();
        let name = |event_type: u32| log.types().get(event_type);
        follows.sort_by(|a, b| {
            let names = |pair: &Follows| (name(pair.from), name(pair.to));
            (b.count, names(a)).cmp(&(a.count, names(b)))
        });
        Ok(follows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_way_to_a_type_is_drawn_however_rare_it_is() {
        let found = |event_type: u32| MapType {
            event_type,
            count: 1000 - event_type,
            starts: u32::from(event_type == 0),
            ends: 0,
            open: 0,
            rank: event_type,
            meaning: Meaning::Plain,
        };
        let follows = |from: u32, to: u32, count: u32| Follows {
            from,
            to,
            count,
            wait: None,
        };
        let map = ProcessMap {
            types: (0..8).map(found).collect(),
            follows: vec![
                follows(0, 1, 900),
                follows(1, 1, 500),
                follows(0, 2, 60),
                follows(0, 3, 50),
                follows(0, 4, 40),
                follows(0, 5, 30),
                follows(0, 6, 20),
                follows(1, 5, 10),
                follows(2, 1, 1),
                follows(0, 7, 1),
            ],
            instances: 1000,
        };
        let drawn: Vec<(u32, u32)> = (map.drawn().iter()).map(|own| (own.from, own.to)).collect();
        // Four from the first, what leads to the others that nothing else leads to, and nothing twice.
        let expected = [
            (0, 1),
            (0, 2),
            (0, 3),
            (0, 4),
            (0, 6),
            (1, 5),
            (2, 1),
            (0, 7),
        ];
        assert_eq!(drawn, expected);
    }
}
