//! A stream as of a moment: which of its events were known, the state they make, what stands
//! before and after. Everything the report and the sentence say is read off this.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::fold::MergeFold;
use super::forks::Fork;
use super::gaps::Gap;
use super::series::{LastStep, Series};
use super::source::{ReplayError, Source};
use super::tree::Tree;
use crate::analysis::words::listed;
use crate::log::{Bound, Cut, IdRef, Log, StreamEnd};
use crate::model::{EventIx, StreamIx, Timestamp, Version};

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
        /// What tells of it.
        by: EndedBy,
    },
}

/// What tells that a stream has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The event that ended it.
    Event(EventIx),
    /// The store, which says so now; since when, if it tells.
    Store(Option<Timestamp>),
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
    /// Versions that none of these has, nor an event that is left out.
    pub gap: Option<Gap>,
    /// Groups of known events with one id, each folded.
    pub repeated: Vec<Vec<EventIx>>,
    /// The state before the last known event, begun anew where that event begins the stream anew.
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
        let known = Self::known(log, stream, &cut);
        let LastStep { mut before, now } = series.last_step(source, &known)?;
        if let Some(last) = known.last() {
            before.turn_to(*last);
        }
        let step = LastStep { before, now };
        Ok(Self::of(log, series, cut, (&known, step)))
    }

    /// The events of a stream that were known at a cut.
    #[must_use]
    pub fn known(log: &Log, stream: StreamIx, cut: &Cut) -> Vec<EventIx> {
        known(log, &log.stream_events(stream), cut).into_owned()
    }

    /// A stream as of a moment, given the events that were known and what the last of them did,
    /// whatever folded them.
    #[must_use]
    pub fn of(log: &Log, series: &Series, cut: Cut, step: (&[EventIx], LastStep)) -> Self {
        let stream = series.stream();
        let (known, LastStep { before, now: fold }) = step;
        let all = log.stream_events(stream);
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
        Self {
            stream,
            cut,
            existence: existence(log, stream, last, &fold, &cut),
            events: known.len(),
            last,
            next,
            left_out,
            forks: series.forks(log, known),
            gap: series.gap(log, known),
            repeated: repeated(log, known),
            before,
            fold,
        }
    }

    /// The state with its blame.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        self.fold.tree()
    }

    /// The known events whose version another one has too, each once, in log order.
    #[must_use]
    pub fn forked(&self) -> Vec<EventIx> {
        let both = self.forks.iter().flat_map(|fork| [fork.first, fork.again]);
        let mut events: Vec<EventIx> = both.collect();
        events.sort_unstable();
        events.dedup();
        events
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

/// What an event has ended stays so, but that a deleted stream may be begun again. What the store says of
/// the stream now holds from the moment that it tells, else of everything there is only.
fn existence(
    log: &Log,
    stream: StreamIx,
    last: Option<EventIx>,
    fold: &MergeFold,
    cut: &Cut,
) -> Existence {
    let Some(last) = last else {
        return Existence::NotYet;
    };
    if let Some((how, by)) = fold.ended() {
        let by = EndedBy::Event(by);
        return Existence::Ended { how, by };
    }
    let known = |since: Timestamp| cut.time(log).is_some_and(|now| since <= now);
    match log
        .stream_ended(last)
        .filter(|_| log.stream(last) == stream)
    {
        Some(said) if cut.bound() == Bound::Head || said.since.is_some_and(known) => {
            Existence::Ended {
                how: said.how,
                by: EndedBy::Store(said.since),
            }
        }
        _ => Existence::Exists,
    }
}

fn repeated(log: &Log, known: &[EventIx]) -> Vec<Vec<EventIx>> {
    let again = known.iter().filter(|event| log.repeats_id(**event));
    let mut groups: HashMap<IdRef<'_>, Vec<EventIx>> = again
        .filter_map(|event| Some((log.event_id(*event)?, Vec::new())))
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

/// The first event in log order that has `version` in the stream, with which a range from `v7` on
/// begins. Where it stands once, as nearly always, that is [`at_version`].
#[must_use]
pub fn from_version(log: &Log, stream: StreamIx, version: Version) -> Option<EventIx> {
    if log.versions_ascend(stream) {
        return at_version(log, stream, version);
    }
    let mut events = log.stream_runs(stream).flatten();
    let has_it = |event: &&u32| log.version_in(EventIx(**event), stream) == Some(version);
    events.find(has_it).map(|event| EventIx(*event))
}

/// The last event in log order that has `version` in the stream; `v7` as a moment is this event.
#[must_use]
pub fn at_version(log: &Log, stream: StreamIx, version: Version) -> Option<EventIx> {
    let own = |event: &u32| log.version_in(EventIx(*event), stream);
    let found = if log.versions_ascend(stream) {
        log.stream_runs(stream).find_map(|run| {
            let at = run.partition_point(|event| own(event) < Some(version));
            run.get(at).filter(|event| own(event) == Some(version))
        })
    } else {
        let has_it = |event: &&u32| own(event) == Some(version);
        log.stream_runs(stream)
            .filter_map(|run| run.iter().rfind(has_it))
            .last()
    };
    found.map(|event| EventIx(*event))
}

/// That a stream has no event with this version, and which it has.
#[must_use]
pub fn no_version(log: &Log, stream: StreamIx, version: Version) -> String {
    let name = log.stream_name(stream);
    let events = log.stream_events(stream);
    let ends = [events.first(), events.last()]
        .map(|event| event.and_then(|event| log.version_in(*event, stream)));
    match ends {
        [Some(first), Some(last)] => {
            format!("{name} has no {version}; its versions go from {first} to {last}")
        }
        _ => format!("{name} has no {version}"),
    }
}

/// What is to be told of a version that stands more than once in a stream: at which positions, and as
/// which of them it was read. Nothing where it stands once.
#[must_use]
pub fn repeated_version(
    log: &Log,
    stream: StreamIx,
    version: Version,
    read: EventIx,
) -> Option<String> {
    if log.versions_ascend(stream) {
        return None;
    }
    let has_it = |event: &EventIx| log.version_in(*event, stream) == Some(version);
    let all = log.stream_runs(stream).flatten().copied().map(EventIx);
    let all: Vec<EventIx> = all.filter(has_it).collect();
    let place = |event: &EventIx| log.position_name(*event).to_string();
    let places: Vec<String> = all.iter().take(MOST_PLACES).map(place).collect();
    let read = place(&read);
    let name = log.stream_name(stream);
    match all.len() {
        0 | 1 => None,
        2 => Some(format!(
            "{version} stands twice in {name}, at {}; read as {read}",
            listed(&places)
        )),
        times => Some(format!(
            "{version} stands {times} times in {name}, first at {}; read as {read}",
            listed(&places)
        )),
    }
}

/// As many of its places are named.
const MOST_PLACES: usize = 2;
