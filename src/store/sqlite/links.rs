//! Links of events into further streams: read alongside the events, and afterwards those that were
//! made later than their events were read.

use std::borrow::Cow;

use rusqlite::{CachedStatement, Params, Rows, params};

use super::connect::{ConnectError, Database};
use super::damage::is_of_a_row;
use super::plan::Plan;
use super::stored;
use crate::log::{LogBuilder, Problem, RawChunk};
use crate::model::Task;
use crate::store::layout::Role;
use crate::store::row::{Found, Interpreter, NAMELESS, Value};

/// Links put into the log at a time.
const BATCH: usize = 1 << 14;

/// An event's standing in a stream.
pub(super) struct Link {
    pub stream: String,
    pub version: Option<i64>,
    pub category: Option<String>,
}

impl Link {
    /// Links the event last added to `chunk`.
    pub fn add(&self, interpreter: &Interpreter<'_>, chunk: &mut RawChunk) {
        let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
        let version = self.version.map_or(Value::Null, Value::Integer);
        let category = self.category.as_deref().map_or(Value::Null, text);
        interpreter.link(chunk, &text(&self.stream), &version, &category);
    }
}

/// Says which stream an event is in of which this is the first link.
pub(super) fn name_stream(first: Option<&Link>, found: &mut Found<'_>) {
    let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
    let stream = first.map_or(NAMELESS, |first| &first.stream);
    found.set(Role::Stream, text(stream));
    let category = first.and_then(|first| first.category.as_deref());
    found.set(Role::Category, category.map_or(Value::Null, text));
    let version = first.and_then(|first| first.version);
    found.set(Role::Version, version.map_or(Value::Null, Value::Integer));
}

/// The links of the events that a statement yields, in the order of their keys.
pub(super) struct Alongside<'s> {
    rows: Rows<'s>,
    key: Option<i64>,
}

impl<'s> Alongside<'s> {
    /// `params` are the keys between which they are read.
    pub fn new(
        statement: &'s mut CachedStatement<'_>,
        params: impl Params,
    ) -> rusqlite::Result<Self> {
        let mut links = Self {
            rows: statement.query(params)?,
            key: None,
        };
        links.next()?;
        Ok(links)
    }

    fn next(&mut self) -> rusqlite::Result<()> {
        self.key = self.rows.next()?.map(|row| row.get(0)).transpose()?;
        Ok(())
    }

    /// The links of the event whose key is `at`.
    pub fn of(&mut self, at: i64) -> rusqlite::Result<Vec<Link>> {
        let mut links = Vec::new();
        while let Some(key) = self.key.filter(|key| *key <= at) {
            if let (true, Some(row)) = (key == at, current(&self.rows)) {
                let [stream, version, category] = [1, 2, 3].map(|column| row.get_ref(column));
                let named = |value| stored::value(value).name().map(Cow::into_owned);
                if let Some(stream) = named(stream?) {
                    links.push(Link {
                        stream,
                        version: stored::value(version?).integer(),
                        category: named(category?),
                    });
                }
            }
            self.next()?;
        }
        Ok(links)
    }

    /// Links the event last added to `chunk`, whose key is `at`.
    pub fn add(
        &mut self,
        at: i64,
        interpreter: &Interpreter<'_>,
        chunk: &mut RawChunk,
    ) -> rusqlite::Result<()> {
        while let Some(key) = self.key.filter(|key| *key <= at) {
            if let (true, Some(row)) = (key == at, current(&self.rows)) {
                let value = |column| row.get_ref(column).map(stored::value);
                let [stream, version, category]: [Value<'_>; 3] = [value(1)?, value(2)?, value(3)?];
                interpreter.link(chunk, &stream, &version, &category);
            }
            self.next()?;
        }
        Ok(())
    }
}

fn current<'r>(rows: &'r Rows<'_>) -> Option<&'r rusqlite::Row<'r>> {
    use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
    rows.get()
}

/// The greatest row of a link that there is; none where links cannot be followed.
pub(super) fn last(database: &Database, plan: &Plan) -> Result<Option<i64>, ConnectError> {
    let Some(sql) = plan.last_link_sql() else {
        return Ok(None);
    };
    let ask = || -> rusqlite::Result<Option<i64>> {
        let mut statement = database.connection().prepare_cached(&sql)?;
        statement.query_row([], |row| row.get(0))
    };
    match ask() {
        Ok(last) => Ok(Some(last.unwrap_or(i64::MIN))),
        Err(error) if is_of_a_row(&error) => Ok(None),
        Err(error) => Err(database.explain(error)),
    }
}

/// Reads the links with rows after `after` of the events with keys up to `to` into `builder`, in
/// short transactions, and moves `after` on. How many came in.
pub(super) fn follow(
    database: &Database,
    plan: &Plan,
    builder: &mut LogBuilder,
    after: &mut i64,
    to: i64,
    task: &Task,
) -> Result<usize, ConnectError> {
    let Some(sql) = plan.further_links_sql() else {
        return Ok(0);
    };
    let interpreter = Interpreter::new(&plan.events, "");
    let mut count = 0;
    loop {
        task.check()?;
        let mut links = Vec::new();
        let before = *after;
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = database
                .connection()
                .prepare_cached(&format!("{sql} LIMIT ?3"))?;
            let mut rows = statement.query(params![before, to, BATCH as i64])?;
            while let Some(row) = rows.next()? {
                let (key, link): (i64, i64) = (row.get(0)?, row.get(4)?);
                let value = |column| row.get_ref(column).map(stored::value);
                let [stream, version, category]: [Value<'_>; 3] = [value(1)?, value(2)?, value(3)?];
                links.extend(interpreter.further_link(key, &stream, &version, &category));
                *after = link;
            }
            Ok(())
        };
        let outcome = read();
        count += builder.link(&links, |place| plan.lot.has(place));
        match outcome {
            Ok(()) if *after == before => return Ok(count),
            Ok(()) => {}
            Err(error) if is_of_a_row(&error) => {
                builder.report([Problem {
                    place: plan.here(&format!("links after row {after}")),
                    message: error.to_string(),
                }]);
                return Ok(count);
            }
            Err(error) => return Err(database.explain(error)),
        }
    }
}
