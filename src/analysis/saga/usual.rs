//! What is usual in a process: how long its finished instances waited after what, and what came next.

use std::collections::{BTreeMap, BTreeSet};

use super::instances::AtMoment;
use super::paths::ROOT;
use super::status::Verdicts;
use super::waits::{Lengths, Wait};
use crate::log::Log;
use crate::model::{Cancelled, Task};

/// Fewer tell nothing of what is too long.
pub(super) const ENOUGH: u32 = 20;
/// How many times the usual is too long.
const TOO_LONG: i64 = 3;

/// What is usual in a process, by the instances that had ended by then.
#[derive(Clone, Debug, Default)]
pub struct Usual {
    /// By type: what comes next, the most frequent first.
    next: BTreeMap<u32, Vec<Next>>,
    /// By type: how long until then.
    after: BTreeMap<u32, Wait>,
    /// Types after which anything ever came, in any instance.
    goes_on: BTreeSet<u32>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// An event of this type, by number.
    pub event_type: u32,
    /// How often, and after how long.
    pub wait: Wait,
}

impl Usual {
    /// What comes after an event of that type, the most frequent first.
    #[must_use]
    pub fn next(&self, event_type: u32) -> &[Next] {
        self.next.get(&event_type).map_or(&[], Vec::as_slice)
    }

    /// Whether instances may have come to rest at an event of that type: nothing ever came after it in any.
    #[must_use]
    pub fn may_rest_at(&self, event_type: u32) -> bool {
        !self.goes_on.contains(&event_type)
    }

    /// How long it takes until something comes after it.
    #[must_use]
    pub fn wait(&self, event_type: u32) -> Option<Wait> {
        self.after.get(&event_type).copied()
    }

    /// How long an instance may be silent after an event of that type; for ever where too few tell. Where
    /// clocks that disagree make nothing of that wait, no more is known than that no wait at all is longer.
    #[must_use]
    pub fn patience(&self, event_type: u32) -> Option<i64> {
        let longest = || {
            let all = self.after.values().filter(|wait| wait.is_enough());
            all.map(|wait| wait.p99).max()
        };
        let usual = self.wait(event_type).filter(Wait::is_enough)?;
        let usual = match usual.p99 {
            0 => longest()?,
            usual => usual,
        };
        (usual > 0).then(|| usual.saturating_mul(TOO_LONG))
    }
}

/// By process: what is usual in it.
pub(super) fn of(
    log: &Log,
    at: &AtMoment,
    verdicts: &Verdicts,
    processes: usize,
    task: &Task,
) -> Result<Vec<Usual>, Cancelled> {
    let pairs = Pairs::of(at, verdicts);
    let visits = at.visits();
    let mut lengths: Vec<Lengths> = vec![Lengths::default(); pairs.all.len()];
    let mut usual: Vec<Usual> = vec![Usual::default(); processes];
    for (pair, _) in pairs
        .by_node
        .iter()
        .zip(&visits)
        .filter(|(_, count)| **count > 0)
    {
        if let Some((process, from, _)) = pairs.all.get(*pair as usize) {
            usual[usize::from(*process)].goes_on.insert(*from);
        }
    }
    for (n, seen) in at.seen.iter().enumerate() {
        if n % 1024 == 0 {
            task.check()?;
        }
        let verdict = verdicts.of(seen.node);
        if verdict.process.is_none() || !verdict.status.is_end() {
            continue;
        }
        let waits = at.waits_of(seen).iter().zip(at.nodes_of(seen));
        for (wait, node) in waits {
            if let Some(lengths) = lengths.get_mut(pairs.by_node[*node as usize] as usize) {
                lengths.add(*wait);
            }
        }
    }
    let mut after: BTreeMap<(u16, u32), Lengths> = BTreeMap::new();
    for ((process, from, to), lengths) in pairs.all.into_iter().zip(&lengths) {
        let Some(wait) = lengths.wait() else { continue };
        after.entry((process, from)).or_default().add_all(lengths);
        let own = usual[usize::from(process)].next.entry(from).or_default();
        own.push(Next {
            event_type: to,
            wait,
        });
    }
    for ((process, from), lengths) in after {
        if let Some(wait) = lengths.wait() {
            usual[usize::from(process)].after.insert(from, wait);
        }
    }
    for next in usual.iter_mut().flat_map(|usual| usual.next.values_mut()) {
        next.sort_by(|a, b| {
            let name = |next: &Next| log.types().get(next.event_type);
            (b.wait.count, name(a)).cmp(&(a.wait.count, name(b)))
        });
    }
    Ok(usual)
}

/// Which type comes after which, by history.
pub(super) struct Pairs {
    /// Process, type before, type after.
    pub all: Vec<(u16, u32, u32)>,
    /// By node; beyond all where nothing came before it.
    pub by_node: Vec<u32>,
}

impl Pairs {
    pub fn of(at: &AtMoment, verdicts: &Verdicts) -> Self {
        let mut numbers: BTreeMap<(u16, u32, u32), u32> = BTreeMap::new();
        let mut all = Vec::new();
        let nodes = 0..at.paths.len() as u32;
        let by_node = nodes.map(|node| {
            let (before, label) = at.paths.step(node);
            let process = verdicts.of(node).process;
            let Some(process) = process.filter(|_| before != ROOT) else {
                return u32::MAX;
            };
            let (_, last) = at.paths.step(before);
            let pair = (process, last.event_type(), label.event_type());
            *numbers.entry(pair).or_insert_with(|| {
                all.push(pair);
                all.len() as u32 - 1
            })
        });
        let by_node = by_node.collect();
        Self { all, by_node }
    }
}
