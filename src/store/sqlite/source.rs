//! A SQLite event store: recognised, indexed, followed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tempfile::NamedTempFile;

use super::connect::{ConnectError, Database, ReadMode, Traces};
use super::fit::{self, Choice, Fitted, Unfit};
use super::mingled::Mingled;
use super::part::Part;
use super::payloads::SqlitePayloads;
use super::plan::Plan;
use super::pool::{PATIENCE, PAUSE, Pool};
use super::rows::SqliteRows;
use super::scan::{Reached, Stop};
use super::sides::{self, Side, SideRows};
use super::tables::SqliteTables;
use super::{facts, functions, oddities};
use crate::log::{LogBuilder, Order, PayloadReader, Problem, RowSource, TableSource};
use crate::model::Task;
use crate::store::layout::{Layout, OrderBy, Role, SideKind, SqliteFacts};

/// How often the index begins again because the store was rewritten meanwhile.
const ATTEMPTS: u32 = 5;

/// An opened SQLite store.
#[derive(Debug)]
pub(in crate::store) struct SqliteSource {
    /// As it was named.
    path: PathBuf,
    /// Let go of between reads where holding it would keep a writer from tidying up.
    database: Option<Database>,
    mode: ReadMode,
    layout: Layout,
    parts: Vec<Part>,
    sides: Arc<Vec<Side>>,
    file: String,
    payloads: Arc<Mingled>,
    rows: Arc<SqliteRows>,
    pool: Arc<Pool>,
}

/// What a look for news found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    None,
    /// Events were added, or linked into further streams.
    Appended,
    /// The store is not the one that was indexed: index it again.
    Rewritten,
}

/// How a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Everything was read, and so many links were added to what had been read before.
    Whole { links: usize },
    /// What was read of the store is no longer in it.
    Rewritten,
}

/// What a mapping can be made from: the tables of a file, their columns and some values.
///
/// # Errors
/// As [`Database::open`].
pub fn facts_of(path: &Path, task: &Task) -> Result<SqliteFacts, ConnectError> {
    SqliteSource::open(path, task).map(|(_, facts)| facts)
}

impl SqliteSource {
    /// Opens the database and looks what it is.
    pub fn open(path: &Path, task: &Task) -> Result<(Database, SqliteFacts), ConnectError> {
        let database = Self::connect(path, task)?;
        let facts = facts::gather(&database)?;
        Ok((database, facts))
    }

    /// Opens the database of which it is known what it is.
    pub fn connect(path: &Path, task: &Task) -> Result<Database, ConnectError> {
        let database = Database::open(path, task)?;
        functions::register(database.connection()).map_err(|error| database.explain(error))?;
        Ok(database)
    }

    /// Tries whether `layout` can read `database`.
    pub fn fit(
        database: &Database,
        facts: &SqliteFacts,
        layout: Layout,
        choice: Choice,
    ) -> Result<Fitted, Unfit> {
        fit::fit(database, facts, layout, choice)
    }

    /// A source that reads `database`, opened from `path`, by a layout that fits. `unpacked` is the
    /// private file that `database` reads, if it had to be unpacked.
    pub fn new(
        path: &Path,
        database: Database,
        fitted: Fitted,
        file: &str,
        unpacked: Option<Arc<NamedTempFile>>,
    ) -> Self {
        let Fitted {
            layout,
            plans,
            sides,
        } = fitted;
        let pool = Arc::new(Pool::new(path.to_owned(), unpacked));
        let parts: Vec<Part> = plans.into_iter().map(Part::new).collect();
        let sides = Arc::new(sides);
        let mut source = Self {
            path: path.to_owned(),
            mode: database.mode(),
            database: Some(database),
            rows: Arc::new(SqliteRows::new(Arc::clone(&sides), Arc::clone(&pool), file)),
            payloads: Arc::new(payloads(&parts, &pool)),
            pool,
            layout,
            parts,
            sides,
            file: file.to_owned(),
        };
        source.let_go();
        source
    }

    /// A builder for the order that the layout asks for.
    pub fn builder(&self) -> LogBuilder {
        let events = &self.layout.events;
        let order = match events.order {
            OrderBy::Position if self.parts.len() > 1 => Order::Mingled,
            OrderBy::Position => Order::Found,
            OrderBy::PositionOrTime => Order::Mingled,
            OrderBy::Key => Order::Given,
            OrderBy::Time => Order::Time,
        };
        LogBuilder::new(order).with_clock(events.clock)
    }

    /// Leaves something of every event out of the index, none of which was read yet.
    pub fn leave_out(&mut self, roles: &[Role]) {
        for part in &mut self.parts {
            let mut events = part.plan.events.clone();
            events.columns.retain(|role, _| !roles.contains(role));
            *part = Part::new(Plan::new(events, part.plan.lot));
        }
        self.payloads = Arc::new(payloads(&self.parts, &self.pool));
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How the file was read last.
    pub fn mode(&self) -> ReadMode {
        self.mode
    }

    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        Arc::clone(&self.payloads) as Arc<dyn PayloadReader>
    }

    pub fn rows(&self) -> Arc<dyn RowSource> {
        Arc::clone(&self.rows) as Arc<dyn RowSource>
    }

    pub fn tables(&self) -> Arc<dyn TableSource> {
        Arc::new(SqliteTables::new(Arc::clone(&self.pool)))
    }

    /// Reads everything that was not read yet. Where the store is rewritten meanwhile, `builder`
    /// begins again.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), ConnectError> {
        for _ in 0..ATTEMPTS {
            match self.read_on(builder, task, publish)? {
                Ended::Whole { .. } => return Ok(()),
                Ended::Rewritten => {
                    self.parts.iter_mut().for_each(Part::forget);
                    builder.begin_again();
                }
            }
        }
        Err(ConnectError::Busy {
            path: self.path.clone(),
        })
    }

    /// Looks for what was added since the last read, and reads it.
    pub fn follow(&mut self, builder: &mut LogBuilder, task: &Task) -> Result<News, ConnectError> {
        let before = builder.len();
        match self.news(task)? {
            News::Appended => Ok(match self.read_on(builder, task, &mut |_| {})? {
                Ended::Rewritten => News::Rewritten,
                Ended::Whole { links: 0 } if builder.len() == before => News::None,
                Ended::Whole { .. } => News::Appended,
            }),
            news => Ok(news),
        }
    }

    fn read_on(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<Ended, ConnectError> {
        // Since anything was read.
        let mut since = Instant::now();
        loop {
            let before = self.reached();
            let outcome = self.read_once(builder, task, publish);
            match outcome {
                // A writer came: look anew how the file is to be read, and go on.
                Err(Stop::Failed(ConnectError::Busy { .. })) if since.elapsed() < PATIENCE => {
                    if self.reached() != before {
                        since = Instant::now();
                    }
                    self.database = None;
                    task.check()?;
                    std::thread::sleep(PAUSE);
                }
                outcome => {
                    self.let_go();
                    return match outcome {
                        Ok(links) => Ok(Ended::Whole { links }),
                        Err(Stop::Rewritten) => Ok(Ended::Rewritten),
                        Err(Stop::Failed(error)) => Err(error),
                    };
                }
            }
        }
    }

    fn read_once(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<usize, Stop> {
        let traces = Traces::of(&self.path)?;
        let database = self.hold(task)?;
        if self.parts.iter().all(|part| part.known.is_none()) {
            self.report_what_is_wrong(&database, builder);
        }
        let mut links = 0;
        for part in &mut self.parts {
            let now = (&database, traces.clone());
            links += part.read(now, &self.file, builder, task, publish)?;
        }
        self.database = Some(database);
        Ok(links)
    }

    /// How far each of its sources was read.
    fn reached(&self) -> Vec<Reached> {
        self.parts.iter().map(|part| part.reached.clone()).collect()
    }

    fn report_what_is_wrong(&self, database: &Database, builder: &mut LogBuilder) {
        builder.report_loss(database.damage().map(|damage| Problem {
            place: "file".to_owned(),
            message: damage.to_string(),
        }));
        builder.report(self.sides.iter().filter_map(Side::problem));
        builder.report(oddities::found(database, &self.layout().odd));
    }

    /// The database, as fit for reading as can be, taken out of its place.
    fn hold(&mut self, task: &Task) -> Result<Database, ConnectError> {
        let database = match self.database.take() {
            Some(mut database) => {
                database.refresh(task)?;
                database
            }
            None => Database::open(&self.path, task)?,
        };
        functions::register(database.connection()).map_err(|error| database.explain(error))?;
        self.mode = database.mode();
        Ok(database)
    }

    /// An open database makes the last writer leave its log behind when it closes.
    fn let_go(&mut self) {
        if self.mode == ReadMode::WalShared {
            self.database = None;
        }
    }

    /// Looks whether the store has changed since the last read, without reading events.
    fn news(&mut self, task: &Task) -> Result<News, ConnectError> {
        let traces = Traces::of(&self.path)?;
        let known = |part: &Part| part.known.as_ref().map(|known| known.traces.clone());
        let known: Option<Vec<Traces>> = self.parts.iter().map(known).collect();
        let Some(known) = known else {
            return Ok(News::Appended);
        };
        let doubted = self.parts.iter().any(Part::is_in_doubt);
        if !doubted && known.iter().all(|known| traces.is_as(known)) {
            return Ok(News::None);
        }
        let database = self.hold(task)?;
        let mut news = Ok(News::None);
        for part in &mut self.parts {
            match part.news(&database, traces.clone()) {
                Ok(News::None) => {}
                Ok(News::Appended) => news = Ok(News::Appended),
                rewritten_or_failed => {
                    news = rewritten_or_failed;
                    break;
                }
            }
        }
        self.database = Some(database);
        self.let_go();
        news
    }

    /// Whether the store has that side table.
    pub fn has_side(&self, kind: SideKind) -> bool {
        self.sides.iter().any(|side| side.is_readable_as(kind))
    }

    /// How many rows its side tables of that kind have; `None` where the layout or the file has none.
    pub fn side_rows(&self, kind: SideKind) -> Option<SideRows> {
        if !self.has_side(kind) {
            return None;
        }
        let own;
        let database = match &self.database {
            Some(database) => database,
            None => {
                own = Database::open(&self.path, &Task::new()).ok()?;
                functions::register(own.connection()).ok()?;
                &own
            }
        };
        let readable = self.sides.iter().filter(|side| side.is_readable_as(kind));
        let counts = readable.map(|side| sides::count(database, &side.table));
        counts.reduce(SideRows::and)
    }
}

/// The reader of the bodies of all sources.
fn payloads(parts: &[Part], pool: &Arc<Pool>) -> Mingled {
    let own = parts.iter().map(|part| {
        let (landmarks, before) = (Arc::clone(&part.landmarks), Arc::clone(&part.before));
        SqlitePayloads::new(part.plan.clone(), landmarks, before, Arc::clone(pool))
    });
    Mingled(own.collect())
}
