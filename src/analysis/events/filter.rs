//! The parts of a filter that columns decide.

use std::ops::Range;

use super::text::TextFilter;
use crate::analysis::scan;
use crate::log::{Bound, Cut, Log};
use crate::model::{Cancelled, CategoryIx, EventIx, StreamIx, Task, TypeIx};

/// What events to look for: those that fit every part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFilter {
    /// Standing in one of these streams; any where empty.
    pub streams: Vec<StreamIx>,
    /// Standing in a stream of one of these categories; any where empty.
    pub categories: Vec<CategoryIx>,
    /// Of which type.
    pub types: TypeFilter,
    /// From this moment on, by the clock of the cut. [`Bound::Start`]: from the beginning;
    /// [`Bound::Head`]: nothing.
    pub from: Bound,
    /// Up to and with this moment, by the clock of the cut. [`Bound::Head`]: to the end.
    pub to: Bound,
    /// With which correlation id.
    pub correlation: CorrelationFilter,
    /// With this text in payload or metadata.
    pub text: Option<TextFilter>,
}

impl Default for EventFilter {
    fn default() -> Self {
        Self {
            streams: Vec::new(),
            categories: Vec::new(),
            types: TypeFilter::Any,
            from: Bound::Start,
            to: Bound::Head,
            correlation: CorrelationFilter::Any,
            text: None,
        }
    }
}

/// Event types to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TypeFilter {
    /// All.
    #[default]
    Any,
    /// These.
    Only(Vec<TypeIx>),
    /// All but these.
    Without(Vec<TypeIx>),
}

/// Correlation ids to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CorrelationFilter {
    /// Any or none.
    #[default]
    Any,
    /// Any.
    IsSet,
    /// None.
    NotSet,
    /// This one, spelled as the store does.
    Is(String),
}

/// A filter made ready for one log and cut.
pub(super) struct Prepared<'a> {
    log: &'a Log,
    cut: &'a Cut,
    from: Bound,
    to: Cut,
    /// By type; `None` admits all.
    types: Option<Vec<bool>>,
    /// By stream; `None` admits all.
    streams: Option<Vec<bool>>,
    /// Events that stand in an admitted stream by link, ascending.
    linked: Vec<EventIx>,
    correlation: &'a CorrelationFilter,
    /// The only events worth a look, ascending, where an index names them.
    candidates: Option<Vec<EventIx>>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(
        log: &'a Log,
        cut: &'a Cut,
        filter: &'a EventFilter,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let mut prepared = Self {
            log,
            cut,
            from: filter.from,
            to: log.cut(cut.clock(), filter.to),
            types: admitted_types(log, &filter.types),
            streams: None,
            linked: Vec::new(),
            correlation: &filter.correlation,
            candidates: candidates(log, filter),
        };
        if !filter.categories.is_empty() {
            let admitted = (0..log.streams().len()).map(|ix| {
                let category = log.category(StreamIx::from_usize(ix));
                filter.categories.contains(&category)
            });
            let admitted: Vec<bool> = admitted.collect();
            let links = scan::links(log, task)?.into_iter();
            let links = links.filter(|(_, stream)| admitted[stream.at()]);
            prepared.linked = links.map(|(event, _)| event).collect();
            prepared.streams = Some(admitted);
        }
        Ok(prepared)
    }

    /// The events worth a look from `first` on: some of a list, or all of a range.
    pub(super) fn worth(&self, first: EventIx) -> Worth<'_> {
        let end = self.cut.outside().min(self.to.outside());
        if let Some(candidates) = &self.candidates {
            let from = candidates.partition_point(|event| *event < first);
            let to = candidates.partition_point(|event| *event < end);
            return Worth::Some(&candidates[from..to.max(from)]);
        }
        let first = match self.from {
            Bound::Event(event) => first.max(event),
            _ => first,
        };
        Worth::All(first.0..end.0.max(first.0))
    }

    /// Whether the columns admit the event.
    #[inline]
    pub(super) fn admits(&self, event: EventIx) -> bool {
        let log = self.log;
        self.types
            .as_ref()
            .is_none_or(|types| types[log.event_type(event).at()])
            && self
                .streams
                .as_ref()
                .is_none_or(|streams| streams[log.stream(event).at()] || self.is_linked(event))
            && match self.correlation {
                CorrelationFilter::Any => true,
                CorrelationFilter::IsSet => log.correlation(event).is_some(),
                CorrelationFilter::NotSet => log.correlation(event).is_none(),
                CorrelationFilter::Is(id) => log.correlation(event) == Some(id),
            }
            && self.has_begun(event)
            && self.to.holds(log, event)
            && self.cut.holds(log, event)
    }

    fn is_linked(&self, event: EventIx) -> bool {
        self.linked.binary_search(&event).is_ok()
    }

    fn has_begun(&self, event: EventIx) -> bool {
        match self.from {
            Bound::Start => true,
            Bound::Head => false,
            Bound::Event(first) => event >= first,
            Bound::Time(first) => {
                let time = self.log.time(event, self.cut.clock());
                time.is_some_and(|time| time >= first)
            }
        }
    }
}

/// Events worth a look.
pub(super) enum Worth<'a> {
    All(Range<u32>),
    Some(&'a [EventIx]),
}

fn admitted_types(log: &Log, filter: &TypeFilter) -> Option<Vec<bool>> {
    let (listed, admit) = match filter {
        TypeFilter::Any => return None,
        TypeFilter::Only(types) => (types, true),
        TypeFilter::Without(types) => (types, false),
    };
    let mut admitted = vec![!admit; log.types().len()];
    for event_type in listed {
        // A type that is not of this log is the type of no event.
        if let Some(slot) = admitted.get_mut(event_type.at()) {
            *slot = admit;
        }
    }
    Some(admitted)
}

fn candidates(log: &Log, filter: &EventFilter) -> Option<Vec<EventIx>> {
    let correlated = match &filter.correlation {
        CorrelationFilter::Is(id) if log.is_complete() => Some(log.correlated_by(id)),
        _ => None,
    };
    if filter.streams.is_empty() {
        return correlated;
    }
    let of_log = |stream: &&StreamIx| stream.at() < log.streams().len();
    let streams = filter.streams.iter().filter(of_log);
    let mut events: Vec<EventIx> = streams
        .flat_map(|&stream| log.stream_events(stream))
        .collect();
    if filter.streams.len() > 1 {
        events.sort_unstable();
        events.dedup();
    }
    if let Some(correlated) = correlated {
        events.retain(|event| correlated.binary_search(event).is_ok());
    }
    Some(events)
}
