//! Which events belong together before instances are told apart: by correlation id, by who caused
//! whom, by stream or by a business key. Says nothing of processes.

use std::ops::Range;

use hashbrown::HashMap;

use super::definition::Correlate;
use super::report::Asking;
use super::ties;
use crate::analysis::scan;
use crate::log::{CauseRef, IdRef, Log, PayloadReader};
use crate::model::json::{Picker, Pointer};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task};

/// Events by group, ascending within each; groups in the order of their first events.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// `events[ends[g - 1]..ends[g]]` are those of group `g`.
    ends: Vec<u32>,
    events: Vec<u32>,
    /// Per group, where groups are streams: which.
    pub streams: Vec<StreamIx>,
}

/// Of no group.
const NONE: u32 = u32::MAX;
/// Gone through by whoever looks for a group, and not settled yet.
const ON_WAY: u32 = NONE - 1;

/// Where groups are looked for.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub log: &'a Log,
    /// The known events, as ranges.
    pub known: &'a [Range<u32>],
    pub payloads: &'a dyn PayloadReader,
    pub task: &'a Task,
}

/// Whether an event is one of those ranges.
pub(super) fn is_known(known: &[Range<u32>], event: u32) -> bool {
    let at = known.partition_point(|range| range.end <= event);
    known.get(at).is_some_and(|range| range.contains(&event))
}

impl Groups {
    pub fn find(ground: Ground<'_>, by: &Correlate) -> Result<Self, Cancelled> {
        match by {
            Correlate::CorrelationId => ground.by_correlation(),
            Correlate::Causation => ground.by_causation(),
            Correlate::Stream(category) => ground.by_stream(category.as_deref()),
            Correlate::Key(pointer) => ground.by_key(pointer),
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        (0..self.ends.len()).map(|group| {
            let start = group.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.events[start as usize..self.ends[group] as usize]
        })
    }

    /// From the group of each event from the first known one on.
    fn of(group_of: &[u32], first: u32, groups: usize) -> Self {
        let mut next = vec![0_u32; groups + 1];
        for &group in group_of.iter().filter(|group| **group != NONE) {
            next[group as usize + 1] += 1;
        }
        for group in 0..groups {
            next[group + 1] += next[group];
        }
        let mut events = vec![0_u32; next[groups] as usize];
        for (&group, event) in group_of.iter().zip(first..) {
            if group != NONE {
                let at = &mut next[group as usize];
                events[*at as usize] = event;
                *at += 1;
            }
        }
        next.truncate(groups);
        Self {
            ends: next,
            events,
            streams: Vec::new(),
        }
    }
}

impl<'a> Ground<'a> {
    /// The events of those ranges.
    pub fn new(asking: Asking<'a>, known: &'a [Range<u32>]) -> Self {
        Self {
            log: asking.log,
            known,
            payloads: asking.payloads,
            task: asking.task,
        }
    }

    fn span(&self) -> Range<u32> {
        let first = self.known.first().map_or(0, |range| range.start);
        first..self.known.last().map_or(first, |range| range.end)
    }

    /// Calls `each` with every known event, in log order, with a look at the task now and then.
    fn each(&self, mut each: impl FnMut(EventIx)) -> Result<(), Cancelled> {
        for known in self.known {
            scan::runs(self.log, known.clone(), self.task, |run| {
                run.events().map(EventIx).for_each(&mut each);
            })?;
        }
        Ok(())
    }

    fn by_correlation(self) -> Result<Groups, Cancelled> {
        let span = self.span();
        let mut group_of = vec![NONE; span.len()];
        let mut groups: HashMap<IdRef<'a>, u32, foldhash::fast::FixedState> = HashMap::default();
        for known in self.known {
            scan::runs(self.log, known.clone(), self.task, |run| {
                for (row, event) in run.events().enumerate() {
                    let Some(id) = run.correlation(row) else {
                        continue;
                    };
                    let next = groups.len() as u32;
                    let group = *groups.entry(id).or_insert(next);
                    group_of[(event - span.start) as usize] = group;
                }
            })?;
        }
        Ok(Groups::of(&group_of, span.start, groups.len()))
    }

    /// Trees of causes. A cause that comes later in the log counts as well; of causes in a circle the
    /// first event is where it begins.
    fn by_causation(self) -> Result<Groups, Cancelled> {
        let span = self.span();
        let mut group_of = vec![NONE; span.len()];
        let (mut groups, mut way) = (0_u32, Vec::new());
        self.each(|event| {
            let mut at = event.0;
            way.clear();
            let group = loop {
                let known = group_of[(at - span.start) as usize];
                if known != NONE && known != ON_WAY {
                    break known;
                }
                if known == ON_WAY {
                    break NONE;
                }
                group_of[(at - span.start) as usize] = ON_WAY;
                way.push(at);
                match self.log.cause(EventIx(at)) {
                    Some(CauseRef::Event(cause)) if is_known(self.known, cause.0) => at = cause.0,
                    _ => break NONE,
                }
            };
            let group = if group == NONE {
                groups += 1;
                groups - 1
            } else {
                group
            };
            for event in &way {
                group_of[(event - span.start) as usize] = group;
            }
        })?;
        Ok(Groups::of(&group_of, span.start, groups as usize))
    }

    fn by_stream(self, category: Option<&str>) -> Result<Groups, Cancelled> {
        let log = self.log;
        let category = match category {
            None => None,
            Some(name) => match log.categories().find(name) {
                None => return Ok(Groups::default()),
                found => found.map(CategoryIx),
            },
        };
        let wanted = |stream: StreamIx| category.is_none_or(|own| log.category(stream) == own);
        let mut groups: Vec<(Vec<u32>, StreamIx)> = Vec::new();
        let changes = changes_of(log);
        for stream in (0..log.streams().len() as u32)
            .map(StreamIx)
            .filter(|own| wanted(*own))
        {
            if stream.0 % 1024 == 0 {
                self.task.check()?;
            }
            let mut events: Vec<u32> = Vec::new();
            for run in log.stream_runs(stream) {
                for known in self.known {
                    let from = run.partition_point(|event| *event < known.start);
                    let to = run.partition_point(|event| *event < known.end);
                    events.extend_from_slice(&run[from..to]);
                }
            }
            if let Some(types) = changes.get(log.category_name(log.category(stream))) {
                events.retain(|event| !types.contains(&log.event_type(EventIx(*event)).0));
            }
            events.sort_unstable();
            if !events.is_empty() {
                groups.push((events, stream));
            }
        }
        groups.sort_by(|(a, one), (b, other)| {
            let first = a[0].cmp(&b[0]);
            first.then_with(|| log.stream_name(*one).cmp(log.stream_name(*other)))
        });
        let mut all = Groups::default();
        for (events, stream) in groups {
            all.events.extend_from_slice(&events);
            all.ends.push(all.events.len() as u32);
            all.streams.push(stream);
        }
        Ok(all)
    }

    /// An event without the key has the one that its stream had last, and before that the stream's own
    /// name, by which others call it.
    fn by_key(self, pointer: &Pointer) -> Result<Groups, Cancelled> {
        let (log, span) = (self.log, self.span());
        let mut group_of = vec![NONE; span.len()];
        let mut groups: HashMap<String, u32> = HashMap::new();
        let mut last: HashMap<StreamIx, u32> = HashMap::new();
        let picker = Picker::new([pointer]);
        let mut events: Vec<EventIx> = Vec::new();
        self.each(|event| events.push(event))?;
        self.payloads
            .read(log, &events, self.task, &mut |event, body| {
                let key = body.ok().and_then(|body| {
                    let mut slots = [None];
                    picker.pick(body.data.json()?, &mut slots).ok()?;
                    let value: serde_json::Value = serde_json::from_str(slots[0]?).ok()?;
                    match &value {
                        serde_json::Value::Number(number) => Some(number.to_string()),
                        value => ties::text_of(value).map(ties::plain),
                    }
                });
                let stream = log.stream(event);
                let next = groups.len() as u32;
                let group = match (key, last.get(&stream)) {
                    (None, Some(group)) => *group,
                    (key, _) => {
                        let own = || ties::plain(log.stream_name(stream));
                        *groups.entry(key.unwrap_or_else(own)).or_insert(next)
                    }
                };
                last.insert(stream, group);
                group_of[(event.0 - span.start) as usize] = group;
            })?;
        Ok(Groups::of(&group_of, span.start, groups.len()))
    }
}

/// By category: the types of events that tell of changes of its objects' attributes, as object-centric
/// logs have them beside what happened. They are no part of a process, and often have no time of their
/// own.
fn changes_of(log: &Log) -> HashMap<&str, Vec<u32>> {
    let mut changes: HashMap<&str, Vec<u32>> = HashMap::new();
    for number in 0..log.types().len() as u32 {
        let name = log.types().get(number);
        let of = name.strip_suffix(" changed");
        if let Some(of) = of.or_else(|| name.strip_suffix(" (attributes)")) {
            changes.entry(of).or_default().push(number);
        }
    }
    changes
}
