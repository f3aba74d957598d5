//! The tables of a SQLite file, and what speaks in them for a layout.

use super::Layout;
use super::evidence::{Evidence, matches};
use crate::store::decode::Decoder;

/// A table of an opened SQLite file.
#[derive(Clone, Debug, Default)]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// Its columns with their declared types.
    pub columns: Vec<(String, String)>,
    /// The columns of its primary key.
    pub key: Vec<String>,
    /// Its foreign keys of one column.
    pub references: Vec<Reference>,
    /// Whether it is a view.
    pub is_view: bool,
    /// Whether its rows have rowids (not so for views and WITHOUT ROWID tables).
    pub has_rowid: bool,
    /// How many rows it has, about: the greatest rowid; 0 where that is not known.
    pub rows: u64,
    /// Some rows, the first and the last of a table; values as text; none for null and for bytes that are no text.
    pub sample: Vec<Vec<Option<String>>>,
    /// Of each column what of its sampled values is bytes and no text; empty where none is.
    pub bytes: Vec<Bytes>,
}

/// That the values of a column are keys of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The other table.
    pub table: String,
    /// Its column; its primary key where the reference does not say.
    pub to: Option<String>,
}

/// The sampled values of a column that are bytes and no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// How many.
    pub count: usize,
    /// What nearly all of them have to be decoded by, where they do not say it themselves.
    pub decoder: Option<Decoder>,
}

/// What recognition looks at in a SQLite file.
#[derive(Clone, Debug, Default)]
pub struct SqliteFacts {
    /// All tables and views.
    pub tables: Vec<TableFacts>,
    /// What could not be looked at, in sentences.
    pub set_aside: Vec<String>,
}

/// What the `*` of a layout's table names can stand for in this file, whichever of them it is in.
pub(super) fn stars(layout: &Layout, facts: &SqliteFacts) -> Vec<String> {
    let tables = layout
        .evidence
        .iter()
        .filter_map(|evidence| evidence.table.as_deref());
    let patterns: Vec<(&str, &str)> = tables.filter_map(|table| table.split_once('*')).collect();
    if patterns.is_empty() {
        return vec![String::new()];
    }
    let mut stars: Vec<String> = Vec::new();
    for table in &facts.tables {
        for (before, after) in &patterns {
            let star = between(&table.name, before, after);
            let new = |star: &&str| !stars.iter().any(|known| known.eq_ignore_ascii_case(star));
            stars.extend(star.filter(new).map(str::to_owned));
        }
    }
    stars
}

/// What of `name` stands between two texts, whatever their case.
pub(super) fn between<'n>(name: &'n str, before: &str, after: &str) -> Option<&'n str> {
    let (head, rest) = name.split_at_checked(before.len())?;
    let (star, tail) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
    (head.eq_ignore_ascii_case(before) && tail.eq_ignore_ascii_case(after)).then_some(star)
}

pub(super) fn of_tables(evidence: &Evidence, star: &str, facts: &SqliteFacts) -> (bool, String) {
    let name = evidence.table.as_deref().unwrap_or_default();
    let name = name.replace('*', star);
    let mut tables = facts.tables.iter();
    let Some(table) = tables.find(|table| table.name.eq_ignore_ascii_case(&name)) else {
        return (false, format!("Table `{name}` is missing"));
    };
    if let (Some(column), Some(pattern)) = (&evidence.column, &evidence.pattern) {
        let holds = matches(pattern, table.values(column));
        return (holds, format!("Values of `{column}` look like {pattern}"));
    }
    if !evidence.key.is_empty() {
        let key = evidence.key.join(", ");
        return match same_names(&table.key, &evidence.key) {
            true => (true, format!("Key is ({key})")),
            false => (false, format!("Key is not ({key})")),
        };
    }
    let missing = |column: &&&String| table.column(column).is_none();
    let missing: Vec<&str> = evidence
        .columns
        .iter()
        .filter(|column| missing(&column))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return (false, format!("Table `{name}` lacks {missing}"));
    }
    let sentence = match evidence.columns.len() {
        0 => format!("There is a table `{name}`"),
        _ => format!("Table `{name}` has columns {}", evidence.columns.join(", ")),
    };
    (true, sentence)
}

impl TableFacts {
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        columns.position(|(own, _)| own.eq_ignore_ascii_case(name))
    }

    /// The sampled values of a column.
    fn values(&self, column: &str) -> impl Iterator<Item = &str> {
        let at = self.column(column);
        let rows = self.sample.iter();
        rows.filter_map(move |row| row.get(at?)?.as_deref())
    }
}

fn same_names(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}
