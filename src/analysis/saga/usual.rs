//! What is usual in a process: how long its finished instances waited after what, and what came next.

use std::collections::{BTreeMap, BTreeSet};

use super::instances::AtMoment;
use super::learning::Learning;
use super::paths::{Node, ROOT};
use super::report::Asking;
use super::standings::{Point, Waiting};
use super::status::{Processes, Verdicts};
use super::waits::{Length, Lengths, Wait};
use crate::model::Cancelled;

/// Fewer tell nothing of what is too long.
pub(super) const ENOUGH: u32 = 20;
/// How many times the usual is too long.
pub(super) const TOO_LONG: i64 = 3;

/// What is usual in a process, by the instances that had ended by then. Between what it tells of lies what
/// nothing waits for.
#[derive(Clone, Debug, Default)]
pub struct Usual {
    /// What comes next, the most frequent first.
    next: BTreeMap<Point, Vec<Next>>,
    /// How long until then.
    after: BTreeMap<Point, Wait>,
    /// By what is waited for then: how long until that goes on.
    until: BTreeMap<(Point, Waiting), Wait>,
    /// After which anything ever came, in any instance.
    goes_on: BTreeSet<Point>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// An event of this type, by number.
    pub event_type: u32,
    /// How often, and after how long.
    pub wait: Wait,
}

/// What an instance is silent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until {
    /// What usually comes.
    pub what: Comes,
    /// How often, and after how long.
    pub wait: Wait,
}

/// What usually comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// What is waited for goes on.
    Awaited,
    /// Most often an event of this type, by number.
    Type(u32),
}

impl Usual {
    /// What comes next there, the most frequent first.
    #[must_use]
    pub fn next(&self, last: Point) -> &[Next] {
        self.next.get(&last).map_or(&[], Vec::as_slice)
    }

    /// Whether instances may have come to rest there: nothing ever came after it in any.
    #[must_use]
    pub fn may_rest_at(&self, last: Point) -> bool {
        !self.goes_on.contains(&last)
    }

    /// What comes next there while that is waited for: where this is what mostly comes it
    /// is measured by itself, else by whatever came.
    #[must_use]
    pub fn until(&self, last: Point, waiting: Waiting) -> Option<Until> {
        let after = *self.after.get(&last)?;
        let awaited = self.until.get(&(last, waiting));
        let tells = |wait: &&Wait| wait.is_enough() || !after.is_enough();
        let mostly = |wait: &&Wait| wait.came() * 2 >= after.came() && tells(wait);
        Some(match awaited.filter(mostly) {
            Some(wait) => Until {
                what: Comes::Awaited,
                wait: *wait,
            },
            None => Until {
                what: Comes::Type(self.next(last).first()?.event_type),
                wait: after,
            },
        })
    }

    /// How often what is waited for went on next there.
    pub(super) fn went_on(&self, last: Point, waiting: Waiting) -> u32 {
        self.until.get(&(last, waiting)).map_or(0, Wait::came)
    }

    /// How long an instance may be silent that waits for that, whatever came last.
    #[must_use]
    pub fn longest_patience(&self, waiting: Waiting) -> Option<i64> {
        let own = self.until.iter().filter(|((_, own), _)| *own == waiting);
        own.filter_map(|(_, wait)| self.patience(*wait)).max()
    }

    /// How long an instance may be silent that waits so; for ever where too few tell. Where clocks that
    /// disagree make nothing of that wait, no more is known than that no wait at all is longer.
    #[must_use]
    pub fn patience(&self, wait: Wait) -> Option<i64> {
        let longest = || {
            let all = self.after.values();
            let enough = all.filter(|wait| wait.is_enough());
            enough.map(|wait| wait.p99).max()
        };
        if !wait.is_enough() {
            return None;
        }
        let usual = match wait.p99 {
            0 => longest()?,
            usual => usual,
        };
        (usual > 0).then(|| usual.saturating_mul(TOO_LONG))
    }
}

/// By process: what is usual in it.
pub(super) fn of(
    asking: Asking<'_>,
    at: &AtMoment,
    (processes, verdicts): (&Processes, &Verdicts),
) -> Result<Vec<Usual>, Cancelled> {
    let Asking { log, task, .. } = asking;
    let mut usual: Vec<Usual> = vec![Usual::default(); processes.all.len()];
    goes_on(at, verdicts, &mut usual);
    let pairs = Pairs::awaited(at, (processes, verdicts));
    let mut lengths: Vec<Learning> = vec![Learning::default(); pairs.all.len()];
    for (n, seen) in at.seen.iter().enumerate() {
        if n % 1024 == 0 {
            task.check()?;
        }
        let verdict = verdicts.of(seen.node);
        if verdict.process.is_none() || !verdict.status.is_end() {
            continue;
        }
        let waits = at.waits_of(seen).iter().zip(at.nodes_of(seen));
        // What came in between for which nothing waits.
        let mut beside = None;
        // A copy is nothing that came.
        for (wait, node) in waits.filter(|(wait, _)| **wait != Length::NONE) {
            match pairs.by_node[*node as usize] {
                BESIDE => beside = Some(wait.after(beside)),
                pair => {
                    if let Some(lengths) = lengths.get_mut(pair as usize) {
                        lengths.learn(*wait, beside);
                    }
                    beside = None;
                }
            }
        }
    }
    let mut after: BTreeMap<(u16, Point), Lengths> = BTreeMap::new();
    let mut until: BTreeMap<(u16, Point, Waiting), Lengths> = BTreeMap::new();
    for ((process, from, to), lengths) in pairs.all.into_iter().zip(&lengths) {
        let lengths = lengths.learnt();
        let Some(wait) = lengths.wait() else { continue };
        after.entry((process, from)).or_default().add_all(lengths);
        let machine = &processes.all[usize::from(process)].machine;
        for waiting in machine.goes_on_with(to) {
            let own = until.entry((process, from, waiting)).or_default();
            own.add_all(lengths);
        }
        let own = usual[usize::from(process)].next.entry(from).or_default();
        own.push(Next {
            event_type: to,
            wait,
        });
    }
    for ((process, from), wait) in waits(after) {
        usual[usize::from(process)].after.insert(from, wait);
    }
    for ((process, from, waiting), wait) in waits(until) {
        let own = &mut usual[usize::from(process)].until;
        own.insert((from, waiting), wait);
    }
    for next in usual.iter_mut().flat_map(|usual| usual.next.values_mut()) {
        next.sort_by(|a, b| {
            let name = |next: &Next| log.types().get(next.event_type);
            (b.wait.came(), name(a)).cmp(&(a.wait.came(), name(b)))
        });
    }
    Ok(usual)
}

fn waits<K>(lengths: BTreeMap<K, Lengths>) -> impl Iterator<Item = (K, Wait)> {
    let all = lengths.into_iter();
    all.filter_map(|(key, lengths)| Some((key, lengths.wait()?)))
}

/// After which types anything came.
fn goes_on(at: &AtMoment, verdicts: &Verdicts, usual: &mut [Usual]) {
    let pairs = Pairs::of(at, verdicts);
    let visits = at.visits();
    let known = pairs.by_node.iter().zip(&visits);
    for (pair, _) in known.filter(|(_, count)| **count > 0) {
        if let Some((process, from, _)) = pairs.all.get(*pair as usize) {
            usual[usize::from(*process)].goes_on.insert(*from);
        }
    }
}

/// What nothing waits for, in place of a pair.
const BESIDE: u32 = u32::MAX - 1;

/// Which type comes after which, by history.
pub(super) struct Pairs {
    /// Process, what was before, type after.
    pub all: Vec<(u16, Point, u32)>,
    /// By node; beyond all where nothing came before it.
    pub by_node: Vec<u32>,
}

impl Pairs {
    /// Of all events.
    pub fn of(at: &AtMoment, verdicts: &Verdicts) -> Self {
        Self::new(at, verdicts, |_, before, _| {
            let (_, last) = at.paths.step(before);
            Some(Point {
                event_type: last.event_type(),
                course: verdicts.of(before).last.course,
            })
        })
    }

    /// Without those for which nothing waits.
    fn awaited(at: &AtMoment, (processes, verdicts): (&Processes, &Verdicts)) -> Self {
        Self::new(at, verdicts, |process, before, event_type| {
            let machine = &processes.all[usize::from(process)].machine;
            (!machine.is_beside(event_type)).then(|| verdicts.of(before).last)
        })
    }

    /// `last` tells what came before, by process, history before and type.
    fn new(
        at: &AtMoment,
        verdicts: &Verdicts,
        last: impl Fn(u16, Node, u32) -> Option<Point>,
    ) -> Self {
        let mut numbers: BTreeMap<(u16, Point, u32), u32> = BTreeMap::new();
        let mut all = Vec::new();
        let nodes = 0..at.paths.len() as u32;
        let by_node = nodes.map(|node| {
            let (before, label) = at.paths.step(node);
            let process = verdicts.of(node).process;
            let Some(process) = process.filter(|_| before != ROOT) else {
                return u32::MAX;
            };
            let Some(last) = last(process, before, label.event_type()) else {
                return BESIDE;
            };
            let pair = (process, last, label.event_type());
            *numbers.entry(pair).or_insert_with(|| {
                all.push(pair);
                all.len() as u32 - 1
            })
        });
        let by_node = by_node.collect();
        Self { all, by_node }
    }
}
