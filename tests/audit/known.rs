//! What is known of a simulated store beside its truth: who recorded which event, by how much whose clock
//! was off, what the outbox says, and how far consumers had come when.

use std::collections::BTreeMap;

use asof::analysis::audit::Evidence;
use asof::model::Timestamp;
use serde_json::Value;

use super::store::{Event, Simulated};

/// Types of events that devices report later, without a clock of their own in the metadata.
const REPORTED: [&str; 3] = ["DownloadCompleted", "LicenceUsed", "ActivityLogged"];

pub struct Known<'a> {
    pub store: &'a Simulated,
    pub events: BTreeMap<i64, Event>,
    /// What the metadata says of each event.
    metadata: BTreeMap<i64, Value>,
    /// The services whose clock was set wrong, and by how many microseconds it is ahead.
    skews: BTreeMap<String, i64>,
    /// The same of the devices of a story, which say themselves when something happened.
    devices: BTreeMap<String, i64>,
}

impl<'a> Known<'a> {
    pub fn new(store: &'a Simulated) -> Self {
        let rows: Vec<(i64, String)> = store.rows("SELECT position, metadata FROM events", |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let metadata = rows.into_iter().map(|(position, text)| {
            let metadata = serde_json::from_str(&text).unwrap();
            (position, metadata)
        });
        let skews = |list: &str| -> BTreeMap<String, i64> {
            let skews = store.findings(list, "clock-skew").into_iter();
            let skews = skews.map(|truth| {
                let micros = truth["skew_ms"].as_i64().unwrap() * 1000;
                (truth["service"].as_str().unwrap().to_owned(), micros)
            });
            skews.collect()
        };
        let events = store.events().into_iter();
        Self {
            events: events.map(|event| (event.position, event)).collect(),
            metadata: metadata.collect(),
            skews: skews("injected"),
            devices: skews("inherent"),
            store,
        }
    }

    pub fn event(&self, evidence: &Evidence) -> Option<&Event> {
        self.events.get(&position(evidence)?)
    }

    pub fn service(&self, position: i64) -> Option<&str> {
        self.metadata.get(&position)?["service"].as_str()
    }

    /// By how many microseconds the clock was ahead that stamped an event.
    pub fn skew(&self, position: i64) -> i64 {
        let service = self.service(position);
        let skew = service.and_then(|service| self.skews.get(service));
        skew.copied().unwrap_or(0)
    }

    /// By how many microseconds the device was ahead that says when an event happened.
    fn device(&self, position: i64) -> i64 {
        let replica = self.metadata[&position]["replica"].as_str();
        let skew = replica.and_then(|name| self.devices.get(name));
        skew.copied().unwrap_or(0)
    }

    /// Whether a clock that was off has a part in the stamps of an event.
    pub fn is_off(&self, position: i64) -> bool {
        self.skew(position) != 0 || self.device(position) != 0
    }

    /// Whether no service's clock has a part in when the event happened: a device has said it, or it is none
    /// of the story's.
    fn is_reported(&self, event: &Event) -> bool {
        let truth = self.store.findings("injected", "command-as-event");
        !self.metadata[&event.position]["replica"].is_null()
            || REPORTED.contains(&&*event.kind.0)
            || truth
                .iter()
                .any(|truth| positions(truth) == [event.position])
    }

    /// When an event was recorded, by a clock that is right.
    pub fn recorded(&self, event: &Event) -> i64 {
        // The truth has milliseconds of the skew only.
        event.recorded - self.skew(event.position)
    }

    /// When it happened, by a clock that is right.
    pub fn occurred(&self, event: &Event) -> i64 {
        match self.is_reported(event) {
            true => event.occurred - self.device(event.position),
            false => event.occurred - self.skew(event.position),
        }
    }

    /// When a consumer first stored a checkpoint behind a position, if it ever did after that time.
    pub fn passed(&self, consumer: &str, position: i64, since: i64) -> Option<i64> {
        let query = "SELECT consumer, position, at FROM checkpoint_history ORDER BY at";
        let rows: Vec<(String, i64, i64)> =
            (self.store).rows(query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let mut own = rows.into_iter().filter(|(name, ..)| name == consumer);
        own.find(|(_, reached, at)| *reached >= position && *at >= since)
            .map(|(.., at)| at)
    }

    /// When the event was published and how often that was tried, by its row in the outbox.
    pub fn outbox(&self, event: &Event) -> Option<(Option<i64>, i64)> {
        let query = "SELECT event_id, published_at, attempts FROM outbox";
        let rows: Vec<(String, Option<i64>, i64)> =
            (self.store).rows(query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let mut own = rows.into_iter().filter(|(id, ..)| *id == event.id);
        own.next()
            .map(|(_, published, attempts)| (published, attempts))
    }
}

pub fn position(evidence: &Evidence) -> Option<i64> {
    evidence.position.as_ref().map(|name| name.position.0)
}

pub fn positions(truth: &Value) -> Vec<i64> {
    let positions = truth["positions"].as_array().into_iter().flatten();
    positions.filter_map(Value::as_i64).collect()
}

pub fn micros(time: &Value) -> i64 {
    let time: Timestamp = time.as_str().unwrap().parse().unwrap();
    time.micros()
}

pub fn names<'a>(truth: &'a Value, key: &str) -> Vec<&'a str> {
    let names = truth[key].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}
