//! The tree of causes around an event or a correlation.

use hashbrown::HashSet;
use serde::Serialize;

use super::orders::{Disagreement, disagreements};
use super::skew::{Skew, Skews};
use crate::analysis::bodies::{BodiesError, Provenance, provenance};
use crate::analysis::causes::Causes;
use crate::analysis::words::listed;
use crate::log::{AsOf, CauseRef, Cut, IdRef, Log, PayloadReader};
use crate::model::time::input;
use crate::model::{Cancelled, EventIx, PositionName, Task, Timestamp, Version};

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

/// What `text` names: a position (`#1042`, `#orders:12`), an event id, a correlation id, or a position
/// without its sign.
///
/// # Errors
/// [`Untraceable`] where that is nothing of this log.
pub fn subject(log: &Log, text: &str) -> Result<Subject, Untraceable> {
    let none = || Untraceable(text.to_owned());
    let text = text.trim();
    let position = input::position(text).or_else(|| log.written_position(text));
    if let Some(position) = position {
        return log.event_at(&position).map(Subject::Event).ok_or_else(none);
    }
    let id = IdRef::new(text);
    if let Some(event) = log.find_event(id) {
        return Ok(Subject::Event(event));
    }
    if !log.correlated_by(id).is_empty() {
        return Ok(Subject::Correlation(text.to_owned()));
    }
    // A number that is nobody's id.
    let position = input::position(&format!("#{text}"));
    let event = position.and_then(|position| log.event_at(&position));
    event.map(Subject::Event).ok_or_else(none)
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
    /// Events each of which is the cause of the next, and the last of them of the first: no clock can be
    /// right about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub circles: Vec<Vec<PositionName>>,
    /// Services whose clocks cannot both be right, by the other steps.
    pub skew: Vec<Skew>,
    /// Where other orders disagree with that of the log.
    pub disagreements: Vec<Disagreement>,
    /// Events beyond the ten thousand that are shown.
    pub left_out: u64,
}

impl TraceReport {
    /// Whether it is of one event without a cause and without an effect.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        let [only] = &self.nodes[..] else {
            return false;
        };
        self.edges.is_empty() && self.left_out == 0 && only.cause_elsewhere.is_none()
    }

    /// What goes in a circle, in sentences.
    pub fn circles_in_words(&self) -> impl Iterator<Item = String> {
        self.circles.iter().map(|circle| {
            let names: Vec<String> = circle.iter().map(ToString::to_string).collect();
            match names.len() {
                1 => format!("{} names itself as its cause.", names[0]),
                _ => format!("{} cause each other in a circle.", listed(&names)),
            }
        })
    }
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
    /// Its cause, where that comes from it: it is the first of a circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_in_circle: Option<PositionName>,
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
    /// The time between their stamps in milliseconds; negative where the effect was recorded first. Null also
    /// of the step that closes a circle.
    pub delay_ms: Option<i64>,
    /// Cause and effect.
    #[serde(skip)]
    pub events: [EventIx; 2],
}

/// Events that are shown.
pub(super) const MOST: usize = 10_000;

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
    let causes = Causes::known(log, cut, task)?;
    let known = Known {
        log,
        cut,
        causes: &causes,
    };
    let tree = known.grow(&known.roots(subject), task)?;
    let mut in_order: Vec<EventIx> = tree.nodes.iter().map(|(event, _)| *event).collect();
    in_order.sort_unstable();
    let (own, _) = provenance(log, &in_order, payloads, task)?;
    Ok(tree.told(known, &in_order, &own))
}

/// What is traced in.
#[derive(Clone, Copy)]
struct Known<'a> {
    log: &'a Log,
    cut: &'a Cut,
    causes: &'a Causes,
}

impl Known<'_> {
    /// The known cause of an event.
    fn cause(&self, event: EventIx) -> Option<EventIx> {
        match self.causes.of(self.log, self.cut, event)? {
            CauseRef::Event(cause) => Some(cause),
            CauseRef::Elsewhere(_) => None,
        }
    }

    /// The events from which those of a subject come.
    fn roots(&self, subject: &Subject) -> Vec<EventIx> {
        let group: Vec<EventIx> = match subject {
            Subject::Event(event) if self.cut.holds(self.log, *event) => {
                return vec![self.root(*event)];
            }
            Subject::Event(_) => return Vec::new(),
            Subject::Correlation(id) => {
                let all = self.log.correlated_by(IdRef::new(id)).into_iter();
                all.filter(|event| self.cut.holds(self.log, *event))
                    .collect()
            }
        };
        let own: HashSet<EventIx> = group.iter().copied().collect();
        let begins = |event: &EventIx| self.cause(*event).is_none_or(|up| !own.contains(&up));
        let mut roots: Vec<EventIx> = group.iter().copied().filter(begins).collect();
        let mut reached = HashSet::new();
        self.reach(&mut reached, &roots);
        for event in group {
            // What comes from no beginning comes from a circle.
            if !reached.contains(&event) {
                let root = self.root(event);
                self.reach(&mut reached, &[root]);
                roots.push(root);
            }
        }
        roots.sort_unstable();
        roots
    }

    /// Adds what comes from these events.
    fn reach(&self, reached: &mut HashSet<EventIx>, from: &[EventIx]) {
        let mut open = from.to_vec();
        while let Some(event) = open.pop() {
            if reached.insert(event) {
                open.extend(self.causes.effects(self.log, self.cut, event));
            }
        }
    }

    /// The event without a cause from which an event comes; the first of a circle in log order.
    fn root(&self, event: EventIx) -> EventIx {
        let (mut at, mut way) = (event, HashSet::new());
        way.insert(event);
        while let Some(up) = self.cause(at) {
            if !way.insert(up) {
                return self.circle(up).into_iter().min().unwrap_or(event);
            }
            at = up;
        }
        at
    }

    /// The circle that an event stands in, from it on, each the cause of the next; empty where it stands in
    /// none.
    fn circle(&self, event: EventIx) -> Vec<EventIx> {
        let mut circle = vec![event];
        let mut seen: HashSet<EventIx> = HashSet::from([event]);
        while let Some(up) = circle.last().and_then(|at| self.cause(*at)) {
            if up == event {
                circle[1..].reverse();
                return circle;
            }
            if !seen.insert(up) {
                break;
            }
            circle.push(up);
        }
        Vec::new()
    }

    /// The trees below `roots`; what is beyond those that are shown is counted.
    fn grow(&self, roots: &[EventIx], task: &Task) -> Result<Grown, Cancelled> {
        let mut grown = Grown {
            nodes: Vec::new(),
            edges: Vec::new(),
            left_out: 0,
        };
        let mut seen: HashSet<EventIx> = HashSet::new();
        let mut open: Vec<(EventIx, u32)> = roots.iter().rev().map(|root| (*root, 0)).collect();
        seen.extend(roots);
        let mut shown: HashSet<EventIx> = HashSet::new();
        while let Some((event, depth)) = open.pop() {
            task.check()?;
            let effects = self.causes.effects(self.log, self.cut, event);
            if grown.nodes.len() < MOST {
                grown.nodes.push((event, depth));
                shown.insert(event);
                grown
                    .edges
                    .extend(effects.iter().map(|effect| [event, *effect]));
            } else {
                grown.left_out += 1;
            }
            let new = effects.into_iter().rev();
            let new = new.filter(|effect| seen.insert(*effect));
            open.extend(new.map(|effect| (effect, depth + 1)));
        }
        grown.edges.retain(|[_, to]| shown.contains(to));
        grown.edges.sort_unstable();
        Ok(grown)
    }
}

struct Grown {
    nodes: Vec<(EventIx, u32)>,
    edges: Vec<[EventIx; 2]>,
    left_out: u64,
}

impl Grown {
    /// The steps, and how far they prove clocks to be apart.
    fn steps(
        &self,
        known: Known<'_>,
        circles: &[Vec<EventIx>],
        service: &dyn Fn(EventIx) -> Option<String>,
    ) -> (Vec<Edge>, Vec<Skew>) {
        let in_circle = |event: EventIx| circles.iter().any(|own| own.contains(&event));
        let closes = |from, to| {
            let mut ends = circles.iter().map(|own| [own.last(), own.first()]);
            ends.any(|ends| ends == [Some(&from), Some(&to)])
        };
        let (log, clock) = (known.log, known.cut.clock());
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
        for &[from, to] in &self.edges {
            let times = log.own_time(from, clock).zip(log.own_time(to, clock));
            let services = service(from).zip(service(to));
            let tells = !(in_circle(from) && in_circle(to));
            if let (Some((one, two)), Some((cause, effect)), true) = (times, services, tells) {
                skews.see((number(cause), from, one), (number(effect), to, two));
            }
            edges.push(Edge {
                from: log.position_name(from),
                to: log.position_name(to),
                delay_ms: (times.filter(|_| !closes(from, to)))
                    .map(|(one, two)| (two - one).millis()),
                events: [from, to],
            });
        }
        let skew = skews.found(|at| names.get(at as usize).cloned().unwrap_or_default());
        (edges, skew)
    }

    fn told(
        self,
        known: Known<'_>,
        in_order: &[EventIx],
        provenance: &[Provenance],
    ) -> TraceReport {
        let Known { log, cut, .. } = known;
        let service = |event: EventIx| {
            let at = in_order.binary_search(&event).ok()?;
            provenance.get(at)?.service.clone()
        };
        let circles: Vec<Vec<EventIx>> = (self.nodes.iter())
            .filter(|(_, depth)| *depth == 0)
            .map(|(root, _)| known.circle(*root))
            .filter(|circle| !circle.is_empty())
            .collect();
        let (edges, skew) = self.steps(known, &circles, &service);
        let named = |circle: &Vec<EventIx>| {
            circle
                .iter()
                .map(|event| log.position_name(*event))
                .collect()
        };
        let nodes = self.nodes.iter().map(|&(event, depth)| TraceNode {
            position: log.position_name(event),
            stream: log.stream_name(log.stream(event)).to_owned(),
            version: log.version(event),
            event_type: log.type_name(log.event_type(event)).to_owned(),
            time: log.own_time(event, cut.clock()),
            id: log.event_id(event).map(|id| id.to_string()),
            service: service(event),
            depth,
            cause_elsewhere: match known.cause(event) {
                Some(_) => None,
                None => log.causation(event).map(|id| id.to_string()),
            },
            cause_in_circle: {
                let mut own = circles.iter().filter(|own| own.first() == Some(&event));
                let cause = own.next().and_then(|own| own.last());
                cause.map(|cause| log.position_name(*cause))
            },
            event,
        });
        let first = self.nodes.first();
        TraceReport {
            as_of: cut.as_of(log),
            root: first.map(|(event, _)| log.position_name(*event)),
            nodes: nodes.collect(),
            edges,
            circles: circles.iter().map(named).collect(),
            skew,
            disagreements: disagreements(log, in_order, provenance),
            left_out: self.left_out,
        }
    }
}
