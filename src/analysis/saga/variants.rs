//! Variants: what happened to how many in the same order, how those stand and how long they took.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::Serialize;

use super::standings::Status;
use super::status::Judged;
use crate::log::Log;
use crate::model::{Cancelled, Task};

/// What happened to some instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// The types of their events.
    pub steps: Vec<String>,
    /// How many they are.
    pub count: u64,
}

/// How the instances of a variant stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantFigures {
    /// The types of their events, by number.
    pub types: Vec<u32>,
    /// The status that most of them have.
    pub status: Status,
    /// How long half of those that ended took at most, in microseconds; none where none has ended or clocks
    /// disagree.
    pub median: Option<i64>,
}

/// What is known of the instances with one history.
#[derive(Clone, Debug, Default)]
struct Own {
    statuses: BTreeMap<Status, u32>,
    took: Vec<i64>,
}

impl Judged {
    /// What happened to how many, the most frequent first, then by their steps.
    #[must_use]
    pub fn variants(&self, log: &Log) -> Vec<Variant> {
        self.variants_of(log, None)
    }

    /// The same of one process.
    #[must_use]
    pub fn variants_of(&self, log: &Log, process: Option<u16>) -> Vec<Variant> {
        let mut counts: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
        let ends = self.at.ends().into_iter().zip(0..);
        for (count, node) in ends.filter(|(count, _)| *count > 0) {
            let own = self.verdicts.of(node).process;
            if own.is_none() || process.is_some_and(|process| own != Some(process)) {
                continue;
            }
            let labels = self.at.paths.labels(node);
            let types = labels.iter().map(|label| label.event_type());
            *counts.entry(types.collect()).or_default() += u64::from(count);
        }
        let name = |event_type: &u32| log.types().get(*event_type).to_owned();
        let variants = counts.into_iter().map(|(types, count)| Variant {
            steps: types.iter().map(name).collect(),
            count,
        });
        let mut variants: Vec<Variant> = variants.collect();
        variants.sort_by(|a, b| (b.count, &a.steps).cmp(&(a.count, &b.steps)));
        variants
    }

    /// How the instances of each of the variants of a process stand, in their order.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn variant_figures(
        &self,
        log: &Log,
        (process, variants): (Option<u16>, &[Variant]),
        task: &Task,
    ) -> Result<Vec<VariantFigures>, Cancelled> {
        let mut by_node: HashMap<u32, Own> = HashMap::new();
        for (n, seen) in self.at.seen.iter().enumerate() {
            if n % 1024 == 0 {
                task.check()?;
            }
            let verdict = self.verdict(seen);
            if verdict.process.is_none() || process.is_some() && process != verdict.process {
                continue;
            }
            let own = by_node.entry(seen.node).or_default();
            *own.statuses.entry(self.status(log, seen)).or_default() += 1;
            if verdict.status.is_end() {
                own.took.push(self.lasts(log, seen));
            }
        }
        let mut by_types: HashMap<Vec<u32>, Own> = HashMap::new();
        for (node, mut own) in by_node {
            let labels = self.at.paths.labels(node);
            let types = labels.iter().map(|label| label.event_type()).collect();
            let all = by_types.entry(types).or_default();
            all.took.append(&mut own.took);
            for (status, count) in own.statuses {
                *all.statuses.entry(status).or_default() += count;
            }
        }
        let figures = variants.iter().map(|variant| {
            let names = variant.steps.iter();
            let types: Vec<u32> = names.filter_map(|name| log.types().find(name)).collect();
            let own = by_types.remove(&types).unwrap_or_default();
            own.told(types)
        });
        Ok(figures.collect())
    }
}

impl Own {
    fn told(mut self, types: Vec<u32>) -> VariantFigures {
        self.took.retain(|took| *took >= 0);
        self.took.sort_unstable();
        let most = self.statuses.iter().max_by_key(|(_, count)| **count);
        VariantFigures {
            types,
            status: most.map(|(status, _)| *status).unwrap_or_default(),
            median: self
                .took
                .get(self.took.len().saturating_sub(1) / 2)
                .copied(),
        }
    }
}
