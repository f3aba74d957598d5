//! A store that was simulated for a test, with its truth. No test may live here.

use std::path::{Path, PathBuf};

use asof::model::Task;
use asof::simulate::{Dose, Faults, Scenario, Seed, Simulation, Target};
use rusqlite::Connection;
use serde_json::Value;

pub struct Simulated {
    pub path: PathBuf,
    pub truth: Value,
    pub db: Connection,
    _folder: tempfile::TempDir,
}

/// An event as the store has it.
#[derive(Clone, Debug)]
pub struct Event {
    pub position: i64,
    pub stream: String,
    pub version: i64,
    pub kind: (String, i64),
    pub id: String,
    pub recorded: i64,
    pub occurred: i64,
    pub correlation: String,
    pub cause: Option<String>,
    pub data: String,
}

pub fn clean(scenario: Scenario, events: u64, seed: u64) -> Simulated {
    simulate(scenario, events, seed, Faults::none())
}

/// Every fault that has a place there, so many of each.
pub fn faulty(scenario: Scenario, events: u64, seed: u64, count: u32) -> Simulated {
    let all = scenario.faults().into_iter();
    let faults = all.fold(Faults::none(), |faults, fault| {
        faults.with(fault, Dose::Count(count))
    });
    simulate(scenario, events, seed, faults)
}

pub fn simulate(scenario: Scenario, events: u64, seed: u64, faults: Faults) -> Simulated {
    let folder = tempfile::tempdir().unwrap();
    let (path, truth) = (folder.path().join("store.db"), folder.path().join("truth"));
    let mut simulation = Simulation::new(scenario, events, Seed(seed), &path);
    simulation.faults = faults;
    write(&simulation, &path, Some(&truth));
    Simulated {
        truth: serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap(),
        db: Connection::open(&path).unwrap(),
        path,
        _folder: folder,
    }
}

pub fn write(simulation: &Simulation, store: &Path, truth: Option<&Path>) {
    let target = Target {
        store,
        truth,
        saga: None,
    };
    simulation.write(target, &Task::new()).unwrap();
}

impl Simulated {
    /// A number that a query comes to.
    pub fn count(&self, query: &str) -> i64 {
        self.db.query_row(query, [], |row| row.get(0)).unwrap()
    }

    pub fn rows<T>(
        &self,
        query: &str,
        read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let mut statement = self.db.prepare(query).unwrap();
        let rows = statement.query_map([], read).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The log.
    pub fn events(&self) -> Vec<Event> {
        let query = "SELECT position, stream, version, type, schema_version, event_id, recorded_at,
                     occurred_at, correlation_id, causation_id, data FROM events ORDER BY position";
        self.rows(query, |row| {
            Ok(Event {
                position: row.get(0)?,
                stream: row.get(1)?,
                version: row.get(2)?,
                kind: (row.get(3)?, row.get(4)?),
                id: row.get(5)?,
                recorded: row.get(6)?,
                occurred: row.get(7)?,
                correlation: row.get(8)?,
                cause: row.get(9)?,
                data: row.get(10)?,
            })
        })
    }

    /// The truth's list of that name.
    pub fn told(&self, list: &str) -> &[Value] {
        self.truth[list].as_array().unwrap()
    }

    /// What the truth has of a kind, in a list of findings.
    pub fn findings(&self, list: &str, kind: &str) -> Vec<&Value> {
        let all = self.told(list).iter();
        all.filter(|finding| finding["kind"] == kind).collect()
    }
}
