//! A SQLite event store: recognised, indexed, followed.

use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::connect::{ChangeMark, ConnectError, Database, Refreshed};
use super::payloads::SqlitePayloads;
use super::plan::Plan;
use super::scan::{Keys, scan};
use super::{facts, functions};
use crate::log::{LogBuilder, Order, PayloadReader, Problem};
use crate::model::Task;
use crate::store::layout::{Layout, OrderBy, Recognised, SideKind, SqliteFacts, recognise_sqlite};

/// An opened SQLite store.
#[derive(Debug)]
pub(in crate::store) struct SqliteSource {
    database: Database,
    plan: Plan,
    file: String,
    /// The greatest key read so far.
    read_to: i64,
    least: Option<i64>,
    mark: Option<ChangeMark>,
    payloads: Arc<SqlitePayloads>,
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

    /// A source that reads `database` by `layout`.
    /// `unpacked` is the private file that `database` reads, if it had to be unpacked.
    pub fn new(
        database: Database,
        layout: Layout,
        file: &str,
        unpacked: Option<Arc<NamedTempFile>>,
    ) -> Result<Self, ConnectError> {
        functions::register(database.connection()).map_err(|error| database.explain(error))?;
        let plan = Plan::new(layout);
        let payloads = Arc::new(SqlitePayloads::new(
            plan.clone(),
            database.path().to_owned(),
            unpacked,
        ));
        // A mapping that does not fit is to be heard of now, not after the first chunk.
        for sql in [plan.index_sql(), plan.body_sql()] {
            database
                .connection()
                .prepare(&sql)
                .map_err(|error| database.explain(error))?;
        }
        let file = file.to_owned();
        Ok(Self {
            database,
            plan,
            file,
            read_to: i64::MIN,
            least: None,
            mark: None,
            payloads,
        })
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

    pub fn database(&self) -> &Database {
        &self.database
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
        if self.database.refresh(task)? == Refreshed::Reopened {
            functions::register(self.database.connection())
                .map_err(|error| self.database.explain(error))?;
        }
        if let Some(damage) = self.database.damage()
            && builder.is_empty()
        {
            builder.report([Problem {
                place: "file".to_owned(),
                message: damage.to_string(),
            }]);
        }
        self.mark = self.database.changed().ok();
        let Some((least, most)) = self.range()? else {
            return Ok(());
        };
        self.least.get_or_insert(least);
        let after = if self.read_to == i64::MIN {
            least.saturating_sub(1)
        } else {
            self.read_to
        };
        let keys = Keys { after, to: most };
        scan(
            &self.database,
            &self.plan,
            &self.file,
            keys,
            task,
            builder,
            publish,
        )?;
        self.read_to = most;
        Ok(())
    }

    fn range(&self) -> Result<Option<(i64, i64)>, ConnectError> {
        let Some(sql) = self.plan.range_sql() else {
            return Ok(Some((1, 1)));
        };
        let ask = || {
            self.database
                .connection()
                .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        };
        match ask() {
            Ok((Some(least), Some(most))) => Ok(Some((least, most))),
            Ok(_) => Ok(None),
            // The last page may be the damaged one: read from the beginning as far as it goes.
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) =>
            {
                Ok(Some((1, self.greatest_readable())))
            }
            Err(error) => Err(self.database.explain(error)),
        }
    }

    /// The greatest key that can be found although part of the tree is damaged, by doubling.
    fn greatest_readable(&self) -> i64 {
        let pages: i64 = self
            .database
            .connection()
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap_or(0);
        let size: i64 = self
            .database
            .connection()
            .query_row("PRAGMA page_size", [], |row| row.get(0))
            .unwrap_or(0);
        // No row is smaller than four bytes.
        (pages.saturating_mul(size) / 4).clamp(1, 1 << 40)
    }

    /// Looks whether the store has changed since the last read, without reading events.
    pub fn news(&mut self, task: &Task) -> Result<News, ConnectError> {
        let reopened = self.database.refresh(task)? == Refreshed::Reopened;
        if reopened {
            functions::register(self.database.connection())
                .map_err(|error| self.database.explain(error))?;
        }
        let mark = self.database.changed()?;
        if !reopened && self.mark == Some(mark) {
            return Ok(News::None);
        }
        let rewritten = self
            .mark
            .is_some_and(|before| before.file != mark.file || mark.length < before.length);
        self.mark = Some(mark);
        let range = self.range()?;
        let shifted = match (range, self.least) {
            (Some((least, most)), Some(before)) => least != before || most < self.read_to,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if rewritten || shifted || self.plan.key.is_none() {
            return Ok(News::Rewritten);
        }
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
        self.database
            .connection()
            .query_row(&sql, [], |row| row.get::<_, i64>(0))
            .ok()
            .and_then(|count| u64::try_from(count).ok())
    }
}
