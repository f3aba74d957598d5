//! Going through groups: each is told apart into instances, and each instance's events become columns
//! with the history and the wait at every one of them.

use std::ops::Range;
use std::sync::Arc;

use super::assign::{Assigner, NOBODY, News, Repeats, Starts};
use super::paths::{Label, Node, Paths, ROOT};
use super::waits::Length;
use crate::log::{Clock, Log};
use crate::model::{EventIx, StreamIx};

/// Events of instances, one instance after the other, ascending within each.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub events: Vec<u32>,
    /// Its instance's history up to each.
    pub nodes: Vec<Node>,
    /// How long each came after the event before it that was no copy.
    pub waits: Vec<Length>,
}

/// A run of columns that is one instance.
pub(super) struct Owned {
    pub columns: Range<usize>,
    /// Its history.
    pub node: Node,
    pub standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Times only go up.
    Ordered,
    /// Some time is earlier than one before it.
    Unordered,
    /// Nobody's events.
    Nobody,
}

/// What goes through groups; what it holds is used again.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    log: &'a Log,
    clock: Clock,
    pub assigner: Assigner<'a>,
    repeats: Repeats<'a>,
    /// By place in the group: its type.
    types: Vec<u32>,
    /// The places in the group of an instance's events.
    places: Vec<u32>,
}

impl<'a> Walk<'a> {
    pub fn new(log: &'a Log, starts: &'a Starts, copies: &Arc<[u32]>, clock: Clock) -> Self {
        Self {
            log,
            clock,
            assigner: Assigner::new(log, starts, copies),
            repeats: Repeats::new(log, starts, copies),
            types: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Appends the instances of a group with these events to `columns`, last what is nobody's, and
    /// calls `each` with every one of them. Where groups are streams, `stream` is which.
    pub fn group(
        &mut self,
        (events, stream): (&[u32], Option<StreamIx>),
        paths: &mut Paths,
        columns: &mut Columns,
        mut each: impl FnMut(Owned),
    ) {
        self.assigner.assign(events);
        self.types.clear();
        let types = events
            .iter()
            .map(|event| self.log.event_type(EventIx(*event)).0);
        self.types.extend(types);
        let owners = std::mem::take(&mut self.assigner.owners);
        self.places.clear();
        self.places.extend(0..events.len() as u32);
        if owners.iter().any(|owner| *owner != 0) {
            self.places.sort_by_key(|place| owners[*place as usize]);
        }
        let places = std::mem::take(&mut self.places);
        let category = stream.map(|stream| self.log.category(stream).0);
        for own in places.chunk_by(|a, b| owners[*a as usize] == owners[*b as usize]) {
            let start = columns.events.len();
            let owned = own.iter().map(|place| events[*place as usize]);
            columns.events.extend(owned);
            let (node, standing) = match owners[own[0] as usize] {
                NOBODY => {
                    columns.nodes.resize(columns.events.len(), ROOT);
                    columns.waits.resize(columns.events.len(), Length::NONE);
                    (ROOT, Standing::Nobody)
                }
                _ => self.instance((start, category), own, paths, columns),
            };
            each(Owned {
                columns: start..columns.events.len(),
                node,
                standing,
            });
        }
        (self.assigner.owners, self.places) = (owners, places);
    }

    fn instance(
        &mut self,
        (start, category): (usize, Option<u32>),
        places: &[u32],
        paths: &mut Paths,
        columns: &mut Columns,
    ) -> (Node, Standing) {
        let Self {
            log,
            clock,
            assigner,
            repeats,
            types,
            ..
        } = self;
        let Columns {
            events,
            nodes,
            waits,
        } = columns;
        let (mut node, mut before, mut latest) = (ROOT, None, None);
        let mut standing = Standing::Ordered;
        repeats.of(&events[start..], |at, event, news| {
            let place = places[at] as usize;
            let time = log.time(event, *clock);
            if latest > time {
                standing = Standing::Unordered;
            }
            latest = latest.max(time);
            if news == News::Copy {
                nodes.push(node);
                waits.push(Length::NONE);
                return;
            }
            let cause = types.get(assigner.causes[place] as usize).copied();
            let label = match node {
                ROOT => Label::first(types[place], category),
                _ => Label::new(types[place], cause, news),
            };
            node = paths.child(node, label);
            nodes.push(node);
            let since: Option<crate::model::Timestamp> = std::mem::replace(&mut before, time);
            let wait = since
                .zip(time)
                .map(|(since, now)| Length::new((now - since).micros()));
            waits.push(wait.unwrap_or(Length::NONE));
        });
        (node, standing)
    }
}
