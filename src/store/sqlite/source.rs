//! A SQLite event store: recognised, indexed, followed.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;
use tempfile::NamedTempFile;

use super::connect::{ChangeMark, ConnectError, Database, ReadMode, Traces};
use super::payloads::SqlitePayloads;
use super::plan::Plan;
use super::scan::{Density, Keys, Scan, into};
use super::{facts, functions, stored};
use crate::log::{LogBuilder, Order, PayloadReader, Problem};
use crate::model::Task;
use crate::store::layout::{Layout, OrderBy, Recognised, SideKind, SqliteFacts, recognise_sqlite};

/// How often reading starts over because a writer came, without a chunk read in between.
const ATTEMPTS: u32 = 5;

/// Up to so many keys cost nothing, however far apart they lie.
const FEW: u64 = 1 << 20;

/// An opened SQLite store.
#[derive(Debug)]
pub(in crate::store) struct SqliteSource {
    /// As it was named.
    path: PathBuf,
    /// Let go of between reads where holding it would keep a writer from tidying up.
    database: Option<Database>,
    mode: ReadMode,
    plan: Plan,
    file: String,
    /// The greatest key read so far.
    read_to: i64,
    /// The store as it was indexed; `None` until then.
    known: Option<Known>,
    payloads: Arc<SqlitePayloads>,
}

/// By what an indexed store is told from a rewritten one.
#[derive(Clone, Debug)]
struct Known {
    traces: Traces,
    mark: ChangeMark,
    /// The least key, and what stood there.
    first: Option<(i64, u64)>,
    /// What stood at the greatest key read.
    last: Option<u64>,
}

/// What a look for news found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    None,
    /// Events were added.
    Appended,
    /// The store is not the one that was indexed: index it again.
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
        let database = Database::open(path, task)?;
        let facts =
            facts::gather(database.connection()).map_err(|error| database.explain(error))?;
        Ok((database, facts))
    }

    /// Recognises the layout by `facts`.
    pub fn recognise(facts: &SqliteFacts, layouts: &[Layout]) -> Option<Recognised> {
        recognise_sqlite(facts, layouts)
    }

    /// A source that reads `database`, opened from `path`, by `layout`. `unpacked` is the private
    /// file that `database` reads, if it had to be unpacked.
    pub fn new(
        path: &Path,
        database: Database,
        layout: Layout,
        file: &str,
        unpacked: Option<Arc<NamedTempFile>>,
    ) -> Result<Self, ConnectError> {
        functions::register(database.connection()).map_err(|error| database.explain(error))?;
        let plan = Plan::new(layout);
        let payloads = SqlitePayloads::new(plan.clone(), path.to_owned(), unpacked);
        // A mapping that does not fit is to be heard of now, not after the first chunk.
        let statements = [
            Some(plan.index_sql()),
            Some(plan.body_sql()),
            plan.links_sql(),
        ];
        for sql in statements.into_iter().flatten() {
            let prepared = database.connection().prepare(&sql).map(drop);
            prepared.map_err(|error| database.explain(error))?;
        }
        let mut source = Self {
            path: path.to_owned(),
            mode: database.mode(),
            database: Some(database),
            plan,
            file: file.to_owned(),
            read_to: i64::MIN,
            known: None,
            payloads: Arc::new(payloads),
        };
        source.let_go();
        Ok(source)
    }

    /// A builder for the order that the layout asks for.
    pub fn builder(&self) -> LogBuilder {
        let events = &self.plan.layout.events;
        let order = match events.order {
            OrderBy::Position => Order::Found,
            OrderBy::Key => Order::Given,
            OrderBy::Time => Order::Time,
        };
        LogBuilder::new(order).with_clock(events.clock)
    }

    pub fn layout(&self) -> &Layout {
        &self.plan.layout
    }

    /// How the file was read last.
    pub fn mode(&self) -> ReadMode {
        self.mode
    }

    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        Arc::clone(&self.payloads) as Arc<dyn PayloadReader>
    }

    /// Reads everything that was not read yet.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), ConnectError> {
        let mut attempts = 0;
        loop {
            let before = self.read_to;
            match self.index_once(builder, task, publish) {
                // A writer came: look anew how the file is to be read, and go on.
                Err(ConnectError::Busy { .. }) if attempts < ATTEMPTS => {
                    attempts = if self.read_to > before {
                        0
                    } else {
                        attempts + 1
                    };
                    self.database = None;
                }
                outcome => {
                    self.let_go();
                    return outcome;
                }
            }
        }
    }

    fn index_once(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), ConnectError> {
        let traces = Traces::of(&self.path)?;
        let database = self.hold(task)?;
        if let Some(damage) = database.damage()
            && builder.is_empty()
        {
            builder.report([Problem {
                place: "file".to_owned(),
                message: damage.to_string(),
            }]);
        }
        let mark = database.changed()?;
        let range = range(&database, &self.plan)?;
        let known = self.known.get_or_insert_with(|| Known {
            first: range.and_then(|(least, _)| Some((least, print(&database, &self.plan, least)?))),
            traces: traces.clone(),
            mark,
            last: None,
        });
        known.traces = traces;
        if let Some((least, most)) = range {
            let after = self.read_to.max(least.saturating_sub(1));
            let keys = Keys { after, to: most };
            let scan = Scan {
                database: &database,
                plan: &self.plan,
                file: &self.file,
                keys,
                density: density(&database, &self.plan, keys),
            };
            scan.run(task, &mut into(builder, &mut self.read_to, publish))?;
            if let Some(known) = &mut self.known {
                known.last = print(&database, &self.plan, self.read_to);
                let first = || Some((least, print(&database, &self.plan, least)?));
                known.first = known.first.or_else(first);
            }
        }
        self.database = Some(database);
        Ok(())
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
    pub fn news(&mut self, task: &Task) -> Result<News, ConnectError> {
        let traces = Traces::of(&self.path)?;
        let Some(known) = &self.known else {
            return Ok(News::Appended);
        };
        if traces.is_as(&known.traces) {
            return Ok(News::None);
        }
        let database = self.hold(task)?;
        let news = self.compare(&database, traces);
        self.database = Some(database);
        self.let_go();
        news
    }

    fn compare(&mut self, database: &Database, traces: Traces) -> Result<News, ConnectError> {
        let mark = database.changed()?;
        let range = range(database, &self.plan)?;
        let Some(known) = &mut self.known else {
            return Ok(News::Appended);
        };
        if mark.file != known.mark.file
            || mark.length < known.mark.length
            || mark.schema_cookie != known.mark.schema_cookie
        {
            return Ok(News::Rewritten);
        }
        if self.plan.key.is_none() {
            // Rows without keys cannot be read on from where one stopped.
            let same = traces.shows_the_same(&known.traces);
            known.traces = traces;
            return Ok(if same { News::None } else { News::Rewritten });
        }
        let now = range.map(|(least, _)| (least, print(database, &self.plan, least)));
        let same = match (known.first, now) {
            (Some((least, first)), Some((at, now))) => at == least && now == Some(first),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let same = same
            && known
                .last
                .is_none_or(|last| print(database, &self.plan, self.read_to) == Some(last));
        if !same {
            return Ok(News::Rewritten);
        }
        known.mark.length = mark.length;
        known.traces = traces;
        Ok(match range {
            Some((_, most)) if most > self.read_to => News::Appended,
            _ => News::None,
        })
    }

    /// How many rows a side table has; `None` where the layout or the file has no such table.
    pub fn side_rows(&self, kind: SideKind) -> Option<u64> {
        let side = self.plan.layout.side.get(&kind)?;
        let filter = side.filter.as_deref().unwrap_or("1");
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {filter})",
            side.from
        );
        let opened;
        let database = match &self.database {
            Some(database) => database,
            None => {
                opened = Database::open(&self.path, &Task::new()).ok()?;
                functions::register(opened.connection()).ok()?;
                &opened
            }
        };
        let count = database.connection().query_row(&sql, [], |row| row.get(0));
        count.ok().and_then(|count: i64| u64::try_from(count).ok())
    }
}

/// The least and the greatest key; `None` where there are no events.
fn range(database: &Database, plan: &Plan) -> Result<Option<(i64, i64)>, ConnectError> {
    let Some(sql) = plan.range_sql() else {
        return Ok(Some((1, 1)));
    };
    let ask = database
        .connection()
        .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    match ask {
        Ok((Some(least), Some(most))) => Ok(Some((least, most))),
        Ok(_) => Ok(None),
        // The last page may be the damaged one: read from the beginning as far as it goes.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            let most = size(database).clamp(1, 1 << 40);
            Ok(Some((1, i64::try_from(most).unwrap_or(i64::MAX))))
        }
        Err(error) => Err(database.explain(error)),
    }
}

/// Bytes of the database as its header has them, more than it can hold rows.
fn size(database: &Database) -> u64 {
    let pragma = |name: &str| -> u64 {
        let connection = database.connection();
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        value.map_or(0, i64::unsigned_abs)
    };
    pragma("page_count").saturating_mul(pragma("page_size"))
}

fn density(database: &Database, plan: &Plan, keys: Keys) -> Density {
    // Of a damaged file not even the greatest key is known.
    let whole = plan.key.is_some() && database.damage().is_none();
    if whole && keys.span() <= size(database).max(FEW) {
        Density::Dense
    } else {
        Density::Sparse
    }
}

/// A fingerprint of the events at `key`, by what the index knows of them.
fn print(database: &Database, plan: &Plan, key: i64) -> Option<u64> {
    use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
    plan.key.as_ref()?;
    let mut hasher = foldhash::fast::FixedState::default().build_hasher();
    let mut read = || -> rusqlite::Result<usize> {
        let mut statement = database.connection().prepare_cached(&plan.index_sql())?;
        let columns = statement.column_count();
        let mut rows = statement.query([key.saturating_sub(1), key])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let value = stored::value(row.get_ref(column)?);
                value.name().map(Cow::into_owned).hash(&mut hasher);
            }
            count += 1;
        }
        Ok(count)
    };
    let count = read().ok()?;
    (count > 0).then(|| hasher.finish())
}
