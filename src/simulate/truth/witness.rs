//! Who sees everything that happens and writes it down.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::document::{Document, List};
use super::finding::Finding;
use super::moments::Moments;
use super::sagas::Sagas;
use crate::model::Timestamp;
use crate::simulate::Size;
use crate::simulate::chance::{Rng, Seed};
use crate::simulate::fault::{Faults, Plan};
use crate::simulate::kernel::{
    ConsumerAsOf, Entry, Event, OutboxAsOf, SagaId, Stream, Totals, Trail, View, World, fold,
};

/// What was asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    pub seed: Seed,
    /// The scenario's own.
    pub own_seed: Seed,
    pub events: u64,
    pub size: Size,
    pub faults: &'a Faults,
}

/// Up to here, everything is told; beyond, a sample.
const WHOLE: u64 = 1_000_000;
/// The most streams whose states are told.
const CHOSEN: usize = 60;

#[derive(Debug)]
pub struct Witness {
    document: Document,
    head: Map<String, Value>,
    moments: Moments,
    taken: usize,
    sagas: Sagas,
    streams: BTreeMap<Stream, Chosen>,
    shown: &'static [Stream],
    seed: Seed,
    one_in: u64,
    types: HashMap<(&'static str, u32), Tally, FixedState>,
    inherent: BTreeMap<&'static str, u64>,
    last: Timestamp,
}

/// A stream whose states are told.
#[derive(Debug, Default)]
struct Chosen {
    version: i64,
    state: Map<String, Value>,
}

/// Where events of a type's version stand.
#[derive(Clone, Copy, Debug, Serialize)]
struct Tally {
    events: u64,
    first_position: i64,
    first_time: Timestamp,
    last_position: i64,
    last_time: Timestamp,
}

impl Witness {
    /// Before anything happens.
    ///
    /// # Errors
    /// Where there is no room for temporary files.
    pub fn new(world: &World, plan: &Plan, asked: &Asked<'_>) -> io::Result<Self> {
        let Asked {
            own_seed: seed,
            events,
            faults,
            ..
        } = *asked;
        let size = match asked.size {
            Size::Fitting => "fitting",
            Size::About(_) => "about",
        };
        let one_in = if events <= WHOLE { 1 } else { events / 20_000 };
        let doses = faults.iter();
        let doses: Map<String, Value> = doses
            .map(|(fault, dose)| (fault.name().to_owned(), dose.to_string().into()))
            .collect();
        let mut head = Map::new();
        head.insert("format".to_owned(), json!("asof-truth/1"));
        head.insert("scenario".to_owned(), json!(world.name));
        head.insert("seed".to_owned(), json!(asked.seed.0));
        head.insert(
            "asked".to_owned(),
            json!({ "events": events, "size": size, "faults": doses }),
        );
        head.insert("whole".to_owned(), json!(one_in == 1));
        head.insert("saga_type".to_owned(), json!(world.process.id));
        head.insert(
            "read_model_of".to_owned(),
            json!({
                "table": world.view.table,
                "key": world.view.key,
                "consumer": world.view.consumer,
                "columns": world.view.columns.iter().map(|c| c.name).collect::<Vec<_>>(),
            }),
        );
        Ok(Self {
            document: Document::new()?,
            head,
            moments: Moments::new(world, plan, Rng::new(seed.of(6))),
            taken: 0,
            sagas: Sagas::new(world.process, one_in),
            streams: BTreeMap::new(),
            shown: world.shown,
            seed,
            one_in: (events / (4 * CHOSEN as u64)).max(1),
            types: HashMap::default(),
            inherent: BTreeMap::new(),
            last: world.span.start,
        })
    }

    /// Begins an instance of the process.
    pub fn saga(&mut self, trail: &Trail, about: Stream) -> SagaId {
        self.sagas.begin(trail, about)
    }

    /// Something was done to the store.
    pub fn injected(&mut self, finding: Finding) {
        self.document.add(List::Injected, &finding);
    }

    /// Something belongs to the story.
    pub fn inherent(&mut self, finding: Finding) {
        *self.inherent.entry(finding.kind).or_default() += 1;
        self.document.add(List::Inherent, &finding);
    }

    /// Takes an event in.
    pub fn observe(&mut self, event: &Event, payload: Option<&Value>, entry: &Entry) {
        let (position, at) = (event.position, event.recorded_at);
        let key = (event.kind.name, event.kind.version);
        let tally = self.types.entry(key).or_insert(Tally {
            events: 0,
            first_position: position,
            first_time: at,
            last_position: position,
            last_time: at,
        });
        tally.events += 1;
        (tally.last_position, tally.last_time) = (position, at);
        self.last = self.last.max(at);
        self.sagas.observe(event, entry);
        self.sagas.forget(at, &mut self.document);
        if event.version == 1 && self.is_chosen(event.stream) {
            self.streams.entry(event.stream).or_default();
        }
        if let Some(chosen) = self.streams.get_mut(&event.stream) {
            chosen.version = chosen.version.max(event.version);
            if let Some(payload) = payload {
                fold(&mut chosen.state, event.kind.name, payload);
            }
        }
    }

    fn is_chosen(&self, stream: Stream) -> bool {
        let lot = self
            .seed
            .of(stream.lot().wrapping_add(stream.category.len() as u64))
            .0;
        self.shown.contains(&stream)
            || (self.streams.len() < CHOSEN && lot.is_multiple_of(self.one_in))
    }

    /// A moment that is to be told and lies between two events.
    pub fn moment(&self, last: Timestamp, next: Timestamp) -> Option<Timestamp> {
        self.moments.between(last, next, self.sagas.behind())
    }

    /// Tells how everything stands at a moment, behind an event.
    pub fn testify(
        &mut self,
        at: Timestamp,
        position: i64,
        consumers: Vec<(&'static str, ConsumerAsOf)>,
        outbox: OutboxAsOf,
        view: &View,
    ) {
        self.moments.told(at);
        self.taken += 1;
        let moment = self.taken;
        let sagas = self.sagas.count(at, Some(moment));
        let consumers: BTreeMap<_, _> = consumers.into_iter().collect();
        let sums: BTreeMap<_, _> = view.sums().into_iter().collect();
        let told = json!({
            "moment": moment,
            "time": at,
            "position": position,
            "sagas": sagas,
            "consumers": consumers,
            "outbox": outbox,
            "read_model": { "rows": view.count(), "sums": sums },
        });
        self.document.add(List::Moments, &told);
        for (stream, Chosen { version, state }) in &self.streams {
            let told = json!({
                "stream": stream,
                "moment": moment,
                "version": version,
                "state": state,
            });
            self.document.add(List::States, &told);
        }
        for (key, cells) in view.chosen() {
            let columns = view.spec.columns.iter().map(|column| column.name);
            let row: Map<String, Value> = columns
                .zip(cells)
                .map(|(name, cell)| (name.to_owned(), cell.clone()))
                .collect();
            let told = json!({ "key": key, "moment": moment, "row": row });
            self.document.add(List::ReadModel, &told);
        }
    }

    /// All is over.
    pub fn finish(&mut self, totals: &Totals, outbox: OutboxAsOf) {
        let sagas = self.sagas.finish(self.last, &mut self.document);
        let mut schemas: Vec<_> = self.types.iter().collect();
        schemas.sort_by_key(|(key, _)| **key);
        let schemas: Vec<Value> = schemas
            .into_iter()
            .map(|((name, version), tally)| {
                let mut told = json!({ "type": name, "version": version });
                if let (Value::Object(told), Ok(Value::Object(tally))) =
                    (&mut told, serde_json::to_value(tally))
                {
                    told.extend(tally);
                }
                told
            })
            .collect();
        let totals = json!({
            "events": totals.events,
            "streams": totals.streams,
            "last_time": self.last,
            "sagas": sagas,
            "outbox": outbox,
            "injected": totals.injected,
            "inherent": self.inherent,
        });
        self.head.insert("totals".to_owned(), totals);
        self.head
            .insert("schemas".to_owned(), Value::Array(schemas));
    }

    /// Writes it all down.
    ///
    /// # Errors
    /// Where that could not be done, also earlier.
    pub fn write(self, path: &Path) -> io::Result<()> {
        self.document.finish(&self.head, File::create(path)?)
    }
}
