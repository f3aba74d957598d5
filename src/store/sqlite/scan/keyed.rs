//! Reading by keys: on from a place, for as long as one transaction may last. A row that cannot be
//! read is reported and stepped over; what stands around it is read.

use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, params};

use super::events::{Begun, End, Events, Range};
use super::{Piece, Scan, Stop, own};
use crate::log::{Problem, RawChunk};
use crate::model::Task;
use crate::store::row::Interpreter;
use crate::store::sqlite::connect::{Database, Standing};
use crate::store::sqlite::damage::{corruption, is_corruption, is_of_a_row};
use crate::store::sqlite::kept::Kept;
use crate::store::sqlite::links::Alongside;
use crate::store::sqlite::pages::{Odd, Shape};
use crate::store::sqlite::place::At;
use crate::store::sqlite::plan::{Plan, What};
use crate::store::sqlite::tally::Tally;
use crate::store::sqlite::watch::{Print, Spot, Watch};

/// One connection's way through the events.
pub(super) struct Reader<'s> {
    database: Database,
    watch: Watch,
    plan: &'s Plan,
    interpreter: Interpreter<'s>,
    sql: String,
    next: String,
    links: Option<String>,
    /// What the statement selects, where pages can be read in its place.
    shape: Option<Shape>,
    /// Events and streams of the last chunk: what the next one will need room for.
    room: (usize, usize),
    /// The key of the last event read.
    last: Option<i64>,
    /// The rows of the chunk being read; none once one of them could not be.
    tally: Option<Tally>,
}

impl<'s> Reader<'s> {
    pub fn new(scan: &Scan<'s>) -> Result<Self, Stop> {
        let (database, watch) = own(scan)?;
        let shape = match database.bytes() {
            Some(_) => Shape::of(database.connection(), scan.plan, What::Index),
            None => Ok(None),
        };
        let shape = shape.map_err(|error| database.explain(error))?;
        Ok(Self {
            database,
            watch,
            plan: scan.plan,
            interpreter: Interpreter::new(&scan.plan.events, scan.file),
            // Invariant: stores without keys are read by another reader.
            sql: scan.plan.index_sql().expect("a store with keys"),
            next: scan.plan.next_sql().expect("a store with keys"),
            links: scan.plan.links_sql(),
            shape,
            room: (0, 0),
            last: None,
            tally: None,
        })
    }

    /// The key of the last event read.
    pub fn last_key(&self) -> Option<i64> {
        self.last
    }

    /// The events behind `at` up to the key `to`, or the first `most` of them; moves `at` on.
    pub fn read(&mut self, at: &mut At, to: i64, most: usize, task: &Task) -> Result<Piece, Stop> {
        let mut chunk = RawChunk::with_room(self.room.0, self.room.1);
        self.tally = Some(Tally::default());
        let end = At::end_of(to);
        let mut range = Range {
            at,
            until: end.clone(),
            end,
            window: None,
        };
        while *range.at != range.end && chunk.len() < most {
            task.check()?;
            match self.transaction(&mut range, most, &mut chunk)? {
                End::Done => range.on(),
                End::Paused => {}
                End::Damaged(error) => {
                    let error = self.judge(error)?;
                    self.tally = None;
                    self.step(&mut range, &error, &mut chunk)?;
                }
            }
        }
        // Where nothing locked a writer out, what was read counts only if none came.
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy().into());
        }
        self.room = (chunk.len(), chunk.stream_count());
        let tally = self.tally;
        Ok(Piece { chunk, tally })
    }

    /// Tells damage, which is lived with, from a file that changed under the reader.
    fn judge(&self, error: rusqlite::Error) -> Result<rusqlite::Error, Stop> {
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy().into());
        }
        match is_of_a_row(&error) {
            true => Ok(error),
            false => Err(self.database.explain(error).into()),
        }
    }

    /// On past a row that may be the one that cannot be read.
    fn step(
        &self,
        range: &mut Range<'_>,
        error: &rusqlite::Error,
        chunk: &mut RawChunk,
    ) -> Result<(), Stop> {
        let next = self.prepared(&self.next).and_then(|mut statement| {
            let next = statement.query_row(places(self.plan, range.at, &range.end), At::of);
            next.optional()
        });
        let next = next.and_then(|next| match &next {
            Some(found)
                if found
                    .to_place()
                    .is_some_and(|place| !range.at.is_before(place)) =>
            {
                Err(corruption())
            }
            _ => Ok(next),
        });
        let next = match next {
            Err(also) => Err(self.judge(also)?),
            next => next,
        };
        let mut missing = None;
        let place = match next {
            // By itself it may be readable: SQLite reads ahead where it has to sort.
            Ok(Some(next)) if next != range.until => {
                range.until = next;
                range.window = Some(1);
                return Ok(());
            }
            Ok(Some(next)) => {
                let place = next.to_string();
                *range.at = next;
                place
            }
            Ok(None) => {
                missing = Some(Missing::Unknown);
                let place = format!("after {}", range.at);
                *range.at = range.end.clone();
                place
            }
            Err(also) if is_corruption(&also) => {
                let (after, to) = (range.at.floor(), range.end.floor());
                let beyond = self.beyond_damage(after, to)?;
                *range.at = At::end_of(beyond);
                missing = Some(Missing::between(after, beyond));
                format!("after row {after}")
            }
            // Not even the key of the next row can be had: key by key, since SQLite may have to
            // read a row to its end before it yields the one before it.
            Err(_) => {
                let next = At::end_of(range.at.floor().saturating_add(1));
                if next != range.until {
                    range.until = next;
                    range.window = Some(1);
                    return Ok(());
                }
                let place = next.to_string();
                *range.at = next;
                place
            }
        };
        range.until = range.end.clone();
        let (place, mut message) = (self.plan.here(&place), error.to_string());
        message.extend(missing.map(|missing| missing.words()));
        chunk.lose(Problem { place, message });
        Ok(())
    }

    /// The first key from which reading goes on behind damaged pages; `to` where it does not.
    fn beyond_damage(&self, after: i64, to: i64) -> Result<i64, Stop> {
        let (mut bad, mut step) = (after, 1_i64);
        let mut good = loop {
            let next = bad.saturating_add(step).min(to);
            if next == to || self.is_readable(next, to)? {
                break next;
            }
            bad = next;
            step = step.saturating_mul(2);
        };
        while i128::from(good) - i128::from(bad) > 1 {
            let middle = ((i128::from(good) + i128::from(bad)) / 2) as i64;
            if self.is_readable(middle, to)? {
                good = middle;
            } else {
                bad = middle;
            }
        }
        Ok(good)
    }

    fn is_readable(&self, after: i64, to: i64) -> Result<bool, Stop> {
        let (at, end) = (At::end_of(after), At::end_of(to));
        let read = self.prepared(&self.sql).and_then(|mut statement| {
            let mut rows = statement.query(places(self.plan, &at, &end))?;
            let first = rows.next()?.map(At::place).transpose()?.flatten();
            match first {
                Some(place) if !at.is_before(place) => Err(corruption()),
                _ => Ok(()),
            }
        });
        match read {
            Ok(()) => Ok(true),
            Err(error) if is_of_a_row(&error) => Ok(false),
            Err(error) => Err(self.database.explain(error).into()),
        }
    }

    fn prepared(&self, sql: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.database.connection().prepare_cached(sql)
    }

    /// Reads on for as long as one transaction may last.
    fn transaction(
        &mut self,
        range: &mut Range<'_>,
        most: usize,
        chunk: &mut RawChunk,
    ) -> Result<End, Stop> {
        let explain = |error| Stop::from(self.database.explain(error));
        let connection: &Connection = self.database.connection();
        // All statements see one moment of the store.
        let mut moment = self.database.moment().map_err(explain)?;
        if !self.watch.holds(&self.database, self.plan)? {
            return Err(Stop::Rewritten);
        }
        let prepare = |sql: &str| connection.prepare_cached(sql).map_err(explain);
        // Outlives what reads from it.
        let mut links;
        let mut events = Events {
            plan: self.plan,
            connection,
            interpreter: &mut self.interpreter,
            links: None,
            chunk,
            most,
            last: self.last,
            tally: self.tally.as_mut(),
            moment: &mut moment,
            begun: Begun::Not,
        };
        let walked = match (&self.shape, self.database.bytes()) {
            (Some(shape), Some(file)) => events.walk(shape, file, range),
            _ => Err(Odd),
        };
        let end = match walked {
            Ok(end) => end,
            Err(Odd) => {
                let mut statement = prepare(&self.sql)?;
                links = self.links.as_deref().map(prepare).transpose()?;
                let keys = params![range.at.key, range.until.key];
                events.links = links.as_mut().map(|links| Alongside::new(links, keys));
                let places = places(self.plan, range.at, &range.until);
                events
                    .step(statement.query(places), range)
                    .map_err(explain)?
            }
        };
        if let (Some(last), true) = (events.last, events.last != self.last) {
            self.last = events.last;
            self.watch.last = Print::of(&self.database, self.plan, Spot::Key(last))?;
        }
        Ok(end)
    }
}

/// How many rows a damaged part has taken with it.
enum Missing {
    /// There may have been so many keys up to this one.
    UpTo { key: i64, keys: i64 },
    /// Nothing tells.
    Unknown,
}

impl Missing {
    fn between(after: i64, beyond: i64) -> Self {
        match beyond.checked_sub(after) {
            // The last key of all is not known.
            _ if beyond == i64::MAX => Self::Unknown,
            Some(keys) => Self::UpTo { key: beyond, keys },
            None => Self::Unknown,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::UpTo { keys: 1, .. } => "; 1 row is missing".to_owned(),
            Self::UpTo { key, keys } => {
                format!("; up to {keys} rows are missing, to row {key}")
            }
            Self::Unknown => "; how many rows are missing after it is not known".to_owned(),
        }
    }
}

/// The parameters for what stands behind `at` up to `until`.
fn places(plan: &Plan, at: &At, until: &At) -> impl Params + use<> {
    let least = at.least_after();
    let all = [&at.key, &until.key, &at.part, &until.part, &least].map(Kept::clone);
    let count = if plan.has_parts() { all.len() } else { 2 };
    rusqlite::params_from_iter(all.into_iter().take(count))
}
