//! `lookup(table, key)` in scripts: an entity as it was when the event came. Where its table keeps a
//! history, that is the version that held then; where it does not, it is the entity as it is now, and the
//! answer says so. What an entity was is asked of the file once and kept.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use hashbrown::HashMap;
use serde::Serialize;
use serde_json::Value;

use crate::log::{Table, TableError, TableRow, TableSource};
use crate::model::time::TimeEncoding;
use crate::model::{EventIx, Task, Timestamp};

/// Versions of one entity that are looked at.
const VERSIONS: usize = 10_000;

/// Bytes of entities that are kept, roughly; then it begins anew.
const KEPT: usize = 64 << 20;

/// What columns are called that say since when a row holds.
const SINCE: [&str; 6] = [
    "valid_from",
    "valid_since",
    "effective_from",
    "effective_at",
    "starts_at",
    "system_from",
];

/// What columns are called that number the versions of a row.
const VERSION: [&str; 4] = ["version", "revision", "row_version", "entity_version"];

/// How sure it is that an entity was what the answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The table tells since when: it is the version that held at the event's time.
    History,
    /// The table has no history: it is the entity as it is now.
    Present,
    /// There was none at that time.
    Missing,
}

/// An entity that a handler looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct LookedUp {
    /// The event that was handled.
    pub event: EventIx,
    /// The table.
    pub table: Arc<str>,
    /// The entity.
    pub key: String,
    /// How sure the answer is.
    pub certainty: Certainty,
    /// Which version was used, where the table numbers them.
    pub version: Option<Value>,
    /// Since when it held.
    pub since: Option<Timestamp>,
}

/// A table of entities.
#[derive(Clone, Debug)]
struct Entities {
    table: Table,
    name: Arc<str>,
    /// What entities are called by.
    key: String,
    since: Option<String>,
    version: Option<String>,
}

/// One version of an entity.
#[derive(Debug)]
struct Held {
    since: Option<Timestamp>,
    version: Option<Value>,
    text: String,
}

/// The versions of entities by table and key.
type Versions = HashMap<(Arc<str>, String), Arc<[Held]>>;

/// The entities that handlers look up.
pub(super) struct Lookups {
    source: Arc<dyn TableSource>,
    tables: RefCell<HashMap<String, Entities>>,
    /// Versions by table and key, oldest first.
    entities: RefCell<Versions>,
    bytes: Cell<usize>,
}

impl Lookups {
    pub fn new(source: Arc<dyn TableSource>) -> Self {
        Self {
            source,
            tables: RefCell::default(),
            entities: RefCell::default(),
            bytes: Cell::new(0),
        }
    }

    /// An entity as it was at the time of an event, as JSON; none where there was none.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    pub fn find(
        &self,
        (table, key): (&str, &str),
        event: EventIx,
        time: Option<Timestamp>,
        task: &Task,
    ) -> Result<(Option<String>, LookedUp), TableError> {
        let entities = self.entities(table, task)?;
        let versions = self.versions(&entities, key, task)?;
        let held = match time {
            Some(time) => {
                let then = versions.partition_point(|held| held.since <= Some(time));
                then.checked_sub(1).map(|at| &versions[at])
            }
            None => versions.last(),
        };
        let certainty = match held {
            None => Certainty::Missing,
            Some(Held { since: Some(_), .. }) if time.is_some() => Certainty::History,
            Some(_) => Certainty::Present,
        };
        let looked_up = LookedUp {
            event,
            table: entities.name,
            key: key.to_owned(),
            certainty,
            version: held.and_then(|held| held.version.clone()),
            since: held.and_then(|held| held.since),
        };
        Ok((held.map(|held| held.text.clone()), looked_up))
    }

    fn entities(&self, name: &str, task: &Task) -> Result<Entities, TableError> {
        if let Some(known) = self.tables.borrow().get(name) {
            return Ok(known.clone());
        }
        let table = self.source.table(name, task)?;
        let called = |names: &[&str]| {
            let mut columns = table.columns.iter();
            let is = |column: &&String| names.iter().any(|name| column.eq_ignore_ascii_case(name));
            columns.find(is).cloned()
        };
        let first = table.key.first().or_else(|| table.columns.first());
        let entities = Entities {
            name: table.name.as_str().into(),
            key: first.cloned().unwrap_or_default(),
            since: called(&SINCE),
            version: called(&VERSION),
            table,
        };
        let mut tables = self.tables.borrow_mut();
        tables.insert(name.to_owned(), entities.clone());
        Ok(entities)
    }

    fn versions(
        &self,
        entities: &Entities,
        key: &str,
        task: &Task,
    ) -> Result<Arc<[Held]>, TableError> {
        let place = (Arc::clone(&entities.name), key.to_owned());
        if let Some(known) = self.entities.borrow().get(&place) {
            return Ok(Arc::clone(known));
        }
        let Entities { table, key: by, .. } = entities;
        let rows = self.source.rows_of(table, by, key, VERSIONS, task)?;
        let versions: Arc<[Held]> = versions(entities, rows).into();
        let bytes: usize = versions.iter().map(|held| 64 + held.text.len()).sum();
        let mut kept = self.entities.borrow_mut();
        if self.bytes.get() + bytes > KEPT {
            kept.clear();
            self.bytes.set(0);
        }
        self.bytes.set(self.bytes.get() + bytes + key.len() + 64);
        kept.insert(place, Arc::clone(&versions));
        Ok(versions)
    }
}

/// The versions of an entity, oldest first; one that is not dated comes before all, since it always held
/// as far as the table tells.
fn versions(entities: &Entities, rows: Vec<TableRow>) -> Vec<Held> {
    let held = rows.into_iter().map(|row| Held {
        since: entities
            .since
            .as_ref()
            .and_then(|name| date(row.get(name)?)),
        version: (entities.version.as_ref()).and_then(|name| row.get(name).cloned()),
        text: Value::Object(row).to_string(),
    });
    let mut held: Vec<Held> = held.collect();
    held.sort_by_key(|held| held.since);
    held
}

fn date(value: &Value) -> Option<Timestamp> {
    let date = match value {
        Value::String(text) => TimeEncoding::Auto.read_text(text),
        Value::Number(number) => match number.as_i64() {
            Some(number) => TimeEncoding::Auto.read_integer(number),
            None => TimeEncoding::Auto.read_real(number.as_f64()?),
        },
        _ => return None,
    };
    date.ok()
}
