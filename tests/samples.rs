//! The stores in `sample-data/` are what the writer writes, and keep the laws of an event store.
//!
//! `UPDATE_SAMPLES=1 cargo test --test samples` writes them anew.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use asof::simulate::{SAMPLES, Sample, Scenario, SimulateError};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::Value;

/// What every store says of an event, whatever its format.
#[derive(Debug)]
struct Fact {
    position: i64,
    stream: String,
    version: i64,
    id: String,
    recorded_micros: i64,
    correlation: String,
    cause: Option<String>,
}

fn bundled(sample: &Sample) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(sample.file)
}

fn fresh(sample: &Sample) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join(sample.file);
    sample.write(&path).expect("a sample can be written");
    (dir, path)
}

/// All rows of all tables and their definitions: pages may differ between versions of SQLite.
fn dump(path: &Path) -> Vec<(String, Vec<Vec<Cell>>)> {
    let db = Connection::open(path).expect("a database");
    let rows = |query: &str| -> Vec<Vec<Cell>> {
        let mut statement = db.prepare(query).expect("a query");
        let columns = statement.column_count();
        statement
            .query_map([], |row| (0..columns).map(|at| row.get(at)).collect())
            .expect("rows")
            .map(|row| row.expect("a row"))
            .collect()
    };
    let schema = rows("SELECT name, sql FROM sqlite_schema ORDER BY name");
    let tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let mut all = vec![("schema".to_owned(), schema)];
    for table in tables {
        let [Cell::Text(name)] = &table[..] else {
            panic!("a table has a name")
        };
        all.push((
            name.clone(),
            rows(&format!("SELECT * FROM {name} ORDER BY rowid")),
        ));
    }
    all
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect()
}

fn facts(sample: &Sample, path: &Path) -> Vec<Fact> {
    match sample.scenario {
        Scenario::Users => Vec::new(),
        Scenario::Bank => lines(path).iter().map(fact_of_line).collect(),
        Scenario::Orders => {
            let db = Connection::open(path).expect("a database");
            let mut statement = db
                .prepare(
                    "SELECT position, stream, version, event_id, recorded_at, correlation_id,
                     causation_id FROM events ORDER BY position",
                )
                .expect("the layout's columns");
            let fact = |row: &rusqlite::Row<'_>| {
                Ok(Fact {
                    position: row.get(0)?,
                    stream: row.get(1)?,
                    version: row.get(2)?,
                    id: row.get(3)?,
                    recorded_micros: row.get(4)?,
                    correlation: row.get(5)?,
                    cause: row.get(6)?,
                })
            };
            let rows = statement.query_map([], fact).expect("rows");
            rows.map(|row| row.expect("a row")).collect()
        }
    }
}

fn fact_of_line(line: &Value) -> Fact {
    let text = |key: &str| line[key].as_str().map(str::to_owned);
    let recorded = text("recorded_at").expect("a time");
    Fact {
        position: line["position"].as_i64().expect("a position"),
        stream: text("stream").expect("a stream"),
        version: line["version"].as_i64().expect("a version"),
        id: text("event_id").expect("an id"),
        recorded_micros: chrono::DateTime::parse_from_rfc3339(&recorded)
            .expect("RFC 3339")
            .timestamp_micros(),
        correlation: text("correlation_id").expect("a correlation id"),
        cause: text("causation_id"),
    }
}

#[test]
fn the_bundled_stores_are_what_the_writer_writes() {
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    for sample in &SAMPLES {
        let (_dir, written) = fresh(sample);
        let kept = bundled(sample);
        if update {
            std::fs::copy(&written, &kept).expect("the sample is replaced");
            continue;
        }
        let hint = "UPDATE_SAMPLES=1 cargo test --test samples";
        match sample.scenario {
            Scenario::Orders => {
                for (kept, written) in dump(&kept).iter().zip(&dump(&written)) {
                    assert!(kept == written, "{}, table {}: {hint}", sample.file, kept.0);
                }
                assert_eq!(dump(&kept).len(), dump(&written).len());
            }
            Scenario::Users | Scenario::Bank => {
                let read = |path| std::fs::read(path).expect("a file");
                assert!(read(&kept) == read(&written), "{}: {hint}", sample.file);
            }
        }
    }
}

#[test]
fn the_description_of_each_sample_is_true() {
    for sample in &SAMPLES {
        let facts = facts(sample, &bundled(sample));
        let (Some(first), Some(last)) = (facts.first(), facts.last()) else {
            continue;
        };
        let streams: HashSet<_> = facts.iter().map(|fact| &fact.stream).collect();
        let mut activity = [0_u16; 36];
        let span = last.recorded_micros - first.recorded_micros + 1;
        for fact in &facts {
            activity[((fact.recorded_micros - first.recorded_micros) * 36 / span) as usize] += 1;
        }
        assert_eq!(
            (sample.events, sample.streams, sample.activity),
            (facts.len() as u32, streams.len() as u32, activity),
            "src/simulate/samples.rs, {}",
            sample.name
        );
    }
}

#[test]
fn each_sample_is_a_sound_log() {
    for sample in &SAMPLES {
        let mut versions: HashMap<&str, i64> = HashMap::new();
        let mut seen: HashMap<&str, &Fact> = HashMap::new();
        let facts = facts(sample, &bundled(sample));
        for (rank, fact) in facts.iter().enumerate() {
            assert_eq!(fact.position, rank as i64 + 1, "positions are contiguous");
            let version = versions.entry(&fact.stream).or_default();
            *version += 1;
            assert_eq!(fact.version, *version, "versions are contiguous: {fact:?}");
            if let Some(cause) = &fact.cause {
                let cause = seen
                    .get(cause.as_str())
                    .expect("a cause stands before its effect");
                assert!(cause.recorded_micros < fact.recorded_micros, "{fact:?}");
                assert_eq!(cause.correlation, fact.correlation, "one process, one id");
            }
            assert!(
                seen.insert(&fact.id, fact).is_none(),
                "ids are unique: {fact:?}"
            );
        }
    }
}

#[test]
fn users_is_the_classic_example() {
    let classic = r#"{"stream": "user-123", "events": [{"seq": 1, "event_type": "UserCreated", "data": {"email": "old@example.com", "name": "Alice"}, "timestamp": "2023-06-01T00:00:00Z"}, {"seq": 2, "event_type": "EmailChanged", "data": {"old": "old@example.com", "new": "new@example.com"}, "timestamp": "2023-09-15T00:00:00Z"}, {"seq": 3, "event_type": "NameUpdated", "data": {"old": "Alice", "new": "Alice B"}, "timestamp": "2024-01-15T00:00:00Z"}]}"#;
    let text = std::fs::read_to_string(bundled(&SAMPLES[0])).expect("users.json");
    let classic: Value = serde_json::from_str(classic).expect("the example is JSON");
    // As text, since the order of keys counts too.
    assert_eq!(text, format!("{classic:#}\n"));
}

#[test]
fn bundled_stores_are_small() {
    for sample in &SAMPLES {
        let bytes = std::fs::metadata(bundled(sample)).expect("a file").len();
        assert!(bytes <= 2_000_000, "{} has {bytes} bytes", sample.file);
    }
}

#[test]
fn a_file_that_exists_is_never_overwritten() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for sample in &SAMPLES {
        let path = dir.path().join(sample.file);
        std::fs::write(&path, "precious").expect("a file");
        assert!(matches!(sample.write(&path), Err(SimulateError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "precious");
    }
}
