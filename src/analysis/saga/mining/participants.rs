//! Who does what: by the service that events name in their metadata, else by the category of their
//! streams, else by their file.

use std::collections::BTreeMap;

use super::super::instances::AtMoment;
use super::super::report::Asking;
use super::Kinds;
use super::counts::{Counts, Streams};
use crate::analysis::bodies::{BodiesError, Provenance, provenance};
use crate::analysis::scan;
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
    /// The participants of all types that stand in instances: that of a type's first event.
    pub fn find(
        asking: Asking<'_>,
        at: &AtMoment,
        kinds: &Kinds,
        counts: &Counts,
    ) -> Result<Self, Cancelled> {
        let mut wanted: BTreeMap<u32, Option<EventIx>> = BTreeMap::new();
        for process in counts.processes(Streams::Said) {
            wanted.extend(process.types().map(|kind| (kind, None)));
        }
        let log = asking.log;
        // Where the first of all is not known yet another one is the first.
        let mut missing = 0;
        for (kind, first) in &mut wanted {
            *first = at
                .instances
                .first_of(log, &at.cut, kinds.types[*kind as usize]);
            missing += usize::from(first.is_none());
        }
        for known in at.cut.known(log) {
            if missing == 0 {
                break;
            }
            scan::runs(log, known, asking.task, |run| {
                if missing == 0 {
                    return;
                }
                for (kind, event) in run.types().iter().zip(run.events()) {
                    if let Some(first @ None) = wanted.get_mut(&kinds.of(*kind)) {
                        *first = Some(EventIx(event));
                        missing -= 1;
                    }
                }
            })?;
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
