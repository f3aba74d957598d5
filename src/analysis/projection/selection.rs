//! Which events of a log a projection reads, in log order.

use std::ops::Range;

use super::script::{From, Plan};
use crate::log::Log;
use crate::model::{EventIx, StreamIx};

/// A projection's events of one log.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    from: Wanted,
    /// By type; types without a handler are passed over.
    types: Vec<bool>,
}

#[derive(Clone, Debug)]
enum Wanted {
    All,
    /// By stream.
    Streams(Vec<bool>),
    /// Events of few streams, ascending.
    Events(Vec<EventIx>),
}

/// Streams whose events are gathered rather than looked for in the whole log.
const FEW: usize = 1_000;

impl Selection {
    /// The events that `plan` reads of `log`. A system stream of categories, `$ce-order`, is its
    /// category, and `$all` is everything.
    pub fn new(log: &Log, plan: &Plan) -> Self {
        let own = |wanted: &str| plan.handlers.iter().any(|own| own == wanted);
        // Any type may end a stream.
        let any = own("$any") || plan.minds_deletion();
        let types = log.types().iter().map(|name| any || own(name));
        Self {
            from: wanted(log, &plan.from),
            types: types.collect(),
        }
    }

    /// The events of `from` of these types; of all types where there are none.
    pub fn of_types(log: &Log, from: &From, types: &[String]) -> Self {
        let own = |name: &str| types.is_empty() || types.iter().any(|own| own == name);
        Self {
            from: wanted(log, from),
            types: log.types().iter().map(own).collect(),
        }
    }

    /// Of these events the stream's own; all of them where there is none.
    pub fn only(mut self, log: &Log, stream: Option<StreamIx>) -> Self {
        let Some(stream) = stream else { return self };
        let mut own = Vec::new();
        let wanted = |event: &EventIx| match &self.from {
            Wanted::All => true,
            Wanted::Streams(streams) => streams.get(stream.0 as usize) == Some(&true),
            Wanted::Events(events) => events.binary_search(event).is_ok(),
        };
        for event in log.stream_events(stream) {
            // What is linked into it is another stream's.
            if log.stream(event) == stream && wanted(&event) {
                own.push(event);
            }
        }
        self.from = Wanted::Events(own);
        self
    }

    /// Calls `each` with the events of a range that are read, in log order.
    pub fn within(&self, log: &Log, range: &Range<u32>, each: &mut dyn FnMut(EventIx)) {
        let handled = |event_type: u32| self.types.get(event_type as usize) == Some(&true);
        if let Wanted::Events(events) = &self.from {
            let from = events.partition_point(|event| event.0 < range.start);
            let events = events[from..]
                .iter()
                .take_while(|event| event.0 < range.end);
            for &event in events {
                if handled(log.event_type(event).0) {
                    each(event);
                }
            }
            return;
        }
        for run in log.runs(EventIx(range.start)..EventIx(range.end)) {
            let rows = run.types().iter().zip(run.streams()).zip(run.events());
            for ((event_type, stream), event) in rows {
                let wanted = match &self.from {
                    Wanted::Streams(streams) => streams.get(*stream as usize) == Some(&true),
                    _ => true,
                };
                if wanted && handled(*event_type) {
                    each(EventIx(event));
                }
            }
        }
    }
}

fn wanted(log: &Log, from: &From) -> Wanted {
    let mut streams = vec![false; log.streams().len()];
    let mut categories: Vec<&str> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    match from.kind.as_str() {
        "categories" => categories.extend(from.names.iter().map(String::as_str)),
        "streams" => {
            for name in &from.names {
                match name.strip_prefix("$ce-") {
                    _ if name == "$all" => return Wanted::All,
                    Some(category) if log.streams().find(name).is_none() => {
                        categories.push(category);
                    }
                    _ => named.push(name),
                }
            }
        }
        _ => return Wanted::All,
    }
    let found = named.iter().filter_map(|name| log.streams().find(name));
    let found: Vec<u32> = found.collect();
    if categories.is_empty() && found.len() <= FEW {
        let runs = found
            .iter()
            .flat_map(|stream| log.stream_runs(StreamIx(*stream)));
        let mut events: Vec<EventIx> = runs.flatten().copied().map(EventIx).collect();
        events.sort_unstable();
        events.dedup();
        return Wanted::Events(events);
    }
    for stream in found {
        streams[stream as usize] = true;
    }
    for (at, wanted) in streams.iter_mut().enumerate() {
        let category = log.category(StreamIx(at as u32));
        *wanted |= categories.contains(&log.category_name(category));
    }
    Wanted::Streams(streams)
}
