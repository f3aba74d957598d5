//! What a store keeps of sagas beside its events: a row for each with its state, by Axon, MassTransit,
//! NServiceBus and whoever else. Written over as the saga goes on, so that a row is known from when it
//! was last written; one without a date is a fact of the head only.

use hashbrown::HashMap;
use serde::Serialize;
use serde_json::Value;

use super::instances::Seen;
use super::report::Asking;
use super::status::Judged;
use super::ties::plain;
use crate::analysis::side;
use crate::log::{IdRef, RowSource, RowsError, Saga, Says, SideKind};
use crate::model::{Cancelled, EventIx, StreamIx, Timestamp};

/// A saga's state as the store keeps it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stored {
    /// The table.
    pub table: String,
    /// What the store calls it.
    pub id: Option<String>,
    /// What kind of saga it is.
    #[serde(rename = "type")]
    pub saga_type: Option<String>,
    /// What the store calls its status, or its step.
    pub status: Option<String>,
    /// By what messages find it.
    pub correlations: Vec<String>,
    /// How often it was written.
    pub version: Option<i64>,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// When it was written last.
    pub updated: Option<Timestamp>,
    /// What went wrong.
    pub error: Option<String>,
    /// Its data, where that can be read.
    pub data: Option<Value>,
    /// The saga that it is the state of, where events tell of it.
    pub saga: Option<String>,
    /// The first event of that.
    #[serde(skip)]
    pub first: Option<EventIx>,
}

impl Stored {
    fn new(table: &str, row: Saga) -> Self {
        Self {
            table: table.to_owned(),
            data: row.state.value(),
            id: row.saga,
            saga_type: row.saga_type,
            status: row.status,
            correlations: row.correlations,
            version: row.version,
            started: row.started_at,
            ended: row.ended_at,
            updated: row.updated_at,
            error: row.error,
            saga: None,
            first: None,
        }
    }

    /// What its events may be found by.
    fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.id.iter().chain(&self.correlations);
        own.map(String::as_str)
    }
}

/// All states that the store keeps, in the order in which it has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredStates {
    /// Each of them.
    pub all: Vec<Stored>,
    /// By the beginning of an instance: its state.
    by_instance: HashMap<(u32, u32), usize>,
}

impl StoredStates {
    /// The state of an instance.
    #[must_use]
    pub fn of(&self, seen: &Seen) -> Option<&Stored> {
        self.all.get(*self.by_instance.get(&seen.key())?)
    }
}

/// What the store keeps of sagas as far as it is known at the moment that was judged, each with the
/// instance whose events it is about: one that stands in a stream, or has a correlation id, that the row
/// names.
///
/// # Errors
/// [`RowsError`].
pub fn stored(
    asking: Asking<'_>,
    rows: &dyn RowSource,
    judged: &Judged,
) -> Result<StoredStates, RowsError> {
    let log = asking.log;
    let mut states = StoredStates::default();
    let cut = &judged.at.cut;
    side::known(log, cut, rows, SideKind::Sagas, asking.task, &mut |row| {
        if let Says::Saga(saga) = row.says {
            states.all.push(Stored::new(&row.place.table, saga));
        }
    })?;
    if states.all.is_empty() {
        return Ok(states);
    }
    let found = told_of(asking, judged, &states.all)?;
    for (own, seen) in found {
        states.by_instance.entry(seen.key()).or_insert(own);
        let stored = &mut states.all[own];
        if stored.first.is_none()
            && let Some(process) = judged.process(seen)
        {
            stored.first = Some(EventIx(judged.at.events_of(seen)[0]));
            stored.saga = Some(judged.id(log, seen, process));
        }
    }
    Ok(states)
}

/// Whose events tell of one of the states, and which.
fn told_of<'a>(
    asking: Asking<'_>,
    judged: &'a Judged,
    all: &[Stored],
) -> Result<Vec<(usize, &'a Seen)>, Cancelled> {
    let log = asking.log;
    let mut streams: HashMap<StreamIx, usize> = HashMap::new();
    let mut ids: HashMap<IdRef<'_>, usize> = HashMap::new();
    for (at, own) in all.iter().enumerate() {
        for name in own.names() {
            ids.entry(IdRef::new(name)).or_insert(at);
            let found = log.streams().find(name);
            if let Some(found) = found.or_else(|| log.streams().find(&plain(name))) {
                streams.entry(StreamIx(found)).or_insert(at);
            }
        }
    }
    let mut found: Vec<(usize, &'a Seen)> = Vec::new();
    for (n, seen) in judged.at.seen.iter().enumerate() {
        if n % 1024 == 0 {
            asking.task.check()?;
        }
        let mut events = judged
            .at
            .events_of(seen)
            .iter()
            .map(|event| EventIx(*event));
        let own = events.find_map(|event| {
            let by_id = log.correlation(event).and_then(|id| ids.get(&id));
            by_id.or_else(|| streams.get(&log.stream(event))).copied()
        });
        found.extend(own.map(|own| (own, seen)));
    }
    Ok(found)
}
