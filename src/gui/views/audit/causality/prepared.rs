//! A trace made ready for drawing, once for each answer: how long after its cause each event came, in which
//! lane it stands, and the stretches in which nothing happened.

use hashbrown::HashMap;

use crate::analysis::causality::TraceReport;
use crate::analysis::density::{Axis, Gap, Scale};
use crate::log::Log;
use crate::model::{EventIx, Timestamp};

/// Lanes that are told apart; the last one takes the rest.
const LANES: usize = 12;
/// What stands in the lane of the rest.
const OTHERS: &str = "others";

/// A trace, ready to be drawn.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The number of the answer.
    pub number: u64,
    /// Names of lanes: services, or categories where the events tell no service.
    pub lanes: Vec<String>,
    /// Their colours.
    pub colours: Vec<usize>,
    /// By node.
    pub rows: Vec<Row>,
    /// Causes and effects, by node, where both have a time.
    pub edges: Vec<[usize; 2]>,
    /// Over time; none where no event has one.
    pub axis: Option<Axis>,
    /// Steps whose effect was recorded before its cause.
    pub early: usize,
    places: HashMap<EventIx, usize>,
}

/// A node as it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Milliseconds after its cause; negative where it was recorded before.
    pub delay: Option<i64>,
    /// Its lane.
    pub lane: usize,
}

impl Prepared {
    /// `known` are the names that have a colour; new ones get the next.
    pub fn new(number: u64, log: &Log, report: &TraceReport, known: &mut Vec<String>) -> Self {
        let places: HashMap<EventIx, usize> = {
            let nodes = report.nodes.iter().enumerate();
            nodes.map(|(at, node)| (node.event, at)).collect()
        };
        let told = report.nodes.iter().any(|node| node.service.is_some());
        let mut lanes: Vec<String> = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(report.nodes.len());
        for node in &report.nodes {
            let category = || log.category_name(log.category(log.stream(node.event)));
            let name = match (told, &node.service) {
                (true, Some(service)) => service.as_str(),
                (true, None) => "no service told",
                (false, _) => category(),
            };
            rows.push(Row {
                delay: None,
                lane: lane(&mut lanes, name),
            });
        }
        let colours = lanes.iter().map(|name| colour(known, name)).collect();
        let mut edges = Vec::new();
        for edge in &report.edges {
            let ends = edge.events.map(|event| places.get(&event).copied());
            let [Some(from), Some(to)] = ends else {
                continue;
            };
            rows[to].delay = rows[to].delay.or(edge.delay_ms);
            if edge.delay_ms.is_some() {
                edges.push([from, to]);
            }
        }
        let early = report
            .edges
            .iter()
            .filter(|edge| edge.delay_ms.is_some_and(|ms| ms < 0));
        Self {
            number,
            lanes,
            colours,
            edges,
            early: early.count(),
            axis: axis(report),
            rows,
            places,
        }
    }

    /// The colour of a node.
    pub fn colour(&self, node: usize) -> usize {
        self.colours[self.rows[node].lane]
    }

    /// Whether an event is one of the trace.
    pub fn holds(&self, event: EventIx) -> bool {
        self.places.contains_key(&event)
    }
}

fn colour(known: &mut Vec<String>, name: &str) -> usize {
    known.iter().position(|own| own == name).unwrap_or_else(|| {
        known.push(name.to_owned());
        known.len() - 1
    })
}

fn lane(lanes: &mut Vec<String>, name: &str) -> usize {
    let known = lanes.iter().position(|own| own == name);
    known.unwrap_or_else(|| {
        if lanes.len() >= LANES {
            OTHERS.clone_into(&mut lanes[LANES - 1]);
            return LANES - 1;
        }
        lanes.push(name.to_owned());
        lanes.len() - 1
    })
}

/// From the first event to the last, long waits drawn short.
fn axis(report: &TraceReport) -> Option<Axis> {
    let times = report.nodes.iter().filter_map(|node| node.time);
    let mut times: Vec<i64> = times.map(Timestamp::micros).collect();
    times.sort_unstable();
    let (from, to) = (*times.first()?, *times.last()?);
    let whole = (to - from).max(1000);
    let long = times
        .windows(2)
        .filter(|pair| pair[1] - pair[0] > whole / 8);
    let gap = |pair: &[i64]| {
        let edge = (pair[1] - pair[0]) / 16;
        Gap {
            from: pair[0] + edge,
            to: pair[1] - edge,
        }
    };
    // Where a single wait is all there is, shortening it tells nothing.
    let gaps: Vec<Gap> = match times.len() {
        ..4 => Vec::new(),
        _ => long.map(gap).collect(),
    };
    let margin = whole / 32;
    let scale = Scale::Time(report.as_of.clock);
    Some(Axis::with_gaps(scale, from - margin, to + margin, &gaps))
}
