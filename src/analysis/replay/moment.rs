//! A stream as of a moment: which of its events were known, the state they make, what stands
//! before and after. Everything the report and the sentence say is read off this.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::fold::MergeFold;
use super::forks::Fork;
use super::series::{Damaged, LastStep, Series};
use super::source::{ReplayError, Source};
use super::tree::Tree;
use crate::log::{Cut, IdRef, Log, StreamEnd};
use crate::model::{EventIx, StreamIx, Version};

/// Whether a stream was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It had no event yet.
    NotYet,
    /// It was there.
    Exists,
    /// It was there no longer.
    Ended {
        /// In which way.
        how: StreamEnd,
        /// The event that ended it.
        by: EventIx,
    },
}

/// A stream as of a moment.
#[derive(Clone, Debug)]
pub struct StateAt {
    /// The stream.
    pub stream: StreamIx,
    /// The moment.
    pub cut: Cut,
    /// Whether the stream was there.
    pub existence: Existence,
    /// How many of its events were known.
    pub events: usize,
    /// The last known event in log order.
    pub last: Option<EventIx>,
    /// The first event of the stream in log order that was not known: what came next.
    pub next: Option<EventIx>,
    /// Events below `last` in log order that are left out because their time is later.
    pub left_out: Vec<EventIx>,
    /// Versions that stand twice among the known events.
    pub forks: Vec<Fork>,
    /// Groups of known events with one id, each folded.
    pub repeated: Vec<Vec<EventIx>>,
    /// The first known event that could not be read, where the replay has listed it.
    pub first_damaged: Option<Damaged>,
    /// The state before the last known event.
    pub before: MergeFold,
    /// The state.
    pub fold: MergeFold,
}

impl StateAt {
    /// The state of the series' stream as of `cut`.
    ///
    /// # Errors
    /// The task was called off, or the store was rewritten.
    pub fn find(series: &Series, source: Source<'_>, cut: Cut) -> Result<Self, ReplayError> {
        let log = source.log;
        let stream = series.stream();
        let all = log.stream_events(stream);
        let known = known(log, &all, &cut);
        let LastStep {
            before,
            now: fold,
            damaged,
        } = series.last_step(source, &known)?;
        let last = known.last().copied();
        let span = last.map_or(0, |last| all.partition_point(|&event| event <= last));
        let left_out: Vec<EventIx> = if span == known.len() {
            Vec::new()
        } else {
            all[..span]
                .iter()
                .copied()
                .filter(|&event| !cut.holds(log, event))
                .collect()
        };
        let next = left_out.first().or_else(|| all.get(span)).copied();
        Ok(Self {
            stream,
            cut,
            existence: existence(log, stream, last),
            events: known.len(),
            last,
            next,
            left_out,
            forks: series.forks(log, &known),
            repeated: repeated(log, &known),
            first_damaged: first_damaged(series, &known).or(damaged),
            before,
            fold,
        })
    }

    /// The state with its blame.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        self.fold.tree()
    }

    /// Whether the stream was there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.existence == Existence::Exists
    }
}

/// Those of a stream's events that were known at the cut.
fn known<'a>(log: &Log, all: &'a [EventIx], cut: &Cut) -> Cow<'a, [EventIx]> {
    let reached = &all[..all.partition_point(|&event| event < cut.outside())];
    if cut.is_prefix() {
        return Cow::Borrowed(reached);
    }
    let holds = |event: &&EventIx| cut.holds(log, **event);
    let first = reached.iter().take_while(holds).count();
    if !reached[first..].iter().any(|event| cut.holds(log, *event)) {
        return Cow::Borrowed(&reached[..first]);
    }
    Cow::Owned(reached.iter().filter(holds).copied().collect())
}

/// A stream has ended when its last known event ends it: what was deleted may be begun again.
fn existence(log: &Log, stream: StreamIx, last: Option<EventIx>) -> Existence {
    let Some(by) = last else {
        return Existence::NotYet;
    };
    match log.stream_end(by) {
        Some(how) if log.stream(by) == stream => Existence::Ended { how, by },
        _ => Existence::Exists,
    }
}

fn repeated(log: &Log, known: &[EventIx]) -> Vec<Vec<EventIx>> {
    let again = log
        .repeated_ids()
        .filter(|event| known.binary_search(event).is_ok());
    let mut groups: HashMap<IdRef<'_>, Vec<EventIx>> = again
        .filter_map(|event| Some((log.event_id(event)?, Vec::new())))
        .collect();
    if groups.is_empty() {
        return Vec::new();
    }
    for &event in known {
        if let Some(group) = log.event_id(event).and_then(|id| groups.get_mut(&id)) {
            group.push(event);
        }
    }
    let mut groups: Vec<_> = groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect();
    groups.sort_unstable();
    groups
}

fn first_damaged(series: &Series, known: &[EventIx]) -> Option<Damaged> {
    let mut listed = series.damaged().iter();
    listed
        .find(|damaged| known.binary_search(&damaged.event).is_ok())
        .cloned()
}

/// The last event in log order that has `version` in the stream; `v7` as a moment is this event.
#[must_use]
pub fn at_version(log: &Log, stream: StreamIx, version: Version) -> Option<EventIx> {
    let events = log.stream_events(stream);
    events
        .into_iter()
        .rev()
        .find(|&event| log.version_in(event, stream) == Some(version))
}
