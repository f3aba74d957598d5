//! The tree of causes around an event or a correlation.

use hashbrown::HashSet;
use serde::Serialize;

use super::orders::{Disagreement, disagreements};
use super::skew::{Skew, Skews};
use crate::analysis::bodies::{BodiesError, Provenance, provenance};
use crate::log::{AsOf, CauseRef, Cut, IdRef, Log, PayloadReader};
use crate::model::{EventIx, PositionName, Task, Timestamp, Version};

/// What is traced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An event.
    Event(EventIx),
    /// All events with a correlation id.
    Correlation(String),
}

/// Nothing is called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no event and no correlation called {0}; try #1042, an event id or a correlation id"
)]
pub struct Untraceable(pub String);

/// What `text` names: a position (`#1042`), an event id, or a correlation id.
///
/// # Errors
/// [`Untraceable`] where that is nothing of this log.
pub fn subject(log: &Log, text: &str) -> Result<Subject, Untraceable> {
    let none = || Untraceable(text.to_owned());
    let text = text.trim();
    if let Some(position) = log.written_position(text) {
        return log.event_at(&position).map(Subject::Event).ok_or_else(none);
    }
    let id = IdRef::new(text);
    if let Some(event) = log.find_event(id) {
        return Ok(Subject::Event(event));
    }
    match log.correlated_by(id).is_empty() {
        false => Ok(Subject::Correlation(text.to_owned())),
        true => Err(none()),
    }
}

/// A trace as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceReport {
    /// The moment.
    pub as_of: AsOf,
    /// The event with which it began; null where nothing was known yet.
    pub root: Option<PositionName>,
    /// The events, each behind its cause, in the order of the tree.
    pub nodes: Vec<TraceNode>,
    /// The steps.
    pub edges: Vec<Edge>,
    /// Services whose clocks cannot both be right, by these steps.
    pub skew: Vec<Skew>,
    /// Where other orders disagree with that of the log.
    pub disagreements: Vec<Disagreement>,
    /// Events beyond the ten thousand that are shown.
    pub left_out: u64,
}

/// An event of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceNode {
    /// Its position.
    pub position: PositionName,
    /// Its stream.
    pub stream: String,
    /// The version in it.
    pub version: Version,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its own time by the clock of the report.
    pub time: Option<Timestamp>,
    /// Its id.
    pub id: Option<String>,
    /// The service that recorded it.
    pub service: Option<String>,
    /// How many steps it is from the event without a cause.
    pub depth: u32,
    /// The id of its cause, where that is none of the events known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_elsewhere: Option<String>,
    /// The event.
    #[serde(skip)]
    pub event: EventIx,
}

/// A step from a cause to an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The cause.
    pub from: PositionName,
    /// The effect.
    pub to: PositionName,
    /// The time between their stamps in milliseconds; negative where the effect was recorded first.
    pub delay_ms: Option<i64>,
    /// Cause and effect.
    #[serde(skip)]
    pub events: [EventIx; 2],
}

/// Events that are shown.
const MOST: usize = 10_000;

/// Traces what is known at the cut.
///
/// # Errors
/// [`BodiesError`] when the task was called off, or the store was rewritten meanwhile.
pub fn trace(
    log: &Log,
    cut: &Cut,
    subject: &Subject,
    payloads: &dyn PayloadReader,
    task: &Task,
) -> Result<TraceReport, BodiesError> {
    let roots: Vec<EventIx> = match subject {
        Subject::Event(event) if cut.holds(log, *event) => vec![root(log, cut, *event)],
        Subject::Event(_) => Vec::new(),
        Subject::Correlation(id) => {
            let group: Vec<EventIx> = {
                let all = log.correlated_by(IdRef::new(id)).into_iter();
                all.filter(|event| cut.holds(log, *event)).collect()
            };
            let own: HashSet<EventIx> = group.iter().copied().collect();
            let begins =
                |event: &EventIx| cause(log, cut, *event).is_none_or(|up| !own.contains(&up));
            let mut roots: Vec<EventIx> = group.iter().copied().filter(begins).collect();
            if roots.is_empty() {
                // A group in which each has a cause goes in a circle.
                roots.extend(group.first());
            }
            roots
        }
    };
    let tree = grow(log, cut, &roots, task)?;
    let mut in_order: Vec<EventIx> = tree.nodes.iter().map(|(event, _)| *event).collect();
    in_order.sort_unstable();
    let (own, _) = provenance(log, &in_order, payloads, task)?;
    Ok(tree.told(log, cut, &in_order, &own))
}

/// The known cause of an event.
fn cause(log: &Log, cut: &Cut, event: EventIx) -> Option<EventIx> {
    match log.cause(event)? {
        CauseRef::Event(cause) if cut.holds(log, cause) => Some(cause),
        CauseRef::Event(_) => {
            // Another event of that id may be known though the first is not.
            let id = log.causation(event)?;
            let mut same = log
                .repeated_ids()
                .filter(|event| log.event_id(*event) == Some(id));
            same.find(|event| cut.holds(log, *event))
        }
        CauseRef::Elsewhere(_) => None,
    }
}

/// The event without a cause from which an event comes; the first of a circle in log order.
fn root(log: &Log, cut: &Cut, event: EventIx) -> EventIx {
    let (mut at, mut way) = (event, HashSet::new());
    way.insert(event);
    while let Some(up) = cause(log, cut, at) {
        if !way.insert(up) {
            return way.into_iter().min().unwrap_or(event);
        }
        at = up;
    }
    at
}

/// The known effects of an event. Of several events with one id the first that is known counts as the
/// cause.
fn effects(log: &Log, cut: &Cut, event: EventIx) -> Vec<EventIx> {
    let first = log.event_id(event).and_then(|id| log.find_event(id));
    let stand_in = first.filter(|first| {
        let same = |other: &EventIx| log.event_id(*other) == log.event_id(event);
        let mut others = log
            .repeated_ids()
            .filter(|other| *other < event && same(other));
        *first != event && !cut.holds(log, *first) && !others.any(|other| cut.holds(log, other))
    });
    let all = log.effects(stand_in.unwrap_or(event)).into_iter();
    all.filter(|effect| cut.holds(log, *effect)).collect()
}

struct Grown {
    nodes: Vec<(EventIx, u32)>,
    edges: Vec<[EventIx; 2]>,
    left_out: u64,
}

fn grow(log: &Log, cut: &Cut, roots: &[EventIx], task: &Task) -> Result<Grown, BodiesError> {
    let mut grown = Grown {
        nodes: Vec::new(),
        edges: Vec::new(),
        left_out: 0,
    };
    let mut seen: HashSet<EventIx> = HashSet::new();
    let mut open: Vec<(EventIx, u32)> = roots.iter().rev().map(|root| (*root, 0)).collect();
    seen.extend(roots);
    while let Some((event, depth)) = open.pop() {
        task.check()?;
        if grown.nodes.len() >= MOST {
            grown.left_out += 1;
            continue;
        }
        grown.nodes.push((event, depth));
        let effects = effects(log, cut, event);
        for effect in effects.into_iter().rev() {
            grown.edges.push([event, effect]);
            if seen.insert(effect) {
                open.push((effect, depth + 1));
            }
        }
    }
    grown.edges.sort_unstable();
    Ok(grown)
}

impl Grown {
    fn told(
        self,
        log: &Log,
        cut: &Cut,
        in_order: &[EventIx],
        provenance: &[Provenance],
    ) -> TraceReport {
        let service = |event: EventIx| {
            let at = in_order.binary_search(&event).ok()?;
            provenance.get(at)?.service.clone()
        };
        let clock = cut.clock();
        let mut names: Vec<String> = Vec::new();
        let mut skews = Skews::default();
        let mut number = |name: String| {
            let at = names.iter().position(|own| *own == name);
            at.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }) as u32
        };
        let mut edges = Vec::with_capacity(self.edges.len());
        for [from, to] in self.edges {
            let times = log.own_time(from, clock).zip(log.own_time(to, clock));
            let services = service(from).zip(service(to));
            if let (Some((one, two)), Some((cause, effect))) = (times, services) {
                skews.see((number(cause), from, one), (number(effect), to, two));
            }
            edges.push(Edge {
                from: log.position_name(from),
                to: log.position_name(to),
                delay_ms: times.map(|(one, two)| (two - one).millis()),
                events: [from, to],
            });
        }
        let nodes = self.nodes.iter().map(|&(event, depth)| TraceNode {
            position: log.position_name(event),
            stream: log.stream_name(log.stream(event)).to_owned(),
            version: log.version(event),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            time: log.own_time(event, clock),
            id: log.event_id(event).map(|id| id.to_string()),
            service: service(event),
            depth,
            cause_elsewhere: match cause(log, cut, event) {
                Some(_) => None,
                None => log.causation(event).map(|id| id.to_string()),
            },
            event,
        });
        TraceReport {
            as_of: cut.as_of(log),
            root: self
                .nodes
                .first()
                .map(|(event, _)| log.position_name(*event)),
            nodes: nodes.collect(),
            edges,
            skew: skews.found(|at| names.get(at as usize).cloned().unwrap_or_default()),
            disagreements: disagreements(log, in_order, provenance),
            left_out: self.left_out,
        }
    }
}
