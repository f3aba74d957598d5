//! The replay of one stream: what was folded so far, with snapshots at bounded cost, so that its
//! state at any moment is the nearest snapshot plus a short tail. Decides nothing about moments:
//! callers say which events count.

use serde_json::Value;

use super::fold::{FoldRules, MergeFold};
use super::forks::{Fork, Forks};
use super::gaps::Gap;
use super::source::{ReplayError, Source, read};
use super::tree::Found;
use crate::log::{Log, Payload};
use crate::model::{EventIx, StreamIx};

/// Events between two snapshots, at first. A tail of this length is read and folded in about 1 ms.
const SPACING_EVENTS: usize = 256;
/// Payload bytes between two snapshots, at first; large payloads make a tail slow before it is long.
const SPACING_BYTES: usize = 256 << 10;
/// Memory for snapshots of one stream. When it is used up every other snapshot goes, and tails get
/// twice as long.
const BUDGET_BYTES: usize = 64 << 20;
/// A value that a place in the state had from one event on.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueChange {
    /// The event that gave it this value.
    pub event: EventIx,
    /// The value; `None` once it was removed.
    pub value: Option<Value>,
}

/// What the last of some events did.
#[derive(Clone, Debug, Default)]
pub struct LastStep {
    /// The state before it.
    pub before: MergeFold,
    /// The state after it.
    pub now: MergeFold,
}

#[derive(Clone, Debug)]
struct Snapshot {
    /// How many events it has folded.
    len: usize,
    /// Roughly the bytes it does not share with the snapshot before.
    bytes: usize,
    fold: MergeFold,
}

/// The replay of one stream. An empty one answers too, by folding from the start; once it has
/// [grown](Series::grow) over the stream, any moment takes a short tail only.
#[derive(Clone, Debug)]
pub struct Series {
    stream: StreamIx,
    rules: FoldRules,
    generation: u64,
    events: Vec<EventIx>,
    head: MergeFold,
    snapshots: Vec<Snapshot>,
    forks: Forks,
    /// How many of the first events have versions that count on by one.
    steady: usize,
    /// Payload bytes folded since the last snapshot.
    tail_bytes: usize,
    spacing_events: usize,
    spacing_bytes: usize,
    budget: usize,
}

impl Series {
    /// A replay of `stream` that has folded nothing yet.
    #[must_use]
    pub fn new(stream: StreamIx, rules: FoldRules) -> Self {
        Self {
            stream,
            rules,
            generation: 0,
            events: Vec::new(),
            head: MergeFold::new(),
            snapshots: Vec::new(),
            forks: Forks::default(),
            steady: 0,
            tail_bytes: 0,
            spacing_events: SPACING_EVENTS,
            spacing_bytes: SPACING_BYTES,
            budget: BUDGET_BYTES,
        }
    }

    /// With another limit to the memory of its snapshots, in bytes.
    #[cfg(test)]
    pub(super) fn with_budget(mut self, bytes: usize) -> Self {
        self.budget = bytes;
        self
    }

    /// The stream that is replayed.
    #[must_use]
    pub const fn stream(&self) -> StreamIx {
        self.stream
    }

    /// How many events were folded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing was folded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Roughly the bytes that the snapshots hold.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.snapshots.iter().map(|snapshot| snapshot.bytes).sum()
    }

    #[cfg(test)]
    pub(super) fn snapshot_count(&self) -> usize {
        self.snapshots.len()
    }

    /// Folds the stream to its end, from where the last call came to. What was folded before the
    /// task was called off stays, and the next call goes on from there. Where the log has put the
    /// events in a new order or among those folded already, the replay goes back before the change.
    ///
    /// # Errors
    /// The task was called off, or the store was rewritten.
    pub fn grow(&mut self, source: Source<'_>) -> Result<(), ReplayError> {
        self.grow_until(source, EventIx(u32::MAX))
    }

    /// The same for the events before `end` in log order only: what a moment before it takes, however
    /// many more there are. What was folded beyond it stays.
    ///
    /// # Errors
    /// As [`Series::grow`].
    pub fn grow_until(&mut self, source: Source<'_>, end: EventIx) -> Result<(), ReplayError> {
        let all = source.log.stream_events(self.stream);
        let needed = all.partition_point(|event| *event < end);
        if self.generation != source.log.generation() {
            *self = Self {
                budget: self.budget,
                generation: source.log.generation(),
                ..Self::new(self.stream, std::mem::take(&mut self.rules))
            };
        }
        self.cut_back(source.log, common(&self.events, &all));
        source.task.set_total(needed.max(self.events.len()) as u64);
        source.task.set_done(self.events.len() as u64);
        let rest = all.get(self.events.len()..needed).unwrap_or_default();
        read(source, rest, &mut |event, payload, event_type| {
            self.forks
                .note(source.log, self.stream, event, &self.events);
            self.steady += usize::from(self.counts_on(source.log, event));
            self.events.push(event);
            self.tail_bytes += payload.as_ref().map_or(0, Payload::size);
            let mut head = std::mem::take(&mut self.head);
            self.fold(source.log, &mut head, event, &payload, event_type);
            self.head = head;
            self.snapshot_if_due();
        })
    }

    /// The state after exactly `events` of the stream, in this order: those known at some moment.
    ///
    /// # Errors
    /// The task was called off, or the store was rewritten.
    pub fn state_of(
        &self,
        source: Source<'_>,
        events: &[EventIx],
    ) -> Result<MergeFold, ReplayError> {
        let (len, mut fold) = self.nearest(source.log, events);
        read(source, &events[len..], &mut |event, payload, event_type| {
            self.fold(source.log, &mut fold, event, &payload, event_type);
        })?;
        Ok(fold)
    }

    /// The last step of the state over `events`: what it was before the last of them, and after.
    ///
    /// # Errors
    /// As [`Series::state_of`].
    pub fn last_step(
        &self,
        source: Source<'_>,
        events: &[EventIx],
    ) -> Result<LastStep, ReplayError> {
        let Some((last, earlier)) = events.split_last() else {
            return Ok(LastStep::default());
        };
        let (len, fold) = self.nearest(source.log, earlier);
        let mut step = LastStep {
            before: fold.clone(),
            now: fold,
        };
        read(source, &events[len..], &mut |event, payload, event_type| {
            if event == *last {
                step.before = step.now.clone();
            }
            self.fold(source.log, &mut step.now, event, &payload, event_type);
        })?;
        Ok(step)
    }

    /// Every value that the place at `pointer` had over `events`, in their order. Stretches between
    /// snapshots in which nothing touched it are skipped, so that a field that seldom changes costs
    /// little in the longest stream.
    ///
    /// # Errors
    /// As [`Series::state_of`].
    pub fn values_of(
        &self,
        source: Source<'_>,
        events: &[EventIx],
        pointer: &str,
    ) -> Result<Vec<ValueChange>, ReplayError> {
        let folded = self.common_with(source.log, events);
        let mut values: Vec<ValueChange> = Vec::new();
        let mut fold = MergeFold::new();
        let mut at = 0;
        let ends = self
            .snapshots
            .iter()
            .take_while(|snapshot| snapshot.len <= folded);
        for snapshot in ends.map(Some).chain([None]) {
            let end = snapshot.map_or(events.len(), |snapshot| snapshot.len);
            let quiet = snapshot.is_some_and(|snapshot| snapshot.fold.is_unchanged(&fold, pointer));
            if !quiet {
                read(
                    source,
                    &events[at..end],
                    &mut |event, payload, event_type| {
                        let before = fold.clone();
                        self.fold(source.log, &mut fold, event, &payload, event_type);
                        if fold.is_unchanged(&before, pointer) {
                            return;
                        }
                        let value = match fold.tree().get(pointer) {
                            Found::Present { value, .. } => Some(value.into_owned()),
                            Found::Removed(_) | Found::Missing => None,
                        };
                        let last = values.last().and_then(|last| last.value.as_ref());
                        if last != value.as_ref() {
                            values.push(ValueChange { event, value });
                        }
                    },
                )?;
            }
            if let Some(snapshot) = snapshot {
                fold = snapshot.fold.clone();
            }
            at = end;
        }
        Ok(values)
    }

    /// Folds the next event of the stream.
    fn fold(
        &self,
        log: &Log,
        fold: &mut MergeFold,
        event: EventIx,
        payload: &Result<Payload, String>,
        event_type: &str,
    ) {
        match payload {
            Ok(payload) => {
                fold.apply(&self.rules, event, event_type, payload);
            }
            Err(reason) => fold.miss(event, reason),
        }
        let own = log.stream(event) == self.stream;
        if let Some(how) = log.stream_end(event).filter(|_| own) {
            fold.end(how, event);
        }
    }

    /// Versions that stand twice among `events`.
    pub(super) fn forks(&self, log: &Log, events: &[EventIx]) -> Vec<Fork> {
        if self.common_with(log, events) == events.len() {
            let last = events.last().copied();
            let known = |fork: &&Fork| Some(fork.again) <= last;
            return self.forks.found().iter().filter(known).copied().collect();
        }
        let mut forks = Forks::default();
        for (at, event) in events.iter().enumerate() {
            forks.note(log, self.stream, *event, &events[..at]);
        }
        forks.found().to_vec()
    }

    /// Whether the versions of all events so far and then of `event` count on by one.
    fn counts_on(&self, log: &Log, event: EventIx) -> bool {
        let version = |event| log.version_in(event, self.stream);
        let next = |before: &EventIx| version(*before)?.0.checked_add(1);
        self.steady == self.events.len()
            && match self.events.last() {
                None => version(event).is_some(),
                Some(before) => version(event).map(|own| own.0) == next(before),
            }
    }

    /// The versions that are missing among `events`.
    pub(super) fn gap(&self, log: &Log, events: &[EventIx]) -> Option<Gap> {
        let all_count_on = events.len() <= self.steady;
        if all_count_on && self.common_with(log, events) == events.len() {
            return None;
        }
        Gap::of(log, self.stream, events.iter().copied())
    }

    /// How many of `events` are the first that this replay has folded.
    fn common_with(&self, log: &Log, events: &[EventIx]) -> usize {
        if self.generation == log.generation() {
            common(&self.events, events)
        } else {
            0
        }
    }

    /// The longest known state that has folded only the first of `events`.
    fn nearest(&self, log: &Log, events: &[EventIx]) -> (usize, MergeFold) {
        let folded = self.common_with(log, events);
        if folded == self.events.len() {
            return (folded, self.head.clone());
        }
        match self.snapshots[..self.snapshots.partition_point(|s| s.len <= folded)].last() {
            Some(snapshot) => (snapshot.len, snapshot.fold.clone()),
            None => (0, MergeFold::new()),
        }
    }

    /// Forgets all but the first `len` events, and some more: back to the snapshot before.
    fn cut_back(&mut self, log: &Log, len: usize) {
        if len == self.events.len() {
            return;
        }
        self.snapshots.retain(|snapshot| snapshot.len <= len);
        let len = self.snapshots.last().map_or(0, |snapshot| snapshot.len);
        self.head = self
            .snapshots
            .last()
            .map(|s| s.fold.clone())
            .unwrap_or_default();
        self.events.truncate(len);
        self.steady = self.steady.min(len);
        self.tail_bytes = 0;
        self.forks = Forks::default();
        for (at, event) in self.events.iter().enumerate() {
            self.forks
                .note(log, self.stream, *event, &self.events[..at]);
        }
    }

    fn snapshot_if_due(&mut self) {
        let previous = self.snapshots.last();
        let events = self.events.len() - previous.map_or(0, |snapshot| snapshot.len);
        if events < self.spacing_events && self.tail_bytes < self.spacing_bytes {
            return;
        }
        self.tail_bytes = 0;
        let bytes = weight(&self.head, previous);
        self.snapshots.push(Snapshot {
            len: self.events.len(),
            bytes,
            fold: self.head.clone(),
        });
        while self.memory() > self.budget && self.snapshots.len() > 1 {
            self.thin_out();
        }
    }

    fn thin_out(&mut self) {
        self.spacing_events *= 2;
        self.spacing_bytes *= 2;
        let mut at = 0;
        self.snapshots.retain(|_| {
            at += 1;
            at % 2 == 0
        });
        for at in 0..self.snapshots.len() {
            let (before, rest) = self.snapshots.split_at_mut(at);
            rest[0].bytes = weight(&rest[0].fold, before.last());
        }
    }
}

fn weight(fold: &MergeFold, previous: Option<&Snapshot>) -> usize {
    let own = match previous {
        Some(previous) => fold.tree().bytes_beyond(previous.fold.tree()),
        None => fold.tree().bytes_beyond(&super::Tree::default()),
    };
    own + size_of::<Snapshot>()
}

fn common(a: &[EventIx], b: &[EventIx]) -> usize {
    let shorter = a.len().min(b.len());
    if a[..shorter] == b[..shorter] {
        return shorter;
    }
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
