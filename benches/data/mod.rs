//! Big stores to measure on: made once by a fixed seed, kept under `target/bench-data/`, and made
//! anew only when the number of events changes. Only writes; nothing here is measured.

mod event;

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use asof::model::Task;
use asof::simulate::{Format, Scenario, Seed, Simulation, Tables, Target};
use rusqlite::{Connection, params};

use self::event::Events;

/// What went wrong while a store was made.
pub type Failure = Box<dyn std::error::Error>;

/// The size and shape of a store.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many events.
    pub events: u64,
    /// Over how many streams, each about as long, but for [`HOT_STREAM`].
    pub streams: u64,
}

/// The stream to ask for: every 5000th event belongs to it, so 1000 of 5 million.
pub const HOT_STREAM: &str = "order-0000000";

/// A text that stands in about one of 10,000 payloads.
pub const NEEDLE: &str = "needle-xyzzy";

impl Shape {
    /// 5 million events in 200,000 streams, times `ASOF_BENCH_EVENTS` over 5 million.
    #[must_use]
    pub fn sqlite() -> Self {
        let events = scaled();
        Self {
            events,
            streams: (events / 25).max(1),
        }
    }

    /// Three fifths of [`Shape::sqlite`].
    #[must_use]
    pub fn json() -> Self {
        let events = scaled() * 3 / 5;
        Self {
            events,
            streams: (events / 25).max(1),
        }
    }

    /// One stream of a fifth of the events of [`Shape::sqlite`].
    #[must_use]
    pub fn long() -> Self {
        Self {
            events: scaled() / 5,
            streams: 1,
        }
    }
}

fn scaled() -> u64 {
    std::env::var("ASOF_BENCH_EVENTS")
        .ok()
        .and_then(|text| text.replace('_', "").parse().ok())
        .unwrap_or(5_000_000)
        .max(5)
}

/// The SQLite store of that shape, made if it is not there.
///
/// # Errors
/// When it cannot be written.
pub fn sqlite(shape: Shape) -> Result<PathBuf, Failure> {
    cached(shape, "db", |path| write_sqlite(path, shape))
}

/// The JSON-lines store of that shape, made if it is not there.
///
/// # Errors
/// When it cannot be written.
pub fn json_lines(shape: Shape) -> Result<PathBuf, Failure> {
    cached(shape, "jsonl", |path| write_json_lines(path, shape))
}

/// The events of a simulated shop, as many as [`Shape::sqlite`] has, made if they are not there.
///
/// # Errors
/// When they cannot be written.
pub fn shop() -> Result<PathBuf, Failure> {
    let events = scaled();
    let shape = Shape { events, streams: 0 };
    cached(shape, "db", |path| {
        let _progress = Progress::new("simulated", events);
        let scenario = Scenario::OrdersChoreographed;
        let mut simulation = Simulation::new(scenario, events, Seed(42), path);
        simulation.tables = Tables::only_events();
        simulation.format = Format::Sqlite;
        let target = Target {
            store: path,
            truth: None,
            saga: None,
        };
        Ok(simulation.write(target, &Task::new()).map(|_| ())?)
    })
}

/// Writes under another name first, so that an interrupted run leaves no half store behind.
fn cached(
    shape: Shape,
    ending: &str,
    write: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../bench-data");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("v2-{}-{}.{ending}", shape.events, shape.streams));
    if !path.exists() {
        let half = path.with_extension("half");
        let _ = std::fs::remove_file(&half);
        write(&half)?;
        std::fs::rename(&half, &path)?;
    }
    Ok(path)
}

fn write_sqlite(path: &Path, shape: Shape) -> Result<(), Failure> {
    let mut db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
         CREATE TABLE events (
           global_position INTEGER PRIMARY KEY, stream_id TEXT, version INTEGER,
           event_type TEXT, data TEXT, metadata TEXT, timestamp TEXT
         );",
    )?;
    let tx = db.transaction()?;
    {
        let mut insert = tx.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)")?;
        let mut progress = Progress::new("SQLite", shape.events);
        let mut events = Events::new(shape);
        while let Some(event) = events.next() {
            insert.execute(params![
                event.position as i64,
                event.stream,
                event.version,
                event.event_type,
                event.data,
                event.metadata,
                event.timestamp,
            ])?;
            progress.tick();
        }
    }
    tx.execute_batch("CREATE INDEX by_stream ON events (stream_id, version)")?;
    tx.commit()?;
    Ok(())
}

fn write_json_lines(path: &Path, shape: Shape) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut progress = Progress::new("JSON lines", shape.events);
    let mut events = Events::new(shape);
    while let Some(event) = events.next() {
        writeln!(
            out,
            "{{\"global_position\":{},\"event_id\":\"{}\",\"stream_id\":\"{}\",\"version\":{},\
             \"event_type\":\"{}\",\"timestamp\":\"{}\",\"data\":{},\"metadata\":{}}}",
            event.position,
            event.id,
            event.stream,
            event.version,
            event.event_type,
            event.timestamp,
            event.data,
            event.metadata,
        )?;
        progress.tick();
    }
    out.flush()?;
    Ok(())
}

/// A line on stderr that says how far the writing is.
struct Progress {
    what: &'static str,
    done: u64,
    of: u64,
    started: Instant,
}

impl Progress {
    fn new(what: &'static str, of: u64) -> Self {
        eprintln!("Making a {what} store of {of} events, once …");
        Self {
            what,
            done: 0,
            of,
            started: Instant::now(),
        }
    }

    fn tick(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(100_000) && std::io::stderr().is_terminal() {
            let percent = self.done * 100 / self.of;
            eprint!("\r{} {percent} % ", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let seconds = self.started.elapsed().as_secs_f64();
        eprintln!("\r{}: {} events in {seconds:.1} s", self.what, self.done);
    }
}
