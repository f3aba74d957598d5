//! Asof's own sample layout: an ordinary SQLite file with a rollback journal. Moments are integers,
//! microseconds since 1970 in UTC. Rows are appended as they come and the indexes are built at the
//! end, which is several times as quick as keeping them up to date.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{CachedStatement, Connection, params, params_from_iter};
use serde_json::Value;

use super::lines::metadata;
use super::{Command, Row, Shape, Sink, Table, Tables, WriteError};
use crate::model::{Task, Timestamp};
use crate::simulate::kernel::{ATTEMPTS, Event, EventId, Take, Taken, json_schema};

/// A table that only one scenario has.
#[derive(Debug)]
pub struct Extra {
    pub name: &'static str,
    /// Its columns as `CREATE TABLE` has them.
    pub columns: &'static str,
}

/// What a consumer says of an event that it cannot read.
pub const POISON_ERROR: &str =
    "unsupported Unicode escape sequence: \\u0000 cannot be converted to text";

/// After so many steps of SQLite's machine it is asked whether to go on.
const STEPS: std::ffi::c_int = 1_000_000;

/// From so many events on a store is a large one.
const LARGE: u64 = 100_000;

const EVENTS: &str = "CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  category TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER,
  event_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL, -- microseconds since 1970-01-01T00:00:00Z, as all times here
  occurred_at INTEGER,
  correlation_id TEXT,
  causation_id TEXT,
  data TEXT NOT NULL,
  metadata TEXT
);
";
const INDEXES: &str = "CREATE INDEX events_by_stream ON events (stream, version);
CREATE INDEX events_by_id ON events (event_id);
";
const SNAPSHOTS: &str = "CREATE TABLE snapshots (
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  strategy TEXT NOT NULL, -- periodic, threshold, eager or lazy
  PRIMARY KEY (stream, version)
);
";
const CHECKPOINTS: &str = "CREATE TABLE checkpoints (
  consumer TEXT NOT NULL,
  partition TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  categories TEXT, -- what it reads, separated by commas; null: everything
  PRIMARY KEY (consumer, partition)
);
";
const HISTORY: &str = "CREATE TABLE checkpoint_history (
  consumer TEXT NOT NULL,
  partition TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL,
  at INTEGER NOT NULL
);
";
const PROCESSED: &str = "CREATE TABLE processed_events (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  processed_at INTEGER NOT NULL
);
";
const OUTBOX: &str = "CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  published_at INTEGER, -- null: not yet
  attempts INTEGER NOT NULL
);
";
const DEAD_LETTERS: &str = "CREATE TABLE dead_letters (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  error TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  at INTEGER NOT NULL
);
";
const COMMANDS: &str = "CREATE TABLE commands (
  command_id TEXT NOT NULL,
  type TEXT NOT NULL,
  stream TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  handled_at INTEGER, -- null: not yet
  outcome TEXT, -- accepted, or why it was rejected
  attempts INTEGER NOT NULL,
  correlation_id TEXT NOT NULL
);
";
const SCHEMAS: &str = "CREATE TABLE schemas (
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  schema TEXT NOT NULL, -- JSON Schema
  registered_at INTEGER NOT NULL,
  PRIMARY KEY (type, version)
);
";

/// The statements that make the tables and, at the end, the indexes of a store.
fn ddl(shape: Shape, tables: Tables) -> (String, &'static str) {
    let view = shape.view;
    let mut read_model = format!(
        "CREATE TABLE {} (\n  {} TEXT PRIMARY KEY",
        view.table, view.key
    );
    for column in view.columns {
        let kind = match column.take {
            Take::LastText => "TEXT",
            Take::Count => "INTEGER",
            Take::LastNumber | Take::Sum => "NUMERIC",
        };
        read_model.push_str(&format!(",\n  {} {kind}", column.name));
    }
    read_model.push_str("\n);\n");
    let create =
        |extra: &Extra| format!("CREATE TABLE {} (\n  {}\n);\n", extra.name, extra.columns);
    let entities: String = shape.extra.iter().map(create).collect();
    let of = |table| match table {
        Table::Events => EVENTS,
        Table::Snapshots => SNAPSHOTS,
        Table::Checkpoints => CHECKPOINTS,
        Table::CheckpointHistory => HISTORY,
        Table::ProcessedEvents => PROCESSED,
        Table::Outbox => OUTBOX,
        Table::DeadLetters => DEAD_LETTERS,
        Table::Commands => COMMANDS,
        Table::ReadModel => &read_model,
        Table::Schemas => SCHEMAS,
        Table::Entities => &entities,
    };
    let wanted = Table::ALL.into_iter().filter(|table| tables.has(*table));
    (wanted.map(of).collect(), INDEXES)
}

pub struct Database {
    db: Connection,
    shape: Shape,
    indexes: &'static str,
}

impl Database {
    /// Makes the tables in the empty file at `path`.
    pub fn create(
        path: &Path,
        shape: Shape,
        tables: Tables,
        task: &Task,
    ) -> Result<Self, WriteError> {
        let mut db = Connection::open(path)?;
        let task = task.clone();
        db.progress_handler(STEPS, Some(move || task.is_cancelled()))?;
        // Large pages are quicker to fill, small ones leave less room in a small file.
        let page = if shape.events < LARGE { 4096 } else { 16_384 };
        // Whoever is interrupted begins anew: nothing of a half-written store has to be saved.
        db.execute_batch(&format!(
            "PRAGMA page_size = {page}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; PRAGMA threads = 2;",
        ))?;
        db.set_prepared_statement_cache_capacity(32);
        let (create, indexes) = ddl(shape, tables);
        db.execute_batch("BEGIN")?;
        db.execute_batch(&create)?;
        Ok(Self { db, shape, indexes })
    }

    fn prepared(&self, sql: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.db.prepare_cached(sql)
    }

    /// Writes a row of any table but the log.
    fn insert(&self, row: Row) -> rusqlite::Result<usize> {
        match row {
            Row::Event(event) => EventInsert::new(&self.db)?.write(&event),
            Row::Snapshot(taken) => self.snapshot(&taken),
            Row::Checkpoint {
                consumer,
                position,
                at,
                reads,
            } => self
                .prepared("INSERT INTO checkpoints VALUES (?, '', ?, ?, ?)")?
                .execute(params![
                    consumer,
                    position,
                    at.micros(),
                    (!reads.is_empty()).then(|| reads.join(","))
                ]),
            Row::History {
                consumer,
                position,
                at,
            } => self
                .prepared("INSERT INTO checkpoint_history VALUES (?, '', ?, ?)")?
                .execute(params![consumer, position, at.micros()]),
            Row::Processed {
                consumer,
                event,
                at,
            } => self
                .prepared("INSERT INTO processed_events VALUES (?, ?, ?)")?
                .execute(params![consumer, event, at.micros()]),
            Row::Outbox {
                event,
                created_at,
                published_at,
                attempts,
            } => self
                .prepared("INSERT INTO outbox VALUES (NULL, ?, ?, ?, ?)")?
                .execute(params![
                    event,
                    created_at.micros(),
                    published_at.map(Timestamp::micros),
                    attempts
                ]),
            Row::DeadLetter {
                consumer,
                event,
                at,
            } => self
                .prepared("INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?)")?
                .execute(params![
                    consumer,
                    event,
                    POISON_ERROR,
                    ATTEMPTS,
                    at.micros()
                ]),
            Row::Command(command) => self.command(&command),
            Row::View(key, cells) => {
                let cells = std::iter::once(Cell::Text(key)).chain(cells.iter().map(cell));
                self.values(self.shape.view.table, cells.collect())
            }
            Row::Schema { kind, at } => self
                .prepared("INSERT INTO schemas VALUES (?, ?, ?, ?)")?
                .execute(params![
                    kind.name,
                    kind.version,
                    json_schema(kind.fields),
                    at.micros()
                ]),
            Row::Extra(table, cells) => {
                let cells = cells.iter().map(cell).collect();
                self.values(self.shape.extra[table].name, cells)
            }
        }
    }

    fn snapshot(&self, taken: &Taken) -> rusqlite::Result<usize> {
        let state = serde_json::to_string(&taken.state).unwrap_or_default();
        // A fork may want the same version twice; the first stays.
        self.prepared("INSERT OR IGNORE INTO snapshots VALUES (?, ?, ?, ?, ?)")?
            .execute(params![
                taken.stream.to_string(),
                taken.version,
                state,
                taken.taken_at.micros(),
                taken.strategy
            ])
    }

    fn command(&self, command: &Command) -> rusqlite::Result<usize> {
        let outcome = command
            .handled_at
            .map(|_| command.rejected.unwrap_or("accepted"));
        self.prepared("INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?
            .execute(params![
                command.id,
                command.name,
                command.stream.to_string(),
                command.sent_at.micros(),
                command.handled_at.map(Timestamp::micros),
                outcome,
                command.attempts,
                command.correlation,
            ])
    }

    fn values(&self, table: &str, cells: Vec<Cell>) -> rusqlite::Result<usize> {
        let places = vec!["?"; cells.len()].join(", ");
        self.prepared(&format!("INSERT INTO {table} VALUES ({places})"))?
            .execute(params_from_iter(cells))
    }
}

impl Sink for Database {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), WriteError> {
        let mut events = EventInsert::new(&self.db)?;
        for row in rows {
            match row {
                Row::Event(event) => events.write(&event)?,
                row => self.insert(row)?,
            };
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        self.db.execute_batch(self.indexes)?;
        Ok(self.db.execute_batch("COMMIT")?)
    }
}

/// Writes rows of the log, of which there are most: with one statement for all, and without making a
/// text for each cell.
struct EventInsert<'a> {
    statement: CachedStatement<'a>,
    stream: String,
    metadata: String,
}

impl<'a> EventInsert<'a> {
    fn new(db: &'a Connection) -> rusqlite::Result<Self> {
        let sql = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        Ok(Self {
            statement: db.prepare_cached(sql)?,
            stream: String::new(),
            metadata: String::new(),
        })
    }

    fn write(&mut self, event: &Event) -> rusqlite::Result<usize> {
        self.stream.clear();
        let _ = write!(self.stream, "{}", event.stream);
        self.metadata.clear();
        metadata(&mut self.metadata, event);
        let id = event.id.text();
        let correlation = event.correlation.text();
        let causation = event.causation.map(EventId::text);
        self.statement.execute(params![
            event.position,
            self.stream,
            event.stream.category,
            event.version,
            event.kind.name,
            event.kind.version,
            Digits(&id),
            event.recorded_at.micros(),
            event.occurred_at.micros(),
            Digits(&correlation),
            causation.as_ref().map(Digits),
            event.data,
            self.metadata,
        ])
    }
}

/// The characters of an id, which are ASCII.
struct Digits<'a>(&'a [u8; 36]);

impl ToSql for Digits<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.0)))
    }
}

impl ToSql for EventId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.to_string()))
    }
}

/// A JSON scalar as a cell; whole numbers stay whole.
fn cell(value: &Value) -> Cell {
    match value {
        Value::String(text) => Cell::Text(text.clone()),
        Value::Bool(flag) => Cell::Integer(i64::from(*flag)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => Cell::Real(number.as_f64().unwrap_or_default()),
        },
        _ => Cell::Null,
    }
}
