//! Where a simulation's rows go. It makes them on one thread and a writer takes them on another, in
//! batches through a bounded channel, so that a store of any size needs little memory. A writer
//! writes one format and leaves out what the format has no place for.

mod article;
mod lines;
mod sqlite;
mod tables;

use std::fs::File;
use std::io;
use std::path::Path;

use crossbeam_channel::{Sender, bounded};
use serde_json::Value;

use super::kernel::{Event, EventId, Kind, Stream, Taken, ViewSpec};
use crate::model::{Task, Timestamp};
pub use sqlite::Extra;
pub use tables::{Format, Table, Tables};

/// A row of one of a store's tables.
#[derive(Debug)]
pub enum Row {
    Event(Event),
    Snapshot(Taken),
    /// A consumer's checkpoint as it is when the file is copied.
    Checkpoint {
        consumer: &'static str,
        position: i64,
        at: Timestamp,
        /// The categories that it reads; none means all.
        reads: &'static [&'static str],
    },
    History {
        consumer: &'static str,
        position: i64,
        at: Timestamp,
    },
    Processed {
        consumer: &'static str,
        event: EventId,
        at: Timestamp,
    },
    Outbox {
        event: EventId,
        created_at: Timestamp,
        published_at: Option<Timestamp>,
        attempts: u32,
    },
    DeadLetter {
        consumer: &'static str,
        event: EventId,
        at: Timestamp,
    },
    Command(Command),
    /// A row of the read model: its key, then its columns.
    View(String, Vec<Value>),
    Schema {
        kind: &'static Kind,
        at: Timestamp,
    },
    /// A row of the scenario's own table of that number.
    Extra(usize, Vec<Value>),
}

/// A command that somebody sent.
#[derive(Debug)]
pub struct Command {
    pub id: EventId,
    pub name: &'static str,
    /// What it was about.
    pub stream: Stream,
    pub sent_at: Timestamp,
    pub handled_at: Option<Timestamp>,
    /// Why it was rejected, if it was.
    pub rejected: Option<&'static str>,
    pub attempts: u32,
    pub correlation: EventId,
}

impl Row {
    /// The table that it belongs to.
    pub const fn table(&self) -> Table {
        match self {
            Self::Event(_) => Table::Events,
            Self::Snapshot(_) => Table::Snapshots,
            Self::Checkpoint { .. } => Table::Checkpoints,
            Self::History { .. } => Table::CheckpointHistory,
            Self::Processed { .. } => Table::ProcessedEvents,
            Self::Outbox { .. } => Table::Outbox,
            Self::DeadLetter { .. } => Table::DeadLetters,
            Self::Command(_) => Table::Commands,
            Self::View(..) => Table::ReadModel,
            Self::Schema { .. } => Table::Schemas,
            Self::Extra(..) => Table::Entities,
        }
    }
}

/// The simulation's end of the channel.
#[derive(Debug)]
pub struct Out {
    tables: Tables,
    batch: Vec<Row>,
    sender: Sender<Vec<Row>>,
    closed: bool,
}

const BATCH: usize = 2048;

impl Out {
    pub fn new(tables: Tables, sender: Sender<Vec<Row>>) -> Self {
        Self {
            tables,
            batch: Vec::with_capacity(BATCH),
            sender,
            closed: false,
        }
    }

    /// For a run of which nothing is to be written.
    pub fn nowhere() -> Self {
        Self::new(Tables::none(), bounded(0).0)
    }

    /// Whether rows of a table are wanted, for those that cost something to make.
    pub const fn wants(&self, table: Table) -> bool {
        self.tables.has(table)
    }

    /// Whether rows of any table beside the events are wanted.
    pub fn wants_more(&self) -> bool {
        self.tables.has_more()
    }

    /// Sends a row on its way.
    pub fn row(&mut self, row: Row) {
        if self.tables.has(row.table()) {
            self.batch.push(row);
            if self.batch.len() == BATCH {
                self.send();
            }
        }
    }

    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        // A writer that has failed takes no more; its error is the one that is told.
        self.closed |= self.sender.send(batch).is_err();
    }

    /// Whether the writer takes no more.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Sends what is left.
    pub fn finish(mut self) {
        self.send();
    }
}

/// Why a row could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The format holds every stream in one piece.
    #[error("a file of streams holds at most {0} events; write JSON lines instead")]
    TooMany(usize),
}

/// The names of what differs from scenario to scenario.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The most events.
    pub events: u64,
    /// What CloudEvents call the source.
    pub scenario: &'static str,
    pub view: &'static ViewSpec,
    pub extra: &'static [Extra],
}

/// Writes one format.
pub trait Sink {
    /// Writes rows; those of tables that the format has no place for are passed over.
    fn write(&mut self, rows: Vec<Row>) -> Result<(), WriteError>;

    /// Writes what only the end allows.
    fn finish(self: Box<Self>) -> Result<(), WriteError>;
}

/// A writer for the empty file at `path`. What takes long at the end is called off with the task.
pub fn sink(
    format: Format,
    path: &Path,
    shape: Shape,
    tables: Tables,
    task: &Task,
) -> Result<Box<dyn Sink>, WriteError> {
    Ok(match format {
        Format::Sqlite => Box::new(sqlite::Database::create(path, shape, tables, task)?),
        Format::JsonLines => Box::new(lines::Lines::plain(File::create(path)?)),
        Format::CloudEvents => {
            let file = File::create(path)?;
            Box::new(lines::Lines::cloud_events(file, shape.scenario))
        }
        Format::Streams => Box::new(article::Streams::new(File::create(path)?)),
    })
}
