//! Reading without keys: rows are counted, in the order of a primary key, from which reading goes on
//! after a pause; else in whatever order they come.

use rusqlite::{Connection, OptionalExtension as _, ToSql, params_from_iter};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{BLOCK, FIRST, Scan, Stop, own};
use crate::log::{Place, Problem, RawChunk};
use crate::model::Task;
use crate::store::row::{Found, Interpreter};
use crate::store::sqlite::connect::{Database, Standing};
use crate::store::sqlite::damage::is_of_a_row;
use crate::store::sqlite::kept::Kept;
use crate::store::sqlite::plan::{Plan, Way, What};
use crate::store::sqlite::watch::{Print, Spot, Watch};

/// How far a store without keys was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::store::sqlite) struct Ranked {
    /// How many rows.
    pub rank: i64,
    /// The primary key of the last of them, where there is one.
    pub key: Option<Vec<Kept>>,
}

impl Ranked {
    /// The parameters of [`Plan::page_sql`] for at most `rows` rows after leaving out `skipped`.
    pub fn params<'p>(&'p self, rows: &'p i64, skipped: &'p i64) -> impl rusqlite::Params + 'p {
        let page: [&dyn ToSql; 2] = [rows, skipped];
        let key = self.key.iter().flatten().map(|value| value as &dyn ToSql);
        params_from_iter(page.into_iter().chain(key))
    }

    /// How many of the rows that a page yields come before the next one.
    pub fn skipped(&self) -> i64 {
        if self.key.is_some() { 0 } else { self.rank }
    }

    pub fn spot(&self) -> Spot {
        let columns = self.key.clone().map(Spot::Columns);
        columns.unwrap_or(Spot::Rank(self.rank))
    }
}

/// The primary keys of some rows by their ranks, so that a row is found again without counting all
/// of those before it.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Landmarks(Mutex<Vec<Vec<Kept>>>);

/// Ranks from one landmark to the next.
const APART: i64 = 256;

impl Landmarks {
    fn all(&self) -> MutexGuard<'_, Vec<Vec<Kept>>> {
        // Keys are only added, so a panic elsewhere harms nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last landmark before the row ranked `rank`.
    pub fn before(&self, rank: i64) -> Ranked {
        let all = self.all();
        let marks = usize::try_from((rank - 1) / APART).unwrap_or(0);
        let marks = marks.min(all.len());
        let key = marks.checked_sub(1).and_then(|last| all.get(last));
        key.map_or_else(Ranked::default, |key| Ranked {
            rank: marks as i64 * APART,
            key: Some(key.clone()),
        })
    }

    fn note(&self, ranked: &Ranked) {
        let (Some(key), 0) = (&ranked.key, ranked.rank % APART) else {
            return;
        };
        let mut all = self.all();
        if all.len() as i64 == ranked.rank / APART - 1 {
            all.push(key.clone());
        }
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.all().clear();
    }
}

/// So many rows running that cannot be read, and the rest is given up: what fails for each of them
/// may be no fault of theirs, and without a primary key each try takes counting from the beginning.
const HOPELESS: [u32; 2] = [1_000, 30];

/// A connection's way through the rows.
pub(super) struct Reader<'s> {
    database: Database,
    watch: Watch,
    plan: &'s Plan,
    landmarks: &'s Landmarks,
    interpreter: Interpreter<'s>,
    at: Ranked,
    sizes: std::array::IntoIter<i64, 2>,
    /// Rows running that could not be read.
    failed: u32,
    done: bool,
}

enum End {
    Done,
    Paused,
    Damaged(rusqlite::Error),
}

impl<'s> Reader<'s> {
    pub fn new(scan: &Scan<'s>, from: Ranked) -> Result<Self, Stop> {
        let (database, watch) = own(scan)?;
        Ok(Self {
            database,
            watch,
            plan: scan.plan,
            landmarks: scan.landmarks,
            interpreter: Interpreter::new(&scan.plan.events, scan.file),
            at: from,
            sizes: FIRST.into_iter(),
            failed: 0,
            done: false,
        })
    }

    /// The next events, and how far they go; none at the end.
    pub fn read(&mut self, task: &Task) -> Result<Option<(Ranked, RawChunk)>, Stop> {
        if self.done {
            return Ok(None);
        }
        let most = usize::try_from(self.sizes.next().unwrap_or(BLOCK)).unwrap_or(usize::MAX);
        let mut chunk = RawChunk::default();
        while !self.done && chunk.len() < most {
            task.check()?;
            match self.transaction(most, &mut chunk)? {
                End::Done => self.done = true,
                End::Paused => {}
                End::Damaged(error) => self.step(error, &mut chunk)?,
            }
        }
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy().into());
        }
        Ok(Some((self.at.clone(), chunk)))
    }

    /// On past the row that cannot be read.
    fn step(&mut self, error: rusqlite::Error, chunk: &mut RawChunk) -> Result<(), Stop> {
        if self.database.standing()? == Standing::Lapsed {
            return Err(self.database.busy().into());
        }
        if !is_of_a_row(&error) {
            return Err(self.database.explain(error).into());
        }
        self.failed += 1;
        let hopeless = HOPELESS[usize::from(self.plan.way == Way::Counted)];
        let next = match self.next_key() {
            Ok(next) if self.failed < hopeless => next,
            Ok(_) => None,
            Err(also) if is_of_a_row(&also) => None,
            Err(also) => return Err(self.database.explain(also).into()),
        };
        let place = match next {
            Some(next) => {
                let place = self.plan.here(&place(&next));
                self.at = next;
                self.landmarks.note(&self.at);
                place
            }
            None => {
                self.done = true;
                self.plan
                    .here(&format!("all rows after {}", place(&self.at)))
            }
        };
        let message = error.to_string();
        chunk.lose(Problem { place, message });
        Ok(())
    }

    /// Where the next row stands, by its primary key alone, or by its rank.
    fn next_key(&self) -> rusqlite::Result<Option<Ranked>> {
        let rank = self.at.rank + 1;
        if self.plan.way == Way::Counted {
            return Ok(Some(Ranked { rank, key: None }));
        }
        let sql = self.plan.page_sql(What::Keys, self.at.key.as_deref());
        let mut statement = self.database.connection().prepare_cached(&sql)?;
        let columns = statement.column_count();
        let key = statement.query_row(self.at.params(&1, &0), |row| {
            let key = (0..columns).map(|column| Ok(row.get_ref(column)?.into()));
            key.collect()
        });
        let key: Option<Vec<Kept>> = key.optional()?;
        Ok(key.map(|key| Ranked {
            rank,
            key: Some(key),
        }))
    }

    /// Reads on for as long as one transaction may last.
    fn transaction(&mut self, most: usize, chunk: &mut RawChunk) -> Result<End, Stop> {
        let explain = |error| Stop::from(self.database.explain(error));
        let connection: &Connection = self.database.connection();
        let sql = self.plan.page_sql(What::Index, self.at.key.as_deref());
        let mut statement = connection.prepare_cached(&sql).map_err(explain)?;
        let mut moment = self.database.moment().map_err(explain)?;
        if !self.watch.holds(&self.database, self.plan)? {
            return Err(Stop::Rewritten);
        }
        let begin = self.at.clone();
        let skipped = begin.skipped();
        let mut rows = match statement.query(begin.params(&-1, &skipped)) {
            Ok(rows) => rows,
            Err(error) => return Ok(End::Damaged(error)),
        };
        let key_columns = self.plan.key_columns();
        let end = loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break End::Done,
                Err(error) => break End::Damaged(error),
            };
            if self.at == begin {
                // Where SQLite had to sort first, that time is lost with every page.
                moment.begin_reading();
            }
            let key = key_columns
                .clone()
                .map(|column| Ok(row.get_ref(column)?.into()));
            let key: Vec<Kept> = key.collect::<Result<_, _>>().map_err(explain)?;
            self.at.rank += 1;
            self.at.key = (!key.is_empty()).then_some(key);
            self.landmarks.note(&self.at);
            self.failed = 0;
            let here = || self.plan.here(&place(&self.at));
            let at = Place {
                at: self.at.rank,
                extent: 0,
            };
            // Invariant: it has no parts that could be too many.
            let at = self.plan.lot.place(at).unwrap_or(at);
            chunk.next_record();
            let mut add = || -> rusqlite::Result<()> {
                let texts = self.plan.texts(row, connection)?;
                let mut found = Found::default();
                self.plan.find(row, &texts, &mut found)?;
                self.interpreter.push(chunk, &found, at, &here);
                Ok(())
            };
            if let Err(error) = add() {
                let (place, message) = (here(), error.to_string());
                chunk.lose(Problem { place, message });
            }
            if moment.is_over() || chunk.len() >= most {
                break End::Paused;
            }
        };
        drop(rows);
        if self.at != begin {
            self.watch.last = Print::of(&self.database, self.plan, self.at.spot())?;
        }
        Ok(end)
    }
}

/// As a place is shown: `row order-7, 3` by the primary key, `row 7` by counting.
fn place(ranked: &Ranked) -> String {
    match &ranked.key {
        None => format!("row {}", ranked.rank),
        Some(key) => {
            let key: Vec<String> = key.iter().map(ToString::to_string).collect();
            format!("row {}", key.join(", "))
        }
    }
}
