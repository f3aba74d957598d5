//! Reads events in the order of their key: two readers over alternating blocks of keys, each in
//! transactions so short that a writer is never held up, resuming where the last one stopped.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use rusqlite::Connection;

use super::connect::{ConnectError, Database, Standing};
use super::plan::Plan;
use crate::log::{LogBuilder, Place, Problem, RawChunk};
use crate::model::Task;
use crate::store::row::{Found, Interpreter};

/// No read transaction lasts longer.
const TRANSACTION: Duration = Duration::from_millis(50);

/// Keys in the first blocks, so that the first screen is there at once; later ones have `BLOCK`.
const FIRST: [i64; 3] = [1_000, 4_000, 16_000];
const BLOCK: i64 = 1 << 16;

/// Below so many keys a second reader costs more than it brings.
const WORTH_TWO: i64 = 50_000;

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
            let to = after.saturating_add(sizes.next().unwrap_or(BLOCK)).min(self.to);
            blocks.push(Self { after, to });
            after = to;
        }
        blocks
    }
}

/// Reads `keys` into `builder`; `publish` is called after each block with how far it is.
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
    let span = u64::try_from(keys.to.saturating_sub(keys.after)).unwrap_or(0);
    task.set_total(span);
    let mut take = |builder: &mut LogBuilder, block: Keys, chunk: RawChunk| {
        builder.append(chunk);
        task.set_done(u64::try_from(block.to.saturating_sub(keys.after)).unwrap_or(0));
        publish(builder);
    };
    let second = if span as i64 >= WORTH_TWO { database.sibling().ok() } else { None };
    let Some(second) = second else {
        let mut reader = Reader::new(database, plan, file)?;
        for block in blocks {
            let chunk = reader.read(block, task)?;
            take(builder, block, chunk);
        }
        return Ok(());
    };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = bounded::<(usize, Result<RawChunk, ConnectError>)>(4);
    // A connection can move to a thread but not be shared, so each reader owns one.
    let third = database.sibling()?;
    let databases = Mutex::new(vec![second, third]);
    std::thread::scope(|scope| {
        for name in ["asof-read-1", "asof-read-2"] {
            let (sender, next, blocks, databases) = (sender.clone(), &next, &blocks, &databases);
            let run = move || {
                let Some(own) = databases.lock().ok().and_then(|mut all| all.pop()) else { return };
                let mut reader = match Reader::new(&own, plan, file) {
                    Ok(reader) => reader,
                    Err(error) => {
                        let _ = sender.send((usize::MAX, Err(error)));
                        return;
                    }
                };
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(block) = blocks.get(at) else { return };
                    let read = reader.read(*block, task);
                    let ended = read.is_err();
                    if sender.send((at, read)).is_err() || ended {
                        return;
                    }
                }
            };
            let started = std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, run);
            drop(started);
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (at, read) in &receiver {
            waiting.insert(at, read?);
            while let Some(chunk) = waiting.remove(&expected) {
                take(builder, blocks[expected], chunk);
                expected += 1;
            }
        }
        task.check()?;
        Ok(())
    })
}

/// One connection's way through the events.
struct Reader<'d> {
    database: &'d Database,
    plan: &'d Plan,
    interpreter: Interpreter<'d>,
    sql: String,
    counted: i64,
}

impl<'d> Reader<'d> {
    fn new(database: &'d Database, plan: &'d Plan, file: &str) -> Result<Self, ConnectError> {
        super::functions::register(database.connection()).map_err(|error| database.explain(error))?;
        let interpreter = Interpreter::new(&plan.layout.events, file);
        Ok(Self { database, plan, interpreter, sql: plan.index_sql(), counted: 0 })
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
                    step = if after == before { step.saturating_mul(2) } else { 1 };
                    if step == 1 || step == 2 && after == before {
                        let place = format!("after row {after}");
                        chunk.problems.push(Problem { place, message: error.to_string() });
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
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::SystemIoFailure) => Ok(error),
            _ => Err(self.database.explain(error)),
        }
    }

    /// Reads on from `after` for as long as one transaction may last.
    fn transaction(&mut self, after: &mut i64, to: i64, chunk: &mut RawChunk) -> rusqlite::Result<ControlFlow<()>> {
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
                place = Place { at: self.counted, extent: 0 };
            }
            since += 1;
            let mut texts = [None, None];
            let mut found = Found::default();
            self.plan.find(row, &mut found)?;
            self.plan.find_inside(row, &mut texts, &mut found)?;
            self.interpreter.push(chunk, &found, place, &|| format!("row {}", place.at));
        }
        *after = to;
        Ok(ControlFlow::Break(()))
    }
}
