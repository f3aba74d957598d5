//! Writes to one stream that did not know of each other.

use hashbrown::HashSet;
use serde::Serialize;

use crate::analysis::bodies::{Bodies, Stamp};
use crate::log::{Cut, Log};
use crate::model::{EventIx, StreamIx};

/// Writes to one stream that fall apart into sides: within a side each writer knew of those before, and of
/// none on the other sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The stream.
    pub stream: StreamIx,
    /// The sides in the order in which they came into the log, each in log order.
    pub sides: Vec<Side>,
    /// What says so.
    pub told_by: ToldBy,
}

/// What says that writes were concurrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// Their vector clocks.
    Vector,
    /// They expected the same version to be the last.
    ExpectedVersion,
    /// They have the same version: each took the one before it for the last.
    SameVersion,
    /// The clocks of their services, which are apart by about as much as their stamps.
    Clocks,
}

impl ToldBy {
    /// In a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Vector => "Neither vector clock knows of the other",
            Self::ExpectedVersion => "Both took the same version for the last one",
            Self::SameVersion => {
                "Both have the same version, so both took the one before for the last"
            }
            Self::Clocks => {
                "Their stamps differ by as much as the clocks of the two services, so either may have been first"
            }
        }
    }
}

/// What one side of a conflict wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The replica that wrote it; where none is named, `write 1` and so on.
    pub name: String,
    /// Its events in log order.
    pub events: Vec<EventIx>,
}

/// So many events before one are compared with it.
const BACK: usize = 64;

type Stamped<'a> = (StreamIx, EventIx, &'a Stamp);

/// Known events with logical clocks, by stream. A copy of an event says nothing that the first has not.
fn stamped<'a>(log: &Log, cut: &Cut, bodies: &'a Bodies) -> Vec<Stamped<'a>> {
    let mut stamps: Vec<Stamped<'a>> = bodies
        .stamps()
        .iter()
        .filter(|(event, _)| cut.holds(log, *event))
        .map(|(event, stamp)| (log.stream(*event), *event, stamp))
        .collect();
    stamps.sort_unstable_by_key(|(stream, event, _)| (*stream, *event));
    let mut own: Vec<Stamped<'a>> = Vec::with_capacity(stamps.len());
    for next in stamps {
        let before = own[own.len().saturating_sub(BACK)..].iter().rev();
        let mut before = before.take_while(|(stream, ..)| *stream == next.0);
        if next.2.vector.is_empty() || !before.any(|(.., stamp)| *stamp == next.2) {
            own.push(next);
        }
    }
    own
}

/// The conflicts among known events, in log order: writes that did not know of each other by their vector clocks,
/// or else since they took the same version for the last one.
#[must_use]
pub fn conflicts(log: &Log, cut: &Cut, bodies: &Bodies) -> Vec<Conflict> {
    let stamps = stamped(log, cut, bodies);
    let mut found: Vec<Conflict> = Vec::new();
    for own in stamps.chunk_by(|a, b| a.0 == b.0) {
        for group in groups(own) {
            let group: Vec<&Stamped<'_>> = group.into_iter().map(|at| &own[at]).collect();
            let clocked = group.iter().all(|(.., stamp)| !stamp.vector.is_empty());
            found.push(Conflict {
                stream: own[0].0,
                told_by: match clocked {
                    true => ToldBy::Vector,
                    false => ToldBy::ExpectedVersion,
                },
                sides: sides(&group, bodies),
            });
        }
    }
    found.sort_by_key(|conflict| conflict.sides[0].events[0]);
    found
}

/// The same with events that have one version, each group in log order, that no conflict holds yet; behind
/// the others, which tell more.
#[must_use]
pub fn with_forks(log: &Log, mut known: Vec<Conflict>, forks: &[Vec<EventIx>]) -> Vec<Conflict> {
    let sides = known.iter().flat_map(|conflict| &conflict.sides);
    let told: HashSet<EventIx> = sides.flat_map(|side| &side.events).copied().collect();
    let new = forks.iter().filter(|fork| {
        // One event that is stored twice is no second write.
        let mut ids = fork.iter().map(|event| log.event_id(*event));
        let first = ids.next().flatten();
        let is_one = first.is_some() && ids.all(|id| id == first);
        !is_one && !fork.iter().any(|event| told.contains(event))
    });
    let side = |(nth, event): (usize, &EventIx)| Side {
        name: format!("write {}", nth + 1),
        events: vec![*event],
    };
    let new = new.map(|fork| Conflict {
        stream: log.stream(fork[0]),
        sides: fork.iter().enumerate().map(side).collect(),
        told_by: ToldBy::SameVersion,
    });
    known.extend(new);
    known
}

/// The events of a stream that hang together by being concurrent, each group in log order.
fn groups(own: &[Stamped<'_>]) -> Vec<Vec<usize>> {
    let mut group_of: Vec<Option<usize>> = vec![None; own.len()];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..own.len() {
        for before in at.saturating_sub(BACK)..at {
            if !is_concurrent(own[before].2, own[at].2) {
                continue;
            }
            match (group_of[before], group_of[at]) {
                (None, None) => {
                    groups.push(vec![before, at]);
                    (group_of[before], group_of[at]) =
                        (Some(groups.len() - 1), Some(groups.len() - 1));
                }
                (Some(group), None) | (None, Some(group)) => {
                    let new = if group_of[at].is_none() { at } else { before };
                    groups[group].push(new);
                    group_of[new] = Some(group);
                }
                (Some(one), Some(two)) if one != two => {
                    let moved = std::mem::take(&mut groups[two]);
                    moved.iter().for_each(|at| group_of[*at] = Some(one));
                    groups[one].extend(moved);
                }
                _ => {}
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

fn sides(group: &[&Stamped<'_>], bodies: &Bodies) -> Vec<Side> {
    let mut sides: Vec<(Vec<&Stamped<'_>>, Option<u32>)> = Vec::new();
    for own in group {
        let belongs = |(side, replica): &(Vec<&Stamped<'_>>, Option<u32>)| {
            *replica == own.2.replica && !side.iter().any(|one| is_concurrent(one.2, own.2))
        };
        match sides.iter_mut().find(|side| belongs(side)) {
            Some((side, _)) => side.push(own),
            None => sides.push((vec![own], own.2.replica)),
        }
    }
    let named = |(nth, (side, replica)): (usize, (Vec<&Stamped<'_>>, Option<u32>))| {
        let name = replica.and_then(|replica| bodies.replicas().get(replica as usize));
        Side {
            name: name
                .cloned()
                .unwrap_or_else(|| format!("write {}", nth + 1)),
            events: side.iter().map(|(_, event, _)| *event).collect(),
        }
    };
    sides.into_iter().enumerate().map(named).collect()
}

fn is_concurrent(one: &Stamp, two: &Stamp) -> bool {
    if !one.vector.is_empty() && !two.vector.is_empty() {
        return one.is_concurrent_to(two);
    }
    one.expected.is_some() && one.expected == two.expected
}
