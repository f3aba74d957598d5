//! The replay of one stream: what was folded so far, with snapshots at bounded cost, so that its
//! state at any moment is the nearest snapshot plus a short tail. Decides nothing about moments:
//! callers say which events count.

use serde_json::Value;

use super::fold::{FoldRules, MergeFold};
use super::forks::{Fork, Forks};
use super::source::{ReplayError, Source, read};
use super::tree::Found;
use crate::log::Log;
use crate::model::{EventIx, StreamIx};

/// Events between two snapshots, at first. A tail of this length is read and folded in about 1 ms.
const SPACING_EVENTS: usize = 256;
/// Payload bytes between two snapshots, at first; large payloads make a tail slow before it is long.
const SPACING_BYTES: usize = 256 << 10;
/// Memory for snapshots of one stream.
const BUDGET_BYTES: usize = 64 << 20;
/// Damaged events kept with their reason; all are counted.
const DAMAGED_KEPT: usize = 1_000;

/// An event whose payload could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The event.
    pub event: EventIx,
    /// What is wrong with it, in one sentence.
    pub reason: String,
}

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
    /// The first of the events read for this answer that could not be.
    pub damaged: Option<Damaged>,
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
    damaged: Vec<Damaged>,
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
            damaged: Vec::new(),
            tail_bytes: 0,
            spacing_events: SPACING_EVENTS,
            spacing_bytes: SPACING_BYTES,
            budget: BUDGET_BYTES,
        }
    }

    /// With another limit to the memory of its snapshots, in bytes. When it is reached every other
    /// snapshot goes, and tails get twice as long.
    #[must_use]
    pub fn with_budget(mut self, bytes: usize) -> Self {
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

    /// The events that could not be read so far: the first thousand, in log order.
    #[must_use]
    pub fn damaged(&self) -> &[Damaged] {
        &self.damaged
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
        let all = source.log.stream_events(self.stream);
        if self.generation != source.log.generation() {
            *self =
                Self::new(self.stream, std::mem::take(&mut self.rules)).with_budget(self.budget);
            self.generation = source.log.generation();
        }
        self.cut_back(source.log, common(&self.events, &all));
        source.task.set_total(all.len() as u64);
        source.task.set_done(self.events.len() as u64);
        let rest = &all[self.events.len()..];
        read(source, rest, &mut |event, payload, event_type| {
            self.forks
                .note(source.log, self.stream, event, &self.events);
            self.events.push(event);
            match payload {
                Ok(body) => {
                    self.tail_bytes += body.size();
                    self.head.apply(&self.rules, event, event_type, &body);
                }
                Err(reason) => {
                    self.head.miss();
                    if self.damaged.len() < DAMAGED_KEPT {
                        self.damaged.push(Damaged { event, reason });
                    }
                }
            }
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
        read(
            source,
            &events[len..],
            &mut |event, payload, event_type| match payload {
                Ok(payload) => {
                    fold.apply(&self.rules, event, event_type, &payload);
                }
                Err(_) => fold.miss(),
            },
        )?;
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
            damaged: None,
        };
        read(source, &events[len..], &mut |event, payload, event_type| {
            if event == *last {
                step.before = step.now.clone();
            }
            match payload {
                Ok(payload) => {
                    step.now.apply(&self.rules, event, event_type, &payload);
                }
                Err(reason) => {
                    step.now.miss();
                    step.damaged.get_or_insert(Damaged { event, reason });
                }
            }
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
            let quiet = snapshot
                .is_some_and(|snapshot| snapshot.fold.tree().is_unchanged(fold.tree(), pointer));
            if !quiet {
                read(
                    source,
                    &events[at..end],
                    &mut |event, payload, event_type| {
                        let Ok(payload) = payload else { return };
                        let before = fold.tree().clone();
                        fold.apply(&self.rules, event, event_type, &payload);
                        if fold.tree().is_unchanged(&before, pointer) {
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
        self.tail_bytes = 0;
        self.forks = Forks::default();
        for (at, event) in self.events.iter().enumerate() {
            self.forks
                .note(log, self.stream, *event, &self.events[..at]);
        }
        let last = self.events.last().copied();
        self.damaged.retain(|damaged| Some(damaged.event) <= last);
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
