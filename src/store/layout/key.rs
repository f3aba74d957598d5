//! By what a row is found again.

use serde::{Deserialize, Serialize};

/// What names a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// An integer expression: rows come in its order, and what follows them has greater ones.
    Row(String),
    /// Columns that are never null, the primary key of a table without rowids: rows come in their
    /// order, and what is added may stand anywhere.
    Columns(Vec<String>),
}

impl Key {
    /// The integer expression.
    #[must_use]
    pub fn row(&self) -> Option<&str> {
        match self {
            Self::Row(key) => Some(key),
            Self::Columns(_) => None,
        }
    }

    /// All SQL in it.
    pub(in crate::store::layout) fn parts_mut(&mut self) -> &mut [String] {
        match self {
            Self::Row(key) => std::slice::from_mut(key),
            Self::Columns(columns) => columns,
        }
    }

    /// On one line: the expression, or the columns as a list (`['stream', 'version']`).
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Row(key) => key.clone(),
            Self::Columns(columns) => toml::Value::from(columns.clone()).to_string(),
        }
    }

    /// Reads what [`Key::to_line`] writes.
    #[must_use]
    pub fn from_line(line: &str) -> Self {
        #[derive(Deserialize)]
        struct Line {
            key: Vec<String>,
        }
        let line = line.trim();
        let list = line
            .starts_with('[')
            .then(|| toml::from_str(&format!("key = {line}")));
        match list {
            Some(Ok(Line { key })) => Self::Columns(key),
            _ => Self::Row(line.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn keys_read_back_as_their_line() {
        let columns = Key::Columns(vec!["\"stream\"".to_owned(), "version".to_owned()]);
        for key in [Key::Row("e.rowid".to_owned()), columns] {
            assert_eq!(Key::from_line(&key.to_line()), key);
        }
        // A name in brackets is SQL.
        assert_eq!(Key::from_line("[my key]"), Key::Row("[my key]".to_owned()));
    }
}
