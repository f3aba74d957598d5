//! The process map of sagas and their variants.

use hashbrown::HashSet;

use super::sagas::{SagasAt, judged};
use crate::analysis::saga::{ProcessMap, Variant, VariantFigures};
use crate::log::Bound;
use crate::worker::{Asked, Question, Room, Unanswered};

/// Asks for the process map and the variants.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagaMap {
    /// Which processes, and when.
    pub at: SagasAt,
    /// The process, by number; all of them where none is.
    pub process: Option<u16>,
}

/// The process map and the variants.
#[derive(Clone, Debug)]
pub struct MapAndVariants {
    /// What follows what.
    pub map: ProcessMap,
    /// The most frequent first.
    pub variants: Vec<Variant>,
    /// How those of each stand.
    pub figures: Vec<VariantFigures>,
    /// How many events each begins with that another before it begins with as well.
    pub shared: Vec<usize>,
    /// How many of the variants are drawn whole.
    pub drawn: usize,
}

/// How many of the variants go nowhere but along what is drawn of a map.
fn drawn(map: &ProcessMap, figures: &[VariantFigures]) -> usize {
    let lines = map.drawn().into_iter();
    let lines: HashSet<(u32, u32)> = lines.map(|line| (line.from, line.to)).collect();
    let shown: HashSet<u32> = map.shown().iter().map(|own| own.event_type).collect();
    let is_drawn = |own: &&VariantFigures| {
        let mut pairs = own.types.windows(2);
        own.types.iter().all(|kind| shown.contains(kind))
            && pairs.all(|pair| pair[0] == pair[1] || lines.contains(&(pair[0], pair[1])))
    };
    figures.iter().filter(is_drawn).count()
}

/// Of each of the variants: how many events it begins with that the one right before it begins with as well.
fn shared(variants: &[Variant]) -> Vec<usize> {
    let shared = |(at, own): (usize, &Variant)| {
        let before = at.checked_sub(1).map(|before| &variants[before].steps);
        let pairs = own.steps.iter().zip(before.into_iter().flatten());
        pairs.take_while(|(own, before)| own == before).count()
    };
    variants.iter().enumerate().map(shared).collect()
}

impl Question for AskSagaMap {
    type Answer = MapAndVariants;
    const ROOM: Room = Room::Scans;

    fn moment(&self) -> Option<Bound> {
        Some(self.at.cut.bound())
    }

    fn answer(&self, mut asked: Asked<'_>) -> Result<MapAndVariants, Unanswered> {
        let judged = judged(&self.at, &mut asked)?;
        let log = &*self.at.subject.log;
        let map = judged.map(log, self.process, asked.task)?;
        let variants = judged.variants_of(log, self.process);
        let of = (self.process, &variants[..]);
        let figures = judged.variant_figures(log, of, asked.task)?;
        Ok(MapAndVariants {
            drawn: drawn(&map, &figures),
            shared: shared(&variants),
            map,
            variants,
            figures,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_shares_its_beginning_with_the_one_above_it() {
        let variant = |steps: &str| Variant {
            steps: steps.chars().map(String::from).collect(),
            count: 1,
        };
        let all = ["abcd", "abce", "x", "abcef", "ab"].map(variant);
        assert_eq!(shared(&all), [0, 3, 0, 0, 2]);
    }
}
