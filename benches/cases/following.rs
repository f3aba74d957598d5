//! What it costs a writer that its store is followed: another process writes as fast as it can, alone and
//! with the store open, in turns.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use asof::analysis::lag::Samples;
use asof::analysis::overview::StoreFacts;
use asof::log::Bound;
use asof::model::Timestamp;
use asof::worker::{AskLag, OpenRequest, Opened, Outcome, Slot, Subject, Wake, Watched, Worker};
use asof::workspace::Workspace;
use rusqlite::{Connection, params};

use crate::data::Failure;

/// Names the store to the process that writes.
const STORE: &str = "ASOF_BENCH_WRITER_STORE";
/// Events that are there before it begins.
const BEFORE: i64 = 100_000;
/// Events that it writes.
const EVENTS: i64 = 400_000;
/// How many in a transaction.
const BATCH: i64 = 20;
/// Between two looks at the consumers, as in the window.
const TICK: Duration = Duration::from_secs(2);

const SCHEMA: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
 CREATE TABLE events (
   position INTEGER PRIMARY KEY, stream TEXT NOT NULL, category TEXT NOT NULL, version INTEGER NOT NULL,
   type TEXT NOT NULL, schema_version INTEGER, event_id TEXT NOT NULL, recorded_at INTEGER NOT NULL,
   occurred_at INTEGER, correlation_id TEXT, causation_id TEXT, data TEXT NOT NULL, metadata TEXT
 );
 CREATE TABLE checkpoints (
   consumer TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL,
   updated_at INTEGER NOT NULL, categories TEXT, PRIMARY KEY (consumer, partition)
 );";

/// The other process's side; whether this is that process.
///
/// # Errors
/// When it cannot write.
pub fn serve() -> Result<bool, Failure> {
    let Some(store) = std::env::var_os(STORE) else {
        return Ok(false);
    };
    let db = Connection::open(store)?;
    db.execute_batch(SCHEMA)?;
    write(&db, 1, BEFORE)?;
    println!("ready");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let began = Instant::now();
    write(&db, BEFORE + 1, EVENTS)?;
    println!("{}", began.elapsed().as_micros());
    Ok(true)
}

fn write(db: &Connection, first: i64, events: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events (position, stream, category, version, type, event_id, recorded_at, data)
               VALUES (?, ?, 'order', ?, 'OrderPlaced', ?, ?, ?)";
    let mut insert = db.prepare(sql)?;
    let sql =
        "INSERT OR REPLACE INTO checkpoints (consumer, position, updated_at) VALUES (?, ?, ?)";
    let mut reach = db.prepare(sql)?;
    for from in (first..first + events).step_by(BATCH as usize) {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let now = micros();
        for position in from..from + BATCH {
            let data =
                format!("{{\"order\":{position},\"total\":\"12.50\",\"note\":\"as usual\"}}");
            let stream = format!("order-{}", position % 1000);
            let id = format!("event-{position}");
            insert.execute(params![position, stream, position / 1000, id, now, data])?;
        }
        for consumer in 0..5 {
            let name = format!("consumer-{consumer}");
            reach.execute(params![name, from - consumer * 50, now])?;
        }
        db.execute_batch("COMMIT")?;
    }
    Ok(())
}

fn micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros() as i64)
}

/// Measures pairs, alone and followed in turns, and prints what is left of the throughput.
///
/// # Errors
/// When a store cannot be written or read.
pub fn following(pairs: usize) -> Result<(), Failure> {
    let mut shares = Vec::with_capacity(pairs);
    for pair in 0..=pairs {
        // The one that comes first has it a little harder, or easier.
        let (alone, followed) = match pair % 2 {
            0 => (writer(None)?, writer(Some(Follower::open))?),
            _ => {
                let followed = writer(Some(Follower::open))?;
                (writer(None)?, followed)
            }
        };
        let share = alone.as_secs_f64() / followed.as_secs_f64();
        eprintln!(
            "alone {alone:.2?}, followed {followed:.2?}: {:.1} %",
            share * 100.0
        );
        if pair > 0 {
            shares.push(share);
        }
    }
    shares.sort_by(f64::total_cmp);
    let median = shares.get(shares.len() / 2).copied().unwrap_or_default();
    let (least, most) = (shares.first(), shares.last());
    println!(
        "a followed writer keeps {:.1} % of its throughput (>= 95 %), {:.1} to {:.1} % in {pairs} pairs",
        median * 100.0,
        least.copied().unwrap_or_default() * 100.0,
        most.copied().unwrap_or_default() * 100.0,
    );
    Ok(())
}

type Open = fn(&Path) -> Result<Follower, Failure>;

/// How long the other process takes.
fn writer(open: Option<Open>) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("followed.db");
    let mut child = Command::new(std::env::current_exe()?)
        .env(STORE, &store)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let took = measure(&mut child, &store, open);
    child.wait()?;
    took
}

fn measure(child: &mut Child, store: &Path, open: Option<Open>) -> Result<Duration, Failure> {
    let mut input = child.stdin.take().ok_or("no input")?;
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    output.next().ok_or("the writer died")??;
    let mut follower = open.map(|open| open(store)).transpose()?;
    writeln!(input, "go")?;
    let (told, end) = std::sync::mpsc::channel();
    let hear = move || drop(told.send(output.next()));
    std::thread::Builder::new().spawn(hear)?;
    loop {
        if let Ok(line) = end.recv_timeout(Duration::from_millis(100)) {
            let micros: u64 = line.ok_or("the writer died")??.parse()?;
            return Ok(Duration::from_micros(micros));
        }
        if let Some(follower) = &mut follower {
            follower.look();
        }
    }
}

/// The store as the window has it open with the Lag view in sight.
struct Follower {
    worker: Worker,
    opened: Option<Box<Opened>>,
    log: Arc<asof::log::Log>,
    samples: Arc<Samples>,
    lag: Slot<AskLag>,
    last: Instant,
}

impl Follower {
    fn open(path: &Path) -> Result<Self, Failure> {
        let window = std::thread::current();
        let wake: Wake = Arc::new(move || window.unpark());
        let worker = Worker::start(&wake)?;
        worker.open(OpenRequest {
            paths: vec![path.to_owned()],
            corrected: None,
            workspace: Workspace::none(),
            remembered: None,
            clock: || Timestamp::from_micros(micros()),
        });
        let mut follower = Self {
            worker,
            opened: None,
            log: Arc::default(),
            samples: Arc::default(),
            lag: Slot::default(),
            last: Instant::now(),
        };
        while !follower.log.is_complete() {
            follower.hear();
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(follower)
    }

    fn hear(&mut self) {
        while let Some(outcome) = self.worker.next() {
            match outcome {
                Outcome::Opened(opened) => self.opened = Some(opened),
                Outcome::Indexed { log, .. } => self.log = log,
                Outcome::Sampled { samples, .. } => self.samples = samples,
                _ => {}
            }
        }
    }

    fn look(&mut self) {
        self.hear();
        self.lag.poll();
        let Some(opened) = self.opened.as_ref().filter(|_| self.last.elapsed() >= TICK) else {
            return;
        };
        self.last = Instant::now();
        let cut = self.log.cut(self.log.default_clock(), Bound::Head);
        let facts: Arc<StoreFacts> = Arc::clone(&opened.facts);
        let subject = Subject {
            session: opened.session,
            log: Arc::clone(&self.log),
            payloads: Arc::clone(&opened.payloads),
            rows: Arc::clone(&opened.rows),
            tables: Arc::clone(&opened.tables),
            rules: opened.rules.clone(),
            facts,
            samples: Arc::clone(&self.samples),
        };
        let tick = Some(Timestamp::from_micros(micros()));
        let watched = Watched { subject, tick };
        self.lag.ask(&self.worker, AskLag { watched, cut });
    }
}
