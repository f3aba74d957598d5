//! Reads events in the order of their key: two readers over alternating blocks of keys, each in
//! transactions so short that a writer is never held up, resuming where the last one stopped.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connect::{ConnectError, Database, Standing};
use super::plan::Plan;
use crate::log::{LogBuilder, Place, Problem, RawChunk};
use crate::model::Task;
use crate::store::pipeline;
use crate::store::row::{Found, Interpreter};

/// No read transaction lasts longer.
const TRANSACTION: Duration = Duration::from_millis(50);

/// Keys in the first blocks, so that the first screen is there at once; later ones have `BLOCK`.
const FIRST: [i64; 3] = [1_000, 4_000, 16_000];
const BLOCK: i64 = 1 << 16;

/// Below so many keys a second reader costs more than it brings.
const WORTH_TWO: u64 = 50_000;

/// Keys after `after` up to and including `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    pub after: i64,
    pub to: i64,
}

impl Keys {
    fn blocks(self) -> Vec<Self> {
        let (mut blocks, mut after) = (Vec::new(), self.after);
        let mut sizes = FIRST.into_iter();
        while after < self.to {
            let to = after
                .saturating_add(sizes.next().unwrap_or(BLOCK))
                .min(self.to);
            blocks.push(Self { after, to });
            after = to;
        }
        blocks
    }
}

/// Reads `keys` into `builder`; `publish` is called after each block.
///
/// # Errors
/// That the file has gone, was replaced under the reader, or that the task was called off.
pub(super) fn scan(
    database: &Database,
    plan: &Plan,
    file: &str,
    keys: Keys,
    task: &Task,
    builder: &mut LogBuilder,
    publish: &mut dyn FnMut(&mut LogBuilder),
) -> Result<(), ConnectError> {
    let blocks = keys.blocks();
    let done = |to: i64| u64::try_from(to.saturating_sub(keys.after)).unwrap_or(0);
    task.set_total(done(keys.to));
    let readers = if done(keys.to) >= WORTH_TWO { 2 } else { 1 };
    let mut all: Vec<pipeline::Reader<'_, RawChunk, ConnectError>> = Vec::new();
    for _ in 0..readers {
        // A connection can move to a thread but not be shared, so each reader owns one.
        let mut reader = Reader::new(database.sibling()?, plan, file)?;
        let blocks = &blocks;
        all.push(Box::new(move |block| reader.read(blocks[block], task)));
    }
    pipeline::in_order(blocks.len(), all, &mut |block, chunk| {
        builder.append(chunk);
        task.set_done(done(blocks[block].to));
        publish(builder);
    })
}

/// One connection's way through the events.
struct Reader<'d> {
    database: Database,
    plan: &'d Plan,
    interpreter: Interpreter<'d>,
    sql: String,
    counted: i64,
}

impl<'d> Reader<'d> {
    fn new(database: Database, plan: &'d Plan, file: &str) -> Result<Self, ConnectError> {
        super::functions::register(database.connection())
            .map_err(|error| database.explain(error))?;
        let interpreter = Interpreter::new(&plan.layout.events, file);
        Ok(Self {
            database,
            plan,
            interpreter,
            sql: plan.index_sql(),
            counted: 0,
        })
    }

    /// All events with keys in `block`. Damage is reported in the chunk and stepped over.
    fn read(&mut self, block: Keys, task: &Task) -> Result<RawChunk, ConnectError> {
        let mut chunk = RawChunk::default();
        let (mut after, mut step) = (block.after, 1_i64);
        while after < block.to {
            task.check()?;
            let before = after;
            match self.transaction(&mut after, block.to, &mut chunk) {
                Ok(ControlFlow::Break(())) => break,
                Ok(ControlFlow::Continue(())) => step = 1,
                Err(error) => {
                    let error = self.judge(error)?;
                    // Past the last row read there is damage; look for where it ends.
                    step = if after == before {
                        step.saturating_mul(2)
                    } else {
                        1
                    };
                    if step == 1 || step == 2 && after == before {
                        let place = format!("after row {after}");
                        chunk.problems.push(Problem {
                            place,
                            message: error.to_string(),
                        });
                    }
                    after = after.saturating_add(step);
                    if self.plan.key.is_none() {
                        break;
                    }
                }
            }
        }
        Ok(chunk)
    }

    /// Tells damage, which is lived with, from a file that changed under the reader.
    fn judge(&self, error: rusqlite::Error) -> Result<rusqlite::Error, ConnectError> {
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.explain(error));
        }
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::SystemIoFailure) => {
                Ok(error)
            }
            _ => Err(self.database.explain(error)),
        }
    }

    /// Reads on from `after` for as long as one transaction may last.
    fn transaction(
        &mut self,
        after: &mut i64,
        to: i64,
        chunk: &mut RawChunk,
    ) -> rusqlite::Result<ControlFlow<()>> {
        let connection: &Connection = self.database.connection();
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut rows = statement.query([*after, to])?;
        let (began, keyed) = (Instant::now(), self.plan.key.is_some());
        let mut since = 0_u32;
        while let Some(row) = rows.next()? {
            let mut place = Plan::place(row)?;
            if keyed {
                // A commit's events share a key and belong together.
                if since >= 256 && place.at != *after && began.elapsed() > TRANSACTION {
                    return Ok(ControlFlow::Continue(()));
                }
                *after = place.at;
            } else {
                self.counted += 1;
                place = Place {
                    at: self.counted,
                    extent: 0,
                };
            }
            since += 1;
            let mut texts = [None, None];
            let mut found = Found::default();
            self.plan.find(row, &mut found)?;
            self.plan.find_inside(row, &mut texts, &mut found)?;
            self.interpreter
                .push(chunk, &found, place, &|| format!("row {}", place.at));
        }
        *after = to;
        Ok(ControlFlow::Break(()))
    }
}
