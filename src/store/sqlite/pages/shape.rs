//! Whether a table's pages can be read in place of a statement: where that is proved, which of a
//! record's columns each result of the statement is.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::layout::sql;
use crate::store::sqlite::plan::{Plan, What};

/// A statement over the plain columns of one ordinary table.
#[derive(Clone, Debug)]
pub(in crate::store::sqlite) struct Shape {
    /// The page at which the table's tree begins.
    pub(super) root: u32,
    /// What each result is.
    pub(super) results: Vec<Stored>,
    /// By column of a record: whether it is among the results.
    counts: Vec<bool>,
    /// How many columns a record must have: those after them may be missing, and are null then.
    least: usize,
}

/// Where a result of the statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Rowid,
    Constant(String),
    Column {
        /// Which column of the record.
        at: usize,
        /// Whether whole numbers in it are real ones.
        real: bool,
    },
}

/// A column as the table declares it.
struct Declared {
    name: String,
    kind: String,
    has_default: bool,
}

impl Shape {
    /// The shape of a statement of `plan`; none where its results are anything but plain columns, or
    /// the table anything but an ordinary one. Belongs to the schema as it is now.
    pub fn of(connection: &Connection, plan: &Plan, what: What) -> rusqlite::Result<Option<Self>> {
        let Some((from, expressions)) = plan.plain(what) else {
            return Ok(None);
        };
        let Some(table) = sql::plain_table(from) else {
            return Ok(None);
        };
        let (Some(root), Some(declared)) = (
            root(connection, &table.name)?,
            declared(connection, &table.name)?,
        ) else {
            return Ok(None);
        };
        // A column called so would be taken for the rowid below.
        if declared.iter().any(|column| sql::is_rowid(&column.name)) {
            return Ok(None);
        }
        let origins = Origins::of(connection, from, &table.name, expressions)?;
        // The key comes first; the part of a row is always the whole.
        let (Some(Stored::Rowid), rest) = (
            stored(0, expressions, &table, &origins, &declared),
            2..expressions.len(),
        ) else {
            return Ok(None);
        };
        let mut results = vec![Stored::Rowid, Stored::Constant(String::new())];
        for at in rest {
            match stored(at, expressions, &table, &origins, &declared) {
                Some(stored) => results.push(stored),
                None => return Ok(None),
            }
        }
        Ok(Some(Self::new(root, results, &declared)))
    }

    fn new(root: u32, results: Vec<Stored>, declared: &[Declared]) -> Self {
        let mut shape = Self {
            root,
            counts: vec![false; declared.len()],
            least: 0,
            results,
        };
        for result in &shape.results {
            if let Stored::Column { at, .. } = result {
                shape.counts[*at] = true;
                if declared[*at].has_default {
                    shape.least = shape.least.max(*at + 1);
                }
            }
        }
        shape
    }

    /// Whether this column of a record is among the results.
    pub(super) fn counts(&self, column: usize) -> bool {
        self.counts.get(column).copied().unwrap_or(false)
    }

    /// Whether a record with so many columns has all that cannot be null for being missing.
    pub(super) fn has_all(&self, columns: usize) -> bool {
        columns >= self.least
    }
}

/// What SQLite itself says the results of a statement are.
struct Origins {
    /// The column of the table that each result is, by SQLite's name for it.
    columns: Vec<Option<String>>,
    /// Its name for the rowid: that of the column that stands for it, if there is one.
    rowid: Option<String>,
}

impl Origins {
    fn of(
        connection: &Connection,
        from: &str,
        table: &str,
        expressions: &[String],
    ) -> rusqlite::Result<Self> {
        let sql = format!("SELECT {}, rowid FROM {from}", expressions.join(", "));
        let statement = connection.prepare(&sql)?;
        let origins = statement.columns_with_metadata();
        let mut columns = origins.map(|column| {
            let own = column.database_name() == Some("main")
                && column
                    .table_name()
                    .is_some_and(|name| name.eq_ignore_ascii_case(table));
            column.origin_name().filter(|_| own).map(str::to_owned)
        });
        Ok(Self {
            columns: columns.by_ref().take(expressions.len()).collect(),
            rowid: columns.next().flatten(),
        })
    }
}

fn stored(
    at: usize,
    expressions: &[String],
    table: &sql::Table,
    origins: &Origins,
    declared: &[Declared],
) -> Option<Stored> {
    if let Some(text) = sql::text_literal(&expressions[at]) {
        return Some(Stored::Constant(text));
    }
    // A subquery has the column that it selects for its origin, so being a name counts, too.
    sql::plain_column(&expressions[at], table)?;
    let name = origins.columns.get(at)?.as_ref()?;
    if origins.rowid.as_ref()?.eq_ignore_ascii_case(name) {
        return Some(Stored::Rowid);
    }
    let mut columns = declared.iter();
    let at = columns.position(|column| column.name.eq_ignore_ascii_case(name))?;
    let real = is_real(&declared[at].kind);
    Some(Stored::Column { at, real })
}

/// The first page of an ordinary table with rowids.
fn root(connection: &Connection, table: &str) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT s.rootpage FROM main.sqlite_schema s JOIN pragma_table_list l \
               ON l.schema = 'main' AND l.name = s.name AND l.type = 'table' AND l.wr = 0 \
               WHERE s.type = 'table' AND s.name = ?1 COLLATE NOCASE";
    let root: Option<i64> = connection
        .query_row(sql, [table], |row| row.get(0))
        .optional()?;
    Ok(root.and_then(|root| u32::try_from(root).ok()))
}

/// The columns as a record has them; none where some of them are not in it, or none are.
fn declared(connection: &Connection, table: &str) -> rusqlite::Result<Option<Vec<Declared>>> {
    let sql = "SELECT name, type, dflt_value IS NOT NULL, hidden FROM pragma_table_xinfo(?1) \
               ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([table])?;
    let mut columns = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, hidden): (Option<String>, i64) = (row.get(1)?, row.get(3)?);
        if hidden != 0 {
            return Ok(None);
        }
        columns.push(Declared {
            name: row.get(0)?,
            kind: kind.unwrap_or_default(),
            has_default: row.get(2)?,
        });
    }
    Ok((!columns.is_empty()).then_some(columns))
}

/// Whether a column of this declared type gives whole numbers out as real ones: SQLite's rules for
/// the affinity of a column, in their order.
fn is_real(kind: &str) -> bool {
    let kind = kind.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    !has(&["INT", "CHAR", "CLOB", "TEXT", "BLOB"]) && has(&["REAL", "FLOA", "DOUB"])
}
