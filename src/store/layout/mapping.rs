//! Mappings as people write them in the window: what a file holds that could be named, a layout to
//! begin with, and a column as one line of text. The same words as in a layout file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::guess;
use super::sql::{plain_table, quoted};
use super::{Column, Events, JsonFacts, Key, Layout, Medium, Role, Source, SqliteFacts, Within};
use crate::model::json::Pointer;

/// What a file holds that a mapping can name.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// The kind of file.
    pub medium: Medium,
    /// Its tables; of JSON the one kind of record.
    pub parts: Vec<Part>,
}

/// A table with its columns, or a record with its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The table's name; empty for records of JSON.
    pub name: String,
    /// The names of its columns; empty for records of JSON.
    pub columns: Vec<String>,
    /// What can be written as a source: quoted names of columns, JSON pointers.
    pub sources: Vec<String>,
    /// SQLite: what names a row; nothing in a view.
    pub key: Option<Key>,
    /// What its columns or keys read like.
    pub proposals: BTreeMap<Role, Column>,
}

/// Keys looked for in records of JSON.
const MOST_KEYS: usize = 60;

impl Contents {
    /// The tables of a SQLite file.
    #[must_use]
    pub fn of_sqlite(facts: &SqliteFacts) -> Self {
        let parts = facts.tables.iter().map(|table| Part {
            name: table.name.clone(),
            columns: table.columns.iter().map(|(name, _)| name.clone()).collect(),
            sources: table.columns.iter().map(|(name, _)| quoted(name)).collect(),
            key: table.own_key(),
            proposals: guess::proposals_of_table(table),
        });
        Self {
            medium: Medium::Sqlite,
            parts: parts.collect(),
        }
    }

    /// The keys of the first records of a JSON file, two levels deep.
    #[must_use]
    pub fn of_json(facts: &JsonFacts) -> Self {
        let mut sources: Vec<String> = Vec::new();
        let mut add = |keys: &[&str]| {
            let pointer = Pointer::through(keys.iter().copied()).to_string();
            if sources.len() < MOST_KEYS && !sources.contains(&pointer) {
                sources.push(pointer);
            }
        };
        for record in facts.records.iter().take(20) {
            let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(record) else {
                continue;
            };
            for (key, value) in &fields {
                add(&[key]);
                if let serde_json::Value::Object(inner) = value {
                    inner.keys().for_each(|inner| add(&[key, inner]));
                }
            }
        }
        let part = Part {
            name: String::new(),
            columns: Vec::new(),
            sources,
            key: None,
            proposals: guess::proposals_of_records(facts),
        };
        Self {
            medium: Medium::Json,
            parts: vec![part],
        }
    }

    /// The part that looks most like events; of equals the first.
    #[must_use]
    pub fn likeliest(&self) -> usize {
        let worth = |part: &Part| guess::worth_of(&part.proposals);
        let most = self.parts.iter().map(worth).max();
        let mut parts = self.parts.iter();
        parts
            .position(|part| Some(worth(part)) == most)
            .unwrap_or(0)
    }

    /// A mapping of the part at `at` to begin with: the columns as they read.
    #[must_use]
    pub fn proposed(&self, at: usize) -> Layout {
        let mut layout = Layout {
            id: "own-mapping".to_owned(),
            name: "Own mapping".to_owned(),
            medium: self.medium,
            notes: String::new(),
            evidence: Vec::new(),
            events: Events::default(),
            about: None,
            lookup: Default::default(),
            side: Default::default(),
            odd: Vec::new(),
        };
        let Some(part) = self.parts.get(at) else {
            return layout;
        };
        if self.medium == Medium::Sqlite {
            layout.events.from = quoted(&part.name);
            layout.events.key = part.key.clone();
        }
        layout.events.columns = part.proposals.clone();
        layout
    }
}

impl Layout {
    /// The table that `from` names, where it is one and nothing more.
    #[must_use]
    pub fn table_named(from: &str) -> Option<String> {
        plain_table(from).map(|table| table.name)
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    column: Column,
}

impl Column {
    /// The column on one line: a SQL expression, a JSON pointer, or all of it as in a layout file
    /// (`{ sql = "at", encoding = "epoch_millis" }`).
    #[must_use]
    pub fn to_line(&self) -> String {
        if self.capture.is_none() && self.encoding.is_none() && self.lookup.is_none() {
            match &self.source {
                Source::Sql(sql) => return sql.clone(),
                Source::At(Within::Record, spots) if spots.len() == 1 => {
                    return spots[0].to_string();
                }
                Source::At(Within::Record, spots) => {
                    let spots = spots.iter().map(ToString::to_string);
                    return toml::Value::from(spots.collect::<Vec<_>>()).to_string();
                }
                _ => {}
            }
        }
        toml::Value::try_from(self).map_or_else(|_| self.to_string(), |value| value.to_string())
    }

    /// Reads what [`Column::to_line`] writes. A plain word in a mapping of JSON is a key.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn from_line(line: &str, medium: Medium) -> Result<Self, String> {
        let line = line.trim();
        if line.starts_with(['{', '[']) {
            let document = format!("column = {line}");
            let read: Result<Line, _> = toml::from_str(&document);
            return read
                .map(|line| line.column)
                .map_err(|error| error.message().to_owned());
        }
        let text = match medium {
            Medium::Json if !line.starts_with('/') => format!("/{line}"),
            _ => line.to_owned(),
        };
        let value = toml::Value::String(text);
        value
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_read_back_as_their_line() {
        for line in [
            "rowid",
            "substr(topic, 3)",
            "/a/b",
            "/a | base64",
            "{ sql = 'at', encoding = 'epoch_millis' }",
            "['/a', '/b | base64']",
            "{ of = 'stream', capture = '^([^-]+)-' }",
            "{ within = 'payload', at = ['/timestamp'], encoding = 'iso8601' }",
        ] {
            let column = Column::from_line(line, Medium::Sqlite).unwrap();
            let again = Column::from_line(&column.to_line(), Medium::Sqlite).unwrap();
            assert_eq!(column, again, "{line} as {}", column.to_line());
        }
        let key = Column::from_line("user", Medium::Json).unwrap();
        assert_eq!(key.to_line(), "/user");
        assert!(Column::from_line("{ sql = 'a'", Medium::Sqlite).is_err());
        assert!(Column::from_line("/a | nonsense", Medium::Json).is_err());
    }

    #[test]
    fn keys_of_records_are_found_two_levels_deep() {
        let facts = JsonFacts {
            records: vec![
                r#"{"a":{"b":1,"c":{"d":2}},"e":[1]}"#.to_owned(),
                r#"{"f":1}"#.to_owned(),
            ],
            ..JsonFacts::default()
        };
        let contents = Contents::of_json(&facts);
        assert_eq!(
            contents.parts[0].sources,
            ["/a", "/a/b", "/a/c", "/e", "/f"]
        );
        let roles: Vec<Role> = contents.proposed(0).events.columns.into_keys().collect();
        assert_eq!(roles, [Role::Payload], "the whole record");
    }
}
