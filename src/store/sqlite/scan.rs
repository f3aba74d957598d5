//! Reads events in the order of their key: two readers over alternating blocks of keys, each in
//! transactions so short that a writer is never held up, resuming where the last one stopped.

use std::time::{Duration, Instant};

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, Rows};

use super::connect::{ConnectError, Database, Standing};
use super::plan::Plan;
use super::stored;
use crate::log::{LogBuilder, Place, Problem, RawChunk};
use crate::model::Task;
use crate::store::pipeline;
use crate::store::row::{Found, Interpreter, Value};

/// No read transaction lasts longer.
const TRANSACTION: Duration = Duration::from_millis(50);

/// Keys in the first blocks, so that the first screen is there at once; later ones have `BLOCK`.
/// More would not fit the names of a block into a processor's cache.
const FIRST: [i64; 2] = [1_000, 8_000];
const BLOCK: i64 = 1 << 15;

/// Below so many keys a second reader costs more than it brings.
const WORTH_TWO: u64 = 50_000;

/// Keys after `after` up to and including `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    pub after: i64,
    pub to: i64,
}

impl Keys {
    /// How many keys there may be.
    pub fn span(self) -> u64 {
        u64::try_from(i128::from(self.to) - i128::from(self.after)).unwrap_or(0)
    }

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

/// How a store's keys lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Density {
    /// Close enough together that blocks of keys hold about equally many rows.
    Dense,
    /// Far apart or in clumps (snowflake ids, byte positions), or no key at all.
    Sparse,
}

/// What a scan reads, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'s> {
    pub database: &'s Database,
    pub plan: &'s Plan,
    pub file: &'s str,
    pub keys: Keys,
    pub density: Density,
}

/// Takes what was read up to and including a key.
pub(super) type Take<'t> = dyn FnMut(i64, RawChunk) + 't;

impl Scan<'_> {
    /// Reads all keys, chunk by chunk.
    ///
    /// # Errors
    /// That the file has gone, was replaced under the reader, or that the task was called off.
    pub fn run(self, task: &Task, take: &mut Take<'_>) -> Result<(), ConnectError> {
        task.set_total(self.keys.span());
        let done = |to: i64| {
            let before = Keys { to, ..self.keys };
            task.set_done(before.span());
        };
        match self.density {
            Density::Dense => self.by_blocks(task, &mut |to, chunk| {
                take(to, chunk);
                done(to);
            }),
            Density::Sparse => self.by_rows(task, &mut |to, chunk| {
                take(to, chunk);
                done(to);
            }),
        }
    }

    fn by_blocks(self, task: &Task, take: &mut Take<'_>) -> Result<(), ConnectError> {
        let blocks = self.keys.blocks();
        let readers = if self.keys.span() >= WORTH_TWO { 2 } else { 1 };
        let mut all: Vec<pipeline::Reader<'_, RawChunk, ConnectError>> = Vec::new();
        for _ in 0..readers {
            // A connection can move to a thread but not be shared, so each reader owns one.
            let mut reader = Reader::new(self)?;
            let blocks = &blocks;
            all.push(Box::new(move |block| {
                let Keys { mut after, to } = blocks[block];
                reader.read(&mut after, to, usize::MAX, task)
            }));
        }
        pipeline::in_order(blocks.len(), all, &mut |block, chunk| {
            take(blocks[block].to, chunk);
        })
    }

    fn by_rows(self, task: &Task, take: &mut Take<'_>) -> Result<(), ConnectError> {
        let mut reader = Reader::new(self)?;
        let Keys { mut after, to } = self.keys;
        let mut sizes = FIRST.into_iter();
        while after < to {
            // Rows that are counted rather than keyed can only be read in one go.
            let rows = match self.plan.key {
                Some(_) => usize::try_from(sizes.next().unwrap_or(BLOCK)).unwrap_or(usize::MAX),
                None => usize::MAX,
            };
            let chunk = reader.read(&mut after, to, rows, task)?;
            take(after, chunk);
        }
        Ok(())
    }
}

/// One connection's way through the events.
struct Reader<'s> {
    database: Database,
    plan: &'s Plan,
    interpreter: Interpreter<'s>,
    sql: String,
    links: Option<String>,
    /// Events and streams of the last chunk: what the next one will need room for.
    room: (usize, usize),
}

/// Why a transaction ended.
enum End {
    /// Everything asked for was read.
    Done,
    /// It had lasted long enough, or the chunk is full.
    Paused,
}

impl<'s> Reader<'s> {
    fn new(scan: Scan<'s>) -> Result<Self, ConnectError> {
        let database = scan.database.sibling()?;
        super::functions::register(database.connection())
            .map_err(|error| database.explain(error))?;
        Ok(Self {
            database,
            plan: scan.plan,
            interpreter: Interpreter::new(&scan.plan.layout.events, scan.file),
            sql: scan.plan.index_sql(),
            links: scan.plan.links_sql(),
            room: (0, 0),
        })
    }

    /// The events after `after` up to `to`, or the first `most` of them; moves `after` to the last
    /// key read. Damage is reported in the chunk and stepped over.
    fn read(
        &mut self,
        after: &mut i64,
        to: i64,
        most: usize,
        task: &Task,
    ) -> Result<RawChunk, ConnectError> {
        let mut chunk = RawChunk::with_room(self.room.0, self.room.1);
        while *after < to && chunk.len() < most {
            task.check()?;
            match self.transaction(after, to, most, &mut chunk) {
                Ok(End::Done) => *after = to,
                Ok(End::Paused) => {}
                Err(error) => {
                    let error = self.judge(error)?;
                    chunk.problems.push(Problem {
                        place: format!("after row {after}"),
                        message: error.to_string(),
                    });
                    *after = self.beyond_damage(*after, to);
                }
            }
        }
        // Where nothing locked a writer out, what was read counts only if none came.
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy());
        }
        self.room = (chunk.len(), chunk.stream_count());
        Ok(chunk)
    }

    /// Tells damage, which is lived with, from a file that changed under the reader.
    fn judge(&self, error: rusqlite::Error) -> Result<rusqlite::Error, ConnectError> {
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy());
        }
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::SystemIoFailure) => {
                Ok(error)
            }
            _ => Err(self.database.explain(error)),
        }
    }

    /// The first key from which reading goes on; `to` where it does not.
    fn beyond_damage(&self, after: i64, to: i64) -> i64 {
        if self.plan.key.is_none() {
            return to;
        }
        let (mut bad, mut step) = (after, 1_i64);
        let mut good = loop {
            let next = bad.saturating_add(step).min(to);
            if next == to || self.is_readable(next, to) {
                break next;
            }
            bad = next;
            step = step.saturating_mul(2);
        };
        while i128::from(good) - i128::from(bad) > 1 {
            let middle = ((i128::from(good) + i128::from(bad)) / 2) as i64;
            if self.is_readable(middle, to) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    fn is_readable(&self, after: i64, to: i64) -> bool {
        let read = || -> rusqlite::Result<()> {
            let mut statement = self.database.connection().prepare_cached(&self.sql)?;
            let mut rows = statement.query([after, to])?;
            rows.next().map(drop)
        };
        read().is_ok()
    }

    /// Reads on from `after` for as long as one transaction may last.
    fn transaction(
        &mut self,
        after: &mut i64,
        to: i64,
        most: usize,
        chunk: &mut RawChunk,
    ) -> rusqlite::Result<End> {
        let connection: &Connection = self.database.connection();
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut links = match &self.links {
            Some(sql) => Some(connection.prepare_cached(sql)?),
            None => None,
        };
        // Both statements see one moment of the store.
        let _moment = connection.unchecked_transaction()?;
        let mut links = match &mut links {
            Some(links) => Links::new(links.query([*after, to])?)?,
            None => None,
        };
        let mut rows = statement.query([*after, to])?;
        let keyed = self.plan.key.is_some();
        let (mut began, mut since) = (None, 0_u32);
        while let Some(row) = rows.next()? {
            let mut place = Plan::place(row)?;
            // Where SQLite had to sort first, that time is lost, but it comes only once.
            let began = *began.get_or_insert_with(Instant::now);
            if keyed {
                // A commit's events share a key and belong together.
                let next = place.at != *after;
                let late =
                    since >= 256 && since.is_multiple_of(64) && began.elapsed() > TRANSACTION;
                if next && (late || chunk.len() >= most) {
                    return Ok(End::Paused);
                }
                *after = place.at;
            } else {
                let at = i64::from(since) + 1;
                place = Place { at, extent: 0 };
            }
            since += 1;
            let texts = self.plan.texts(row, connection)?;
            let mut found = Found::default();
            self.plan.find(row, &texts, &mut found)?;
            self.interpreter
                .push(chunk, &found, place, &|| format!("row {}", place.at));
            if let Some(links) = &mut links {
                links.add(place.at, &self.interpreter, chunk)?;
            }
        }
        Ok(End::Done)
    }
}

/// The further streams of events, read alongside them.
struct Links<'r> {
    rows: Rows<'r>,
    key: Option<i64>,
}

impl<'r> Links<'r> {
    fn new(mut rows: Rows<'r>) -> rusqlite::Result<Option<Self>> {
        let key = rows.next()?.map(|row| row.get(0)).transpose()?;
        Ok(Some(Self { rows, key }))
    }

    /// Links the event last added, whose key is `at`.
    fn add(
        &mut self,
        at: i64,
        interpreter: &Interpreter<'_>,
        chunk: &mut RawChunk,
    ) -> rusqlite::Result<()> {
        while let Some(key) = self.key.filter(|key| *key <= at) {
            if let (true, Some(row)) = (key == at, self.rows.get()) {
                let value = |column| row.get_ref(column).map(stored::value);
                let (stream, version): (Value<'_>, Value<'_>) = (value(1)?, value(2)?);
                interpreter.link(chunk, &stream, &version);
            }
            self.key = self.rows.next()?.map(|row| row.get(0)).transpose()?;
        }
        Ok(())
    }
}

/// Appends what a scan takes to `builder`, and remembers how far that is.
pub(super) fn into<'b>(
    builder: &'b mut LogBuilder,
    read_to: &'b mut i64,
    publish: &'b mut dyn FnMut(&mut LogBuilder),
) -> impl FnMut(i64, RawChunk) + 'b {
    |to, chunk| {
        builder.append(chunk);
        *read_to = to;
        publish(builder);
    }
}
