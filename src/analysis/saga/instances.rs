//! The instances of a log: found once, kept in columns, and looked at as of any moment for the price
//! of a binary search each. What of them is known at a moment is what would be found in a log that
//! held no more.

use std::ops::Range;
use std::sync::Arc;

use super::assign::{Causes, Starts, Strays, copies};
use super::definition::Correlate;
use super::groups::{Ground, Groups, is_known};
use super::mining::Streams;
use super::paths::{Node, Paths};
use super::report::Asking;
use super::ties::{self, Chosen, First};
use super::waits::Length;
use super::walk::{Columns, Standing, Walk};
use crate::log::{Clock, Cut, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task};

/// How instances are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct How {
    /// What ties their events together; chosen by what the store has where it is not said.
    pub correlate: Option<Correlate>,
    /// Types that begin one; anything that nothing has caused where none are said.
    pub starts: Option<Vec<String>>,
}

/// A run of events of one group that are one instance's, or nobody's.
#[derive(Clone, Copy, Debug)]
struct Slot {
    start: u32,
    end: u32,
    group: u32,
    standing: Standing,
}

/// All instances.
#[derive(Clone, Debug)]
pub struct Instances {
    clock: Clock,
    correlate: Correlate,
    starts: Arc<Starts>,
    copies: Arc<[u32]>,
    /// In the order of their groups' first events.
    slots: Vec<Slot>,
    /// Per group, where those are streams: which.
    streams: Vec<StreamIx>,
    /// Per group: where its slots end, and where causes stand.
    groups: Vec<(u32, Causes)>,
    /// Slot after slot.
    columns: Columns,
    pub(super) paths: Arc<Paths>,
    chosen: Chosen,
}

/// An instance as far as it is known at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    start: u32,
    len: u32,
    group: u32,
    /// Its history.
    pub(super) node: Node,
    times_ascend: bool,
}

impl Seen {
    /// What no other instance of the moment has.
    pub(super) fn key(&self) -> (u32, u32) {
        (self.start, self.group)
    }
}

/// All instances as of a moment, in the order of their first events.
#[derive(Clone, Debug)]
pub struct AtMoment {
    /// Where they were found.
    pub instances: Arc<Instances>,
    /// The moment.
    pub cut: Cut,
    /// Each of them.
    pub seen: Vec<Seen>,
    /// Of those that are known otherwise than by their beginning, numbered behind those of all.
    columns: Columns,
    pub(super) paths: Arc<Paths>,
}

impl Instances {
    /// Finds all instances among the events known at `cut`.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn find(asking: Asking<'_>, cut: &Cut, how: &How) -> Result<Self, Cancelled> {
        let Asking { log, task, .. } = asking;
        let known = cut.known(log);
        let ground = Ground::new(asking, &known);
        let first = First::of(ground)?;
        let (correlate, chosen) = match &how.correlate {
            Some(said) => (said.clone(), Chosen::BySomebody),
            None => first.choice(ground)?,
        };
        let groups = Groups::find(ground, &correlate)?;
        let numbers = |names: &Vec<String>| {
            let numbers = names.iter().filter_map(|name| log.types().find(name));
            numbers.collect::<Vec<u32>>()
        };
        let starts = Arc::new(Starts {
            types: how.starts.as_ref().map(numbers),
            causes_from: first.causation,
            strays: match correlate {
                Correlate::Causation => Strays::Alone,
                _ => Strays::ByStream,
            },
        });
        let copies = copies(log);
        let mut found = Self {
            clock: cut.clock(),
            correlate,
            starts: Arc::clone(&starts),
            streams: groups.streams.clone(),
            copies: Arc::clone(&copies),
            slots: Vec::new(),
            groups: Vec::new(),
            columns: Columns::default(),
            paths: Arc::default(),
            chosen,
        };
        let mut walk = Walk::new(log, &starts, &copies, cut.clock());
        let mut paths = Paths::default();
        for (n, group) in groups.iter().enumerate() {
            if n % 1024 == 0 {
                task.check()?;
            }
            let stream = groups.streams.get(n).copied();
            found.add_group(&mut walk, &mut paths, (group, stream));
        }
        found.paths = Arc::new(paths);
        Ok(found)
    }

    /// Whether each stream is taken for an instance because nothing else ties events together.
    pub(super) fn is_guessed(&self) -> Streams {
        match (&self.correlate, self.chosen) {
            (_, Chosen::BySomebody) => Streams::Said,
            (Correlate::Stream(_), _) => Streams::Guessed,
            _ => Streams::Said,
        }
    }

    /// What ties their events together.
    #[must_use]
    pub fn correlate(&self) -> &Correlate {
        &self.correlate
    }

    fn add_group(
        &mut self,
        walk: &mut Walk<'_>,
        paths: &mut Paths,
        events: (&[u32], Option<StreamIx>),
    ) {
        let number = self.groups.len() as u32;
        walk.group(events, paths, &mut self.columns, |owned| {
            self.slots.push(Slot {
                start: owned.columns.start as u32,
                end: owned.columns.end as u32,
                group: number,
                standing: owned.standing,
            });
        });
        self.groups
            .push((self.slots.len() as u32, walk.assigner.order));
    }

    fn group(&self, group: u32) -> &[Slot] {
        let start = group
            .checked_sub(1)
            .map_or(0, |before| self.groups[before as usize].0);
        &self.slots[start as usize..self.groups[group as usize].0 as usize]
    }

    fn events(&self, slot: Slot) -> &[u32] {
        &self.columns.events[slot.start as usize..slot.end as usize]
    }

    /// Whether what is known at `cut` is found by what was found here: what decided for the whole log
    /// how to go about it is known then, too.
    fn fits(&self, ground: Ground<'_>, cut: &Cut) -> Result<bool, Cancelled> {
        let holds = |event: u32| cut.holds(ground.log, EventIx(event));
        let simple = match self.correlate {
            Correlate::CorrelationId | Correlate::Stream(_) => true,
            // Who is caused by a copy whose first is unknown belongs to another tree, and a stream whose
            // key is unknown has another one.
            Correlate::Causation | Correlate::Key(_) => cut.is_prefix(),
        };
        let chosen = match self.chosen {
            Chosen::BySomebody => true,
            Chosen::By(event) => holds(event),
            Chosen::ByGuess => ties::guess(ground)? == self.correlate,
        };
        Ok(simple && chosen && self.starts.causes_from.is_none_or(holds))
    }

    /// The instances as of `cut`, by the same clock; of a log for which these were found with all that is known then.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn at(
        self: &Arc<Self>,
        asking: Asking<'_>,
        cut: &Cut,
        how: &How,
    ) -> Result<AtMoment, Cancelled> {
        let Asking { log, task, .. } = asking;
        let known = cut.known(log);
        let ground = Ground::new(asking, &known);
        if self.clock == cut.clock() && self.fits(ground, cut)? {
            return AtMoment::new(self, log, cut, task);
        }
        let anew = Self::find(asking, cut, how)?;
        AtMoment::new(&Arc::new(anew), log, cut, task)
    }
}

impl AtMoment {
    fn new(
        instances: &Arc<Instances>,
        log: &Log,
        cut: &Cut,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let mut at = Self {
            instances: Arc::clone(instances),
            cut: *cut,
            seen: Vec::with_capacity(instances.slots.len()),
            columns: Columns::default(),
            paths: Arc::clone(&instances.paths),
        };
        let mut odd: Vec<u32> = Vec::new();
        let mut slot = 0;
        for (group, &(end, causes)) in instances.groups.iter().enumerate() {
            if group % 4096 == 0 {
                task.check()?;
            }
            let slots = &instances.slots[slot as usize..end as usize];
            slot = end;
            if at.add_beginnings(log, slots, causes) == Known::Otherwise {
                odd.push(group as u32);
            }
        }
        at.add_odd(log, &odd);
        let mut seen = std::mem::take(&mut at.seen);
        seen.sort_by(|a, b| {
            let first = at.events_of(a)[0].cmp(&at.events_of(b)[0]);
            first.then_with(|| at.stream_name(log, a).cmp(&at.stream_name(log, b)))
        });
        at.seen = seen;
        Ok(at)
    }

    /// Adds a group of which the first events are known and none of the others.
    fn add_beginnings(&mut self, log: &Log, slots: &[Slot], causes: Causes) -> Known {
        let (mut last, mut next) = (None, u32::MAX);
        let had = self.seen.len();
        for slot in slots {
            let events = self.instances.events(*slot);
            let Some(count) = count_known(log, &self.cut, events) else {
                self.seen.truncate(had);
                return Known::Otherwise;
            };
            last = last.max(count.checked_sub(1).map(|at| events[at]));
            next = events.get(count).map_or(next, |event| next.min(*event));
            if count > 0 && slot.standing != Standing::Nobody {
                let end = slot.start as usize + count;
                self.seen.push(Seen {
                    start: slot.start,
                    len: count as u32,
                    group: slot.group,
                    node: self.instances.columns.nodes[end - 1],
                    times_ascend: slot.standing == Standing::Ordered,
                });
            }
        }
        let all = next == u32::MAX;
        if last.is_some_and(|last| last > next)
            || (causes == Causes::Behind && !all && last.is_some())
        {
            self.seen.truncate(had);
            return Known::Otherwise;
        }
        Known::ByItsBeginning
    }

    /// Adds groups of which earlier events are unknown while later ones are known, or which belong
    /// together otherwise as long as causes are unknown.
    fn add_odd(&mut self, log: &Log, groups: &[u32]) {
        if groups.is_empty() {
            return;
        }
        let instances = Arc::clone(&self.instances);
        let starts = Arc::clone(&instances.starts);
        let mut walk = Walk::new(log, &starts, &instances.copies, instances.clock);
        let known = self.cut.known(log);
        let mut paths = Paths::above(Arc::clone(&instances.paths));
        let all = instances.columns.events.len() as u32;
        for &group in groups {
            let slots = instances.group(group).iter();
            let mut events: Vec<u32> = slots
                .flat_map(|slot| instances.events(*slot))
                .copied()
                .filter(|event| is_known(&known, *event))
                .collect();
            events.sort_unstable();
            let stream = instances.streams.get(group as usize).copied();
            let of = (&events[..], stream);
            walk.group(of, &mut paths, &mut self.columns, |owned| {
                if owned.standing != Standing::Nobody {
                    self.seen.push(Seen {
                        start: all + owned.columns.start as u32,
                        len: owned.columns.len() as u32,
                        group,
                        node: owned.node,
                        times_ascend: owned.standing == Standing::Ordered,
                    });
                }
            });
        }
        self.paths = Arc::new(paths);
    }

    fn range(&self, seen: &Seen) -> (&Columns, Range<usize>) {
        let all = self.instances.columns.events.len();
        let (start, len) = (seen.start as usize, seen.len as usize);
        match start.checked_sub(all) {
            None => (&self.instances.columns, start..start + len),
            Some(start) => (&self.columns, start..start + len),
        }
    }

    /// The stream that an instance is, where instances are streams.
    #[must_use]
    pub fn stream(&self, seen: &Seen) -> Option<StreamIx> {
        self.instances.streams.get(seen.group as usize).copied()
    }

    fn stream_name<'a>(&self, log: &'a Log, seen: &Seen) -> Option<&'a str> {
        self.stream(seen).map(|stream| log.stream_name(stream))
    }

    /// The known events of an instance, in log order: never none.
    #[must_use]
    pub fn events_of(&self, seen: &Seen) -> &[u32] {
        let (columns, range) = self.range(seen);
        &columns.events[range]
    }

    /// The histories after each of them.
    pub(super) fn nodes_of(&self, seen: &Seen) -> &[Node] {
        let (columns, range) = self.range(seen);
        &columns.nodes[range]
    }

    /// The event of an instance with which its history became that one.
    pub(super) fn event_at(&self, seen: &Seen, node: Node) -> u32 {
        let nodes = self.nodes_of(seen);
        // Little comes after an end, and copies of an event leave the history as it is.
        let last = nodes.iter().rposition(|own| *own == node).unwrap_or(0);
        let same = nodes[..=last].iter().rev().take_while(|own| **own == node);
        self.events_of(seen)[(last + 1).saturating_sub(same.count())]
    }

    /// How long each came after the one before it.
    pub(super) fn waits_of(&self, seen: &Seen) -> &[Length] {
        let (columns, range) = self.range(seen);
        &columns.waits[range]
    }

    /// By history: how many instances end in it as far as they are known.
    pub(super) fn ends(&self) -> Vec<u32> {
        let mut ends = vec![0_u32; self.paths.len()];
        for seen in &self.seen {
            ends[seen.node as usize] += 1;
        }
        ends
    }

    /// Whether its times only go up.
    pub(super) const fn is_in_order(&self, seen: &Seen) -> bool {
        seen.times_ascend
    }

    /// The last event by time, in microseconds.
    pub(super) fn last_time(&self, log: &Log, seen: &Seen) -> Option<i64> {
        let events = self.events_of(seen);
        let time = |event: &u32| log.time(EventIx(*event), self.cut.clock());
        let last = match seen.times_ascend {
            true => events.last().and_then(time),
            false => events.iter().filter_map(time).max(),
        };
        last.map(crate::model::Timestamp::micros)
    }

    /// The instance that begins with an event.
    #[must_use]
    pub fn beginning_with(&self, event: EventIx) -> Option<&Seen> {
        let first = |seen: &Seen| self.events_of(seen)[0];
        let at = self.seen.partition_point(|seen| first(seen) < event.0);
        self.seen.get(at).filter(|seen| first(seen) == event.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    ByItsBeginning,
    Otherwise,
}

/// How many of `events` are known where those are the first ones.
fn count_known(log: &Log, cut: &Cut, events: &[u32]) -> Option<usize> {
    let inside = cut.inside().0;
    let outside = cut.outside().0;
    if events.last().is_some_and(|last| *last < inside) {
        return Some(events.len());
    }
    let mut count = events.partition_point(|event| *event < inside);
    let mut beyond = false;
    for &event in events[count..].iter().take_while(|event| **event < outside) {
        match (cut.holds(log, EventIx(event)), beyond) {
            (true, true) => return None,
            (true, false) => count += 1,
            (false, _) => beyond = true,
        }
    }
    Some(count)
}
