//! The parts of a filter that columns decide.

use std::ops::Range;

use super::text::TextFilter;
use crate::analysis::scan;
use crate::log::{Bound, Clock, Cut, IdRef, Log, Run};
use crate::model::time::Span;
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

impl EventFilter {
    /// Whether it ends before it begins, so that nothing can fit.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        match (self.from, self.to) {
            (Bound::Time(from), Bound::Time(to)) => to < from,
            (Bound::Event(from), Bound::Event(to)) => to < from,
            _ => false,
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
    /// What is known at the cut and not after the filter's end, before `end`.
    known: Cut,
    end: EventIx,
    from: Bound,
    clock: Clock,
    /// From here on no event is before the filter's beginning.
    begun: EventIx,
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
    pub(super) fn new(log: &'a Log, cut: &Cut, filter: &'a EventFilter) -> Self {
        let to = log.cut(cut.clock(), filter.to);
        // Of two sets by one clock one holds the other, but for what an end in log order cuts off.
        let known = match (cut.is_prefix(), to.is_prefix()) {
            (true, _) => to,
            (false, true) => *cut,
            (false, false) if cut.count() < to.count() => *cut,
            (false, false) => to,
        };
        let begun = match filter.from {
            Bound::Start => EventIx(0),
            Bound::Head => EventIx(u32::MAX),
            Bound::Event(first) => first,
            from @ Bound::Time(_) => log.cut(cut.clock(), from).outside(),
        };
        let mut prepared = Self {
            log,
            known,
            end: cut.outside().min(to.outside()),
            from: filter.from,
            clock: cut.clock(),
            begun,
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
            let links = scan::links(log).filter(|(_, stream)| admitted[stream.at()]);
            prepared.linked = links.map(|(event, _)| event).collect();
            prepared.streams = Some(admitted);
        }
        prepared
    }

    /// The events worth a look from `first` on: some of a list, or all of a range.
    pub(super) fn worth(&self, first: EventIx) -> Worth<'_> {
        if let Some(candidates) = &self.candidates {
            let from = candidates.partition_point(|event| *event < first);
            let to = candidates.partition_point(|event| *event < self.end);
            return Worth::Some(&candidates[from..to.max(from)]);
        }
        let first = match self.from {
            Bound::Start => first,
            Bound::Head | Bound::Event(_) => first.max(self.begun),
            Bound::Time(from) => {
                let before = Bound::Time(from.saturating_sub(Span::from_micros(1)));
                first.max(self.log.cut(self.clock, before).inside())
            }
        };
        Worth::All(first.0..self.end.0.max(first.0))
    }

    /// Adds the admitted ones among some events worth a look, a range of them.
    pub(super) fn admit_all(
        &self,
        events: Range<u32>,
        task: &Task,
        admitted: &mut Vec<EventIx>,
    ) -> Result<(), Cancelled> {
        scan::known(self.log, &self.known, events, task, |run| {
            self.admit(&run, admitted);
        })
    }

    /// Adds the admitted ones among some events worth a look, one by one.
    pub(super) fn admit_some(&self, events: &[EventIx], admitted: &mut Vec<EventIx>) {
        for &event in events {
            if self.known.holds(self.log, event) {
                let runs = self.log.runs(event..EventIx(event.0 + 1));
                runs.for_each(|run| self.admit(&run, admitted));
            }
        }
    }

    fn admit(&self, run: &Run<'_>, admitted: &mut Vec<EventIx>) {
        let first = run.events().start;
        let (types, streams) = (self.types.as_deref(), self.streams.as_deref());
        let already = admitted.len();
        let columns = run.events().zip(run.types().iter().zip(run.streams()));
        let fitting = columns.filter(|&(event, (&event_type, &stream))| {
            types.is_none_or(|types| types[event_type as usize])
                && streams.is_none_or(|streams| {
                    streams[stream as usize] || self.is_linked(EventIx(event))
                })
        });
        admitted.extend(fitting.map(|(event, _)| EventIx(event)));
        if *self.correlation != CorrelationFilter::Any {
            keep(admitted, already, |event| self.is_correlated(event));
        }
        if first < self.begun.0 {
            let times = run.times(self.clock);
            keep(admitted, already, |event| match self.from {
                Bound::Start => true,
                Bound::Head => false,
                Bound::Event(from) => event >= from,
                Bound::Time(from) => times
                    .as_ref()
                    .and_then(|times| times.get((event.0 - first) as usize))
                    .is_some_and(|time| time >= from),
            });
        }
    }

    fn is_linked(&self, event: EventIx) -> bool {
        self.linked.binary_search(&event).is_ok()
    }

    fn is_correlated(&self, event: EventIx) -> bool {
        let own = self.log.correlation(event);
        match self.correlation {
            CorrelationFilter::Any => true,
            CorrelationFilter::IsSet => own.is_some(),
            CorrelationFilter::NotSet => own.is_none(),
            CorrelationFilter::Is(id) => own == Some(IdRef::new(id)),
        }
    }
}

/// Keeps of `events` from the `from`-th on those that `admits` says yes to.
fn keep(events: &mut Vec<EventIx>, from: usize, admits: impl Fn(EventIx) -> bool) {
    let mut kept = from;
    for at in from..events.len() {
        if admits(events[at]) {
            events[kept] = events[at];
            kept += 1;
        }
    }
    events.truncate(kept);
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
        CorrelationFilter::Is(id) if log.is_complete() => Some(log.correlated_by(IdRef::new(id))),
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
