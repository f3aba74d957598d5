//! Who does what: by the service that events name in their metadata, else by the category of their
//! streams, else by their file.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instances::AtMoment;
use super::super::paths::ROOT;
use super::super::report::Asking;
use super::Kinds;
use super::counts::{Counts, Start, Streams};
use crate::analysis::bodies::{BodiesError, Provenance, provenance};
use crate::log::NO_CATEGORY;
use crate::model::{Cancelled, EventIx};

/// Participants by type.
#[derive(Debug, Default)]
pub(in super::super) struct Participants {
    names: Vec<String>,
    by_type: BTreeMap<u32, u32>,
}

/// Who recorded each of some events: the service that its metadata names, as traces have it.
pub(in super::super) fn of_events(
    asking: Asking<'_>,
    events: &[EventIx],
) -> Result<Vec<String>, Cancelled> {
    let Asking {
        log,
        payloads,
        task,
    } = asking;
    let told = match provenance(log, events, payloads, task) {
        Ok((told, _)) => told,
        Err(BodiesError::Cancelled(called_off)) => return Err(called_off),
        // Nothing can be read of it any more: then the streams tell.
        Err(BodiesError::Rewritten) => vec![Provenance::default(); events.len()],
    };
    let names = events.iter().zip(told).map(|(event, told)| {
        let category = log.category_name(log.category(log.stream(*event)));
        match (told.service, log.source(*event)) {
            (Some(service), _) if !service.is_empty() => service,
            (_, Some((source, _))) if category == NO_CATEGORY => source.name.to_string(),
            _ => category.to_owned(),
        }
    });
    Ok(names.collect())
}

impl Participants {
    /// The participants of all types that stand in processes: that of a type's event in the first instance that
    /// has one. Elsewhere the same may happen by others: who draws money at a machine is nobody's transfer.
    pub fn find(
        asking: Asking<'_>,
        at: &AtMoment,
        kinds: &Kinds,
        counts: &Counts,
    ) -> Result<Self, Cancelled> {
        let mut wanted: BTreeMap<u32, Option<EventIx>> = BTreeMap::new();
        let mut starts: BTreeSet<Start> = BTreeSet::new();
        for process in counts.processes(Streams::Said) {
            wanted.extend(process.types().map(|kind| (kind, None)));
            starts.insert((process.start, process.category));
        }
        let mut missing = wanted.len();
        // By history: whether all of it was looked at.
        let mut looked = vec![false; at.paths.len()];
        let mut fresh = Vec::new();
        for (n, seen) in at.seen.iter().enumerate() {
            if n % 4096 == 0 {
                asking.task.check()?;
            }
            if missing == 0 {
                break;
            }
            let (mut node, label) = (seen.node, at.paths.step(at.nodes_of(seen)[0]).1);
            if looked[node as usize] || !starts.contains(&kinds.start(label)) {
                continue;
            }
            while node != ROOT && !looked[node as usize] {
                looked[node as usize] = true;
                fresh.push(node);
                node = at.paths.step(node).0;
            }
            for node in fresh.drain(..).rev() {
                let (_, label) = at.paths.step(node);
                let kind = kinds.of(label.event_type());
                if let Some(first @ None) = wanted.get_mut(&kind) {
                    *first = Some(EventIx(at.event_at(seen, node)));
                    missing -= 1;
                }
            }
        }
        let firsts: Vec<(u32, EventIx)> = wanted
            .into_iter()
            .filter_map(|(kind, event)| Some((kind, event?)))
            .collect();
        Self::read(asking, &firsts)
    }

    fn read(asking: Asking<'_>, firsts: &[(u32, EventIx)]) -> Result<Self, Cancelled> {
        let events: Vec<EventIx> = firsts.iter().map(|(_, event)| *event).collect();
        let mut found = Self::default();
        for ((kind, _), name) in firsts.iter().zip(of_events(asking, &events)?) {
            let number = found.number(name);
            found.by_type.insert(*kind, number);
        }
        Ok(found)
    }

    fn number(&mut self, name: String) -> u32 {
        let known = self.names.iter().position(|own| *own == name);
        known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        }) as u32
    }

    /// Whose a type is.
    pub fn of(&self, kind: u32) -> u32 {
        self.by_type.get(&kind).copied().unwrap_or_default()
    }

    /// What a participant is called.
    pub fn name(&self, participant: u32) -> &str {
        self.names
            .get(participant as usize)
            .map_or("", String::as_str)
    }
}
